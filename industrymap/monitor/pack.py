"""A model as the page carries it: one table of records as JSON, and every figure as whole numbers in byte planes.

``js/data/cube.js`` is the mirror of :func:`planes_of`.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from industrymap import indicators, schemas
from industrymap.errors import ConfigError
from industrymap.webmap.shared import deflate, planes, width

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from industrymap.indicators import Indicator
    from industrymap.monitor.model import Cube, Firms, MonitorModel

__all__ = ["FORMAT", "Packed", "decimals_of", "decoded", "pack", "planes_of"]

FORMAT = 1
"""Version of the page's data."""
_CHANGE, _COVERAGE = 1, 3
"""Decimals of a change on last year, and of a share between 0 and 1."""
_MOST = 2**53
_LATE = ("town",)
"""Levels that no first picture needs: they stand behind the program."""


@dataclass(slots=True)
class Packed:
    """What goes into the page.

    Attributes
    ----------
    places : dict
        Name → where its block stands and how long it is, as ``block.js`` reads it.
    blocks : list of str
        Base64 text, one element each.
    late : set of int
        Blocks behind the program.
    """

    places: dict[str, dict[str, Any]] = field(default_factory=dict)
    blocks: list[str] = field(default_factory=list)
    late: set[int] = field(default_factory=set)

    def add(self, name: str, data: bytes, *, late: bool = False) -> None:
        """Add a block."""
        text = deflate(data, level=9)
        self.places[name] = {"at": len(self.blocks), "chunks": [len(text)]}
        if late:
            self.late.add(len(self.blocks))
        self.blocks.append(text)


