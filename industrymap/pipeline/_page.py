"""From what was built to what the page is given."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import industrymap
from industrymap import schemas
from industrymap.pipeline._own import in_its_workspace
from industrymap.pipeline._versions import versions
from industrymap.pipeline._years import ever_in_base, past_years
from industrymap.schemas import BLOCKS, ENTERPRISES, PARKS, ZONES
from industrymap.webmap import (
    Apart,
    Checks,
    Criterion,
    Label,
    MapLayer,
    MapModel,
    Meta,
    Scoring,
    Standard,
    Taxonomy,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd

    from industrymap.pipeline._run import Built

__all__ = ["page_model"]

# Working columns of geocoding; the page has no use for them and they are long.
_INNER = ("geocode_candidates", "address_key")


@in_its_workspace
def page_model(
    built: Built,
    *,
    profile: str = "internal",
    published: Mapping[str, gpd.GeoDataFrame] | None = None,
) -> MapModel:
    """Gather what the page shows.

    Parameters
    ----------
    built : Built
    profile : str
        ``internal`` or ``public``.
    published : mapping of str to GeoDataFrame, optional
        For ``public``: what :func:`industrymap.publishing.publish` left of the layers. The page then shows these and is given no firm;
        without it the page judges the layers itself.

    Returns
    -------
    model : MapModel

    Examples
    --------
    >>> import industrymap as im
    >>> built = im.build(".")  # doctest: +SKIP
    >>> im.IndustryMap(im.page_model(built)).save("map.html")  # doctest: +SKIP
    """
    space = built.workspace
    layers = built.layers if published is None else published
    firms = _firms(built, profile) if published is None else None
    earlier, since = versions(built)
    return MapModel(
        layers=_layers(built, layers, firms),
        meta=Meta(
            **space.imprint(),
            crs_note="WGS 84 (EPSG:4326) ≈ CGCS2000",
            profile=profile,
            versions={"industrymap": industrymap.__version__, "city": built.pack.pack_id},
        ),
        taxonomies=_taxonomies(built),
        standards=_standards(built),
        scoring=_scoring(built),
        checks=_checks(),
        snapshots=earlier,
        since=since,
        industries={} if firms is None else _industries(built, firms),
        years=past_years(built, firms, earlier)
        if firms is not None and profile == "internal"
        else (),
    )


def _layers(
    built: Built, layers: Mapping[str, gpd.GeoDataFrame], firms: gpd.GeoDataFrame | None
) -> tuple[MapLayer, ...]:
    """Return the page's layers: the ground, the units, the subjects of the map, and enterprises on top."""
    space = built.workspace
    # Reversed, so that of two files of one ground layer the first stays.
    frames = {record.name: frame for record, frame in reversed(built.inputs.background)}
    records = {name: space.record(name) for name in layers}
    # Zones without a record of their own share one layer of the page, told apart by their kind.
    loose = [n for n, r in records.items() if r.schema == ZONES and r.role == "context"]
    if loose:
        frames[ZONES] = _stacked([layers[name] for name in loose])
    frames |= {n: _coded(layers[n], "level") for n in records if n not in loose}
    if firms is not None:
        frames[ENTERPRISES] = firms
    known = {r.name: r for r in schemas.layers()} | {
        n: r for n, r in records.items() if n not in loose
    }
    # a layer that no table knows lies over the units and under the enterprises
    order = [*(r.name for r in schemas.layers()[:-1]), *records, ENTERPRISES]
    return tuple(
        MapLayer(known[name], frames[name]) for name in dict.fromkeys(order) if name in frames
    )


def _coded(frame: gpd.GeoDataFrame, column: str) -> gpd.GeoDataFrame:
    """Return the frame with a number that is a code as the text that ``values.csv`` labels."""
    if column not in frame:
        return frame
    return frame.assign(**{column: frame[column].astype("string")})


def _stacked(frames: list[gpd.GeoDataFrame]) -> gpd.GeoDataFrame:
    """Stack the zones of a workspace into one layer, each feature with its kind."""
    import pandas as pd

    return pd.concat(frames, ignore_index=True)


def _firms(built: Built, profile: str) -> gpd.GeoDataFrame:
    """Return the base; for a public page every firm, none of whom it shows, to judge what its sums give away."""
    firms = built.enterprises
    # firms of an earlier base stay in the page: its slider shows each year's own base, and today's by `in_base`
    shown = firms if profile == "public" else firms[ever_in_base(built)]
    listed = shown.drop(columns=_private(shown))
    return listed if profile == "public" else listed.assign(tag_reasons=_reasons(built, shown))


def _reasons(built: Built, firms: gpd.GeoDataFrame) -> Any:
    """Return for each firm the labels that a rule or a list gave it, with what in its record decided.

    One line a label: label, what matched, rule, confidence, source, parted by tabs; the page puts them into words.
    """
    from industrymap import tagging

    named = {t.taxonomy_id for t in tagging.load_all(built.pack)}
    # Labels of place come from where a firm lies and need no reason of this kind.
    tags = built.tags[built.tags["taxonomy"].isin(named)]
    parts = [tags[name].astype("string").fillna("") for name in ("label", "matched", "rule_id")]
    # a list names the firm itself: which field decided is news, the firm's own code or name is not
    parts[1] = parts[1].str.replace(r"^(uscc|name)=.*$", r"\1", regex=True)
    lines = parts[0] + "\t" + parts[1] + "\t" + parts[2]
    lines = lines + "\t" + tags["confidence"].map("{:g}".format).astype("string")
    lines = lines + "\t" + tags["source"].astype("string").fillna("")
    joined = lines.groupby(tags["enterprise_id"].astype("string"), sort=False).agg("\n".join)
    return firms["enterprise_id"].astype("string").map(joined.to_dict()).astype("string")


