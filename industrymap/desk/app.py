"""What the page can ask: each route does one thing, mostly by handing a task to the workspace's own process.

Workspaces, files and outputs are called by numbers that the desk gave; no path and no name of a file comes from the
browser but the name a dropped file shall have, of which only a plain name is kept.
"""

from __future__ import annotations

import asyncio
import json
import time
from typing import TYPE_CHECKING, Any

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import FileResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from industrymap import __version__
from industrymap.desk import inbox, outputs
from industrymap.desk.guard import Guard
from industrymap.desk.jobs import Job
from industrymap.desk.page import MAP_POLICY, PAGE_POLICY, page, policy
from industrymap.desk.work import RefusedError
from industrymap.errors import IndustryMapError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from starlette.requests import Request

    from industrymap.desk.guard import Keys
    from industrymap.desk.rooms import Desk, Opened

    Endpoint = Callable[[Request], Awaitable[Response]]

__all__ = ["make_app"]

# What a page says is a few hundred bytes; files come by another route, in pieces.
_MOST_JSON = 1 << 20
_PING_S = 15.0

_READS = {
    "overview": "workspace.overview",
    "files": "files.listed",
    "issues": "issues.all",
    "places": "places.all",
    "changes": "changes.all",
    "settings": "settings.all",
    "results": "results.all",
    "products": "products.known",
    "doctor": "results.doctor",
}
"""What a page reads of a workspace → the task that answers."""

_CHANGES = {
    "issues/row": "issues.row",
    "issues/settle": "issues.settle",
    "places/save": "places.save",
    "places/merge": "places.merge",
    "files/check": "files.check",
    "files/take": "files.take",
    "files/mend": "files.mend",
    "files/where": "files.where",
    "files/drop": "files.drop",
    "settings/check": "settings.check",
    "settings/save": "settings.save",
    "settings/text": "settings.text",
    "changes/plan": "changes.plan",
    "changes/apply": "changes.apply",
    "changes/undo": "changes.undo",
    "changes/history": "changes.history",
    "products/lists": "products.lists",
    "products/list": "products.list",
    "products/stocktake": "products.stocktake",
    "products/checks": "products.checks",
    "products/pilots": "products.pilots",
    "products/export": "products.export",
}
"""What a page has done in a workspace → the task that does it."""

_NOT_MEANWHILE = {
    "places.save",
    "places.merge",
    "files.take",
    "files.mend",
    "changes.apply",
    "changes.undo",
    "settings.save",
    "settings.text",
    "products.lists",
    "products.stocktake",
    "products.checks",
    "products.pilots",
    "products.export",
}
"""What waits until a build is done."""

_LONG = {"build": "build.run", "sheets": "products.sheets", "public": "products.public"}
"""Work that takes minutes → its task: it goes on when the page is closed."""

_TAKES_WISHES = {"sheets"}
"""Of these, what a person chooses something for."""

_DOWNLOADS = {
    "issues.xlsx": "issues.workbook",
    "template.xlsx": "files.template",
    "as-of.xlsx": "changes.as_of",
}
"""What a page saves → the task that writes it."""

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def make_app(desk: Desk, keys: Keys) -> Starlette:
    """Return the application, behind its guard."""
    app = Starlette(
        routes=[
            Route("/", _page),
            Route("/api/events", _events),
            Route("/api/desk", _desk),
            Route("/api/desk/cities", _cities),
            Route("/api/desk/sample", _sample, methods=["POST"]),
            Route("/api/desk/new", _new, methods=["POST"]),
            Route("/api/desk/forget", _forget, methods=["POST"]),
            Route("/api/w/{number}/open", _open, methods=["POST"]),
            *(Route(f"/api/w/{{number}}/{kind}", _begin(kind), methods=["POST"]) for kind in _LONG),
            Route("/api/w/{number}/cancel", _cancel, methods=["POST"]),
            Route("/api/w/{number}/arrive", _arrive, methods=["POST"]),
            Route("/api/w/{number}/arrive/{draft}/{part:int}", _part, methods=["POST"]),
            *(Route(f"/api/w/{{number}}/{name}", _reader(task)) for name, task in _READS.items()),
            *(
                Route(f"/api/w/{{number}}/{name}", _changer(task), methods=["POST"])
                for name, task in _CHANGES.items()
            ),
            *(Route(f"/w/{{number}}/{name}", _saver(task)) for name, task in _DOWNLOADS.items()),
            Route("/w/{number}/map", _map),
            Route("/w/{number}/out/{output}", _output),
            Route("/w/{number}/see/{output}", _see),
        ],
        middleware=[Middleware(Guard, keys=keys)],
        exception_handlers={RefusedError: _refused, IndustryMapError: _refused},
    )
    app.state.desk = desk
    return app


