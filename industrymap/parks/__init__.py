"""Village parks 村级工业园: their routes, the choice of pilots, what works would bring, and what has been done."""

from industrymap.parks import candidates, near, pilots, progress, routes, score, stability, whatif

__all__ = ["candidates", "near", "pilots", "progress", "routes", "score", "stability", "whatif"]
