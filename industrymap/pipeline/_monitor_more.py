"""What the monitoring pages show beside indicators: firms, what came in, other cities, outlines, targets, parks."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from typing import TYPE_CHECKING, cast

import numpy as np
import pandas as pd
import shapely

from industrymap import compare as cities
from industrymap import files, monitor, parks, report, schemas
from industrymap.columns import floats, texts
from industrymap.compare import city_name
from industrymap.errors import ConfigError, did_you_mean, nearest
from industrymap.periods import Period, parse
from industrymap.pipeline._grades import GradeOptions, grade_firms
from industrymap.pipeline._outputs import layer, layer_names

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from industrymap.citypack import CityPack
    from industrymap.figures import Firms
    from industrymap.indicators import Indicator, IndicatorSet
    from industrymap.monitor import Cube, Level
    from industrymap.series import ParquetSeries
    from industrymap.workspace import Workspace

__all__ = [
    "firms_of",
    "intake_of",
    "outlines_of",
    "parks_of",
    "peers_of",
    "structure_of",
    "targets_of",
]

_AREAS = ("city", "district", "cluster", "town")
_GRID = 1000
"""Width of the grid on which outlines are drawn."""
_TARGETS = ("level", "unit", "indicator", "year", "value", "official", "source")


def firms_of(
    space: Workspace,
    known: pd.DataFrame,
    firms: Firms | None,
    levels: Mapping[str, Level],
    *,
    rule: str,
) -> monitor.Firms | None:
    """Return the firms of the last build with their yearly figures; ``None`` where nothing was built."""
    if firms is None:
        return None
    ids = firms.frame["enterprise_id"].astype(str).to_numpy()
    tables, years = _yearly(known, firms, ids)
    # A firm of which no figure of any year is known has no course to show.
    keep = np.isfinite(tables["revenue_10k_cny"]).any(axis=1)
    frame = pd.DataFrame(firms.frame[keep])
    held = levels.get("cluster")
    done = monitor.Firms(
        names=[str(t) for t in texts(frame, "name")], codes=_known_by(frame),
        district=_codes(frame, "district_code"), town=_codes(frame, "town_code"),
        cluster=_codes(frame, "cluster") if held is not None else [""] * len(frame), years=years,
        revenue=tables["revenue_10k_cny"][keep], output=tables["output_10k_cny"][keep], tax=tables["tax_10k_cny"][keep],
        line=float(space.threshold_10k_cny),
    )  # fmt: skip
    return _graded(done, space, ids[keep], rule) if rule else done


def _known_by(frame: pd.DataFrame) -> list[str]:
    """Return the code of each firm, its ``enterprise_id`` where it has none: an address on the page names one firm."""
    ids = frame["enterprise_id"].astype(str)
    codes = frame["uscc"].astype("string").fillna("") if "uscc" in frame else ids
    # A code that two rows share would show one firm as the other.
    own = (codes != "") & ~codes.duplicated(keep=False)
    return [str(t) for t in codes.where(own, ids)]


def _yearly(
    known: pd.DataFrame, firms: Firms, ids: NDArray[np.object_]
) -> tuple[dict[str, NDArray[np.float64]], tuple[int, ...]]:
    names = ("revenue_10k_cny", "output_10k_cny", "tax_10k_cny")
    rows = known[(known["kind"].astype(str) == "firm") & known["measure"].astype(str).isin(names)]
    periods = {text: parse(text) for text in rows["period"].astype(str).unique()}
    years = tuple(sorted(p.year for p in periods.values() if p.level == "year"))
    place = {id_: n for n, id_ in enumerate(ids)}
    # Tables call a firm by its name or its code; the later addition holds where both were given.
    row = rows["entity"].astype(str).map(lambda e: place.get(firms.alias.get(e, ""), -1)).to_numpy()
    year = rows["period"].astype(str).map(lambda t: periods[t].year if periods[t].level == "year" else -1).to_numpy()  # fmt: skip
    order = np.argsort(rows["vintage"].to_numpy(), kind="stable")
    out = {}
    for name in names:
        table = np.full((len(ids), len(years)), np.nan)
        own = order[(rows["measure"].astype(str).to_numpy() == name)[order]]
        own = own[(row[own] >= 0) & (year[own] >= 0)]
        values = rows["value"].to_numpy(dtype=float, na_value=np.nan)
        table[row[own], np.searchsorted(np.array(years), year[own])] = values[own]
        out[name] = table
    return out, years


def _codes(frame: pd.DataFrame, column: str) -> list[str]:
    if column not in frame:
        return [""] * len(frame)
    return [str(t) for t in frame[column].astype("string").fillna("")]


def _graded(
    firms: monitor.Firms, space: Workspace, ids: NDArray[np.object_], rule: str
) -> monitor.Firms:
    """Return firms with their letters of the last year and the one before, and the reasons."""
    done = grade_firms(space.folder, GradeOptions(rule=rule, year=firms.years[-1], moved=True))
    table = done.table.set_index("enterprise_id").reindex(ids)
    moved = pd.DataFrame(columns=["enterprise_id", "before"]) if done.moves is None else done.moves
    before = dict(zip(texts(moved, "enterprise_id"), texts(moved, "before"), strict=True))
    # The firms of a group have the letter of the one that stands for them.
    leads = [lead or id_ for lead, id_ in zip(texts(table, "graded_with"), ids, strict=True)]
    letters = [str(x) for x in texts(table, "letter")]
    reasons = zip(texts(table, "reason"), texts(table, "reason_en"), strict=True)
    return replace(
        firms, letters=letters, rule=(done.rule.zh, done.rule.en), rule_official=done.rule.official,
        # Who did not move had the letter that it has.
        letters_before=[str(before.get(lead, letter)) for lead, letter in zip(leads, letters, strict=True)],
        reasons=[(str(zh), str(en)) for zh, en in reasons],
    )  # fmt: skip


def structure_of(firms: monitor.Firms | None) -> monitor.Structure | None:
    """Return how the firms' revenue is spread over clusters and districts; ``None`` without firms."""
    if firms is None or not firms.years:
        return None
    # Of a year that only few have reported yet, shares would say who reports early.
    known = np.isfinite(firms.revenue).sum(axis=0)
    at = max(n for n in range(len(firms.years)) if known[n] >= known.max() / 2)
    table = pd.DataFrame(
        {"unit": firms.district, "cluster": firms.cluster, "revenue": firms.revenue[:, at]}
    )
    table = table[table["revenue"].notna()]
    of_cluster = table[table["cluster"] != ""].groupby("cluster", sort=True)["revenue"]
    concentration = pd.DataFrame(
        [
            (name, len(v), report.largest_share(v, n=4), report.revenue_hhi(v))
            for name, v in of_cluster
        ],
        columns=["cluster", "n", "cr4", "hhi"],
    )
    return monitor.Structure(
        year=firms.years[at], line=firms.line, concentration=concentration, lq=_quotients(table), entries=_entries(firms),
    )  # fmt: skip


