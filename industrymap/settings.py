"""Settings files in TOML, read key by key: every wrong key is remembered, none stops the reading.

One reader serves the workspace, the city pack, the standards and the lists, so that a person who writes such a file learns of all
mistakes at once, each with its place and the nearest right word, in either language.
"""

from __future__ import annotations

import math
import tomllib
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeVar, cast

from industrymap.errors import nearest

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from industrymap.errors import IndustryMapError

__all__ = ["Keys", "parse"]

_T = TypeVar("_T")


def parse(
    text: str, *, name: str, error: type[IndustryMapError], folder: Path | None = None
) -> Keys:
    """Parse the text of a settings file.

    Parameters
    ----------
    text : str
    name : str
        What its messages call the file.
    error : type
        The error that is raised where it is no TOML, and by :meth:`Keys.check`.
    folder : Path, optional
        Where its paths count from; the current folder by default.

    Examples
    --------
    >>> from industrymap.errors import ConfigError
    >>> keys = parse('titel = "x"', name="x.toml", error=ConfigError)
    >>> _ = keys.text("title", required=True)
    >>> keys.finish()
    >>> keys.check()
    Traceback (most recent call last):
    industrymap.errors.ConfigError: x.toml has 2 wrong entries: title is missing; unknown key 'titel' (did you mean 'title').
    """
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as fault:
        message = str(fault)
        raise error(
            f"{name} is not valid TOML: {message}.", f"{name} 不是有效的 TOML：{message}。"
        ) from fault
    except RecursionError as fault:
        # the reader of the standard library calls itself for each bracket; a person never nests so deep
        raise error(
            f"{name} nests its brackets too deep to be read.", f"{name} 的括号嵌套过深，无法读取。"
        ) from fault
    return Keys(raw, name=name, error=error, folder=folder)


