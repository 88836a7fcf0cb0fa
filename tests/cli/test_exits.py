"""Every exit is a number and a sentence, and nothing of a file can command the terminal."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click
import pytest
from dirty_workspaces import NOT_WALKED, commands, run, walk

from industrymap import files
from industrymap.cli import _exits, cli
from industrymap.errors import WriteFailedError

if TYPE_CHECKING:
    from collections.abc import Iterator

PROGRAM = [sys.executable, "-m", "industrymap"]
TABLE = "企业名称,营业收入（万元）\n甲\x1b[2J有限公司,5\n乙\u202e有限公司,6\n"


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "firms.csv"
    path.write_text(TABLE, encoding="utf-8")
    return path


def ended(error: BaseException, capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    """Run a command that ends with this error."""

    @click.command()
    def failing() -> None:
        raise error

    code = _exits.run(failing, [])
    return code, capsys.readouterr().err


@pytest.mark.parametrize(
    ("error", "code", "words"),
    [
        (MemoryError(), 2, "Not enough memory"),
        (KeyboardInterrupt(), 130, "Stopped."),
        (PermissionError(13, "x", "/data/secret"), 2, "/data/secret: permission denied."),
        (OSError(36, "x", "n" * 400), 2, "…: the name is too long"),
        (OSError(28, "x"), 2, "the disk is full"),
        (click.UsageError("no such thing"), 2, "no such thing"),
    ],
)
def test_what_goes_wrong_outside_is_one_sentence(
    error: BaseException, code: int, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ended(error, capsys)[0] == code
    assert words in ended(error, capsys)[1]


def test_a_fault_of_the_program_is_a_sentence_and_a_log_to_report_it_with(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    code, said = ended(RuntimeError("a thing\x1b[2J"), capsys)
    [log] = tmp_path.glob("industrymap-*.log")
    assert code == 3
    assert str(log) in said
    assert "Traceback" not in said
    account = log.read_text(encoding="utf-8")
    assert "RuntimeError: a thing" in account
    assert "\x1b" not in account


def test_control_characters_of_a_file_never_reach_the_terminal(table: Path) -> None:
    said = run(("check", str(table)), "zh").said
    assert "\\u202e" in said
    assert not {"\x1b", "\u202e"} & set(said)


@pytest.mark.parametrize("encoding", ["gbk", "cp1252", "ascii", "utf-8"])
def test_redirected_output_fits_any_code_page(table: Path, encoding: str) -> None:
    settings = os.environ | {"PYTHONIOENCODING": encoding, "PYTHONUTF8": "0"}
    done = subprocess.run(
        [*PROGRAM, "--lang", "zh", "check", str(table)],
        env=settings, capture_output=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    text = done.stdout.decode("gbk" if encoding == "gbk" else "utf-8")
    assert "企业名称" in text
    assert "?" not in text


def test_a_character_that_the_code_page_lacks_is_written_plainer_or_by_number(
    tmp_path: Path,
) -> None:
    from industrymap.cli._terminal import Terminal

    with (tmp_path / "out.txt").open("w", encoding="gbk") as stream:
        Terminal(stream).write("5 m² 🏭 产业")
    assert (tmp_path / "out.txt").read_bytes().decode("gbk") == "5 m2 \\U0001f3ed 产业"


def test_a_closed_pipe_ends_without_a_word(table: Path) -> None:
    with subprocess.Popen(
        [*PROGRAM, "check", str(table)], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as running:
        assert running.stdout
        assert running.stderr
        running.stdout.close()
        assert running.stderr.read() == b""
    assert running.returncode == 141


def test_an_output_that_is_closed_from_the_start_is_no_fault(table: Path) -> None:
    command = " ".join([*PROGRAM, "check", str(table), ">&-"])
    done = subprocess.run(command, shell=True, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_full_output_is_one_sentence(table: Path) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [*PROGRAM, "--lang", "en", "check", str(table)],
            stdout=full, stderr=subprocess.PIPE, text=True, check=False,
        )  # fmt: skip
    assert (done.returncode, done.stderr) == (
        2,
        "The output cannot be written: the disk is full.\n",
    )


@pytest.mark.skipif(sys.platform == "win32", reason="sends a signal")
def test_stopping_ends_with_130_and_one_sentence() -> None:
    # A shell that runs tests in the background lets them ignore Ctrl-C; a terminal does not.
    script = "import signal, time, click; from industrymap.cli import _exits, _talk\nsignal.signal(signal.SIGINT, signal.default_int_handler)\n_talk.language('zh')\n@click.command()\ndef slow():\n    click.echo('ready'); time.sleep(60)\nraise SystemExit(_exits.run(slow, []))"
    with subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as running:
        assert running.stdout
        assert running.stderr
        running.stdout.readline()
        time.sleep(0.1)
        running.send_signal(signal.SIGINT)
        assert "已中断" in running.stderr.read()
    assert running.returncode == 130


def test_a_name_over_255_bytes_is_one_sentence() -> None:
    done = run(("check", "名" * 300 + ".csv"), "en")
    assert done.code == 2
    assert "too long" in done.said
    assert len(done.said.splitlines()) == 1


def test_a_cell_beyond_what_the_csv_module_takes_is_one_sentence(table: Path) -> None:
    table.write_text(TABLE + "丙," + "9" * 200_000 + "\n", encoding="utf-8")
    done = run(("check", str(table)), "en")
    assert (done.code, done.foreign) == (2, "")
    assert "200,000 characters" in done.said


def test_a_configuration_of_endless_brackets_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "industrymap.toml").write_text("a = " + "[" * 3000 + "]" * 3000, encoding="utf-8")
    done = run(("build", str(tmp_path)), "en")
    assert (done.code, done.foreign) == (2, "")
    assert "too deep" in done.said


def test_no_command_is_left_out_of_the_walk_over_generated_dirt(tmp_path: Path) -> None:
    def names(command: click.Command, before: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
        if not isinstance(command, click.Group):
            yield before
            return
        context = click.Context(command)
        for name in command.list_commands(context):
            yield from names(command.get_command(context, name), (*before, name))

    walked = commands(tmp_path, tmp_path)
    missing = {n for n in names(cli) if not any(args[: len(n)] == n for args in walked)}
    assert missing == set(NOT_WALKED)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_every_command_over_generated_dirt_ends_in_a_sentence(tmp_path: Path, seed: int) -> None:
    bad = [(one.args, one.foreign, one.said[-400:]) for one in walk(tmp_path, seed)]
    assert bad == []


WORKSPACE = """[workspace]
title = "t"
city = "sample"
[enterprises]
tables = [{ file = "firms.csv" }]
"""
NAMELESS = '{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"甲":"a"},"geometry":{"type":"Polygon","coordinates":[[[113.9,25.8],[114.3,25.8],[114.3,26.0],[113.9,25.8]]]}}]}'


@pytest.fixture
def space(table: Path) -> Path:
    (table.parent / "industrymap.toml").write_text(WORKSPACE, encoding="utf-8")
    return table.parent


@pytest.fixture
def loop(tmp_path: Path) -> Path:
    path = tmp_path / "loop"
    path.symlink_to("loop")
    return path


@pytest.mark.skipif(sys.platform == "win32", reason="needs links")
@pytest.mark.parametrize("command", ["check", "build", "doctor"])
def test_a_link_that_leads_in_a_circle_is_one_sentence(loop: Path, command: str) -> None:
    done = run((command, str(loop)), "en")
    assert (done.code, done.foreign) == (2, "")
    assert "Did you mean" not in done.said


@pytest.mark.skipif(sys.platform == "win32", reason="needs links")
def test_a_link_in_a_circle_in_the_configuration_or_as_output_is_one_sentence(
    space: Path, loop: Path
) -> None:
    with pytest.raises(WriteFailedError, match="lead in a circle"):
        files.write_text(loop / "x.csv", "x")
    config = space / "industrymap.toml"
    config.write_text(WORKSPACE.replace("firms.csv", "loop/firms.csv"), encoding="utf-8")
    built = run(("build", str(space)), "en")
    assert (built.code, built.foreign) == (2, "")


@pytest.mark.skipif(getattr(os, "geteuid", lambda: 1)() != 0, reason="needs to be another user")
def test_a_folder_that_may_not_be_read_is_one_sentence(space: Path) -> None:
    closed = space / "closed"
    closed.mkdir(mode=0o700)
    (closed / "firms.csv").write_text(TABLE, encoding="utf-8")
    config = space / "industrymap.toml"
    config.write_text(WORKSPACE.replace("firms.csv", "closed/firms.csv"), encoding="utf-8")
    for folder in (space, *space.parents):
        if folder != Path(folder.anchor):
            folder.chmod(folder.stat().st_mode | 0o755)
    os.seteuid(65534)
    try:
        done = [run(args, "en") for args in (("check", str(closed / "firms.csv")), ("build", str(space)), ("doctor", str(space)))]  # fmt: skip
    finally:
        os.seteuid(0)
    assert [(one.code, one.foreign) for one in done] == [(2, "")] * 3
    assert "ermission" in done[0].said


def test_full_width_digits_and_signs_are_numbers(tmp_path: Path) -> None:
    from industrymap import tables

    path = tmp_path / "firms.csv"
    path.write_text("企业名称,营业收入（万元）,税收（万元）,经度,纬度,坐标系\n甲机械有限公司,１２００,－５,－１１４．１,２５．９,WGS84\n乙机械有限公司,＋１３００,－１，０００,114.2,25.9,WGS84\n", encoding="utf-8")  # fmt: skip
    read = tables.read(path)
    assert read.number("revenue_10k_cny").tolist() == [1200, 1300]
    assert read.number("tax_10k_cny").tolist() == [-5, -1000]
    assert read.number("lon").tolist() == [-114.1, 114.2]
    assert run(("check", str(path)), "zh").foreign == ""


@pytest.mark.parametrize("command", ["build", "doctor"])
def test_a_boundary_without_a_name_or_code_is_one_sentence(space: Path, command: str) -> None:
    (space / "d.geojson").write_text(NAMELESS, encoding="utf-8")
    config = space / "industrymap.toml"
    config.write_text(WORKSPACE + '[boundaries]\ndistricts = { file = "d.geojson" }\n', encoding="utf-8")  # fmt: skip
    done = run((command, str(space)), "en")
    assert (done.code, done.foreign) == (2, "")
    assert "none of its columns is a name or a code (found: 甲)" in done.said
    config.write_text(WORKSPACE + '[boundaries]\ndistricts = { file = "d.geojson", columns = { "甲" = "name" } }\n', encoding="utf-8")  # fmt: skip
    assert "name or a code" not in run((command, str(space)), "en").said


def test_a_report_without_a_cluster_is_written(space: Path) -> None:
    assert run(("build", str(space)), "en").foreign == ""
    done = run(("report", "-w", str(space)), "en")
    assert (done.code, done.foreign) == (0, "")


def test_half_a_character_in_a_cell_or_a_name_reaches_no_output_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "parks.geojson"
    path.write_text(NAMELESS.replace('"甲":"a"', '"name":"\\ud800甲","\\udc00":"b"'), encoding="utf-8")  # fmt: skip
    done = run(("check", str(path)), "zh")
    assert (done.code, done.foreign) == (0, "")
    assert "�甲" in done.said
