"""What people take from a built workspace, made by the functions that the commands call: the same bytes, in the same places."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from industrymap.columns import is_missing
from industrymap.desk import outputs
from industrymap.desk.shelf import plain_name
from industrymap.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    import pandas as pd

    from industrymap.filters import Absent
    from industrymap.pipeline import PilotChoice
    from industrymap.standards import Standard
    from industrymap.workspace import Workspace

__all__ = [
    "checks",
    "export",
    "known",
    "make_lists",
    "one_list",
    "pilots",
    "public",
    "sheets",
    "stock_take",
]

EXPORTS, SHEETS = "exports", "sheets"
"""Folders of the outputs."""

_MOST_ROWS = 300
"""Rows of a table that the page shows; the workbook has them all."""
_MOST_DRAWS = 1000
_NOT_BUILT = ("Nothing has been built yet: build first.", "尚未生成，请先生成。")
_CHANGES = ("entered", "left", "changed")


def known(_progress: Callable[..., None], *, folder: str) -> dict[str, Any]:
    """Return what can be made: lists with their versions, layers, standards and weights to choose from."""
    from industrymap import citypack, pipeline, schemas, standards, workspace
    from industrymap.parks import score

    space = workspace.load(folder)
    pack = citypack.load(space.city)
    there = pipeline.layer_names(space) if (space.state / "built").is_dir() else []
    records = {record.name: record for record in schemas.layers()}
    layers = []
    for name in there:
        record = records.get(name) or space.record(name)
        # Tables that belong to a layer (tags, years, checks) are no layers.
        if record is not None and record.geometry:
            layers.append({"name": name, "zh": record.label("zh"), "en": record.label("en")})
    weights = []
    for one in standards.of_kind(pack, "pilot_score"):
        read = score.Weights.of(one)
        items = [{"id": i.id, "zh": i.zh, "en": i.en, "weight": i.weight} for i in read.indicators]
        weights.append(_named(one) | {"indicators": items})
    return {
        "lists": [_list_entry(space, rule) for rule in pipeline.list_rules(space)] if there else [],
        "layers": layers,
        "formats": list(pipeline.EXPORT_FORMATS),
        "pilots": [_named(one) for one in standards.of_kind(pack, "pilots")],
        "weights": weights,
        "review_number": space.review_number,
        "parks": schemas.PARKS in there,
        "checks": "checks" in there,
    }


def make_lists(
    _progress: Callable[..., None], *, folder: str, said: dict[str, Any]
) -> dict[str, Any]:
    """Make lists as ``industrymap lists make`` does; all where none is named."""
    from industrymap import pipeline

    space = _built(folder)
    ids = [str(i) for i in said.get("ids") or []]
    made = []
    for one in pipeline.make_lists(space, ids, lang=_lang(said)):
        entered, left, changed = one.counts
        made.append(
            {
                "id": one.rule.id,
                "firms": one.firms,
                "first": one.changes is None,
                "entered": entered,
                "left": left,
                "changed": changed,
                "new": one.new,
                "output": outputs.number_of(one.path),
            }
        )
    return {"made": made, "lists": [_list_entry(space, rule) for rule in pipeline.list_rules(space)]}  # fmt: skip


def one_list(_progress: Callable[..., None], *, folder: str, said: dict[str, Any]) -> dict[str, Any]:  # fmt: skip
    """Return a version of a list with the reason of every firm, and what changed since the version before it."""
    from industrymap import lists, pipeline

    space = _built(folder)
    (rule,) = pipeline.list_rules(space, [str(said.get("id", ""))])
    kept = lists.versions(space.folder / "lists", rule.id)
    if not kept:
        raise ConfigError("Make the list first.", "请先生成该名单。")
    wanted = said.get("version")
    at = next((n for n, v in enumerate(kept) if v.sha256 == wanted), len(kept) - 1)
    frame = kept[at].frame()
    changes = lists.diff(kept[at - 1].frame(), frame) if at else None
    return {
        "version": kept[at].sha256,
        "n": len(frame),
        "rows": [
            {
                "name": _text(row.get("name")),
                "zh": _text(row.get("reason")),
                "en": _text(row.get("reason_en")),
                "district": _text(row.get("district")),
            }
            for row in frame.head(_MOST_ROWS).to_dict("records")
        ],
        "changes": [] if changes is None else _changes(changes),
    }


def stock_take(_progress: Callable[..., None], *, folder: str, said: dict[str, Any]) -> dict[str, Any]:  # fmt: skip
    """Write the stock-take as ``industrymap report`` does."""
    from industrymap import pipeline

    written = pipeline.write_stock_take(_built(folder), lang=_lang(said))
    return {"files": _files(written)}


def sheets(progress: Callable[..., None], *, folder: str, said: dict[str, Any]) -> dict[str, Any]:
    """Draw park sheets as ``industrymap parks sheets`` does; takes a second for every ten parks."""
    from industrymap import pipeline

    space = _built(folder)
    progress(zh="绘制", en="Drawing")
    choice = pipeline.SheetChoice(where=_line(said, "where") or None, pilots=said.get("pilots") is True)  # fmt: skip
    drawn = pipeline.draw_sheets(space, choice, lang=_lang(said))
    progress(zh="写出", en="Writing")
    target = space.outputs / SHEETS
    written, faces = pipeline.write_sheets(drawn, target)
    if said.get("each") is True:
        total = len(drawn.sheets)
        written += pipeline.write_each_sheet(
            drawn,
            target,
            progress=lambda done, n: progress(
                zh="写出", en="Writing", done=done, total=n, share=done / total
            ),
        )
    return {
        "parks": len(drawn.sheets),
        "files": _files(written[:2]),
        "absent": _absent(drawn.absent),
        "no_font": faces is not None and faces.regular is None,
        "missing": faces.missing[:20] if faces is not None else "",
    }


def checks(_progress: Callable[..., None], *, folder: str, said: dict[str, Any]) -> dict[str, Any]:
    """Return the checks of the blocks, what is broken first, and write them as ``industrymap blocks check -o`` does."""
    from industrymap import files, pipeline

    space = _built(folder)
    table = pipeline.layer(space, "checks")
    path = files.write_bytes(
        space.outputs / "checks.xlsx", pipeline.checks_workbook(space, lang=_lang(said))
    )
    rank = {status: n for n, status in enumerate(("fail", "undetermined", "info", "pass"))}
    ordered = table.sort_values("status", key=lambda s: s.map(rank), kind="stable")
    return {
        "n": len(table),
        "counts": {status: int((table["status"] == status).sum()) for status in rank},
        "rows": [
            {
                "status": str(row["status"]),
                "name": _text(row["name"]),
                "zh": _text(row["zh"]),
                "en": _text(row["en"]),
            }
            for row in ordered.head(_MOST_ROWS).to_dict("records")
        ],
        "files": _files([path]),
    }


def pilots(_progress: Callable[..., None], *, folder: str, said: dict[str, Any]) -> dict[str, Any]:
    """Choose pilots under one or two sets of standard and weights, beside each other; each is written as a workbook."""
    from industrymap import files, pipeline

    space = _built(folder)
    asked = said.get("sides")
    if not isinstance(asked, list) or not 1 <= len(asked) <= 2:
        raise ConfigError("Choose one or two standards.", "请选择一个或两个标准。")
    sides, choices = [], []
    for n, one in enumerate(asked):
        choice = pipeline.pilot_choice(space, _pilot_options(one if isinstance(one, dict) else {}))
        choices.append(choice)
        # The first one is the command's own file; the second is what it is compared with.
        path = files.write_bytes(
            space.outputs / ("pilots.xlsx", "pilots-2.xlsx")[n],
            choice.workbook(space, lang=_lang(said)),
        )
        sides.append(_side(choice) | {"files": _files([path])})
    return {"sides": sides, "rows": _beside(choices)}


def export(_progress: Callable[..., None], *, folder: str, said: dict[str, Any]) -> dict[str, Any]:
    """Write a layer as ``industrymap export`` does, into the folder ``exports`` of the outputs."""
    from industrymap import files, pipeline

    space = _built(folder)
    layer, kind = _line(said, "layer"), _line(said, "format")
    if layer not in pipeline.layer_names(space) or kind not in pipeline.EXPORT_FORMATS:
        raise ConfigError("Choose a layer and a format.", "请选择图层和格式。")
    options = pipeline.ExportOptions(
        layer=layer,
        where=_line(said, "where") or None,
        crs=_line(said, "crs") or None,
        usual=said.get("all_columns") is not True,
        names=said.get("names") is True,
        everything=said.get("everything") is True,
        public=said.get("public") is True,
        lang=_lang(said),
    )
    # A Shapefile is several files: one that can be handed over is a zip of them.
    ending = "zip" if kind == "shp" else kind
    name = plain_name(_line(said, "name")) or layer
    target = files.make_folder(space.outputs / EXPORTS)
    done = pipeline.export_built(space, target / f"{name}.{ending}", options)
    return {"rows": done.rows, "files": _files(done.files), "absent": _absent(done.absent)}


def public(progress: Callable[..., None], *, folder: str) -> dict[str, Any]:
    """Build the public profile as ``industrymap build --profile public`` does, and say what is withheld."""
    from industrymap import pipeline

    stages = [{"zh": zh, "en": en} for zh, en, _ in pipeline.STAGE_NAMES.values()]
    names = list(pipeline.STAGE_NAMES)

    def said(stage: str, done: int, total: int) -> None:
        share = pipeline.share_done(stage, done, total)
        words = stages[names.index(stage)]
        progress(**words, share=share, done=done, total=total)

    built = pipeline.build(folder, profile="public", progress=said)
    release = built.release
    space = built.workspace
    folder_of = space.outputs / "public"
    reasons = {} if release is None else {lang: release.summary(lang) for lang in ("zh", "en")}
    return {
        "lines": [{"zh": d.zh, "en": d.en} for d in pipeline.summary(built, public=True)],
        "withheld": 0 if release is None else len(release.withheld),
        "reasons": [
            {"zh": zh, "en": en, "n": int(n)}
            for (zh, n), (en, _) in zip(reasons.get("zh", []), reasons.get("en", []), strict=True)
        ],
        "report": _files([space.outputs / pipeline.WITHHELD]),
        "files": _files(sorted(p for p in folder_of.iterdir() if p.is_file())),
    }


def _built(folder: str) -> Workspace:
    from industrymap import workspace
    from industrymap.errors import FileMissingError

    space = workspace.load(folder)
    if not (space.state / "built").is_dir():
        raise FileMissingError(*_NOT_BUILT)
    return space


def _list_entry(space: Workspace, rule: Any) -> dict[str, Any]:
    """Return a list as the page names it: the rule, and its versions, the latest first."""
    from industrymap import lists

    kept = lists.versions(space.folder / "lists", rule.id)
    return {
        "id": rule.id,
        "zh": rule.zh,
        "en": rule.en,
        "where": rule.where,
        "official": rule.official,
        "versions": [{"sha": v.sha256, "on": v.on.isoformat()} for v in reversed(kept)],
        "output": outputs.number_of(space.outputs / "lists" / f"{rule.id}.xlsx")
        if (space.outputs / "lists" / f"{rule.id}.xlsx").is_file()
        else "",
    }


def _changes(changes: pd.DataFrame) -> list[dict[str, str]]:
    rows = changes.head(_MOST_ROWS).to_dict("records")
    return [
        {n: _text(row[n]) for n in ("change", "name", "column", "before", "after")} for row in rows
    ]


def _pilot_options(said: dict[str, Any]) -> Any:
    from industrymap import pipeline

    weights = said.get("weights")
    changed = weights if isinstance(weights, dict) else {}
    try:
        numbers = {str(name): float(value) for name, value in changed.items()}
    except (TypeError, ValueError):
        raise ConfigError("A weight is a number.", "权重应为数字。") from None
    draws = said.get("draws")
    return pipeline.PilotOptions(
        standard=_line(said, "standard") or None,
        weights_id=_line(said, "weights_id") or None,
        where=_line(said, "where") or None,
        weights=numbers,
        draws=min(draws, _MOST_DRAWS) if isinstance(draws, int) and draws > 0 else 200,
    )


def _side(choice: PilotChoice) -> dict[str, Any]:
    eligible = choice.scored["pilot_eligible"]
    per_district, total = choice.limits
    return {
        "rule": _named(choice.rule),
        "weights": _named(choice.weights),
        "eligible": int(eligible.fillna(value=False).sum()),
        "open": int(eligible.isna().sum()),
        "chosen": len(choice.chosen),
        "per_district": per_district,
        "total": total,
        "absent": _absent(choice.absent),
        "near": [
            {"id": str(r["park_id"]), "name": _text(r["name"]), "zh": _text(r["lacks_zh"]), "en": _text(r["lacks_en"])}
            for r in choice.misses.head(10).to_dict("records")
        ],
    }  # fmt: skip


def _beside(choices: list[PilotChoice]) -> list[dict[str, Any]]:
    """Return every park that is chosen under one of them, with its rank, score and stability under each."""
    ids = dict.fromkeys(str(i) for choice in choices for i in choice.chosen["park_id"])
    tables = [choice.scored.set_index("park_id") for choice in choices]
    rows: list[dict[str, Any]] = []
    for park_id in ids:
        # A filter may leave a park out of one of the two.
        found: list[Any] = [t.loc[park_id] if park_id in t.index else None for t in tables]
        about = next(one for one in found if one is not None)
        row = {"id": park_id, "name": _text(about["name"]), "district": _text(about["district"])}
        rows.append(row | {"sides": [_standing(one) for one in found]})
    return rows


def _standing(row: pd.Series[Any] | None) -> dict[str, Any]:
    if row is None:
        return {"chosen": False, "rank": None, "score": None, "in_list": None}
    return {
        "chosen": row["pilot_selected"] is True or bool(_number(row["pilot_selected"])),
        "rank": _number(row["pilot_rank"]),
        "score": _number(row["pilot_score"]),
        "in_list": _number(row["in_list"]),
    }


def _number(value: Any) -> float | None:
    return None if is_missing(value) else round(float(value), 3)


def _named(one: Standard) -> dict[str, Any]:
    return {"id": one.id, "zh": one.title("zh"), "en": one.title("en")}


def _files(paths: Iterable[Path]) -> list[dict[str, str]]:
    return [{"file": p.name, "id": outputs.number_of(p)} for p in paths if p.is_file()]


def _absent(found: Iterable[Absent]) -> list[dict[str, str]]:
    return [{"zh": one.zh, "en": one.en} for one in found]


def _line(said: dict[str, Any], name: str) -> str:
    value = said.get(name)
    return value.strip()[:500] if isinstance(value, str) else ""


def _lang(said: dict[str, Any]) -> str:
    return "en" if said.get("lang") == "en" else "zh"


def _text(value: Any) -> str:
    return "" if is_missing(value) else str(value)
