"""Rules against a frame: which row meets which rule, on what evidence; no loop over rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from industrymap import texts
from industrymap.tagging.made import FIRST, LATE, LATER, Scopes, read_scopes
from industrymap.tagging.taxonomy import FIELDS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from industrymap.tagging.taxonomy import TagRule

__all__ = ["Evidence", "Matcher", "Spoken"]

# A coarse code covers firms that do something else as well.
_COARSE_PENALTY = 0.1
_SEVERAL = 2
"""Later clauses of making that, being at least half of them, speak for themselves."""
_CLAUSE_END = frozenset({ord(";")})
_SEARCHED = (*FIELDS, FIRST, LATER)
"""Fields evidence can come from; the last two are parts of the business scope."""
_TEXT_END = (0x0A,)
# A word that voids a keyword does so within one item of a text.
_ITEM_ENDS = frozenset(ord(char) for char in "、;,。/|\n ")


@dataclass(frozen=True, slots=True)
class Evidence:
    """Rows that meet one rule.

    Attributes
    ----------
    rows : ndarray of int
        Positions in the frame.
    code : ndarray of int
        Category of the industry code that spoke, −1 for none.
    phrase : ndarray of int
        Phrase found, −1 for none.
    field : ndarray of int
        Field it was found in, as a place in ``FIELDS``; −1 for none.
    confidence : ndarray of float
    weight : ndarray of int
        How specific the evidence is: digits of the code prefix that fits, and whether a keyword spoke.
    """

    rows: NDArray[np.int64]
    code: NDArray[np.int64]
    phrase: NDArray[np.int64]
    field: NDArray[np.int64]
    confidence: NDArray[np.float64]
    weight: NDArray[np.int64]


class Spoken(NamedTuple):
    """Keywords found in one firm's texts, and the words that void them."""

    words: tuple[str, ...]
    void_words: tuple[str, ...]