def _quotients(table: pd.DataFrame) -> pd.DataFrame:
    placed = table[table["unit"] != ""]
    # A firm of no cluster is part of its district's revenue all the same: its kind is the empty one, and is not shown.
    wide = report.location_quotient(placed["revenue"], place=placed["unit"], kind=placed["cluster"])
    rows = [
        (str(unit), str(cluster), float(value))
        for cluster in wide.columns
        if cluster
        for unit, value in wide[cluster].items()
    ]
    return pd.DataFrame(rows, columns=["unit", "cluster", "lq"])


def _entries(firms: monitor.Firms) -> pd.DataFrame:
    rows = []
    units = np.array(firms.district, dtype=object)
    for at in range(1, len(firms.years)):
        before, now = firms.revenue[:, at - 1], firms.revenue[:, at]
        # Not known is neither in nor out: a firm that did not report did not leave.
        both = np.isfinite(before) & np.isfinite(now)
        entered, left = (
            both & (before < firms.line) & (now >= firms.line),
            both & (before >= firms.line) & (now < firms.line),
        )
        # Above the line, then silent: neither stayed nor left, and shown as such.
        silent = np.isfinite(before) & (before >= firms.line) & ~np.isfinite(now)
        rows += [
            (unit, firms.years[at], int(entered[units == unit].sum()), int(left[units == unit].sum()), int(silent[units == unit].sum()))
            for unit in sorted(set(firms.district) - {""})
        ]  # fmt: skip
    return pd.DataFrame(rows, columns=["unit", "year", "entered", "left", "unknown"])


