"""The language of formulas: sums and counts over entities, their ratios, growth and lags.

::

    formula  := term (("+" | "-") term)*
    term     := factor (("*" | "/") factor)*
    factor   := number | "(" formula ")" | "-" factor | name
              | "sum" "(" measure ["where" filter] ")"
              | "count" "(" ["where" filter] ")"
              | ("growth" | "growth_panel" | "lag") "(" formula ")"

``sum(tax_10k_cny) / sum(land_area_mu)`` is a ratio of sums: there is no mean, because a mean of ratios lets a workshop
weigh as much as a car plant. A bare name is a figure of the unit itself (``population``). The filter behind ``where``
is that of the rest of the program (``docs/filters.md``). ``lag`` is the same period of the year before; ``growth(x)``
is ``x / lag(x) - 1``, and ``growth_panel(x)`` the same over the entities known in both periods.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from industrymap.errors import IndicatorError, nearest

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = [
    "Binary",
    "Call",
    "Count",
    "Formula",
    "Name",
    "Node",
    "Number",
    "Sum",
    "parse",
    "published_growth",
]

# Formulas come from files: the limits keep a hostile one from exhausting the stack.
MOST_CHARACTERS = 1000
MOST_DEPTH = 30
CALLS = ("growth", "growth_panel", "lag")
_TOKEN = re.compile(
    r"\s*(?:(?P<number>\d+(?:\.\d+)?)|(?P<name>[a-z_][a-z0-9_]*)|(?P<sign>[-+*/()]))"
)
_WORDS = ("count", "growth", "growth_panel", "lag", "sum")


@dataclass(frozen=True, slots=True)
class Number:
    """A constant."""

    value: float


@dataclass(frozen=True, slots=True)
class Name:
    """A figure of the unit itself."""

    name: str


@dataclass(frozen=True, slots=True)
class Sum:
    """A measure added up over the entities of a unit, those that a filter keeps."""

    measure: str
    where: str


@dataclass(frozen=True, slots=True)
class Count:
    """How many entities a unit has, of those that a filter keeps."""

    where: str


@dataclass(frozen=True, slots=True)
class Call:
    """Growth or lag of a formula."""

    function: str
    inner: Node


@dataclass(frozen=True, slots=True)
class Binary:
    """Two formulas and a sign between them."""

    sign: str
    left: Node
    right: Node


Node = Number | Name | Sum | Count | Call | Binary


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula that has been read.

    Attributes
    ----------
    text : str
        As it was written.
    node : Node
        Its tree.
    """

    text: str
    node: Node

    @property
    def measures(self) -> tuple[str, ...]:
        """Measures of entities that it adds up, in the order of their names."""
        # By name: the order of a set differs from run to run.
        return tuple(sorted({n.measure for n in _walk(self.node) if isinstance(n, Sum)}))

    @property
    def names(self) -> tuple[str, ...]:
        """Figures of the unit that it uses, in the order of their names."""
        return tuple(sorted({n.name for n in _walk(self.node) if isinstance(n, Name)}))

    @property
    def filters(self) -> tuple[str, ...]:
        """Filter texts that it uses."""
        texts = {n.where for n in _walk(self.node) if isinstance(n, Sum | Count)}
        return tuple(sorted(texts - {""}))

    @property
    def counts_firms(self) -> bool:
        """Whether it counts or chooses single entities: figures of an area alone do not serve it."""
        return bool(self.filters) or any(isinstance(n, Count) for n in _walk(self.node))

    def check(self, *, measures: tuple[str, ...], names: tuple[str, ...]) -> None:
        """Raise where it uses a measure or a figure of the unit that is not known.

        Raises
        ------
        IndicatorError
            With the nearest known name.
        """
        for kind, zh, used, known in (
            ("measure", "指标数据", self.measures, measures),
            ("figure of the unit", "单位数据", self.names, names),
        ):
            for name in used:
                if name not in known:
                    like = ", ".join(nearest(name, known) or sorted(known))
                    raise IndicatorError(
                        f"{self.text!r}: there is no {kind} {name!r}; nearest: {like or 'none'}",
                        f"公式“{self.text}”：没有名为“{name}”的{zh}；相近的有：{like or '无'}",
                    )


def parse(text: str) -> Formula:
    """Read a formula.

    Raises
    ------
    IndicatorError
        One sentence with the place where it stops making sense.

    Examples
    --------
    >>> formula = parse("sum(tax_10k_cny) / sum(land_area_mu where cluster = 新型显示)")
    >>> formula.measures, formula.filters
    (('land_area_mu', 'tax_10k_cny'), ('cluster = 新型显示',))
    >>> parse("mean(tax_10k_cny)")
    Traceback (most recent call last):
    industrymap.errors.IndicatorError: 'mean(tax_10k_cny)', character 1: there is no function 'mean': expected one of count, growth, growth_panel, lag, sum
    """
    if len(text) > MOST_CHARACTERS:
        raise IndicatorError(
            f"a formula has at most {MOST_CHARACTERS} characters, not {len(text)}",
            f"公式不得超过 {MOST_CHARACTERS} 个字符，现有 {len(text)} 个",
        )
    reader = _Reader(text)
    node = reader.formula(0)
    if reader.peek() is not None:
        raise reader.fault("an operator or the end", "运算符或结尾")
    return Formula(text=text, node=node)


