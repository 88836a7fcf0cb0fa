"""The page's own code keeps to its rules."""

from __future__ import annotations

import itertools
import math
import re
from pathlib import Path

import numpy as np
import pytest
from webmap_browser import linked

from industrymap import citypack, schemas, tagging
from industrymap.errors import ConfigError
from industrymap.webmap import modules

ROOT = Path(__file__).parents[2]
SOURCES = modules.sources()
PARSES_HTML = re.compile(
    r"\b(innerHTML|outerHTML|insertAdjacentHTML|document\.write|createContextualFragment|DOMParser|srcdoc|setHTML|parseFromString)\b"
)
RUNS_TEXT = re.compile(r"\beval\(|new Function\(|setTimeout\(\s*[\"'`]|javascript:")


@pytest.mark.parametrize("name", SOURCES)
def test_a_module_never_parses_html(name: str) -> None:
    code = re.sub(r"//.*", "", SOURCES[name])
    assert PARSES_HTML.findall(code) == []
    assert RUNS_TEXT.findall(code) == []


@pytest.mark.parametrize("name", SOURCES)
def test_a_module_says_what_it_is_and_stays_short(name: str) -> None:
    lines = SOURCES[name].splitlines()
    assert lines[0].startswith("// "), "first line: what the module is"
    assert len(lines) <= 420


@pytest.mark.parametrize("name", SOURCES)
def test_every_export_is_documented(name: str) -> None:
    lines = SOURCES[name].splitlines()
    bare = [
        line
        for before, line in itertools.pairwise(lines)
        if line.startswith("export ") and not before.rstrip().endswith("*/")
    ]
    assert bare == []


@pytest.mark.parametrize("name", SOURCES)
def test_no_module_writes_into_the_app(name: str) -> None:
    """It is composed once, in its constructor; what changes afterwards is the state in its store."""
    written = re.findall(r"\bapp\.\w+(?:\s=\s|\.push\(|\.set\()", SOURCES[name])
    assert [w for w in written if not w.startswith("app.store.set(")] == []


def test_every_module_is_reached_from_main() -> None:
    script = modules.script()
    assert [n for n in SOURCES if f"const ${n.replace('/', '$')} = " not in script] == []


def folders() -> dict[str, int]:
    """Read folder → floor from the table in docs/page.md; "" is the top of js/."""
    text = (ROOT / "docs/page.md").read_text(encoding="utf-8")
    table = text.split("## In the browser")[1].split("\n### ")[0]
    return {
        folder.removesuffix("/").removeprefix("js"): int(floor)
        for floor, cell in re.findall(r"^\| (\d) \| ([^|]+) \|", table, re.MULTILINE)
        for folder in re.findall(r"`([^`]+/)`", cell)
    }


def test_a_folder_imports_only_from_floors_below() -> None:
    floors = folders()
    assert {n.rpartition("/")[0] for n in SOURCES} == set(floors)
    wrong = [
        f"{name} imports {other}"
        for name, source in SOURCES.items()
        for other in modules.imports(name, source)
        if (at := other.rpartition("/")[0]) != (here := name.rpartition("/")[0])
        and floors[at] >= floors[here]
    ]
    assert wrong == []


def test_the_linker_refuses_a_loop() -> None:
    with pytest.raises(ConfigError, match="need each other: main → a → main"):
        modules.link({"main": 'import { x } from "./a.js";', "a": 'import { y } from "./main.js";'})


def test_the_linker_refuses_a_form_it_does_not_know() -> None:
    with pytest.raises(ConfigError, match="export default"):
        modules.link({"main": "export default 1;"})


def test_the_linker_strips_comments_and_indentation() -> None:
    source = (
        '// what\n/** how\n * long */\nconst a = /** @type {X} */ (b); // here\n  f("// kept");\n'
    )
    lines = modules.link({"main": source}).splitlines()
    assert lines[2:4] == ["const a = /** @type {X} */ (b); // here", 'f("// kept");']
    with pytest.raises(ConfigError, match="several lines"):
        modules.link({"main": "const a = `x\n  y`;"})


