"""Every command has its twin in the library: what a person does in a shell, a script does with one public call."""

from __future__ import annotations

import inspect
from importlib import import_module
from typing import TYPE_CHECKING

import click
import pytest

import industrymap as im
from industrymap.cli import COMMANDS

if TYPE_CHECKING:
    from collections.abc import Iterator

TWINS = {
    "allocate": "pipeline:allocate",
    "assess": "pipeline:assess",
    "blocks adjust": "blocks:adjust",
    "blocks check": "blocks:check",
    "blocks gate": "blocks:gate",
    "boundaries fetch": "boundaries:fetch",
    "brief make": "pipeline:write_brief",
    "brief template": "pipeline:brief_template",
    "build": "pipeline:build",
    "changes apply": "changes:apply",
    "changes as-of": "store:Base.as_of",
    "changes diff": "store:Base.diff",
    "changes history": "store:Base.history",
    "changes plan": "changes:plan",
    "changes undo": "store:Base.undo",
    "check": "jobs:check_file",
    "compare": "pipeline:compare_cities",
    "convert": "jobs:convert_file",
    "desk": "desk:serve",
    "doctor": "doctor:examine",
    "due": "pipeline:due_tables",
    "evaluate": "pipeline:evaluate",
    "grade": "pipeline:grade_firms",
    "export": "pipeline:export_built",
    "gazetteer import": "geocoding.gazetteer.imports:read",
    "gazetteer osm": "geocoding.gazetteer.osm:read",
    "geocode": "jobs:geocode_file",
    "index": "pipeline:index_series",
    "indicators check": "indicators:load",
    "indicators list": "indicators:known",
    "indicators show": "indicators:needs",
    "indicators values": "pipeline:indicator_values",
    "industries import": "enterprises.classification:read",
    "industries show": "enterprises.classification:names",
    "init": "workspace:create",
    "kit make": "kit:make",
    "lists diff": "lists:diff",
    "lists make": "pipeline:make_lists",
    "lists show": "lists:load",
    "lists versions": "lists:versions",
    "monitor": "pipeline:monitor_model",
    "parks apply": "changes:apply",
    "parks as-of": "store:Base.as_of",
    "parks capacity": "parks.whatif:capacity",
    "parks classify": "parks.routes:classify",
    "parks diff": "store:Base.diff",
    "parks explain": "parks.near:explain",
    "parks history": "store:Base.history",
    "parks list": "pipeline:layer",
    "parks overlaps": "measure:overlap_matrix",
    "parks pilots": "pipeline:pilot_choice",
    "parks progress": "parks.progress:progress",
    "parks sheets": "pipeline:draw_sheets",
    "parks undo": "store:Base.undo",
    "parks whatif": "parks.whatif:what_if",
    "phone": "pipeline:phone_model",
    "release diff": "packages:difference",
    "release make": "pipeline:release_package",
    "release verify": "packages:verify",
    "report": "pipeline:stock_take",
    "robustness": "pipeline:robustness",
    "runs diff": "pipeline:changed",
    "runs explain": "pipeline:Run.explain",
    "runs list": "pipeline:runs",
    "runs show": "pipeline:open_run",
    "sample": "sample:generate",
    "series base": "pipeline:series_from_base",
    "series diff": "series:ParquetSeries.diff",
    "series growth": "pipeline:growth_parts",
    "series import": "jobs:import_series",
    "series revise": "jobs:revise_series",
    "series seasons": "pipeline:seasons",
    "series show": "series:ParquetSeries.known",
    "tag": "tagging:tag",
    "template": "jobs:write_template",
    "workpack": "pipeline:work_packs",
}
"""Command → ``module:function`` below ``industrymap``; no command is exempt."""


def commands(group: click.Command, name: str) -> Iterator[str]:
    if isinstance(group, click.Group):
        for child in group.list_commands(click.Context(group)):
            found = group.get_command(click.Context(group), child)
            assert found is not None
            yield from commands(found, f"{name} {child}")
    else:
        yield name


def test_every_command_names_its_twin() -> None:
    have = {
        command
        for name in COMMANDS
        for command in commands(import_module(f"industrymap.cli.{name}").command, name)
    }
    assert set(TWINS) == have


@pytest.mark.parametrize("twin", sorted(set(TWINS.values())))
def test_a_twin_is_a_public_function_that_is_explained(twin: str) -> None:
    module, _, name = twin.partition(":")
    first, *inner = name.split(".")
    room = import_module(f"industrymap.{module}")
    assert first in room.__all__
    found = getattr(room, first)
    for part in inner:
        found = getattr(found, part)
    assert inspect.isroutine(found)
    assert inspect.getdoc(found)
    # What it takes and gives is said by its types: a script needs no look into the command.
    hints = inspect.signature(found)
    assert hints.return_annotation is not inspect.Signature.empty


def test_commands_that_work_on_one_file_or_a_workspace_are_at_the_top_of_the_package() -> None:
    at_top = set(im._ROOMS.values())
    lacking = [
        command
        for command, twin in TWINS.items()
        if twin.startswith(("jobs:", "pipeline:")) and " " not in command
        if f"industrymap.{twin}" not in at_top
    ]
    assert lacking == []
