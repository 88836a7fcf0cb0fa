"""Labels for firms: official list over rule over the firm's own statement, each with its evidence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from industrymap import issues
from industrymap.errors import TableError
from industrymap.tagging._label_rows import Origin, Words, label_rows, ranked, stacked
from industrymap.tagging._match import Matcher
from industrymap.tagging.load import load_all
from industrymap.tagging.official import match

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray
    from pandas.api.extensions import ExtensionArray

    from industrymap.citypack import CityPack
    from industrymap.tagging.official import OfficialList
    from industrymap.tagging.taxonomy import Label, TagRule, Taxonomy

__all__ = ["ACTIVITY", "SOURCES", "TAG_COLUMNS", "tag"]

TAG_COLUMNS = [
    "enterprise_id", "taxonomy", "label_id", "label", "primary", "rule_id", "matched", "confidence", "source",
    "valid_from", "valid_to",
]  # fmt: skip
SOURCES = ("official_list", "rule", "inferred", "self_declared")
"""Where a label comes from, most trusted first; ``inferred`` is read from what a firm's business scope says it makes."""

ACTIVITY = "activity"
"""The taxonomy that says what a firm does; ``applies_to`` of the others names its labels."""

_DECLARED = {"clusters": "cluster_declared", "tiers": "tier_declared"}
_SEPARATORS = r"[;；、,，|/\n]+"
_FILLED = ("cluster", "clusters", "tiers")
SELF_DECLARED_CONFIDENCE = 0.4
"""What a firm says of itself, where nothing else speaks."""

DECLARED_UNKNOWN = issues.rule(
    "tag.declared_unknown",
    "info",
    "填报的标签不在分类“{taxonomy}”中，未使用",
    "the declared label is not in taxonomy {taxonomy!r} and was not used",
)
DECLARED_REFUTED = issues.rule(
    "tag.declared_refuted",
    "warning",
    "企业自报的资质不在已提供的官方名单上，未采用",
    "the declared tier is not on the official list that was given: not used",
)
DECLARED_DIFFERS = issues.rule(
    "tag.declared_differs",
    "info",
    "自报标签与名单或规则结果不同，未作为主标签",
    "the declared label differs from what lists or rules say and is not the primary one",
)


