"""Evaluations of a workspace: each a folder ``runs/<id>/`` that holds all it was made of and never changes."""

from __future__ import annotations

import hashlib
import io
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

import industrymap
from industrymap import citypack, evaluation, files, workspace
from industrymap.errors import EvaluationError, did_you_mean, nearest
from industrymap.pipeline._indicators import IndicatorOptions, code_of, indicator_values

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from industrymap.evaluation import Method, Scored
    from industrymap.evaluation.coherence import Coherence
    from industrymap.indicators import IndicatorSet
    from industrymap.pipeline._indicators import IndicatorValues

__all__ = [
    "GROUP",
    "Run",
    "arranged",
    "chosen_method",
    "evaluate",
    "methods",
    "open_run",
    "runs",
]

_RUNS, _METHODS = "runs", "methods"
_RESULTS = ("scores.csv", "parts.csv")
"""What came of an evaluation, in its folder."""
_DIGITS = 12
"""Digits of an id: 48 bits of a SHA-256, enough that two evaluations of a city never share one."""
GROUP = "group."
"""What the name of a group is led by where it heads a column."""
_PLACES = 10
"""Decimal places of what a run keeps: the same bytes whatever order a processor adds in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One evaluation, as its folder holds it.

    Attributes
    ----------
    id : str
        Hash of definitions, method, inputs, period, level and version.
    folder : Path
        Where it lies.
    about : dict
        ``set``, ``method``, ``period``, ``level``, ``basis`` (as it was asked for), ``vintage``, ``version``, ``official``, ``screened``, ``missing``, ``names`` (Chinese and
        English ones of set, method, groups and indicators), ``files`` (their hashes).
    inputs : DataFrame
        ``indicator, unit, period, value, basis, n, coverage``.
    scores : DataFrame
        ``unit, name, score, rank, coverage``, then the score of each group as ``group.<id>``, best first.
    parts : DataFrame
        ``unit, indicator, group, value, normalised, weight, points, treated``: the points of a unit add up to its score where
        the mean is arithmetic.
    is_new : bool
        Whether this call made it; ``False`` where the same evaluation was there already.
    """

    id: str
    folder: Path
    about: dict[str, object]
    inputs: pd.DataFrame
    scores: pd.DataFrame
    parts: pd.DataFrame
    is_new: bool = False

    def explain(self, area: str) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Take the score of one area apart.

        Parameters
        ----------
        area : str
            Its code or its name.

        Returns
        -------
        score, parts : DataFrame
            Its row of ``scores``, and its rows of ``parts``, what brought it most first.

        Raises
        ------
        EvaluationError
            The evaluation has no such area.
        """
        scores = self.scores
        names = dict(zip(scores["unit"].astype(str), scores["name"].astype(str), strict=True))
        code = code_of(names, area)
        if code is None:
            en, zh = did_you_mean(nearest(area, names.values(), n=1))
            raise EvaluationError(
                f"The evaluation has no {area!r}.{en}", f"这次评价中没有“{area}”。{zh}"
            )
        parts = self.parts[self.parts["unit"] == code].sort_values("points", ascending=False)
        return scores[scores["unit"] == code], parts

    def coherence(self) -> Coherence:
        """Return whether its indicators go together: correlations within groups, and Cronbach's α."""
        # In the order of the definitions, which is that of the parts.
        order = list(dict.fromkeys(self.parts["indicator"].astype(str)))
        table = self.parts.pivot_table(
            index="unit", columns="indicator", values="normalised", dropna=False
        )
        groups = self.parts.drop_duplicates("indicator").set_index("indicator")["group"].astype(str)
        values = table.reindex(columns=order).to_numpy(dtype=np.float64, na_value=np.nan)
        return evaluation.coherence.coherence(values, order, groups[order].tolist())


def methods(folder: str | Path) -> dict[str, Method]:
    """Return the methods of a workspace's city pack and of its own folder ``methods``: by id; its own go before."""
    space = workspace.load(folder)
    by_id: dict[str, Method] = {}
    # Parents first: a method of the same id that comes later takes the place of the earlier one.
    for place in (*citypack.load(space.city).folders, space.folder):
        if (place / _METHODS).is_dir():
            for path in files.folder(place / _METHODS, pattern="*.toml"):
                method = evaluation.load_method(path)
                by_id[method.id] = method
    return by_id


