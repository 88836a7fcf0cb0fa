"""Reading taxonomies and rules, and saying which line of which file is wrong."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from industrymap import files, issues
from industrymap.errors import RuleError, nearest
from industrymap.tagging.taxonomy import (
    DEFAULT_CONFIDENCE,
    DEFAULT_FIELDS,
    FIELDS,
    LABEL_COLUMNS,
    OPTIONS,
    RULE_COLUMNS,
    WHEN,
    Label,
    TagRule,
    Taxonomy,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from industrymap.citypack import CityPack

__all__ = ["load", "load_all"]

WRONG_RULE = issues.rule(
    "rule.wrong",
    "error",
    "标签规则有误，未采用：{zh}",
    "this tagging rule is wrong and was not used: {en}",
)


def load_all(
    pack: CityPack | None, rules: str | Path | Sequence[Taxonomy] | None = None
) -> tuple[Taxonomy, ...]:
    """Load a pack's taxonomies, with a user's own over them.

    Parameters
    ----------
    pack : CityPack or None
    rules : path or sequence of Taxonomy, optional
        A folder with ``<id>.csv`` and ``<id>.rules.csv``, one ``<id>.rules.csv`` in place of the pack's, or
        taxonomies. They win over the pack's of the same id.

    Returns
    -------
    taxonomies : tuple of Taxonomy
        Sorted by id.
    """
    labels: dict[str, Path] = dict(pack.taxonomies) if pack else {}
    rule_files: dict[str, Path] = dict(pack.taxonomy_rules) if pack else {}
    own: dict[str, Taxonomy] = {}
    if rules is not None and not isinstance(rules, str | Path):
        own = {taxonomy.taxonomy_id: taxonomy for taxonomy in rules}
    elif rules is not None:
        more_labels, more_rules = _own_files(Path(rules))
        labels |= more_labels
        rule_files |= more_rules
    # Rules without labels would be lost unseen; mostly a file name is misspelt.
    unknown = sorted(set(rule_files) - set(labels) - set(own))
    if unknown:
        near = nearest(unknown[0], labels) or sorted(labels)
        raise RuleError(
            f"{rule_files[unknown[0]].name} has rules for the taxonomy {unknown[0]!r}, which has no labels; "
            f"known: {', '.join(near)}.",
            f"{rule_files[unknown[0]].name} 是分类 {unknown[0]!r} 的规则，但没有这个分类；可用：{'、'.join(near)}。",
        )
    # A taxonomy that is given as an object replaces the file of its name.
    read = {
        name: load(path, rules=rule_files.get(name))
        for name, path in labels.items()
        if name not in own
    }
    read = _without_replaced(read, labels, pack)
    return tuple(dict(sorted((read | own).items())).values())


def _without_replaced(
    read: dict[str, Taxonomy], paths: dict[str, Path], pack: CityPack | None
) -> dict[str, Taxonomy]:
    """Leave out inherited taxonomies that fill a column which one of the pack's own fills."""
    if pack is None:
        return read
    mine = {name for name in read if pack.owns(paths[name])}
    columns = {read[name].column for name in mine if read[name].column}
    return {n: t for n, t in read.items() if n in mine or t.column not in columns}


def load(path: str | Path, *, rules: str | Path | None = None) -> Taxonomy:
    """Read one taxonomy and its rules.

    Parameters
    ----------
    path : path
        ``<id>.csv``.
    rules : path, optional
        ``<id>.rules.csv``.

    Returns
    -------
    taxonomy : Taxonomy
        Wrong rules are left out and listed in its ``issues``.

    Raises
    ------
    RuleError
        The labels contradict themselves: a double id, an unknown parent, no row of kind ``taxonomy``.
    """
    path = Path(path)
    rows = _read(path, LABEL_COLUMNS, required=("label_id", "zh"))
    heads = [row for row in rows if row["kind"] == "taxonomy"]
    if len(heads) != 1:
        raise RuleError(
            f"{path.name} needs exactly one row of kind 'taxonomy'; it has {len(heads)}.",
            f"{path.name} 应有且只有一行 kind 为 taxonomy，现有 {len(heads)} 行。",
        )
    head = heads[0]
    options = _options(head["options"], path)
    labels = tuple(_label(row) for row in rows if row is not head)
    _check_labels(labels, path)
    taxonomy = Taxonomy(
        taxonomy_id=path.name.removesuffix(".csv"),
        zh=head["zh"],
        en=head["en"] or head["zh"],
        labels=labels,
        column=options.get("column", ""),
        all_column=options.get("all", ""),
        main=options.get("main") == "true",
        applies_to=_split(options.get("applies_to", "")),
        from_column=options.get("from", ""),
        official=head["official"] != "false",
        source=head["source"],
    )
    return _with_rules(taxonomy, Path(rules)) if rules else taxonomy