def _refused(_: Request, error: Exception) -> Response:
    """Say why something is not done."""
    zh, en = (
        (error.zh, error.en) if isinstance(error, (RefusedError, IndustryMapError)) else ("", "")
    )
    fault = isinstance(error, RefusedError) and error.fault
    return JSONResponse({"zh": zh, "en": en, "fault": fault}, status_code=409)


def _desk_of(request: Request) -> Desk:
    desk: Desk = request.app.state.desk
    # Every request counts as a sign that somebody is there: the server ends itself by this clock.
    desk.used = time.monotonic()
    return desk


def _room(request: Request) -> Opened:
    """Return the workspace that a request is about."""
    room = _desk_of(request).opened.get(request.path_params["number"])
    if room is None:
        raise RefusedError("该工作区未打开。", "This workspace is not open.")
    return room


async def _said(request: Request) -> dict[str, Any]:
    """Return what a request says, which is never long."""
    body = b""
    # Counted while it arrives: the length that a request states may be a lie.
    async for piece in request.stream():
        body += piece
        if len(body) > _MOST_JSON:
            raise RefusedError("请求过大。", "The request is too large.")
    try:
        said = json.loads(body or b"{}")
    except (ValueError, RecursionError) as error:
        raise RefusedError("请求无法理解。", "The request cannot be understood.") from error
    if not isinstance(said, dict):
        raise RefusedError("请求无法理解。", "The request cannot be understood.")
    return said


def _text(said: dict[str, Any], name: str, *, most: int = 200) -> str:
    value = said.get(name, "")
    return value.strip()[:most] if isinstance(value, str) else ""


async def _page(_: Request) -> Response:
    return Response(page(), media_type="text/html", headers={"Content-Security-Policy": policy()})


async def _events(request: Request) -> Response:
    """Tell the page what is going on, for as long as it is open: that it listens is how the desk knows that it is."""
    desk = _desk_of(request)

    async def news() -> AsyncIterator[str]:
        # While a page listens the desk stays; its queue is given back however the page goes away.
        queue = desk.listen()
        try:
            while True:
                yield f"data: {desk.news()}\n\n"
                try:
                    await asyncio.wait_for(queue.get(), _PING_S)
                except TimeoutError:
                    continue
        finally:
            desk.leave(queue)

    return StreamingResponse(news(), media_type="text/event-stream")


async def _desk(request: Request) -> Response:
    desk = _desk_of(request)
    return JSONResponse({"version": __version__, "workspaces": desk.shelf.workspaces(), "first": desk.first})  # fmt: skip


async def _cities(request: Request) -> Response:
    answer = await _desk_of(request).kitchen.ask("workspace.cities", {})
    return Response(answer, media_type="application/json")


async def _sample(request: Request) -> Response:
    """Make the invented sample city, in the background."""
    desk = _desk_of(request)
    if desk.making is not None and desk.making.state == "running":
        raise RefusedError("示例城市正在生成。", "The sample city is being made already.")
    folder = desk.shelf.place_for("示例城市 sample")
    desk.making = Job(kind="sample", changed=desk.changed)
    desk.making.start("workspace.sample", {"folder": str(folder)}, after=lambda: desk.enter(folder))
    desk.changed()
    return JSONResponse({})


async def _new(request: Request) -> Response:
    """Make an empty workspace, and open it."""
    desk, said = _desk_of(request), await _said(request)
    title = _text(said, "title")
    if not title:
        raise RefusedError("请填写标题。", "Give it a title.")
    # The page sends a title and never a path: where the workspace is made is the desk's own affair.
    folder = desk.shelf.place_for(title)
    args = {"folder": str(folder), "title": title, "city": _text(said, "city"), "producer": _text(said, "producer")}  # fmt: skip
    await desk.kitchen.ask("workspace.new", args)
    return JSONResponse({"id": desk.enter(folder)})


