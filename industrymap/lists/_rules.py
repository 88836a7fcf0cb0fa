"""List rules: a TOML file of a city pack, a workspace's own over it, every mistake named at once."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from industrymap import files, filters
from industrymap.errors import FilterError, RuleError, nearest

if TYPE_CHECKING:
    from industrymap.citypack import CityPack

__all__ = ["FILE", "Criterion", "ListRule", "Top", "load", "parse"]

FILE = "lists.toml"
"""Name of the file, in a city pack and in a workspace."""

EXTRA = {
    "growth": "float",
    "rd_share": "float",
    "revenue_before_10k_cny": "float",
    "to_check": "str",
    "activity": "str",
}
"""Columns a rule may use beyond the schema: see :func:`industrymap.lists.prepare`."""

_KEYS = {
    "id": str, "zh": str, "en": str, "where": str, "activity": list, "any": list, "top": list, "sort": list,
    "limit": int, "split": str, "fields": list, "official": bool, "source": str, "note": str,
}  # fmt: skip
_REQUIRED = ("id", "zh", "where")


@dataclass(frozen=True, slots=True, kw_only=True)
class Criterion:
    """One reason to be on a list: a filter and its two sentences."""

    where: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Top:
    """The first ``n`` firms by a column, in each group of another."""

    n: int
    by: str
    per: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ListRule:
    """Who is on a list.

    Attributes
    ----------
    id, zh, en : str
    where : str
        Filter of the firms considered.
    activity : tuple of str
        Activities they must not be known to be outside of; empty for all.
    any : tuple of Criterion
        One must hold (or a ``top``); each that does is a reason. Without any, ``where`` is the reason.
    top : tuple of Top
    sort : tuple of str
        Columns, ``-`` in front for descending; then by ``enterprise_id``.
    limit : int
        Most firms on the list; 0 for no limit.
    split : str
        Column by which the workbook has one sheet per value.
    fields : tuple of str
        Columns written.
    official : bool
        False for a proposal.
    source, note : str
    """

    id: str
    zh: str
    en: str
    where: str
    activity: tuple[str, ...] = ()
    any: tuple[Criterion, ...] = ()
    top: tuple[Top, ...] = ()
    sort: tuple[str, ...] = ()
    limit: int = 0
    split: str = ""
    fields: tuple[str, ...] = ("name", "uscc", "district", "cluster", "revenue_10k_cny")
    official: bool = False
    source: str = ""
    note: str = ""


def load(pack: CityPack | None, *, folder: str | Path | None = None) -> dict[str, ListRule]:
    """Load the lists of a pack and, over them, those of a workspace.

    Parameters
    ----------
    pack : CityPack, optional
    folder : path, optional
        A workspace, or any folder that may hold ``lists.toml``.

    Returns
    -------
    rules : dict of str to ListRule
        In the order of the files.

    Raises
    ------
    RuleError
        A file is wrong: every mistake in one message.
    """
    found: dict[str, ListRule] = {}
    places: list[Path] = []
    while pack is not None:
        places.insert(0, pack.folder)
        pack = pack.parent
    if folder is not None:
        places.append(Path(folder))
    for place in places:
        if (place / FILE).is_file():
            found |= parse(files.read_text(files.check(place / FILE, allow=("toml",))), name=FILE)
    return found


def parse(text: str, *, name: str = FILE) -> dict[str, ListRule]:
    """Parse the text of a list file.

    Raises
    ------
    RuleError
        As :func:`load`.
    """
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise RuleError(
            f"{name} is not valid TOML: {error}.", f"{name} 不是有效的 TOML：{error}。"
        ) from error
    entries = raw.get("list", [])
    wrong = [(f"unknown key {key!r}", f"没有 {key!r} 这个键") for key in raw if key != "list"] + [
        problem for number, entry in enumerate(entries, 1) for problem in _problems(entry, number)
    ]
    ids = [entry.get("id") for entry in entries]
    wrong += [
        (f"list {i!r} stands twice", f"名单 {i!r} 重复")
        for i in dict.fromkeys(ids)
        if ids.count(i) > 1
    ]
    if wrong:
        en, zh = "; ".join(e for e, _ in wrong), "；".join(z for _, z in wrong)
        raise RuleError(f"{name}: {en}.", f"{name}：{zh}。")
    return {entry["id"]: _rule(entry) for entry in entries}


def _problems(entry: dict[str, Any], number: int) -> list[tuple[str, str]]:
    """Return everything wrong with one list."""
    label = entry.get("id") or f"#{number}"
    found = []
    for key, value in entry.items():
        if key not in _KEYS:
            near = nearest(key, _KEYS)
            hint = f", did you mean {near[0]!r}" if near else ""
            found.append(
                (f"list {label}: unknown key {key!r}{hint}", f"名单 {label}：没有 {key!r} 这个键")
            )
        elif not isinstance(value, _KEYS[key]) or (_KEYS[key] is int and isinstance(value, bool)):
            found.append(
                (
                    f"list {label}: {key} is not {_KEYS[key].__name__}",
                    f"名单 {label}：{key} 的类型不对",
                )
            )
    found += [
        (f"list {label}: {key} is missing", f"名单 {label}：缺少 {key}")
        for key in _REQUIRED
        if not entry.get(key)
    ]
    if found:
        return found
    for part in entry.get("any", []):
        if not isinstance(part, dict) or not {"where", "zh"} <= set(part):
            found.append(
                (
                    f"list {label}: each of any needs where and zh",
                    f"名单 {label}：any 的每一项须有 where 和 zh",
                )
            )
    for part in entry.get("top", []):
        if not isinstance(part, dict) or not {"n", "by", "per", "zh"} <= set(part):
            found.append(
                (
                    f"list {label}: each of top needs n, by, per and zh",
                    f"名单 {label}：top 的每一项须有 n、by、per 和 zh",
                )
            )
    return found or [
        problem for text in _filters(entry) for problem in _filter_problem(text, label)
    ]


def _filters(entry: dict[str, Any]) -> list[str]:
    return [entry["where"], *(part["where"] for part in entry.get("any", []))]


def _filter_problem(text: str, label: str) -> list[tuple[str, str]]:
    try:
        filters.parse(text).bind("enterprises", columns=EXTRA)
    except FilterError as error:
        return [(f"list {label}: {error.en}", f"名单 {label}：{error.zh}")]
    return []


def _rule(entry: dict[str, Any]) -> ListRule:
    plain = {
        k: tuple(v) if isinstance(v, list) else v
        for k, v in entry.items()
        if k not in ("any", "top")
    }
    return ListRule(
        **{"en": entry["zh"]} | plain,
        any=tuple(
            Criterion(where=p["where"], zh=p["zh"], en=p.get("en", p["zh"]))
            for p in entry.get("any", [])
        ),
        top=tuple(
            Top(n=int(p["n"]), by=p["by"], per=p["per"], zh=p["zh"], en=p.get("en", p["zh"]))
            for p in entry.get("top", [])
        ),
    )