def chosen_method(folder: str | Path, method_id: str) -> Method:
    """Return a method of a workspace or its city pack.

    Raises
    ------
    EvaluationError
        There is none of that id; the nearest is named.
    """
    known = methods(folder)
    if method_id not in known:
        en, zh = did_you_mean(nearest(method_id, known, n=1))
        raise EvaluationError(
            f"There is no method {method_id!r}; there are: {', '.join(known) or 'none'}.{en}",
            f"没有评价方法“{method_id}”；现有：{'、'.join(known) or '无'}。{zh}",
        )
    return known[method_id]


def evaluate(
    folder: str | Path, set_id: str, method_id: str, options: IndicatorOptions | None = None
) -> Run:
    """Score the areas of a workspace by a set of indicators and a method, and keep the evaluation.

    Parameters
    ----------
    folder : path
        The workspace.
    set_id, method_id : str
        A set (``indicators/``) and a method (``methods/``) of the city pack or the workspace.
    options : IndicatorOptions, optional
        One period, the level, as of when, on which basis.

    Returns
    -------
    Run
        The same definitions, method and figures give the same id and the same bytes.

    Raises
    ------
    EvaluationError
        No such method, more than one period, or nothing that can be scored.
    IndicatorError
        As in :func:`indicator_values`.

    Examples
    --------
    >>> import industrymap as im
    >>> im.evaluate(".", "gz-1-5-n", "equal").scores.head(1)  # doctest: +SKIP
    """
    method = chosen_method(folder, method_id)
    done = indicator_values(folder, set_id, options)
    # Scores of two periods could not be compared: each is normalised over its own areas.
    if len(done.periods) != 1:
        raise EvaluationError(
            "An evaluation is of one period: name one.", "一次评价只针对一个时期：请只写一个。"
        )
    inputs = _inputs(done, method)
    scored = evaluation.score(inputs, method)
    space = workspace.load(folder)
    # The file itself is kept, not a reference: it may be edited tomorrow, and the run must still be
    # readable.
    kept = {
        "definitions.toml": done.of.text.encode(),
        "method.toml": method.text.encode(),
        "inputs.csv": _csv(done.figures.table),
        "scores.csv": _csv(_scores(done, scored)),
        "parts.csv": _csv(_parts(done, inputs, scored)),
    }
    about = _about(done, method, scored, kept, options.basis if options else "")
    id_ = _id(about)
    kept["manifest.json"] = _manifest(id_, about)
    place = space.folder / _RUNS / id_
    # The program may have learned to compute otherwise since: those scores are another evaluation beside the one that was kept.
    if _differs(place, about):
        id_ = _id(about, with_results=True)
        kept["manifest.json"] = _manifest(id_, about)
        place = space.folder / _RUNS / id_
    # The manifest is put in place last: a folder without it is a run that was cut off, and is written again.
    is_new = not (place / "manifest.json").is_file()
    # The same id is the same content: writing it again would only change dates.
    if is_new:
        for name, data in kept.items():
            files.write_bytes(place / name, data)
    return _read(place, is_new=is_new)


def _manifest(id_: str, about: dict[str, object]) -> bytes:
    return (json.dumps({"id": id_} | about, ensure_ascii=False, indent=2) + "\n").encode()


def _differs(place: Path, about: dict[str, object]) -> bool:
    """Return whether an evaluation of the same inputs was kept whose results are not those of ``about``."""
    path = place / "manifest.json"
    if not path.is_file():
        return False
    before = json.loads(files.read_text(files.check(path, allow=("json",))))["files"]
    now = about["files"]
    return isinstance(now, dict) and any(before.get(name) != now[name] for name in _RESULTS)


def runs(folder: str | Path) -> list[Run]:
    """Return every evaluation of a workspace, by period and id."""
    kept = [_read(place) for place in _places(folder)]
    return sorted(kept, key=lambda run: (str(run.about["period"]), run.id))


