"""In which browsers the page runs: the oldest that the documents name, and Debian's Firefox."""

from __future__ import annotations

import base64
import os
import re
import shutil
import subprocess
import zlib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import tree_sitter_javascript
import webmap_city
from tree_sitter import Language, Parser, Query, QueryCursor
from webmap_browser import opened
from webmap_firefox import Firefox, firefox

from industrymap.webmap import IndustryMap, modules
from industrymap.webmap._bytes import deflate

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

    from industrymap.webmap import MapModel

ROOT = Path(__file__).parents[2]

# Each form of the language, and the first Chrome that reads it (MDN, browser-compat-data). What is not listed is older than 70.
SYNTAX = {
    "private_field": 74, "private_method": 84, "private_in": 91, "class_field": 72, "static_block": 94, "optional_chain": 80, "nullish": 80,
    "nullish_assignment": 85, "logical_assignment": 85, "numeric_separator": 75, "regex_d": 90, "regex_v": 112, "hashbang": 74, "at": 92,
}  # fmt: skip

# What a value or the window can do, by name.
CALLS = {
    "replaceAll": 85, "findLast": 97, "findLastIndex": 97, "toSorted": 110, "toReversed": 110, "toSpliced": 110, "hasOwn": 93, "groupBy": 117,
    "structuredClone": 98, "replaceChildren": 86, "roundRect": 99, "allSettled": 76, "matchAll": 73, "fromEntries": 73, "flatMap": 69,
    "showPicker": 99, "randomUUID": 92, "showOpenFilePicker": 86, "CompressionStream": 80, "DecompressionStream": 80, "WeakRef": 84,
    "Segmenter": 87, "AggregateError": 85, "requestVideoFrameCallback": 83, "getAnimations": 84, "popover": 114, "showPopover": 114,
    "startViewTransition": 111, "isWellFormed": 111, "setHTML": 146, "scheduler": 94, "arrayBuffer": 76, "stream": 76, "adoptedStyleSheets": 73,
}  # fmt: skip

STYLE = {
    r"[;{]\s*inset\s*:": 87, r"[;{]\s*inset-": 87, r"aspect-ratio\s*:": 88, r":has\(": 105, r":is\(": 88, r":where\(": 88, r"@layer": 99,
    r"@container": 105, r"\d[dsl]v[hw]\b": 108, r"color-mix\(": 111, r"overflow:\s*clip": 90, r"[;{]\s*translate\s*:": 104, r"[;{]\s*scale\s*:": 104,
    r"margin-inline\s*:": 87, r"padding-inline\s*:": 87, r"\bclamp\(": 79, r"[ :(]min\(": 79, r"[ :(]max\(": 79, r"gap\s*:": 84, r"subgrid": 117,
    r"@property": 85, r"&\s*[.:{>]": 120, r":not\([^)]*,": 88,
}  # fmt: skip
"""Style that a picture depends on. A browser leaves out alone what merely pleases: accent-color, content-visibility, :focus-visible."""


JAVASCRIPT = Language(tree_sitter_javascript.language())
PARSER = Parser(JAVASCRIPT)
WANTED = QueryCursor(
    Query(
        JAVASCRIPT,
        f"""
        (method_definition (private_property_identifier)) @private_method
        (field_definition (private_property_identifier)) @private_field
        (binary_expression (private_property_identifier)) @private_in
        (field_definition) @class_field (class_static_block) @static_block (optional_chain) @optional_chain (hash_bang_line) @hashbang
        ((number) @numeric_separator (#match? @numeric_separator "_"))
        ((regex_flags) @regex_d (#match? @regex_d "d")) ((regex_flags) @regex_v (#match? @regex_v "v"))
        "??" @nullish "??=" @nullish_assignment "||=" @logical_assignment "&&=" @logical_assignment
        (member_expression (property_identifier) @call (#any-of? @call {" ".join(f'"{c}"' for c in CALLS)}))
        ((identifier) @call (#any-of? @call {" ".join(f'"{c}"' for c in CALLS)}))
        (call_expression (member_expression (property_identifier) @at (#eq? @at "at"))
            (arguments . [(number) (unary_expression (number))] .))
        """,
    )
)


def forms(source: str) -> set[str]:
    """Name the forms of the language and the calls that a source uses."""
    tree = PARSER.parse(source.encode()).root_node
    assert not tree.has_error
    found = WANTED.captures(tree)
    return (found.keys() - {"call"}) | {node.text.decode() for node in found.get("call", [])}


def needed() -> dict[str, int]:
    """Return what the page needs, each with its first Chrome."""
    versions = SYNTAX | CALLS
    start = (ROOT / "industrymap/webmap/start.js").read_text("utf-8")
    used = {form for source in (start, *modules.sources().values()) for form in forms(source)}
    style = re.sub(
        r"/\*.*?\*/", "", (ROOT / "industrymap/webmap/page.css").read_text("utf-8"), flags=re.DOTALL
    )
    return {f: versions[f] for f in used} | {p: v for p, v in STYLE.items() if re.search(p, style)}