def _with_rules(taxonomy: Taxonomy, path: Path) -> Taxonomy:
    known = [label.label_id for label in taxonomy.labels]
    good, wrong, seen = [], [], set()
    for row in _read(path, RULE_COLUMNS, required=("rule_id", "label_id", "when")):
        problem = _problem(row, known) or (
            (f"rule_id {row['rule_id']!r} occurs twice", f"rule_id {row['rule_id']!r} 重复")
            if row["rule_id"] in seen
            else None
        )
        # A wrong rule too: the next one with its id is a double all the same.
        seen.add(row["rule_id"])
        if problem:
            record = {
                "source": path.name,
                "row": int(row["_row"]),
                "column": "",
                "value": row["rule_id"],
            }
            wrong.append({**record, "rule": WRONG_RULE, "en": problem[0], "zh": problem[1]})
        else:
            good.append(_rule(row))
    return replace(taxonomy, rules=tuple(good), issues=issues.from_records(wrong))


def _problem(row: Mapping[str, str], labels: list[str]) -> tuple[str, str] | None:
    """Return the first thing that is wrong with a rule, in English and Chinese, or ``None``."""
    return _problem_label(row, labels) or _problem_evidence(row) or _problem_value(row)


def _problem_label(row: Mapping[str, str], labels: list[str]) -> tuple[str, str] | None:
    if row["label_id"] not in labels:
        near = nearest(row["label_id"], labels)
        hint = near[0] if near else ", ".join(labels[:6])
        return (
            f"unknown label {row['label_id']!r}; nearest: {hint}",
            f"没有标签 {row['label_id']!r}；最接近：{hint}",
        )
    if row["when"] not in WHEN:
        return (
            f"when is {row['when']!r}, not one of {', '.join(WHEN)}",
            f"when 应为 {'、'.join(WHEN)} 之一",
        )
    return None


def _problem_evidence(row: Mapping[str, str]) -> tuple[str, str] | None:
    """Say what is wrong with codes, fields and keywords: a rule without evidence would label everyone."""
    bad = [code for code in _split(row["codes"]) if not re.fullmatch(r"[A-T]|[A-T]?\d{2,4}", code)]
    if bad:
        return f"{bad[0]!r} is no industry code", f"{bad[0]!r} 不是行业代码"
    fields = _split(row["fields"])
    odd = [name for name in fields if name not in FIELDS]
    if odd:
        return (
            f"unknown field {odd[0]!r}; known: {', '.join(FIELDS)}",
            f"没有字段 {odd[0]!r}；可用：{'、'.join(FIELDS)}",
        )
    # code and code_and_keyword rest on codes, keyword_without_code on their absence.
    if "code" in row["when"].split("_")[:1] and not row["codes"]:
        return "no codes", "没有填写 codes"
    if "keyword" in row["when"] and not row["keywords"]:
        return "no keywords", "没有填写 keywords"
    if "business_scope" in fields and row["when"] != "code_and_keyword":
        return (
            "the business scope never decides alone: name codes and use code_and_keyword",
            "经营范围不能单独判定：请填写行业代码并使用 code_and_keyword",
        )
    return None


def _problem_value(row: Mapping[str, str]) -> tuple[str, str] | None:
    if row["when"] == "where":
        from industrymap import filters
        from industrymap.errors import FilterError

        try:
            filters.parse(row["where"]).bind("enterprises")
        except FilterError as error:
            return error.en, error.zh
    if row["confidence"]:
        try:
            sound = 0 <= float(row["confidence"]) <= 1
        except ValueError:
            sound = False
        if not sound:
            return (
                f"confidence {row['confidence']!r} is not 0 to 1",
                f"confidence {row['confidence']!r} 应在0到1之间",
            )
    for name in ("valid_from", "valid_to"):
        if row[name] and not re.fullmatch(r"\d{4}-\d{2}-\d{2}", row[name]):
            return (
                f"{name} {row[name]!r} is no date such as 2025-12-31",
                f"{name} {row[name]!r} 应为 2025-12-31 这样的日期",
            )
    return None


