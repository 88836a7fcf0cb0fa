"""What the last build said of its inputs and outputs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from industrymap import files
from industrymap.errors import IndustryMapError

if TYPE_CHECKING:
    from pathlib import Path


__all__ = ["entries", "manifest"]


def manifest(folder: Path) -> tuple[dict[str, Any] | None, IndustryMapError | None]:
    """Return the manifest of a folder; neither it nor an error where there is none."""
    path = folder / "manifest.json"
    if not path.exists():
        return None, None
    try:
        stated = json.loads(files.read_text(files.check(path, allow=("json",))))
    except IndustryMapError as error:
        return None, error
    except (ValueError, RecursionError) as error:
        return None, IndustryMapError(f"not valid JSON: {error}", f"不是有效的 JSON：{error}")
    if not isinstance(stated, dict) or not entries(stated.get("outputs")):
        return None, IndustryMapError("it lists no outputs", "其中没有成果清单")
    return stated, None


def entries(value: Any) -> list[dict[str, Any]]:
    """Return the files that a manifest lists, those that come with their digest."""
    if not isinstance(value, list):
        return []
    # Anything else in the list was not written by a build.
    return [e for e in value if isinstance(e, dict) and {"file", "sha256"} <= e.keys()]
