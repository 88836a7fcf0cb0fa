"""How much a file may hold before it is refused; each limit can be raised knowingly."""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from industrymap.errors import ConfigError, nearest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["Limits", "limited", "limits_in_force", "more_en", "more_zh", "read_limits"]

_MIB = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Upper bounds that keep memory and time in hand, far above any real city's data.

    Attributes
    ----------
    max_bytes : int
        Size of a file, bytes.
    max_text_bytes : int
        Size of a text file (CSV, GeoJSON, KML, TOML), bytes; it is held in memory.
    max_members : int
        Files inside an archive (a zip, or an xlsx, which is one).
    max_unpacked_bytes : int
        Sum of the unpacked sizes of an archive, bytes.
    max_ratio : float
        Unpacked ÷ packed size of an archive member; members under 10 MiB are not asked.
    max_depth : int
        Nesting of brackets in JSON.
    max_rows, max_columns, max_cells : int
        Of a table.
    max_sparse_cells : int
        Cells of the box around a sheet's cells where fewer than one in a hundred holds something: a reader makes room for all.
    max_cell_chars : int
        Length of one text value, characters (Excel's own limit).
    max_features : int
        Features of a layer.
    max_vertices : int
        Vertices of a layer, all features together.
    """

    max_bytes: int = 2048 * _MIB
    max_text_bytes: int = 512 * _MIB
    max_members: int = 10_000
    max_unpacked_bytes: int = 1024 * _MIB
    max_ratio: float = 100.0
    max_depth: int = 64
    max_rows: int = 2_000_000
    max_columns: int = 2_000
    max_cells: int = 50_000_000
    max_sparse_cells: int = 5_000_000
    max_cell_chars: int = 32_767
    max_features: int = 1_000_000
    max_vertices: int = 20_000_000


_IN_FORCE: ContextVar[Limits] = ContextVar("limits", default=Limits())  # noqa: B039 - frozen


def limits_in_force() -> Limits:
    """Return the limits that hold where a caller names none: the defaults, or those of :func:`limited`."""
    return _IN_FORCE.get()


@contextmanager
def limited(limits: Limits | None) -> Iterator[Limits]:
    """Let other limits hold inside a ``with`` block: a workspace's ``[limits]``, or ``--limit`` of the command line.

    Parameters
    ----------
    limits : Limits or None
        ``None`` leaves those in force as they are.
    """
    token = _IN_FORCE.set(limits or limits_in_force())
    try:
        yield limits_in_force()
    finally:
        _IN_FORCE.reset(token)


def read_limits(given: Mapping[str, Any], *, base: Limits | None = None) -> Limits:
    """Read limits by name, each a number above zero.

    Raises
    ------
    ConfigError
        Unknown names and values that are no such number, all of them in one message.

    Examples
    --------
    >>> read_limits({"max_rows": 5_000_000}).max_rows
    5000000
    """
    known = asdict(base or Limits())
    wrong = []
    for name, value in given.items():
        if name not in known:
            near = nearest(name, known, n=1)
            hint = (near or sorted(known))[0]
            wrong.append(
                (f"unknown limit {name!r} (nearest: {hint})", f"未知上限“{name}”（最接近：{hint}）")
            )
        elif (
            # In Python `true` is the number 1; in a settings file it is a mistake.
            isinstance(value, bool)
            or not isinstance(value, int | float)
            # Also refuses NaN, which compares as false with everything.
            or not 0 < value < float("inf")
        ):
            wrong.append(
                (f"{name} = {value!r} is no number above 0", f"{name} = {value!r} 不是大于 0 的数")
            )
    if wrong:
        en, zh = "; ".join(e for e, _ in wrong), "；".join(z for _, z in wrong)
        raise ConfigError(f"Limits: {en}.", f"读取上限：{zh}。")
    # A limit of `1e6` is written with a point in TOML and still means a count.
    numbers = {name: value if name == "max_ratio" else int(value) for name, value in given.items()}
    return Limits(**{**known, **numbers})


def more_en(name: str) -> str:
    """Say how a limit is raised knowingly."""
    return f"(to read more, set {name} under [limits] in industrymap.toml or give --limit {name}=N)"


def more_zh(name: str) -> str:
    """Say the same in Chinese."""
    return (
        f"（如确需读取，请在 industrymap.toml 的 [limits] 中设置 {name}，或加 --limit {name}=数值）"
    )
