"""Turning the rows of a change file into edits: additions, changes, removals, splits and merges."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
import shapely

from industrymap import issues, schemas
from industrymap.errors import nearest
from industrymap.store import KEEP, Edit, fields_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd

    from industrymap.changes._file import ChangeFile, ChangeRow

__all__ = ["edits"]

TWICE = issues.rule(
    "change.id_twice",
    "error",
    "编号重复（另见第 {other} 行）。",
    "Duplicate identifier (see also row {other}).",
)
UNKNOWN = issues.rule(
    "change.unknown_id",
    "error",
    "数据库中没有这个编号{near_zh}。",
    "The database has no such identifier{near_en}.",
)
EXISTS = issues.rule(
    "change.exists",
    "error",
    "要新增的编号已存在。",
    "This feature is to be added but already exists.",
)
UNDRAWN = issues.rule(
    "change.new_without_geometry",
    "error",
    "数据库中没有这个编号{near_zh}。确要新增一个没有图形的要素，请在“操作”中写“新增”。",
    "The database has no such identifier{near_en}; to add a feature without geometry, write add (新增) as its action.",
)
NO_SOURCE = issues.rule(
    "change.no_source",
    "error",
    "{action_zh}需要在“来源编号”中写明原编号。",
    "A {action} needs the identifiers it comes from in the column from_ids.",
)
ONE_SOURCE = issues.rule(
    "change.split_sources",
    "error",
    "拆分只能来自一个原编号。",
    "A part of a split comes from exactly one feature.",
)
NO_SHAPE = issues.rule(
    "change.split_without_geometry",
    "error",
    "拆分后的每一部分都需要图形，请用图层文件提交。",
    "Every part of a split needs a geometry: send a layer.",
)
BAD_VALUE = issues.rule(
    "change.bad_value",
    "error",
    "{field}的值不合要求。",
    "The value does not fit the field {field_en}.",
)

_EXTENSIVE = ("m²", "万元", "家", "人")
"""Units of quantities that add up when features merge."""

_OWN = ("name", "note", "source", "updated_on")
"""Fields that parts of a split do not inherit."""


def edits(
    file: ChangeFile, current: gpd.GeoDataFrame, *, layer: str, schema: str, complete: bool
) -> tuple[list[Edit], pd.DataFrame]:
    """Return the edits that rows ask for, and what is wrong with them.

    Parameters
    ----------
    file : ChangeFile
    current : GeoDataFrame
        The layer as it is.
    layer, schema : str
    complete : bool
        Features that no row names are removed.
    """
    maker = _Maker(current, layer=layer, schema=schema, name=file.name)
    # Every row is taken before anything is closed: a later row may keep a source that an earlier one split.
    for row in file.rows:
        maker.take(row)
    maker.close_sources()
    if complete:
        maker.remove_the_rest()
    return list(maker.made.values()), issues.from_records(maker.bad)


class _Maker:
    """Collects edits row by row; sources of splits and merges are removed at the end, unless a row keeps them."""

    def __init__(self, current: gpd.GeoDataFrame, *, layer: str, schema: str, name: str) -> None:
        self.layer, self.name = layer, name
        self.key = schemas.fields(schema)[0].name
        self.fields = fields_of(schema)
        table = pd.DataFrame(current.drop(columns=current.geometry.name)).astype(object)
        # One kind of unknown: NaN and <NA> are equal to nothing, None is equal to itself.
        table = table.where(table.notna(), None)
        records: list[dict[str, Any]] = table.to_dict("records")  # type: ignore[assignment]
        self.known = {str(record[self.key]): record for record in records}
        # Both in the order of the frame.
        self.shapes = dict(zip(self.known, current.geometry, strict=True))
        self.made: dict[str, Edit] = {}
        self.rows: dict[str, int] = {}
        self.ended: dict[str, tuple[list[str], int | None]] = {}
        self.bad: list[dict[str, Any]] = []

    def take(self, row: ChangeRow) -> None:
        # Two rows for one feature: which of them is meant cannot be known, so neither may win.
        if row.id in self.rows:
            self.wrong(TWICE, row, other=self.rows[row.id])
            return
        self.rows[row.id] = row.row
        if not self.fits(row):
            return
        # The file of a layer as a whole names no actions: what is known is changed, what is not is added.
        action = row.action or ("change" if row.id in self.known else "add")
        # An unknown number in a table without shapes is a misprint far more often than a new park.
        if row.action is None and action == "add" and row.geometry is KEEP:
            self.wrong(UNDRAWN, row, **self.near(row.id))
            return
        making = {"split": self.split, "merge": self.merge}.get(action)
        if making is not None:
            making(row)
        elif action == "remove":
            # Removing what is not there is refused: a mistyped number would otherwise look done.
            if self.exists(row, row.id):
                self.put(row, None, KEEP)
        elif action == "add":
            if row.id in self.known:
                self.wrong(EXISTS, row)
            else:
                self.put(row, row.record, row.geometry, must="add")
        elif self.exists(row, row.id):
            self.put(row, row.record, row.geometry, must="change")

    def split(self, row: ChangeRow) -> None:
        if not self.has_sources(row, "split", "拆分"):
            return
        if len(row.sources) != 1:
            self.wrong(ONE_SOURCE, row)
            return
        if row.geometry is KEEP or row.geometry is None:
            self.wrong(NO_SHAPE, row)
            return
        [whole] = row.sources
        # A part takes over what is true of the whole; name, quantities and dates of the whole say nothing of a part.
        inherited = {
            n: v
            for n, v in self.known[whole].items()
            if n in self.fields and n not in _OWN and not self.is_quantity(n) and n != self.key
        }
        self.put(row, inherited | row.record, row.geometry, related=whole)
        self.end(whole, row)

    def merge(self, row: ChangeRow) -> None:
        if not self.has_sources(row, "merge", "合并"):
            return
        parts = [self.known[id_] for id_ in row.sources]
        record = {n: self.merged(n, parts) for n in self.fields if n != self.key}
        known = {n: v for n, v in record.items() if v is not None}
        shape = row.geometry
        if shape is KEEP or shape is None:
            # Without a shape of its own the merged park is the union of what it was made of.
            shapes = [self.shapes[id_] for id_ in row.sources if self.shapes[id_] is not None]
            shape = shapely.union_all(shapes) if shapes else None
        self.put(row, known | row.record, shape, related=";".join(row.sources))
        for id_ in row.sources:
            self.end(id_, row)

    def merged(self, name: str, parts: list[dict[str, Any]]) -> Any:
        """Return the sum of a quantity that adds up, the common value of anything else, ``None`` where it is unknown."""
        values = [part.get(name) for part in parts]
        # A sum with an unknown part would be too small and look complete.
        if any(v is None for v in values):
            return None
        # Areas, money, firms and people add up; a floor-area ratio or a share does not.
        if self.fields[name].unit in _EXTENSIVE:
            return sum(values)
        return values[0] if len(set(values)) == 1 and not self.is_quantity(name) else None

    def is_quantity(self, name: str) -> bool:
        """Tell whether a field measures its feature, so that it says nothing of a part or a whole."""
        return self.fields[name].dtype in {"float", "int", "date"} and name not in {"ring", "level"}

    def has_sources(self, row: ChangeRow, action: str, action_zh: str) -> bool:
        if not row.sources:
            self.wrong(NO_SOURCE, row, action=action, action_zh=action_zh)
            return False
        unknown = [id_ for id_ in row.sources if not self.exists(row, id_)]
        return not unknown

    def end(self, id_: str, row: ChangeRow) -> None:
        parts, _ = self.ended.setdefault(id_, ([], row.base))
        parts.append(row.id)

    def close_sources(self) -> None:
        for id_, (parts, base) in self.ended.items():
            # A source with a row of its own goes on under its number.
            if id_ not in self.rows:
                related = ";".join(parts)
                self.made[id_] = Edit(
                    layer=self.layer, id=id_, record=None, base=base, related=related
                )

    def remove_the_rest(self) -> None:
        # Rows with faults count as named: a misprint must not remove a park.
        for id_ in self.known.keys() - self.made.keys() - self.rows.keys():
            self.made[id_] = Edit(layer=self.layer, id=id_, record=None)

    def put(
        self,
        row: ChangeRow,
        record: Mapping[str, Any] | None,
        geometry: Any,
        *,
        related: str = "",
        must: Any = None,
    ) -> None:
        self.made[row.id] = Edit(
            layer=self.layer,
            id=row.id,
            record=record,
            geometry=geometry,
            base=row.base,
            must=must,
            related=related,
            valid_from=row.day,
        )

    def exists(self, row: ChangeRow, id_: str) -> bool:
        if id_ in self.known:
            return True
        self.wrong(UNKNOWN, row, value=id_, **self.near(id_))
        return False

    def near(self, id_: str) -> dict[str, str]:
        """Return what may have been meant by an identifier that is not there."""
        near = nearest(id_, self.known, n=1)
        return {
            "near_zh": f"，是否指“{near[0]}”" if near else "",
            "near_en": f"; did you mean {near[0]!r}" if near else "",
        }

    def fits(self, row: ChangeRow) -> bool:
        from industrymap.store import cast

        sound = True
        for name, value in row.record.items():
            try:
                cast(self.fields[name], value)
            except ValueError:
                field = self.fields[name]
                self.wrong(
                    BAD_VALUE, row, value=value, column=field.zh, field=field.zh, field_en=field.en
                )
                sound = False
        return sound

    def wrong(
        self,
        rule: issues.Rule,
        row: ChangeRow,
        *,
        value: Any = None,
        column: str = "",
        **details: Any,
    ) -> None:
        about = {"source": self.name, "row": row.row, "column": column or self.key}
        self.bad.append(
            {**about, "rule": rule, "value": row.id if value is None else value, **details}
        )
