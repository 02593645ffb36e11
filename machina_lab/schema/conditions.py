"""
Reading conditions written in SQL, and telling whether a row meets them.

Enough of the language for CHECK constraints as SQLite and PostgreSQL write them; what
cannot be read raises `UnreadableError`.
"""

from __future__ import annotations

import re

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Final


class UnreadableError(ValueError):
    """
    A condition that is not understood.
    """


@dataclass(frozen=True, slots=True)
class Node:
    """
    A part of a condition.

    Attributes:
        kind: `value`, `column`, `call`, `list`, `and`, `or`, `not` or an operator.
        args: Parts, a column's name, a value, or a function's name and its arguments.
        cast: The type that a value was written as: `date`.
    """

    kind: str
    args: tuple[Any, ...] = ()
    cast: str = ""

    def walk(self) -> Iterator[Node]:
        """
        Yield this part and all below it.
        """
        yield self
        for arg in self.args:
            if isinstance(arg, Node):
                yield from arg.walk()

    def columns(self) -> set[str]:
        """
        Return the names of the columns that it looks at.
        """
        return {node.args[0] for node in self.walk() if node.kind == "column"}


_TOKENS: Final = re.compile(
    r"""
    (?P<space>\s+|--[^\n]*)
  | (?P<number>\d+(?:\.\d*)?(?:[eE][+-]?\d+)?|\.\d+)
  | (?P<string>[eEnN]?'(?:[^']|'')*')
  | (?P<quoted>"(?:[^"]|"")*"|\[[^\]']*[A-Za-z_][^\]']*\](?!\()|`[^`]*`)
  | (?P<word>[^\W\d]\w*\$?)
  | (?P<cast>::)
  | (?P<operator><>|!=|<=|>=|==|\|\||!~~\*|!~~|~~\*|~~|!~\*|!~|~\*
      |[-+*/%<>=~(),.\[\]{}&|@?\#^:])
    """,
    re.VERBOSE,
)
_COMPARISONS: Final = {
    "=": "=",
    "==": "=",
    "<>": "<>",
    "!=": "<>",
    "<": "<",
    "<=": "<=",
    ">": ">",
    ">=": ">=",
    "~": "~",
    "~*": "~*",
    "!~": "!~",
    "!~*": "!~*",
    "~~": "like",
    "~~*": "ilike",
    "!~~": "not like",
    "!~~*": "not ilike",
    "like": "like",
    "ilike": "ilike",
    "glob": "glob",
    "regexp": "~",
}
_TYPE_WORDS: Final = re.compile(
    "varying|precision|time|zone|without|with|character|double|timestamp|unsigned"
)
_CLOCKS: Final = ("current_date", "current_timestamp", "localtimestamp")
_CONSTANTS: Final = {"true": True, "false": False, "null": None}
_TYPED: Final = ("date", "timestamp", "time", "interval", "timestamptz")


def read_condition(sql: str) -> Node:
    """
    Return *sql* as parts.

    Raises:
        UnreadableError: It is not understood.
    """
    parser = _Parser(_tokens(sql))
    found = parser.disjunction()
    if parser.kind:
        raise UnreadableError(f"unexpected {parser.text!r} in {sql!r}")
    return found


def _tokens(sql: str) -> list[tuple[str, str]]:
    found = []
    at = 0
    while at < len(sql):
        match = _TOKENS.match(sql, at)
        if match is None:
            raise UnreadableError(f"cannot read {sql[at : at + 20]!r}")
        at = match.end()
        if match.lastgroup != "space":
            found.append((str(match.lastgroup), match.group()))
    return found


_NOTHING: Final = Node("value", (None,))


