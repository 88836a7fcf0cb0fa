"""Texts that try to run, and a map with one of them in every place that takes text."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
import shapely

from industrymap.webmap import Label, MapModel, Meta, Standard, Taxonomy

TEMPLATES = [
    "{{7*7}}",
    "备注{# 内部 #}完",
    "甲{%乙",
    "{% for x in [1] %}{{x}}{% endfor %}",
    "{{ ''.__class__.__mro__ }}",
    "${7*7}",
    "{{{'a'}}}",
]
SCRIPTS = [
    "<img src=x onerror=window.fired=1>",
    "</script><script>window.fired=1</script>",
    "<!--<script>window.fired=1//-->",
    "'\"><svg onload=window.fired=1>",
    "javascript:window.fired=1",
    "`${window.fired=1}`",
    "a\u2028b\u2029c\x00d\x0be",
    "]]><iframe srcdoc='<script>parent.fired=1</script>'>",
    "&lt;b&gt;&amp;",
    "=cmd|' /C calc'!A0",
]
CORPUS = TEMPLATES + SCRIPTS


def hostile() -> MapModel:
    """Return a model with a hostile text in every place that takes text."""
    n = len(CORPUS)
    texts = pd.array(CORPUS, dtype="string")
    points = shapely.points([[113 + i / 100, 23 + i / 100] for i in range(n)])
    boxes = shapely.box(
        *shapely.get_coordinates(points).T, *(shapely.get_coordinates(points) + 0.008).T
    )
    firms = gpd.GeoDataFrame(
        dict.fromkeys(
            (
                "name",
                "address",
                "cluster",
                "tiers",
                "district",
                "town",
                "note",
                "geocode_level",
                "geocode_evidence",
            ),
            texts,
        )
        | {
            "uscc": texts,
            CORPUS[7]: texts,
            CORPUS[0]: range(n),
            "revenue_10k_cny": 5.0,
            "park_id": [f"P{i}" for i in range(n)],
        },
        geometry=points,
        crs=4326,
    )
    parks = gpd.GeoDataFrame(
        dict.fromkeys(
            (
                "name",
                "district",
                "town",
                "village",
                "route",
                "route_reasons",
                "ownership",
                CORPUS[8],
            ),
            texts,
        )
        | {"park_id": [f"P{i}" for i in range(n)], "land_area_m2": 100.0},
        geometry=boxes,
        crs=4326,
    )
    blocks = gpd.GeoDataFrame(
        {"block_id": texts, "name": texts, "level": texts}, geometry=boxes, crs=4326
    )
    areas = gpd.GeoDataFrame(
        {"code": texts, "name": texts, "parent_code": texts}, geometry=boxes, crs=4326
    )
    all_of_it = " ".join(CORPUS)
    return MapModel.of(
        enterprises=firms, parks=parks, blocks=blocks, districts=areas, towns=areas, zones=areas.assign(zone_id=texts, kind=texts),
        water=areas[["name", "geometry"]], roads=areas[["name", "geometry"]],
        meta=Meta(title=all_of_it, producer=all_of_it, source=all_of_it, crs_note=all_of_it, review_number=all_of_it, data_date=CORPUS[7], built_on=CORPUS[8], versions={CORPUS[7]: CORPUS[8]}),
        taxonomies=(Taxonomy(id=CORPUS[0], zh=CORPUS[7], en=CORPUS[8], source=all_of_it, labels=tuple(Label(value=t, zh=t, en=t, color=t) for t in CORPUS)),),
        standards=(Standard(id=CORPUS[1], zh=all_of_it, source=all_of_it, routes=pd.Series(texts, index=parks["park_id"])),),
    )  # fmt: skip