def open_run(folder: str | Path, id_: str) -> Run:
    """Return an evaluation by its id, or by the first digits that no other has.

    Raises
    ------
    EvaluationError
        There is none, there are several, or a file of it was changed.
    """
    known = {place.name: place for place in _places(folder)}
    fitting = [i for i in known if i.startswith(id_)]
    if len(fitting) != 1:
        names = fitting or list(known)
        if not names:
            raise EvaluationError(
                "There is no evaluation in this workspace yet: `industrymap evaluate` makes one.",
                "本工作区还没有评价：可用 `industrymap evaluate` 生成。",
            )
        many_en = "several evaluations" if fitting else "no evaluation"
        raise EvaluationError(
            f"{id_!r} names {many_en}; {'they are' if fitting else 'there are'}: {', '.join(names)}.",
            f"“{id_}”{'对应多次评价' if fitting else '不是已有的评价'}：{'、'.join(names)}。",
        )
    return _read(known[fitting[0]])


def _places(folder: str | Path) -> list[Path]:
    """Return the folders of the evaluations that were written to the end, by id, which is their name."""
    place = workspace.load(folder).folder / _RUNS
    # By the manifest, which is written last.
    return [path.parent for path in sorted(place.glob("*/manifest.json"))]


def _read(place: Path, *, is_new: bool = False) -> Run:
    about = json.loads(files.read_text(files.check(place / "manifest.json", allow=("json",))))
    # A score changed by hand would otherwise be shown as if it had been computed.
    for name, digest in about["files"].items():
        if not (place / name).is_file() or files.digest(place / name) != digest:
            raise EvaluationError(
                f"{place / name} is not what the evaluation {about['id']} wrote: an evaluation is never changed, make a new one.",
                f"{place / name} 与评价 {about['id']} 写出时不同：评价结果不得改动，请另作一次。",
            )
    frames = {
        name: pd.read_csv(
            io.BytesIO(files.read_bytes(files.check(place / f"{name}.csv", allow=("csv",)))),
            dtype={"unit": "string"},
        )
        for name in ("inputs", "scores", "parts")
    }
    return Run(id=about["id"], folder=place, about=about, is_new=is_new, **frames)


def _inputs(done: IndicatorValues, method: Method) -> evaluation.Inputs:
    return arranged(
        done.figures.table, done.of, list(done.units.codes), least_firms=method.least_firms
    )


def thin(table: pd.DataFrame, *, least_firms: float) -> pd.Series[bool]:
    """Return which figures rest on too few of an area's firms to stand beside others; what an area reports itself never does."""
    return (table["coverage"].astype("Float64") < least_firms).fillna(value=False).astype(bool)


def arranged(
    table: pd.DataFrame,
    by: IndicatorSet,
    units: list[str],
    *,
    least_firms: float,
    present: Collection[str] = (),
) -> evaluation.Inputs:
    """Return figures as one row an area and one column an indicator, in the order of the definitions.

    A sum over one firm in fifty is no figure of the area: beside that of another it would rank who reported, and from one year to the
    next it would grow because more report. Of the indicators that the table has figures of, and of those ``present`` names besides.
    """
    table = table[~thin(table, least_firms=least_firms)]
    present = {*table["indicator"], *present}
    of = [i for i in by.indicators if i.id in present]
    columns = [
        table[table["indicator"] == i.id]
        .set_index("unit")["value"]
        .reindex(units)
        .astype("Float64")
        for i in of
    ]
    return evaluation.Inputs(
        amounts=np.column_stack(
            [c.to_numpy(dtype=np.float64, na_value=np.nan) for c in columns]
            or [np.empty((len(units), 0))]
        ),
        ids=[i.id for i in of],
        groups=[i.group for i in of],
        direction=np.array([float(i.direction) for i in of]),
        unit_groups=[_district_of(unit) for unit in units],
    )


def _district_of(unit: str) -> str:
    """Return the district of a town's code; empty for what is no town: districts, parks and firms belong to no such group."""
    # GB/T 10114: three digits (or six, with the village) behind the six of the county-level division.
    return unit[:6] if unit.isdigit() and len(unit) in {9, 12} else ""


