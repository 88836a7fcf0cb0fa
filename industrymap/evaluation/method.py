"""A method as a file: how indicators become one score, in steps that anybody can repeat."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from industrymap import files
from industrymap.errors import EvaluationError
from industrymap.evaluation import aggregate, normalise, treat, weights
from industrymap.evaluation.impute import WAYS, impute
from industrymap.evaluation.robustness import ranks
from industrymap.settings import parse

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from industrymap.settings import Keys

__all__ = ["MEANS", "Inputs", "Method", "Scored", "load_method", "score", "stated_weights"]

TREATMENTS = ("none", "winsorise")
NORMALISERS = ("min_max", "z_score", "percentile_rank", "share_of_best", "efficacy", "benchmark")
WEIGHTS = ("equal", "given", "ahp", "entropy", "critic", "variation", "principal", "optimised")
MEANS = {"arithmetic": 1.0, "geometric": 0.0, "harmonic": -1.0}
"""Mean → its power."""
_LEAST_POSITIVE = 1.0
"""What the worst unit gets where a mean needs positive values: a zero would decide the whole score (OECD/JRC 2008, 6.3)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Method:
    """How scores are made.

    Attributes
    ----------
    id, zh, en, source : str
        Identifier, names, and the document that gives it.
    official : bool
        Whether a document gives it; else it is a proposal.
    least_known : float
        Share of the units that must have a value for an indicator to take part (screening).
    least_firms : float
        Share of an area's firms that must bring a figure for it to take part; of no meaning where the area reports the figure itself.
    treatment, normaliser, weighing, mean : str
        One of :data:`TREATMENTS`, :data:`NORMALISERS`, :data:`WEIGHTS`, :data:`MEANS`.
    least_coverage : float
        Weight that must rest on known values for a unit to get a score.
    weights, group_weights : mapping of str to float
        By indicator, where ``weighing`` is ``given``; by group, equal where it is empty.
    ends : mapping of str to tuple of float
        Indicator → unacceptable and satisfactory value (``efficacy``), or the benchmark twice (``benchmark``).
    cap : float
        Most that a ratio to a benchmark may be.
    text : str
        The file as it was read; a run keeps it.
    consistency : mapping of str to float
        What was judged in pairs, as ``a, b, c`` → consistency ratio of the judgements (``ahp``).
    imputation : str
        One of :data:`industrymap.evaluation.impute.WAYS`: what takes the place of an unknown value.
    """

    id: str
    zh: str
    en: str
    source: str
    official: bool
    least_known: float
    treatment: str
    normaliser: str
    weighing: str
    mean: str
    least_coverage: float
    weights: Mapping[str, float]
    group_weights: Mapping[str, float]
    ends: Mapping[str, tuple[float, float]]
    cap: float
    text: str = field(repr=False)
    consistency: Mapping[str, float] = field(default_factory=dict)
    imputation: str = "none"
    least_firms: float = 0.8


@dataclass(frozen=True, slots=True, kw_only=True)
class Inputs:
    """What is scored.

    Attributes
    ----------
    amounts : ndarray of float64, shape (units, indicators)
        ``NaN`` where not known.
    ids, groups : sequence of str
        Of each indicator.
    direction : ndarray of float64, shape (indicators,)
        1 where more is better, -1 where less is.
    unit_groups : sequence of str
        The wider unit of each unit, where they have one: what an unknown value may be estimated by.
    """

    amounts: NDArray[np.float64]
    ids: Sequence[str]
    groups: Sequence[str]
    direction: NDArray[np.float64]
    unit_groups: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Scored:
    """Scores, and everything that they are made of.

    Attributes
    ----------
    scores, coverage : ndarray of float64, shape (units,)
        ``NaN`` where too little is known; share of the weight that rests on known values.
    ranks : ndarray of float64, shape (units,)
        From 1, ties sharing their mean.
    groups : mapping of str to ndarray of float64, shape (units,)
        Score of each group.
    normalised : ndarray of float64, shape (units, indicators)
        On the method's scale; ``NaN`` also for what was screened out.
    treated : ndarray of bool, shape (units, indicators)
        Which values were drawn in as outliers.
    weights : ndarray of float64, shape (indicators,)
        Of each indicator in the whole, 0 where it was screened out; they add up to 1.
    screened : mapping of str to float
        Indicator that takes no part → share of the units that have a value.
    imputed : ndarray of bool, shape (units, indicators)
        Which values are estimates.
    """

    scores: NDArray[np.float64]
    coverage: NDArray[np.float64]
    ranks: NDArray[np.float64]
    groups: Mapping[str, NDArray[np.float64]]
    normalised: NDArray[np.float64]
    treated: NDArray[np.bool_]
    weights: NDArray[np.float64]
    screened: Mapping[str, float]
    imputed: NDArray[np.bool_]


