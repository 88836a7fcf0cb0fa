"""Place a table of firms: coordinates it brings, the offline match, confirmed places, providers, and a look at the result."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from industrymap import issues
from industrymap.errors import DatumError, TableError
from industrymap.geocoding import review
from industrymap.geocoding.address import address_keys
from industrymap.geocoding.match import PLACED_COLUMNS, match
from industrymap.geocoding.online import chain
from industrymap.geocoding.online.cache import Cache
from industrymap.geocoding.review import sanity

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import geopandas as gpd

    from industrymap.columns import Flags
    from industrymap.geocoding.gazetteer import Gazetteer
    from industrymap.geocoding.online.providers import Provider

    Progress = Callable[[int, int], None]

__all__ = ["GIVEN_RADIUS_M", "geocode"]

GIVEN_RADIUS_M = 10.0
"""Radius of a point that the table itself gives, in metres."""
_RADIUS_M = {"given": GIVEN_RADIUS_M, "confirmed": review.CONFIRMED_RADIUS_M}

OUT_OF_CITY = issues.rule(
    "geocode.out_of_city",
    "warning",
    "地址不在本市，未定位。",
    "The address lies in another city; it was not placed.",
)
CONFLICT = issues.rule(
    "geocode.conflict",
    "warning",
    "地址各部分互相矛盾（候选：{candidates}），按能确定的部分定位。",
    "Parts of the address contradict each other (candidates: {candidates}); only what is certain was used.",
)
AMBIGUOUS = issues.rule(
    "geocode.ambiguous",
    "info",
    "有多个同样合适的地点（{candidates}），未任选其一。",
    "Several places fit equally well ({candidates}); none of them was taken.",
)
NO_DATUM = issues.rule(
    "geocode.no_datum",
    "warning",
    "给出了坐标但没有坐标系，坐标未采用，改按地址定位。",
    "Coordinates without a datum: they were not used, the address was.",
)
BAD_DATUM = issues.rule(
    "geocode.bad_datum",
    "warning",
    "坐标系无法识别，坐标未采用，改按地址定位：{zh}",
    "The datum cannot be used, the address was used in its place: {en}",
)
OUTSIDE = issues.rule(
    "geocode.outside_city",
    "warning",
    "给出的坐标在城市范围之外，未采用，改按地址定位。{zh}",
    "The coordinates given lie outside the city: they were not used, the address was.{en}",
)


def geocode(  # noqa: PLR0913 - a run has as many choices
    frame: pd.DataFrame,
    *,
    gazetteer: Gazetteer,
    strict: bool = True,
    providers: Sequence[Provider] = (),
    cache: Cache | None = None,
    review: review.Confirmed | None = None,
    progress: Progress | None = None,
) -> tuple[gpd.GeoDataFrame, pd.DataFrame]:
    """Give every row the finest place that the data supports, or none.

    A confirmed place wins, then coordinates that the row brings with their datum, then the offline match; providers are
    asked only where that is not finer than a building. Where an address names no district, the district and town that the
    table declares for it are used.

    Parameters
    ----------
    frame : DataFrame
        ``address``; optional ``lon, lat, datum`` (as given), ``district_declared, town_declared``, ``source, source_row``.
    gazetteer : Gazetteer
        The city's places.
    strict : bool
        Of several equal places take none (default).
    providers : sequence of Provider
        Online geocoders in the order to ask them.
    cache : Cache, optional
        Answers of providers; for this run only where missing.
    review : Confirmed, optional
        What people confirmed (:func:`industrymap.geocoding.review.read`).
    progress : callable, optional
        Called with (done, total).

    Returns
    -------
    frame : GeoDataFrame
        The rows with the ``geocode_*`` columns of the schema, ``geocode_candidates``, ``district_code``, ``town_code`` and
        point geometry (EPSG:4326), missing where nothing could be placed.
    issues : DataFrame

    Raises
    ------
    TableError
        The frame has no ``address`` column.

    Examples
    --------
    >>> import pandas as pd
    >>> import industrymap as im
    >>> gazetteer = im.Gazetteer.build(im.load_city("guangzhou"))
    >>> firms = pd.DataFrame({"address": ["广州市萝岗区科学城", "桂林市象山区中山路10号"]}, dtype="string")
    >>> placed, issues = im.geocode(firms, gazetteer=gazetteer)
    >>> placed["district_code"].tolist(), placed["geocode_issues"].tolist()
    (['440112', <NA>], ['superseded;vague', 'out_of_city'])
    """
    frame = _checked(frame)
    placed = match(frame["address"], gazetteer, strict=strict, progress=progress)
    # Each step may overrule the one before it: what the text says, what the table declares, the
    # coordinates it brings, what a person confirmed. Providers come last, for what is still coarse.
    placed = _use_declared(placed, frame, gazetteer, strict=strict)
    placed, given_issues = _use_given(placed, frame, gazetteer)
    placed = _use_confirmed(placed, frame, review, gazetteer)
    asked = issues.empty()
    if providers:
        ask = partial(
            chain.ask,
            providers=providers,
            cache=cache or Cache(None),
            city=gazetteer.pack.name,
            limits=sanity.Limits.of(gazetteer.pack, gazetteer.divisions.polygons),
            progress=progress,
        )
        placed, asked = _ask(placed, frame, ask)
    placed, strange = _look(placed, frame, gazetteer)
    out = _with_geometry(frame, placed)
    return out, issues.concat([given_issues, asked, strange, _reports(placed, frame)])


def _checked(frame: pd.DataFrame) -> pd.DataFrame:
    if "address" not in frame:
        raise TableError(
            f"The table has no column 'address'; it has {', '.join(map(str, frame.columns))}.",
            f"表中没有“地址”（address）列；现有列：{'、'.join(map(str, frame.columns))}。",
        )
    if "source" not in frame:
        frame = frame.assign(source="")
    if "source_row" not in frame:
        frame = frame.assign(source_row=pd.array([pd.NA] * len(frame), dtype="Int64"))
    return frame


def _use_declared(
    placed: pd.DataFrame, frame: pd.DataFrame, gazetteer: Gazetteer, *, strict: bool
) -> pd.DataFrame:
    """Read addresses that name no district once more behind the district and town the table declares."""
    columns = [c for c in ("district_declared", "town_declared") if c in frame]
    if not columns:
        return placed
    declared = frame[columns[0]].astype("string").fillna("")
    for column in columns[1:]:
        declared = declared + frame[column].astype("string").fillna("")
    # Another city or a contradiction is what the address itself says; a declared district does not
    # overrule it.
    abroad = placed["geocode_issues"].fillna("").str.contains("out_of_city|conflict")
    again = placed["district_code"].isna() & (declared != "") & ~abroad
    rows = again.to_numpy(dtype=bool)
    if not rows.any():
        return placed
    texts = declared[rows] + frame.loc[rows, "address"].astype("string").fillna("")
    placed = placed.copy()
    placed.loc[rows] = match(texts, gazetteer, strict=strict)
    return placed


def _use_given(
    placed: pd.DataFrame, frame: pd.DataFrame, gazetteer: Gazetteer
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Take the coordinates a row brings, in the datum it states, where they lie in the city."""
    from industrymap.datum import convert, plausible

    if not {"lon", "lat"} <= set(frame):
        return placed, issues.empty()
    x, y = sanity.floats(frame["lon"]), sanity.floats(frame["lat"])
    datums = frame["datum"] if "datum" in frame else pd.Series(pd.NA, index=frame.index)
    datums = datums.astype("string")
    there = np.isfinite(x) & np.isfinite(y)
    reports = [_issue(frame, there & datums.isna().to_numpy(dtype=bool), NO_DATUM, "datum")]
    lon, lat = np.full(len(frame), np.nan), np.full(len(frame), np.nan)
    west, south, east, north = extent = gazetteer.pack.extent
    for name in sorted(datums[there].dropna().unique()):
        rows = there & (datums == name).fillna(value=False).to_numpy(dtype=bool)
        try:
            lon[rows], lat[rows] = convert(x[rows], y[rows], source=str(name), target="wgs84")
        except DatumError as error:
            reports.append(_issue(frame, rows, BAD_DATUM, "datum", zh=error.zh, en=error.en))
            continue
        # a projection leads numbers far outside its zone to infinity: they lie outside the city too
        here = (lon >= west) & (lon <= east) & (lat >= south) & (lat <= north)
        far = rows & ~here
        if far.any():
            # What the numbers look like, as a check of the file says it.
            told = [
                m for m in plausible(x[far], y[far], str(name), extent) if m.code not in _COUNTS
            ]
            zh, en = "".join(m.zh for m in told), "".join(f" {m.en}" for m in told)
            reports.append(_issue(frame, far, OUTSIDE, "lon", zh=zh, en=en))
    inside = (lon >= west) & (lon <= east) & (lat >= south) & (lat <= north)
    point = pd.DataFrame({"lon": lon, "lat": lat}, index=frame.index)
    evidence = "坐标 " + datums.fillna("")
    placed = _put(placed, point, inside, "given", evidence)
    return placed, issues.concat(reports)