def intake_of(
    series: ParquetSeries, known: pd.DataFrame, levels: Mapping[str, Level], last: int
) -> monitor.Intake:
    """Return what came in, what is missing of it, and what was put right."""
    vintages = [v for v in series.vintages() if v.number <= last]
    additions = [
        (v.number, v.when.date().isoformat(), v.who, v.source, v.added, v.revised) for v in vintages
    ]
    rows = known[known["kind"].astype(str).isin(_AREAS)]
    rows = rows.astype(dict.fromkeys(("kind", "measure", "period", "entity"), "str"))
    covered = (
        rows.groupby(["kind", "measure", "period"], sort=True)["entity"]
        .nunique()
        .reset_index(name="units")
    )
    covered = covered.rename(columns={"kind": "level"})
    covered["of"] = [
        len(levels[k].codes) if k in levels and k != "cluster" else 0 for k in covered["level"]
    ]
    # Tables of clusters may state their branches: how many there are, the database itself says.
    most = covered.groupby(["level", "measure"])["units"].transform("max")
    covered["of"] = np.maximum(covered["of"], most)
    return monitor.Intake(
        additions=additions, covered=covered, gaps=_gaps(covered),
        revisions=_revisions(series, {v.number: v.source for v in vintages}, last),
    )  # fmt: skip


def _gaps(covered: pd.DataFrame) -> pd.DataFrame:
    """Return the periods from January that a monthly measure skipped, between its first and its last."""
    out = []
    for (level, measure), rows in covered.groupby(["level", "measure"], sort=True):
        held = sorted(p for p in map(parse, rows["period"]) if p.is_cumulative and p.last > 1)
        months = [p for p in held if p.last % 3]
        # A quarterly table skips no months.
        wanted = range(2, 13) if len(months) * 3 > len(held) else (3, 6, 9, 12)
        due = (
            [Period(y, 1, m) for y in range(held[0].year, held[-1].year + 1) for m in wanted]
            if len(held) > 2
            else []
        )
        # A measure of whole years only has no months to be late with.
        if all(p.last == 12 for p in held):
            continue
        out += [
            (level, measure, str(p)) for p in due if held[0] < p < held[-1] and p not in set(held)
        ]
    return pd.DataFrame(out, columns=["level", "measure", "period"])


def _revisions(series: ParquetSeries, sources: Mapping[int, str], last: int) -> pd.DataFrame:
    """Return each figure of an area that was once known otherwise, as it was known then and then."""
    key = ["kind", "entity", "measure", "period"]
    found = []
    for kind in _AREAS:
        rows = series.observations(kind)
        rows = rows[rows["vintage"] <= last].astype(dict.fromkeys(key, "str"))
        twice = rows[rows.duplicated(key, keep=False)]
        later = twice.duplicated(key)
        pairs = twice.assign(before=twice["value"].shift(), first=twice["vintage"].shift())[later]
        found.append(pairs)
    table = pd.concat(found) if found else pd.DataFrame()
    columns = ["level", "unit", "measure", "period", "before", "after", "first", "last", "source"]
    if table.empty:
        return pd.DataFrame(columns=columns)
    table = table.drop(columns="unit").rename(
        columns={"kind": "level", "entity": "unit", "value": "after", "vintage": "last"}
    )
    table["source"] = table["last"].map(sources)
    return table[columns].reset_index(drop=True)


def peers_of(
    space: Workspace, pack: CityPack, of: IndicatorSet, city: Cube, periods: Sequence[Period]
) -> list[monitor.Peer]:
    """Return the city beside those of ``peers.csv``; its own figure, where it published none, is the one the other pages show."""
    peers = cities.known([pack.folder, space.folder])
    if peers.frame.empty:
        return []
    own = city_name(pack.name)
    frame = peers.frame.assign(mark="")
    records = {i.zh: (at, i) for at, i in enumerate(of.indicators)}
    frame = pd.concat([frame, _own_rows(frame, own, records, city, periods)], ignore_index=True)
    out = []
    for name in dict.fromkeys(frame["indicator"]):
        at = records.get(name)
        question = cities.Question(indicator=name, own=own, direction=at[1].direction if at else 1)
        done = cities.compare(frame, question)
        courses = cities.trends(frame, name)
        out.append(
            monitor.Peer(
                zh=name, en=at[1].en if at else name, unit=done.unit, period=str(done.period), definition=done.definition,
                direction=done.direction, rows=_peer_rows(done.table),
                courses=list(zip(map(str, courses["city"]), map(str, courses["period"]), floats(courses, "value").tolist(), strict=True)),
            )
        )  # fmt: skip
    return out