def test_the_linker_names_a_missing_module() -> None:
    with pytest.raises(ConfigError, match="'gone'"):
        modules.link({"main": 'import { x } from "./gone.js";'})


@pytest.mark.browser
def test_both_languages_say_the_same_things(browser: object) -> None:
    probe = 'import { STRINGS } from "./words/strings.js";\nwindow.strings = STRINGS;\n'
    with linked(browser, probe) as page:
        strings = page.evaluate("window.strings")
    assert strings["zh"].keys() == strings["en"].keys()
    places = re.compile(r"\{\w+\}")
    differ = [
        k
        for k in strings["zh"]
        if sorted(places.findall(strings["zh"][k])) != sorted(places.findall(strings["en"][k]))
    ]
    assert differ == []


@pytest.mark.browser
def test_every_string_that_is_asked_for_exists(browser: object) -> None:
    asked = {k for code in SOURCES.values() for k in re.findall(r"\bt\(\"(\w+)\"", code)}
    probe = 'import { STRINGS } from "./words/strings.js";\nwindow.strings = STRINGS;\n'
    with linked(browser, probe) as page:
        known = set(page.evaluate("Object.keys(window.strings.zh)"))
    assert asked - known == set()
    assert len(asked) > 30


@pytest.mark.browser
def test_a_share_short_of_the_whole_never_reads_100(browser: object) -> None:
    probe = 'import { Format } from "./words/format.js";\nwindow.says = (v) => new Format("zh").percent(v);\n'
    with linked(browser, probe) as page:
        said = [page.evaluate(f"window.says({v})") for v in (0.995, 0.9999, 1, 0.42, 0.031)]
    assert said == ["99.5%", ">99.9%", "100%", "42%", "3.1%"]


SAYS = """import { say, STRINGS } from "./words/strings.js";
import { unitAfter } from "./words/format.js";
window.says = (key, values) => say("en", key, values);
window.unitAfter = unitAfter;
const places = (text) => [...new Set([...text.matchAll(/\\{(\\w+)/g)].map((found) => found[1]))];
window.all = (value) => Object.entries(STRINGS.en).map(([key, text]) => [key, say("en", key, Object.fromEntries(places(text).map((name) => [name, value])))]);
"""
# what follows one that is counted: verbs and words that end in s and are no plural
NO_PLURALS = {
    "has",
    "is",
    "matches",
    "lacks",
    "meets",
    "classes",
    "pixels",
    "draws",
    "times",
    "does",
}


@pytest.mark.browser
def test_english_counts_one_firm_and_eleven_firms(browser: object) -> None:
    with linked(browser, SAYS) as page:
        said = [
            page.evaluate(f"window.says('coarse_only', {{ n: '{n}' }})")
            for n in ("1", "11", "2.1", "1,001", "0")
        ]
        number = page.evaluate("window.says('rank_capped', { total: 1, cap: 2 })")
        units = page.evaluate(
            "[['1', 'firms'], ['2', 'firms'], ['1', 'people'], ['1', '家']].map((pair) => window.unitAfter(...pair))"
        )
    assert said == ["1 firm", "11 firms", "2.1 firms", "1,001 firms", "0 firms"]
    assert number == "1 place not filled: at most 2 a district"
    assert units == ["firm", "firms", "person", "家"]


@pytest.mark.browser
def test_no_english_sentence_says_one_of_several(browser: object) -> None:
    """Every place of every sentence filled with 1, and with 2: the words around agree."""
    with linked(browser, SAYS) as page:
        ones, twos = page.evaluate("[window.all('1'), window.all('2')]")
    wrong = [
        (key, text)
        for key, text in ones
        if any(word not in NO_PLURALS for word in re.findall(r"\b1 ([a-z]{3,}s)\b", text))
        or re.search(r"\b1 (have|are|lack|meet|match)\b", text)
    ]
    wrong += [
        (key, text)
        for key, text in twos
        if re.search(r"\b2 (firm|park|unit|row|page|note|candidate|place|view|has|is)\b", text)
    ]
    assert wrong == []
    assert not [text for _, text in ones + twos if "|" in text and "{" in text]


