"""Files: what lies in the inbox and what the workspace names, how each is read, taking one in and mending how it is read."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from industrymap.desk import inbox
from industrymap.desk.tasks import _config, _declared, _effect, _named, _reading, _where
from industrymap.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Callable

    from industrymap.jobs import Checked
    from industrymap.workspace import LayerSource, TableSource, Workspace

__all__ = ["check", "drop", "listed", "mend", "take", "template", "where"]


def listed(_progress: Callable[..., None], *, folder: str) -> dict[str, Any]:
    """Return the files that the workspace names, and those that wait in the inbox."""
    from industrymap import workspace

    space = workspace.load(folder)
    named = [(one.source.file, one.what, one.number) for one in _named.listed(space)]
    named += [(layer.file, layer.name, "") for layer in space.background]
    named += [(path, "gazetteer", "") for path in space.gazetteer]
    # Change files and answers on places wait on pages of their own.
    home = Path(folder)
    waiting = [number for number in inbox.drafts(home) if not inbox.is_of_other_page(home, number)]
    return {
        "named": [
            {
                "file": file.name,
                "what": what if what in (*_declared.WHAT, "list", "gazetteer") else "zones",
                "there": file.exists(),
                # A folder of tables, or a file that is gone, cannot be shown.
                "id": number if file.is_file() else "",
            }
            for file, what, number in named
        ],
        "drafts": [{"id": n, "file": inbox.main_file(Path(folder), n).name} for n in waiting],
        "fields": _reading.fields(),
        "units": _reading.UNITS,
    }


def check(_progress: Callable[..., None], *, folder: str, said: dict[str, Any]) -> dict[str, Any]:
    """Say how a file would be read, as a person chose, or as it looks where nothing is chosen."""
    from industrymap import workspace

    space = workspace.load(folder)
    path, choice, checked = _checked(space, said)
    if not said.get("named"):
        inbox.keep_choices(Path(folder), _number(said), said.get("choices") or {})
    guessed = choice.what or _declared.guess(checked)
    shown = _reading.shown(path, checked, sheet=choice.sheet)
    # What is taken in already adds nothing to itself.
    effect = [] if said.get("named") else _effect.effect(space, checked, guessed)
    return shown | {"what": guessed, "declared": bool(choice.what), "effect": effect, "choices": _chosen(space, said)}  # fmt: skip


def where(_progress: Callable[..., None], *, folder: str, said: dict[str, Any]) -> dict[str, Any]:
    """Return where the points of a file would lie in each datum."""
    from industrymap import workspace

    space = workspace.load(folder)
    _, _, checked = _checked(space, said)
    return _where.in_each_datum(space, checked)


def mend(_progress: Callable[..., None], *, folder: str, said: dict[str, Any]) -> dict[str, Any]:
    """Keep in the configuration how a file that is taken in already is to be read.

    Raises
    ------
    ConfigError
        The file is not named any more, or what was chosen would not be read.
    """
    from industrymap import workspace

    named = _named.find(workspace.load(folder), str(said.get("named", "")))
    choice = _declared.read(said.get("choices"))
    home = Path(folder).resolve()
    _config.change(folder, lambda document: _named.write(document, named, choice, home=home))
    return {}


def _checked(space: Workspace, said: dict[str, Any]) -> tuple[Path, _declared.Choice, Checked]:
    """Read a file that waits, or one that the workspace names, as a person chose."""
    from industrymap import citypack, jobs

    if said.get("named"):
        named = _named.find(space, str(said["named"]))
        path = named.source.file
        choice = _declared.read(_chosen(space, said))
        declared: TableSource | LayerSource | None = _named.declared(named, choice)
        # All that is said is in the declaration: an option beside it would read the file in another way than a build.
        options = jobs.CheckOptions(declared=declared, extent=citypack.load(space.city).extent)
    else:
        path = inbox.main_file(space.folder, _number(said))
        choice = _declared.read(said.get("choices"))
        options = jobs.CheckOptions(
            layer="auto",
            sheet=choice.sheet,
            datum=choice.datum,
            declared=_declared.source(path, choice),
            extent=citypack.load(space.city).extent,
        )
    return path, choice, jobs.check_file(path, options=options)


def _chosen(space: Workspace, said: dict[str, Any]) -> dict[str, Any]:
    """Return what is chosen for a file: what the browser says, else what the configuration does."""
    choices = said.get("choices")
    if said.get("named") and not choices:
        return _named.choices(_named.find(space, str(said["named"])))
    return choices if isinstance(choices, dict) else {}


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
