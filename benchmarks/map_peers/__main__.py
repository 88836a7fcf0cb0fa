"""The page beside what a user would pick instead, in one run: seconds to build, bytes, seconds to interactive, frames, memory.

Run ``python benchmarks/map_peers [--sizes 10000,100000,1000000] [--only industrymap,lonboard] [--runs 3] [--quick] [--json FILE]``.

Every library makes a page of the same seeded city (``data.py``): so many enterprises with 15 attributes, 3,395 polygons. Each build is
a process of its own; the clock starts when data and library are loaded and stops when the file is written. Each page is
opened in a fresh Chromium, measured from outside by one rule (``browse.py``: what "interactive", "fps" and "heap" mean stands there).
Figures are medians of 3 runs. A build or a page that takes more than 180 s is stopped and says so, once. A peer whose first run
takes more than 40 s in all is run once, marked ¹; ours always run as often as asked. A peer that was not built in 180 s at one size is
not tried at a larger one, and one that was not interactive is only built there. Scripts that peers load from elsewhere come from packages (``assets.py``).
"""

from __future__ import annotations

import json
import signal
import statistics
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

if __package__ in {None, ""}:
    sys.path.insert(0, str(Path(__file__).parents[2]))

from benchmarks.figures import Claim, Table
from benchmarks.map_peers.watch import watched
from benchmarks.results import Growth, Part, arguments

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.map_peers.pages import Peer

LIMIT_S = 180.0
ONCE_S = 40.0
SETTLE_S = 25.0
AFTER_S = 90.0
LOADING_S = 120.0
SIZES = (10_000, 100_000, 1_000_000)
FIGURES = ("build_s", "file_mb", "interactive_s", "filter_ms", "pan_fps", "heap_mb")
SHOWN = ("build_s", "file_mb", "interactive_s", "filter_ms", "shown_ms", "pan_fps", "heap_mb")
NEEDS = {
    10_000: (0.3, 1.6, 0.6, 10, 55, 30),
    100_000: (1.0, 7, 0.9, 30, 55, 60),
    1_000_000: (7, 60, 2.5, 200, 50, 300),
}
WORDS = {
    "build_s": ("page of {n} enterprises: build", "s"),
    "file_mb": ("page of {n}: file", "MB"),
    "interactive_s": ("page of {n}: interactive", "s"),
    "filter_ms": ("page of {n}: filter", "ms"),
    "pan_fps": ("page of {n}: pan", "fps"),
    "heap_mb": ("page of {n}: heap", "MB"),
}
ABOUT = """One HTML page of the same invented city from each library, opened in Chromium without a network. **Interactive**: from the start
of the navigation until the picture stands as it stays and the main thread is free of tasks over 100 ms; only a page that then answers a
wheel step within 10 s counts. **Filter**: from changing a condition until all rows are counted, the map is drawn and the panels are laid
out; **on screen**: until the frame that shows it is finished, names and all, the wait for the next refresh included; — where a page has no filter.
Ours goes through a condition by itself once it is idle after opening, so that the browser has compiled what a filter needs: a condition set
in the first second takes about half as long again.
**fps**: requestAnimationFrame while dragging with real mouse events. **Heap**: JavaScript heap with its buffers after a collection.
WebGL (marked ᴳᴸ) runs in software here: on a machine with a graphics card those pages draw faster. Peers' files leave out the scripts they
load from other hosts (folium, geopandas, lonboard, kepler.gl), which a machine without a network cannot open; here those
scripts came from a local folder. A basemap is loaded by nobody. The script that keplergl 0.4.0 names (3.3.0-alpha.18) is in no package;
the nearest that is, 3.3.0-alpha.11, stands in for it."""


def main() -> None:
    """Measure, print, keep."""
    asked = _arguments()
    if asked.build:
        build_here(*asked.build)
        return
    if asked.open:
        from benchmarks.map_peers import browse

        path, peer, picture = asked.open
        browse.measure(
            Path(path), peer, filters=peer == "industrymap", picture=Path(picture) if picture else None
        )  # fmt: skip
        return
    from benchmarks.map_peers.pages import PEERS

    sizes = (10_000,) if asked.quick else asked.sizes
    names = [n for n in PEERS if not asked.only or n in asked.only]
    part = Part(
        "map_peers", "The page beside its peers", ABOUT, quick=asked.quick,
        packages=["industrymap", *sorted({p.package for p in PEERS.values()} - {"industrymap"}), "playwright"],
    )  # fmt: skip
    runs = 1 if asked.quick else asked.runs
    found: dict[int, dict[str, dict[str, Any]]] = {}
    with tempfile.TemporaryDirectory() as folder:
        for n, peers in measure(names, sizes, runs, Path(folder), asked.pictures):
            found[n] = peers
            part = described(part, found)
            part.keep(asked.json)  # what is measured stays, whatever comes
    part.finish(asked.json)


