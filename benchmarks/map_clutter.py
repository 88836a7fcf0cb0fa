"""Measure how crowded a built page is: what its symbols cover, and whether names lie on each other.

    python benchmarks/map_clutter.py outputs/map.html

For each topic and zoom: share of the map's pixels on which a point symbol or a name is drawn (the sheet of firms), pairs of names that overlap, and
point symbols in a square of 100 by 100 pixels. Works on pages without topics too: they have one line for each zoom.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

ZOOMS = (9.3, 11, 13, 15)
MEASURE = """async ([topic, zoom]) => {
  const app = document.getElementById("app").industrymap;
  const button = topic && document.querySelector(`.topics [data-topic="${topic}"]`);
  if (button) button.click();
  const [west, south, east, north] = app.model.manifest.bounds;
  app.stage.map.setView([(south + north) / 2, (west + east) / 2], zoom, { animate: false });
  await new Promise((resolve) => setTimeout(resolve, 600));
  const { stage } = app;
  const canvas = stage.firms._ctx.canvas;
  let covered = 0;
  const ink = stage.firms._ctx.getImageData(0, 0, canvas.width, canvas.height).data;
  for (let i = 3; i < ink.length; i += 4) if (ink[i] > 60) covered++;
  const drawn = stage.points ? [...stage.points.values()].flatMap((d) => d.circles) : [...stage.bubbles, ...stage.marks, ...stage.rings];
  const labels = stage.labels ? stage.labels.drawn : [];
  let overlaps = 0;
  for (let i = 0; i < labels.length; i++) for (let j = 0; j < i; j++) {
    const [a, b] = [labels[i].box, labels[j].box];
    if (a[0] < b[2] && a[2] > b[0] && a[1] < b[3] && a[3] > b[1]) overlaps++;
  }
  const pixels = canvas.width * canvas.height;
  return { cover: covered / pixels, symbols: (drawn.length / pixels) * 1e4, names: labels.length, overlaps };
}"""


def main(path: Path) -> None:
    """Print one line for each topic and zoom."""
    from playwright.sync_api import sync_playwright

    program = next(
        filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
    )
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=program, args=["--no-sandbox", "--disable-gpu"]
        )
        page = browser.new_page(viewport={"width": 1366, "height": 768})
        page.goto(path.resolve().as_uri())
        page.wait_for_selector("#app[data-state=ready]", timeout=60_000)
        topics = page.evaluate(
            "[...document.querySelectorAll('.topics [data-topic]')].map((b) => b.dataset.topic)"
        )
        for topic in topics or [""]:
            for zoom in ZOOMS:
                found = page.evaluate(MEASURE, [topic, zoom])
                print(
                    f"{topic or 'page':12} {zoom:5} cover {100 * found['cover']:5.1f} %  symbols/100 px² {found['symbols']:5.2f}"
                    f"  names {found['names']:4}  overlapping {found['overlaps']}"
                )
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