def _rule(row: Mapping[str, str]) -> TagRule:
    return TagRule(
        rule_id=row["rule_id"],
        label_id=row["label_id"],
        when=row["when"],
        # C3670 and 3670 are one code.
        codes=tuple(
            code if len(code) == 1 else code.lstrip("ABCDEFGHIJKLMNOPQRST")
            for code in _split(row["codes"])
        ),
        keywords=_split(row["keywords"]),
        not_keywords=_split(row["not_keywords"]),
        fields=_split(row["fields"]) or DEFAULT_FIELDS,
        where=row["where"],
        confidence=float(row["confidence"] or DEFAULT_CONFIDENCE),
        official=row["official"] == "true",
        valid_from=_date(row["valid_from"]),
        valid_to=_date(row["valid_to"]),
        source=row["source"],
        note=row["note"],
        row=int(row["_row"]),
    )


def _label(row: Mapping[str, str]) -> Label:
    return Label(
        label_id=row["label_id"],
        parent_id=row["parent_id"],
        zh=row["zh"],
        en=row["en"] or row["zh"],
        aliases=_split(row["aliases"]),
        color=row["color"],
        official=row["official"] != "false",
        source=row["source"],
        note=row["note"],
    )


def _check_labels(labels: Sequence[Label], path: Path) -> None:
    ids = [label.label_id for label in labels]
    double = sorted({i for i in ids if ids.count(i) > 1})
    orphans = sorted(
        label.label_id for label in labels if label.parent_id and label.parent_id not in ids
    )
    loops = sorted(
        label.label_id for label in labels if _loops(label, {k.label_id: k for k in labels})
    )
    for wrong, en, zh in (
        (double, "occurs twice", "重复"),
        (orphans, "has a parent that does not exist", "的上级不存在"),
        (loops, "is its own ancestor", "的上级绕回了自己"),
    ):
        if wrong:
            raise RuleError(
                f"{path.name}: label {wrong[0]!r} {en}.", f"{path.name}：标签 {wrong[0]!r} {zh}。"
            )


def _loops(label: Label, by_id: Mapping[str, Label]) -> bool:
    seen = set()
    # Upwards until a label without a parent, or one that was met before.
    while label.parent_id in by_id:
        if label.label_id in seen:
            return True
        seen.add(label.label_id)
        label = by_id[label.parent_id]
    return False


def _options(text: str, path: Path) -> dict[str, str]:
    options = dict(part.split("=", 1) for part in text.split(";") if "=" in part)
    odd = sorted(set(options) - set(OPTIONS))
    if odd:
        raise RuleError(
            f"{path.name}: unknown option {odd[0]!r}; known: {', '.join(OPTIONS)}.",
            f"{path.name}：没有选项 {odd[0]!r}；可用：{'、'.join(OPTIONS)}。",
        )
    return options


def _own_files(path: Path) -> tuple[dict[str, Path], dict[str, Path]]:
    if path.is_dir():
        rules = {p.name.removesuffix(".rules.csv"): p for p in sorted(path.glob("*.rules.csv"))}
        labels = {
            p.stem: p for p in sorted(path.glob("*.csv")) if not p.name.endswith(".rules.csv")
        }
        return labels, rules
    # A single file replaces the rules of the taxonomy it is named after; the labels stay the
    # pack's.
    return {}, {path.name.removesuffix(".csv").removesuffix(".rules"): path}


def _read(path: Path, columns: Iterable[str], *, required: Sequence[str]) -> list[dict[str, str]]:
    """Return the rows of a CSV as stripped strings, with ``_row``; empty rows are skipped."""
    text = files.read_text(files.check(path, allow=("csv",)))
    reader = csv.DictReader(io.StringIO(text))
    header = [name.strip() for name in reader.fieldnames or []]
    lacking = [name for name in required if name not in header]
    odd = [name for name in header if name not in columns]
    if lacking or odd:
        known = ", ".join(columns)
        raise RuleError(
            f"{path.name}: {'lacks ' + ', '.join(lacking) if lacking else 'unknown column ' + repr(odd[0])}; columns: {known}.",
            f"{path.name}：{'缺少列 ' + '、'.join(lacking) if lacking else '没有列 ' + repr(odd[0])}；应有列：{known}。",
        )
    rows = []
    # Counted as a spreadsheet does, the header being row 1.
    for number, raw in enumerate(reader, start=2):
        row = {name: (raw.get(name) or "").strip() for name in columns}
        if any(row.values()):
            rows.append(row | {"_row": str(number)})
    return rows


def _split(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split("|") if part.strip())


def _date(text: str) -> pd.Timestamp | None:
    return pd.Timestamp(text) if text else None
