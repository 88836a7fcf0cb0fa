"""The page in a notebook: an iframe that carries it whole, so that the cell needs no file and no server."""

from __future__ import annotations

import html

__all__ = ["framed"]

# Notebooks keep every output in their file; beyond this they open slowly.
_MOST_BYTES = 25_000_000
_HEIGHT_PX = 640


def framed(page: str, *, title: str) -> str:
    """Return a page as an iframe; one too large to keep in a notebook is replaced by a sentence that says how to open it.

    Examples
    --------
    >>> framed("<p>1 < 2</p>", title="map")[:40]
    '<iframe srcdoc="&lt;p&gt;1 &lt; 2&lt;/p&'
    """
    size = len(page.encode("utf-8"))
    if size > _MOST_BYTES:
        megabytes = round(size / 1e6)
        return (
            f'<p>地图有 {megabytes} MB，不宜放入笔记本：请用 <code>.save("map.html")</code> 另存后打开。<br>'
            f'The map is {megabytes} MB, too large for a notebook: <code>.save("map.html")</code> it and open the file.</p>'
        )
    style = f"width:100%;height:{_HEIGHT_PX}px;border:1px solid #ccc"
    # srcdoc: the frame has the page's own policy, and nothing is written beside the notebook.
    return f'<iframe srcdoc="{html.escape(page)}" title="{html.escape(title)}" style="{style}"></iframe>'
