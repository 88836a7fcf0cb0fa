"""Files: what is let in, how bytes become text, how a file is put in place."""

from __future__ import annotations

import errno
import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from industrymap import files
from industrymap.errors import FileMissingError, FileRefusedError, WriteFailedError

SENTENCE = "企业名称,营业收入\r\n甲公司,12\r\n"


def put(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


def names(folder: Path) -> list[str]:
    return sorted(p.name for p in folder.iterdir())


# reading


def test_a_checked_file_carries_its_digest_and_an_absolute_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tmp_path / "表.csv", SENTENCE.encode())
    monkeypatch.chdir(tmp_path)
    source = files.check("表.csv", allow=files.TABLES)
    assert source.path.is_absolute()
    assert source.sha256 == hashlib.sha256(SENTENCE.encode()).hexdigest()
    assert (source.extension, source.size, source.name) == ("csv", len(SENTENCE.encode()), "表.csv")


def test_a_missing_file_names_what_looks_like_it(tmp_path: Path) -> None:
    put(tmp_path / "enterprises.csv", b"a,b\n")
    with pytest.raises(FileMissingError, match=r"Did you mean enterprises\.csv") as caught:
        files.check(tmp_path / "enterprise.csv", allow=files.TABLES)
    assert "是否指 enterprises.csv" in caught.value.zh


def test_an_extension_outside_the_list_is_refused_with_the_list(tmp_path: Path) -> None:
    with pytest.raises(FileRefusedError, match=r"\.xlsx, \.xlsm, \.xls, \.csv"):
        files.check(put(tmp_path / "a.table", b"x"), allow=files.TABLES)


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileRefusedError, match="0 bytes"):
        files.check(put(tmp_path / "a.csv", b""), allow=files.TABLES)


def test_a_file_that_changes_after_the_check_is_refused(tmp_path: Path) -> None:
    path = put(tmp_path / "a.csv", b"a,b\n1,2\n")
    source = files.check(path, allow=files.TABLES)
    put(path, b"a,b\n1,3\n")
    with pytest.raises(FileRefusedError, match="changed while"):
        files.read_bytes(source)


def test_a_folder_lists_visible_files_in_order(tmp_path: Path) -> None:
    for name in ("b.csv", "a.csv", ".hidden.csv", "~$open.xlsx"):
        put(tmp_path / name, b"x")
    assert [p.name for p in files.folder(tmp_path)] == ["a.csv", "b.csv"]
    with pytest.raises(FileMissingError):
        files.folder(tmp_path / "none")


@pytest.mark.parametrize(
    ("encoding", "mark", "found"),
    [
        ("utf-8", b"", "utf-8"),
        ("utf-8", b"\xef\xbb\xbf", "utf-8"),
        ("gb18030", b"", "gb18030"),
        ("gbk", b"", "gb18030"),
        ("utf-16-le", b"\xff\xfe", "utf-16-le"),
        ("utf-16-be", b"\xfe\xff", "utf-16-be"),
        ("utf-16-le", b"", "utf-16-le"),
        ("utf-16-be", b"", "utf-16-be"),
    ],
)
def test_every_usual_encoding_is_detected_and_told(encoding: str, mark: bytes, found: str) -> None:
    text = files.decode(mark + (SENTENCE * 20).encode(encoding))
    assert (text.text, text.encoding, text.broken_lines) == (SENTENCE * 20, found, ())
    assert text.decision.zh.startswith("文字编码：")


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\ufeff"), min_size=1))
def test_utf8_text_comes_back_as_it_was(text: str) -> None:
    assert files.decode(text.encode("utf-8")).text == text


@given(st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=20))
def test_chinese_text_in_gb18030_comes_back_as_it_was(text: str) -> None:
    data = f"名称,{text}\n".encode("gb18030")
    decoded = files.decode(data)
    # A few byte strings are sound UTF-8 too, and then nothing in the file can tell.
    assert decoded.text == f"名称,{text}\n" or decoded.encoding == "utf-8"


def test_a_broken_byte_is_shown_with_its_line_and_never_dropped() -> None:
    data = (SENTENCE * 200).encode("gb18030") + b"\xff\x20,1\r\n"
    text = files.decode(data)
    assert text.encoding == "gb18030"
    assert "\\xff ,1" in text.text
    assert text.broken_lines == (401,)
    assert "1 行" in text.decision.zh


def test_a_nul_is_shown_as_a_sign() -> None:
    text = files.decode(b"a,b\nx\0y,2\n")
    assert (text.text, text.broken_lines) == ("a,b\nx␀y,2\n", (2,))


def test_bytes_that_are_no_text_are_refused() -> None:
    with pytest.raises(FileRefusedError, match="is not text"):
        files.decode(os.urandom(4096) + b"\xff\xff\xff" * 200)


def test_one_broken_field_does_not_spoil_the_others_of_a_database() -> None:
    texts, whole = files.decode_many(
        ["甲".encode("gb18030"), "乙丙".encode("gb18030")], encoding="utf-8"
    )
    assert (texts, whole.encoding) == (["甲", "乙丙"], "gb18030")


# writing


def test_a_written_file_is_complete_and_replaces_the_old_one(tmp_path: Path) -> None:
    path = tmp_path / "新" / "a.txt"
    files.write_text(path, "一\n")
    files.write_text(path, "二\n")
    assert path.read_bytes() == "二\n".encode()
    assert names(path.parent) == ["a.txt"]


