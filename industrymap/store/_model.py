"""What a change is, whatever the database: edits, versions, conflicts, differences."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import Enum
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd

from industrymap.store._blob import same_shape

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from shapely.geometry.base import BaseGeometry

    from industrymap.schemas import Field

__all__ = ["KEEP", "Conflict", "Edit", "Item", "Plan", "Version", "cast", "plan"]

Value = str | float | int | bool | None

Action = Literal["add", "change", "remove"]


class _Keep(Enum):
    KEEP = "keep"


KEEP = _Keep.KEEP
"""The geometry stays as it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """One wish: what shall become of one feature.

    Attributes
    ----------
    layer : str
        Layer of the store.
    id : str
        The feature's key.
    record : mapping or None
        Fields to set, by schema name (``None`` as a value clears the field); ``None`` removes the feature. Fields not named
        stay as they are.
    geometry : geometry, None or KEEP
        WGS 84; :data:`KEEP` leaves it.
    base : int or None
        The change up to which its author had seen the feature; what changed since in the same fields is a conflict.
        ``None`` asks for no such check.
    must : str or None
        ``"add"``: the feature must be new; ``"change"``: it must exist; ``None``: either.
    related : str
        Ids it came from or went to, in splits and merges.
    valid_from : date or None
        Day from which it is so; that of the whole change by default.
    """

    layer: str
    id: str
    record: Mapping[str, Any] | None = field(default_factory=dict)
    geometry: BaseGeometry | _Keep | None = KEEP
    base: int | None = None
    must: Literal["add", "change"] | None = None
    related: str = ""
    valid_from: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One state of one feature.

    Attributes
    ----------
    number : int
        The version's own number in its history table.
    record : mapping
        Every field of the schema.
    geometry : geometry or None
    removed : bool
        The feature does not exist in this state.
    valid_from : date
    change : int
        The change that made it.
    """

    number: int
    record: Mapping[str, Value]
    geometry: BaseGeometry | None
    removed: bool
    valid_from: date
    change: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One feature that a change touches.

    Attributes
    ----------
    layer, id : str
    action : str
        ``add``, ``change`` or ``remove``.
    before : Version or None
        The latest version so far (possibly a removed one); ``None`` for a feature never seen.
    record, geometry
        What it becomes; those of ``before`` where it is removed.
    fields : tuple of str
        What differs, ``geometry`` included.
    related : str
    valid_from : date
    """

    layer: str
    id: str
    action: Action
    before: Version | None
    record: Mapping[str, Value]
    geometry: BaseGeometry | None
    fields: tuple[str, ...]
    related: str
    valid_from: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """Why one edit cannot be made, in English and Chinese."""

    layer: str
    id: str
    en: str
    zh: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a set of edits would do: its items, and what conflicts with it."""

    items: tuple[Item, ...]
    conflicts: tuple[Conflict, ...]


def cast(field: Field, value: Any) -> Value:
    """Return a value as the store keeps it; unknown becomes ``None``.

    Raises
    ------
    ValueError
        The value does not fit the field's type.
    """
    if _is_unknown(value):
        return None
    kinds: dict[str, Callable[[Any], Value]] = {
        "str": str,
        "date": _day,
        "bool": _truth,
        "float": float,
        "int": _whole,
    }
    try:
        known: Value = kinds[field.dtype](value)
    except (TypeError, ValueError, OverflowError):
        msg = f"{field.name} = {value!r} is no {field.dtype}"
        raise ValueError(msg) from None
    return known


def _is_unknown(value: Any) -> bool:
    # The types of an unknown value in pandas are not equal even to themselves, so each is looked
    # for by identity.
    if value is None or value is pd.NA or value is pd.NaT:
        return True
    # Infinity comes from a division by 0 in a spreadsheet: as unknown as NaN.
    return isinstance(value, (float, np.floating)) and not np.isfinite(value)


def _truth(value: Any) -> bool:
    # A file may bring 0 and 1 for no and yes; 2 is neither.
    if value in (0, 1):
        return bool(value)
    raise ValueError


def _whole(value: Any) -> int:
    number = float(value)
    # Cutting 2.5 firms to 2 would change a figure silently.
    if number != int(number):
        raise ValueError
    return int(number)


def _day(value: Any) -> str:
    if isinstance(value, datetime):  # a pandas Timestamp is one, too
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    # A time of day behind the date is cut off.
    return date.fromisoformat(str(value)[:10]).isoformat()


def plan(
    edits: Iterable[Edit],
    *,
    latest: Mapping[tuple[str, str], Version],
    seen: Mapping[tuple[str, str, int], Version | None],
    fields: Mapping[str, Mapping[str, Field]],
    on: date,
) -> Plan:
    """Work out what edits would do to the latest versions.

    Parameters
    ----------
    edits : iterable of Edit
    latest : mapping
        (layer, id) → latest version, where there is one.
    seen : mapping
        (layer, id, base) → the version the author of an edit had seen.
    fields : mapping
        Layer → field name → field.
    on : date
        Day from which the change holds, where an edit says none.

    Returns
    -------
    plan : Plan
        Edits that change nothing are left out.
    """
    items: list[Item] = []
    conflicts: list[Conflict] = []
    named: set[tuple[str, str]] = set()
    for edit in edits:
        where = (edit.layer, edit.id)
        before = latest.get(where)
        # Which of two edits of one feature comes last would depend on the order of rows.
        if where in named:
            conflicts.append(
                _conflict(edit, "it is named twice in this change", "在本次变更中出现两次")
            )
            continue
        named.add(where)
        against = _existence(edit, before) or _order(edit, before, on)
        # What cannot apply is not worked out: its values may not fit the feature at all.
        item = None if against else _item(edit, before, fields[edit.layer], on)
        # Only somebody who says what they had seen can conflict; others overwrite knowingly.
        if item is not None and edit.base is not None:
            against = _changed_since(edit, item, seen.get((*where, edit.base)))
        if against:
            conflicts.append(against)
        elif item is not None:
            items.append(item)
    return Plan(items=tuple(items), conflicts=tuple(conflicts))


def _existence(edit: Edit, before: Version | None) -> Conflict | None:
    exists = before is not None and not before.removed
    # Somebody expected the feature to be new: overwriting it would lose the other one's data.
    if exists and edit.must == "add":
        return _conflict(edit, "it is to be added, but exists already", "要新增，但已存在")
    if not exists and (edit.must == "change" or edit.record is None):
        return _conflict(edit, "there is no such feature", "不存在")
    return None


def _order(edit: Edit, before: Version | None, on: date) -> Conflict | None:
    day = edit.valid_from or on
    # History grows forwards only: a change in the past of a known state would rewrite what reports were made from.
    if before is not None and day < before.valid_from:
        return _conflict(
            edit,
            f"the change holds from {day}, but its state since {before.valid_from} is known already",
            f"变更自 {day} 起生效，但已有自 {before.valid_from} 起的记录",
        )
    return None


def _item(edit: Edit, before: Version | None, fields: Mapping[str, Field], on: date) -> Item | None:
    exists = before is not None and not before.removed
    # A removed feature that comes back starts from nothing, not from what it was.
    old_values: Mapping[str, Value] = before.record if exists and before else dict.fromkeys(fields)
    old_shape = before.geometry if exists and before else None
    day = edit.valid_from or on
    if edit.record is None:
        return Item(
            layer=edit.layer,
            id=edit.id,
            action="remove",
            before=before,
            record=old_values,
            geometry=old_shape,
            fields=(),
            related=edit.related,
            valid_from=day,
        )
    wanted = {name: cast(fields[name], value) for name, value in edit.record.items()}
    # Every field of the schema, then what is known, then what is new; the key is never changed by a record.
    values = {**dict.fromkeys(fields), **old_values, **wanted, next(iter(fields)): edit.id}
    shape = old_shape if isinstance(edit.geometry, _Keep) else edit.geometry
    differing = [name for name in fields if values[name] != old_values.get(name)]
    if not same_shape(shape, old_shape):
        differing.append("geometry")
    # Nothing changes, so that the same file applied twice makes no second version.
    if exists and not differing:
        return None
    return Item(
        layer=edit.layer,
        id=edit.id,
        action="change" if exists else "add",
        before=before,
        record=values,
        geometry=shape,
        fields=tuple(differing),
        related=edit.related,
        valid_from=day,
    )


def _changed_since(edit: Edit, item: Item, seen: Version | None) -> Conflict | None:
    """Return a conflict where somebody else changed the same fields after the author had looked."""
    now = item.before
    # Nobody has touched it since.
    if now is None or (seen is not None and seen.number == now.number):
        return None
    # Removed or brought back in between, or to be removed now: the whole feature is at stake, not
    # single fields.
    if seen is None or seen.removed != now.removed or item.action == "remove":
        en = f"it was changed by change {now.change} after version {edit.base}, which this change was made from"
        zh = f"在本次变更所依据的版本 {edit.base} 之后，已被变更 {now.change} 改动"
        return _conflict(edit, en, zh)
    # Field by field: two people may change a park at once if they change different fields.
    theirs = {n for n, v in now.record.items() if v != seen.record.get(n)}
    if not same_shape(now.geometry, seen.geometry):
        theirs.add("geometry")
    both = sorted(theirs & set(item.fields))
    if not both:
        return None
    names = ", ".join(both)
    return _conflict(
        edit,
        f"{names} changed in change {now.change} after version {edit.base}, which this change was made from",
        f"{names} 在本次变更所依据的版本 {edit.base} 之后已被变更 {now.change} 改动",
    )


def _conflict(edit: Edit, en: str, zh: str) -> Conflict:
    return Conflict(
        layer=edit.layer,
        id=edit.id,
        en=f"{edit.layer} {edit.id!r}: {en}",
        zh=f"{edit.layer} “{edit.id}”：{zh}",
    )