def _peer_rows(
    table: pd.DataFrame,
) -> list[tuple[str, float, int, float, float, str, str, str, str]]:
    numbers = {name: table[name].to_numpy(dtype=float, na_value=np.nan) for name in ("value", "to_best", "to_median")}  # fmt: skip
    ranks = table["rank"].fillna(0).astype(int).tolist()
    words = {name: [str(t) for t in texts(table, name)] for name in ("city", "period", "definition", "source", "mark")}  # fmt: skip
    return [
        (words["city"][n], float(numbers["value"][n]), ranks[n], float(numbers["to_best"][n]), float(numbers["to_median"][n]),
         words["period"][n], words["definition"][n], words["source"][n], words["mark"][n])
        for n in range(len(table))
    ]  # fmt: skip


def _own_rows(
    frame: pd.DataFrame,
    own: str,
    records: Mapping[str, tuple[int, Indicator]],
    city: Cube,
    periods: Sequence[Period],
) -> pd.DataFrame:
    place = {str(p): n for n, p in enumerate(periods)}
    published = set(
        frame.loc[frame["city"] == own, ["indicator", "period"]].itertuples(index=False, name=None)
    )
    rows = []
    for key, here in frame.groupby(["indicator", "period"], sort=True):
        name, period = map(str, cast("tuple[object, object]", key))
        if name not in records or period not in place or (name, period) in published:
            continue
        at, one = records[name]
        value = float(city.amounts[at, 0, place[period]])
        if np.isfinite(value):
            rows.append(
                {"city": own, "indicator": name, "period": period, "value": value, "unit": one.unit,
                 # Ranked as if of the peers' definition; its mark says that nobody has checked that.
                 "definition": str(here["definition"].mode().iloc[0]), "source": one.formula.text, "note": "", "mark": cities.COMPUTED}
            )  # fmt: skip
    return pd.DataFrame(rows, columns=frame.columns)


def outlines_of(
    space: Workspace, levels: Mapping[str, Level]
) -> dict[str, list[list[list[tuple[int, int]]]]]:
    """Return the outlines of districts and towns on a grid 1,000 wide: simplified together, so that neighbours keep one border."""
    built = layer_names(space) if (space.state / "built").is_dir() else []
    out = {}
    frame_of: tuple[float, float, float, float] | None = None
    for level, name in (("district", "districts"), ("town", "towns")):
        if name not in built or level not in levels:
            continue
        table = layer(space, name)
        west, south, east, north = frame_of or tuple(map(float, table.total_bounds))
        frame_of = (west, south, east, north)
        shapes = shapely.transform(table.geometry.to_numpy(), _onto_grid(west, south, east, north))
        shapes = shapely.coverage_simplify(shapes, 2.5 if level == "district" else 2.0)
        of_code = dict(zip(table["code"].astype(str), shapes, strict=True))
        out[level] = [_rings(of_code.get(code)) for code in levels[level].codes]
    return out


def _onto_grid(
    west: float, south: float, east: float, north: float
) -> Callable[[NDArray[np.float64]], NDArray[np.float64]]:
    """Return what puts degrees of WGS 84 on the grid, north up."""
    # A degree of longitude is shorter than one of latitude by the cosine of where the city lies.
    squeeze = float(np.cos(np.radians((south + north) / 2)))
    scale = _GRID / ((east - west) * squeeze)
    return lambda xy: np.column_stack(
        ((xy[:, 0] - west) * squeeze * scale, (north - xy[:, 1]) * scale)
    )


def _rings(shape: BaseGeometry | None) -> list[list[tuple[int, int]]]:
    if shape is None or shape.is_empty:
        return []
    rings = [ring for part in shapely.get_parts(shape) for ring in (part.exterior, *part.interiors)]
    return [[(round(x), round(y)) for x, y in ring.coords[:-1]] for ring in rings]


