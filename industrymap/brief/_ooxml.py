"""What python-docx and python-pptx keep to themselves and a brief needs: the XML element of a part, and files without a clock."""

from __future__ import annotations

import datetime as dt
from operator import attrgetter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from docx.opc.coreprops import CoreProperties as WordProperties
    from docx.opc.part import Part
    from docx.shape import InlineShape
    from pptx.parts.coreprops import CorePropertiesPart

__all__ = ["MADE", "described", "element", "picture_of", "replace_content", "undated"]

# Both formats keep the moment without a zone; always the same one, so that the same brief has the same bytes.
MADE = dt.datetime.fromisoformat("2000-01-01T00:00:00")

# Neither library has a public way to text boxes, alternative texts, or the place of a paragraph in its file.
_ELEMENT = attrgetter("_element")
_INLINE = attrgetter("_inline")
_PROPERTIES = attrgetter("_nvXxPr")


def element(part: object) -> Any:
    """Return the XML element behind a paragraph, run, table, row, font, shape or header."""
    return _ELEMENT(part)


def picture_of(shape: InlineShape) -> Any:
    """Return the XML element of a picture that stands in a line."""
    return _INLINE(shape)


def described(shape: object, text: str) -> None:
    """Give a shape of a slide its alternative text."""
    _PROPERTIES(_ELEMENT(shape)).cNvPr.set("descr", text)


def undated(properties: WordProperties | CorePropertiesPart) -> None:
    """Take the clock out of a file."""
    properties.created = properties.modified = MADE


def replace_content(part: Part, data: bytes) -> None:
    """Put other bytes into a part that python-docx carries along without reading it."""
    vars(part)["_blob"] = data
