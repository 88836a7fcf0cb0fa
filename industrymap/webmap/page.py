"""The page: Folium's skeleton and Leaflet map, our own modules, and one escaped block of data.

Folium writes the skeleton only. Branca renders what it is given as a template, so no text that came from a
user ever passes through it: title, names and values are in the data block and are shown as text nodes.
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from industrymap import basemaps as known_basemaps
from industrymap import files
from industrymap.errors import ConfigError
from industrymap.webmap import _guests, modules
from industrymap.webmap._bytes import deflate
from industrymap.webmap.payload import Payload, encode
from industrymap.webmap.publishing import publishable

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    import folium

    from industrymap.webmap.model import MapModel

__all__ = ["IndustryMap", "build", "policy"]

_HEAD = "<!--industrymap:head-->"
_DATA = "</html>"
# Control characters and half surrogates, which HTML forbids even as references.
_NEVER = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_SCRIPT = re.compile(r"<script(?P<attributes>[^>]*)>(?P<body>.*?)</script>", re.DOTALL)
_STYLE = re.compile(r"<style[^>]*>(?P<body>.*?)</style>", re.DOTALL)


def build(
    model: MapModel, *, lang: str = "zh", basemaps: Sequence[str | known_basemaps.Basemap] = ()
) -> bytes:
    """Return the map page.

    Parameters
    ----------
    model : MapModel
        Everything the page shows.
    lang : str
        Language the page opens in, ``zh`` or ``en``; the reader can switch.
    basemaps : sequence of str or Basemap
        Online basemaps the reader may switch on: ``osm``, ``amap``, ``tencent``, ``tianditu:KEY``, or a record of your own
        (a tile server in the house). None by default: then the page can reach no host at all.

    Returns
    -------
    page : bytes
        UTF-8 HTML. The same model gives the same bytes.
    """
    return IndustryMap(model, lang=lang, basemaps=basemaps).html().encode("utf-8")


class IndustryMap:
    """The map page around a ``folium.Map``.

    Parameters
    ----------
    model : MapModel
        Everything the page shows.
    lang, basemaps
        As in :func:`build`.

    Examples
    --------
    >>> from industrymap.webmap import IndustryMap, MapModel
    >>> page = IndustryMap(MapModel()).html()
    >>> page.startswith("<!DOCTYPE html>")
    True
    """

    def __init__(
        self,
        model: MapModel,
        *,
        lang: str = "zh",
        basemaps: Sequence[str | known_basemaps.Basemap] = (),
    ) -> None:
        if lang not in {"zh", "en"}:
            raise ConfigError(
                f"The page speaks 'zh' or 'en', not {lang!r}.",
                f"页面语言只有 zh 和 en，没有 {lang!r}。",
            )
        # Here, not in the pipeline alone: no way of making a page may show more than its profile
        # allows.
        self._model = publishable(model)
        self._lang = lang
        self._basemaps = known_basemaps.chosen(basemaps)
        self._payload: Payload | None = None
        self._map: folium.Map | None = None
        self._left_out: list[str] = []

    def __repr__(self) -> str:
        return f"<IndustryMap of {self._model!r}>"

    @property
    def payload(self) -> Payload:
        """The encoded model."""
        if self._payload is None:
            self._payload = encode(self._model)
        return self._payload

    @property
    def map(self) -> folium.Map:
        """The Folium map underneath: add layers of your own to it.

        What you add is written by Folium and Branca, and its text is yours to escape. Markers, icons, popups, tooltips, GeoJSON and
        shapes work offline: what they need is in the page, and the policy names it by hash. What Folium would fetch from other
        hosts (plugins, tiles) is left out, and the page says so in one sentence.
        """
        if self._map is None:
            from industrymap.webmap._skeleton import Skeleton

            self._map = Skeleton(self.payload.manifest["bounds"])
        return self._map

    def html(self) -> str:
        """Return the page."""
        return "".join(self._pieces())

    def save(self, path: str | Path) -> Path:
        """Write the page; what stood at ``path`` is replaced whole or not at all."""
        return files.write_bytes(path, self.html().encode("utf-8"))

    def _repr_html_(self) -> str:
        """Show the page in a notebook."""
        from industrymap.webmap._notebook import framed

        return framed(self.html(), title=self._model.meta.title)

    def _pieces(self) -> Iterable[str]:
        skeleton = self._skeleton()
        # Cut where our mark is: what Folium renders around it differs between versions.
        before, _, after = skeleton.partition(_HEAD)
        body, _, end = after.rpartition(_DATA)
        guests = len(self.map._children) > 0  # noqa: SLF001 - Folium has no other way to tell
        assets = _assets() + (_guests.prelude(skeleton, hosts=self._hosts()) if guests else "")
        start = f"<script>{_own('start.js')}</script>\n"
        runs = before + assets + body + start + f"<script>{modules.script()}</script>"
        # Over everything that will be in the page: a script that is not hashed does not run.
        rules = policy(runs, basemaps=self._basemaps, guests=guests)
        yield before.replace("<html>", f'<html lang="{_html_lang(self._lang)}">', 1)
        yield f'<meta http-equiv="Content-Security-Policy" content="{html.escape(rules)}">\n'
        yield f"<title>{html.escape(_NEVER.sub('', self._model.meta.title))}</title>\n"
        yield assets
        yield body
        # the program comes where it has what the first picture needs, and runs while the rest is still being read
        yield self._manifest()
        yield from self._blocks(late=False)
        yield f'<script type="text/plain" id="industrymap-program">{_program()}</script>\n'
        yield start
        yield from self._blocks(late=True)
        yield _DATA + end

    def _skeleton(self) -> str:
        """Return what Folium renders, without what it would fetch."""
        rendered = self.map.get_root().render()
        self._left_out = _guests.left_out(rendered, hosts=self._hosts())
        return _guests.without_hosts(rendered)

    def _hosts(self) -> set[str]:
        """Return the hosts that the policy lets pictures come from."""
        return {host for basemap in self._basemaps for host in basemap.hosts}

    def _manifest(self) -> str:
        payload = self.payload
        manifest = payload.manifest | {
            "lang": self._lang,
            "basemaps": [b.described() for b in self._basemaps],
        }
        if self._left_out:
            manifest["left_out"] = self._left_out
        return (
            f'<script type="application/json" id="industrymap">{escaped_json(manifest)}</script>\n'
        )

    def _blocks(self, *, late: bool) -> Iterable[str]:
        payload = self.payload
        for number, block in enumerate(payload.blocks):
            if (number in payload.late) is late:
                yield f'<script type="text/plain" id="industrymap-{number}">'
                yield block
                yield "</script>\n"


def policy(
    page: str, *, basemaps: Sequence[known_basemaps.Basemap] = (), guests: bool = False
) -> str:
    """Return the Content-Security-Policy that lets exactly this page's scripts and styles run.

    Parameters
    ----------
    page : str
        What of the page is run or styles it: without its data, and with its program as it is run.
    basemaps : sequence of Basemap
        Their hosts may serve images.
    guests : bool
        True where a user added Folium layers: the style attributes that they write are named by hash too.
    """
    scripts = [m["body"] for m in _SCRIPT.finditer(page) if "src=" not in m["attributes"]]
    # a script may speak of <style> without being one
    styles = [m["body"] for m in _STYLE.finditer(_SCRIPT.sub("", page))]
    images = ["data:", "blob:", *sorted({h for b in basemaps for h in b.hosts})]
    rules = {
        "default-src": ["'none'"],
        "script-src": _hashes(scripts),
        "style-src": _hashes(styles),
        "img-src": images,
        "base-uri": ["'none'"],
        "form-action": ["'none'"],
    }
    if guests:
        # a style attribute that Folium writes into a popup is allowed by its own hash
        rules["style-src"] += ["'unsafe-hashes'", *_hashes(_guests.style_hashes(page))]
    return "; ".join(f"{name} {' '.join(values)}" for name, values in rules.items())


def escaped_json(value: Any) -> str:
    r"""Return JSON that is safe in any HTML or template context.

    Examples
    --------
    >>> escaped_json({"a": "</script>{{7*7}}"})
    '{"a":"\\u003c/script\\u003e\\u007b\\u007b7*7}}"}'
    """
    # NaN is no JSON: better an error here than a page that does not open.
    text = json.dumps(value, ensure_ascii=True, allow_nan=False, separators=(",", ":"))
    # `{` and `$` are only dangerous inside texts; outside they are the structure itself.
    text = _JSON_STRING.sub(_escape_string, text)
    return text.translate(_ANYWHERE)


_JSON_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')
_ANYWHERE = {ord(c): f"\\u{ord(c):04x}" for c in "<>&'`"}
_IN_STRINGS = {ord(c): f"\\u{ord(c):04x}" for c in "{$"}


def _escape_string(match: re.Match[str]) -> str:
    return match.group().translate(_IN_STRINGS)


def _hashes(texts: Iterable[str]) -> list[str]:
    digests = (hashlib.sha256(_as_parsed(t).encode("utf-8")).digest() for t in texts)
    return sorted({f"'sha256-{base64.b64encode(d).decode('ascii')}'" for d in digests})


def _as_parsed(text: str) -> str:
    """Return text as an HTML parser hands it on: every line ends with a line feed."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _html_lang(lang: str) -> str:
    return "zh-CN" if lang == "zh" else "en"


