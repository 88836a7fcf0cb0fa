"""What a gazetteer file may not contradict: its codes, its hierarchy, its kinds, the city's divisions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn

from industrymap.citypack import bare_name, split
from industrymap.errors import GazetteerError, nearest

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import pandas as pd

    from industrymap.citypack import CityPack

__all__ = ["Sheet", "check_codes", "divisions_of", "kinds_of"]

_KINDS = {
    "village": ("village", "村", "村庄", "社区", "村社", "行政村", "自然村", "居委会", "村居"),
    "road": ("road", "street", "道路", "街路巷", "路", "街", "街巷"),
    "park": ("park", "园区", "工业园", "产业园", "产业园区", "村级工业园", "区块"),
    "building": (
        "building",
        "建筑",
        "建筑物",
        "楼宇",
        "大厦",
        "楼",
        "兴趣点",
        "poi",
        "POI",
        "单位",
    ),
    "address": ("address", "门牌", "门址", "标准地址", "门牌地址", "地址"),
}
_VILLAGES = ("村", "社区", "居委会", "村委会")
_BUILDINGS = ("大厦", "楼", "厦", "馆", "广场", "酒店", "宾馆", "商场", "中心")
_ROADS = ("路", "街", "大道", "巷", "大街", "公路", "马路")


class Sheet(NamedTuple):
    """A gazetteer file as it was read.

    Attributes
    ----------
    frame : DataFrame
        Columns of the ``places`` schema; index 0, 1, 2 …
    rows : list of int
        Row of the file, or ordinal of the feature, for messages.
    name : str
        File name.
    pack : CityPack
        The city.
    """

    frame: pd.DataFrame
    rows: list[int]
    name: str
    pack: CityPack

    def text(self, column: str) -> list[str]:
        """Return a column as stripped text, empty where it says nothing."""
        if column not in self.frame:
            return [""] * len(self.frame)
        texts: list[str] = self.frame[column].astype("string").fillna("").str.strip().tolist()
        return texts

    def refuse(self, at: int, en: str, zh: str) -> NoReturn:
        """Raise ``GazetteerError`` naming the row at position ``at``."""
        row = self.rows[at]
        raise GazetteerError(f"{self.name}, row {row}: {en}.", f"{self.name} 第 {row} 行：{zh}。")

    def refuse_unknown(
        self, at: int, en: str, zh: str, value: str, known: Iterable[str]
    ) -> NoReturn:
        """Raise ``GazetteerError`` over a value that does not exist, with the nearest that do."""
        near = nearest(value, known)
        hint_en = f"; did you mean {', '.join(near)}?" if near else ""
        hint_zh = f"，是否为{'、'.join(near)}？" if near else ""
        self.refuse(
            at, f"the {en} {value!r} does not exist{hint_en}", f"{zh}“{value}”不存在{hint_zh}"
        )


def check_codes(sheet: Sheet) -> None:
    """Refuse duplicate codes, parents and successors that do not exist, and places above themselves."""
    codes = sheet.text("code")
    first: dict[str, int] = {}
    for at, code in enumerate(codes):
        if code and code in first:
            row = sheet.rows[first[code]]
            en, zh = (
                f"the code {code!r} is already used in row {row}",
                f"编号“{code}”已在第 {row} 行出现",
            )
            sheet.refuse(at, en, zh)
        first[code] = at
    known = {*first, *sheet.pack.divisions["code"].tolist()} - {""}
    for column, en, zh in (
        ("parent_code", "parent", "上级编号"),
        ("replaced_by", "successor", "替代编号"),
    ):
        following = [split(text) for text in sheet.text(column)]
        for at, targets in enumerate(following):
            for target in targets:
                if target not in known:
                    sheet.refuse_unknown(at, en, zh, target, known)
        # Only once every target is known to exist: a chain that leads nowhere is the plainer fault.
        _refuse_cycles(sheet, dict(zip(codes, following, strict=True)), en, zh)


def divisions_of(sheet: Sheet) -> tuple[list[str], list[str]]:
    """Return the district and town code of every row, from codes, names or parents; empty where unknown."""
    divisions = sheet.pack.divisions
    current = divisions[divisions["valid_to"] == ""]
    level = dict(zip(current["code"], current["level"], strict=True))
    within = dict(zip(current["code"], current["parent_code"], strict=True))
    districts, towns = sheet.text("district_code"), sheet.text("town_code")
    for column, codes in (("district code", districts), ("town code", towns)):
        for at, code in enumerate(codes):
            if code and code not in level:
                sheet.refuse_unknown(at, column, "区划代码", code, level)
    names = _by_name(current)
    above = _ancestors(sheet, level, within)
    stated = zip(sheet.text("district"), sheet.text("town"), strict=True)
    # In the order of certainty: the row's own code, the name it states, its parents.
    for at, (district, town) in enumerate(stated):
        parent = districts[at] or _code(sheet, at, names, ("district", "", district))
        town_code = towns[at] or _code(sheet, at, names, ("town", parent, town)) or above[at][1]
        districts[at] = parent or within.get(town_code, "") or above[at][0]
        towns[at] = town_code
    return districts, towns


def kinds_of(
    sheet: Sheet, declared: str | None, *, names: list[str], numbered: list[bool]
) -> list[str]:
    """Return the kind of every row: what it says, what was declared, or what its columns make it."""
    known = {alias: key for key, aliases in _KINDS.items() for alias in aliases}
    if declared and declared not in known:
        raise GazetteerError(
            f"The kind {declared!r} is unknown; expected one of {', '.join(_KINDS)}.",
            f"类别“{declared}”无法识别，应为 {'、'.join(_KINDS)} 之一。",
        )
    addresses = sheet.text("address")
    kinds = []
    for at, stated in enumerate(sheet.text("kind")):
        if stated and stated not in known:
            sheet.refuse_unknown(at, "kind", "类别", stated, [*known])
        guess = "address" if numbered[at] else _kind_of_name(names[at])
        # What an address ends in without a number is a building only where its name says so, else an estate.
        if guess == "building" and addresses[at] and not names[at].endswith(_BUILDINGS):
            guess = "park"
        kinds.append(known[stated] if stated else known[declared] if declared else guess)
    return kinds


def _kind_of_name(name: str) -> str:
    if name.endswith(_VILLAGES):
        return "village"
    return "road" if name.endswith(_ROADS) else "building"


def _by_name(current: pd.DataFrame) -> dict[tuple[str, str, str], str]:
    """Return (level, parent or nothing, name) → code; a name two districts share needs its parent."""
    codes: dict[tuple[str, str, str], str] = {}
    columns: Any = (current[c].tolist() for c in ("code", "name", "level", "parent_code"))
    for code, name, level, parent in zip(*columns, strict=True):
        # Files name a division in full, by its code or without its suffix.
        for written in (name, code, bare_name(name)):
            codes[level, parent if level == "town" else "", written] = code
            if level == "town":
                shared = codes.get((level, "", written), code) != code
                codes[level, "", written] = "" if shared else code
    return codes


def _code(
    sheet: Sheet, at: int, names: dict[tuple[str, str, str], str], cell: tuple[str, str, str]
) -> str:
    """Return the code that a cell names; ``cell`` is (level, parent or nothing, what it says)."""
    level, parent, text = cell
    if not text:
        return ""
    for key in ((level, parent, text), (level, parent, bare_name(text))):
        if key in names:
            return names[key]
    zh = "区" if level == "district" else "镇街"
    return sheet.refuse_unknown(
        at, level, zh, text, {name for other, _, name in names if other == level}
    )


def _ancestors(
    sheet: Sheet, level: Mapping[str, str], within: Mapping[str, str]
) -> list[tuple[str, str]]:
    """Follow parents up to the district and the town."""
    parents = sheet.text("parent_code")
    up = dict(zip(sheet.text("code"), parents, strict=True))
    ancestors = []
    for parent in parents:
        district = town = ""
        step = parent
        # The file's own parents lead to a division of the pack, and the pack's hierarchy on from
        # there; the way ends, because check_codes has refused cycles.
        while step:
            if level.get(step) == "town":
                town = town or step
            elif level.get(step) == "district":
                district = district or step
            step = within.get(step, "") if step in level else up.get(step, "")
        ancestors.append((district, town))
    return ancestors


def _refuse_cycles(sheet: Sheet, ahead: Mapping[str, list[str]], en: str, zh: str) -> None:
    for at, code in enumerate(sheet.text("code")):
        seen: set[str] = set()
        left = list(ahead.get(code, ())) if code else []
        while left:
            step = left.pop()
            if step == code:
                sheet.refuse(
                    at, f"{code!r} is its own {en} in the end", f"“{code}”的{zh}绕回了自己"
                )
            # A loop further ahead that does not pass here would never end; it is reported at its
            # own rows.
            if step not in seen:
                seen.add(step)
                left.extend(ahead.get(step, ()))