def merged(old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    """Return a kept run with the sizes and peers of a later one in their places."""
    found: dict[int, dict[str, dict[str, Any]]] = {}
    for kept in (old, new):
        for n, peers in kept["raw"].items():
            found.setdefault(int(n), {}).update(peers)
    part = Part("map_peers", new["title"], new["about"])
    told = described(part, dict(sorted(found.items()))).record()
    return {**new, **{k: told[k] for k in ("raw", "tables", "claims", "growth")}}


def _arguments() -> Any:
    parser = arguments(__doc__, prog="map_peers")
    parser.add_argument("--sizes", type=lambda t: tuple(map(int, t.split(","))), default=SIZES)
    parser.add_argument("--only", type=lambda t: t.split(","), help="names of peers, with commas")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--pictures", type=Path, help="keep a picture of every page in this folder")
    parser.add_argument("--build", nargs=3, help="(inside) peer, city, page")
    parser.add_argument("--open", nargs=3, help="(inside) page, peer, picture")
    return parser.parse_args()


def measure(
    names: list[str], sizes: tuple[int, ...], runs: int, folder: Path, pictures: Path | None
) -> Iterator[tuple[int, dict[str, dict[str, Any]]]]:
    """Measure every peer at every size, smallest first."""
    from benchmarks.map_peers import assets, data
    from benchmarks.map_peers.pages import PEERS

    missing = assets.fetch(names)
    hopeless: dict[str, str] = {}
    shut: dict[str, str] = {}
    for n in sorted(sizes):
        city = data.stored(n, folder)
        found: dict[str, dict[str, Any]] = {}
        for name in names:
            began = time.perf_counter()
            if name in hopeless:
                figures: dict[str, Any] = {"build_s": hopeless[name]}
            else:
                closed = missing.get(name) or shut.get(name)
                figures = several(PEERS[name], name, city, runs, closed, pictures)
            if str(figures.get("build_s")).startswith("not built"):
                hopeless[name] = f"not tried: not built at {n:,}"
            if str(figures.get("interactive_s")).startswith("not in"):
                shut[name] = f"not tried: not at {n:,}"
            figures["taken"] = time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime())
            found[name] = figures
            told = {k: round(v, 2) if isinstance(v, float) else v for k, v in figures.items()}
            print(f"{n:>9,} {name:15} {time.perf_counter() - began:5.0f} s  {told}", file=sys.stderr, flush=True)  # fmt: skip
        city.unlink()
        yield n, found


def several(
    peer: Peer, name: str, city: Path, runs: int, missing: str | None, pictures: Path | None
) -> dict[str, Any]:
    """Return the medians of some runs of one peer."""
    kept: list[dict[str, Any]] = []
    for turn in range(runs):
        began = time.perf_counter()
        kept.append(once(name, city, missing, pictures))
        slow = time.perf_counter() - began > ONCE_S
        stopped = any(isinstance(v, str) for v in kept[-1].values())
        if name != "industrymap" and (slow or stopped):
            break
        if turn == 0 and name == "industrymap" and stopped:
            break
    figures: dict[str, Any] = {"runs": len(kept)}
    for key in SHOWN:
        values = [run.get(key) for run in kept]
        numbers = [v for v in values if isinstance(v, int | float)]
        words = [v for v in values if isinstance(v, str)]
        figures[key] = words[0] if words else statistics.median(numbers) if numbers else None
    if peer.filters == "panel":
        figures["filter_ms"] = "has a panel, not driven"
    return figures


def once(name: str, city: Path, missing: str | None, pictures: Path | None) -> dict[str, Any]:
    """Build a page and open it."""
    page = city.with_name(f"{name}.html")
    built = build(name, city, page)
    if "failed" in built or not page.exists():
        page.unlink(missing_ok=True)
        return {"build_s": built.get("failed", "no page was written")}
    figures = {"build_s": built["build_s"], "file_mb": page.stat().st_size / 1e6}
    if missing:
        figures["interactive_s"] = missing
    else:
        picture = ""
        if pictures:
            pictures.mkdir(parents=True, exist_ok=True)
            picture = str((pictures / f"{name}-{city.stem}.png").resolve())
        figures |= look(name, page, picture)
    page.unlink()
    return figures


def build_here(name: str, city: str, page: str) -> None:
    """Build one page in this process; the system stops it when its time is over."""
    from benchmarks.map_peers import data
    from benchmarks.map_peers.pages import PEERS, load

    model = data.loaded(Path(city))
    load(PEERS[name])
    signal.alarm(round(LIMIT_S))
    began = time.perf_counter()
    PEERS[name].make(model, Path(page))
    took = time.perf_counter() - began
    signal.alarm(0)
    print(json.dumps({"build_s": took}), flush=True)