def load_method(path: str | os.PathLike[str]) -> Method:
    """Read a method from its TOML file.

    Raises
    ------
    EvaluationError
        With everything that is wrong with the file, all at once.
    """
    source = files.check(path, allow=files.TEXTS)
    text = files.read_text(source)
    keys = parse(text, name=source.name, error=EvaluationError, folder=Path(path).parent)
    title = keys.section("title")
    weights_, groups, consistency = _stated(keys)
    method = Method(
        id=keys.text("method_id", required=True),
        zh=title.text("zh", required=True),
        en=title.text("en", required=True),
        source=keys.text("source", required=True),
        official=keys.flag("official", default=False),
        least_known=keys.amount("least_known", default=0.5),
        least_firms=keys.amount("least_firms", default=0.8),
        treatment=keys.choice("treat", TREATMENTS, default="none"),
        normaliser=keys.choice("normalise", NORMALISERS, default="min_max"),
        weighing=keys.choice("weights", WEIGHTS, default="equal"),
        mean=keys.choice("mean", MEANS, default="arithmetic"),
        least_coverage=keys.amount("least_coverage", default=0.6),
        weights=weights_,
        group_weights=groups,
        ends=_ends(keys),
        cap=keys.amount("cap", default=1.5),
        text=text,
        consistency=consistency,
        imputation=keys.choice("impute", WAYS, default="none"),
    )
    title.finish()
    keys.finish()
    # Every wrong key of the file in one message.
    keys.check()
    return method


def _numbers(keys: Keys, name: str) -> dict[str, float]:
    part = keys.section(name)
    out = {key: part.amount(key, default=0.0) for key in part.names()}
    part.finish()
    return out


def _stated(keys: Keys) -> tuple[dict[str, float], dict[str, float], dict[str, float]]:
    """Return stated weights of indicators and of groups, and how consistent the judgements are that they come from."""
    weights_, groups = _numbers(keys, "weight"), _numbers(keys, "group_weight")
    consistency: dict[str, float] = {}
    for name, into in (("ahp", weights_), ("ahp_group", groups)):
        for judged, ratio in _judged(keys, name):
            into.update(judged)
            consistency[", ".join(judged)] = ratio
    return weights_, groups, consistency


def _judged(keys: Keys, name: str) -> list[tuple[dict[str, float], float]]:
    """Return weights and consistency ratio of each set of things that was compared in pairs (``"a : b" = 3``)."""
    part = keys.section(name)
    pairs: dict[tuple[str, str], float] = {}
    for key in part.names():
        value = part.amount(key, default=1.0)
        both = [text.strip() for text in key.split(":")]
        if len(both) != 2 or not all(both) or both[0] == both[1] or value <= 0:
            part.fault(
                f'{name}: {key!r} = {value} is no judgement: expected "a : b" = how many times as important a is, above 0',
                f'{name}：“{key}” = {value} 不是判断；应写作 "甲 : 乙" = 甲的重要程度是乙的几倍（大于 0）',
            )
            continue
        pairs[both[0], both[1]] = value
    part.finish()
    return [_weighed(part, name, things, pairs) for things in _together(pairs)]