@pytest.mark.parametrize(
    ("code", "form"),
    [
        ("class A { #a() {} }", "private_method"), ("class A { #a = 1; }", "private_field"), ("a ??= 1;", "nullish_assignment"), ("a?.b;", "optional_chain"),
        ("list.at(-1);", "at"), ("structuredClone(a);", "structuredClone"), ("'a'.replaceAll('a', 'b');", "replaceAll"),
        ("class A { static { f(); } }", "static_block"), ("1_000;", "numeric_separator"), ("/a/v.test('a');", "regex_v"), ("class A { #a; f(o) { return #a in o; } }", "private_in"),
    ],
)  # fmt: skip
def test_the_parser_sees_a_form_that_an_old_browser_does_not_read(code: str, form: str) -> None:
    assert form in forms(code)


def test_the_oldest_browser_that_is_named_is_the_oldest_that_reads_the_page() -> None:
    oldest = max(needed().values())
    assert oldest == 84, {f: v for f, v in needed().items() if v > 84}
    for path in (
        "docs/zh/map.md",
        "docs/en/map.md",
        "industrymap/webmap/_skeleton.py",
        "docs/page.md",
    ):
        named = re.findall(
            r"(?:Chrome|Edge|Chromium)(?: 或 Edge| or Edge)? (\d+)",
            (ROOT / path).read_text("utf-8"),
        )
        assert named, path
        assert set(named) == {str(oldest)}, path


@pytest.fixture(scope="module")
def city() -> MapModel:
    return webmap_city.model(600, parks=120, blocks=30)


@pytest.fixture(scope="module")
def written(city: MapModel, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return IndustryMap(city).save(tmp_path_factory.mktemp("page") / "map.html")


@pytest.mark.browser
def test_a_browser_that_cannot_read_the_program_is_told_so(
    browser: Browser, written: Path, tmp_path: Path
) -> None:
    old = tmp_path / "old.html"
    text = written.read_text("utf-8")
    packed = re.search(r'id="industrymap-program">([^<]+)<', text)[1]
    program = zlib.decompress(base64.b64decode(packed)).replace(b"const $main", b"const =", 1)
    old.write_text(text.replace(packed, deflate(program)), encoding="utf-8")
    with opened(browser, old, ready=False) as page:
        note = page.page.locator(".too-old")
        assert note.is_hidden()
        page.page.evaluate("document.getAnimations().forEach((a) => a.finish())")
        assert note.is_visible()
        assert "84" in note.inner_text()


@pytest.fixture(scope="module")
def fox(written: Path) -> Iterator[Firefox]:
    """Return Debian's Firefox with the page open, or skip."""
    binary = shutil.which("firefox-esr") or shutil.which("firefox")
    if binary is None:
        message = "no Firefox found: its tests are skipped (install the package `firefox-esr`)"
        if os.environ.get("INDUSTRYMAP_REQUIRE_BROWSER") or os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    with firefox(binary) as session:
        session.ask("WebDriver:SetWindowRect", width=1366, height=860)
        session.ask("WebDriver:Navigate", url=written.as_uri())
        session.run(
            "while (document.getElementById('app').dataset.state !== 'ready') await new Promise((r) => setTimeout(r, 50));"
        )
        yield session


APP = "const app = document.getElementById('app').wrappedJSObject?.industrymap || document.getElementById('app').industrymap;"


@pytest.mark.browser
def test_firefox_opens_and_draws_the_map(fox: Firefox) -> None:
    data = base64.b64decode(fox.ask("WebDriver:TakeScreenshot", full=False)["value"])
    assert data.startswith(b"\x89PNG")
    inks = fox.run(
        """const inks = new Set(); for (const c of document.querySelectorAll('canvas.sheet')) {
          const p = c.getContext('2d').getImageData(0, 0, c.width, c.height).data;
          for (let i = 0; i < p.length; i += 404) if (p[i + 3]) inks.add(p[i] + ',' + p[i + 1] + ',' + p[i + 2]); } return inks.size;"""
    )
    assert inks > 20


@pytest.mark.browser
def test_firefox_filters(fox: Firefox, city: MapModel) -> None:
    fox.run(
        "[...document.querySelectorAll('#left .category')].find((b) => b.textContent.includes('改造提升')).click(); await new Promise((r) => setTimeout(r, 600));"
    )
    shown = fox.run(
        "return document.querySelector('#left .section.lead .number.strong').textContent;"
    )
    assert int(shown.replace(",", "")) == int((city.parks["route"] == "upgrade").sum())


@pytest.mark.browser
def test_firefox_prints_the_sheet(fox: Firefox, tmp_path: Path) -> None:
    fox.run(
        """document.querySelector("button[aria-label='打印']").click(); await new Promise((r) => setTimeout(r, 300));
        window.print = () => {}; window.wrappedJSObject && (window.wrappedJSObject.print = () => {});
        document.querySelector('.dialog .primary').click();
        while (document.querySelector('.dialog')) await new Promise((r) => setTimeout(r, 50));"""
    )
    printed = fox.ask(
        "WebDriver:Print",
        background=True,
        page={"width": 29.7, "height": 21.0},
        margin=dict.fromkeys(("top", "bottom", "left", "right"), 0),
    )
    path = tmp_path / "sheet.pdf"
    path.write_bytes(base64.b64decode(printed["value"]))
    assert path.read_bytes().startswith(b"%PDF")
    if shutil.which("pdftotext"):
        done = subprocess.run(["pdftotext", path, "-"], capture_output=True, check=True)
        # Firefox maps few Chinese glyphs back to characters; figures it does
        assert "1 : " in done.stdout.decode()
        assert "2026-06-30" in done.stdout.decode()
