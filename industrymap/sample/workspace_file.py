"""The sample's ``industrymap.toml``."""

from __future__ import annotations

from industrymap.sample.firm_figures import LISTED
from industrymap.sample.gazetteer_files import NAMES
from industrymap.sample.grading_files import FOLDER, INPUTS, PARCELS
from industrymap.sample.plan import PACK
from industrymap.sample.renewal_file import NAME as RENEWAL
from industrymap.sample.table_files import COORDINATES, LISTS, REGISTRY, STATISTICS, TAX

__all__ = ["CONFIG", "MARK", "workspace_text"]

CONFIG = "industrymap.toml"
MARK = "# The invented sample city · 虚构的示例城市"
"""First line of the configuration: what tells the sample from a workspace of somebody's own."""


def workspace_text(*, grading: bool = False) -> str:
    """Return the text of the workspace's configuration; with ``grading`` it names what the offices sent for one."""
    lists = "\n".join(
        f'  {{ file = "layers/{name}", kind = "list", taxonomy = "{taxonomy}", label = "{LISTED[label]}" }},'
        for label, (name, taxonomy) in LISTS.items()
    )
    gazetteer = ", ".join(f'"layers/{name}"' for name in NAMES)
    return f"""\
{MARK}
# Made by `industrymap sample`; everything in it is simulated. 由 `industrymap sample` 生成，均为模拟数据。

[workspace]
title = "云麓市制造业产业地图"
city = "{PACK}"
producer = "示例单位"
data_date = 2025-12-31
simulated = true
review_number = ""
source = "模拟数据"

[enterprises]
year = 2025
threshold_10k_cny = 1000
address = "operating"
source_order = ["statistics", "tax", "registry", "list", "coordinates"]
tables = [
  {{ file = "layers/{STATISTICS}", kind = "statistics" }},
  {{ file = "layers/{TAX}", kind = "tax" }},
  {{ file = "layers/{REGISTRY}", kind = "registry" }},
  {{ file = "layers/{COORDINATES}", kind = "coordinates" }},
{lists}
]

[layers.village_parks]
file = "layers/village_parks.gpkg"

[layers.industrial_blocks]
file = "layers/industrial_blocks.geojson"

[layers.value_innovation_parks]
file = "layers/value_innovation_parks.kml"
schema = "zones"

[layers.renewal_units]
file = "layers/{RENEWAL}"
schema = "zones"

[boundaries]
districts = {{ file = "boundaries/districts.geojson", datum = "gcj02" }}
towns = {{ file = "boundaries/towns.gpkg" }}
background = [
  {{ file = "boundaries/water.geojson", kind = "water" }},
  {{ file = "boundaries/roads.geojson", kind = "road" }},
]

[geocoding]
gazetteer = [{gazetteer}]
strict = true
providers = []

[triage]
routes = "routes-proposal-2025"
pilots = "pilots-2021"
blocks = "blocks-2020"

[map]
basemap = "none"
""" + (_grading() if grading else "")


def _grading() -> str:
    inputs = ", ".join(f'"{FOLDER}/{name}"' for name in INPUTS)
    return f"""
[grading]
inputs = [{inputs}]
parcels = "{FOLDER}/{PARCELS}"
"""
