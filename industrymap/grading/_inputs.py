"""What grading needs beside the base, from tables: land, energy, emissions, R&D, value added, staff, of each firm and year."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from industrymap import issues, schemas, tables
from industrymap.columns import Positions, floats, optional_texts, texts
from industrymap.enterprises import codes
from industrymap.errors import TableError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from industrymap.tables import Table

__all__ = ["NUMBERS", "PARTS", "Firms", "Inputs", "Register", "of_year", "read"]

_SCHEMA = "firm_inputs"
NUMBERS = tuple(
    f.name for f in schemas.fields(_SCHEMA) if f.dtype in {"float", "int"} and f.name != "year"
)
"""Columns of numbers of a table of inputs."""
_TEXTS = ("enterprise_id", "landlord_uscc", "landlord_name", "group_code")
_NAMED = 4
"""Most firms that a message names where it cannot tell which of them is meant."""

NO_FIRM = issues.rule(
    "inputs.no_firm",
    "error",
    "企业表中没有“{name}”，未采用",
    "the base has no {name!r}: the row is left out",
)
SEVERAL_FIRMS = issues.rule(
    "inputs.several_firms",
    "error",
    "“{name}”可能是 {count} 家企业（{firms}），不能确定是哪一家，未采用；请填写统一社会信用代码或企业标识",
    "{name!r} may be {count} firms ({firms}): the row is left out; give the credit code or the identifier of the one that is meant",
)
NO_YEAR = issues.rule(
    "inputs.no_year",
    "warning",
    "表中没有年份，按 {year} 年使用；请在标题、表头或“年份”列写明",
    "the table names no year and is used as that of {year}: write it into its title, its headings or a column",
)
CONTRADICTION = issues.rule(
    "inputs.contradiction",
    "error",
    "“{name}”{year} 年的{label}有不同的数（{values}），均未采用",
    "{name}, {year}: different values of {label_en} ({values}), all left out",
)
NEGATIVE = issues.rule(
    "inputs.negative",
    "error",
    "“{name}”的{label}为负数，未采用",
    "{name}: {label_en} is below 0 and left out",
)
TWO_GROUPS = issues.rule(
    "inputs.two_groups",
    "error",
    "“{name}”同时列在两个集团（{values}），按不属于集团处理",
    "{name} is in two groups ({values}): taken as in none",
)
_MAY_BE_NEGATIVE = {
    "value_added_10k_cny",
    "surplus_10k_cny",
    "production_tax_10k_cny",
    "tax_10k_cny",
}
"""A firm may lose money, or get back more tax than it paid."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Inputs:
    """Tables of inputs, one row for each row of each year.

    Attributes
    ----------
    frame : DataFrame
        ``uscc, name, year``, :data:`NUMBERS`, ``enterprise_id, landlord_uscc, landlord_name, group_code, source, source_row``.
    issues : DataFrame
    """

    frame: pd.DataFrame
    issues: pd.DataFrame


@dataclass(frozen=True, slots=True, kw_only=True)
class Firms:
    """The firms of the base with their inputs of one year.

    Attributes
    ----------
    frame : DataFrame
        One row a firm of the base.
    issues : DataFrame
    """

    frame: pd.DataFrame
    issues: pd.DataFrame


class Register:
    """The firms of the base, found by credit code, identifier or name: the one place where tables beside the base are joined to it.

    Parameters
    ----------
    firms : DataFrame
        ``enterprise_id``, ``uscc``, ``name``; a column that is not there finds nobody.
    """

    _KEYS = ("uscc", "enterprise_id", "name")

    def __init__(self, firms: pd.DataFrame) -> None:
        self._texts = {key: texts(firms, key) for key in self._KEYS if key in firms}
        self._rows: dict[str, dict[str, list[int]]] = {key: {} for key in self._KEYS}
        for key, column in self._texts.items():
            for n, text in enumerate(column):
                if text:
                    self._rows[key].setdefault(text.strip(), []).append(n)

    def find(self, *, uscc: str = "", enterprise_id: str = "", name: str = "") -> tuple[int, ...]:
        """Return the positions of the firms that are meant: none, one, or several where it cannot be told which.

        A code that no firm has is not overruled by a name, which may be another firm's; code and identifier of two firms mean either.
        """
        code, id_, name = uscc.strip(), enterprise_id.strip(), name.strip()
        if not code and not id_:
            return tuple(self._rows["name"].get(name, ())) if name else ()
        by_code, by_id = self._rows["uscc"].get(code, []), self._rows["enterprise_id"].get(id_, [])
        return tuple(sorted({*by_code, *by_id}))

    def one(self, **given: str) -> tuple[int, dict[str, object]]:
        """Return the position of the firm meant and nothing to say, or -1 and why there is none.

        Returns
        -------
        position : int
        said : dict
            Rule and words of an issue, without where it was found; empty where the firm is known.
        """
        found = self.find(**given)
        if len(found) == 1:
            return found[0], {}
        shown = next((given[k] for k in ("name", *self._KEYS) if given.get(k)), "")
        value = next((given[k] for k in self._KEYS if given.get(k)), "")
        if not found:
            return -1, {"rule": NO_FIRM, "value": value, "name": shown}
        firms = "、".join(self.shown(n) for n in found[:_NAMED]) + ("…" if len(found) > _NAMED else "")  # fmt: skip
        return -1, {"rule": SEVERAL_FIRMS, "value": value, "name": shown, "count": len(found), "firms": firms}  # fmt: skip

    def shown(self, at: int) -> str:
        """Return a firm so that it can be told from others of its name."""
        said = [self._texts[key][at] for key in ("name", *self._KEYS[:2]) if key in self._texts]
        # The identifier mostly is the code.
        return " ".join(dict.fromkeys(filter(None, said)))


