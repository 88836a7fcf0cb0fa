"""Why a firm bears a label, and why it does not bear another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from industrymap import schemas, texts
from industrymap.errors import ConfigError, nearest
from industrymap.tagging._match import Matcher
from industrymap.tagging.load import load_all
from industrymap.tagging.tag import ACTIVITY, tag

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from industrymap.citypack import CityPack
    from industrymap.tagging.official import OfficialList
    from industrymap.tagging.taxonomy import TagRule, Taxonomy

__all__ = ["Line", "explain"]

_SOURCES = {
    "official_list": ("官方名单", "official list"),
    "rule": ("规则", "rule"),
    "inferred": ("按经营范围推断", "inferred from the business scope by"),
    "self_declared": ("企业自报", "self-declared"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One sentence about one label.

    Attributes
    ----------
    kind : str
        ``firm``, ``label`` (borne) or ``not`` (nearly).
    zh, en : str
    """

    kind: str
    zh: str
    en: str

    def text(self, lang: str = "zh") -> str:
        """Return the sentence in ``lang``."""
        return self.zh if lang == "zh" else self.en


def explain(  # noqa: PLR0913 - as tag, and a name
    frame: pd.DataFrame,
    name: str,
    *,
    pack: CityPack | None,
    lists: Sequence[OfficialList] = (),
    rules: str | Path | Sequence[Taxonomy] | None = None,
    year: int | None = None,
) -> list[Line]:
    """Say why a firm bears its labels, and which rules it nearly met.

    Parameters
    ----------
    frame : DataFrame
        The base's frame.
    name : str
        A firm's name, part of it, or its credit code.
    pack, lists, rules, year
        As in :func:`industrymap.tagging.tag`.

    Returns
    -------
    lines : list of Line
        For every firm that is meant, at most ten.

    Raises
    ------
    ConfigError
        No firm is called so; the nearest names are given.
    """
    # Tagged on their own: a label depends on the firm, the lists and the rules, and on no other
    # firm.
    firms = _find(frame, name)
    taxonomies = load_all(pack, rules)
    tagged, tags, _ = tag(firms, pack=pack, lists=lists, rules=rules, year=year)
    lines: list[Line] = []
    for number in range(len(tagged)):
        one = tagged.iloc[[number]]
        mine = tags[tags["enterprise_id"] == one["enterprise_id"].iloc[0]]
        lines.append(_firm(one.iloc[0]))
        lines += [_label(row, taxonomies) for row in mine.to_dict("records")]
        lines += _nearly(one, mine, taxonomies)
    return lines


def _find(frame: pd.DataFrame, name: str) -> pd.DataFrame:
    wanted = texts.key(pd.Series([name], dtype="string")).iloc[0]
    keys = texts.key(frame["name"])
    code = frame["uscc"].astype("string").str.upper() == texts.fold_text(name).strip()
    whole = (keys == wanted) | code
    part = keys.str.contains(str(wanted), regex=False) if wanted is not pd.NA else whole
    # A whole name or a code goes before a part of a name.
    for mask in (whole, part):
        firms = frame[mask.fillna(value=False).to_numpy(dtype=bool)]
        if len(firms):
            return firms.head(10).reset_index(drop=True)
    near = nearest(name, frame["name"].dropna().tolist())
    raise ConfigError(
        f"No firm is called {name!r}" + (f"; nearest: {', '.join(near)}." if near else "."),
        f"没有名为“{name}”的企业" + (f"，最接近：{'、'.join(near)}。" if near else "。"),
    )


def _firm(row: pd.Series[Any]) -> Line:
    def shown(column: str) -> str:
        value = row.get(column)
        return "—" if value is None or pd.isna(value) else str(value)

    parts = (shown("name"), shown("uscc"), shown("industry_code"), shown("main_product"))
    return Line(
        "firm",
        f"{parts[0]}（代码 {parts[1]}；行业 {parts[2]}；主要产品 {parts[3]}）",
        f"{parts[0]} (code {parts[1]}; industry {parts[2]}; main product {parts[3]})",
    )


