"""The pipeline: read → check → geocode → tag → assign → measure → triage → map and export.

:func:`build` runs it over a workspace and writes the outputs; :func:`run` only computes, and
:func:`layer` gives back a layer of the last build.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from industrymap.pipeline._allocations import (
    Allocated,
    AllocateOptions,
    Case,
    allocate,
    allocation_policies,
)
from industrymap.pipeline._assessments import Assessed, AssessOptions, assess, assessments
from industrymap.pipeline._briefs import (
    BRIEF_FORMATS,
    BriefOptions,
    WrittenBrief,
    brief_template,
    write_brief,
    write_briefs,
)
from industrymap.pipeline._chosen import (
    listed_fields,
    rows_kept,
    standard_in_force,
    titled,
    workbook_of,
)
from industrymap.pipeline._cities import CityComparison, CityOptions, compare_cities
from industrymap.pipeline._cities_report import MARKS, city_report
from industrymap.pipeline._database import reimport as reimport_layers
from industrymap.pipeline._due import due_tables, due_template
from industrymap.pipeline._evaluations import GROUP, Run, evaluate, methods, open_run, runs
from industrymap.pipeline._export import (
    EXPORT_FORMATS,
    Exported,
    ExportOptions,
    export_built,
    layer_called,
)
from industrymap.pipeline._grades import GradeOptions, Grades, grade_firms, grading_rules
from industrymap.pipeline._growth import (
    GrowthOptions,
    GrowthParts,
    SeasonOptions,
    Seasons,
    growth_parts,
    seasons,
)
from industrymap.pipeline._index import FORMULAS, IndexOptions, IndexSeries, index_series
from industrymap.pipeline._indicators import (
    IndicatorOptions,
    IndicatorValues,
    code_of,
    indicator_values,
    series_from_base,
)
from industrymap.pipeline._monitor import MonitorOptions, monitor_model
from industrymap.pipeline._outputs import layer, layer_names, write
from industrymap.pipeline._package import PROFILES, Packed, ReleaseOptions, release_package
from industrymap.pipeline._page import page_model
from industrymap.pipeline._park_sheets import (
    DrawnSheets,
    SheetChoice,
    draw_sheets,
    write_each_sheet,
    write_sheets,
)
from industrymap.pipeline._phone import phone_model
from industrymap.pipeline._products import (
    MadeList,
    PilotChoice,
    PilotOptions,
    checks_workbook,
    list_rules,
    make_lists,
    pilot_choice,
    stock_take,
    write_stock_take,
)
from industrymap.pipeline._public import (
    WITHHELD,
    Published,
    public_layer,
    public_release,
    write_public,
    write_public_layer,
)
from industrymap.pipeline._related import related
from industrymap.pipeline._robustness import FACTORS, Robustness, RobustnessOptions, robustness
from industrymap.pipeline._run import STAGES, Built, run
from industrymap.pipeline._run_changes import changed, changed_parts
from industrymap.pipeline._state import Stage, State
from industrymap.pipeline._summary import STAGE_NAMES, share_done, summary
from industrymap.pipeline._workpacks import WorkPack, WorkPackOptions, work_packs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from industrymap.pipeline._run import Progress

__all__ = [
    "BRIEF_FORMATS",
    "EXPORT_FORMATS",
    "FACTORS",
    "FORMULAS",
    "GROUP",
    "MARKS",
    "PROFILES",
    "STAGES",
    "STAGE_NAMES",
    "WITHHELD",
    "AllocateOptions",
    "Allocated",
    "AssessOptions",
    "Assessed",
    "BriefOptions",
    "Built",
    "Case",
    "CityComparison",
    "CityOptions",
    "DrawnSheets",
    "ExportOptions",
    "Exported",
    "GradeOptions",
    "Grades",
    "GrowthOptions",
    "GrowthParts",
    "IndexOptions",
    "IndexSeries",
    "IndicatorOptions",
    "IndicatorValues",
    "MadeList",
    "MonitorOptions",
    "Packed",
    "PilotChoice",
    "PilotOptions",
    "Published",
    "ReleaseOptions",
    "Robustness",
    "RobustnessOptions",
    "Run",
    "SeasonOptions",
    "Seasons",
    "SheetChoice",
    "Stage",
    "State",
    "WorkPack",
    "WorkPackOptions",
    "WrittenBrief",
    "allocate",
    "allocation_policies",
    "assess",
    "assessments",
    "brief_template",
    "build",
    "changed",
    "changed_parts",
    "checks_workbook",
    "city_report",
    "code_of",
    "compare_cities",
    "draw_sheets",
    "due_tables",
    "due_template",
    "evaluate",
    "export_built",
    "grade_firms",
    "grading_rules",
    "growth_parts",
    "index_series",
    "indicator_values",
    "layer",
    "layer_called",
    "layer_names",
    "list_rules",
    "listed_fields",
    "make_lists",
    "methods",
    "monitor_model",
    "open_run",
    "page_model",
    "phone_model",
    "pilot_choice",
    "public_layer",
    "public_release",
    "related",
    "release_package",
    "robustness",
    "rows_kept",
    "run",
    "runs",
    "seasons",
    "series_from_base",
    "share_done",
    "standard_in_force",
    "stock_take",
    "summary",
    "titled",
    "work_packs",
    "workbook_of",
    "write",
    "write_brief",
    "write_briefs",
    "write_each_sheet",
    "write_public",
    "write_public_layer",
    "write_sheets",
    "write_stock_take",
]


def build(
    folder: str | Path,
    *,
    profile: str = "internal",
    outputs: str | Path | None = None,
    reimport: Sequence[str] = (),
    progress: Progress | None = None,
) -> Built:
    """Run the whole pipeline over a workspace and write its outputs.

    Parameters
    ----------
    folder : str or Path
        The workspace.
    profile : str
        ``internal`` writes everything into the outputs; ``public`` writes what may be published, and nothing else, into
        their folder ``public``.
    outputs : str or Path, optional
        Folder to write into, instead of the one that the workspace names.
    reimport : sequence of str
        Layers whose changed files are taken into the database first; by default the database goes before the files.
    progress : callable, optional
        Called as ``progress(stage, done, total)``.

    Returns
    -------
    built : Built

    Raises
    ------
    IndustryMapError
        The configuration or an input cannot be used, or an output cannot be written; ``public`` without an approval
        number (审图号).

    Examples
    --------
    >>> import industrymap as im
    >>> built = im.build(".")  # doctest: +SKIP
    >>> built.layers["industrial_blocks"]["level"].value_counts()  # doctest: +SKIP
    """
    from industrymap import citypack, errors, files, publishing, workspace

    errors.pick(profile, ("internal", "public"), en="profile", zh="发布方式")
    space = workspace.load(folder)
    if outputs is not None:
        space = replace(space, outputs=Path(outputs))
    # Before minutes of work: without an approval number nothing may be published anyway.
    if profile == "public":
        publishing.approve(space.review_number)
    with files.limited(space.limits):
        # Inside the limits, because this reads layer files as well.
        if reimport:
            reimport_layers(space, reimport, pack=citypack.load(space.city))
        built = run(space, progress=progress)
        if profile == "public":
            if progress:
                progress("write", 0, 1)
            built = replace(built, release=write_public(built).release)
        else:
            write(built, progress=None if progress is None else partial(progress, "write"))
    return built
