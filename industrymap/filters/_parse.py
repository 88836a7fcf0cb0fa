"""Tokens to a tree, by recursive descent. Grammar: docs/filters.md."""

from __future__ import annotations

from typing import TYPE_CHECKING

from industrymap.errors import nearest
from industrymap.filters._nodes import (
    Aggregate,
    And,
    Between,
    Boolean,
    Compare,
    Distance,
    FieldRef,
    In,
    IsNull,
    Like,
    Not,
    Number,
    Or,
    Overlap,
    Param,
    Text,
    Truth,
    Word,
)
from industrymap.filters._relations import relations
from industrymap.filters._tokens import Token, fault, tokenize

if TYPE_CHECKING:
    from industrymap.filters._nodes import Literal, Node, Operand

__all__ = ["COUNT", "FUNCTIONS", "MAX_DEPTH", "read"]

MAX_DEPTH = 40
"""Deepest nesting of brackets and of ``not``."""

FUNCTIONS = {
    "overlap": "overlap",
    "重叠": "overlap",
    "distance": "distance",
    "距离": "distance",
    "count": "count",
    "计数": "count",
    "sum": "sum",
    "合计": "sum",
}
_OPS = ("=", "!=", "<", "<=", ">", ">=")
COUNT = ("count", "数量", "个数")
_BOOLEANS = {"true": True, "false": False}


def read(text: str) -> Node:
    """Read ``text`` into a tree.

    Raises
    ------
    FilterError
        Where the text is no filter; the message names the character.
    """
    return _Parser(text).whole()


