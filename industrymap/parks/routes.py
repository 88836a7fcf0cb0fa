"""Routes 整治路径: the dated standard decides, in its order, and says why; what it cannot decide stays open."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from industrymap import filters, schemas
from industrymap.errors import RuleError
from industrymap.parks._inputs import lacking, source_fields, with_unknown_as_missing

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd

    from industrymap.columns import Flags, Texts
    from industrymap.standards import Standard

__all__ = ["UNDETERMINED", "Rule", "classify", "compare", "rules"]

UNDETERMINED = "undetermined"
_LAYER = schemas.PARKS


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule of a standard.

    Attributes
    ----------
    route : str
        Where it leads.
    when : Filter or None
        Its condition, thresholds put in; ``None`` for the last one, which always holds.
    zh, en : str
        What it means.
    """

    route: str
    when: filters.Filter | None
    zh: str
    en: str


def rules(standard: Standard) -> tuple[Rule, ...]:
    """Read the rules of a standard of kind ``routes``, in the order they are tested.

    Raises
    ------
    RuleError
        A rule without a known route or a readable condition.
    """
    if standard.kind != "routes":
        raise RuleError(
            f"Standard {standard.id} is of kind {standard.kind}, expected routes.",
            f"标准 {standard.id} 的类型是 {standard.kind}，应为 routes。",
        )
    ordered = [_rule(standard, i, row) for i, row in enumerate(standard.body.get("rule", []), 1)]
    # A standard that says nothing of the rest keeps a park as it is.
    last = standard.body.get("otherwise", {"route": "keep", "zh": "", "en": ""})
    return (*ordered, Rule(route=_route(standard, last), when=None, zh=last["zh"], en=last["en"]))


def classify(
    parks: pd.DataFrame,
    *,
    standard: Standard,
    blocks: gpd.GeoDataFrame | None = None,
    relations: Mapping[str, Any] | None = None,
) -> pd.DataFrame:
    """Give every park its route.

    The rules are tested in their order. The first that holds decides. A rule that stays open for want of an
    input leaves the park undetermined, unless every way it could turn out leads to the same route.

    Parameters
    ----------
    parks : DataFrame
        Village industrial parks as :func:`industrymap.measure.measure` returns it.
    standard : Standard
        Of kind ``routes``.
    blocks : GeoDataFrame, optional
        The industrial blocks. An empty layer says there are none; without it the measured columns speak.
    relations : mapping, optional
        Further relations, as for :meth:`industrymap.filters.Filter.mask`.

    Returns
    -------
    parks : DataFrame
        With ``route``, ``route_standard``, ``route_reasons``, ``route_reasons_en`` (sentences with the numbers used),
        ``route_inputs`` and ``route_missing`` (field names separated by ``;``), ``route_possible`` (where undetermined:
        the routes it may still turn out to be).

    Examples
    --------
    >>> import pandas as pd
    >>> import industrymap as im
    >>> from industrymap import standards
    >>> standard = standards.choose(im.load_city("guangzhou"), "routes", id_="routes-proposal-2025")
    >>> parks = pd.DataFrame({"park_id": ["a", "b"], "listed_backward": pd.array([True, None], dtype="boolean")})
    >>> routed = im.classify(parks, standard=standard)
    >>> routed["route"].tolist()  # what is not known is not guessed
    ['close', 'undetermined']
    """
    related = _related(parks, blocks) | dict(relations or {})
    inputs, walked, route = _settled(parks, standard, related)
    missing = _missing(inputs, walked, related)
    reasons = {lang: _reasons(inputs, walked, missing, related, lang) for lang in ("zh", "en")}
    return parks.assign(
        route=_texts(parks, route),
        route_standard=_texts(parks, np.full(len(parks), standard.id, dtype=object)),
        route_reasons=_texts(parks, reasons["zh"]),
        route_reasons_en=_texts(parks, reasons["en"]),
        route_inputs=_texts(parks, _inputs(walked, len(parks))),
        route_missing=_texts(parks, missing),
        route_possible=_texts(parks, np.where(walked.settled, "", walked.possible)),
    )


def outcome(
    parks: pd.DataFrame, *, standard: Standard, blocks: gpd.GeoDataFrame | None = None
) -> pd.Series[str]:
    """Return the route of every park alone, aligned with ``parks``: what :func:`classify` says, without the reasons."""
    _, _, route = _settled(parks, standard, _related(parks, blocks))
    return _texts(parks, route)