async def _forget(request: Request) -> Response:
    desk, said = _desk_of(request), await _said(request)
    desk.shelf.forget(_text(said, "id"))
    return JSONResponse({})


async def _open(request: Request) -> Response:
    desk = _desk_of(request)
    folder = desk.shelf.folder_of(request.path_params["number"])
    if folder is None:
        raise RefusedError("没有这个工作区。", "There is no such workspace.")
    number = desk.enter(folder)
    # What reading needs takes seconds to load: it is begun before it is asked for.
    task = asyncio.create_task(desk.opened[number].quick.warm())
    desk.warming.add(task)
    task.add_done_callback(desk.warming.discard)
    return JSONResponse({"id": number})


def _begin(kind: str) -> Endpoint:
    async def begin(request: Request) -> Response:
        desk, room, said = _desk_of(request), _room(request), await _said(request)
        args: dict[str, Any] = {"folder": str(room.folder)}
        if kind in _TAKES_WISHES:
            args["said"] = said
        desk.begin(request.path_params["number"], kind, _LONG[kind], args)
        return JSONResponse({})

    return begin


async def _cancel(request: Request) -> Response:
    room = _room(request)
    if room.job is not None:
        await room.job.cancel()
    return JSONResponse({})


async def _arrive(request: Request) -> Response:
    """Make room for a file and its parts, under plain names."""
    room, said = _room(request), await _said(request)
    return JSONResponse(inbox.begin(room.folder, said.get("names")))


async def _part(request: Request) -> Response:
    """Take a file in, piece by piece."""
    room = _room(request)
    arrival = inbox.arrival(room.folder, request.path_params["draft"], request.path_params["part"])
    try:
        async for piece in request.stream():
            arrival.add(piece)
        arrival.finish()
    except BaseException:
        # The browser was closed in the middle, or the disk is full: no half a file stays.
        arrival.discard()
        raise
    return JSONResponse({})


def _reader(task: str) -> Endpoint:
    async def read(request: Request) -> Response:
        room = _room(request)
        answer = await room.quick.ask(task, {"folder": str(room.folder)})
        return Response(answer, media_type="application/json")

    return read


def _changer(task: str) -> Endpoint:
    async def change(request: Request) -> Response:
        room, said = _room(request), await _said(request)
        # A build writes the review anew from what it read when it began: an answer given meanwhile would be lost.
        if room.busy and task in _NOT_MEANWHILE:
            raise RefusedError(
                "正在生成，请稍候再改。", "A build is running: change this when it is done."
            )
        answer = await room.quick.ask(task, {"folder": str(room.folder), "said": said})
        return Response(answer, media_type="application/json")

    return change


def _saver(task: str) -> Endpoint:
    async def save(request: Request) -> Response:
        room = _room(request)
        said = {name: request.query_params.get(name, "") for name in ("kind", "lang", "source")}
        answer = await room.quick.ask(task, {"folder": str(room.folder), "said": said})
        head = {"Content-Disposition": f'attachment; filename="{task.replace(".", "-")}.xlsx"'}
        return Response(answer, media_type=_XLSX, headers=head)

    return save


async def _map(request: Request) -> Response:
    """Show the map, in a box of its own: its page cannot ask the desk for anything."""
    path = outputs.of_map(_room(request).folder)
    return FileResponse(path, media_type="text/html", headers={"Content-Security-Policy": MAP_POLICY})  # fmt: skip


async def _see(request: Request) -> Response:
    """Show an output that is a page: a report or sheets in a box without scripts, a public map as the map is."""
    path = outputs.by_number(_room(request).folder, request.path_params["output"])
    if path.suffix != ".html":
        raise RefusedError("该文件不是网页，请下载。", "This file is no page: save it.")
    policy_of = MAP_POLICY if path.name == "map.html" else PAGE_POLICY
    return FileResponse(path, media_type="text/html", headers={"Content-Security-Policy": policy_of})  # fmt: skip


async def _output(request: Request) -> Response:
    """Hand over an output, named by the number that the list of outputs gave it."""
    path = outputs.by_number(_room(request).folder, request.path_params["output"])
    return FileResponse(path, media_type="application/octet-stream", filename=path.name)