class _Parser:
    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = tokenize(text)
        self.i = 0
        self.depth = 0

    # reading on

    @property
    def now(self) -> Token:
        return self.tokens[self.i]

    @property
    def after(self) -> Token:
        return self.tokens[min(self.i + 1, len(self.tokens) - 1)]

    def take(self) -> Token:
        token = self.now
        self.i += 1
        return token

    def accept(self, *kinds: str) -> Token | None:
        return self.take() if self.now.kind in kinds else None

    def expect(self, kind: str, en: str, zh: str) -> Token:
        if self.now.kind != kind:
            raise fault(self.text, self.now.at, en, zh)
        return self.take()

    # the grammar, one rule a method

    def whole(self) -> Node:
        if self.now.kind == "end":
            raise fault(self.text, 0, "it is empty", "内容为空")
        node = self.either()
        self.expect("end", "expected and, or, or the end", "此处应为“且”“或”或结束")
        return node

    # or binds weakest, then and, then not: each rule reads the parts of the next.
    def either(self) -> Node:
        items = [self.both()]
        while self.accept("or"):
            items.append(self.both())
        return items[0] if len(items) == 1 else Or(tuple(items))

    def both(self) -> Node:
        items = [self.negation()]
        while self.accept("and"):
            items.append(self.negation())
        return items[0] if len(items) == 1 else And(tuple(items))

    def negation(self) -> Node:
        # Brackets and not share one count: both deepen the tree, and Python's own stack is limited.
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise fault(
                self.text,
                self.now.at,
                f"it is nested more than {MAX_DEPTH} deep",
                f"嵌套超过 {MAX_DEPTH} 层",
            )
        try:
            if self.accept("not"):
                return Not(self.negation())
            if self.accept("("):
                node = self.either()
                self.expect(")", "a closing bracket is missing", "缺少右括号")
                return node
            return self.test()
        finally:
            self.depth -= 1

    def test(self) -> Node:  # noqa: C901, PLR0911 - one case for each kind of test
        left = self.operand()
        token = self.take()
        match token.kind:
            case "=" | "!=" | "<" | "<=" | ">" | ">=":
                return Compare(left, token.kind, self.right())
            case "in":
                return In(left, self.members())
            case "not in":
                return Not(In(left, self.members()))
            case "like":
                return Like(left, self.pattern())
            case "contains":
                return Like(left, _anywhere(self.pattern()))
            case "not contains":
                return Not(Like(left, _anywhere(self.pattern())))
            case "between":
                return self.between(left)
            case "is null":
                return IsNull(left)
            case "is not null":
                return Not(IsNull(left))
            case "is":
                negative = self.accept("not") is not None
                self.expect("null", "expected null after is", "is 之后应为 null")
                return Not(IsNull(left)) if negative else IsNull(left)
            case "not" if self.now.kind in ("in", "like", "contains", "between"):
                # not in, not like …: put back, so that both words are read together.
                self.i -= 1
                return self.negated(left)
            case _:
                # No test follows: the field itself is the question, yes or no.
                self.i -= 1
                return Truth(left)

    def negated(self, left: Operand) -> Node:
        self.take()
        token = self.take()
        if token.kind == "in":
            return Not(In(left, self.members()))
        if token.kind == "between":
            return Not(self.between(left))
        pattern = self.pattern()
        return Not(Like(left, pattern if token.kind == "like" else _anywhere(pattern)))

    def between(self, left: Operand) -> Between:
        low = self.literal()
        if not self.accept("and", ","):
            raise fault(
                self.text,
                self.now.at,
                "expected and between the two bounds",
                "两个界限之间应为“且”或逗号",
            )
        return Between(left, low, self.literal())

    def members(self) -> tuple[Literal, ...]:
        self.expect("(", "expected a list in brackets after in", "in 之后应为括号中的列表")
        values = [self.literal()]
        while self.accept(","):
            values.append(self.literal())
        self.expect(")", "the list is not closed", "列表缺少右括号")
        return tuple(values)

    def pattern(self) -> str:
        # A number or a date is a text to look for here; with a unit it is not.
        token = self.accept("text", "word", "number", "date")
        if token is None or token.unit:
            at = self.now.at if token is None else token.at
            raise fault(self.text, at, "expected a text in quotes", "此处应为引号中的文本")
        return token.text

    def operand(self) -> Operand:
        token = self.take()
        if token.kind in ("text", "name"):
            return FieldRef(token.text)
        if token.kind != "word":
            self.i -= 1
            raise fault(self.text, token.at, "expected a field name", "此处应为字段名")
        if self.now.kind == "(":
            return self.function(token)
        if self.now.kind == ".":
            self.take()
            return self.member(token)
        return FieldRef(token.text)

    def function(self, token: Token) -> Operand:
        name = FUNCTIONS.get(token.text.lower())
        if name is None:
            near = nearest(token.text.lower(), FUNCTIONS)
            raise fault(
                self.text,
                token.at,
                f"there is no function {token.text!r}; known: overlap, distance, count, sum"
                + (f"; did you mean {near[0]}" if near else ""),
                f"没有函数“{token.text}”，可用 overlap、distance、count、sum",
            )
        self.take()
        relation = self.relation(self.take())
        made: Operand
        if name == "overlap":
            made = Overlap(relation)
        elif name == "distance":
            made = Distance(relation)
        else:
            # count and sum: the only ones with a condition of their own.
            made = self.aggregate(relation, with_field=name == "sum")
        self.expect(")", "a closing bracket is missing", "缺少右括号")
        return made

    def aggregate(self, relation: str, *, with_field: bool) -> Aggregate:
        column = None
        if with_field:
            self.expect(".", "expected a field to add up", "合计需要字段")
            column = self.field_name()
        where = self.either() if self.accept("where") else None
        return Aggregate(relation, column, where)

    def member(self, token: Token) -> Operand:
        relation = self.relation(token)
        column = self.field_name()
        if self.now.kind == ".":
            raise fault(self.text, self.now.at, "a name may have only one dot", "只能有一个点")
        # enterprises.count is how many there are, and no field of that name.
        return Aggregate(relation, None if column.lower() in COUNT else column)

    def field_name(self) -> str:
        token = self.accept("word", "name", "text")
        if token is None:
            raise fault(self.text, self.now.at, "expected a field name", "此处应为字段名")
        return token.text

    def relation(self, token: Token) -> str:
        if token.kind in ("word", "name", "text"):
            for canonical, words in relations().items():
                if token.text.lower() in words:
                    return canonical
        raise fault(
            self.text,
            token.at,
            f"{token.text!r} is no related layer; known: {', '.join(relations())}",
            f"“{token.text}”不是关联图层，可用 企业、园区、区块",
        )

    def right(self) -> Literal | Operand:
        # A name in backquotes is a field even where a value is expected.
        if self.now.kind == "name":
            return FieldRef(self.take().text)
        if self.now.kind == "word" and self.after.kind in (".", "("):
            return self.operand()
        return self.literal()

    def literal(self) -> Literal:
        sign = -1.0 if self.accept("-") else 1.0
        token = self.take()
        if token.kind == "number":
            text = token.text if sign > 0 else f"-{token.text}"
            return Number(sign * float(token.text), token.unit, text)
        if sign < 0:
            raise fault(self.text, token.at, "expected a number after -", "负号之后应为数字")
        if token.kind in ("text", "date"):
            return Text(token.text)
        if token.kind == "word":
            truth = _BOOLEANS.get(token.text.lower())
            return Word(token.text) if truth is None else Boolean(truth)
        if token.kind == "param":
            return Param(token.text)
        self.i -= 1
        raise fault(self.text, token.at, "expected a value", "此处应为一个值")


def _anywhere(text: str) -> str:
    """Make the pattern that finds ``text`` as it is, anywhere."""
    plain = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{plain}%"