class Keys:
    """One table of a settings file that remembers which keys were asked for and what was wrong with them.

    Parameters
    ----------
    raw : mapping
        The table as TOML read it.
    name : str
        What messages call the file.
    error : type
        Raised by :meth:`check`.
    folder : Path, optional
        Where its paths count from.
    """

    def __init__(
        self,
        raw: Mapping[str, object],
        *,
        name: str,
        error: type[IndustryMapError],
        folder: Path | None = None,
    ) -> None:
        self.raw = raw
        self.name = ""
        self.wrong: list[tuple[str, str]] = []
        self._file = name
        self._error = error
        self._folder = folder or Path()
        self._asked: set[str] = set()

    def fault(self, en: str, zh: str) -> None:
        """Remember something wrong, in both languages."""
        self.wrong.append((en, zh))

    def check(self) -> None:
        """Raise the file's error where anything was wrong: all of it in one message."""
        if not self.wrong:
            return
        en, zh = "; ".join(e for e, _ in self.wrong), "；".join(z for _, z in self.wrong)
        # All at once: whoever mends a file should not have to run the command once for each slip.
        entries = "1 wrong entry" if len(self.wrong) == 1 else f"{len(self.wrong)} wrong entries"
        raise self._error(
            f"{self._file} has {entries}: {en}.",
            f"{self._file} 有 {len(self.wrong)} 处错误：{zh}。",
        )

    def names(self) -> list[str]:
        """Return the keys of this table."""
        return list(self.raw)

    def section(self, key: str, *, required: bool = False) -> Keys:
        """Return the table under a key; an empty one where it is missing."""
        if required:
            self._require(key)
        return self._part(self._take(key, dict, ("a table", "表"), {}), key)

    def entries(self, key: str) -> list[Keys]:
        """Return the tables of a list of tables."""
        value: list[object] = self._take(key, list, ("a list of tables", "表的列表"), [])
        return [
            self._part(cast("dict[str, object]", entry), f"{key}[{number}]")
            for number, entry in enumerate(value, start=1)
            if self._is(entry, dict, f"{key}[{number}]", ("a table", "表"))
        ]

    def text(self, key: str, *, default: str = "", required: bool = False) -> str:
        """Return a text."""
        if required:
            self._require(key)
        return self._take(key, str, ("a text", "文本"), default)

    def texts(self, key: str) -> list[str]:
        """Return a list of texts, without the entries that are none."""
        value: list[object] = self._take(key, list, ("a list of texts", "文本列表"), [])
        return [str(v) for v in value if self._is(v, str, key, ("a text", "文本"))]

    def flag(self, key: str, *, default: bool, required: bool = False) -> bool:
        """Return true or false."""
        if required:
            self._require(key)
        return self._take(key, bool, ("true or false", "true 或 false"), default)

    def whole(self, key: str, *, required: bool = False) -> int | None:
        """Return a whole number."""
        if required:
            self._require(key)
        return self._take(key, int, ("a whole number", "整数"), None)

    def year(self, key: str) -> int | Literal["latest"] | None:
        """Return a year, or ``"latest"``."""
        if self.raw.get(key) == "latest":
            self._asked.add(key)
            return "latest"
        return self.whole(key)

    def amount(self, key: str, *, default: float) -> float:
        """Return a number that may not be negative."""
        value = self._take(key, (int, float), ("a number", "数字"), default)
        if value < 0:
            self.fault(
                f"{self._path(key)} = {value} is negative", f"{self._path(key)} = {value} 为负数"
            )
        return self._finite(key, value)

    def numbers(self, key: str, *, required: bool = False) -> list[float]:
        """Return a list of numbers."""
        if required:
            self._require(key)
        value: list[object] = self._take(key, list, ("a list of numbers", "数字列表"), [])
        kind = (int, float)
        return [
            self._finite(key, cast("float", v))
            for v in value
            if self._is(v, kind, key, ("a number", "数字"))
        ]

    def _finite(self, key: str, value: float) -> float:
        # TOML writes nan and inf as numbers: every comparison with nan is false, so a limit of nan would let everything through.
        if not math.isfinite(value):
            self.fault(
                f"{self._path(key)} = {value} is not a finite number",
                f"{self._path(key)} = {value} 不是有限的数",
            )
        return float(value)

    def day(self, key: str, *, unknown: str | None = None, required: bool = False) -> date | None:
        """Return a date; ``None`` where it is missing or the word for *unknown* is in its place."""
        if required:
            self._require(key)
        if unknown is not None and self.raw.get(key) == unknown:
            self._asked.add(key)
            return None
        example = "2025-12-31" if unknown is None else f'2025-12-31, or "{unknown}"'
        example_zh = "2025-12-31" if unknown is None else f'2025-12-31，或 "{unknown}"'
        words = (f"a date such as {example}", f"日期，如 {example_zh}")
        value = self._take(key, date, words, None)
        # TOML has a date and a date with time; Python's datetime is a date too, so both pass the
        # check.
        return value.date() if isinstance(value, datetime) else value

    def choice(
        self, key: str, known: Iterable[str], *, default: str = "", required: bool = False
    ) -> str:
        """Return one of the known words."""
        value = self.text(key, default=default, required=required)
        # A default needs no check: it may be empty, which no person may write.
        return self._known(key, value, tuple(known), default) if key in self.raw else value

    def choices(self, key: str, known: Iterable[str]) -> tuple[str, ...]:
        """Return a list of known words."""
        known = tuple(known)
        return tuple(self._known(key, value, known, known[0]) for value in self.texts(key))

    def path(self, key: str) -> Path:
        """Return a path, counted from the folder of the file."""
        return self._folder / self.text(key, required=True)

    def paths(self, key: str) -> list[Path]:
        """Return a list of paths, counted from the folder of the file."""
        return [self._folder / value for value in self.texts(key)]

    def ask(self, key: str) -> object:
        """Return a value as it is, whatever its kind."""
        self._asked.add(key)
        return self.raw.get(key)

    def rest(self) -> dict[str, object]:
        """Return what nobody has asked for, as it is: for a part that another room reads."""
        return {key: value for key, value in self.raw.items() if key not in self._asked}

    def finish(self) -> None:
        """Remember every key nobody asked for, with the nearest that somebody did."""
        # Compared with the keys that were asked for: this list is complete only once a section has
        # been read whole.
        for key in self.rest():
            near = nearest(key, self._asked, n=1)
            known = sorted(self._asked)
            hint_en = f"did you mean {near[0]!r}" if near else f"known: {', '.join(known)}"
            hint_zh = f"是否应为 {near[0]!r}" if near else f"可用：{'、'.join(known)}"
            self.fault(
                f"unknown key {self._path(key)!r} ({hint_en})",
                f"未知键 {self._path(key)!r}（{hint_zh}）",
            )

    def _part(self, raw: Mapping[str, object], key: str) -> Keys:
        part = Keys(raw, name=self._file, error=self._error, folder=self._folder)
        # One list of faults for the whole file, shared by all its sections.
        part.name, part.wrong = self._path(key), self.wrong
        return part

    def _require(self, key: str) -> None:
        if key not in self.raw:
            self.fault(f"{self._path(key)} is missing", f"缺少 {self._path(key)}")

    def _take(
        self, key: str, kind: type | tuple[type, ...], words: tuple[str, str], default: _T
    ) -> _T:
        self._asked.add(key)
        if key not in self.raw:
            return default
        value = self.raw[key]
        return cast("_T", value) if self._is(value, kind, key, words) else default

    def _is(
        self, value: object, kind: type | tuple[type, ...], key: str, words: tuple[str, str]
    ) -> bool:
        # a bool is an int to Python, and true is no number to a person
        right = isinstance(value, kind) and (kind is bool or not isinstance(value, bool))
        if not right:
            self.fault(
                f"{self._path(key)} = {value!r} should be {words[0]}",
                f"{self._path(key)} = {value!r} 应为{words[1]}",
            )
        return right

    def _known(self, key: str, value: str, known: tuple[str, ...], default: str) -> str:
        if value in known:
            return value
        near = nearest(value, known, n=1)
        hint_en = f" (nearest: {near[0]})" if near else ""
        hint_zh = f"（最接近：{near[0]}）" if near else ""
        self.fault(
            f"{self._path(key)} = {value!r} is none of {', '.join(known)}{hint_en}",
            f"{self._path(key)} = {value!r} 不在可选值 {'、'.join(known)} 之内{hint_zh}",
        )
        return default

    def _path(self, key: str) -> str:
        return f"{self.name}.{key}" if self.name else key
