"""A kit: what a city without a network needs of a map, gathered once on a connected machine and carried in one file."""

from __future__ import annotations

from industrymap.kit._make import Kit, make
from industrymap.kit._use import unpack

__all__ = ["Kit", "make", "unpack"]
