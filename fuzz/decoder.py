"""The page's data block, fuzzed where it is decoded: in Chromium, guided by V8's own block coverage.

A case is one layer of a real payload: its head from the manifest and its blocks as plain bytes, changed here and there. The blocks are
packed again as the encoder packs them (some are damaged after packing, too) and go through the page's own modules: ``Blocks``, ``Layer``,
``Columns``, ``Points``, ``Shapes``. A batch that reaches a new place or a new order of counts is run again one by one, and the cases that
did it are kept to be changed further.

Decoding must end: in values a page can show (text, finite numbers, true, false, nothing; finite coordinates) or in an error, which the
page turns into its one sentence. A finding is a value of another kind, a batch that does not come back, or a page that dies.
"""

from __future__ import annotations

import base64
import copy
import hashlib
import json
import os
import random
import resource
import shutil
import sys
import threading
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests" / "helpers"))

BATCH = 40
HANG_S = 120
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
]
PROBE = """
import { Blocks } from "./data/block.js";
import { Layer } from "./data/model.js";
const odd = (v) => !(v === null || typeof v === "string" || typeof v === "boolean" || (typeof v === "number" && Number.isFinite(v)));
const finite = (v) => (Array.isArray(v) ? v.every(finite) : Number.isFinite(v));
async function decode({ head, blocks }) {
  const names = Object.keys(blocks);
  const places = Object.fromEntries(names.map((name, at) => [name, { at, chunks: blocks[name].map((text) => text.length) }]));
  const texts = names.map((name) => blocks[name].join(""));
  const element = (text) => ({ textContent: text, nextSibling: {}, childNodes: [{ length: text.length, substringData: (from, n) => text.substr(from, n) }], remove: () => {} });
  const page = { getElementById: (id) => element(texts[Number(id.slice("industrymap-".length))]) };
  const layer = new Layer(head, new Blocks(places, page), []);
  await layer.loadGeometry();
  await layer.columns.load(head.fields.map((f) => f.name));
  for (const { name, column } of head.fields) {
    for (let row = 0; row < layer.n; row++) {
      const value = await layer.columns.read(name, row);
      if (odd(value)) return `value: ${column.kind} gives ${typeof value} ${value}`;
    }
    if (layer.kind(name) === "dict" || layer.kind(name) === "bool") layer.categories(name);
  }
  for (let row = 0; row < layer.n; row++) {
    if (layer.points) {
      const at = layer.points.lonLat(row);
      if (at && !finite(at)) return "place: not finite";
    } else {
      const geometry = layer.shapes.geometry(row);
      if (geometry && !finite(geometry.coordinates)) return "shape: not finite";
      layer.shapes.anchor(row);
    }
  }
  if (layer.shapes) layer.shapes.thin(12);
  return "";
}
const PATIENCE_MS = 5000;
async function timed(one) {
  const began = performance.now();
  let said = "";
  try { said = await decode(one); } catch (error) { if (!(error instanceof Error)) said = `thrown: ${String(error)}`; else said = "refused"; }
  return [said, performance.now() - began];
}
window.run = async (cases) => {
  const told = [];
  for (const one of cases) {
    let [said, took] = await timed(one);
    if (took > PATIENCE_MS) [said, took] = await timed(one); // a busy machine may stall once
    told.push(said || (took > PATIENCE_MS ? "slow" : ""));
  }
  return told;
};
"""


