"""The eighteen points of hostile input: what each asks, and the tests that hold it (``docs/security.md`` is written from here)."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from pathlib import Path

TESTS = Path(__file__).parents[1]
FILES, CORPUS, PAGE, HOME = (
    "test_files_security.py",
    "test_corpus.py",
    "test_webmap_page.py",
    "test_webmap_home.py",
)


@dataclass(frozen=True)
class Point:
    """One point: its number, what is asked, and ``file::test`` of each test (``*`` ends a beginning)."""

    number: int
    asked: str
    tests: tuple[str, ...]


POINTS = (
    Point(1, "Jinja templates in every value, column name, layer name, title, legend, configuration text: the same bytes in page and export, no code runs", (
        f"{CORPUS}::test_every_text_of_a_layer_is_exported_as_it_came", f"{CORPUS}::test_every_text_of_an_enterprise_is_exported_as_it_came",
        f"{CORPUS}::test_two_other_readers_agree", f"{PAGE}::test_templates_do_not_run_while_building", "test_security_points.py::test_point_01_*")),
    Point(2, "scripts in real Chromium through every text path: nothing fires", (
        f"{PAGE}::test_no_text_runs_and_every_text_arrives", f"{CORPUS}::test_nothing_runs_and_every_name_arrives_in_the_page", f"{PAGE}::test_a_script_put_into_the_file_afterwards_does_not_run")),
    Point(3, "`</script>`, `<!--`, U+2028/9, lone surrogates, NUL, NaN, Infinity", (
        f"{PAGE}::test_lone_surrogates_survive_the_build", f"{PAGE}::test_infinite_and_missing_numbers_survive_the_build",
        "test_export.py::test_lone_surrogates_and_nul_do_not_break_a_file", "test_export.py::test_numbers_that_json_cannot_hold_become_null", "test_layers.py::test_any_text_comes_back_from_geojson_and_geopackage")),
    Point(4, "keys as well as values", ("test_security_points.py::test_point_04_*", "test_export.py::test_any_column_name_keeps_its_values")),
    Point(5, "no request offline; with an online basemap only that host", (
        f"{PAGE}::test_the_page_asks_for_nothing_and_complains_of_nothing", f"{PAGE}::test_a_basemap_s_addresses_lie_on_its_own_hosts",
        "test_webmap_choose.py::test_only_the_chosen_basemap_s_host_is_asked_and_its_failure_leaves_the_map")),
    Point(6, "a Content-Security-Policy that pins every script and style by hash", (
        f"{PAGE}::test_the_policy_pins_every_script_and_style", f"{PAGE}::test_layers_of_the_user_s_own_widen_the_policy_by_hash_only")),
    Point(7, "state from the address and imported change files are hostile", (
        f"{HOME}::test_a_nonsense_link_opens_a_sound_page", f"{HOME}::test_a_hostile_change_file_is_shown_as_text_or_left_out", "test_store.py::test_hostile_text_is_text")),
    Point(8, "cells that a spreadsheet would run are neutralised in text columns while numbers stay numbers", (
        "test_files.py::test_text_that_a_spreadsheet_would_run_is_made_plain", "test_export.py::test_csv_runs_nothing_and_keeps_numbers",
        "test_export.py::test_xlsx_runs_nothing_and_keeps_numbers", f"{HOME}::test_csv_opens_in_excel_and_runs_nothing", f"{HOME}::test_xlsx_opens_in_openpyxl_with_numbers_as_numbers")),
    Point(9, "the driver follows the declared extension; VRT refused under every extension", (f"{FILES}::test_point_09_*",)),
    Point(10, "no `/vsi…`, `://`, `PG:`, `WFS:` or inline content as a path", (f"{FILES}::test_point_10_*",)),
    Point(11, "a coordinate system by link is refused", (f"{FILES}::test_point_11_*",)),
    Point(12, "a listening socket sees no hit, and no other file is read, while the readers' corpus runs", (f"{FILES}::test_point_12_*",)),
    Point(13, "zip: members, total size, ratio, nesting, links, absolute and climbing names, GBK names, duplicates", (f"{FILES}::test_point_13_*",)),
    Point(14, "limits on rows, columns, cells, features, vertices, depth, with a clear message; memory in hand", (f"{FILES}::test_point_14_*",)),
    Point(15, "DOCTYPE refused in KML, GPX and the parts of a workbook", (f"{FILES}::test_point_15_*",)),
    Point(16, "GB18030, UTF-8 with a mark, UTF-16, broken bytes: shown, never silently replaced", (
        f"{FILES}::test_point_16_*", "test_files.py::test_every_usual_encoding_is_detected_and_told", "test_files.py::test_a_broken_byte_is_shown_with_its_line_and_never_dropped")),
    Point(17, "geometry: empty, self-crossing, unclosed, NaN, swapped axes, off the city", (
        "test_layers.py::test_point_17_*", "test_layers.py::test_a_survey_with_north_first_is_put_right", "test_layers.py::test_any_ring_ends_valid_or_left_out")),
    Point(18, "a kill at any moment of a build or a store write: the last good state opens", (
        f"{FILES}::test_point_18_*", "test_build_kills.py::test_a_kill_in_any_stage_leaves_old_or_new_files",
        "test_build_kills.py::test_a_kill_while_files_are_replaced_leaves_old_or_new_files", "test_store_faults.py::test_a_kill_at_any_moment_of_a_write_leaves_the_last_good_state")),
)  # fmt: skip


def place(file: str) -> Path:
    """Return where a test module stands: the tables name modules, which move between folders."""
    return next(TESTS.rglob(file))


def names(point: Point) -> list[str]:
    """Return ``file::test`` of every test of a point; raise where one does not exist."""
    out = []
    for test in point.tests:
        file, _, name = test.partition("::")
        tree = ast.parse(place(file).read_text(encoding="utf-8"))
        known = [n.name for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)]
        if name.endswith("*"):
            found = [n for n in known if n.startswith(name[:-1])]
        else:
            found = [n for n in known if n == name]
        if not found:
            raise LookupError(f"point {point.number}: there is no test {test}")
        out += [f"{file}::{n}" for n in dict.fromkeys(found)]
    return out
