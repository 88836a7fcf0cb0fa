"""A link on every page to the same page in the other language, or to its first page where it has no twin."""

from __future__ import annotations

from pathlib import Path
from typing import Any

_MADE = ("_made/columns", "_made/commands")
"""Made pages that both trees have, though the other's may not be written yet."""


def _link(app: Any, page: str, template: str, context: dict[str, Any], tree: Any) -> None:  # noqa: ARG001
    here = Path(app.srcdir).name
    other = "en" if here == "zh" else "zh"
    known = page in _MADE or (Path(app.srcdir).parent / other / f"{page}.md").exists()
    twin = page if known else "index"
    up = "../" * (page.count("/") + 1)
    context["other_language"] = {
        "href": f"{up}{other}/{twin}.html",
        "label": {"en": "English", "zh": "中文"}[other],
    }


def setup(app: Any) -> dict[str, bool]:
    """Fill the context of ``_templates/other_language.html``."""
    app.connect("html-page-context", _link)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
