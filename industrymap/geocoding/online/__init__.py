"""Online geocoders: asked last, only where the user names one, each address once, within the day's allowance."""

from __future__ import annotations
