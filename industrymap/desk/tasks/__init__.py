"""What the child process can be asked for: a name, and the function that does it.

Every function takes a callback for progress and the arguments of the request, and returns what JSON can say, or bytes.
"""

from __future__ import annotations

from importlib import import_module
from threading import Thread
from typing import TYPE_CHECKING, Any

from industrymap.desk.tasks import (
    build,
    changes,
    intake,
    issues,
    places,
    products,
    results,
    settings,
    workspace,
)

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["TASKS"]


def _warm(_progress: Callable[..., None]) -> dict[str, Any]:
    """Begin to load what reading needs, while other things are asked for: it takes seconds."""
    Thread(target=import_module, args=("geopandas",), daemon=True).start()
    return {}


TASKS: dict[str, Callable[..., Any]] = {
    "warm": _warm,
    "workspace.cities": workspace.cities,
    "workspace.new": workspace.new,
    "workspace.sample": workspace.sample,
    "workspace.overview": workspace.overview,
    "build.run": build.run,
    "files.listed": intake.listed,
    "files.check": intake.check,
    "files.take": intake.take,
    "files.mend": intake.mend,
    "files.where": intake.where,
    "files.drop": intake.drop,
    "files.template": intake.template,
    "issues.all": issues.every,
    "issues.row": issues.row,
    "issues.settle": issues.settle,
    "issues.workbook": issues.workbook,
    "places.all": places.every,
    "places.save": places.save,
    "places.merge": places.merge,
    "changes.all": changes.every,
    "changes.plan": changes.plan,
    "changes.apply": changes.apply,
    "changes.undo": changes.undo,
    "changes.history": changes.history,
    "changes.as_of": changes.as_of,
    "settings.all": settings.every,
    "settings.check": settings.check,
    "settings.save": settings.save,
    "settings.text": settings.save_text,
    "products.known": products.known,
    "products.lists": products.make_lists,
    "products.list": products.one_list,
    "products.stocktake": products.stock_take,
    "products.sheets": products.sheets,
    "products.checks": products.checks,
    "products.pilots": products.pilots,
    "products.export": products.export,
    "products.public": products.public,
    "results.all": results.every,
    "results.doctor": results.doctor,
}