def tag(
    frame: pd.DataFrame,
    *,
    pack: CityPack | None,
    lists: Sequence[OfficialList] = (),
    rules: str | Path | Sequence[Taxonomy] | None = None,
    year: int | None = None,
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Give every firm its labels.

    Parameters
    ----------
    frame : DataFrame
        The base's frame: ``enterprise_id, name, industry_code, main_product, …``.
    pack : CityPack or None
        Whose taxonomies are used.
    lists : sequence of OfficialList
        Official lists.
    rules : path or sequence of Taxonomy, optional
        The user's own taxonomies or rules, over the pack's (:func:`industrymap.tagging.load_all`).
    year : int, optional
        Rules and lists that are not valid in it are left aside.

    Returns
    -------
    frame : DataFrame
        With ``cluster`` (top label of the primary one), ``clusters`` and ``tiers`` (labels separated by ``;``).
    tags : DataFrame
        :data:`TAG_COLUMNS`, one row per firm and label, sorted by firm, taxonomy and rank. A self-declared
        label that a list or rule overrules is not among them.
    issues : DataFrame
        Wrong rules, lists with unknown firms or labels, statements that were not used.

    Raises
    ------
    TableError
        The firms have no ``enterprise_id``.

    Examples
    --------
    >>> import pandas as pd
    >>> import industrymap as im
    >>> firms = pd.DataFrame(
    ...     {"enterprise_id": ["a", "b"], "name": ["甲整车厂", "乙贸易行"], "industry_code": ["3611", "5171"]},
    ...     dtype="string",
    ... )
    >>> tagged, tags, issues = im.tag(firms, pack=im.load_city("guangzhou"))
    >>> tagged["cluster"].tolist()
    ['汽车', <NA>]
    >>> tags.loc[tags["taxonomy"] == "clusters2019", ["rule_id", "matched"]].to_dict("records")
    [{'rule_id': 'auto.code', 'matched': 'industry_code=3611'}]
    """
    if "enterprise_id" not in frame.columns:
        raise TableError(
            "The firms have no column enterprise_id, by which labels are kept.",
            "企业表缺少 enterprise_id 列，标签按该列记录。",
        )
    taxonomies = load_all(pack, rules)
    reports = [taxonomy.issues for taxonomy in taxonomies]
    listed, wrong = match(lists, frame, taxonomies, year=year)
    reports.append(wrong)
    # Catalogues are dated: a rule that ended before the reference year labels nobody.
    valid = {t.taxonomy_id: [r for r in t.rules if _valid(r, year)] for t in taxonomies}
    # One matcher for all taxonomies: every text is searched once, whatever asks for it.
    matcher = Matcher(frame, [rule for some in valid.values() for rule in some])
    activity = _Activity.unknown(len(frame))
    words = Words()
    parts: dict[str, pd.DataFrame] = {}
    # What a firm does goes first, because other taxonomies are for makers only.
    for taxonomy in sorted(taxonomies, key=lambda t: (t.taxonomy_id != ACTIVITY, t.taxonomy_id)):
        name = taxonomy.taxonomy_id
        tagger = _Tagger(frame, matcher, taxonomy, activity, words)
        parts[name], wrong = tagger.tag(
            valid[name],
            listed[listed["taxonomy"] == name],
            listed_labels={taxonomy.find(x.label) for x in lists if x.taxonomy == name},
        )
        reports.append(wrong)
        if name == ACTIVITY:
            activity = _Activity.of(parts[name], taxonomy, len(frame))
    out = _with_columns(frame, taxonomies, parts)
    return out, _table(frame, taxonomies, parts, words), issues.concat(reports)


class _Activity(NamedTuple):
    """What each firm does: a place among the labels of the activity taxonomy, −1 where unknown."""

    place: NDArray[np.int64]
    labels: tuple[str, ...]

    @classmethod
    def unknown(cls, size: int) -> _Activity:
        """Return that nothing is known of ``size`` firms."""
        return cls(np.full(size, -1, dtype=np.int64), ())

    @classmethod
    def of(cls, part: pd.DataFrame, taxonomy: Taxonomy, size: int) -> _Activity:
        """Return the primary activity of each firm."""
        known = cls.unknown(size)
        first = part[part["primary"]]
        known.place[first["row"].to_numpy()] = first["place"].to_numpy()
        return cls(known.place, tuple(label.label_id for label in taxonomy.labels))

    def fits(self, allowed: Sequence[str]) -> NDArray[np.bool_]:
        """Say which firms may bear labels meant for the ``allowed`` activities; the unknown always may."""
        # A taxonomy that names no activity is for everybody.
        if not allowed:
            return np.ones(len(self.place), dtype=bool)
        return np.array([*(label in allowed for label in self.labels), True], dtype=bool)[
            self.place
        ]


class _Tagger:
    """One taxonomy over one frame."""

    def __init__(
        self,
        frame: pd.DataFrame,
        matcher: Matcher,
        taxonomy: Taxonomy,
        activity: _Activity,
        words: Words,
    ) -> None:
        self.frame = frame
        self.matcher = matcher
        self.taxonomy = taxonomy
        self.words = words
        self.places = {label.label_id: n for n, label in enumerate(taxonomy.labels)}
        self.allowed = activity.fits(taxonomy.applies_to)

    def tag(
        self,
        rules: Sequence[TagRule],
        listed: pd.DataFrame,
        *,
        listed_labels: set[Label | None],
    ) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Return this taxonomy's labels, one row per firm and label, best first, and issues."""
        # Lists and rules before what a firm says of itself: they overrule it.
        settled = stacked([self._by_list(listed), self._by_rules(rules), self._by_column()])
        declared, wrong = self._declared(settled, listed_labels)
        return ranked(stacked([settled, declared])), wrong

    def _by_rules(self, rules: Sequence[TagRule]) -> pd.DataFrame:
        parts = []
        for rule in rules:
            # A rule may be met in several fields; the evidence of each is kept with the label.
            met = self.matcher.meet(rule)
            if not len(met.rows):
                continue
            # A label meant for makers is not for a trader, whatever its words say.
            keep = self.allowed[met.rows]
            # Thousands of firms match with the same words: each sentence is made once.
            packed, place = np.unique(self.matcher.pack(met)[keep], return_inverse=True)
            texts = [rule.where] * len(packed) if rule.where else self.matcher.matched_text(packed)
            matched = self.words.codes(texts)[place] if len(place) else place
            part = label_rows(
                met.rows[keep],
                self.places[rule.label_id],
                Origin(
                    rank=SOURCES.index("inferred" if rule.when == "made" else "rule"),
                    rule=self.words.code(rule.rule_id),
                    valid_from=rule.valid_from,
                    valid_to=rule.valid_to,
                ),
                matched=matched,
                confidence=met.confidence[keep],
            )
            part["weight"] = met.weight[keep].astype(np.int8)
            parts.append(part)
        return stacked(parts)

    def _by_list(self, listed: pd.DataFrame) -> pd.DataFrame:
        return stacked(
            [
                label_rows(
                    group["row"].to_numpy(dtype=np.int64),
                    self.places[str(label)],
                    Origin(
                        rank=SOURCES.index("official_list"),
                        rule=self.words.code(str(rule)),
                        valid_from=group["valid_from"].iloc[0],
                        valid_to=group["valid_to"].iloc[0],
                    ),
                    matched=self.words.codes(group["matched"]),
                    confidence=1.0,
                )
                for (label, rule), group in listed.groupby(["label_id", "rule_id"], sort=True)
            ]
        )

    def _by_column(self) -> pd.DataFrame:
        """Turn a coded column into labels."""
        name = self.taxonomy.from_column
        if not name or name not in self.frame.columns:
            return stacked([])
        value = self.frame[name].astype("category")
        # An empty cell has code -1 and reads the last place: no label.
        place = np.array([self.places.get(str(v), -1) for v in value.cat.categories] + [-1])
        matched = self.words.codes([f"{name}={v}" for v in [*value.cat.categories, ""]])
        codes = value.cat.codes.to_numpy()
        rows = np.flatnonzero(place[codes] >= 0)
        return label_rows(
            rows,
            place[codes[rows]],
            Origin(rank=SOURCES.index("rule"), rule=self.words.code(name)),
            matched=matched[codes[rows]],
            confidence=1.0,
        )

    def _declared(
        self, settled: pd.DataFrame, listed_labels: set[Label | None]
    ) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Read what firms say of themselves; lists and rules overrule it."""
        column = _DECLARED.get(self.taxonomy.all_column, "")
        if not column or column not in self.frame.columns or self.frame[column].isna().all():
            return stacked([]), issues.empty()
        # One cell may hold several labels, separated by marks of either language.
        statements = self.frame[column].astype("string").reset_index(drop=True).dropna()
        statements = statements.str.split(_SEPARATORS, regex=True).explode().str.strip()
        statements = statements[statements.fillna("") != ""]
        meaning = {text: self._place_of(text) for text in statements.unique()}
        place = statements.map(meaning).to_numpy(dtype=np.int64)
        row = statements.index.to_numpy(dtype=np.int64)
        # A statement that a list refutes is reported: the firm believes something of itself that is not so.
        refuted, differs, agrees = self._overruled(row, place, settled, listed_labels)
        unknown = place < 0
        good = ~(unknown | refuted | differs | agrees) & self.allowed[row]
        table = label_rows(
            row[good],
            place[good],
            Origin(rank=SOURCES.index("self_declared"), rule=self.words.code(column)),
            matched=self.words.codes(column + "=" + statements[good]),
            confidence=SELF_DECLARED_CONFIDENCE,
        )
        return table, issues.concat(
            self._statement_issues(row[mask], statements[mask], rule, column)
            for mask, rule in (
                (unknown, DECLARED_UNKNOWN),
                (refuted, DECLARED_REFUTED),
                (differs, DECLARED_DIFFERS),
            )
        )

    def _statement_issues(
        self, row: NDArray[np.int64], statements: pd.Series[Any], rule: issues.Rule, column: str
    ) -> pd.DataFrame:
        """Report what was not used, with the words as the firm wrote them."""
        shown = self.frame[["source", "source_row"]].iloc[row].reset_index(drop=True)
        everyone = pd.Series(data=True, index=shown.index)
        values = statements.reset_index(drop=True)
        return issues.from_mask(
            shown, everyone, rule, column=column, values=values, taxonomy=self.taxonomy.zh
        )

    def _place_of(self, text: str) -> int:
        label = self.taxonomy.find(text)
        return -1 if label is None else self.places[label.label_id]

    def _overruled(
        self,
        row: NDArray[np.int64],
        place: NDArray[np.int64],
        settled: pd.DataFrame,
        listed_labels: set[Label | None],
    ) -> tuple[NDArray[np.bool_], NDArray[np.bool_], NDArray[np.bool_]]:
        """Say which statements a list refutes, which a rule or list answers otherwise, and which it shares.

        Naming the cluster of a branch that was found is agreement. Without rules (tiers) every label stands for
        itself, and only a list of that very label can refute it.
        """
        labels = self.taxonomy.labels
        tops = np.array([self.places[self.taxonomy.top(label).label_id] for label in labels] + [-1])
        size = len(labels) + 1
        firm, label = settled["row"].to_numpy(np.int64), settled["place"].to_numpy(np.int64)
        same = np.isin(row * size + place, firm * size + label)
        same |= (tops[place] == place) & np.isin(row * size + place, firm * size + tops[label])
        with_list = [self.places[x.label_id] for x in listed_labels if x is not None]
        refuted = np.isin(place, with_list) & ~same & (place >= 0)
        answered = np.isin(row, firm) if self.taxonomy.rules else np.zeros(len(row), dtype=bool)
        differs = answered & ~same & ~refuted & (place >= 0)
        return refuted, differs, same & (place >= 0)


def _valid(rule: TagRule, year: int | None) -> bool:
    if year is None:
        return True
    begun = rule.valid_from is None or rule.valid_from.year <= year
    return begun and (rule.valid_to is None or rule.valid_to.year >= year)


def _with_columns(
    frame: pd.DataFrame, taxonomies: Sequence[Taxonomy], parts: dict[str, pd.DataFrame]
) -> pd.DataFrame:
    """Add the columns that taxonomies fill: the primary top label, and all labels separated by ``;``."""
    out = frame.copy()
    for name in _FILLED:
        out[name] = pd.array([pd.NA] * len(out), dtype="string")
    for taxonomy in taxonomies:
        part = parts[taxonomy.taxonomy_id]
        if taxonomy.column:
            first = part[part["primary"]]
            chosen = np.full(len(out), -1, dtype=np.int64)
            chosen[first["row"].to_numpy()] = first["place"].to_numpy()
            out[taxonomy.column] = _words([taxonomy.top(k).zh for k in taxonomy.labels], chosen)
        if taxonomy.all_column:
            out[taxonomy.all_column] = _joined(part, taxonomy, len(out))
    return out


def _words(words: list[str], codes: NDArray[np.int64]) -> ExtensionArray:
    """Return a ``string`` column from codes of words; −1 is missing."""
    return pd.array([*words, ""], dtype="string").take(codes, allow_fill=True)


def _joined(part: pd.DataFrame, taxonomy: Taxonomy, size: int) -> ExtensionArray:
    """Join each firm's labels, in their rank; every distinct combination is written once."""
    words = [taxonomy.path(label) for label in taxonomy.labels]
    known = {(place,): place for place in range(len(words))}
    row, place = part["row"].to_numpy(), part["place"].to_numpy(dtype=np.int64)
    starts = np.flatnonzero(np.diff(row, prepend=-1))
    many = np.diff(np.append(starts, len(row)))
    codes = np.full(size, -1, dtype=np.int64)
    # Most firms have one label, which needs no joining.
    single = starts[many == 1]
    codes[row[single]] = place[single]
    for start, count in zip(starts[many > 1], many[many > 1], strict=True):
        labels = tuple(place[start : start + count].tolist())
        if labels not in known:
            known[labels] = len(words)
            words.append(";".join(words[label] for label in labels))
        codes[row[start]] = known[labels]
    return _words(words, codes)


def _table(
    frame: pd.DataFrame,
    taxonomies: Sequence[Taxonomy],
    parts: dict[str, pd.DataFrame],
    words: Words,
) -> pd.DataFrame:
    """Write the tags table; repeated words are categorical."""
    names = [taxonomy.taxonomy_id for taxonomy in taxonomies]
    labels = [
        (t.taxonomy_id, label.label_id, t.path(label)) for t in taxonomies for label in t.labels
    ]
    firsts = np.cumsum([0, *(len(t.labels) for t in taxonomies)])
    rows = pd.concat(
        [
            parts[name].assign(
                taxonomy=np.int16(n), label=parts[name]["place"] + np.int32(firsts[n])
            )
            for n, name in enumerate(names)
        ],
        ignore_index=True,
    )
    # The parts are sorted by rank, and a stable sort by firm and taxonomy keeps that.
    key = rows["row"].to_numpy(dtype=np.int64) * len(names) + rows["taxonomy"].to_numpy(
        dtype=np.int64
    )
    rows = rows.take(np.argsort(key, kind="stable"))
    row = rows["row"].to_numpy()
    of_label = Words()
    ids = of_label.codes(label for _, label, _ in labels)
    paths = of_label.codes(path for _, _, path in labels)
    taxonomy_words = Words()
    taxonomy_words.codes(names)
    sources = Words()
    sources.codes(SOURCES)
    return pd.DataFrame(
        {
            "enterprise_id": frame["enterprise_id"].astype("string").array.take(row),
            "taxonomy": taxonomy_words.categorical(rows["taxonomy"]),
            "label_id": of_label.categorical(ids[rows["label"].to_numpy()]),
            "label": of_label.categorical(paths[rows["label"].to_numpy()]),
            "primary": rows["primary"].to_numpy(),
            "rule_id": words.categorical(rows["rule"]),
            "matched": words.categorical(rows["matched"]),
            # Two digits; more would show the noise of narrow floats.
            "confidence": rows["confidence"].to_numpy(dtype=np.float64).round(2),
            "source": sources.categorical(rows["rank"]),
            "valid_from": rows["valid_from"].to_numpy(),
            "valid_to": rows["valid_to"].to_numpy(),
        }
    )[TAG_COLUMNS]