def test_the_temporary_file_keeps_the_suffix_and_is_not_there_yet(tmp_path: Path) -> None:
    with files.atomic(tmp_path / "a.gpkg") as temporary:
        assert temporary.suffix == ".gpkg"
        assert temporary.parent == tmp_path
        assert not temporary.exists()
        temporary.write_bytes(b"x")


def test_an_error_in_the_block_leaves_the_old_file_and_no_rubbish(tmp_path: Path) -> None:
    path = files.write_text(tmp_path / "a.txt", "old")

    def write_half() -> None:
        with files.atomic(path) as temporary:
            temporary.write_text("half")
            temporary.with_name(f"{temporary.name}-journal").write_text("half")
            raise RuntimeError("stop")

    with pytest.raises(RuntimeError, match="stop"):
        write_half()
    assert path.read_text() == "old"
    assert names(tmp_path) == ["a.txt"]


def test_a_writer_that_leaves_nothing_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(WriteFailedError), files.atomic(tmp_path / "a.txt"):
        pass


def test_permissions_of_the_old_file_stay(tmp_path: Path) -> None:
    path = files.write_text(tmp_path / "a.txt", "old")
    path.chmod(0o640)
    files.write_text(path, "new")
    assert path.stat().st_mode & 0o777 == 0o640


def test_a_link_is_followed_not_replaced(tmp_path: Path) -> None:
    path = files.write_text(tmp_path / "a.txt", "old")
    link = tmp_path / "b.txt"
    link.symlink_to(path)
    files.write_text(link, "new")
    assert link.is_symlink()
    assert path.read_text() == "new"


@pytest.mark.parametrize(
    ("where", "why"),
    [
        ("file.txt/inside.txt", "part of the path is a file"),
        ("folder", "is a folder"),
        ("x" * 300 + ".txt", "the name is too long"),
    ],
)
def test_an_unwritable_place_is_one_clear_sentence(tmp_path: Path, where: str, why: str) -> None:
    put(tmp_path / "file.txt", b"x")
    (tmp_path / "folder").mkdir()
    with pytest.raises(WriteFailedError, match=why) as caught:
        files.write_text(tmp_path / where, "x")
    assert caught.value.zh
    assert isinstance(caught.value, OSError)


@pytest.mark.skipif(not Path("/dev/null").exists(), reason="no devices here")
def test_a_device_is_never_replaced() -> None:
    with pytest.raises(WriteFailedError, match="not an ordinary file"):
        files.write_text("/dev/null", "x")
    assert not Path("/dev/null").is_file()


@pytest.mark.skipif(sys.platform == "win32", reason="no limits on file size there")
def test_a_full_disk_leaves_the_old_file(tmp_path: Path) -> None:
    """The system cuts the file at 64 KiB, as a full disk does."""
    path = files.write_text(tmp_path / "a.txt", "old")
    code = (
        "import resource, signal, sys\n"
        "from industrymap import files\n"
        "from industrymap.errors import WriteFailedError\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (65536, 65536))\n"
        "try:\n"
        "    files.write_bytes(sys.argv[1], b'x' * 1_000_000)\n"
        "except WriteFailedError as error:\n"
        "    print(error.errno, error)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True
    )
    assert "The previous file is unchanged" in done.stdout
    assert path.read_text() == "old"
    assert names(tmp_path) == ["a.txt"]


def test_no_space_is_said_in_words(tmp_path: Path) -> None:
    with (
        pytest.raises(WriteFailedError, match="the disk is full") as caught,
        files.atomic(tmp_path / "a"),
    ):
        raise OSError(errno.ENOSPC, "No space left on device")
    assert "磁盘已满" in caught.value.zh


def test_a_kill_while_writing_leaves_the_old_file(tmp_path: Path) -> None:
    path = files.write_text(tmp_path / "a.txt", "old")
    code = (
        "import os, sys\n"
        "from industrymap import files\n"
        "with files.atomic(sys.argv[1]) as temporary:\n"
        "    temporary.write_bytes(b'half')\n"
        "    os.kill(os.getpid(), 9)\n"
    )
    subprocess.run([sys.executable, "-c", code, str(path)], check=False)
    assert path.read_text() == "old"


# formulas


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠"])
def test_text_that_a_spreadsheet_would_run_is_made_plain(start: str) -> None:
    column = pd.Series([f"{start}cmd|' /C calc'!A0", "甲公司", None], dtype="string")
    safe = files.neutralise(column)
    assert safe[0] == "'" + column[0]
    assert safe[1:].equals(column[1:])
    assert files.is_formula(column[0])
    assert not files.is_formula(safe[0])


HEADING, ROW = "企业名称,经营地址,营业收入（万元）\n", "云麓乙厂,澜湾区桐园路8号,2000\n"


def test_lines_of_another_encoding_are_named() -> None:
    mixed = (HEADING + ROW).encode("utf-8") + ROW.encode("gb18030")
    with pytest.raises(FileRefusedError) as refused:
        files.decode(mixed, name="a.csv")
    assert "第 3 行不是 UTF-8" in refused.value.zh


def test_a_mark_of_utf8_before_gb18030_says_nothing() -> None:
    found = files.decode(b"\xef\xbb\xbf" + (HEADING + ROW).encode("gb18030"))
    assert (found.encoding, found.text) == ("gb18030", HEADING + ROW)