def _together(pairs: Mapping[tuple[str, str], float]) -> list[list[str]]:
    """Return the things that judgements connect, each set by itself: the indicators of one group, for instance."""
    sets: list[list[str]] = []
    for both in pairs:
        touched = [s for s in sets if set(s) & set(both)]
        merged = list(dict.fromkeys([t for s in touched for t in s] + list(both)))
        sets = [s for s in sets if s not in touched] + [merged]
    return sets


def _weighed(
    part: Keys, name: str, things: list[str], pairs: Mapping[tuple[str, str], float]
) -> tuple[dict[str, float], float]:
    matrix = np.ones((len(things), len(things)))
    for i, one in enumerate(things):
        for j in range(i + 1, len(things)):
            value = pairs.get((one, things[j])) or 1.0 / pairs.get((things[j], one), np.nan)
            if np.isnan(value):
                part.fault(
                    f"{name}: {one!r} and {things[j]!r} are not compared",
                    f"{name}：“{one}”与“{things[j]}”没有两两比较",
                )
                value = 1.0
            matrix[i, j], matrix[j, i] = value, 1.0 / value
    try:
        judged = weights.ahp(matrix)
    except EvaluationError as error:
        part.fault(f"{name}: {error.en}", f"{name}：{error.zh}")
        return {}, 0.0
    return dict(zip(things, judged.weights.tolist(), strict=True)), judged.consistency_ratio


def _ends(keys: Keys) -> dict[str, tuple[float, float]]:
    part = keys.section("ends")
    out = {}
    for key in part.names():
        both = part.numbers(key)
        if len(both) not in {1, 2}:
            part.fault(
                f"ends.{key} needs one benchmark or two ends",
                f"ends.{key} 应为一个基准值或两个端点值",
            )
            continue
        # One number is both ends: a benchmark has no second one.
        out[key] = (both[0], both[-1])
    part.finish()
    return out


def score(inputs: Inputs, method: Method) -> Scored:
    """Score units: screen, treat, normalise, weigh, and take means within groups and over them.

    Raises
    ------
    EvaluationError
        Where nothing takes part, a given weight or end is missing, or the numbers do not suit the method.

    Notes
    -----
    The weight of a group is shared out among its indicators that take part; the score of a unit is the mean of its groups.
    With the arithmetic mean that equals the mean of all indicators by :attr:`Scored.weights` where every value is known.

    Examples
    --------
    >>> method = Method(id="m", zh="", en="", source="", official=False, least_known=0.5, treatment="none",
    ...     normaliser="min_max", weighing="equal", mean="arithmetic", least_coverage=0.6, weights={}, group_weights={},
    ...     ends={}, cap=1.5, text="")
    >>> inputs = Inputs(amounts=np.array([[1.0, 9.0], [3.0, 3.0]]), ids=["a", "b"], groups=["g", "g"],
    ...     direction=np.array([1.0, -1.0]))
    >>> score(inputs, method).scores
    array([  0., 100.])
    """
    share, here = _screened(inputs, method)
    known = ~np.isnan(inputs.amounts[:, here])
    estimated = impute(inputs.amounts[:, here], method.imputation, groups=inputs.unit_groups)
    values = estimated.values
    treated = np.zeros_like(values, dtype=bool)
    if method.treatment == "winsorise":
        # Outliers before the scale: one extreme area would press all others together at the other
        # end.
        done = treat.winsorise(values)
        values, treated = done.values, done.changed
    ids = [inputs.ids[int(i)] for i in here]
    scaled = _normalised(values, inputs.direction[here], ids, method)
    groups = [inputs.groups[int(i)] for i in here]
    # Weights from data look at normalised values, in which more is always better.
    inner = _weights(scaled, ids, method)
    outer = _group_weights(groups, inner, method)
    by_group, covered = {}, np.zeros(len(values))
    # In the order of all indicators: those screened out keep a weight of 0.
    whole = np.zeros(len(inputs.ids))
    for group, weight in outer.items():
        at = np.array([g == group for g in groups])
        total = inner[at].sum()
        # Weights from the data can leave a group none: its indicators then count alike.
        part = inner[at] / total if total > 0 else weights.equal(int(at.sum()))
        by_group[group], coverage = _group_scores(scaled[:, at], known[:, at], part, method)
        covered += weight * coverage
        whole[here[at]] = weight * part
    stacked = np.column_stack(list(by_group.values()))
    scores = aggregate.power_mean(
        # Groups are averaged like indicators, so that a group of ten does not outweigh one of two.
        stacked,
        np.array(list(outer.values())),
        power=MEANS[method.mean],
        min_coverage=method.least_coverage,
    ).scores
    shape = inputs.amounts.shape
    return Scored(
        scores=scores,
        coverage=covered,
        ranks=ranks(scores),
        groups=by_group,
        normalised=_widened(scaled, here, shape, np.nan),
        imputed=_widened(estimated.filled.astype(np.float64), here, shape, 0.0) > 0,
        treated=_widened(treated.astype(np.float64), here, shape, 0.0) > 0,
        weights=whole,
        screened={
            inputs.ids[int(i)]: float(share[i]) for i in np.setdiff1d(np.arange(len(share)), here)
        },
    )