class Guide:
    """The page under fuzz and what of its code was reached."""

    def __init__(self, browser: Any) -> None:
        from industrymap.webmap import modules

        self.page = browser.new_page()
        self.page.set_content("<!DOCTYPE html><title>decoder</title>")
        self.cdp = self.page.context.new_cdp_session(self.page)
        self.cdp.send("Profiler.enable")
        self.cdp.send("Profiler.startPreciseCoverage", {"callCount": True, "detailed": True})
        code = modules.link({**modules.sources(), "probe": PROBE}, entry="probe")
        self.page.add_script_tag(content=f"{code}\n//# sourceURL=decoder.js")
        self.seen: set[tuple[int, int, int]] = set()
        self.refused = 0

    def run(self, cases: list[dict[str, Any]]) -> list[str]:
        told: list[str] = self.page.evaluate(
            "(cases) => run(cases)", [packed(case) for case in cases]
        )
        self.refused += told.count("refused")
        for case, said in zip(cases, told, strict=True):
            case["sound"] = not said
        return ["" if said == "refused" else said for said in told]

    def new(self) -> bool:
        """Whether the last run reached something new; forgets its counts."""
        reached = set()
        for script in self.cdp.send("Profiler.takePreciseCoverage")["result"]:
            if script["url"] == "decoder.js":
                for function in script["functions"]:
                    for r in function["ranges"]:
                        if r["count"]:
                            reached.add(
                                (r["startOffset"], r["endOffset"], r["count"].bit_length() // 2)
                            )
        fresh = reached - self.seen
        self.seen |= reached
        return bool(fresh)

    def places(self) -> int:
        return len({(a, b) for a, b, _ in self.seen})


def seeds() -> list[dict[str, Any]]:
    """The layers of a small invented city."""
    import webmap_city

    from industrymap.webmap import payload

    kept: dict[str, list[bytes]] = {}
    real = payload._compressed

    def spy(parts: dict[str, list[bytes]]) -> Any:
        kept.update(parts)
        return real(parts)

    payload._compressed = spy
    try:
        manifest = payload.encode(every_kind(webmap_city.model(80, parks=30, blocks=3))).manifest
    finally:
        payload._compressed = real
    return [
        {
            "head": head,
            "parts": {n: c for n, c in kept.items() if n.startswith(f"{head['id']}/")},
            "text": {},
        }
        for head in manifest["layers"]
        if head["id"] in {"enterprises", "parks", "blocks", "roads"}
    ]


def every_kind(model: Any) -> Any:
    """Give the firms a column of each kind that the encoder knows."""
    firms = model.frame("enterprises")
    import pandas as pd

    other = firms["address"].where(firms.index % 20 > 0, "另一处")
    return model.with_frames(
        enterprises=firms.assign(
            registered_address=other,
            note=pd.Series(
                [f"备注{i}\ud800" for i in range(len(firms))], firms.index, dtype=object
            ),
            odd=[3.14159265358979 * 1.1**i for i in range(len(firms))],
            listed=[None if i % 3 == 0 else i % 2 == 0 for i in range(len(firms))],
        ).astype({"listed": "boolean"}),
    )


def packed(case: dict[str, Any]) -> dict[str, Any]:
    from industrymap.webmap._bytes import deflate

    blocks = {
        name: [deflate(chunk, 1) for chunk in chunks] for name, chunks in case["parts"].items()
    }
    for name, text in case["text"].items():
        blocks[name] = [text]
    return {"head": case["head"], "blocks": blocks}


def pick(rng: random.Random, corpus: list[dict[str, Any]]) -> dict[str, Any]:
    """Mostly a case that was decoded: what is refused early leads nowhere new."""
    for _ in range(6):
        case = rng.choice(corpus)
        if case.get("sound"):
            break
    return case


def changed(rng: random.Random, case: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    """Change one to four things."""
    out = {"head": case["head"], "parts": dict(case["parts"]), "text": dict(case["text"])}
    for _ in range(rng.choice((1, 1, 1, 2, 2, 3))):
        kind = rng.random()
        if kind < 0.7:
            name = rng.choice(list(out["parts"]))
            chunks = list(out["parts"][name]) or [b""]
            at = rng.randrange(len(chunks))
            donor = rng.choice([c for cs in other["parts"].values() for c in cs] or [b""])
            chunks[at] = bent(rng, chunks[at], donor)
            out["parts"][name] = chunks
        elif kind < 0.92:
            out["head"] = copy.deepcopy(out["head"])
            bend_head(rng, out["head"])
        else:
            from industrymap.webmap._bytes import deflate

            name = rng.choice(list(out["parts"]))
            text = deflate(b"".join(out["parts"][name]), 1).encode()
            out["text"][name] = bent(rng, text, b"=AAAA/+").decode("latin-1")
    return out


def bent(rng: random.Random, data: bytes, donor: bytes) -> bytes:
    out = bytearray(data)
    for _ in range(rng.choice((1, 1, 1, 2, 8))):
        kind, at = rng.choice((0, 0, 0, 1, 1, 1, 2, 3, 4, 5, 5, 6, 7)), rng.randrange(len(out) + 1)
        if kind == 0 and at < len(out):
            out[at] ^= 1 << rng.randrange(8)
        elif kind == 1 and at < len(out):
            out[at] = rng.choice((0, 1, 127, 128, 255, rng.randrange(256)))
        elif kind == 2:
            out[at:at] = bytes(rng.choice((0, 127, 128, 255)) for _ in range(rng.randint(1, 12)))
        elif kind == 3:
            del out[at : at + rng.randint(1, 8)]
        elif kind == 4:
            del out[at:]
        elif kind == 5 and donor:
            start = rng.randrange(len(donor))
            piece = donor[start : start + rng.randint(1, 64)]
            out[at : at + len(piece)] = piece
        elif kind == 6:
            out[at:at] = out[at : at + rng.randint(1, 32)]
        elif kind == 7:
            word = rng.choice(
                (
                    b"null",
                    b"[]",
                    b"{}",
                    b"-1",
                    b"1e999",
                    b'"\\ud800"',
                    b"[[",
                    b'{"rows":[0],"words":[]}',
                )
            )
            out[at : at + rng.choice((0, len(word), len(out)))] = word
    return bytes(out)


def bend_head(rng: random.Random, head: dict[str, Any]) -> None:
    """Change one number, word or flag of the layer's head; sizes stay below what a test machine can hold."""
    spots: list[tuple[Any, Any]] = [
        (head, k) for k in ("n", "step", "placed", "exact") if k in head
    ]
    spots += [(head["grid"], k) for k in head.get("grid", {})]
    spots += [(f["column"], k) for f in head["fields"] for k in f["column"]]
    holder, key = rng.choice(spots)
    old = holder[key]
    if isinstance(old, (int, float)) and not isinstance(old, bool):
        holder[key] = rng.choice(
            (0, 1, -1, 2, 3, 4, 7, 8, 9, 31, 32, 255, 2047, 2049, 5000, old + 1, old - 1, 0.5, None)
        )
    elif isinstance(old, bool):
        holder[key] = not old
    else:
        holder[key] = rng.choice(
            (
                "dict",
                "num",
                "date",
                "bool",
                "text",
                "uscc",
                "same",
                "point",
                "area",
                "line",
                "",
                "name",
                None,
            )
        )


def fuzz(*, seconds: int, runs: int, seed: int, kept: Path) -> dict[str, Any]:
    """Fuzz for a time or a number of cases; return the account of it."""
    from playwright.sync_api import sync_playwright

    rng = random.Random(seed)
    found = kept / "found"
    corpus_folder = kept / "corpus"
    for place in (found, corpus_folder):
        place.mkdir(parents=True, exist_ok=True)
    corpus = seeds() + [
        load(p.read_text(encoding="utf-8")) for p in sorted(corpus_folder.iterdir())
    ]
    began, count, findings = time.perf_counter(), 0, set()
    path = next(
        filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
    )
    if path is None:
        raise SystemExit(
            "no Chromium found: the decoder is fuzzed in a browser (install the package `chromium`)"
        )
    state: dict[str, Any] = {"batch": [], "since": time.monotonic(), "over": False}
    threading.Thread(target=_watch, args=(state, found), daemon=True).start()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        guide = Guide(browser)
        first = corpus[:]
        while (not seconds or time.perf_counter() - began < seconds) and (not runs or count < runs):
            batch = [first.pop() for _ in range(min(BATCH, len(first)))] or [
                changed(rng, pick(rng, corpus), rng.choice(corpus)) for _ in range(BATCH)
            ]
            state.update(batch=batch, since=time.monotonic())
            told = guide.run(batch)
            count += len(batch)
            for case, said in zip(batch, told, strict=True):
                if said and said not in findings:
                    findings.add(said)
                    _keep(found, case, said)
            if guide.new():
                _learn(guide, batch, corpus, corpus_folder, state)
                count += len(batch)
        state["over"] = True
        cpu = _cpu_of(browser)
        browser.close()
    wall = time.perf_counter() - began
    return {
        "target": "decoder", "executions": count, "wall_s": round(wall, 1), "cpu_s": round(cpu, 1),
        "per_cpu_s": round(count / cpu, 1) if cpu else 0, "coverage": guide.places(), "corpus": len(corpus),
        "refused": guide.refused, "findings": sorted(p.name for p in found.iterdir()), "ended": "",
    }  # fmt: skip


def _learn(
    guide: Guide,
    batch: list[dict[str, Any]],
    corpus: list[dict[str, Any]],
    folder: Path,
    state: dict[str, Any],
) -> None:
    """Find the cases of a batch that reached something new of their own."""
    for case in batch:
        state["since"] = time.monotonic()
        guide.run([case])
        if guide.new():
            corpus.append(case)
            text = dump(case)
            (folder / hashlib.sha1(text.encode()).hexdigest()[:16]).write_text(
                text, encoding="utf-8"
            )


def _watch(state: dict[str, Any], found: Path) -> None:
    while not state["over"]:
        time.sleep(1)
        if time.monotonic() - state["since"] > HANG_S and not state["over"]:
            for number, case in enumerate(state["batch"]):
                _keep(found, case, f"hang {number}")
            os._exit(3)


def _keep(found: Path, case: dict[str, Any], said: str) -> None:
    name = "".join(c if c.isalnum() else "_" for c in said)[:60]
    (found / name).write_text(dump(case), encoding="utf-8")


def dump(case: dict[str, Any]) -> str:
    parts = {
        n: [base64.b64encode(c).decode() for c in chunks] for n, chunks in case["parts"].items()
    }
    return json.dumps({**case, "parts": parts}, ensure_ascii=True)


def load(text: str) -> dict[str, Any]:
    case: dict[str, Any] = json.loads(text)
    case["parts"] = {
        n: [base64.b64decode(c) for c in chunks] for n, chunks in case["parts"].items()
    }
    return case


def _cpu_of(browser: Any) -> float:
    """Processor seconds of this process and of the browser's, which are nobody's children that have ended yet."""
    own = resource.getrusage(resource.RUSAGE_SELF)
    session = browser.new_browser_cdp_session()
    told = session.send("SystemInfo.getProcessInfo")["processInfo"]
    return own.ru_utime + own.ru_stime + sum(p["cpuTime"] for p in told)
