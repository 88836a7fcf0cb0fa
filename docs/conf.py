"""How the documentation is built: one configuration, two trees (docs/zh and docs/en), no network."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE / "_ext"))

project = "industrymap"
author = "industrymap"
release = "0.1.0"
extensions = [
    "myst_nb",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "made_pages",
    "pair_words",
    "other_language",
]

html_theme = "furo"
html_static_path = [str(HERE / "_static")]
html_css_files = ["fonts.css"]
templates_path = [str(HERE / "_templates")]
html_title = "industrymap"
html_show_sphinx = False
html_show_copyright = False
html_copy_source = False
html_theme_options = {
    "light_css_variables": {"color-brand-primary": "#1f77a4", "color-brand-content": "#1f77a4"},
    "dark_css_variables": {"color-brand-primary": "#5fb3d9", "color-brand-content": "#5fb3d9"},
}
html_sidebars = {
    "**": [
        "sidebar/brand.html",
        "other_language.html",
        "sidebar/search.html",
        "sidebar/scroll-start.html",
        "sidebar/navigation.html",
        "sidebar/scroll-end.html",
    ]
}

myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3
nb_execution_mode = "force"
nb_execution_raise_on_error = True
nb_execution_timeout = 120

autodoc_typehints = "none"  # types stand in the signature of the docstring's own words
autodoc_member_order = "bysource"
napoleon_google_docstring = False
napoleon_use_rtype = False
napoleon_use_param = False
napoleon_use_ivar = True
nitpicky = True
nitpick_ignore_regex = [
    ("py:.*", r"(?!industrymap).*"),  # other projects' pages are not fetched
    ("py:mod", r"industrymap\..*"),  # rooms are drawn on the architecture page
]


def setup(app: Any) -> dict[str, bool]:  # noqa: ARG001 - Sphinx's signature
    """Say that pages may be read side by side."""
    return {"parallel_read_safe": True, "parallel_write_safe": True}