@pytest.mark.browser
def test_what_is_filled_in_is_never_counted_or_filled_again(browser: object) -> None:
    with linked(browser, SAYS) as page:
        said = page.evaluate(
            "window.says('coarse_of', { name: '1 parks {n} {n:a|b} 1 firms', n: '2' })"
        )
    assert said == "1 parks {n} {n:a|b} 1 firms: 2 firms, place known roughly"


@pytest.mark.browser
def test_a_number_is_written_as_the_browser_s_own_library_would(browser: object) -> None:
    probe = """import { decimal } from "./words/format.js";
const odd = [0, -0, 1.005, 2.5, -2.5, 0.45, 999.9995, 999999.5, 1e-7, 1e21, 123456789.125, Infinity, 0.1 + 0.2, 4.35, 10, 100, 1000];
let seed = 7;
const next = () => (seed = (seed * 16807) % 2147483647) / 2147483647;
const values = [...odd];
for (let i = 0; i < 2000; i++) values.push((next() - 0.3) * 10 ** Math.floor(next() * 14 - 4));
window.unlike = [];
for (const locale of ["zh-CN", "en-GB"]) for (const [least, most] of [[0, 0], [0, 1], [0, 2], [0, 3], [0, 6], [1, 1], [2, 2]]) {
  const theirs = new Intl.NumberFormat(locale, { minimumFractionDigits: least, maximumFractionDigits: most });
  for (const v of values) if (decimal(v, most, least) !== theirs.format(v)) window.unlike.push([v, most, least, decimal(v, most, least), theirs.format(v)]);
}
"""
    with linked(browser, probe) as page:
        assert page.evaluate("window.unlike.slice(0, 5)") == []


@pytest.mark.browser
@pytest.mark.parametrize(
    ("value", "zh", "en"),
    [
        (123456.0, "12.3 亿元", "1.2 bn yuan"),
        (90000.0, "9.0 亿元", "900 M yuan"),
        (7798000.0, "779.8 亿元", "78.0 bn yuan"),
        (950.0, "950 万元", "9.5 M yuan"),
        (float("nan"), "— ", "— "),
    ],
)
def test_money_is_written_in_the_reader_s_units(
    browser: object, value: float, zh: str, en: str
) -> None:
    probe = 'import { Format } from "./words/format.js";\nwindow.money = (l, v) => { const m = new Format(l).money(v); return `${m.value} ${m.unit}`; };\n'
    with linked(browser, probe) as page:
        text = "NaN" if math.isnan(value) else repr(value)
        assert page.evaluate(f"window.money('zh', {text})") == zh
        assert page.evaluate(f"window.money('en', {text})") == en


@pytest.mark.browser
def test_colours_of_categories_are_told_apart_on_the_map_s_ground(browser: object) -> None:
    probe = 'import { PALETTE } from "./basics/colors.js";\nwindow.palette = PALETTE;\n'
    with linked(browser, probe) as page:
        palette = page.evaluate("window.palette")
    assert len(palette) == len(set(palette)) == 10
    assert min(_contrast(c, "#fbfaf7") for c in palette) >= 2.2


