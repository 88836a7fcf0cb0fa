"""Indicators of a workspace: the firms of its last build, its running database, the sets of its city and its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from industrymap import citypack, figures, indicators, periods, schemas, workspace
from industrymap.enterprises import classification, industry
from industrymap.errors import ConfigError, IndicatorError
from industrymap.pipeline._outputs import layer, layer_names
from industrymap.series import COLUMNS, Appended, ParquetSeries

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from industrymap.figures import Figures, Firms, Units
    from industrymap.indicators import IndicatorSet
    from industrymap.periods import Period
    from industrymap.workspace import Workspace

__all__ = [
    "IndicatorOptions",
    "IndicatorValues",
    "code_of",
    "firms_of_build",
    "indicator_values",
    "series_from_base",
    "units_of_level",
    "values_of",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class IndicatorOptions:
    """What indicators are computed for.

    Attributes
    ----------
    level : str
        One of :data:`industrymap.indicators.LEVELS`.
    periods : sequence of str
        In any written form; empty: the latest period for which areas of that level, or firms, have a figure.
    as_of : date or int, optional
        As known at the end of a day, or after an addition of that number.
    basis : str
        One of :data:`industrymap.figures.BASES`, or empty for each indicator's own.
    public : bool
        Whether values that lead back to single firms are withheld, as in anything that leaves the office.

    Examples
    --------
    >>> IndicatorOptions(level="town", periods=["2025年一季度"]).level
    'town'
    """

    level: str = "district"
    periods: Sequence[str] = ()
    as_of: dt.date | int | None = None
    basis: str = ""
    public: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class IndicatorValues:
    """Indicators of the areas of a workspace.

    Attributes
    ----------
    of : IndicatorSet
        The definitions.
    units : Units
        The areas, with their names.
    periods : tuple of Period
        Which periods.
    figures : Figures
        The values, what is missing and what was carried over.
    vintage : int
        Number of the last addition that was known.
    public : bool
        Whether values that lead back to single firms were withheld.
    """

    of: IndicatorSet
    units: Units
    periods: tuple[Period, ...]
    figures: Figures
    vintage: int
    public: bool = False


def code_of(names: Mapping[str, str], asked: str) -> str | None:
    """Return the code of an area: people know it by its name, the database by its code; ``None`` where it is neither.

    Raises
    ------
    ConfigError
        Several areas have the name.

    Examples
    --------
    >>> code_of({"440112": "黄埔区"}, "黄埔区"), code_of({"440112": "黄埔区"}, "440112"), code_of({}, "黄埔区")
    ('440112', '440112', None)
    """
    if asked in names:
        return asked
    codes = [code for code, name in names.items() if name == asked]
    # Parks of two districts may share a name: the figures of either would be shown as those of the one that was meant.
    if len(codes) > 1:
        raise ConfigError(
            f"{len(codes)} areas are called {asked!r}: give the code of one, {', '.join(codes)}.",
            f"有 {len(codes)} 个对象名为“{asked}”，请改用其中一个的代码：{'、'.join(codes)}。",
        )
    return codes[0] if codes else None


def indicator_values(
    folder: str | Path, set_id: str, options: IndicatorOptions | None = None
) -> IndicatorValues:
    """Compute a set of indicators from a workspace's running database.

    Parameters
    ----------
    folder : path
        The workspace.
    set_id : str
        A set of the city pack or of the workspace's folder ``indicators``.
    options : IndicatorOptions, optional

    Raises
    ------
    IndicatorError
        There is no such set or level, or the database holds no figure of any period.
    PeriodError
        A period that cannot be read.

    Examples
    --------
    >>> import industrymap as im
    >>> im.indicator_values(".", "gz-1-5-n").figures.missing  # doctest: +SKIP
    {'energy_growth': ('energy_tce',)}
    """
    options = options or IndicatorOptions()
    indicators.require_level(options.level)
    if options.basis and options.basis not in figures.BASES:
        raise IndicatorError(
            f"There is no basis {options.basis!r}; there are: {', '.join(figures.BASES)}.",
            f"没有口径“{options.basis}”；可用：{'、'.join(figures.BASES)}。",
        )
    space = workspace.load(folder)
    pack = citypack.load(space.city)
    chosen = indicators.choose(indicators.known([*pack.folders, space.folder]), set_id)
    return values_of(space, chosen, options)


def values_of(space: Workspace, chosen: IndicatorSet, options: IndicatorOptions) -> IndicatorValues:
    """Compute definitions that are at hand: those of a set, or those that an evaluation kept."""
    pack = citypack.load(space.city)
    series = ParquetSeries(space.series)
    # Of every measure: that a firm stated anything is what makes it one of the period's firms.
    known = series.known(as_of=options.as_of)
    if not known["measure"].astype(str).isin(figures.asked_for(chosen)).any():
        raise IndicatorError(
            "The running database holds no figure that this set uses: read tables with `industrymap series import`, "
            "or the firms of the last build with `industrymap series base`.",
            "运行数据库中没有这一体系所用的数：请用 industrymap series import 读入数据表，"
            "或用 industrymap series base 取最近一次生成的企业数据。",
        )
    firms = firms_of_build(space)
    units = units_of_level(space, pack, options.level, firms, known)
    wanted = tuple(periods.parse(p) for p in options.periods) or (_latest(known, options.level),)
    asked = figures.Asked(units=units, periods=wanted, basis=options.basis, public=options.public)
    return IndicatorValues(
        of=chosen,
        units=units,
        periods=wanted,
        figures=figures.compute(chosen, known, asked=asked, firms=firms),
        vintage=int(known["vintage"].max()),
        public=options.public,
    )


def series_from_base(folder: str | Path, *, who: str) -> Appended:
    """Add the yearly figures of the firms of the last build to the running database; those known already add nothing.

    Parameters
    ----------
    folder : path
        A workspace that has been built.
    who : str
        Kept with the addition.

    Returns
    -------
    Appended

    Examples
    --------
    >>> import industrymap as im
    >>> im.series_from_base(".", who="统计科").added  # doctest: +SKIP
    203511
    """
    space = workspace.load(folder)
    known = {m.id: m.unit for m in schemas.measures()}
    # The base itself is the year it states: it also has what its tables give without a date. Other years are as dated.
    frames = [pd.DataFrame(layer(space, name)) for name in ("enterprises", "years")]
    table = pd.concat(
        [
            frame.melt(
                id_vars=["enterprise_id", "year"],
                value_vars=[c for c in frame.columns if c in known],
                var_name="measure",
            )
            for frame in frames
        ]
    )
    # The base's own row comes first in the stack and is the one that stays.
    table = table.dropna(subset=["year", "value"]).drop_duplicates(
        ["enterprise_id", "year", "measure"]
    )
    new = pd.DataFrame(
        {
            "kind": "firm",
            "entity": table["enterprise_id"].astype(str),
            "measure": table["measure"].astype(str),
            "period": table["year"].astype(int).astype(str),
            "value": table["value"].astype("Float64"),
            "unit": table["measure"].map(known),
            "status": "reported",
        }
    )
    return ParquetSeries(space.series).append(new[COLUMNS], who=who, source="enterprises")


def firms_of_build(space: Workspace) -> Firms | None:
    """Return the firms of the last build; ``None`` where nothing was built."""
    # A workspace that only keeps figures over time has no build, and that is no error.
    built = layer_names(space) if (space.state / "built").is_dir() else []
    if "enterprises" not in built:
        return None
    tags = pd.DataFrame(layer(space, "tags")) if "tags" in built else None
    return figures.firms_of(pd.DataFrame(layer(space, "enterprises")), tags)


def units_of_level(
    space: Workspace,
    pack: citypack.CityPack,
    level: str,
    firms: Firms | None,
    known: pd.DataFrame,
) -> Units:
    """Return the units of a level, with their names.

    Raises
    ------
    IndicatorError
        They are known from a build, and nothing was built.
    """
    if level == "city":
        return figures.Units(level=level, names={pack.division_code: pack.name})
    if level in {"district", "town"}:
        table = pack.current(level)
        names = dict(zip(table["code"].astype(str), table["name"].astype(str), strict=True))
        return figures.Units(level=level, names=names)
    if level == "industry":
        return figures.Units(level=level, names=_divisions(space, pack, firms, known))
    if firms is None:
        raise IndicatorError(
            f"The areas of the level {level!r} are known from a build: run `industrymap build` first.",
            "该层级的对象来自生成结果：请先运行 industrymap build。",
        )
    if level == "firm":
        ids = firms.frame["enterprise_id"].astype(str)
        called = firms.frame["name"].astype("string").fillna(ids) if "name" in firms.frame else ids
        return figures.Units(level=level, names=dict(zip(ids, called.astype(str), strict=True)))
    # Clusters are known by the firms that bear them: a label without a firm has no figures.
    if level == "cluster":
        labels = sorted(set(firms.frame["cluster"].dropna().astype(str)))
        return figures.Units(level=level, names=dict(zip(labels, labels, strict=True)))
    record = schemas.PARKS if level == "park" else schemas.BLOCKS
    table = pd.DataFrame(layer(space, record))
    key, name = f"{level}_id", "name"
    codes = table[key].astype(str)
    # A park without a name is called by its code.
    named = table[name].astype("string").fillna(codes) if name in table else codes
    return figures.Units(level=level, names=dict(zip(codes, named.astype(str), strict=True)))


def _divisions(
    space: Workspace, pack: citypack.CityPack, firms: Firms | None, known: pd.DataFrame
) -> dict[str, str]:
    """Return the divisions of industry that a firm is in or a table has figures of: code → name."""
    codes = set(known.loc[known["kind"].astype(str) == "industry", "entity"].astype(str))
    if firms is not None and figures.DIVISION in firms.frame:
        codes |= set(firms.frame[figures.DIVISION].dropna().astype(str))
    # The list that `industries import` kept names divisions beyond manufacturing.
    names = classification.names(space.state, pack.folder) | industry.divisions()
    return {code: names.get(code, code) for code in sorted(codes)}


def _latest(known: pd.DataFrame, level: str) -> Period:
    """Return the latest period with a figure of the level's own areas, else of firms."""
    kind = known["kind"].astype(str)
    # Areas may report monthly while firms do yearly: the level asked for decides the period.
    for wanted in (level, "firm"):
        texts = set(known.loc[kind == wanted, "period"].astype(str))
        if texts:
            return max(periods.parse(t) for t in texts)
    raise IndicatorError(
        f"The running database holds figures neither of a {level} nor of firms.",
        "运行数据库中既没有该层级的数，也没有企业的数。",
    )
