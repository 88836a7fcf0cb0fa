"""The desk: the whole work in the browser of this machine, for people who open no terminal.

``server`` runs a small web application on 127.0.0.1; ``guard`` stands before every request; ``app`` holds the routes.
Nothing here reads a table or a layer: that is done by ``worker``, in a process of its own that can be ended at any
moment, through the rooms that the commands use. So the desk starts at once, stays small, and gives the same bytes.
"""

from __future__ import annotations

from industrymap.desk.server import Options, serve

__all__ = ["Options", "serve"]
