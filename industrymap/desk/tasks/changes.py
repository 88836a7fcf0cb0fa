"""Changes: what a change file would do to a layer, taking it in, what was done before, and undoing it."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from industrymap.columns import is_missing
from industrymap.desk import inbox
from industrymap.errors import ConfigError
from industrymap.periods import as_day

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

    from industrymap.changes import ChangePlan
    from industrymap.citypack import CityPack
    from industrymap.store import Base

__all__ = ["apply", "as_of", "every", "history", "plan", "undo"]

KEPT = "changes"
"""Folder of the workspace in which the files that were applied are kept, each under the number of its change."""

_MOST_LINES = 400
_FLAGS = ("clear_blanks", "complete")


def every(_progress: Callable[..., None], *, folder: str) -> dict[str, Any]:
    """Return the layers of the database, the files that wait, and the log, the latest change first."""
    from industrymap import schemas

    store, _ = _opened(folder)
    layers = []
    for name in store.layers():
        record = schemas.layer(name)
        zh, en = (record.zh, record.en) if record is not None and record.zh else (name, name)
        layers.append({"name": name, "zh": zh, "en": en})
    log = store.changes() if store.exists() else None
    return {
        "layers": layers,
        "waiting": [
            {"id": number, "file": inbox.main_file(Path(folder), number).name}
            for number in inbox.drafts(Path(folder))
            if inbox.is_change(Path(folder), number)
        ],
        "log": [] if log is None else [_entry(row) for row in reversed(log.to_dict("records"))],
    }


def plan(_progress: Callable[..., None], *, folder: str, said: dict[str, Any]) -> dict[str, Any]:
    """Say what a change file would do, line by line, and what forbids it; nothing is written."""
    inbox.keep_choices(Path(folder), str(said.get("draft", "")), {"what": inbox.CHANGES})
    store, pack = _opened(folder)
    planned = _planned(folder, store, pack, said)
    return _shown(planned, store, pack)


def apply(_progress: Callable[..., None], *, folder: str, said: dict[str, Any]) -> dict[str, Any]:
    """Take a change file in, whole or not at all, and keep the file under the number of its change.

    Raises
    ------
    ConfigError
        Something forbids it, or the database is not what it was when the difference was shown.
    """
    from industrymap import changes, files

    store, pack = _opened(folder)
    # What a person agreed to is the difference that was shown: against another state it would be another one.
    if said.get("seen") != len(store.changes()):
        raise ConfigError(
            "The database has changed since this difference was worked out: look at it again.",
            "差异显示之后数据库又有变更，请重新查看差异。",
        )
    planned = _planned(folder, store, pack, said)
    if planned.refused:
        raise ConfigError("There are errors: nothing was written.", "有错误，未写入任何内容。")
    number = changes.apply(planned, who=_line(said, "who"), why=_line(said, "why"))
    draft = inbox.folder_of(Path(folder), str(said["draft"]))
    if number is not None:
        target = files.make_folder(Path(folder) / KEPT)
        for path in sorted(draft.iterdir()):
            if not path.name.startswith("."):
                with files.atomic(target / f"{number:04} {path.name}") as temporary:
                    files.copy(path, temporary)
    files.remove_folder(draft)
    return {"change": number}


def undo(_progress: Callable[..., None], *, folder: str, said: dict[str, Any]) -> dict[str, Any]:
    """Undo a change, and return the number under which that is kept."""
    from industrymap import changes

    store, _ = _opened(folder)
    number = said.get("change")
    if not isinstance(number, int) or not 1 <= number <= len(store.changes()):
        raise ConfigError("There is no such change.", "没有这次变更。")
    # The log shows changes of all layers in one list, so the layers are those that the change touched.
    for layer in store.diff(number - 1, number)["layer"].unique().tolist():
        changes.require_undoable(store, number, layer, empty=said.get("empty") is True)
    return {"change": store.undo(number, _line(said, "who"), _line(said, "why"))}


def history(_progress: Callable[..., None], *, folder: str, said: dict[str, Any]) -> dict[str, Any]:  # fmt: skip
    """Return every version of a feature, and what each changed."""
    from industrymap import changes

    store, pack = _opened(folder)
    layer = _layer(store, said)
    versions = store.history(_line(said, "id"), layer)
    steps = changes.version_changes(versions, crs=pack.crs)
    schema = store.layers()[layer]
    return {
        "versions": [
            {
                "from": _day(row["valid_from"]),
                "to": _day(row["valid_to"]),
                "change": int(row["change_id"]),
                "removed": row["removed"] is True,
                "who": str(row.get("change_who", row.get("who", ""))),
                "why": {
                    lang: changes.reason(str(row.get("change_why", row.get("why", ""))), lang)
                    for lang in ("zh", "en")
                },
            }
            for row in versions.to_dict("records")
        ],
        "lines": _lines(steps, schema),
    }


def as_of(_progress: Callable[..., None], *, folder: str, said: dict[str, Any]) -> bytes:
    """Return a layer as it was on a day, as a workbook."""
    from industrymap import export, files

    store, _ = _opened(folder)
    layer = _layer(store, {"layer": said.get("kind", "")})
    frame = store.as_of(as_day(str(said.get("source", ""))), layer)
    with TemporaryDirectory() as place:
        language = "en" if said.get("lang") == "en" else "zh"
        path = Path(place) / "layer.xlsx"
        export.write(frame, path, layer=store.layers()[layer], lang=language)
        return files.read_bytes(files.check(path, allow=("xlsx",)))


def _opened(folder: str) -> tuple[Base, CityPack]:
    from industrymap import citypack, store, workspace

    space = workspace.load(folder)
    return store.open(space), citypack.load(space.city)


def _planned(folder: str, store: Base, pack: CityPack, said: dict[str, Any]) -> ChangePlan:
    """Read a change file and compare it with the database, as a person said."""
    from industrymap import changes

    layer = _layer(store, said)
    flags = {name: said.get(name) is True for name in _FLAGS}
    accept = said.get("accept")
    file = changes.read(
        inbox.main_file(Path(folder), str(said.get("draft", ""))),
        schema=changes.schema_of(store, layer),
        options=changes.ReadOptions(
            datum=_line(said, "datum") or None,
            extent=pack.extent,
            sheet=_line(said, "sheet") or None,
            clear_blanks=flags["clear_blanks"],
        ),
    )
    day = _line(said, "day")
    options = changes.PlanOptions(
        valid_from=as_day(day) if day else None,
        complete=flags["complete"],
        accept=[str(name) for name in accept] if isinstance(accept, list) else (),
    )
    return changes.plan(file, store=store, pack=pack, layer=layer, options=options)


def _shown(planned: ChangePlan, store: Base, pack: CityPack) -> dict[str, Any]:
    """Return a plan as the page shows it."""
    from industrymap import changes

    table = changes.without_details_of_the_new(changes.difference(planned.outcome, crs=pack.crs))
    findings = planned.findings
    errors = set(findings.loc[findings["level"] == "error", "rule"])
    actions = [item.action for item in planned.outcome.items]
    return {
        "counts": {name: actions.count(name) for name in ("add", "change", "remove")},
        "lines": _lines(table, store.layers()[planned.layer]),
        "more": max(0, len(table) - _MOST_LINES),
        "findings": [
            {
                "level": str(row["level"]),
                "row": "" if is_missing(row["row"]) else str(row["row"]),
                "value": "" if is_missing(row["value"]) else str(row["value"]),
                "zh": str(row["zh"]),
                "en": str(row["en"]),
            }
            for row in findings.head(_MOST_LINES).to_dict("records")
        ],
        "refused": planned.refused,
        # Only what would let something pass is offered.
        "may_pass": sorted(n for n, rules in changes.ACCEPTABLE.items() if errors & set(rules)),
        "seen": len(store.changes()),
    }


def _lines(table: pd.DataFrame, schema: str) -> list[dict[str, Any]]:
    """Return a difference in words, a line for each field."""
    from industrymap import changes, schemas

    lines = []
    for row in table.head(_MOST_LINES).to_dict("records"):
        field = "" if is_missing(row["field"]) else str(row["field"])
        line: dict[str, Any] = {"id": str(row["id"]), "action": str(row["action"])}
        for lang in ("zh", "en"):
            name = {"zh": "图形", "en": "outline"}[lang]
            if field not in {"", "geometry"}:
                name = schemas.label(schema, field, lang)
            line[lang] = name if field else ""
            line[f"before_{lang}"], line[f"after_{lang}"] = (
                changes.in_words(row[side], field, schema, lang) if field else ""
                for side in ("before", "after")
            )
        related = row.get("related")
        line["related"] = "" if is_missing(related) else str(related)
        lines.append(line)
    return lines


def _entry(row: dict[str, Any]) -> dict[str, Any]:
    """Return a line of the log."""
    from industrymap.changes import reason

    return {
        "change": int(row["id"]),
        "at": f"{row['at']:%Y-%m-%d %H:%M}",
        "from": _day(row["valid_from"]),
        **{name: int(row[name]) for name in ("added", "changed", "removed")},
        **{n: "" if is_missing(row[n]) else str(row[n]) for n in ("who", "source")},
        "why": {lang: reason(str(row["why"]), lang) for lang in ("zh", "en")},
        "undone_by": None if is_missing(row["undone_by"]) else int(row["undone_by"]),
    }


def _layer(store: Base, said: dict[str, Any]) -> str:
    layer = _line(said, "layer")
    if layer not in store.layers():
        raise ConfigError("Choose a layer.", "请选择图层。")
    return layer


def _line(said: dict[str, Any], name: str) -> str:
    value = said.get(name)
    return value.strip()[:200] if isinstance(value, str) else ""


def _day(value: Any) -> str:
    return "" if is_missing(value) else f"{value:%Y-%m-%d}"