def pack(model: MonitorModel) -> Packed:
    """Return a model as blocks; the same model gives the same bytes."""
    out = Packed()
    out.add("model/json", json.dumps(_records(model), ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode())  # fmt: skip
    for level in model.levels:
        specs, data = _cube(model, model.cubes[level.id])
        late = level.id in _LATE
        out.add(f"cube/{level.id}/specs", json.dumps(specs, separators=(",", ":")).encode(), late=late)  # fmt: skip
        out.add(f"cube/{level.id}/planes", data, late=late)
    if model.firms is not None:
        _firms(out, model, model.firms)
    if model.intake is not None:
        intake = {
            "additions": [list(row) for row in model.intake.additions],
            "covered": _table(model.intake.covered),
            "gaps": _table(model.intake.gaps),
            "revisions": _table(model.intake.revisions),
        }
        out.add("intake/json", json.dumps(intake, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode(), late=True)  # fmt: skip
    return out


def decimals_of(indicator: Indicator, values: NDArray[np.float64]) -> int:
    """Return the decimals an indicator is shown with, the same wherever it is shown: about four figures of its usual size.

    Examples
    --------
    >>> from industrymap import indicators
    >>> core = next(s for s in indicators.known([]) if s.id == "core")
    >>> rate = next(i for i in core.indicators if i.unit == "%")
    >>> decimals_of(rate, np.array([12.345, 2.0, 3.0]))
    2
    """
    known = np.abs(values[np.isfinite(values)])
    if indicator.unit in {"家", "人"} or (len(known) and (known == np.rint(known)).all()):
        return 0
    # A per cent is written with one decimal more than its change.
    if indicator.unit == "%":
        return 2
    if indicator.unit == "平方公里":
        return 2
    usual = float(np.median(known)) if len(known) else 1.0
    return 1 if usual >= 1000 else 2 if usual >= 1 else 4


def planes_of(values: NDArray[np.float64], decimals: int) -> tuple[dict[str, int], bytes]:
    """Return numbers as whole multiples of ``10 ** -decimals`` in byte planes: 0 is not known, 1 the lowest.

    Returns
    -------
    spec : dict
        ``low``, ``bytes``, ``decimals``; ``bytes`` 0 where nothing is known.
    data : bytes

    Examples
    --------
    >>> planes_of(np.array([1.5, np.nan, 1.25]), 2)[0]
    {'low': 125, 'bytes': 1, 'decimals': 2}
    """
    flat = values.ravel()
    known = np.isfinite(flat)
    if not known.any():
        return {"low": 0, "bytes": 0, "decimals": decimals}, b""
    scaled = np.rint(flat[known] * 10.0**decimals)
    # Beyond it a browser's number would not be the one that was computed.
    if float(np.abs(scaled).max()) >= _MOST / 2:
        raise ConfigError(
            f"{np.abs(flat[known]).max():g} is too large a figure for a page; its unit is likely wrong.",
            f"数值 {np.abs(flat[known]).max():g} 过大，页面无法显示，单位可能有误。",
        )
    whole = scaled.astype(np.int64)
    low = int(whole.min())
    codes = np.zeros(len(flat), dtype=np.uint64)
    codes[known] = (whole - low + 1).astype(np.uint64)
    size = width(int(codes.max()))
    return {"low": low, "bytes": size, "decimals": decimals}, planes(codes, size)


def _cube(model: MonitorModel, cube: Cube) -> tuple[list[list[dict[str, int]]], bytes]:
    """Return for each indicator the specs of value, change, n and coverage, and all planes one behind another."""
    specs, data = [], []
    for at in range(len(model.of.indicators)):
        decimals = _decimals(model, at)
        fields = (
            (cube.amounts[at], decimals), (cube.change[at], _CHANGE), (cube.n[at], 0), (cube.coverage[at], _COVERAGE),
        )  # fmt: skip
        done = [planes_of(values, places) for values, places in fields]
        specs.append([spec for spec, _ in done])
        data += [part for _, part in done]
    return specs, b"".join(data)


def _decimals(model: MonitorModel, at: int) -> int:
    values = np.concatenate([cube.amounts[at].ravel() for cube in model.cubes.values()])
    return decimals_of(model.of.indicators[at], values)


def _records(model: MonitorModel) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "meta": _meta(model),
        "groups": [{"id": id_, "zh": zh, "en": en} for id_, (zh, en) in model.of.groups.items()],
        "indicators": [_indicator(model, at) for at in range(len(model.of.indicators))],
        "measures": {id_: [*names, _unit_en(names[2])] for id_, names in sorted(model.measures.items())},
        "periods": _periods(model),
        "levels": [
            {"id": one.id, "zh": one.zh, "en": one.en, "codes": one.codes, "names": one.names, "parents": one.parents}
            for one in model.levels
        ],
        "cubes": {
            id_: {"basis": cube.basis, "lacks": {k: [list(p) for p in v] for k, v in cube.lacks.items()}}
            for id_, cube in model.cubes.items()
        },
        "rules": [
            {"id": r.id, "kind": r.kind, "zh": r.zh, "en": r.en, "owner": r.owner, "owner_en": r.owner_en, "run": r.run,
             "limit": r.limit, "share": r.share, "weight": r.weight, "official": r.official, "source": r.source}
            for r in model.rules
        ],
        "alerts": [
            {"key": a.key, "rule": a.rule, "level": a.level, "unit": a.unit, "indicator": a.indicator, "period": a.period,
             "figure": _number(a.figure), "limit": _number(a.limit), "state": a.state, "owner": a.owner, "note": a.note}
            for a in model.alerts
        ],
        "targets": [
            {"level": t.level, "unit": t.unit, "indicator": t.indicator, "year": t.year, "value": t.value,
             "official": t.official, "source": t.source}
            for t in model.targets
        ],
        "index": _index(model),
        "pushes": [
            [p.indicator, p.period, p.level, p.unit, _number(p.points, 2), _number(p.now, 4), _number(p.before, 4)]
            for p in model.pushes
        ],
        "ranking": _ranking(model),
        "peers": _peers(model),
        "outlines": dict(model.outlines),
        "structure": _structure(model),
        "parks": None if model.parks is None else _table(model.parks),
        "notes": [list(note) for note in model.notes],
    }  # fmt: skip


def _meta(model: MonitorModel) -> dict[str, Any]:
    meta = model.meta
    return {
        "title": meta.title, "simulated": meta.simulated, "source": meta.source, "producer": meta.producer,
        "data_date": meta.data_date.isoformat() if meta.data_date else "", "own": model.own, "vintage": model.vintage,
        "set": {"id": model.of.id, "zh": model.of.zh, "en": model.of.en, "source": model.of.source, "official": model.of.official},
    }  # fmt: skip


def _indicator(model: MonitorModel, at: int) -> dict[str, Any]:
    one = model.of.indicators[at]
    return {
        "id": one.id, "zh": one.zh, "en": one.en, "group": one.group, "unit": one.unit,
        "unit_en": _unit_en(one.unit), "better": one.direction, "decimals": _decimals(model, at),
        "points": one.unit == "%", "formula": one.formula.text, "source": one.source, "official": one.official,
        "inputs": [need.name for need in indicators.needs(one, model.of)], "firms": one.formula.counts_firms,
        "panel": _panel(model, one),
    }  # fmt: skip


def _unit_en(unit: str) -> str:
    # A heading has the room for the word, and "100m" is read as metres.
    return schemas.unit_label(unit, "en").replace("100m ", "100 million ")


def _panel(model: MonitorModel, one: Indicator) -> str:
    """Return the indicator of the set that is the growth of this one on the constant panel; empty where there is none."""
    for other in model.of.indicators:
        text = other.formula.text.replace(" ", "")
        same = other.formula.measures == one.formula.measures
        if text.startswith("growth_panel(sum(") and same and one.formula.text.startswith("sum("):
            return other.id if one.id != other.id and len(one.formula.measures) == 1 else ""
    return ""


def _periods(model: MonitorModel) -> list[dict[str, Any]]:
    place = {period: at for at, period in enumerate(model.periods)}
    return [
        {"id": str(p), "zh": p.text("zh"), "year": p.year, "first": p.first, "last": p.last, "level": p.level,
         "back": place.get(p.last_year, -1)}
        for p in model.periods
    ]  # fmt: skip


def _index(model: MonitorModel) -> dict[str, Any] | None:
    if not model.index:
        return None
    return {
        "periods": [str(p) for p in model.index_periods],
        "official": model.index_official,
        "parts": [
            {"id": p.id, "zh": p.zh, "en": p.en, "values": [_number(v, 1) for v in p.amounts], "coverage": _number(p.coverage, 3)}
            for p in model.index
        ],
    }  # fmt: skip


def _ranking(model: MonitorModel) -> dict[str, Any] | None:
    if model.ranking is None:
        return None
    one = model.ranking
    return {
        "run": one.run, "period": one.period, "official": one.official, "zh": one.zh, "en": one.en,
        "table": _table(one.table), "before": None if one.before is None else _table(one.before),
    }  # fmt: skip


def _structure(model: MonitorModel) -> dict[str, Any] | None:
    one = model.structure
    if one is None:
        return None
    return {"year": one.year, "line": one.line, "concentration": _table(one.concentration), "lq": _table(one.lq), "entries": _table(one.entries)}  # fmt: skip


def _peers(model: MonitorModel) -> list[dict[str, Any]]:
    return [
        {
            "zh": p.zh, "en": p.en, "unit": p.unit, "unit_en": _unit_en(p.unit), "period": p.period,
            "definition": p.definition, "better": p.direction,
            "rows": [[_number(v, 4) if isinstance(v, float) else v for v in row] for row in p.rows],
            "courses": [[city, period, _number(value, 4)] for city, period, value in p.courses],
        }
        for p in model.peers
    ]  # fmt: skip


def _firms(out: Packed, model: MonitorModel, firms: Firms) -> None:
    """Add the firms: texts one a line, areas as codes, money as byte planes."""
    specs: dict[str, Any] = {"n": len(firms.names), "years": firms.years, "line": firms.line, "rule": firms.rule, "official": firms.rule_official}  # fmt: skip
    data: list[bytes] = []
    for name, of_level, codes in (("district", "district", firms.district), ("town", "town", firms.town), ("cluster", "cluster", firms.cluster)):  # fmt: skip
        level = model.level(of_level)
        place = {code: at for at, code in enumerate(level.codes)} if level is not None else {}
        spec, part = planes_of(np.array([place.get(c, np.nan) for c in codes], dtype=float), 0)
        specs[name] = spec
        data.append(part)
    words = sorted({*firms.letters, *firms.letters_before} - {""})
    specs["letters"] = words
    for name, letters in (("letter", firms.letters), ("letter_before", firms.letters_before)):
        known = letters or [""] * len(firms.names)
        places = np.array([words.index(x) if x else np.nan for x in known], dtype=float)
        spec, part = planes_of(places, 0)
        specs[name] = spec
        data.append(part)
    for name, table in (("revenue", firms.revenue), ("output", firms.output), ("tax", firms.tax)):
        # One year behind another: a firm's figures of two years are further apart in size than two firms' of one.
        done = [planes_of(table[:, y], 0) for y in range(table.shape[1])]
        specs[name] = [spec for spec, _ in done]
        data += [part for _, part in done]
    out.add("firms/specs", json.dumps(specs, ensure_ascii=False, separators=(",", ":")).encode(), late=True)  # fmt: skip
    out.add("firms/planes", b"".join(data), late=True)
    out.add("firms/names", _lines(firms.names), late=True)
    out.add("firms/codes", _lines(firms.codes), late=True)
    if firms.reasons:
        out.add("firms/reasons", _lines([f"{zh}\t{en}" for zh, en in firms.reasons]), late=True)


def _lines(texts: Iterable[str]) -> bytes:
    # A name with a line break in it would shift every name behind it by one.
    return "\n".join(" ".join(t.splitlines()) for t in texts).encode()


def _table(frame: pd.DataFrame) -> dict[str, Any]:
    """Return a frame as columns and rows; what is not known is ``null``."""
    rows = [[_cell(v) for v in row] for row in frame.astype(object).itertuples(index=False, name=None)]  # fmt: skip
    return {"columns": [str(c) for c in frame.columns], "rows": rows}


def _cell(value: Any) -> str | int | float | bool | None:
    if value is None or isinstance(value, (str, bool)):
        return value
    # A flag of numpy is neither a Python bool nor a number.
    if isinstance(value, np.bool_):
        return bool(value)
    if isinstance(value, (float, np.floating)):
        return _number(float(value), 6)
    if isinstance(value, (int, np.integer)):
        return int(value)
    return None if pd.isna(value) else str(value)


def _number(value: float, decimals: int = 4) -> float | None:
    """Return a number as JSON can hold it: rounded, whole ones as such, ``None`` where it is not known."""
    if value is None or not math.isfinite(value):
        return None
    rounded = round(float(value), decimals)
    return int(rounded) if rounded.is_integer() else rounded


def decoded(specs: Sequence[dict[str, int]], data: bytes, size: int) -> list[NDArray[np.float64]]:
    """Return what :func:`planes_of` packed one behind another: the page's reader in Python, for tests.

    Examples
    --------
    >>> spec, data = planes_of(np.array([1.5, np.nan]), 1)
    >>> decoded([spec], data, 2)[0].tolist()
    [1.5, nan]
    """
    out, at = [], 0
    for spec in specs:
        codes = np.zeros(size)
        for plane in range(spec["bytes"]):
            codes += np.frombuffer(data, dtype=np.uint8, count=size, offset=at).astype(float) * 256.0**plane  # fmt: skip
            at += size
        out.append(np.where(codes == 0, np.nan, (codes + spec["low"] - 1) / 10.0 ** spec["decimals"]))  # fmt: skip
    return out