_COUNTS = frozenset({"missing", "zero", "outside"})
"""Messages that only count points; the issue names each of them."""


def _use_confirmed(
    placed: pd.DataFrame,
    frame: pd.DataFrame,
    confirmed: review.Confirmed | None,
    gazetteer: Gazetteer,
) -> pd.DataFrame:
    """Put addresses where people said they are."""
    if confirmed is None or not len(confirmed.places):
        return placed
    keys = address_keys(frame["address"])
    places = confirmed.places.reindex(keys.fillna("")).set_axis(frame.index)
    named = places["division"].notna() & places["lon"].isna()
    if named.any():
        rows = named.to_numpy(dtype=bool)
        by_division = match(places.loc[rows, "division"], gazetteer)
        # A division that cannot be found takes no place away.
        by_division = by_division[by_division["lon"].notna()]
        placed = placed.copy()
        placed.loc[by_division.index] = by_division
        placed.loc[by_division.index, "geocode_source"] = "confirmed"
        placed.loc[by_division.index, "geocode_issues"] = pd.NA
    put = places["lon"].notna().to_numpy(dtype=bool)
    evidence = "人工确认 " + places["note"].fillna("")
    placed = _put(placed, places[["lon", "lat"]], put, "confirmed", evidence)
    # What was doubted about the address is settled by the person.
    placed.loc[put, ["geocode_issues", "geocode_candidates"]] = pd.NA
    return placed


