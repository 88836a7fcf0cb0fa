"""The quarterly brief: what the figures say, in sentences that are data, as a document and as slides an office can change.

:func:`tell` turns :class:`Material` into a :class:`Story` whose every number stands in its ledger; :func:`docx_bytes` and
:func:`pptx_bytes` write the story into a template.
"""

from industrymap.brief._amounts import summed
from industrymap.brief._docx import STYLES, default_docx, docx_bytes
from industrymap.brief._facts import Fact, Ledger
from industrymap.brief._material import Area, Material
from industrymap.brief._patterns import FILE, Outline, Pattern, Target, known
from industrymap.brief._pptx import default_pptx, pptx_bytes
from industrymap.brief._story import Chart, Point, Section, Story, TableBlock, plain
from industrymap.brief._tell import tell

__all__ = [
    "FILE",
    "STYLES",
    "Area",
    "Chart",
    "Fact",
    "Ledger",
    "Material",
    "Outline",
    "Pattern",
    "Point",
    "Section",
    "Story",
    "TableBlock",
    "Target",
    "default_docx",
    "default_pptx",
    "docx_bytes",
    "known",
    "plain",
    "pptx_bytes",
    "summed",
    "tell",
]
