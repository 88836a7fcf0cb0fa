"""The scripts that peers' pages load from elsewhere, from packages, so that a machine without those hosts can run the pages.

``npm pack`` fetches each package once into a folder outside the repository; requests of a page are answered from there by name
and path, whatever host they name. The time to fetch a script over a network is thereby left out, in the peers' favour.
Where npm is missing or a package cannot be had, the peers that need it are reported with that reason.
"""

from __future__ import annotations

import mimetypes
import os
import re
import shutil
import subprocess
import tarfile
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterable

LEAFLET = (
    "leaflet@1.9.3", "leaflet.markercluster@1.1.0", "leaflet.awesome-markers@2.0.5", "jquery@3.7.1", "jquery-ui-dist@1.12.1",
    "bootstrap@5.2.2", "@fortawesome/fontawesome-free@6.2.0",
)  # fmt: skip
PACKED = {
    "folium-markers": LEAFLET,
    "folium-fast": LEAFLET,
    "folium-geojson": LEAFLET,
    "explore": LEAFLET,
    "lonboard": ("requirejs@2.3.4", "@jupyter-widgets/html-manager@1.0.14", "anywidget@0.9.21", "parquet-wasm@0.7.1"),
    # the script that keplergl 0.4.0 names, alpha.18, cannot be had from npm; alpha.11 is the nearest, and has no style sheet
    "kepler": ("kepler.gl@3.3.0-alpha.11", "kepler.gl@3.2.6", "es-module-shims@2.8.1", "maplibre-gl@4.7.1"),
    "maplibre": ("maplibre-gl@5.3.0",),
}  # fmt: skip
BUNDLED = ("esbuild@0.28.2", "react@19.1.0", "react-dom@19.1.0", "redux@5.0.1", "react-redux@9.3.0", "styled-components@6.1.19")  # fmt: skip
BUNDLE_NAME = "react-bundle.js"
BUNDLE = """
export * as React from "react"; export * as JSX from "react/jsx-runtime"; export * as ReactDOM from "react-dom";
export * as Client from "react-dom/client"; export * as Redux from "redux"; export * as ReactRedux from "react-redux";
export * as Styled from "styled-components";
"""
MODULES = {
    "react": ("React", ()),
    "react/jsx-runtime": ("JSX", ("jsx", "jsxs", "Fragment")),
    "react-dom": ("ReactDOM", ()),
    "react-dom/client": ("Client", ("createRoot", "hydrateRoot")),
    "redux": ("Redux", ()),
    "react-redux": ("ReactRedux", ()),
    "styled-components": (
        "Styled",
        ("ServerStyleSheet", "StyleSheetConsumer", "StyleSheetContext", "StyleSheetManager", "ThemeConsumer", "ThemeContext",
         "ThemeProvider", "createGlobalStyle", "css", "isStyledComponent", "keyframes", "useTheme", "version", "withTheme"),
    ),
}  # fmt: skip
BY_NAME = {
    "jquery-3.7.1.min.js": "jquery/dist/jquery.min.js",
    "jquery-ui.js": "jquery-ui-dist/jquery-ui.js",
    "leaflet.markercluster.js": "leaflet.markercluster/dist/leaflet.markercluster.js",
    "MarkerCluster.css": "leaflet.markercluster/dist/MarkerCluster.css",
    "MarkerCluster.Default.css": "leaflet.markercluster/dist/MarkerCluster.Default.css",
    "leaflet.awesome-markers.js": "leaflet.awesome-markers/dist/leaflet.awesome-markers.js",
    "leaflet.awesome-markers.css": "leaflet.awesome-markers/dist/leaflet.awesome-markers.css",
    "require.min.js": "requirejs/require.js",
}
IN_PATH = re.compile(r"/(?:npm[:/])?((?:@[^/@]+/)?[^/@]+)@[^/]+/(.+)$")
ESM = re.compile(r"^/((?:react|redux|styled)[^@]*)@[^/]+(/[^?]+)?$")


