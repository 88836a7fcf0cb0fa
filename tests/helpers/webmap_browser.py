"""Open a built page in Chromium and keep account of what it asks for and complains about."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from industrymap.webmap import modules

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

DESK = {"width": 1366, "height": 768}
PHONE = {"width": 390, "height": 844}
APP = "document.getElementById('app').industrymap"


@dataclass
class Opened:
    """A page, and what it did."""

    page: Page
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def app(self, expression: str, argument: Any = None) -> Any:
        """Evaluate ``(app, argument) => …`` in the page."""
        return self.page.evaluate(f"(argument) => ({expression})({APP}, argument)", argument)

    def count(self, layer: str) -> int:
        return self.app("(app, id) => app.engine.result(id).count", layer)

    def reset(self) -> None:
        """Bring the page back to how it opened, with whatever a reset puts off until the next turn done."""
        self.page.mouse.move(0, 0)
        self.app(
            "async (app) => { app.reset(); document.querySelector('.search-input').value = ''; await app.engine.run();"
            " document.querySelectorAll('.notice.own').forEach((one) => one.remove()); await new Promise((done) => setTimeout(done, 0)); }"
        )

    def settle(self) -> None:
        """Wait until filters are computed and drawn."""
        self.app(
            "async (app) => { await app.engine.run(); await new Promise(requestAnimationFrame); }"
        )


@contextmanager
def opened(
    browser: Browser,
    path: Path,
    *,
    viewport: dict[str, int] | None = None,
    before: str = "",
    ready: bool = True,
    fragment: str = "",
    **context: Any,
) -> Iterator[Opened]:
    """Open the file ``path``; ``before`` runs in the page before its own scripts."""
    held = browser.new_context(viewport=viewport or DESK, **context)
    page = held.new_page()
    page.set_default_timeout(12_000)
    out = Opened(page)
    page.on(
        "request",
        lambda r: (
            None if r.url.startswith(("file:", "blob:", "data:")) else out.requests.append(r.url)
        ),
    )
    page.on(
        "console",
        lambda m: out.complaints.append(m.text) if m.type in {"error", "warning"} else None,
    )
    page.on("pageerror", lambda e: out.complaints.append(str(e)))
    if before:
        page.add_init_script(before)
    page.goto(path.as_uri() + fragment)
    if ready:
        page.wait_for_selector("#app[data-state=ready]", timeout=30_000)
    try:
        yield out
    finally:
        held.close()


@contextmanager
def linked(browser: Browser, probe: str) -> Iterator[Page]:
    """Run the page's modules in an empty page; ``probe`` is a module that puts what is tested on ``window``."""
    held = browser.new_context()
    page = held.new_page()
    page.set_content("<!DOCTYPE html><title>modules</title>")
    page.add_script_tag(content=modules.link({**modules.sources(), "probe": probe}, entry="probe"))
    try:
        yield page
    finally:
        held.close()