# How people without one kind of cone see linear RGB: Machado, Oliveira, Fernandes 2009,
# "A Physiologically-based Model for Simulation of Color Vision Deficiency", severity 1.0
SEEN = {
    "protan": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deutan": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "tritan": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
    "all cones": [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
}


def _lab(colour: str, seen: list[list[float]]) -> np.ndarray:
    """CIE L*a*b* (D65) of a colour as it is seen."""
    srgb = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    linear = np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)
    linear = np.clip(np.array(seen) @ linear, 0, 1)
    to_xyz = [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750]]
    to_xyz.append([0.0193339, 0.1191920, 0.9503041])
    xyz = np.array(to_xyz) @ linear / np.array([0.95047, 1.0, 1.08883])
    f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def _nearest(colours: list[str], seen: list[list[float]]) -> float:
    labs = [_lab(c, seen) for c in colours]
    return min(float(np.linalg.norm(a - b)) for a, b in itertools.combinations(labs, 2))


@pytest.mark.browser
@pytest.mark.parametrize("kind", SEEN)
def test_categories_are_told_apart_by_every_kind_of_eye(browser: object, kind: str) -> None:
    probe = 'import { PALETTE } from "./basics/colors.js";\nwindow.palette = PALETTE;\n'
    with linked(browser, probe) as page:
        palette = page.evaluate("window.palette")
    assert _nearest(palette, SEEN[kind]) > 15


@pytest.mark.parametrize("kind", SEEN)
def test_routes_are_told_apart_by_every_kind_of_eye(kind: str) -> None:
    colours = [v.color for v in schemas.values("route") if v.color]
    assert len(colours) == 6
    assert _nearest(colours, SEEN[kind]) > 15


@pytest.mark.parametrize("kind", SEEN)
def test_levels_of_blocks_are_told_apart_from_each_other_and_from_water(kind: str) -> None:
    ground = SOURCES["map/paint_ground"]
    [water] = re.findall(r'const LIGHT = .*water: "(#\w+)"', ground)
    colours = [v.color for v in schemas.values("level") if v.color]
    assert len(colours) == 2
    assert _nearest([*colours, water], SEEN[kind]) > 30


@pytest.mark.parametrize("kind", SEEN)
def test_clusters_are_told_apart_by_every_kind_of_eye(kind: str) -> None:
    pack = citypack.load("guangzhou")
    for taxonomy in tagging.load_all(pack):
        colours = [x.color for x in taxonomy.labels if x.color and not x.parent_id]
        if taxonomy.main:
            assert len(colours) >= 6
            assert _nearest(colours, SEEN[kind]) > 15


def _contrast(a: str, b: str) -> float:
    def light(color: str) -> float:
        parts = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    high, low = sorted((light(a), light(b)), reverse=True)
    return (high + 0.05) / (low + 0.05)


AGED = """import { aged } from "./data/summary.js";
const column = { values: Float64Array.from([2021, 2020, NaN, 2019, 2021, 2020]) };
const firms = { columns: { year: null, has: () => true, column: () => column } };
window.found = (mask) => aged(firms, Uint8Array.from(mask));
"""


@pytest.mark.browser
def test_firms_whose_last_figures_are_older_are_counted_on_the_selection(browser: object) -> None:
    with linked(browser, AGED) as page:
        assert page.evaluate("found([1,1,1,1,1,0])") == {"n": 2, "from": 2019, "to": 2020}
        assert page.evaluate("found([1,0,1,0,1,0])") is None


@pytest.mark.parametrize("field", ["level", "route"])
def test_categories_are_told_apart_in_a_grey_print(field: str) -> None:
    """A copier keeps the lightness alone (L* of CIELAB); under 3 of it two greys look alike."""
    light = sorted(_lab(v.color, SEEN["all cones"])[0] for v in schemas.values(field) if v.color)
    assert min(b - a for a, b in itertools.pairwise(light)) > 3


@pytest.mark.browser
def test_classes_are_told_apart_in_a_grey_print(browser: object) -> None:
    probe = 'import { RAMP } from "./basics/colors.js";\nwindow.ramp = RAMP;\n'
    with linked(browser, probe) as page:
        light = [_lab(c, SEEN["all cones"])[0] for c in page.evaluate("window.ramp")]
    assert all(a - b > 8 for a, b in itertools.pairwise(light))
