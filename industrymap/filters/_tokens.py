"""Text to tokens. Chinese and English words give the same token; text in quotes is never a keyword."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from industrymap import schemas
from industrymap.errors import FilterError
from industrymap.filters._labels import FIELD, key, labels

__all__ = [
    "ALONE",
    "KEYWORDS",
    "MAX_CHARS",
    "MAX_TOKENS",
    "NAMES",
    "QUOTES",
    "SIGNS",
    "UNITS",
    "Token",
    "fault",
    "is_plain_word",
    "tokenize",
]

MAX_CHARS = 4000
"""Longest filter text."""
MAX_TOKENS = 1000
"""Most tokens in a filter."""

UNITS = {
    "亩": "mu",
    "mu": "mu",
    "公顷": "ha",
    "ha": "ha",
    "平方公里": "km2",
    "km2": "km2",
    "km²": "km2",
    "平方米": "m2",
    "m2": "m2",
    "m²": "m2",
    "㎡": "m2",
    "亿元": "100m_cny",
    "万元": "10k_cny",
    "元": "cny",
    "公里": "km",
    "km": "km",
    "米": "m",
    "m": "m",
    "%": "%",
    "％": "%",
}
"""Units that may follow a number, and what they mean."""

KEYWORDS = {
    # Chinese words that end a run of characters wherever they occur
    "大于或等于": ">=",
    "小于或等于": "<=",
    "大于等于": ">=",
    "小于等于": "<=",
    "不大于": "<=",
    "不小于": ">=",
    "不等于": "!=",
    "大于": ">",
    "小于": "<",
    "等于": "=",
    "不属于": "not in",
    "属于": "in",
    "不包含": "not contains",
    "包含": "contains",
    "介于": "between",
    "不为空": "is not null",
    "为空": "is null",
    "并且": "and",
    "而且": "and",
    "或者": "or",
    "且": "and",
    "或": "or",
}
ALONE = {
    # words that are keywords only when they are alone
    "and": "and",
    "or": "or",
    "not": "not",
    "in": "in",
    "like": "like",
    "contains": "contains",
    "between": "between",
    "is": "is",
    "null": "null",
    "where": "where",
    "非": "not",
    "不": "not",
    "像": "like",
    "其中": "where",
}
SIGNS = {
    "<=": "<=",
    ">=": ">=",
    "!=": "!=",
    "<>": "!=",
    "==": "=",
    "≤": "<=",
    "≥": ">=",
    "≠": "!=",
    "=": "=",
    "<": "<",
    ">": ">",
    "＝": "=",
    "＜": "<",
    "＞": ">",
    "&&": "and",
    "||": "or",
    "!": "not",
    "！": "not",
    "(": "(",
    "（": "(",
    ")": ")",
    "）": ")",
    ",": ",",
    "，": ",",
    "、": ",",
    ".": ".",
    "-": "-",
}
QUOTES = {"'": "'", '"': '"', "“": "”", "‘": "’", "「": "」"}
NAMES = {"`": "`", "[": "]", "【": "】"}

# In the order of the table, which has 大于等于 before 大于.
_BREAK = "|".join(KEYWORDS)
# Longest first: km2 is not km.
_UNIT = "|".join(sorted(map(re.escape, UNITS), key=len, reverse=True))
# A number ends where a keyword, a sign or nothing follows: 3号楼 is a word.
_END = rf"(?={_BREAK}|[^\w·%％]|$)"
_SPACE = re.compile(r"\s+")
_DATE = re.compile(rf"\d{{4}}-\d{{1,2}}-\d{{1,2}}{_END}")
_NUMBER = re.compile(rf"(\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)\s?({_UNIT})?{_END}")
# As the page prints it. Read so only behind a comparison: in a list a comma parts two numbers.
_GROUPED = re.compile(rf"(\d{{1,3}}(?:[,，]\d{{3}})+(?:\.\d+)?)\s?({_UNIT})?{_END}")
_COMPARE = ("=", "!=", "<", "<=", ">", ">=")
_KEYWORD = re.compile(_BREAK)
# Chinese is written without spaces: a word ends where a keyword begins.
_WORD = re.compile(rf"(?:(?!{_BREAK})[\w·])+")
_PARAM = re.compile(r"\$([A-Za-z_][A-Za-z0-9_]*)")
_SIGN = re.compile("|".join(map(re.escape, SIGNS)))


@dataclass(frozen=True, slots=True)
class Token:
    """One token: ``kind`` is a sign or keyword itself, or ``word number text name date param end``."""

    kind: str
    text: str
    at: int
    unit: str = ""


def tokenize(text: str) -> list[Token]:
    """Cut ``text`` into tokens, the last of kind ``end``.

    Raises
    ------
    FilterError
        Where a character has no meaning here, a quote stays open, or the text is too long.
    """
    if len(text) > MAX_CHARS:
        raise FilterError(
            f"The filter has {len(text):,} characters; at most {MAX_CHARS:,} are read.",
            f"筛选条件共 {len(text):,} 个字符，最多 {MAX_CHARS:,} 个。",
        )
    tokens: list[Token] = []
    at = 0
    while at < len(text):
        grouped = _GROUPED.match(text, at) if tokens and tokens[-1].kind in _COMPARE else None
        token, end = _number(grouped, at) if grouped else _next(text, at)
        if token is not None:
            tokens.append(token)
        at = end
        if len(tokens) > MAX_TOKENS:
            raise FilterError(
                f"The filter has more than {MAX_TOKENS:,} words and signs.",
                f"筛选条件超过 {MAX_TOKENS:,} 个词和符号。",
            )
    return [*tokens, Token("end", "", len(text))]


def is_plain_word(text: str) -> bool:
    """Return whether ``text`` reads as one word without quotes."""
    if text.lower() in ALONE or _NUMBER.fullmatch(text):
        return False
    return bool(_WORD.fullmatch(text))


def fault(text: str, at: int, en: str, zh: str) -> FilterError:
    """Make the error that points at a place in the text."""
    near = text[at : at + 20]
    where_en = f"at character {at + 1}, near {near!r}" if near else "at the end"
    where_zh = f"第 {at + 1} 个字符“{near}”处" if near else "末尾处"
    return FilterError(
        f"The filter cannot be read {where_en}: {en}.", f"筛选条件在{where_zh}无法读懂：{zh}。"
    )


def _next(text: str, at: int) -> tuple[Token | None, int]:  # noqa: PLR0911 - one return for each kind
    char = text[at]
    if match := _SPACE.match(text, at):
        return None, match.end()
    if char in QUOTES or char in NAMES:
        return _quoted(text, at)
    # Dates before numbers: each begins with one.
    if match := _DATE.match(text, at):
        return Token("date", match.group(), at), match.end()
    # Labels before numbers and words: 1亿–5亿元 begins with the one, 用地面积（图上） with the other.
    if label := label_at(text, at):
        return Token("name" if label[1] == FIELD else "text", label[0], at), at + len(label[0])
    if match := _NUMBER.match(text, at):
        return _number(match, at)
    if match := _PARAM.match(text, at):
        return Token("param", match.group(1), at), match.end()
    # Keywords before words: each would be read as a word, too.
    if match := _KEYWORD.match(text, at):
        return Token(KEYWORDS[match.group()], match.group(), at), match.end()
    if match := _WORD.match(text, at):
        word = match.group()
        # and, or and 非 are keywords only where they are the whole word.
        return Token(ALONE.get(word.lower(), "word"), word, at), match.end()
    if match := _SIGN.match(text, at):
        return Token(SIGNS[match.group()], match.group(), at), match.end()
    raise fault(
        text, at, f"the character {char!r} has no meaning here", f"字符“{char}”在此没有含义"
    )


def label_at(text: str, at: int) -> tuple[str, str] | None:
    """Return the label of several words or with brackets that begins at ``at``, and whether it names a field or a value.

    Examples
    --------
    >>> label_at("用地面积(图上) >= 30亩", 0)
    ('用地面积(图上)', 'field')
    >>> label_at("用地面积 >= 30亩", 0) is None
    True
    """
    kinds, pattern = _labels(schemas.own())
    match = pattern.match(text, at)
    return None if match is None else (match.group(), kinds[key(match.group())])


@lru_cache(maxsize=4)
def _labels(own: schemas.Own) -> tuple[dict[str, str], re.Pattern[str]]:
    """Return the kind of every label that is no plain word, and the pattern that finds one."""
    del own  # tells the schemas of one workspace from those of another
    # A word that is a keyword on its own opens no label: "not started" denies, it does not name.
    odd = {
        text: kind
        for text, kind in labels().items()
        if text.strip()
        and not (is_plain_word(text) or _NUMBER.fullmatch(text))
        and text.split()[0].lower() not in ALONE
    }
    # Longest first: a label may begin with another.
    ordered = sorted(odd, key=lambda text: (-len(text), text))
    found = re.compile("|".join(map(_loose, ordered)), re.IGNORECASE)
    return {key(text): kind for text, kind in odd.items()}, found


def _loose(label: str) -> str:
    """Return the pattern of a label: brackets of either width, any blanks, and a word that ends where it ends."""
    parts = {" ": r"\s+", "（": "[（(]", "(": "[（(]", "）": "[）)]", ")": "[）)]"}
    body = "".join(parts.get(c) or re.escape(c) for c in label)
    return body + (rf"(?={_BREAK}|[^\w·]|$)" if re.match(r"\w", label[-1]) else "")


def _number(match: re.Match[str], at: int) -> tuple[Token, int]:
    digits = match.group(1).replace(",", "").replace("，", "")
    return Token("number", digits, at, UNITS.get(match.group(2) or "", "")), match.end()


def _quoted(text: str, at: int) -> tuple[Token, int]:
    opening = text[at]
    kind = "name" if opening in NAMES else "text"
    closing = NAMES.get(opening) or QUOTES[opening]
    parts: list[str] = []
    i = at + 1
    while True:
        end = text.find(closing, i)
        if end < 0:
            raise fault(text, at, "this quote is never closed", "引号没有成对")
        parts.append(text[i:end])
        if text[end + 1 : end + 2] != closing:
            return Token(kind, "".join(parts), at), end + 1
        # a doubled closing quote means itself
        parts.append(closing)
        i = end + 2