def _label(row: dict[Any, Any], taxonomies: Sequence[Taxonomy]) -> Line:
    taxonomy = next(t for t in taxonomies if t.taxonomy_id == row["taxonomy"])
    label = taxonomy.label(str(row["label_id"]))
    source_zh, source_en = _SOURCES[str(row["source"])]
    official = any(r.official for r in taxonomy.rules if r.rule_id == row["rule_id"])
    # What neither a list nor an official rule says is marked as proposed.
    proposal = row["source"] in {"rule", "inferred"} and not official and not taxonomy.from_column
    first_zh, first_en = ("（主）", " (primary)") if row["primary"] else ("", "")
    return Line(
        "label",
        f"{taxonomy.zh}：{taxonomy.path(label)}{first_zh}——{source_zh} {row['rule_id']}，依据 {_evidence(row['matched'], 'zh')}，"
        f"置信度 {row['confidence']:.2f}{'，建议规则' if proposal else ''}",
        f"{taxonomy.en}: {taxonomy.path(label, 'en')}{first_en} — {source_en} {row['rule_id']}, by {_evidence(row['matched'], 'en')}, "
        f"confidence {row['confidence']:.2f}{', a proposed rule' if proposal else ''}",
    )


def _evidence(matched: object, lang: str) -> str:
    """Return what a rule matched in words: ``size_class=large`` is 企业规模“大型”."""
    name, sign, value = str(matched).partition("=")
    if not sign or not any(field.name == name for field in schemas.fields(schemas.ENTERPRISES)):
        return str(matched)
    label = schemas.label(schemas.ENTERPRISES, name, lang)
    word = schemas.labels(name, lang).get(value, value)
    return f"{label}“{word}”" if lang == "zh" else f"{label} {word}"


def _nearly(one: pd.DataFrame, mine: pd.DataFrame, taxonomies: Sequence[Taxonomy]) -> list[Line]:
    """Say which rules had a keyword or a code in their favour and still did not give their label."""
    borne = {(str(t), str(i)) for t, i in zip(mine["taxonomy"], mine["label_id"], strict=True)}
    activity = [str(i) for t, i in _primary_activity(mine)]
    rules = [rule for taxonomy in taxonomies for rule in taxonomy.rules]
    # The matcher that tags, so that the reasons given are those that decided.
    matcher = Matcher(one.reset_index(drop=True), rules)
    lines = []
    for taxonomy in taxonomies:
        explained = set()
        for rule in taxonomy.rules:
            # One reason for a label, however many rules it has.
            if (taxonomy.taxonomy_id, rule.label_id) in borne or rule.label_id in explained:
                continue
            line = _why_not(rule, taxonomy, matcher, one, activity)
            if line:
                explained.add(rule.label_id)
                lines.append(line)
    return lines


def _primary_activity(mine: pd.DataFrame) -> list[tuple[str, str]]:
    """Return the primary activity among a firm's labels."""
    rows = mine[(mine["taxonomy"] == ACTIVITY) & mine["primary"]]
    return list(zip(rows["taxonomy"], rows["label_id"], strict=True))


def _why_not(
    rule: TagRule, taxonomy: Taxonomy, matcher: Matcher, one: pd.DataFrame, activity: list[str]
) -> Line | None:
    """Return why a rule with something in its favour failed, or ``None`` where nothing spoke for it."""
    label = taxonomy.label(rule.label_id)
    head_zh = f"未标“{taxonomy.zh}：{taxonomy.path(label)}”（{rule.rule_id}）："
    head_en = f"not {taxonomy.en}: {taxonomy.path(label, 'en')} ({rule.rule_id}): "
    # The rule is met: only the firm's activity can have kept the label away.
    if len(matcher.meet(rule).rows):
        allowed = taxonomy.applies_to
        if allowed and activity and activity[0] not in allowed:
            return Line(
                "not",
                f"{head_zh}企业经济活动为 {activity[0]}，该分类只适用于 {'、'.join(allowed)}",
                f"{head_en}the firm's activity is {activity[0]}; this taxonomy is for {', '.join(allowed)}",
            )
        return None
    spoken = matcher.spoken(rule)
    if not spoken.words:
        return None
    words = "、".join(spoken.words)
    if spoken.void_words:
        voids = "、".join(spoken.void_words)
        return Line(
            "not",
            f"{head_zh}有关键词“{words}”，但同一项中有排除词“{voids}”",
            f"{head_en}the keyword {words} is voided by {voids} in the same item",
        )
    code = one["industry_code"].iloc[0]
    # Words and no code that fits: the commonest reason by far.
    if rule.codes and not pd.isna(code):
        return Line(
            "not",
            f"{head_zh}有关键词“{words}”，但行业代码 {code} 不在规则的代码之列",
            f"{head_en}the keyword {words} is there, but industry code {code} is not among the rule's codes",
        )
    return None