def _put(
    placed: pd.DataFrame, point: pd.DataFrame, rows: Flags, level: str, evidence: pd.Series[str]
) -> pd.DataFrame:
    """Return the table with points of one level put at some rows."""
    placed = placed.copy()
    for column in ("lon", "lat"):
        placed.loc[rows, column] = point.loc[rows, column].astype("Float64")
    placed.loc[rows, "geocode_level"] = level
    placed.loc[rows, "geocode_source"] = level
    placed.loc[rows, "geocode_radius_m"] = _RADIUS_M[level]
    placed.loc[rows, "geocode_score"] = 1.0
    placed.loc[rows, "geocode_evidence"] = evidence[rows].str.strip()
    return placed


def _ask(
    placed: pd.DataFrame, frame: pd.DataFrame, ask: Callable[[pd.DataFrame], chain.OnlineResult]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Ask providers where the offline place is not fine enough; a finer answer takes its place."""
    # A provider would place it outside this city, and every question counts against the day's
    # allowance.
    abroad = placed["geocode_issues"].fillna("").str.contains("out_of_city")
    questions = pd.DataFrame(
        {
            "address": frame["address"].astype("string"),
            "key": address_keys(frame["address"]),
            "district": placed["district_code"],
            "level": placed["geocode_level"],
            "source": frame["source"],
            "source_row": frame["source_row"],
        }
    )[~abroad.to_numpy(dtype=bool)]
    asked = ask(questions)
    answers = asked.places.reindex(placed.index)
    better = answers["lon"].notna().to_numpy(dtype=bool)
    placed = placed.copy()
    for target, column in {
        "lon": "lon",
        "lat": "lat",
        "geocode_level": "level",
        "geocode_radius_m": "radius_m",
        "geocode_score": "score",
        "geocode_source": "source",
        "geocode_evidence": "evidence",
    }.items():
        placed.loc[better, target] = answers.loc[better, column]
    # A refused answer is shown to the person who reviews, beside what the gazetteer offers.
    refused = answers["candidates"]
    both = placed["geocode_candidates"].str.cat(refused, sep=";")
    placed["geocode_candidates"] = both.fillna(placed["geocode_candidates"]).fillna(refused)
    return placed, asked.issues


def _look(
    placed: pd.DataFrame, frame: pd.DataFrame, gazetteer: Gazetteer
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Compare every place with the district its address names, and all of them with the city."""
    limits = sanity.Limits.of(gazetteer.pack, gazetteer.divisions.polygons)
    seen = placed.assign(
        address=frame["address"], source=frame["source"], source_row=frame["source_row"]
    )
    if "datum" in frame:
        seen["datum"] = frame["datum"]
    findings = sanity.check(seen, limits=limits, named=placed["district_code"])
    lon, lat = sanity.floats(placed["lon"]), sanity.floats(placed["lat"])
    inside = limits.inside(placed["district_code"], lon, lat)
    placed = _flag(placed, (~inside).fillna(value=False).to_numpy(dtype=bool), "other_district")
    # Where the text names no district, the place on the map says which it is.
    blank = placed["district_code"].isna().to_numpy(dtype=bool) & np.isfinite(lon)
    if blank.any() and limits.polygons:
        codes = limits.codes_at(lon[blank], lat[blank])
        placed.loc[blank, "district_code"] = pd.array(codes, dtype="string")
    return placed, findings


def _flag(placed: pd.DataFrame, rows: Any, code: str) -> pd.DataFrame:
    """Return the table with one more issue code at some rows."""
    if not rows.any():
        return placed
    placed = placed.copy()
    old = placed.loc[rows, "geocode_issues"]
    placed.loc[rows, "geocode_issues"] = (old.fillna("") + ";" + code).str.strip(";")
    return placed


def _with_geometry(frame: pd.DataFrame, placed: pd.DataFrame) -> gpd.GeoDataFrame:
    import geopandas as gpd

    lon, lat = sanity.floats(placed["lon"]), sanity.floats(placed["lat"])
    points = np.full(len(frame), None, dtype=object)
    there = np.isfinite(lon)
    points[there] = gpd.points_from_xy(lon[there], lat[there])
    added = {name: placed[name] for name in PLACED_COLUMNS if name not in {"lon", "lat"}}
    # A radius is a promise about where the truth lies: it is rounded up, to a tenth of a metre.
    radius_m = np.ceil(np.round(sanity.floats(placed["geocode_radius_m"]) * 10, 6)) / 10
    added["geocode_radius_m"] = pd.Series(radius_m, index=placed.index).astype("Float64")
    return gpd.GeoDataFrame(frame.assign(**added), geometry=points, crs="EPSG:4326")


def _reports(placed: pd.DataFrame, frame: pd.DataFrame) -> pd.DataFrame:
    """Report the rows that could not be placed as written, and why."""
    codes = placed["geocode_issues"].fillna("")
    candidates = placed["geocode_candidates"].fillna("")
    abroad = codes.str.contains("out_of_city").to_numpy(dtype=bool)
    # Another city, and placed all the same by its own coordinates: nothing is missing.
    abroad &= placed["geocode_level"].isna().to_numpy(dtype=bool)
    # One report for a row, the gravest.
    conflict = codes.str.contains("conflict").to_numpy(dtype=bool) & ~abroad
    several = (candidates != "").to_numpy(dtype=bool) & ~conflict & ~abroad
    shown = candidates.replace("", "—")
    records = []
    for rule, rows in ((CONFLICT, conflict), (AMBIGUOUS, several)):
        records += [
            {
                "rule": rule,
                "source": frame["source"].iloc[at],
                "row": frame["source_row"].iloc[at],
                "column": "address",
                "value": frame["address"].iloc[at],
                "candidates": shown.iloc[at],
            }
            for at in np.flatnonzero(rows)
        ]
    return issues.concat(
        [issues.from_records(records), _issue(frame, abroad, OUT_OF_CITY, "address")]
    )


def _issue(
    frame: pd.DataFrame, rows: Any, rule: issues.Rule, column: str, **details: Any
) -> pd.DataFrame:
    mask = pd.Series(rows, index=frame.index)
    values = frame[column] if column in frame else frame["address"]
    return issues.from_mask(frame, mask, rule, column=column, values=values, **details)