@cache
def _program() -> str:
    """Return the program as the page carries it: compressed, in letters."""
    return deflate(modules.script().encode("ascii"), level=9)


def _own(name: str) -> str:
    return resources.files(__package__).joinpath(name).read_text(encoding="utf-8")


@cache
def _assets() -> str:
    """Return Leaflet (from the package XStatic-Leaflet, no other host) and the page's style."""
    leaflet = resources.files("xstatic.pkg.leaflet").joinpath("data")
    code = leaflet.joinpath("leaflet.js").read_text(encoding="utf-8")
    code = re.sub(r"\n?//# sourceMappingURL=.*", "", code).replace("</script", r"<\/script")
    style = leaflet.joinpath("leaflet.css").read_text(encoding="utf-8")
    style = re.sub(r"url\(images/([\w.-]+)\)", _image, style)
    style, own = _tight(style), _tight(_own("page.css"))
    return f'<style>{style}</style>\n<style id="industrymap-style">{own}</style>\n<script>{code}</script>\n'


def _tight(style: str) -> str:
    """Return a style sheet without comments and the spaces it can do without (none of ours holds a text)."""
    bare = re.sub(r"/\*.*?\*/", "", style, flags=re.DOTALL)
    return re.sub(r"\s*([{};])\s*|(?<=[,:])\s+", r"\1", bare).strip()


def _image(match: re.Match[str]) -> str:
    data = resources.files("xstatic.pkg.leaflet").joinpath("data", "images", match[1]).read_bytes()
    return f"url(data:image/png;base64,{base64.b64encode(data).decode('ascii')})"
