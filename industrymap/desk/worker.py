"""The child process: reads requests from its input, does them, writes answers to its output; ends with its parent."""

from __future__ import annotations

import gc
import json
import logging
import os
import sys
from typing import IO, Any

from industrymap.desk.tasks import TASKS
from industrymap.errors import IndustryMapError

__all__ = ["main"]


def main() -> None:
    """Answer until the input ends."""
    answers = _own_output()
    # A build makes millions of small objects and drops few: looking through them less often saves a twentieth of its time.
    gc.set_threshold(200_000, 50, 100)
    for line in sys.stdin.buffer:
        request = json.loads(line)
        _answer(answers, request["task"], request["args"])


def _own_output() -> IO[bytes]:
    """Keep the output for answers: whatever a library prints goes to the errors."""
    kept = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    return kept


def _answer(answers: IO[bytes], task: str, args: dict[str, Any]) -> None:
    def progress(**said: Any) -> None:
        _send(answers, "progress", _packed(said))

    try:
        done = TASKS[task](progress, **args)
        _send(answers, "done", done if isinstance(done, bytes) else _packed(done))
    except IndustryMapError as error:
        _send(answers, "refused", _packed({"zh": error.zh, "en": error.en, "fault": False}))
    except MemoryError:
        zh = "内存不足：请关闭其他程序，或把数据分成几份处理。"
        en = "Not enough memory: close other programs, or work on the data in parts."
        _send(answers, "refused", _packed({"zh": zh, "en": en, "fault": False}))
    # One task that fails must not end the process that others ask.
    except Exception as error:
        logging.getLogger(__name__).exception("the task %s failed", task)
        zh, en = f"程序出错：{type(error).__name__}：{error}", f"A fault of the program: {type(error).__name__}: {error}"  # fmt: skip
        _send(answers, "refused", _packed({"zh": zh, "en": en, "fault": True}))


def _packed(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode("utf-8", "replace")  # fmt: skip


def _send(answers: IO[bytes], kind: str, body: bytes) -> None:
    head = json.dumps({"kind": kind, "size": len(body)})
    answers.write(head.encode("ascii") + b"\n" + body)
    answers.flush()


if __name__ == "__main__":
    main()