def folder() -> Path:
    """Return where packages are kept: in the user's cache, never in the repository."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "industrymap-bench"


def fetch(names: Iterable[str]) -> dict[str, str]:
    """Fetch what these peers need; return why it could not be had, by peer."""
    missing: dict[str, str] = {}
    for name in names:
        try:
            for spec in PACKED.get(name, ()):
                _pack(spec)
            if name == "kepler":
                _bundle()
        except (OSError, subprocess.SubprocessError, StopIteration) as error:
            missing[name] = f"its scripts could not be had from npm ({type(error).__name__})"
    return missing


def _place(spec: str) -> Path:
    return folder() / spec.replace("/", "+")


def _pack(spec: str) -> None:
    place = _place(spec)
    if place.exists():
        return
    part = place.with_name(place.name + ".part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    _npm("pack", "--silent", spec, cwd=part)
    with tarfile.open(next(part.glob("*.tgz"))) as packed:
        packed.extractall(part, filter="data")
    inner = next(p for p in part.iterdir() if p.is_dir())
    inner.rename(place)
    shutil.rmtree(part)


def _bundle() -> None:
    """Make one module of React and its company, which kepler.gl's page wants from a host that bundles npm packages."""
    place = folder() / "react-bundle"
    if (place / "bundle.js").exists():
        return
    place.mkdir(parents=True, exist_ok=True)
    (place / "package.json").write_text('{"private": true}')
    (place / "entry.js").write_text(BUNDLE)
    _npm("install", "--silent", "--no-audit", "--no-fund", "--ignore-scripts", *BUNDLED, cwd=place)
    tool = place / "node_modules/.bin/esbuild"
    flags = ("--bundle", "--format=esm", "--minify", '--define:process.env.NODE_ENV="production"')  # fmt: skip
    subprocess.run([tool, "entry.js", *flags, "--outfile=bundle.js"], cwd=place, check=True, capture_output=True)  # fmt: skip


def _npm(*words: str, cwd: Path) -> None:
    tool = shutil.which("npm")
    if tool is None:
        raise FileNotFoundError("npm")
    subprocess.run([tool, *words], cwd=cwd, check=True, capture_output=True, timeout=300)


class Assets:
    """Answers the requests of one peer's page, and remembers which it could not answer."""

    def __init__(self, peer: str) -> None:
        self.places = [_place(spec) for spec in PACKED.get(peer, ())]
        self.unanswered: list[str] = []

    def answer(self, route: Any) -> None:
        """Fulfil a request of Playwright from the packages, or refuse it."""
        url = urlsplit(route.request.url)
        path = unquote(url.path)
        headers = {"access-control-allow-origin": "*"}
        if path.endswith("style.json"):
            ground = {"id": "ground", "type": "background", "paint": {"background-color": "#fff"}}
            route.fulfill(json={"version": 8, "sources": {}, "layers": [ground]}, headers=headers)
            return
        if path.endswith("svg-icons.json"):
            route.fulfill(json={"svgIcons": []}, headers=headers)
            return
        if script := self._module(path):
            route.fulfill(body=script, content_type="text/javascript", headers=headers)
            return
        found = self._find(path)
        if found is None:
            self.unanswered.append(path.rsplit("/", 1)[-1])
            route.abort()
            return
        kind = "application/wasm" if found.suffix == ".wasm" else mimetypes.guess_type(found)[0]
        route.fulfill(path=found, content_type=kind or "text/javascript", headers=headers)

    def _find(self, path: str) -> Path | None:
        known = BY_NAME.get(path.rsplit("/", 1)[-1])
        found = IN_PATH.search(path)
        if known:
            package, _, rest = known.partition("/")
        elif found:
            package, rest = found.groups()
        else:
            return None
        for place in self.places:
            if place.name.rpartition("@")[0] == package.replace("/", "+"):
                for candidate in (place / rest, place / f"{rest}.js"):
                    if candidate.is_file() and ".." not in candidate.parts:
                        return candidate
        return None

    def _module(self, path: str) -> str | None:
        """Return the module that a path of the host that bundles npm packages stands for."""
        if path == f"/{BUNDLE_NAME}":
            return (folder() / "react-bundle/bundle.js").read_text(encoding="utf-8")
        found = ESM.match(path)
        name = found[1] + (found[2] or "") if found else ""
        if name not in MODULES:
            return None
        inner, names = MODULES[name]
        lines = [f'import * as all from "/{BUNDLE_NAME}";', f"const it = all.{inner};", "export default it.default || it;"]  # fmt: skip
        return "\n".join([*lines, *(f"export const {n} = it.{n};" for n in names)])