def build(name: str, city: Path, page: Path) -> dict[str, Any]:
    """Build a page in a fresh process."""
    words = ["--build", name, str(city), str(page)]
    lines, code, errors = watched(words, lambda _told: LIMIT_S + LOADING_S)
    told = {k: v for line in lines for k, v in line.items()}
    if "build_s" in told:
        return told
    if code == -signal.SIGALRM or code is None:
        return {"failed": f"not built in {LIMIT_S:.0f} s"}
    return {"failed": f"failed: {errors[-1][:80] if errors else code}"}


def look(name: str, page: Path, picture: str) -> dict[str, Any]:
    """Open a page in a fresh browser and return what was measured before its time was over."""

    def left(told: dict[str, Any]) -> float:
        if "chromium" not in told:
            return LOADING_S
        return AFTER_S if "drawn_s" in told else LIMIT_S + SETTLE_S

    lines, _, errors = watched(["--open", str(page), name, picture], left)
    told = {k: v for line in lines for k, v in line.items()}
    figures = {k: told.get(k) for k in ("filter_ms", "shown_ms", "pan_fps", "heap_mb")}
    drawn = told.get("drawn_s")
    if told.get("interactive_s") is not None and drawn <= LIMIT_S:
        figures["interactive_s"] = drawn
    elif "failed" in told:
        figures["interactive_s"] = told["failed"]
    elif drawn is not None and drawn <= LIMIT_S:
        figures["interactive_s"] = f"drawn after {drawn:.0f} s, does not answer"
    elif "chromium" not in told:
        figures["interactive_s"] = f"failed: {errors[-1][:80] if errors else 'no browser'}"
    else:
        figures["interactive_s"] = f"not in {LIMIT_S:.0f} s"
    return figures


def described(part: Part, found: dict[int, dict[str, dict[str, Any]]]) -> Part:
    """Return the part with what was measured as tables, claims and lines of charts."""
    from benchmarks.map_peers.pages import PEERS

    part = replace(part, raw=found, tables=[], claims=[], growth=[])
    for n, peers in found.items():
        table = Table(
            f"{n:,} enterprises",
            [
                "page from",
                "build s",
                "file MB",
                "interactive s",
                "filter ms",
                "on screen ms",
                "pan fps",
                "heap MB",
            ],
        )
        for name, figures in peers.items():
            once_ = "¹" if figures.get("runs") == 1 and name != "industrymap" and not part.quick else ""  # fmt: skip
            gl = " ᴳᴸ" if PEERS[name].webgl else ""
            table.rows.append(
                [PEERS[name].title + gl + once_, *(figures.get(key) for key in SHOWN)]
            )
        taken = sorted(str(figures["taken"]) for figures in peers.values() if "taken" in figures)
        if taken:
            table.notes.append(f"Taken {taken[0]} to {taken[-1]}.")
        if any("¹" in str(row[0]) for row in table.rows):
            table.notes.append("¹ one run: the first took more than 40 s in all, or was stopped.")
        part.tables.append(table)
        part.claims += claims(n, peers)
    for key, shown in (("build_s", "build"), ("interactive_s", "interactive"), ("file_mb", "size")):
        for name in PEERS:
            values = [(n, peers[name].get(key)) for n, peers in found.items() if name in peers]
            points = [(n, round(v, 4)) for n, v in values if isinstance(v, int | float)]
            if points:
                part.growth.append(Growth(shown, PEERS[name].title, points, name != "industrymap"))
    return part


def claims(n: int, peers: dict[str, dict[str, Any]]) -> list[Claim]:
    """Return what is promised of our page at a size, each with the best peer."""
    from benchmarks.map_peers.pages import PEERS

    ours = peers.get("industrymap")
    if ours is None:
        return []
    made = []
    for key, need in zip(FIGURES, NEEDS.get(n, (None,) * len(FIGURES)), strict=True):
        better = "high" if key == "pan_fps" else "low"
        rivals = [
            (v, PEERS[name].title)
            for name, figures in peers.items()
            if name != "industrymap" and isinstance(v := figures.get(key), int | float)
        ]
        best = (max if better == "high" else min)(rivals, default=(None, ""))
        value = ours[key] if isinstance(ours.get(key), int | float) else None
        what, unit = WORDS[key]
        made.append(
            Claim(
                f"map_peers.{n}.{key}", what.format(n=f"{n:,}"), value, unit, need, better,
                rival=best[1], rival_value=best[0],
            )
        )  # fmt: skip
    return made


if __name__ == "__main__":
    main()
