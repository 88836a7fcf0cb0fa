"""Village parks 村级工业园: their routes, the choice of pilots, what works would bring, and what has been done."""

from industrymap.parks import candidates, near, pilots, progress, routes, score, stability, whatif
from industrymap.parks._inputs import field_labels

__all__ = [
    "candidates",
    "field_labels",
    "near",
    "pilots",
    "progress",
    "routes",
    "score",
    "stability",
    "whatif",
]
