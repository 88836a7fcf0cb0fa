"""Tables of a configuration, key by key: every wrong one is kept, none stops the reading."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, Literal

from industrymap.errors import nearest

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

__all__ = ["Keys"]


class Keys:
    """One TOML table that remembers which keys were asked for and what was wrong with them."""

    def __init__(
        self, raw: Mapping[str, Any], name: str, wrong: list[tuple[str, str]], folder: Path
    ) -> None:
        self.raw = raw
        self.name = name
        self.wrong = wrong
        self.folder = folder
        self.asked: set[str] = set()

    def fault(self, en: str, zh: str) -> None:
        self.wrong.append((en, zh))

    def names(self) -> list[str]:
        return list(self.raw)

    def section(self, key: str) -> Keys:
        value = self._take(key, dict, "a table", "表", {})
        return Keys(value, self._path(key), self.wrong, self.folder)

    def entries(self, key: str) -> list[Keys]:
        value = self._take(key, list, "a list of tables", "表的列表", [])
        return [
            Keys(entry, f"{self._path(key)}[{number}]", self.wrong, self.folder)
            for number, entry in enumerate(value, start=1)
            if self._is(entry, dict, f"{key}[{number}]", "a table", "表")
        ]

    def text(self, key: str, *, default: str = "", required: bool = False) -> str:
        if required and key not in self.raw:
            self.asked.add(key)
            self.fault(f"{self._path(key)} is missing", f"缺少 {self._path(key)}")
            return default
        return str(self._take(key, str, "a text", "文本", default))

    def texts(self, key: str) -> list[str]:
        value = self._take(key, list, "a list of texts", "文本列表", [])
        return [entry for entry in value if self._is(entry, str, key, "a text", "文本")]

    def flag(self, key: str, *, default: bool) -> bool:
        return bool(self._take(key, bool, "true or false", "true 或 false", default))

    def whole(self, key: str) -> int | None:
        value: int | None = self._take(key, int, "a whole number", "整数", None)
        return value

    def year(self, key: str) -> int | Literal["latest"] | None:
        if self.raw.get(key) == "latest":
            self.asked.add(key)
            return "latest"
        return self.whole(key)

    def amount(self, key: str, *, default: float) -> float:
        value = self._take(key, (int, float), "a number", "数字", default)
        if value < 0:
            self.fault(
                f"{self._path(key)} = {value} is negative", f"{self._path(key)} = {value} 为负数"
            )
        return float(value)

    def day(self, key: str) -> date | None:
        value: date | None = self._take(
            key, date, "a date such as 2025-12-31", "日期，如 2025-12-31", None
        )
        return value

    def choice(self, key: str, known: Iterable[str], *, default: str) -> str:
        value = self.text(key, default=default)
        return self._known(key, value, tuple(known), default)

    def choices(self, key: str, known: Iterable[str]) -> tuple[str, ...]:
        known = tuple(known)
        return tuple(self._known(key, value, known, known[0]) for value in self.texts(key))

    def path(self, key: str) -> Path:
        return self.folder / self.text(key, required=True)

    def paths(self, key: str) -> list[Path]:
        return [self.folder / value for value in self.texts(key)]

    def finish(self) -> None:
        """Name every key nobody asked for, with the nearest that somebody did."""
        for key in self.raw:
            if key in self.asked:
                continue
            near = nearest(key, self.asked, n=1)
            known = ", ".join(sorted(self.asked))
            hint_en = f"did you mean {near[0]!r}" if near else f"known: {known}"
            hint_zh = f"是否应为 {near[0]!r}" if near else f"可用：{known}"
            self.fault(
                f"unknown key {self._path(key)!r} ({hint_en})",
                f"未知键 {self._path(key)!r}（{hint_zh}）",
            )

    def _take(self, key: str, kind: Any, en: str, zh: str, default: Any) -> Any:
        self.asked.add(key)
        if key not in self.raw:
            return default
        value = self.raw[key]
        return value if self._is(value, kind, key, en, zh) else default

    def _is(self, value: Any, kind: Any, key: str, en: str, zh: str) -> bool:
        right = isinstance(value, kind) and (kind is bool or not isinstance(value, bool))
        if not right:
            self.fault(
                f"{self._path(key)} = {value!r} should be {en}",
                f"{self._path(key)} = {value!r} 应为{zh}",
            )
        return right

    def _known(self, key: str, value: str, known: tuple[str, ...], default: str) -> str:
        if value in known:
            return value
        near = nearest(value, known, n=1)
        hint = near[0] if near else ", ".join(known)
        self.fault(
            f"{self._path(key)} = {value!r} is none of {', '.join(known)} (nearest: {hint})",
            f"{self._path(key)} = {value!r} 不在可选值 {'、'.join(known)} 之内（最接近：{hint}）",
        )
        return default

    def _path(self, key: str) -> str:
        return f"{self.name}.{key}" if self.name else key