class Matcher:
    """A frame's codes and texts, prepared once for many rules.

    Parameters
    ----------
    frame : DataFrame
        ``industry_code`` and the text fields; a field that is not there is empty.
    rules : iterable of TagRule
        Every rule that will be asked: their phrases are looked for in one pass.
    """

    def __init__(self, frame: pd.DataFrame, rules: Iterable[TagRule]) -> None:
        self.frame = frame
        self.size = len(frame)
        rules = list(rules)
        # All phrases of all rules in one automaton: one pass over the texts instead of one a rule.
        words = sorted({w for rule in rules for w in (*rule.keywords, *rule.not_keywords)})
        self.phrases = words
        self._place = {word: i for i, word in enumerate(words)}
        # Rules are asked about the distinct codes, not about every firm.
        codes = _column(frame, "industry_code").astype("category")
        self.codes = [str(code) for code in codes.cat.categories]
        self._code_of_row = codes.cat.codes.to_numpy().astype(np.int64)
        finder = texts.Phrases(words)
        # Only the fields that some rule reads are searched.
        wanted = {name for rule in rules if rule.keywords for name in rule.fields}
        self._fields = {
            name: _FieldHits(_column(frame, name), finder, self._interesting(name, rules))
            for name in FIELDS
            if name in wanted
        }
        self._inferred = frozenset(rule.label_id for rule in rules if rule.when == "made")
        scopes = read_scopes(frame) if self._inferred else None
        # Where no scope says anything, no rule about what scopes say is worth a look at the rows.
        self._scopes = scopes if scopes is not None and scopes.known.any() else None
        if self._scopes is not None:
            self._fields[FIRST] = _FieldHits(self._scopes.first, finder, None, ends=_CLAUSE_END)
            self._fields[LATER] = _FieldHits(self._scopes.later, finder, None, ends=_CLAUSE_END)

    def meet(self, rule: TagRule) -> Evidence:
        """Return the rows that meet ``rule``."""
        # From the most certain evidence to the least: a condition, the scope of business, the code, words.
        if rule.when == "where":
            return self._by_filter(rule)
        if rule.when == "made":
            return _nobody() if self._scopes is None else self._by_scope(rule, self._scopes)
        exact, coarse = self._codes_of(rule.codes)
        known = self._code_of_row >= 0
        if rule.when == "code":
            rows = np.flatnonzero(known & (exact > 0)[self._code_of_row])
            return self._evidence(rule, rows, fit=(exact, coarse))
        if rule.when == "code_and_keyword":
            open_ = known & ((exact > 0) | coarse)[self._code_of_row]
        elif rule.when == "keyword_without_code":
            # Words alone may label only where no code says what the firm does.
            open_ = ~known
        else:
            open_ = np.ones(self.size, dtype=bool)
        spoken = self._keywords_of(rule)
        # Where the scope says what a firm makes, its name alone no longer gives the label.
        if rule.when == "keyword_without_code" and rule.label_id in self._inferred:
            open_ = open_ & ~self._settled_by_scope(spoken[1])
        rows = np.flatnonzero(open_ & (spoken[0] >= 0))
        return self._evidence(rule, rows, fit=(exact, coarse), spoken=spoken)

    def matched_text(self, keys: NDArray[np.int64]) -> list[str]:
        """Write evidence, packed by :meth:`pack`, as text: ``industry_code=3670; name=汽车``."""
        words, fields = len(self.phrases) + 1, len(_SEARCHED) + 1
        out = []
        # The reverse of pack, digit by digit; 0 means none.
        for key in keys.tolist():
            rest, phrase = divmod(key, words)
            code, field = divmod(rest, fields)
            parts = [f"industry_code={self.codes[code - 1]}"] if code else []
            parts += [f"{_shown(field - 1)}={self.phrases[phrase - 1]}"] if phrase else []
            out.append("; ".join(parts))
        return out

    def spoken(self, rule: TagRule) -> Spoken:
        """Return the keywords of a rule that occur in the first row's texts, and the words that void them."""
        words: list[str] = []
        voids: list[str] = []
        for name in rule.fields:
            if name in self._fields:
                words += self._fields[name].words(self._set(rule.keywords), self.phrases)
                voids += self._fields[name].words(self._set(rule.not_keywords), self.phrases)
        return Spoken(tuple(dict.fromkeys(words)), tuple(dict.fromkeys(voids)))

    def pack(self, evidence: Evidence) -> NDArray[np.int64]:
        """Return one number per row that says code, field and phrase."""
        words, fields = len(self.phrases) + 1, len(_SEARCHED) + 1
        packed: NDArray[np.int64] = (
            ((evidence.code + 1) * fields + evidence.field + 1) * words + evidence.phrase + 1
        )
        return packed

    def _interesting(self, name: str, rules: Sequence[TagRule]) -> NDArray[np.bool_] | None:
        """Return the rows whose text must be read: the business scope only where a code is open."""
        if name != "business_scope":
            return None
        rows = np.zeros(self.size, dtype=bool)
        for rule in rules:
            if name in rule.fields and rule.keywords:
                exact, coarse = self._codes_of(rule.codes)
                rows |= (self._code_of_row >= 0) & ((exact > 0) | coarse)[self._code_of_row]
        return rows

    def _by_scope(self, rule: TagRule, scopes: Scopes) -> Evidence:
        """Return the firms whose scope says that they make what the rule names.

        The first clause of making is enough where it is clear that the firm makes things. A later one is often only taken in
        stock: the firm's name must say the same (``电线、电缆制造;汽车零部件制造`` of a firm called 汽车线束), or most of them must.
        Where trade comes first, only the name can settle it.
        """
        wanted, voids = self._set(rule.keywords), self._set(rule.not_keywords)
        # The first clause of a scope of business is the main one by custom of registration.
        phrase = self._fields[FIRST].first(wanted, voids)
        later = self._fields[LATER].first(wanted, voids)
        several = self._fields[LATER].several(wanted, voids, least=_SEVERAL)
        named = np.zeros(self.size, dtype=bool)
        if "name" in self._fields:
            named = self._fields["name"].first(wanted, voids) >= 0
        sure = scopes.confidence > 0
        at_first = (phrase >= 0) & (sure | (scopes.open & named))
        at_later = ~at_first & (later >= 0) & ((sure & (named | several)) | (scopes.open & named))
        # What is said late, or needs the name to settle it, is less sure.
        confidence = np.where(at_first & sure, scopes.confidence, LATE)
        rows = np.flatnonzero(at_first | at_later)
        field = np.where(at_first, _SEARCHED.index(FIRST), _SEARCHED.index(LATER))[rows]
        phrases = np.where(at_first, phrase, later)[rows]
        none = np.full(len(rows), -1, dtype=np.int64)
        # Never surer than the rule itself.
        return Evidence(
            rows,
            none,
            phrases,
            field,
            np.minimum(confidence, rule.confidence)[rows],
            np.ones(len(rows), dtype=np.int64),
        )

    def _settled_by_scope(self, field: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Say whose name no longer gives a label, because the scope is known and says what the firm makes, if anything."""
        if self._scopes is None:
            return np.zeros(self.size, dtype=bool)
        settled: NDArray[np.bool_] = self._scopes.known & (field == FIELDS.index("name"))
        return settled

    def _by_filter(self, rule: TagRule) -> Evidence:
        from industrymap import filters

        mask = filters.parse(rule.where).mask(self.frame, layer="enterprises")
        rows = np.flatnonzero(mask.fillna(value=False).to_numpy(dtype=bool))
        none = np.full(len(rows), -1, dtype=np.int64)
        confidence = np.full(len(rows), rule.confidence)
        return Evidence(rows, none, none, none, confidence, np.zeros(len(rows), dtype=np.int64))

    def _codes_of(self, prefixes: Sequence[str]) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        """Return for each code the length of the prefix it begins with, and whether it is above one."""
        # One place more than there are codes: a firm without a code has number -1 and reads the
        # last, which is empty.
        exact = np.zeros(len(self.codes) + 1, dtype=np.int64)
        coarse = np.zeros(len(self.codes) + 1, dtype=bool)
        for i, code in enumerate(self.codes):
            exact[i] = max((_fits(code, prefix) for prefix in prefixes), default=0)
            coarse[i] = any(len(code) < len(p) and p.startswith(code) for p in prefixes)
        return exact, coarse

    def _keywords_of(self, rule: TagRule) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return for each row the first phrase of ``rule`` that counts, and its field."""
        phrase = np.full(self.size, -1, dtype=np.int64)
        field = np.full(self.size, -1, dtype=np.int64)
        wanted = self._set(rule.keywords)
        voids = self._set(rule.not_keywords)
        for number, name in enumerate(FIELDS):
            if name not in rule.fields:
                continue
            # In the order of FIELDS: what a firm is called and makes goes before longer texts.
            hit = self._fields[name].first(wanted, voids)
            fresh = (phrase < 0) & (hit >= 0)
            phrase[fresh] = hit[fresh]
            field[fresh] = number
        return phrase, field

    def _set(self, words: Sequence[str]) -> NDArray[np.bool_]:
        chosen = np.zeros(len(self.phrases) + 1, dtype=bool)
        chosen[[self._place[word] for word in words]] = True
        return chosen

    def _evidence(
        self,
        rule: TagRule,
        rows: NDArray[np.int64],
        *,
        fit: tuple[NDArray[np.int64], NDArray[np.bool_]],
        spoken: tuple[NDArray[np.int64], NDArray[np.int64]] | None = None,
    ) -> Evidence:
        exact, coarse = fit
        none = np.full(len(rows), -1, dtype=np.int64)
        code = self._code_of_row[rows] if rule.codes else none
        digits = exact[code] if rule.codes else np.zeros(len(rows), dtype=np.int64)
        only_coarse = (
            (coarse[code] & (digits == 0)) if rule.codes else np.zeros(len(rows), dtype=bool)
        )
        confidence = np.where(only_coarse, rule.confidence - _COARSE_PENALTY, rule.confidence)
        words = none if spoken is None else spoken[0][rows]
        places = none if spoken is None else spoken[1][rows]
        # Of two rules the one with more digits is the more specific, and of equal digits the one
        # with a keyword.
        return Evidence(rows, code, words, places, confidence, digits * 2 + (words >= 0))


class _FieldHits:
    """Where phrases occur in one field, found once per distinct text."""

    def __init__(
        self,
        column: pd.Series[Any],
        finder: texts.Phrases,
        rows: NDArray[np.bool_] | None,
        *,
        ends: frozenset[int] = _ITEM_ENDS,
    ) -> None:
        if rows is not None:
            # Texts that no rule may read here cost nothing.
            column = column.where(pd.Series(rows, index=column.index))
        self._row_text, distinct = pd.factorize(column)
        corpus = texts.Corpus.of(pd.Series(distinct, dtype="string"))
        self._texts = len(corpus.starts)
        hits = finder.find(corpus)
        # Each item of the corpus has a number that grows at its separators.
        item = np.cumsum(np.isin(corpus.points, [*ends, *_TEXT_END]), dtype=np.int32)
        self._items = item[np.maximum(corpus.ends - 1, 0)] - item[corpus.starts] + 1
        self._hits = hits
        self._item = item[corpus.starts[hits.text] + hits.start] if len(hits) else hits.start

    def first(self, wanted: NDArray[np.bool_], voids: NDArray[np.bool_]) -> NDArray[np.int64]:
        """Return for each row the first wanted phrase whose item holds no void one; −1 for none."""
        best = np.full(self._texts + 1, -1, dtype=np.int64)
        good = wanted[self._hits.phrase]
        if voids.any() and good.any():
            void_items = self._item[voids[self._hits.phrase]]
            good = good & ~np.isin(self._item, void_items)
        # Backwards, so that the first phrase of a text is written last and stays.
        at = np.flatnonzero(good)[::-1]
        best[self._hits.text[at]] = self._hits.phrase[at]
        return best[self._row_text]

    def several(
        self, wanted: NDArray[np.bool_], voids: NDArray[np.bool_], *, least: int
    ) -> NDArray[np.bool_]:
        """Say for each row whether at least half of its items, and ``least`` of them, hold a wanted phrase and no void one."""
        good = wanted[self._hits.phrase] & ~np.isin(
            self._item, self._item[voids[self._hits.phrase]]
        )
        # Two keywords in one item are one item.
        pairs = np.unique(np.stack([self._hits.text[good], self._item[good]]), axis=1)
        counts = np.bincount(pairs[0], minlength=self._texts) if self._texts else np.zeros(0)
        enough = (counts >= least) & (2 * counts >= self._items)
        return np.append(enough, False)[self._row_text]

    def words(self, wanted: NDArray[np.bool_], phrases: Sequence[str]) -> list[str]:
        """Return the wanted phrases that occur in the first row's text."""
        mine = self._hits.text == self._row_text[0]
        return [phrases[i] for i in np.unique(self._hits.phrase[mine & wanted[self._hits.phrase]])]


def _nobody() -> Evidence:
    none = np.zeros(0, dtype=np.int64)
    return Evidence(none, none, none, none, np.zeros(0), none)


def _shown(field: int) -> str:
    """Return the field a person knows: parts of the scope are the scope."""
    return _SEARCHED[field] if field < len(FIELDS) else "business_scope"


def _fits(code: str, prefix: str) -> int:
    """Return how many digits of ``code`` the prefix settles; a section letter settles one."""
    if prefix.isalpha():
        return int(_section(code) == prefix)
    return len(prefix) if code.startswith(prefix) else 0


def _section(code: str) -> str:
    from bisect import bisect_right

    division = int(code[:2])
    # The first division of each section from A to T (GB/T 4754-2017).
    starts = [1, 6, 13, 44, 47, 51, 53, 61, 63, 66, 70, 71, 73, 76, 80, 83, 84, 86, 91, 97]
    return "ABCDEFGHIJKLMNOPQRST"[bisect_right(starts, division) - 1]


def _column(frame: pd.DataFrame, name: str) -> pd.Series[Any]:
    if name in frame.columns:
        return frame[name].astype("string").reset_index(drop=True)
    return pd.Series(pd.NA, index=range(len(frame)), dtype="string")
