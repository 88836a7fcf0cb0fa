"""What every database refuses, and what takes a change back, whatever keeps the versions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from industrymap.errors import ConflictError, StoreError
from industrymap.store._model import Item

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from industrymap.store._model import Action, Plan, Version

__all__ = [
    "Touched",
    "inverse_of",
    "no_such_change",
    "raise_conflicts",
    "require",
    "require_in_force",
    "restored",
]

_MOST_SHOWN = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Touched:
    """One feature that a change touched.

    Attributes
    ----------
    layer, id : str
    before : Version or None
        What it was before the change; ``None`` where it had never been seen.
    made, now : Version
        What the change made of it; what it is today.
    restores : tuple of int
        The versions that ``now`` repeats, itself first: an undo restores the version before what it undoes, which may be
        the work of an undo in its turn (:func:`restored`).
    fields : tuple of str
        What the change changed.
    related : str
    """

    layer: str
    id: str
    before: Version | None
    made: Version
    now: Version
    restores: tuple[int, ...]
    fields: tuple[str, ...]
    related: str


def require(who: str, why: str) -> None:
    """Refuse a change of which nobody says who makes it and why.

    Raises
    ------
    StoreError
        Which of the two is missing.
    """
    for value, en, zh in ((who, "who", "操作人（--who）"), (why, "why", "原因（--why）")):
        if not value.strip():
            raise StoreError(f"Say {en}: the change log needs it.", f"请填写{zh}：变更日志需要。")


def raise_conflicts(plan: Plan) -> None:
    """Refuse a plan with conflicts.

    Raises
    ------
    ConflictError
        The first conflicts, each named.
    """
    if not plan.conflicts:
        return
    shown = plan.conflicts[:_MOST_SHOWN]
    more = len(plan.conflicts) - len(shown)
    raise ConflictError(
        "; ".join(c.en for c in shown)
        + (f"; and {more} more" if more else "")
        + ". Nothing was written.",
        "；".join(c.zh for c in shown)
        + (f"；另有 {more} 条" if more else "")
        + "。未写入任何内容。",
    )


def restored(number: int, step: Callable[[int], int | None]) -> tuple[int, ...]:
    """Return the versions that one stands for, itself first.

    Parameters
    ----------
    number : int
        Of the version.
    step : callable
        Version → the version it restored, ``None`` where no undo made it.
    """
    # An undo of an undo of a change restores the change: the chain is followed to its end.
    chain = [number]
    while (before := step(chain[-1])) is not None:
        chain.append(before)
    return tuple(chain)


def inverse_of(change: int, touched: Iterable[Touched]) -> list[Item]:
    """Return the items that take a change back.

    A change can be taken back as long as every feature is what the change made of it, no matter how many changes were made
    and undone in between.

    Raises
    ------
    ConflictError
        Features changed again later: each named with its change; or the change was undone already.
    """
    there = list(touched)
    # What counts is whether today's version stands for the one that the change made, whatever was done and undone in between.
    later = {t.id: t.now for t in there if t.made.number not in t.restores}
    if later:
        _raise_later(change, later)
    return [_reversed(t) for t in there]


def require_in_force(change: int, undone_by: Mapping[int, int]) -> None:
    """Refuse to take back what was taken back already.

    Parameters
    ----------
    change : int
    undone_by : mapping
        Change → the latest one that undoes it.

    Raises
    ------
    ConflictError
        The change was undone, and the undo was not undone in its turn.
    """

    def in_force(number: int) -> bool:
        return number not in undone_by or not in_force(undone_by[number])

    if not in_force(change):
        by = undone_by[change]
        raise ConflictError(
            f"There is nothing to undo: change {change} was undone by change {by}. Undo change {by} to bring it back.",
            f"无需撤销：变更 {change} 已被变更 {by} 撤销；如要恢复，请撤销变更 {by}。",
        )


def no_such_change(change: int, last: int) -> StoreError:
    """Return the error for a change that never was."""
    return StoreError(
        f"There is no change {change}; the last one is {last}.",
        f"没有编号为 {change} 的变更；最后一次变更是 {last}。",
    )


def _reversed(touched: Touched) -> Item:
    old, made = touched.before, touched.made
    # What never was, or was removed, before the change is removed again; its last values stay in
    # the history.
    source = made if old is None or old.removed else old
    action: Action = "remove" if source is made else ("add" if made.removed else "change")
    return Item(
        layer=touched.layer,
        id=touched.id,
        action=action,
        before=touched.now,
        record=source.record,
        geometry=source.geometry,
        fields=touched.fields,
        related=touched.related,
        # From the day of the change itself, so that no day shows what was a mistake.
        valid_from=made.valid_from,
    )


def _raise_later(change: int, later: dict[str, Version]) -> None:
    shown = list(later.items())[:_MOST_SHOWN]
    more = len(later) - len(shown)
    en = ", ".join(f"{id_!r} in change {now.change}" for id_, now in shown)
    zh = "、".join(f"“{id_}”（变更 {now.change}）" for id_, now in shown)
    raise ConflictError(
        f"Change {change} cannot be undone: features changed again later: {en}{f' and {more} more' if more else ''}. "
        "Undo the later changes first.",
        f"变更 {change} 不能撤销：以下要素之后又有改动：{zh}{f'，另有 {more} 个' if more else ''}。请先撤销后来的变更。",
    )