def _group_scores(
    scaled: NDArray[np.float64],
    known: NDArray[np.bool_],
    part: NDArray[np.float64],
    method: Method,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the score of each unit in one group, and how much of the group's weight rests on known values."""
    mean = aggregate.power_mean(
        scaled, part, power=MEANS[method.mean], min_coverage=method.least_coverage
    )
    # Coverage is of what is known: an estimate helps a score, and cannot make one out of nothing.
    coverage = np.where(known, part, 0.0).sum(axis=1)
    enough = coverage >= method.least_coverage - 1e-9
    return np.where(enough, mean.scores, np.nan), coverage


def _screened(inputs: Inputs, method: Method) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
    """Return of what share of the units each indicator is known, and which indicators take part."""
    known = ~np.isnan(inputs.amounts)
    share = known.mean(axis=0) if len(inputs.amounts) else np.zeros(len(inputs.ids))
    # Screened before anything is computed: an indicator known of few areas would rank those few
    # against nobody.
    takes_part = (share >= method.least_known) & (share > 0)
    if not takes_part.any():
        raise EvaluationError(
            f"no indicator is known for at least {method.least_known:.0%} of the units",
            f"没有一项指标在至少 {method.least_known:.0%} 的对象中有数据",
        )
    return share, np.flatnonzero(takes_part)


def stated_weights(
    ids: Sequence[str], groups: Sequence[str], method: Method
) -> NDArray[np.float64]:
    """Return the weight of each indicator in the whole, for methods whose weights do not look at the figures.

    Raises
    ------
    EvaluationError
        Where the weights are taken from the figures: they would change from period to period, and an index with them.
    """
    if method.weighing not in {"equal", "given", "ahp"}:
        raise EvaluationError(
            f"an index needs weights that stay: {method.weighing!r} takes them from the figures of a period",
            f"指数要求各期权重不变，而“{method.weighing}”由当期数据得出",
        )
    # No figures are needed: stated weights do not look at them.
    inner = _weights(np.empty((0, len(ids))), ids, method)
    out = np.zeros(len(ids))
    for group, weight in _group_weights(groups, inner, method).items():
        at = np.array([g == group for g in groups])
        total = inner[at].sum()
        out[at] = weight * (inner[at] / total if total > 0 else 1.0 / at.sum())
    return out


def _widened(
    part: NDArray[np.float64], here: NDArray[np.intp], shape: tuple[int, ...], fill: float
) -> NDArray[np.float64]:
    out = np.full(shape, fill)
    out[:, here] = part
    return out


def _normalised(
    values: NDArray[np.float64],
    direction: NDArray[np.float64],
    ids: Sequence[str],
    method: Method,
) -> NDArray[np.float64]:
    """Bring indicators to the method's scale."""
    low = 0.0 if method.mean == "arithmetic" else _LEAST_POSITIVE
    match method.normaliser:
        case "min_max":
            return normalise.min_max(values, direction, low=low)
        case "z_score":
            # 50 ± 10: scores by z have no end, and this keeps nearly all of them between 0 and 100.
            return normalise.z_score(values, direction, mean=50.0, deviation=10.0)
        case "percentile_rank":
            return low + normalise.percentile_rank(values, direction) * (100.0 - low) / 100.0
        case "share_of_best":
            return 100.0 * normalise.share_of_best(values, direction)
    lower, upper = (np.array([_end(method, id_)[side] for id_ in ids]) for side in (0, 1))
    if method.normaliser == "efficacy":
        return normalise.efficacy(values, direction, ends=(lower, upper))
    return 100.0 * normalise.benchmark_ratio(values, direction, benchmark=lower, cap=method.cap)


def _end(method: Method, id_: str) -> tuple[float, float]:
    if id_ not in method.ends:
        raise EvaluationError(
            f"the method {method.id!r} needs [ends] for the indicator {id_!r}",
            f"方法“{method.id}”缺少指标“{id_}”的 [ends]",
        )
    return method.ends[id_]


def _weights(
    scaled: NDArray[np.float64], ids: Sequence[str], method: Method
) -> NDArray[np.float64]:
    """Return the weight of each indicator that takes part."""
    if method.weighing == "equal":
        return weights.equal(len(ids))
    if from_data := _FROM_DATA.get(method.weighing):
        return from_data(scaled)
    if method.weighing == "ahp":
        return _judged_weights(ids, method)
    # All that were stated must add up, also those of indicators that were screened out.
    stated = dict(
        zip(method.weights, weights.given(np.array(list(method.weights.values()))), strict=True)
    )
    missing = [id_ for id_ in ids if id_ not in stated]
    if missing:
        raise EvaluationError(
            f"the method {method.id!r} gives no weight to the indicator {missing[0]!r}",
            f"方法“{method.id}”没有给出指标“{missing[0]}”的权重",
        )
    return np.array([stated[id_] for id_ in ids])


_FROM_DATA = {
    "entropy": weights.entropy,
    "critic": weights.critic,
    "variation": weights.variation,
    "principal": weights.principal,
    "optimised": weights.optimised,
}


def _judged_weights(ids: Sequence[str], method: Method) -> NDArray[np.float64]:
    """Return the weights that pairwise judgements give; alike where groups alone were judged."""
    if not method.weights:
        return weights.equal(len(ids))
    missing = [id_ for id_ in ids if id_ not in method.weights]
    if missing:
        raise EvaluationError(
            f"the method {method.id!r} has no judgement on the indicator {missing[0]!r}",
            f"方法“{method.id}”没有对指标“{missing[0]}”作出判断",
        )
    return np.array([method.weights[id_] for id_ in ids])


def _group_weights(
    groups: Sequence[str], inner: NDArray[np.float64], method: Method
) -> dict[str, float]:
    """Return the weight of each group that takes part: as stated; else alike, or what its indicators weigh together."""
    present = list(dict.fromkeys(groups))
    if method.group_weights:
        missing = [g for g in present if g not in method.group_weights]
        if missing:
            raise EvaluationError(
                f"the method {method.id!r} gives no weight to the group {missing[0]!r}",
                f"方法“{method.id}”没有给出分组“{missing[0]}”的权重",
            )
        # For its errors alone: the weights of all groups must add up, also where one takes no part.
        weights.given(np.array(list(method.group_weights.values())))
        amounts = {g: method.group_weights[g] for g in present}
    elif method.weighing == "equal":
        amounts = dict.fromkeys(present, 1.0)
    else:
        amounts = {
            # Without stated weights of groups each weighs what its indicators do together.
            g: float(sum(w for w, of in zip(inner, groups, strict=True) if of == g))
            for g in present
        }
    total = sum(amounts.values())
    if not total > 0:
        raise EvaluationError(
            f"no weight is left: the method {method.id!r} weighs only what has no data",
            f"方法“{method.id}”的权重都落在没有数据的指标上",
        )
    return {g: amount / total for g, amount in amounts.items()}
