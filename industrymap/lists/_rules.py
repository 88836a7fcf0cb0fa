"""List rules: a TOML file of a city pack, a workspace's own over it, every mistake named at once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from industrymap import files, filters, settings
from industrymap.errors import FilterError, RuleError

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
    rules: dict[str, ListRule] = {}
    places: list[Path] = []
    while pack is not None:
        # The parent's lists first, so that the city's own win by coming later, and the workspace's
        # over both.
        places.insert(0, pack.folder)
        pack = pack.parent
    if folder is not None:
        places.append(Path(folder))
    for place in places:
        if (place / FILE).is_file():
            rules |= parse(files.read_text(files.check(place / FILE, allow=("toml",))), name=FILE)
    return rules


def parse(text: str, *, name: str = FILE) -> dict[str, ListRule]:
    """Parse the text of a list file.

    Raises
    ------
    RuleError
        As :func:`load`.
    """
    root = settings.parse(text, name=name, error=RuleError)
    rules: dict[str, ListRule] = {}
    for keys in root.entries("list"):
        rule = _rule(keys)
        if rule.id in rules:
            root.fault(f"list {rule.id!r} is there twice", f"名单 {rule.id!r} 重复")
        rules[rule.id] = rule
    root.finish()
    root.check()
    return rules


def _rule(keys: settings.Keys) -> ListRule:
    """Read one list; what is wrong with it is remembered by ``keys``."""
    zh = keys.text("zh", required=True)
    fields = tuple(keys.texts("fields"))
    rule = ListRule(
        id=keys.text("id", required=True),
        zh=zh,
        en=keys.text("en", default=zh),
        where=_filter(keys),
        activity=tuple(keys.texts("activity")),
        any=tuple(_criterion(part) for part in keys.entries("any")),
        top=tuple(_top(part) for part in keys.entries("top")),
        sort=tuple(keys.texts("sort")),
        limit=keys.whole("limit") or 0,
        split=keys.text("split"),
        official=keys.flag("official", default=False),
        source=keys.text("source"),
        note=keys.text("note"),
    )
    keys.finish()
    # An empty list of fields means the usual ones.
    return replace(rule, fields=fields) if fields else rule


def _criterion(keys: settings.Keys) -> Criterion:
    zh = keys.text("zh", required=True)
    criterion = Criterion(where=_filter(keys), zh=zh, en=keys.text("en", default=zh))
    keys.finish()
    return criterion


def _top(keys: settings.Keys) -> Top:
    zh = keys.text("zh", required=True)
    top = Top(
        n=keys.whole("n", required=True) or 0,
        by=keys.text("by", required=True),
        per=keys.text("per", required=True),
        zh=zh,
        en=keys.text("en", default=zh),
    )
    keys.finish()
    return top


def _filter(keys: settings.Keys) -> str:
    """Read ``where`` and try it, so that a wrong filter is named with the other mistakes of the file."""
    text = keys.text("where", required=True)
    if text:
        try:
            filters.parse(text).bind("enterprises", columns=EXTRA)
        except FilterError as error:
            keys.fault(f"{keys.name}: {error.en}", f"{keys.name}：{error.zh}")
    return text
