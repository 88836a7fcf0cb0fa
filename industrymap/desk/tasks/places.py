"""The queue of doubtful places: biggest revenue first, each answer saved at once into the review that the next build reads."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from industrymap.columns import is_missing
from industrymap.errors import ConfigError, FileMissingError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    import pandas as pd

    from industrymap.workspace import Workspace

__all__ = ["every", "merge", "save"]

_SIMPLER = 0.0008
"""Degrees by which outlines may be off in the small map: some 80 m."""
_ELSEWHERE = "不在本市"


def every(_progress: Callable[..., None], *, folder: str) -> dict[str, Any]:
    """Return the addresses to look at, and the outlines that they are shown in."""
    from industrymap import citypack, workspace

    space = workspace.load(folder)
    review = _review(space)
    worth = _revenue(space)
    places = [_place(number, line, worth) for number, line in enumerate(review.to_dict("records"))]
    # What is answered goes to the end; then the most revenue first, since a wrong place of a large
    # firm moves the sums of whole districts.
    places.sort(key=lambda one: (one["done"], -one["revenue"], -one["firms"], one["n"]))
    return {
        "places": places,
        "outlines": {name: _outlines(space, name) for name in ("districts", "towns")},
        "extent": list(citypack.load(space.city).extent),
    }


def save(_progress: Callable[..., None], *, folder: str, said: dict[str, Any]) -> dict[str, Any]:
    """Write one answer into the review, in the form that the next build reads it.

    Raises
    ------
    ConfigError
        The answer cannot be meant: there is no such address, or the point lies outside the city.
    """
    from industrymap import workspace
    from industrymap.geocoding import review as review_room

    space = workspace.load(folder)
    review = _review(space).copy()
    wanted = said.get("id")
    found = [at for at, number in enumerate(review["id"]) if number == wanted]
    if not isinstance(wanted, str) or len(found) != 1:
        raise ConfigError("There is no such address in the review.", "复核表中没有这个地址。")
    filled = _filled(said, _extent(space.city))
    for column, text in filled.items():
        review.loc[review.index[found[0]], column] = text
    review_room.write(review, space.outputs / review_room.NAME)
    _held[:] = [(_stamp(space), review)]
    return {"id": wanted, **filled}


def merge(_progress: Callable[..., None], *, folder: str, said: dict[str, Any]) -> dict[str, Any]:
    """Take answers of another person's review file into the one here, address by address; what contradicts is said, not taken.

    Parameters
    ----------
    said : dict
        ``draft``: the number of the dropped file; ``theirs``: the addresses, by id, of which the other answer goes before the one here.

    Raises
    ------
    ConfigError
        The file holds no address of this review.
    """
    from industrymap import files, workspace
    from industrymap.desk import inbox
    from industrymap.geocoding import review as review_room
    from industrymap.geocoding.address import address_key

    space = workspace.load(folder)
    review = _review(space).copy()
    draft = str(said.get("draft", ""))
    inbox.keep_choices(space.folder, draft, {"what": inbox.REVIEW})
    other = review_room.table(inbox.main_file(space.folder, draft))
    wanted = said.get("theirs")
    theirs = {str(one) for one in wanted} if isinstance(wanted, list) else set()
    # By address, not by number: the two files may come from two builds.
    at = {
        address_key(str(text)): n for n, text in zip(review.index, review["address"], strict=True)
    }
    counts = {"taken": 0, "same": 0, "unknown": 0}
    conflicts = []
    for line in other.to_dict("records"):
        answer = {column: line[column] for column in _ANSWERED}
        if not any(answer.values()):
            continue
        n = at.get(address_key(str(line["address"])))
        if n is None:
            counts["unknown"] += 1
            continue
        here = {column: str(review.loc[n, column]) for column in _ANSWERED}
        if here == answer:
            counts["same"] += 1
        elif any(here.values()) and str(review.loc[n, "id"]) not in theirs:
            conflicts.append({"id": str(review.loc[n, "id"]), "address": str(line["address"]), "here": _words(here), "theirs": _words(answer)})  # fmt: skip
        else:
            for column, text in answer.items():
                review.loc[n, column] = text
            counts["taken"] += 1
    if not counts["taken"] and not counts["same"] and not conflicts:
        raise ConfigError("The file holds no answers on addresses of this review.", "文件中没有对本复核表地址的答复。")  # fmt: skip
    review_room.write(review, space.outputs / review_room.NAME)
    _held[:] = [(_stamp(space), review)]
    # A file of which something is still to be decided stays until it is.
    if not conflicts:
        files.remove_folder(inbox.folder_of(space.folder, draft))
    return {**counts, "conflicts": conflicts}


_ANSWERED = ("confirmed_lon", "confirmed_lat", "confirmed_datum", "confirmed_division", "note")


def _words(answer: Mapping[str, str]) -> str:
    """Return an answer as a person reads it."""
    return " ".join(text for text in answer.values() if text)


@cache
def _extent(city: str) -> tuple[float, float, float, float]:
    """Return the extent of a city pack: reading a pack takes as long as writing an answer."""
    from industrymap import citypack

    return citypack.load(city).extent


def _filled(said: dict[str, Any], extent: tuple[float, float, float, float]) -> dict[str, str]:
    """Return what an answer writes into the columns that a person fills."""
    # Every answer writes all five columns: an earlier answer of another kind must not stay beside
    # it.
    blank = {"confirmed_lon": "", "confirmed_lat": "", "confirmed_datum": "", "confirmed_division": "", "note": ""}  # fmt: skip
    answer = said.get("answer")
    if answer == "undo":
        return blank
    if answer == "elsewhere":
        return blank | {"note": _ELSEWHERE}
    if answer == "division" and isinstance(said.get("division"), str):
        return blank | {"confirmed_division": str(said["division"])[:40]}
    lon, lat = said.get("lon"), said.get("lat")
    if answer != "point" or not isinstance(lon, (int, float)) or not isinstance(lat, (int, float)):
        raise ConfigError("This is no answer.", "无法理解这个答复。")
    # A click beside the small map is no place of this city.
    west, south, east, north = extent
    if not (west <= lon <= east and south <= lat <= north):
        raise ConfigError("The point lies outside the city.", "该点在城市范围之外。")
    return blank | {"confirmed_lon": f"{lon:.6f}", "confirmed_lat": f"{lat:.6f}", "confirmed_datum": "WGS84"}  # fmt: skip


def _review(space: Workspace) -> pd.DataFrame:
    from industrymap.geocoding import review

    path = space.outputs / review.NAME
    if not path.is_file():
        raise FileMissingError("There is no review yet: build first.", "还没有复核表，请先生成。")
    stamp = _stamp(space)
    if not _held or _held[0][0] != stamp:
        _held[:] = [(stamp, review.table(path))]
    return _held[0][1]


_held: list[tuple[tuple[Path, int, int], pd.DataFrame]] = []
"""The review that was last read or written: a person answers one address after another, a second each."""


def _stamp(space: Workspace) -> tuple[Path, int, int]:
    """Return by what a review is known again: one that somebody else changed is read anew."""
    from industrymap.geocoding import review

    path: Path = space.outputs / review.NAME
    stat = path.stat()
    return path, stat.st_mtime_ns, stat.st_size


def _place(number: int, line: Mapping[Any, Any], worth: dict[str, float]) -> dict[str, Any]:
    from industrymap.geocoding.address import address_key

    filled = [line[c] for c in ("confirmed_lon", "confirmed_division", "note")]
    return {
        "n": number,
        "id": line["id"],
        "name": line["name"],
        "address": line["address"],
        "reason": line["reason"],
        "level": line["level"],
        "firms": int(float(line["firms"] or 0)),
        "radius": _number(line["radius_m"]),
        "lon": _number(line["lon"]),
        "lat": _number(line["lat"]),
        "candidates": _candidates(line["candidates"]),
        "revenue": worth.get(address_key(line["address"]) or "", 0.0),
        "confirmed": {
            "lon": _number(line["confirmed_lon"]),
            "lat": _number(line["confirmed_lat"]),
            "division": line["confirmed_division"],
            "note": line["note"],
        },
        "done": any(filled),
    }


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _candidates(text: str) -> list[dict[str, str]]:
    """Take ``name｜code;name｜code`` apart."""
    pairs = [one.split("｜") for one in text.split(";") if one.strip()]
    return [{"name": pair[0].strip(), "code": pair[-1].strip() if len(pair) > 1 else ""} for pair in pairs]  # fmt: skip


def _revenue(space: Workspace) -> dict[str, float]:
    """Return address → revenue of the firms there, in 万元."""
    from industrymap.desk.tasks._built import columns
    from industrymap.geocoding.address import address_key

    firms = columns(space, "enterprises", ["address", "revenue_10k_cny"])
    worth: dict[str, float] = {}
    for address, revenue in zip(*firms.values(), strict=True):
        if not is_missing(address) and not is_missing(revenue):
            # The review has one line an address and not a firm, so the firms of an address count
            # together.
            key = address_key(str(address)) or ""
            worth[key] = worth.get(key, 0.0) + float(revenue)
    return worth


def _outlines(space: Workspace, layer: str) -> list[dict[str, Any]]:
    """Return the areas of a layer as rings of latitude and longitude, with a point inside for each."""
    import shapely

    from industrymap import pipeline

    if layer not in pipeline.layer_names(space):
        return []
    frame = pipeline.layer(space, layer)
    outlines = []
    for code, name, shape in zip(frame["code"], frame["name"], frame.geometry, strict=True):
        if is_missing(shape) or shape.is_empty:
            continue
        simple = shape.simplify(_SIMPLER)
        inside = simple.representative_point()
        rings = [[[round(y, 5), round(x, 5)] for x, y in part.exterior.coords] for part in shapely.get_parts(simple) if part.geom_type == "Polygon"]  # fmt: skip
        outlines.append({"code": "" if is_missing(code) else str(code), "name": "" if is_missing(name) else str(name), "rings": rings, "at": [inside.y, inside.x]})  # fmt: skip
    return outlines