def published_growth(formula: Formula) -> tuple[Formula, tuple[str, ...]] | None:
    """Return a formula for totals of an area: growth on the constant panel is the rate that was published for it.

    Returns
    -------
    formula : Formula
        With ``growth_panel(sum(x))`` replaced by the figure ``x:growth``, a share of 1.
    rates : tuple of str
        The figures ``x:growth`` that it needs now.

    ``None`` where it takes the growth of anything else than one sum: no table publishes that.

    Examples
    --------
    >>> formula, rates = published_growth(parse("growth_panel(sum(output_10k_cny)) * 100"))
    >>> rates, formula.measures
    (('output_10k_cny:growth',), ())
    """
    node = _published(formula.node)
    if any(isinstance(n, Call) and n.function == "growth_panel" for n in _walk(node)):
        # Growth on the constant panel of anything but a plain sum was never published for an area.
        return None
    changed = Formula(text=formula.text, node=node)
    return changed, tuple(sorted(set(changed.names) - set(formula.names)))


def _published(node: Node) -> Node:
    match node:
        # Only of a whole measure: a published rate is not of those firms that a filter would
        # choose.
        case Call(function="growth_panel", inner=Sum(measure=measure, where="")):
            return Name(f"{measure}:growth")
        case Call():
            return Call(node.function, _published(node.inner))
        case Binary():
            return Binary(node.sign, _published(node.left), _published(node.right))
        case _:
            return node


class _Reader:
    """A cursor over the text of a formula."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.place = 0

    def peek(self) -> str | None:
        """Return the next word without taking it; ``None`` at the end."""
        match = _TOKEN.match(self.text, self.place)
        if match is None:
            # Blanks at the end are the end; anything else is a character no word begins with.
            if self.text[self.place :].strip():
                raise self.fault("a number, a name or a sign", "数字、名称或运算符")
            return None
        return match[match.lastgroup or 0]

    def take(self) -> str:
        word = self.peek()
        if word is None:
            raise self.fault("more", "后续内容")
        match = _TOKEN.match(self.text, self.place)
        self.place = match.end() if match else self.place
        return word

    def expect(self, sign: str) -> None:
        if self.peek() != sign:
            raise self.fault(repr(sign), f"“{sign}”")
        self.take()

    def fault(self, en: str, zh: str) -> IndicatorError:
        rest = self.text[self.place :]
        # The place of the next word, not of the blanks before it.
        at = self.place + len(rest) - len(rest.lstrip()) + 1
        return IndicatorError(
            f"{self.text!r}, character {at}: expected {en}",
            f"公式“{self.text}”第 {at} 个字符处应为{zh}",
        )

    def formula(self, depth: int) -> Node:
        node = self.term(depth)
        # From left to right: a - b - c is (a - b) - c.
        while self.peek() in ("+", "-"):
            node = Binary(self.take(), node, self.term(depth))
        return node

    def term(self, depth: int) -> Node:
        node = self.factor(depth)
        while self.peek() in ("*", "/"):
            node = Binary(self.take(), node, self.factor(depth))
        return node

    def factor(self, depth: int) -> Node:
        if depth > MOST_DEPTH:
            raise self.fault(
                f"at most {MOST_DEPTH} brackets inside each other", f"至多 {MOST_DEPTH} 层括号"
            )
        start = self.place
        word = self.take()
        if word == "-":
            # A leading minus is a subtraction from 0, and needs no kind of node of its own.
            return Binary("-", Number(0.0), self.factor(depth + 1))
        if word == "(":
            node = self.formula(depth + 1)
            self.expect(")")
            return node
        if word[0].isdigit():
            return Number(float(word))
        if not word[0].isalpha() and word[0] != "_":
            # The message points at the word and not behind it.
            self.place = start
            raise self.fault("a number, a name or '('", "数字、名称或“(”")
        return self.named(word, start, depth) if self.peek() == "(" else Name(word)

    def named(self, word: str, start: int, depth: int) -> Node:
        if word not in _WORDS:
            self.place = start
            at = (
                len(self.text[:start])
                + len(self.text[start:])
                - len(self.text[start:].lstrip())
                + 1
            )
            raise IndicatorError(
                f"{self.text!r}, character {at}: there is no function {word!r}: expected one of {', '.join(_WORDS)}",
                f"公式“{self.text}”第 {at} 个字符处：没有函数“{word}”，可用 {'、'.join(_WORDS)}",
            )
        self.expect("(")
        node: Node
        if word in CALLS:
            node = Call(word, self.formula(depth + 1))
        elif word == "count":
            node = Count(self.where())
        else:
            measure = self.take()
            if not (measure[0].isalpha() or measure[0] == "_"):
                raise self.fault("the name of a measure", "指标数据名称")
            node = Sum(measure, self.where())
        self.expect(")")
        return node

    def where(self) -> str:
        """Take the text of a filter up to the bracket that closes the call."""
        if self.peek() != "where":
            return ""
        self.take()
        # Brackets and quotes inside the filter do not close the call.
        depth, quote = 0, ""
        for place in range(self.place, len(self.text)):
            sign = self.text[place]
            if quote:
                quote = "" if sign == quote else quote
            elif sign in "\"'":
                quote = sign
            elif sign == ")" and depth == 0:
                condition = self.text[self.place : place].strip()
                if condition:
                    self.place = place
                    return condition
                break
            else:
                depth += (sign == "(") - (sign == ")")
        raise self.fault("a filter and ')'", "筛选条件和“)”")


def _walk(node: Node) -> Iterator[Node]:
    yield node
    if isinstance(node, Call):
        yield from _walk(node.inner)
    if isinstance(node, Binary):
        yield from _walk(node.left)
        yield from _walk(node.right)