class _Parser:
    """
    One pass over the tokens, loosest binding first.
    """

    def __init__(self, tokens: list[tuple[str, str]]) -> None:
        self._tokens = tokens
        self._at = 0

    @property
    def kind(self) -> str:
        return self._tokens[self._at][0] if self._at < len(self._tokens) else ""

    @property
    def text(self) -> str:
        """
        The token at hand; words in lower case.
        """
        if self._at >= len(self._tokens):
            return ""
        kind, text = self._tokens[self._at]
        return text.lower() if kind == "word" else text

    def _take(self) -> str:
        raw = self._tokens[self._at][1] if self.kind else ""
        self._at += 1
        return raw

    def _accept(self, *texts: str) -> bool:
        """
        Step over these tokens if they come next.
        """
        start = self._at
        for text in texts:
            if self.kind in ("string", "quoted") or self.text != text:
                self._at = start
                return False
            self._at += 1
        return True

    def _expect(self, text: str) -> None:
        if not self._accept(text):
            raise UnreadableError(f"expected {text!r}, found {self.text!r}")

    def disjunction(self) -> Node:
        parts = [self._conjunction()]
        while self._accept("or"):
            parts.append(self._conjunction())
        return parts[0] if len(parts) == 1 else Node("or", tuple(parts))

    def _conjunction(self) -> Node:
        parts = [self._negation()]
        while self._accept("and"):
            parts.append(self._negation())
        return parts[0] if len(parts) == 1 else Node("and", tuple(parts))

    def _negation(self) -> Node:
        if self._accept("not"):
            return Node("not", (self._negation(),))
        return self._comparison()

    def _comparison(self) -> Node:
        left = self._sum()
        while True:
            right = self._compared(left)
            if right is None:
                return left
            left = right

    def _compared(self, left: Node) -> Node | None:
        """
        Return *left* with the comparison that follows it, or None if none does.
        """
        if self._accept("is"):
            return self._is(left)
        negated = self._accept("not")
        found = self._plain_comparison(left)
        if found is None:
            if negated:
                raise UnreadableError(f"unexpected NOT before {self.text!r}")
            return None
        return Node("not", (found,)) if negated else found

    def _plain_comparison(self, left: Node) -> Node | None:
        if self._accept("between"):
            self._accept("symmetric")
            low = self._sum()
            self._expect("and")
            high = self._sum()
            return Node("and", (Node(">=", (left, low)), Node("<=", (left, high))))
        if self._accept("in"):
            self._expect("(")
            return Node("in", (left, self._list(")")))
        operator = _COMPARISONS.get(self.text) if self.kind != "string" else None
        if operator is None:
            return None
        self._take()
        for word in ("any", "some", "all"):
            if self._accept(word, "("):
                return self._quantified(left, operator, word)
        right = self._sum()
        if self._accept("escape"):
            self._take()
        return Node(operator, (left, right))

    def _quantified(self, left: Node, operator: str, word: str) -> Node:
        values = self.disjunction()
        self._expect(")")
        if operator == "=" and word != "all":
            return Node("in", (left, values))
        if operator == "<>" and word == "all":
            return Node("not", (Node("in", (left, values)),))
        raise UnreadableError(f"cannot read {operator} {word}")

    def _is(self, left: Node) -> Node:
        negated = self._accept("not")
        if self._accept("distinct", "from"):
            same = Node("same", (left, self._sum()))
            return same if negated else Node("not", (same,))
        if self._accept("null"):
            found = Node("null", (left,))
        elif self.text in ("true", "false"):
            found = Node(
                "same", (left, Node("value", (self._take().lower() == "true",)))
            )
        else:
            found = Node("same", (left, self._sum()))
        return Node("not", (found,)) if negated else found

    def _list(self, closing: str) -> Node:
        items: list[Node] = []
        while not self._accept(closing):
            items.append(self.disjunction())
            if not self._accept(",") and self.text != closing:
                raise UnreadableError(f"expected a comma, found {self.text!r}")
        return Node("list", tuple(items))

    def _sum(self) -> Node:
        left = self._product()
        while self.kind == "operator" and self.text in ("+", "-", "||"):
            operator = self._take()
            left = Node(operator, (left, self._product()))
        return left

    def _product(self) -> Node:
        left = self._unary()
        while self.kind == "operator" and self.text in ("*", "/", "%"):
            operator = self._take()
            left = Node(operator, (left, self._unary()))
        return left

    def _unary(self) -> Node:
        if self._accept("-"):
            return Node("-", (Node("value", (0,)), self._unary()))
        if self._accept("+"):
            return self._unary()
        return self._postfix(self._primary())

    def _postfix(self, node: Node) -> Node:
        while True:
            if self.kind == "cast":
                self._take()
                node = Node(node.kind, node.args, cast=self._type())
            elif self._accept("collate"):
                self._take()
            elif self._accept("at", "time", "zone"):
                self._unary()
            else:
                return node

    def _type(self) -> str:
        """
        Step over a type's name; return its first word.
        """
        name = self._take().strip('"').lower()
        while self._accept("."):
            name = self._take().strip('"').lower()
        while self.kind == "word" and _TYPE_WORDS.fullmatch(self.text):
            self._take()
        if self._accept("("):
            while not self._accept(")"):
                self._take()
            while self.kind == "word" and _TYPE_WORDS.fullmatch(self.text):
                self._take()
        while self._accept("["):
            self._accept("]")
        return name

    def _primary(self) -> Node:
        kind, text = self.kind, self.text
        if kind == "number":
            return Node("value", (_number(self._take()),))
        if kind == "string":
            return Node("value", (_string(self._take()),))
        if kind == "quoted":
            name = self._take()
            quote = name[-1]
            return self._column(name[1:-1].replace(quote * 2, quote))
        if self._accept("("):
            return self._bracket()
        if kind == "word":
            return self._word(text)
        raise UnreadableError(f"unexpected {text!r}")

    def _bracket(self) -> Node:
        inner = self.disjunction()
        if self._accept(","):
            rest = self._list(")")
            return Node("list", (inner, *rest.args))
        self._expect(")")
        return inner

    def _word(self, text: str) -> Node:
        raw = self._take()
        if text in _CONSTANTS:
            return Node("value", (_CONSTANTS[text],))
        special = {"array": self._array, "cast": self._cast, "case": self._case}
        if text in special and (text == "case" or self.text in ("[", "(")):
            return special[text]()
        if text in _TYPED and self.kind == "string":
            return Node("value", (_string(self._take()),), cast=text)
        if self._accept("("):
            return Node("call", (text, *self._list(")").args))
        return Node("call", (text,)) if text in _CLOCKS else self._column(raw)

    def _array(self) -> Node:
        self._expect("[")
        return self._list("]")

    def _cast(self) -> Node:
        self._expect("(")
        inner = self.disjunction()
        self._expect("as")
        cast = self._type()
        self._expect(")")
        return Node(inner.kind, inner.args, cast=cast)

    def _column(self, name: str) -> Node:
        while self._accept("."):
            name = self._take().strip('"[]`')
        if self.kind == "operator" and self.text == "[":
            raise UnreadableError("array elements")
        return Node("column", (name,))

    def _case(self) -> Node:
        subject = None if self.text == "when" else self.disjunction()
        parts: list[Node] = []
        while self._accept("when"):
            condition = self.disjunction()
            if subject is not None:
                condition = Node("=", (subject, condition))
            self._expect("then")
            parts += [condition, self.disjunction()]
        otherwise = self.disjunction() if self._accept("else") else _NOTHING
        parts.append(otherwise)
        self._expect("end")
        return Node("case", tuple(parts))


def _number(text: str) -> Any:
    if re.fullmatch(r"\d+", text):
        return int(text)
    try:
        return Decimal(text)
    except InvalidOperation as error:
        raise UnreadableError(text) from error


def _string(text: str) -> str:
    escaped = text[0] in "eE"
    inner = text[text.index("'") + 1 : -1].replace("''", "'")
    return inner.replace("\\\\", "\\") if escaped else inner