def _industries(built: Built, firms: gpd.GeoDataFrame) -> dict[str, str]:
    """Return the name of each industry code: of the class, where the workspace keeps the list, else of its division."""
    from industrymap.enterprises import classification, industry

    if "industry_code" not in firms:
        return {}
    names = classification.names(built.workspace.state, built.pack.folder)
    codes = sorted(set(firms["industry_code"].dropna().astype(str)))
    divisions = industry.divisions()
    name_of = {code: names.get(code) or _division(code, divisions) for code in codes}
    return {code: name for code, name in name_of.items() if name}


def _division(code: str, divisions: Mapping[str, str]) -> str:
    """Return the name of a code's division; with its own number where the code is longer, whose name it is not."""
    name = divisions.get(code[:2], "")
    return f"（{code[:2]} {name}）" if name and len(code) > 2 else name


def _private(firms: gpd.GeoDataFrame) -> list[str]:
    """Return columns that only serve the program."""
    return [name for name in _INNER if name in firms]


def _taxonomies(built: Built) -> tuple[Taxonomy, ...]:
    """Return the taxonomies that fill a column of their own, the main one first."""
    from industrymap import tagging

    known = [t for t in tagging.load_all(built.pack) if t.column]
    # Sorting keeps the order within each half.
    known.sort(key=lambda taxonomy: not taxonomy.main)
    return tuple(
        Taxonomy(
            id=listed.taxonomy_id,
            zh=listed.zh,
            en=listed.en,
            column=listed.column,
            labels=tuple(
                Label(value=label.zh, zh=label.zh, en=label.en, color=label.color)
                for label in listed.labels
                # Sub-labels would make two colours for one firm.
                if not label.parent_id
            ),
            official=listed.official,
            source=listed.source,
        )
        for listed in known
    )


def _standards(built: Built) -> tuple[Standard, ...]:
    """Return the route standard in use first, then the others, each with what it says of every park."""
    from industrymap import standards
    from industrymap.parks import routes

    parks = built.layers.get(PARKS)
    if parks is None:
        return ()
    known = standards.of_kind(built.pack, "routes")
    in_use = standards.choose(
        built.pack, "routes", id_=built.workspace.routes, on=built.workspace.data_date
    )
    # In use first: the page opens with it, the others are there for comparison.
    known.sort(key=lambda standard: in_use is None or standard.id != in_use.id)
    blocks = built.layers.get(BLOCKS)
    return tuple(
        Standard(
            id=rule.id,
            zh=rule.zh,
            en=rule.en,
            # Each standard judges today's parks, so that differences are of the rule alone.
            routes=routes.outcome(parks, standard=rule, blocks=blocks).set_axis(parks["park_id"]),
            effective_from=_day(rule.effective_from),
            effective_to=_day(rule.effective_to),
            source=rule.source,
            source_zh=rule.source_zh,
            official=rule.official,
        )
        for rule in known
    )


def _scoring(built: Built) -> Scoring | None:
    """Return how the pilots of the workspace were scored, so that the page's sliders start from the same weights."""
    from industrymap import standards
    from industrymap.parks.candidates import APART, min_coverage
    from industrymap.parks.pilots import limits_of
    from industrymap.parks.score import Weights

    day = built.workspace.data_date
    weights = standards.choose(built.pack, "pilot_score", on=day)
    rule = standards.choose(built.pack, "pilots", id_=built.workspace.pilots, on=day)
    if weights is None or rule is None:
        return None
    wanted = Weights.of(weights)
    per_district, total = limits_of(rule, weights)
    return Scoring(
        criteria=tuple(
            Criterion(
                column=indicator.field,
                weight=indicator.weight,
                zero=indicator.zero,
                one=indicator.one,
                zh=indicator.zh,
                en=indicator.en,
                spread=wanted.input_spread.get(indicator.field, 0.0),
            )
            for indicator in wanted.indicators
        ),
        weight_spread=wanted.weight_spread,
        per_district=per_district,
        total=total,
        min_coverage=min_coverage(weights),
        apart=tuple(Apart(standing=s, column=c, value=v) for s, c, v in APART),
        eligible_only=True,
        zh=weights.zh,
        en=weights.en,
        source=weights.source,
        source_zh=weights.source_zh,
        official=weights.official,
    )


def _checks() -> Checks:
    """Return the rules by which a build and a change file find contradictions in the parks."""
    from industrymap import changes, measure

    record = schemas.measured()[PARKS]
    rules = {
        "far": measure.FAR,
        "area": changes.AREA,
        "year": measure.NO_YEAR,
        "part": measure.PART,
        "value": changes.BAD_VALUE,
    }
    return Checks(
        far_tolerance=measure.FAR_TOLERANCE,
        far_rounding=measure.FAR_ROUNDING,
        area_tolerance=changes.AREA_TOLERANCE,
        area=record.area,
        area_reported=record.area_reported,
        years=measure.YEARS,
        year_columns=tuple(f.name for f in measure.year_fields(PARKS)),
        parts=measure.PARTS[PARKS],
        cross=schemas.cross_checks(PARKS),
        sentences={name: (rule.zh, rule.en) for name, rule in rules.items()},
    )


def _day(value: Any) -> str:
    return "" if value is None else str(value)
