"""Every exit is a number and a sentence, and nothing of a file can command the terminal."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import click
import pytest
from dirty_workspaces import run, walk

from industrymap.cli import _exits

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
    script = "import time, click; from industrymap.cli import _exits, _talk\n_talk.language('zh')\n@click.command()\ndef slow():\n    click.echo('ready'); time.sleep(60)\nraise SystemExit(_exits.run(slow, []))"
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


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_every_command_over_generated_dirt_ends_in_a_sentence(tmp_path: Path, seed: int) -> None:
    bad = [(one.args, one.foreign, one.said[-400:]) for one in walk(tmp_path, seed)]
    assert bad == []