def parks_of(space: Workspace, last: int) -> pd.DataFrame | None:
    """Return village parks by year, route and district with what is done and planned; ``None`` where none were built.

    What is done of years after ``last`` is not known.
    """
    built = layer_names(space) if (space.state / "built").is_dir() else []
    if schemas.PARKS not in built:
        return None
    table = pd.DataFrame(layer(space, schemas.PARKS).drop(columns="geometry"))
    done = parks.progress.progress(table)
    parts = [done.by_year.assign(kind="year").rename(columns={"year": "key"}), done.by_route.assign(kind="route").rename(columns={"route": "key"}), done.by_district.assign(kind="district").rename(columns={"district": "key"})]  # fmt: skip
    columns = ["kind", "key", "n", "km2", "done_n", "done_km2", "planned_n", "planned_km2"]
    joined = pd.concat([p.astype({"key": "str"}) for p in parts], ignore_index=True)
    joined = joined.reindex(columns=columns)
    wanted = _planned_by(table)
    for kind, groups in wanted.items():
        rows = joined["kind"] == kind
        for name in ("planned_n", "planned_km2"):
            joined.loc[rows, name] = joined.loc[rows, "key"].map(groups[name]).fillna(0)
    # A year that has not come has nothing done yet, which is no nought.
    to_come = (joined["kind"] == "year") & (pd.to_numeric(joined["key"], errors="coerce") > last)
    joined.loc[to_come & (joined["done_n"] == 0), ["done_n", "done_km2"]] = pd.NA
    return joined


def _planned_by(table: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Return by route and by district the parks that the plan gives a year, done or not, as :attr:`parks.Progress.by_year` counts them."""
    blank = pd.Series(pd.NA, index=table.index, dtype="string")
    frame = pd.DataFrame(
        {
            "route": table.get("route", blank).astype("string").fillna("unknown").astype(str),
            "district": table.get("district", blank).astype("string").fillna("?").astype(str),
            "planned_km2": table["land_area_m2"].astype(float) / 1e6,
        }
    )[table.get("year_planned", blank).notna()]
    areas = {kind: frame["planned_km2"].groupby(frame[kind]) for kind in ("route", "district")}
    return {k: pd.DataFrame({"planned_n": a.size(), "planned_km2": a.sum()}) for k, a in areas.items()}  # fmt: skip


def targets_of(
    space: Workspace,
    pack: CityPack,
    of: IndicatorSet,
    levels: Mapping[str, Level],
    clusters: Mapping[str, str],
) -> list[monitor.Target]:
    """Return the targets of ``targets.csv`` of the workspace: level, unit, indicator, year, value, official, source.

    Raises
    ------
    ConfigError
        A column is missing, or a row names no known level, area or indicator, or no number.
    """
    del pack
    path = space.folder / "targets.csv"
    if not path.is_file():
        return []
    text = files.read_text(files.check(path, allow=("csv",))).removeprefix("\ufeff")
    rows = list(csv.DictReader(io.StringIO(text)))
    out = []
    for number, row in enumerate(rows, start=2):
        missing = [c for c in _TARGETS if row.get(c) is None]
        if missing:
            raise ConfigError(f"targets.csv row {number} has no {missing[0]!r}; expected {', '.join(_TARGETS)}.", f"targets.csv 第 {number} 行缺少“{missing[0]}”，应有 {'、'.join(_TARGETS)}。")  # fmt: skip
        out.append(_target(row, number, of, levels, clusters))
    return out


def _target(
    row: Mapping[str, str],
    number: int,
    of: IndicatorSet,
    levels: Mapping[str, Level],
    clusters: Mapping[str, str],
) -> monitor.Target:
    level = levels.get(row["level"])
    units = (
        {}
        if level is None
        else {**dict(zip(level.names, level.codes, strict=True)), **{c: c for c in level.codes}}
    )
    # The taxonomy's own code of a cluster is as good as its name.
    unit = units.get(row["unit"]) or units.get(
        {v: k for k, v in clusters.items()}.get(row["unit"], ""), ""
    )
    if level is not None and level.id == "city" and not unit:
        unit = level.codes[0]
    ids = {name: i.id for i in of.indicators for name in (i.id, i.zh)}
    faults = [
        what
        for what, held in (
            ("level", level),
            ("unit", unit),
            ("indicator", ids.get(row["indicator"])),
        )
        if not held
    ]
    try:
        year, value = int(row["year"]), float(row["value"])
    except ValueError:
        year, value = 0, float("nan")
    if not faults and not np.isfinite(value):
        faults = ["value"]
    if faults:
        en, zh = (
            did_you_mean(nearest(row["indicator"], ids, n=1))
            if faults == ["indicator"]
            else ("", "")
        )
        raise ConfigError(f"targets.csv row {number}: {faults[0]} {row[faults[0]]!r} is not known here.{en}", f"targets.csv 第 {number} 行：{faults[0]}“{row[faults[0]]}”无法识别。{zh}")  # fmt: skip
    return monitor.Target(level=row["level"], unit=unit, indicator=ids[row["indicator"]], year=year, value=value, official=row["official"].strip().lower() == "true", source=row["source"])  # fmt: skip
