"""The chain: offline first, then the providers in the order the user named them; the finest level wins.

Only addresses that the offline gazetteer placed coarsely, or not at all, are asked. Each distinct address is asked once,
and from the cache where it was asked before. An answer outside the city, or in another district than the address names, is
refused: it becomes a candidate in the review and an issue, never a place.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pandas as pd

from industrymap import issues
from industrymap.errors import ProviderError, QuotaError
from industrymap.geocoding.review.levels import fineness

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from industrymap.geocoding.online.cache import Cache
    from industrymap.geocoding.online.providers import Answer, Provider
    from industrymap.geocoding.review.sanity import Limits

__all__ = ["STOP_LEVEL", "OnlineResult", "ask"]

STOP_LEVEL = "building"
"""The level at which no further provider is asked."""

_MOST_FAILURES = 3
"""Failed calls in a row after which a provider is left alone for the rest of the run."""

_COLUMNS = {
    "lon": "Float64",
    "lat": "Float64",
    "level": "string",
    "radius_m": "Float64",
    "score": "Float64",
    "source": "string",
    "evidence": "string",
    "candidates": "string",
}

OUTSIDE = issues.rule(
    "provider.outside_city",
    "warning",
    "{provider} 给出的位置（{lon:.5f}, {lat:.5f}）在城市范围之外，未采用。",
    "{provider} placed it at {lon:.5f}, {lat:.5f}, outside the city: not used.",
)
OTHER_DISTRICT = issues.rule(
    "provider.other_district",
    "warning",
    "{provider} 给出的位置（{lon:.5f}, {lat:.5f}）不在地址所写的{district}，未采用。",
    "{provider} placed it at {lon:.5f}, {lat:.5f}, not in {district} as the address says: not used.",
)
VAGUE = issues.rule(
    "provider.vague",
    "info",
    "{provider} 的结果（{said}）精度不足或未知，未采用。",
    "{provider} answered too vaguely ({said}): not used.",
)
CACHE = issues.rule("provider.cache_damaged", "warning", "{zh}", "{en}")
STOPPED = issues.rule(
    "provider.stopped",
    "warning",
    "{zh} 尚有 {left} 个地址未查询。",
    "{en} {left} addresses were not asked.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class OnlineResult:
    """What the providers gave.

    Attributes
    ----------
    places : DataFrame
        Index of the questions; ``lon, lat`` (WGS 84), ``level, radius_m, score, source, evidence`` of the finest
        accepted answer, all ``<NA>`` where there is none finer than the offline one; ``candidates`` text of every answer
        that was refused.
    issues : DataFrame
        Refused answers and providers that stopped.
    """

    places: pd.DataFrame
    issues: pd.DataFrame


@dataclass(slots=True)
class _Question:
    """One distinct address and the best that was found for it so far."""

    text: str
    district: str
    level: str | None
    best: Answer | None = None
    refused: list[tuple[Answer, issues.Rule]] = field(default_factory=list)


def ask(  # noqa: PLR0913 - a run has as many choices
    questions: pd.DataFrame,
    *,
    providers: Sequence[Provider],
    cache: Cache,
    city: str,
    limits: Limits,
    stop_level: str = STOP_LEVEL,
    progress: Callable[[int, int], None] | None = None,
) -> OnlineResult:
    """Ask providers about addresses that were not placed finely enough offline.

    Parameters
    ----------
    questions : DataFrame
        ``address`` the text to send · ``key`` the normalised address, by which answers are kept · ``district`` code of the
        district the address names, ``<NA>`` where none · ``level`` the offline level, ``<NA>`` where unplaced · ``source``,
        ``source_row`` for issues. Any index.
    providers : sequence of Provider
        In the order to ask them.
    cache : Cache
        Answers and quotas.
    city : str
        The city's name, as providers know it.
    limits : Limits
        The city's extent and districts, against which every answer is held.
    stop_level : str
        A level from which on nobody else is asked.
    progress : callable, optional
        Called with (done, total) distinct addresses over all providers.

    Returns
    -------
    asked : OnlineResult
    """
    distinct = _distinct(questions)
    reports = []
    bar = _Bar(progress, total=len(distinct) * len(providers))
    run = _Run(cache=cache, city=city, limits=limits, bar=bar)
    for provider in providers:
        # Asked one provider after another: the next one only about what is still coarse.
        open_keys = [key for key, q in distinct.items() if not _is_enough(q, stop_level)]
        bar.skip(len(distinct) - len(open_keys))
        stop = _ask_one(provider, {k: distinct[k] for k in open_keys}, run)
        if stop:
            reports.append(stop)
    return OnlineResult(
        places=_places(questions, distinct),
        issues=issues.concat(
            [
                _refusals(questions, distinct, limits),
                issues.from_records([*reports, *_notes(cache)]),
            ]
        ),
    )


class _Bar:
    """Counts addresses towards the progress callback."""

    def __init__(self, progress: Callable[[int, int], None] | None, *, total: int) -> None:
        self._progress, self._total, self._done = progress, total, 0

    def skip(self, n: int) -> None:
        self._done += n
        if self._progress and n:
            self._progress(self._done, self._total)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Run:
    """What every provider of a run is asked with."""

    cache: Cache
    city: str
    limits: Limits
    bar: _Bar


def _distinct(questions: pd.DataFrame) -> dict[str, _Question]:
    distinct: dict[str, _Question] = {}
    columns = (questions[c].astype("string") for c in ("key", "address", "district", "level"))
    for key, text, district, level in zip(*columns, strict=True):
        # Without a key an answer could not be kept, and would be asked for in every run.
        if pd.isna(key) or not key or pd.isna(text):
            continue
        known = distinct.get(key)
        if known is None:
            distinct[key] = _Question(
                text=text,
                district="" if pd.isna(district) else district,
                level=None if pd.isna(level) else level,
            )
    return distinct


def _is_enough(question: _Question, stop_level: str) -> bool:
    best = question.best.level if question.best else None
    return min(fineness(question.level), fineness(best)) <= fineness(stop_level)


def _ask_one(
    provider: Provider, questions: dict[str, _Question], run: _Run
) -> dict[str, object] | None:
    """Ask one provider everything it does not answer from the cache; return a report where it stopped."""
    cache, city, limits = run.cache, run.city, run.limits
    # By provider and city: the same address means another place elsewhere, and providers differ.
    known = cache.get(provider.name, city, questions)
    for key, answer in known.items():
        _consider(questions[key], answer, limits)
    run.bar.skip(len(known))
    waiting = [key for key in questions if key not in known]
    failures = 0
    while waiting:
        # Counted on disk, so that a run begun again does not spend the day's quota twice.
        left = provider.daily_quota - cache.spent(provider.name)
        # At least one: with nothing left, counting it raises the error that says so.
        batch = waiting[: max(1, min(provider.batch_size, left))]
        try:
            # Spent before it is asked: a run that is killed in between has still used its quota.
            cache.spend(provider.name, len(batch), quota=provider.daily_quota)
            answers = provider.locate([questions[key].text for key in batch], city=city)
        except QuotaError as error:
            cache.use_up(provider.name, quota=provider.daily_quota)
            return _stopped(provider.name, error, len(waiting))
        except ProviderError as error:
            failures += 1
            if failures >= _MOST_FAILURES:
                return _stopped(provider.name, error, len(waiting))
            # one bad address must not hold up the others: it is tried again at the very end
            waiting = waiting[len(batch) :] + batch
            continue
        failures = 0
        by_key = dict(zip(batch, answers, strict=True))
        # On disk before anything is done with it: an answer that was paid for must not be lost.
        cache.put(provider.name, city, by_key)
        for key, answer in by_key.items():
            _consider(questions[key], answer, limits)
        run.bar.skip(len(batch))
        waiting = waiting[len(batch) :]
    return None


def _consider(question: _Question, answer: Answer | None, limits: Limits) -> None:
    """Take the answer where it is right for the city and district and finer than what there is."""
    if answer is None:
        return
    reason = _reason_against(question, answer, limits)
    if reason:
        question.refused.append((answer, reason))
        return
    best = question.best
    # No finer than what is known offline, whose source can be checked.
    if fineness(answer.level) >= fineness(question.level):
        return
    # Of two answers of one level, the one with the smaller radius.
    if best is None or (fineness(answer.level), answer.radius_m) < (
        fineness(best.level),
        best.radius_m,
    ):
        question.best = answer


def _reason_against(question: _Question, answer: Answer, limits: Limits) -> issues.Rule | None:
    # The gravest reason first: only one is reported.
    if not limits.in_city(answer.lon, answer.lat):
        return OUTSIDE
    if question.district and not limits.agrees(
        question.district, answer.lon, answer.lat, said=answer.district
    ):
        return OTHER_DISTRICT
    return VAGUE if answer.level is None else None


def _places(questions: pd.DataFrame, distinct: dict[str, _Question]) -> pd.DataFrame:
    rows = [_place(distinct.get(key)) for key in questions["key"].astype("string").fillna("")]
    table = pd.DataFrame(rows, columns=list(_COLUMNS), index=questions.index)
    return table.astype(_COLUMNS)


def _place(question: _Question | None) -> tuple[object, ...]:
    if question is None:
        return (None,) * len(_COLUMNS)
    refused = " | ".join(_candidate(answer) for answer, _ in question.refused) or None
    best = question.best
    if best is None:
        return (*(None,) * 7, refused)
    evidence = f"{best.provider}: {best.said}"
    place = (best.lon, best.lat, best.level, best.radius_m, best.score, best.provider, evidence)
    return (*place, refused)


def _candidate(answer: Answer) -> str:
    return f"{answer.provider} {answer.lon:.6f},{answer.lat:.6f} {answer.said}".strip()


def _refusals(
    questions: pd.DataFrame, distinct: dict[str, _Question], limits: Limits
) -> pd.DataFrame:
    refused = {key: q for key, q in distinct.items() if q.refused}
    if not refused:
        return issues.empty()
    rows = questions[questions["key"].isin(list(refused))]
    records = [
        {
            "rule": rule,
            "source": source,
            "row": row,
            "column": "address",
            "value": address,
            "provider": answer.provider,
            "lon": answer.lon,
            "lat": answer.lat,
            "said": answer.said,
            "district": limits.name(refused[key].district),
        }
        for key, address, source, row in zip(
            rows["key"], rows["address"], rows["source"], rows["source_row"], strict=True
        )
        for answer, rule in refused[key].refused
    ]
    return issues.from_records(records)


def _notes(cache: Cache) -> list[dict[str, object]]:
    """Return what a person should know of the cache, once."""
    source = cache.path.name if cache.path else ""
    records: list[dict[str, object]] = [
        {
            "rule": CACHE,
            "source": source,
            "row": None,
            "column": "",
            "value": None,
            "zh": zh,
            "en": en,
        }
        for zh, en in cache.notes
    ]
    cache.notes.clear()
    return records


def _stopped(provider: str, error: ProviderError, left: int) -> dict[str, object]:
    return {
        "rule": STOPPED,
        "source": provider,
        "row": None,
        "column": "",
        "value": None,
        "zh": error.zh,
        "en": error.en,
        "left": left,
    }
