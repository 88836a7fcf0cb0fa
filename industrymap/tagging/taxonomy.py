"""Taxonomies and their rules: CSV files that a planner keeps in a spreadsheet.

``<id>.csv`` — one row per label, and one row of kind ``taxonomy`` for the taxonomy itself:

``label_id, kind, parent_id, zh, en, aliases, color, options, official, valid_from, valid_to, source, note``

``aliases`` are further spellings (``|`` between them) by which a firm's own statement or a list is understood.
``options`` of the taxonomy row: ``column=cluster`` names the frame's column for the primary top label,
``all=clusters`` the column for all labels, ``main=true`` the city's main taxonomy, ``applies_to=manufacturing`` the
activities whose firms may bear its labels (an unknown activity always may), ``from=size_class`` a column
whose coded values are the labels.

``<id>.rules.csv`` — one row per rule:

``rule_id, label_id, when, codes, keywords, not_keywords, fields, where, confidence, official, valid_from, valid_to,
source, note``

=========================  ===================================================================================
when                       the label is given
=========================  ===================================================================================
``code``                   the industry code begins with one of ``codes`` (a letter means a whole section)
``code_and_keyword``       so it does, or it is a coarser code above one of them, and a keyword is found
``keyword``                a keyword is found, whatever the code
``keyword_without_code``   a keyword is found and the firm has no industry code
``made``                   the firm has no industry code, and a keyword is found in what its business scope says it makes
                           (:mod:`industrymap.tagging.made`): an inference, with its own source and confidence
``where``                  the filter in ``where`` holds
=========================  ===================================================================================

Keywords are looked for in ``fields`` (``name|main_product`` unless stated), ASCII ones as whole words. A phrase of
``not_keywords`` voids every keyword of the same item of the text (items end at 、；，; or a space). The business
scope as a whole never gives a label: a rule that looks into it must also name codes, or be one of ``made``, which reads the
clauses of making alone. Where a label has such a rule, the name of a firm whose scope is known gives it no longer.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from industrymap import issues, texts
from industrymap.errors import RuleError, did_you_mean, nearest

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "DEFAULT_CONFIDENCE",
    "DEFAULT_FIELDS",
    "FIELDS",
    "LABEL_COLUMNS",
    "OPTIONS",
    "RULE_COLUMNS",
    "WHEN",
    "Label",
    "TagRule",
    "Taxonomy",
]

LABEL_COLUMNS = (
    "label_id", "kind", "parent_id", "zh", "en", "aliases", "color", "options", "official",
    "valid_from", "valid_to", "source", "note",
)  # fmt: skip
RULE_COLUMNS = (
    "rule_id", "label_id", "when", "codes", "keywords", "not_keywords", "fields", "where", "confidence",
    "official", "valid_from", "valid_to", "source", "note",
)  # fmt: skip
WHEN = ("code", "code_and_keyword", "keyword", "keyword_without_code", "made", "where")
FIELDS = ("name", "main_product", "industry_text", "business_scope")
OPTIONS = ("column", "all", "main", "applies_to", "from")
DEFAULT_FIELDS = ("name", "main_product")
DEFAULT_CONFIDENCE = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """One label of a taxonomy.

    Attributes
    ----------
    label_id, parent_id : str
        ``parent_id`` is empty for a top label.
    zh, en : str
    aliases : tuple of str
    color : str
        ``#rrggbb`` or empty.
    official : bool
        Whether the source names it.
    source, note : str
    """

    label_id: str
    parent_id: str
    zh: str
    en: str
    aliases: tuple[str, ...]
    color: str
    official: bool
    source: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TagRule:
    """One rule; see the module's table.

    Attributes
    ----------
    rule_id, label_id, when : str
    codes, keywords, not_keywords, fields : tuple of str
    where : str
    confidence : float
        0 to 1.
    official : bool
    valid_from, valid_to : Timestamp or None
    source, note : str
    row : int
        Row of the file.
    """

    rule_id: str
    label_id: str
    when: str
    codes: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    not_keywords: tuple[str, ...] = ()
    fields: tuple[str, ...] = DEFAULT_FIELDS
    where: str = ""
    confidence: float = DEFAULT_CONFIDENCE
    official: bool = False
    valid_from: pd.Timestamp | None = None
    valid_to: pd.Timestamp | None = None
    source: str = ""
    note: str = ""
    row: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Taxonomy:
    """Labels and rules of one way to sort firms.

    Attributes
    ----------
    taxonomy_id, zh, en : str
    labels : tuple of Label
        In the order of the file.
    rules : tuple of TagRule
    column, all_column : str
        Frame columns it fills, empty for none.
    main : bool
    applies_to : tuple of str
        Activities whose firms may bear its labels; empty for all.
    from_column : str
        Frame column whose values are its label ids.
    official : bool
    source : str
    issues : DataFrame
        Rules that could not be used.
    """

    taxonomy_id: str
    zh: str
    en: str
    labels: tuple[Label, ...]
    rules: tuple[TagRule, ...] = ()
    column: str = ""
    all_column: str = ""
    main: bool = False
    applies_to: tuple[str, ...] = ()
    from_column: str = ""
    official: bool = True
    source: str = ""
    issues: pd.DataFrame = field(default_factory=issues.empty, repr=False, compare=False)

    def label(self, label_id: str) -> Label:
        """Return a label by its id."""
        for label in self.labels:
            if label.label_id == label_id:
                return label
        en, zh = did_you_mean(nearest(label_id, [label.label_id for label in self.labels], n=1))
        raise RuleError(
            f"Taxonomy {self.taxonomy_id!r} has no label {label_id!r}.{en}",
            f"分类“{self.zh}”没有标签 {label_id!r}。{zh}",
        )

    def find(self, text: str) -> Label | None:
        """Return the label whose id, name, path or alias ``text`` is, or ``None``."""
        return self.label(label_id) if (label_id := self.spellings().get(_key(text))) else None

    def spellings(self) -> dict[str, str]:
        """Return every folded spelling → label id; a spelling of two labels means the first."""
        ids: dict[str, str] = {}
        for label in self.labels:
            names = (label.label_id, label.zh, label.en, self.path(label), *label.aliases)
            for name in names:
                if name:
                    ids.setdefault(_key(name), label.label_id)
        return ids

    def top(self, label: Label) -> Label:
        """Return the label's ancestor without a parent: the cluster of a branch."""
        while label.parent_id:
            label = self.label(label.parent_id)
        return label

    def path(self, label: Label, lang: str = "zh") -> str:
        """Return ``cluster/branch``, or the name of a top label."""
        name = label.zh if lang == "zh" else label.en
        return f"{self.path(self.label(label.parent_id), lang)}/{name}" if label.parent_id else name


def _key(text: str) -> str:
    return re.sub(r"[\s\"'“”‘’()（）·]+", "", texts.fold_text(text))
