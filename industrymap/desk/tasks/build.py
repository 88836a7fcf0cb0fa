"""The build: the same call as the command's, with its stages told and its counts kept for the next one."""

from __future__ import annotations

import json
import time
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from industrymap.pipeline import Built

__all__ = ["last_build", "run"]

_KEPT = "last_build.json"


def run(progress: Callable[..., None], *, folder: str) -> dict[str, Any]:
    """Build, and return what it came to, beside what the build before came to."""
    from industrymap import files, pipeline, workspace
    from industrymap.desk.tasks import _settled, issues

    stages = [{"zh": zh, "en": en} for zh, en, _ in pipeline.STAGE_NAMES.values()]
    names = list(pipeline.STAGE_NAMES)

    def said(stage: str, done: int, total: int) -> None:
        share = pipeline.share_done(stage, done, total)
        progress(stage=names.index(stage), stages=stages, share=share, done=done, total=total)

    issues_before = issues.listed(workspace.load(folder))
    began = time.perf_counter()
    built = pipeline.build(folder, progress=said)
    state = built.workspace.state
    before = last_build(state)
    result = {
        "lines": [{"zh": d.zh, "en": d.en, "kind": d.kind} for d in pipeline.summary(built)],
        "counts": _counts(built),
        "before": before["counts"] if before else None,
        "seconds": round(time.perf_counter() - began, 1),
        "when": datetime.now().astimezone().isoformat(timespec="seconds"),
    }
    # What was mended is worked out after the clock: the build is as long as by command.
    _settled.keep_mended(state, issues_before, issues.listed(built.workspace))
    files.write_text(state / _KEPT, json.dumps(result, ensure_ascii=False))
    return result


def last_build(state: Path) -> dict[str, Any] | None:
    """Return what the last build from the desk came to, where there was one."""
    from industrymap import files
    from industrymap.errors import IndustryMapError

    # Only counts for comparison are lost where the file is damaged.
    with suppress(OSError, ValueError, IndustryMapError):
        kept: dict[str, Any] = json.loads(files.read_text(files.check(state / _KEPT, allow=("json",))))  # fmt: skip
        return kept
    return None


def _counts(built: Built) -> dict[str, int]:
    firms = built.enterprises
    in_base = firms["in_base"].fillna(value=False)
    levels = built.issues["level"].value_counts()
    counts = {
        "firms": len(firms),
        "base": int(in_base.sum()),
        "placed": int(firms.loc[in_base, "geocode_level"].notna().sum()),
        "refused": int(levels.get("error", 0)),
        "look": int(levels.get("warning", 0)),
        "mended": int(levels.get("info", 0)),
    }
    return counts | {f"layer:{name}": len(frame) for name, frame in built.layers.items()}