def _scores(done: IndicatorValues, scored: Scored) -> pd.DataFrame:
    table = pd.DataFrame(
        {
            "unit": list(done.units.codes),
            "name": list(done.units.names.values()),
            "score": scored.scores,
            "rank": scored.ranks,
            "coverage": scored.coverage,
            # Marked, because a set may call a group like one of the columns before.
            **{f"{GROUP}{group}": scores for group, scores in scored.groups.items()},
        }
    )
    # The code of the area breaks ties, so that equal ranks keep one order.
    return table.sort_values(["rank", "unit"], kind="stable", ignore_index=True)


def _parts(done: IndicatorValues, inputs: evaluation.Inputs, scored: Scored) -> pd.DataFrame:
    points = evaluation.aggregate.contributions(scored.normalised, scored.weights)
    units, count = list(done.units.codes), len(inputs.ids)
    table = pd.DataFrame(
        {
            "unit": np.repeat(units, count),
            "indicator": list(inputs.ids) * len(units),
            "group": list(inputs.groups) * len(units),
            "value": inputs.amounts.ravel(),
            "normalised": scored.normalised.ravel(),
            "weight": np.tile(scored.weights, len(units)),
            "points": points.ravel(),
            "treated": scored.treated.ravel(),
        }
    )
    # Only where something was estimated: evaluations without keep their bytes.
    if scored.imputed.any():
        table["imputed"] = scored.imputed.ravel()
    # Indicators screened out have no weight and took no part.
    return table[table["weight"] > 0].reset_index(drop=True)


def _csv(table: pd.DataFrame) -> bytes:
    """Return a table as bytes that do not hang on the order in which a processor adds."""
    rounded = table.copy()
    for name in rounded.select_dtypes(include="number"):
        rounded[name] = rounded[name].astype("Float64").round(_PLACES)
    return rounded.to_csv(index=False, lineterminator="\n").encode()


def _about(
    done: IndicatorValues, method: Method, scored: Scored, kept: dict[str, bytes], basis: str
) -> dict[str, object]:
    return {
        "set": done.of.id,
        "method": method.id,
        "period": str(done.periods[0]),
        "level": done.units.level,
        "basis": basis,
        "vintage": done.vintage,
        "version": industrymap.__version__,
        "official": done.of.official and method.official,
        # What has no data at all is said once, as missing.
        "screened": {
            i: round(share, 6)
            for i, share in scored.screened.items()
            if i not in done.figures.missing
        },
        **_thin_by_indicator(done, method),
        **(
            {"consistency": {k: round(v, 6) for k, v in method.consistency.items()}}
            if method.consistency
            else {}
        ),
        "missing": {i: list(lacks) for i, lacks in done.figures.missing.items()},
        "names": {
            "set": [done.of.zh, done.of.en],
            "method": [method.zh, method.en],
            "groups": {group: list(both) for group, both in done.of.groups.items()},
            "indicators": {i.id: [i.zh, i.en] for i in done.of.indicators},
        },
        "files": {name: hashlib.sha256(data).hexdigest() for name, data in kept.items()},
    }


def _thin_by_indicator(done: IndicatorValues, method: Method) -> dict[str, object]:
    """Return of how many areas each indicator is left out because too few of their firms bring it."""
    table = done.figures.table
    few = table[thin(table, least_firms=method.least_firms) & table["value"].notna()]
    counts = few["indicator"].value_counts(sort=False)
    return {"thin": {str(i): int(n) for i, n in sorted(counts.items())}} if len(counts) else {}


def _id(about: dict[str, object], *, with_results: bool = False) -> str:
    """Return the id of an evaluation: what it is made of, not what came of it nor when; with what came of it where that has changed."""
    files_ = about["files"]
    # The version too: another release may compute the same figures differently.
    asked = {k: about[k] for k in ("set", "method", "period", "level", "version")}
    if isinstance(files_, dict):
        names = (
            "definitions.toml",
            "method.toml",
            "inputs.csv",
            *(_RESULTS if with_results else ()),
        )
        asked |= {k: files_[k] for k in names}
    return hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()[:_DIGITS]
