"""From a measured figure back to the inputs it is made of, and inputs in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from industrymap import schemas

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd

    from industrymap.columns import Flags

__all__ = ["field_labels", "source_fields", "with_unknown_as_missing"]

_MADE_OF = {
    "output_per_floor_yuan_m2": ("output_10k_cny", "floor_area_m2"),
    "tax_per_mu_10k_cny": ("tax_10k_cny", "land_area_m2"),
    "output_per_mu_10k_cny": ("output_10k_cny", "land_area_m2"),
    "far": ("floor_area_m2", "land_area_m2"),
}
_UNKNOWN_CODES = {"output_firms_basis": "unknown", "planned_use": "undetermined"}
"""Codes by which a file says that it does not know: they decide nothing."""
_WORDS = {
    "overlap(blocks)": ("与产业区块的重叠", "the overlap with industrial blocks"),
    "distance(blocks)": ("到产业区块的距离", "the distance to industrial blocks"),
    "distance(larger_parks)": ("到更大园区的距离", "the distance to larger parks"),
}


def with_unknown_as_missing(parks: pd.DataFrame) -> pd.DataFrame:
    """Return the parks with every code that says "not known" as ``<NA>``."""
    codes = {name: code for name, code in _UNKNOWN_CODES.items() if name in parks}
    return parks.assign(
        **{name: parks[name].mask(parks[name] == code) for name, code in codes.items()}
    )


def source_fields(name: str, parks: pd.DataFrame, rows: Flags) -> Iterator[tuple[str, Flags]]:
    """Yield the raw inputs missing behind ``name`` and the rows where each is; a threshold goes without its ``$``.

    Parameters
    ----------
    name : str
        What a condition asked for.
    parks : DataFrame
    rows : ndarray of bool
        Where it was missing.
    """
    parts = [part for part in _MADE_OF.get(name, ()) if part in parks.columns]
    # A ratio is asked for by its parts: those are what a person can fill in.
    left = rows.copy()
    name = name.removeprefix("$")
    for part in parts:
        hit = rows & parks[part].isna().to_numpy()
        # A row whose parts are all there lacks the figure itself.
        left &= ~hit
        if hit.any():
            yield part, hit
    if left.any():
        yield name, left


def field_labels(names: str, layer: str, lang: str) -> str:
    """Return field names separated by ``;`` as labels people read.

    Examples
    --------
    >>> field_labels("floor_area_m2;ring", schemas.PARKS, "zh")
    '建筑面积、圈层'
    """
    labels = [_word(name, layer, lang) for name in names.split(";") if name]
    return ("、" if lang == "zh" else ", ").join(labels)


def lacking(names: str, layer: str, lang: str) -> str:
    """Say what keeps a verdict open: inputs that are missing, and limits of the rule that no source confirms.

    Examples
    --------
    >>> lacking("floor_area_m2;ring", schemas.PARKS, "en"), lacking("ring;max_output", schemas.PARKS, "zh")
    ('missing Floor area, Ring', '缺少圈层；标准限值待核实（非园区数据问题）')
    """
    if lang != "zh":
        return f"missing {field_labels(names, layer, lang)}"
    labels = dict.fromkeys(_word(name, layer, lang) for name in names.split(";") if name)
    # A limit of the rule is nothing that anybody can add to the data of the park.
    limits = [_OPEN_LIMIT[0]] if labels.pop(_OPEN_LIMIT[0], "absent") is None else []
    return "；".join([*([f"缺少{'、'.join(labels)}"] if labels else []), *limits])


def _word(name: str, layer: str, lang: str) -> str:
    if name in _WORDS:
        return _WORDS[name][0 if lang == "zh" else 1]
    if name in {field.name for field in schemas.fields(layer)}:
        return schemas.label(layer, name, lang)
    # Anything else is a threshold of the rule that is written "unknown".
    return _OPEN_LIMIT[0 if lang == "zh" else 1]


_OPEN_LIMIT = ("标准限值待核实（非园区数据问题）", "a limit that no source confirms")
