"""Files: what lies in the inbox, how each would be read, and taking one in."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from industrymap.desk import inbox
from industrymap.desk.tasks import _config, _declared, _reading
from industrymap.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["check", "drop", "listed", "take", "template"]


def listed(_progress: Callable[..., None], *, folder: str) -> dict[str, Any]:
    """Return the files that the workspace names, and those that wait in the inbox."""
    from industrymap import workspace

    space = workspace.load(folder)
    named = [(table.file, "enterprises", table.kind) for table in space.tables]
    named += [
        (layer.file, layer.schema, layer.name) for layer in (*space.layers, *space.background)
    ]
    named += [
        (edge.file, "divisions", edge.name) for edge in (space.districts, space.towns) if edge
    ]
    named += [(path, "places", "gazetteer") for path in space.gazetteer]
    # Change files wait on a page of their own.
    home = Path(folder)
    waiting = [number for number in inbox.drafts(home) if not inbox.is_change(home, number)]
    return {
        "named": [
            {"file": file.name, "what": what, "name": name, "there": file.exists()}
            for file, what, name in named
        ],
        "drafts": [{"id": n, "file": inbox.main_file(Path(folder), n).name} for n in waiting],
        "fields": _reading.fields(),
        "units": _reading.UNITS,
    }


def check(_progress: Callable[..., None], *, folder: str, said: dict[str, Any]) -> dict[str, Any]:
    """Say how a file would be read, as a person chose, or as it looks where nothing is chosen."""
    from industrymap import citypack, jobs, workspace

    space = workspace.load(folder)
    number = _number(said)
    choice = _declared.read(said.get("choices"))
    path = inbox.main_file(Path(folder), number)
    extent = citypack.load(space.city).extent
    declared = _declared.source(path, choice)
    options = jobs.CheckOptions(
        layer="auto", sheet=choice.sheet, datum=choice.datum, declared=declared, extent=extent
    )
    checked = jobs.check_file(path, options=options)
    inbox.keep_choices(Path(folder), number, said.get("choices") or {})
    guessed = choice.what or _declared.guess(checked)
    return _reading.shown(path, checked, sheet=choice.sheet) | {
        "what": guessed,
        "declared": bool(choice.what),
    }


def take(_progress: Callable[..., None], *, folder: str, said: dict[str, Any]) -> dict[str, Any]:
    """Copy a file with its parts into the workspace, and name it in the configuration."""
    from industrymap import files, workspace

    space = workspace.load(folder)
    number = _number(said)
    choice = _declared.read(said.get("choices"))
    if not choice.what:
        raise ConfigError("Say what the file is.", "请先说明文件是什么。")
    main = inbox.main_file(Path(folder), number)
    place = "boundaries" if choice.what in _declared.EDGES else "layers"
    target = files.make_folder(space.folder / place)
    kept = [path for path in sorted(main.parent.iterdir()) if not path.name.startswith(".")]
    clash = next((p.name for p in kept if (target / p.name).exists()), None)
    if clash is not None and said.get("replace") is not True:
        raise ConfigError(
            f"{place}/{clash} is there already; take it in again with “replace”.",
            f"{place}/{clash} 已存在；如要替换，请勾选“替换”。",
        )
    for path in kept:
        with files.atomic(target / path.name) as temporary:
            files.copy(path, temporary)
    name = f"{place}/{main.name}"
    _config.change(folder, lambda document: _declared.write(document, name, choice))
    files.remove_folder(main.parent)
    return {"file": name}


def drop(_progress: Callable[..., None], *, folder: str, said: dict[str, Any]) -> dict[str, Any]:
    """Remove a file from the inbox."""
    from industrymap import files

    files.remove_folder(inbox.folder_of(Path(folder), _number(said)))
    return {}


def template(_progress: Callable[..., None], *, folder: str, said: dict[str, Any]) -> bytes:
    """Return an empty workbook to fill in, of the schemas that the workspace knows."""
    from industrymap import jobs, workspace

    workspace.load(folder)
    return jobs.template(str(said["kind"]), lang="zh" if said["lang"] == "zh" else "en")


def _number(said: dict[str, Any]) -> str:
    return str(said.get("draft", ""))