def read(paths: Iterable[Path], *, year: int) -> Inputs:
    """Read tables of inputs.

    Parameters
    ----------
    paths : iterable of Path
        Every sheet that has columns of inputs is read.
    year : int
        The year of a table that names none.

    Raises
    ------
    TableError
        A table has neither credit codes, identifiers nor names, or no figure at all.
    """
    parts: list[pd.DataFrame] = []
    found: list[pd.DataFrame] = []
    for path in paths:
        for table in tables.read_all(path, layer=_SCHEMA):
            table.require("uscc|enterprise_id|name")
            rows, said = _long(table, year)
            parts.append(rows)
            found += [table.issues, said]
    columns = ["uscc", "name", "year", *NUMBERS, *_TEXTS, "source", "source_row"]
    frame = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=columns)
    frame = frame.reindex(columns=columns)
    kinds = dict.fromkeys(NUMBERS, "Float64") | dict.fromkeys(
        ("uscc", "name", *_TEXTS, "source"), "string"
    )
    frame = frame.astype(kinds | {"year": "Int64", "source_row": "Int64"})
    frame["uscc"], frame["landlord_uscc"] = (
        codes.clean(frame["uscc"]),
        codes.clean(frame["landlord_uscc"]),
    )
    return Inputs(frame=frame, issues=issues.concat(found))


