"""From a revenue spreadsheet and a few polygon layers to a manufacturing industry map.

The names below load their room on first use, so that ``import industrymap`` costs next to nothing.

>>> import industrymap as im
>>> built = im.build(".")                                       # doctest: +SKIP
>>> built.layers["village_parks"].groupby("route").size()       # doctest: +SKIP
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    # What a type checker reads: every name under its own type. The table below says the same to Python itself.
    from industrymap import datum
    from industrymap.assign import assign as assign_polygons
    from industrymap.citypack import load as load_city
    from industrymap.errors import IndustryMapError
    from industrymap.export import write as export_layer
    from industrymap.filters import parse as parse_filter
    from industrymap.geocoding import Gazetteer
    from industrymap.geocoding.geocode import geocode
    from industrymap.jobs import (
        CheckOptions,
        Control,
        ConvertOptions,
        GeocodeOptions,
        check_file,
        convert_file,
        geocode_file,
        import_series,
        revise_series,
        write_template,
    )
    from industrymap.layers import read as read_layer
    from industrymap.measure import measure as measure_layer
    from industrymap.monitor import build as monitor_page
    from industrymap.parks.pilots import choose as choose_pilots
    from industrymap.parks.routes import classify
    from industrymap.pipeline import (
        AllocateOptions,
        AssessOptions,
        BriefOptions,
        CityOptions,
        GradeOptions,
        GrowthOptions,
        IndexOptions,
        IndicatorOptions,
        MonitorOptions,
        ReleaseOptions,
        RobustnessOptions,
        SeasonOptions,
        WorkPackOptions,
        allocate,
        assess,
        brief_template,
        build,
        compare_cities,
        due_tables,
        due_template,
        evaluate,
        export_built,
        grade_firms,
        growth_parts,
        index_series,
        indicator_values,
        layer,
        monitor_model,
        page_model,
        phone_model,
        release_package,
        robustness,
        seasons,
        series_from_base,
        stock_take,
        work_packs,
        write_brief,
        write_briefs,
    )
    from industrymap.store import open as open_store
    from industrymap.tables import read as read_enterprises
    from industrymap.tagging.tag import tag
    from industrymap.webmap import IndustryMap, MapModel
    from industrymap.workspace import load as load_workspace

__version__ = "0.1.0"

_ROOMS: dict[str, str] = {
    "BriefOptions": "industrymap.pipeline:BriefOptions",
    "CheckOptions": "industrymap.jobs:CheckOptions",
    "CityOptions": "industrymap.pipeline:CityOptions",
    "Control": "industrymap.jobs:Control",
    "ConvertOptions": "industrymap.jobs:ConvertOptions",
    "GeocodeOptions": "industrymap.jobs:GeocodeOptions",
    "Gazetteer": "industrymap.geocoding:Gazetteer",
    "GrowthOptions": "industrymap.pipeline:GrowthOptions",
    "IndexOptions": "industrymap.pipeline:IndexOptions",
    "IndicatorOptions": "industrymap.pipeline:IndicatorOptions",
    "IndustryMap": "industrymap.webmap:IndustryMap",
    "IndustryMapError": "industrymap.errors:IndustryMapError",
    "MapModel": "industrymap.webmap:MapModel",
    "MonitorOptions": "industrymap.pipeline:MonitorOptions",
    "ReleaseOptions": "industrymap.pipeline:ReleaseOptions",
    "RobustnessOptions": "industrymap.pipeline:RobustnessOptions",
    "SeasonOptions": "industrymap.pipeline:SeasonOptions",
    "AllocateOptions": "industrymap.pipeline:AllocateOptions",
    "AssessOptions": "industrymap.pipeline:AssessOptions",
    "assess": "industrymap.pipeline:assess",
    "allocate": "industrymap.pipeline:allocate",
    "assign_polygons": "industrymap.assign:assign",
    "brief_template": "industrymap.pipeline:brief_template",
    "build": "industrymap.pipeline:build",
    "check_file": "industrymap.jobs:check_file",
    "choose_pilots": "industrymap.parks.pilots:choose",
    "classify": "industrymap.parks.routes:classify",
    "compare_cities": "industrymap.pipeline:compare_cities",
    "convert_file": "industrymap.jobs:convert_file",
    "datum": "industrymap.datum:",
    "due_tables": "industrymap.pipeline:due_tables",
    "due_template": "industrymap.pipeline:due_template",
    "evaluate": "industrymap.pipeline:evaluate",
    "GradeOptions": "industrymap.pipeline:GradeOptions",
    "grade_firms": "industrymap.pipeline:grade_firms",
    "export_built": "industrymap.pipeline:export_built",
    "export_layer": "industrymap.export:write",
    "geocode": "industrymap.geocoding:geocode",
    "geocode_file": "industrymap.jobs:geocode_file",
    "growth_parts": "industrymap.pipeline:growth_parts",
    "import_series": "industrymap.jobs:import_series",
    "index_series": "industrymap.pipeline:index_series",
    "indicator_values": "industrymap.pipeline:indicator_values",
    "seasons": "industrymap.pipeline:seasons",
    "series_from_base": "industrymap.pipeline:series_from_base",
    "layer": "industrymap.pipeline:layer",
    "load_city": "industrymap.citypack:load",
    "load_workspace": "industrymap.workspace:load",
    "measure_layer": "industrymap.measure:measure",
    "monitor_model": "industrymap.pipeline:monitor_model",
    "monitor_page": "industrymap.monitor:build",
    "open_store": "industrymap.store:open",
    "page_model": "industrymap.pipeline:page_model",
    "phone_model": "industrymap.pipeline:phone_model",
    "parse_filter": "industrymap.filters:parse",
    "release_package": "industrymap.pipeline:release_package",
    "read_enterprises": "industrymap.tables:read",
    "read_layer": "industrymap.layers:read",
    "WorkPackOptions": "industrymap.pipeline:WorkPackOptions",
    "work_packs": "industrymap.pipeline:work_packs",
    "write_brief": "industrymap.pipeline:write_brief",
    "write_briefs": "industrymap.pipeline:write_briefs",
    "write_template": "industrymap.jobs:write_template",
    "robustness": "industrymap.pipeline:robustness",
    "revise_series": "industrymap.jobs:revise_series",
    "stock_take": "industrymap.pipeline:stock_take",
    "tag": "industrymap.tagging:tag",
}
"""Public name → ``module:attribute`` (``module:`` for the module itself)."""

__all__ = [
    "AllocateOptions",
    "AssessOptions",
    "BriefOptions",
    "CheckOptions",
    "CityOptions",
    "Control",
    "ConvertOptions",
    "Gazetteer",
    "GeocodeOptions",
    "GradeOptions",
    "GrowthOptions",
    "IndexOptions",
    "IndicatorOptions",
    "IndustryMap",
    "IndustryMapError",
    "MapModel",
    "MonitorOptions",
    "ReleaseOptions",
    "RobustnessOptions",
    "SeasonOptions",
    "WorkPackOptions",
    "__version__",
    "allocate",
    "assess",
    "assign_polygons",
    "brief_template",
    "build",
    "check_file",
    "choose_pilots",
    "classify",
    "compare_cities",
    "convert_file",
    "datum",
    "due_tables",
    "due_template",
    "evaluate",
    "export_built",
    "export_layer",
    "geocode",
    "geocode_file",
    "grade_firms",
    "growth_parts",
    "import_series",
    "index_series",
    "indicator_values",
    "layer",
    "load_city",
    "load_workspace",
    "measure_layer",
    "monitor_model",
    "monitor_page",
    "open_store",
    "page_model",
    "parse_filter",
    "phone_model",
    "read_enterprises",
    "read_layer",
    "release_package",
    "revise_series",
    "robustness",
    "seasons",
    "series_from_base",
    "stock_take",
    "tag",
    "work_packs",
    "write_brief",
    "write_briefs",
    "write_template",
]


if not TYPE_CHECKING:  # a checker must not take a misspelt name for Any

    def __getattr__(name: str) -> Any:
        if name not in _ROOMS:
            msg = f"module 'industrymap' has no attribute {name!r}"
            raise AttributeError(msg)
        module, _, attribute = _ROOMS[name].partition(":")
        imported = import_module(module)
        return getattr(imported, attribute) if attribute else imported


def __dir__() -> list[str]:
    return sorted(__all__)