def _settled(
    parks: pd.DataFrame, standard: Standard, related: Mapping[str, Any]
) -> tuple[pd.DataFrame, _Walk, Texts]:
    """Return the inputs with unknown codes as missing, how the rules turned out, and the route of every park."""
    # A coded 未知 is as unknown as an empty cell: rules must not compare it.
    inputs = with_unknown_as_missing(parks)
    walked = _walk(inputs, rules(standard), related)
    # Settled means that every way the unknown could turn out leads to the same route.
    return inputs, walked, np.where(walked.settled, walked.first, UNDETERMINED)


def compare(parks: pd.DataFrame, first: Standard, second: Standard, **options: Any) -> pd.DataFrame:
    """Classify by two standards and set them side by side.

    Returns
    -------
    compared : DataFrame
        ``park_id``, ``name``, ``route_a``, ``route_b``, ``moves``, ``reasons_a``, ``reasons_b`` and their English; the
        parks that move come first.
    """
    a = classify(parks, standard=first, **options)
    b = classify(parks, standard=second, **options)
    keys = [name for name in ("park_id", "name", "district") if name in parks]
    side = pd.DataFrame(parks[keys]).assign(
        route_a=a["route"],
        route_b=b["route"],
        moves=(a["route"] != b["route"]).astype("boolean"),
        reasons_a=a["route_reasons"],
        reasons_b=b["route_reasons"],
        reasons_a_en=a["route_reasons_en"],
        reasons_b_en=b["route_reasons_en"],
    )
    # The parks that move are what a comparison is for.
    order = ["moves", "route_a", "route_b", *keys[:1]]
    ascending = [False, *[True] * (len(order) - 1)]
    return side.sort_values(order, ascending=ascending, kind="stable", ignore_index=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Walk:
    """How the rules turned out: one entry per rule, and the outcome per park."""

    rules: tuple[Rule, ...]
    holds: tuple[Any, ...]
    """Per rule: rows it was reached in and holds for."""
    open: tuple[Any, ...]
    """Per rule: rows it was reached in and stays open for."""
    reached: tuple[Any, ...]
    first: Any
    possible: Any
    settled: Any


def _walk(parks: pd.DataFrame, tested: tuple[Rule, ...], related: Mapping[str, Any]) -> _Walk:
    n = len(parks)
    going = np.ones(n, dtype=bool)
    possible = np.full(n, "", dtype=object)
    first = np.full(n, "", dtype=object)
    settled = np.ones(n, dtype=bool)
    # Kept rule by rule for the sentences that say why.
    holds, opened, reached = [], [], []
    for rule in tested:
        yes, unknown = _truth(rule, parks, related)
        reached.append(going.copy())
        holds.append(going & yes)
        opened.append(going & unknown)
        # Where a rule may hold, its route is one of the possible ones, and the rules behind it stay possible too.
        leads = going & (yes | unknown)
        # A second possible route unsettles the park, unless it is the same one.
        settled &= ~(leads & (first != "") & (first != rule.route))
        new = leads & ~_listed(possible, rule.route)
        possible[new] = np.where(possible[new] == "", rule.route, possible[new] + ";" + rule.route)
        first[leads & (first == "")] = rule.route
        # Only a rule that surely holds ends the walk.
        going &= ~yes
    return _Walk(
        rules=tested,
        holds=tuple(holds),
        open=tuple(opened),
        reached=tuple(reached),
        first=first,
        possible=possible,
        settled=settled,
    )


def _truth(rule: Rule, parks: pd.DataFrame, related: Mapping[str, Any]) -> tuple[Any, Any]:
    if rule.when is None:
        return np.ones(len(parks), dtype=bool), np.zeros(len(parks), dtype=bool)
    mask = rule.when.mask(parks, layer=_LAYER, relations=related)
    return mask.to_numpy(dtype=bool, na_value=False), mask.isna().to_numpy()


def _listed(possible: Texts, route: str) -> Flags:
    return np.array([route in text.split(";") for text in possible], dtype=bool)


def _related(parks: pd.DataFrame, blocks: gpd.GeoDataFrame | None) -> dict[str, Any]:
    """Return what the rules may ask about other layers; a layer nobody brought is unknown."""
    unknown = pd.Series(pd.NA, index=parks.index, dtype="Float64")
    named = {k: v for k, v in filters.FALLBACK.items() if "(" in k}
    # Without a layer of blocks the measured columns speak; without those nothing is known, which is not zero.
    related: dict[str, Any] = {name: parks.get(column, unknown) for name, column in named.items()}
    # An empty layer is a statement: there are no blocks, so nothing overlaps one.
    if blocks is not None and len(blocks) == 0:
        related["overlap(blocks)"] = pd.Series(0.0, index=parks.index)
        related["distance(blocks)"] = pd.Series(np.inf, index=parks.index)
    return related


def _missing(parks: pd.DataFrame, walked: _Walk, related: Mapping[str, Any]) -> Texts:
    """Return the inputs whose absence keeps a park undetermined."""
    text = np.full(len(parks), "", dtype=object)
    for rule, opened in zip(walked.rules, walked.open, strict=True):
        if rule.when is None or not opened.any():
            continue
        absent = rule.when.missing(parks, relations=related)
        for name, rows in absent.items():
            for root, hit in source_fields(name, parks, rows & opened & ~walked.settled):
                new = hit & ~_listed(text, root)
                text[new] = np.where(text[new] == "", root, text[new] + ";" + root)
    return text


def _reasons(
    parks: pd.DataFrame, walked: _Walk, missing: Texts, related: Mapping[str, Any], lang: str
) -> Texts:
    text = np.full(len(parks), "", dtype=object)
    for rule, holds in zip(walked.rules, walked.holds, strict=True):
        # A rule that held behind an open one decided only if it led to the same route.
        decided = holds & walked.settled & (walked.first == rule.route)
        if not decided.any():
            continue
        lead = rule.zh if lang == "zh" else rule.en
        if rule.when is None:
            text[decided] = lead + _stop(lang)
            continue
        rows = parks[decided]
        # Series go with the rows; anything else is a whole layer.
        near = {k: v[decided] if isinstance(v, pd.Series) else v for k, v in related.items()}
        why = rule.when.reasons(rows, lang=lang, relations=near).to_numpy(dtype=object)
        text[decided] = f"{lead}{'：' if lang == 'zh' else ': '}" + why + _stop(lang)
    # Settled though no rule surely held: all open ways lead to one route, and that is said.
    either = walked.settled & (text == "")
    if either.any():
        text[either] = _any_way(walked, either, lang)
    undecided = ~walked.settled
    text[undecided] = [
        _open_sentence(absent, possible, lang)
        for absent, possible in zip(missing[undecided], walked.possible[undecided], strict=True)
    ]
    return text


def _any_way(walked: _Walk, rows: Flags, lang: str) -> list[str]:
    """Say that every way an unknown could turn out leads to the same route."""
    routes = schemas.labels("route", lang)
    sentence = {
        "zh": "有数据缺失，但不论其取值如何，路径均为{}。",
        "en": "Some inputs are unknown; whatever they are, the route is: {}.",
    }[lang]
    return [sentence.format(routes.get(route, route)) for route in walked.first[rows]]


def _open_sentence(absent: str, possible: str, lang: str) -> str:
    routes = schemas.labels("route", lang)
    ways = [routes.get(route, route) for route in possible.split(";")]
    open_ = lacking(absent, _LAYER, lang)
    if lang == "zh":
        return f"{open_}，可能为{'或'.join(ways)}。"
    return f"{open_[0].upper()}{open_[1:]}; it may turn out as {' or '.join(ways)}."


def _inputs(walked: _Walk, n: int) -> Texts:
    """Return the names every rule reached has asked for."""
    text = np.full(n, "", dtype=object)
    seen: list[str] = []
    for rule, reached in zip(walked.rules, walked.reached, strict=True):
        if rule.when is not None:
            # Every rule that was reached has asked for its inputs, whether or not it held.
            seen += [name for name in rule.when.fields() if name not in seen]
            text[reached] = ";".join(seen)
    return text


def _stop(lang: str) -> str:
    return "。" if lang == "zh" else "."


def _texts(parks: pd.DataFrame, values: Texts) -> pd.Series[str]:
    return pd.Series(values, index=parks.index, dtype="string")


def _rule(standard: Standard, number: int, row: Mapping[str, Any]) -> Rule:
    where = f"rule {number}"
    for key in ("route", "when", "zh", "en"):
        if not isinstance(row.get(key), str):
            raise RuleError(
                f"Standard {standard.id}, {where}: {key} is missing.",
                f"标准 {standard.id} 的 {where}：缺少 {key}。",
            )
    condition = standard.condition(row["when"], layer=_LAYER, where=where)
    return Rule(route=_route(standard, row), when=condition, zh=row["zh"], en=row["en"])


def _route(standard: Standard, row: Mapping[str, Any]) -> str:
    known = [v.value for v in schemas.values("route") if v.value != UNDETERMINED]
    if row["route"] not in known:
        raise RuleError(
            f"Standard {standard.id} leads to {row['route']!r}; the routes are {', '.join(known)}.",
            f"标准 {standard.id} 指向“{row['route']}”；可用路径为 {'、'.join(known)}。",
        )
    return str(row["route"])