def _long(table: Table, year: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return a table as rows of one year each, whichever way it writes its years."""
    found = {name: table.years(name) for name in NUMBERS}
    dated = sorted({y for years in found.values() for y in years})
    plain = [name for name in NUMBERS if name in table.mapped]
    if not dated and not plain:
        raise TableError(
            f"{table.name} has no column of figures for grading.",
            f"{table.name} 中没有分类评价所用的数据列。",
        )
    said: list[dict[str, object]] = []
    parts = [
        _rows(table, {n: years[y] for n, years in found.items() if y in years}, y) for y in dated
    ]
    if plain:
        given = table.number("year") if "year" in table.mapped else None
        own = table.year if given is None else None
        if given is None and own is None:
            said.append({"rule": NO_YEAR, "source": table.name, "year": year})
        rows = _rows(table, {name: name for name in plain}, own or year)
        if given is not None:
            rows["year"] = given.to_numpy(dtype=float, na_value=np.nan)
        parts.append(rows)
    return pd.concat(parts, ignore_index=True), issues.from_records(said)


def _rows(table: Table, columns: dict[str, str], year: int) -> pd.DataFrame:
    rows = pd.DataFrame(
        {
            **{n: optional_texts(table.frame, n) for n in ("uscc", "name", *_TEXTS, "source")},
            "source_row": table.frame["source_row"].to_numpy(dtype=float, na_value=np.nan),
            "year": float(year),
        }
    )
    for name, column in columns.items():
        rows[name] = table.number(column).to_numpy(dtype=float, na_value=np.nan)
    # A row without a figure of this year says nothing of it.
    return (
        rows[rows[list(columns)].notna().any(axis=1)] if "@" in "".join(columns.values()) else rows
    )


def of_year(inputs: Inputs, firms: pd.DataFrame, years: pd.DataFrame | None, year: int) -> Firms:
    """Put the inputs of a year beside the firms of the base.

    Parameters
    ----------
    inputs : Inputs
    firms : DataFrame
        The base's firms: a row is found by its credit code or identifier, else by its name where only one firm has it.
    years : DataFrame, optional
        Figures of firms by year: revenue, tax, R&D and staff come from it where the tables of inputs do not give them.
    year : int

    Returns
    -------
    firms : Firms
        With :data:`NUMBERS`, ``landlord_uscc``, ``landlord_name``, ``group_code``, ``age_years``, ``industry_division``; value added is the sum of its four
        parts (收入法) where it is not given and all four are known.
    """
    base = pd.DataFrame(firms.drop(columns="geometry", errors="ignore")).reset_index(drop=True)
    rows = inputs.frame[(inputs.frame["year"] == year).fillna(value=False)]
    at, said = _found(rows, base)
    rows, at = rows[at >= 0], at[at >= 0]
    out: dict[str, pd.Series[float]] = {}
    for name in NUMBERS:
        values, more = _one_value(rows, at, base, name, year)
        out[name] = pd.Series(values, dtype="Float64")
        said += more
    groups, more = _one_text(rows, at, base, "group_code")
    # Two landlords of one firm leave open whose land it uses, which the sharing of land says.
    landlords = {n: _one_text(rows, at, base, n)[0] for n in ("landlord_uscc", "landlord_name")}
    frame = base.assign(**out, **landlords, group_code=groups)
    return Firms(frame=_derived(frame, years, year), issues=issues.from_records(said + more))


def _found(rows: pd.DataFrame, base: pd.DataFrame) -> tuple[Positions, list[dict[str, object]]]:
    """Return the firm of each row, -1 where the base has none."""
    register = Register(base)
    said: list[dict[str, object]] = []
    at = np.full(len(rows), -1, dtype=np.int64)
    given = zip(*(texts(rows, key) for key in ("uscc", "enterprise_id", "name")), strict=True)
    for n, (code, id_, name) in enumerate(given):
        at[n], why = register.one(uscc=code, enterprise_id=id_, name=name)
        if why:
            row = rows.iloc[n]
            said.append({**why, "source": row["source"], "row": row["source_row"]})
    return at, said


def _one_value(
    rows: pd.DataFrame, at: Positions, base: pd.DataFrame, name: str, year: int
) -> tuple[list[float], list[dict[str, object]]]:
    """Return one value a firm: none where its rows contradict each other, or where it is below 0 and cannot be."""
    field = schemas.field(_SCHEMA, name)
    given = pd.DataFrame({"firm": at, "value": floats(rows, name), "row": np.arange(len(rows))})
    given = given[given["value"].notna()]
    of_firm = given.groupby("firm")["value"].agg(["min", "max"])
    least, most = of_firm["min"].to_numpy(), of_firm["max"].to_numpy()
    bad = least < most
    negative = ~bad & (least < 0) & (name not in _MAY_BE_NEGATIVE)
    values = np.full(len(base), np.nan)
    kept = ~(bad | negative)
    values[of_firm.index.to_numpy()[kept]] = least[kept]
    said: list[dict[str, object]] = []
    labels = texts(base, "name")
    for n in np.flatnonzero(~kept).tolist():
        firm = int(of_firm.index[n])
        found = given[given["firm"] == firm]
        row = rows.iloc[int(found["row"].iloc[0])]
        shown = "、".join(f"{value:g}" for value in sorted(set(found["value"])))
        said.append(
            {
                "rule": CONTRADICTION if bad[n] else NEGATIVE, "source": row["source"], "row": row["source_row"], "column": field.zh,
                "value": shown, "values": shown, "name": labels[firm], "label": field.zh, "label_en": field.en, "year": year,
            }
        )  # fmt: skip
    return values.tolist(), said


def _one_text(
    rows: pd.DataFrame, at: Positions, base: pd.DataFrame, name: str
) -> tuple[pd.api.extensions.ExtensionArray, list[dict[str, object]]]:
    given: dict[int, dict[str, int]] = {}
    for n, text in enumerate(texts(rows, name)):
        if text:
            given.setdefault(int(at[n]), {}).setdefault(text, n)
    out: list[str | None] = [None] * len(base)
    said: list[dict[str, object]] = []
    labels = texts(base, "name")
    for firm, found in sorted(given.items()):
        if len(found) == 1:
            out[firm] = next(iter(found))
            continue
        row = rows.iloc[next(iter(found.values()))]
        values = "、".join(sorted(found))
        said.append(
            {"rule": TWO_GROUPS, "source": row["source"], "row": row["source_row"], "value": values, "name": labels[firm], "values": values}
        )  # fmt: skip
    return pd.array(out, dtype="string"), said


_FROM_BASE = ("revenue_10k_cny", "tax_10k_cny", "rd_10k_cny", "staff")
PARTS: Sequence[str] = (
    "depreciation_10k_cny", "wages_10k_cny", "production_tax_10k_cny", "surplus_10k_cny",
)  # fmt: skip


def _derived(frame: pd.DataFrame, years: pd.DataFrame | None, year: int) -> pd.DataFrame:
    out = frame.copy()
    if years is not None:
        dated = years[(years["year"] == year).fillna(value=False)].drop_duplicates("enterprise_id")
        known = dated.set_index("enterprise_id")
        for name in (n for n in _FROM_BASE if n in known):
            from_base = out["enterprise_id"].map(known[name]).astype("Float64")
            out[name] = out[name].astype("Float64").fillna(from_base)
    # 收入法: the four parts together, or nothing.
    parts = sum(floats(out, name) for name in PARTS)
    given = floats(out, "value_added_10k_cny")
    out["value_added_10k_cny"] = pd.array(np.where(np.isnan(given), parts, given), dtype="Float64")
    if "established_on" in out:
        days = (pd.Timestamp(year=year, month=12, day=31) - out["established_on"]).dt.days
        out["age_years"] = (days / 365.25).astype("Float64")
    if "industry_code" in out:
        division = out["industry_code"].astype("string").str.slice(0, 2)
        out["industry_division"] = division
        # GB/T 4754-2017: B mining 06—12, C manufacturing 13—43, D power, heat, gas and water 44—46.
        out["industrial"] = division.between("06", "46").astype("boolean")
    return out
