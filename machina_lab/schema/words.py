"""
Names between the tongues: database, Python and English.

`OrderDetails`, `order details` and `ORDER_DETAILS` are all `order_details` here; a
factory is called by the singular, a collection by the plural.
"""

from __future__ import annotations

import keyword
import re
import unicodedata

from typing import Final


#: Plurals that no rule makes, and words that are their own plural.
_IRREGULAR: Final = {
    "person": "people",
    "child": "children",
    "man": "men",
    "woman": "women",
    "foot": "feet",
    "tooth": "teeth",
    "mouse": "mice",
    "goose": "geese",
    "datum": "data",
    "medium": "media",
    "index": "indices",
    "vertex": "vertices",
    "matrix": "matrices",
    "criterion": "criteria",
    "analysis": "analyses",
    "axis": "axes",
    "basis": "bases",
    "crisis": "crises",
    "leaf": "leaves",
    "life": "lives",
    "shelf": "shelves",
    "half": "halves",
    "movie": "movies",
    "cookie": "cookies",
    "tie": "ties",
    "quiz": "quizzes",
    "hero": "heroes",
    "potato": "potatoes",
    "echo": "echoes",
    "bus": "buses",
    "cache": "caches",
    "alias": "aliases",
}
_SINGULARS: Final = {plural: single for single, plural in _IRREGULAR.items()} | {
    "indexes": "index",
    "matrixes": "matrix",
}
_UNCOUNTABLE: Final = frozenset(
    re.findall(
        r"\w+",
        """
        aircraft always atlas audio bonus campus canvas census chaos corpus dns
        equipment feedback fish gas hardware has history https information inventory is
        kubernetes
        lens metadata money news os plus radius sales series sheep sms software species
        staff this us video virus was
        """,
    )
)
#: Words too short to be a plural.
_SHORT: Final = 2

_SINGULAR_RULES: Final = (
    (re.compile(r"(ss|us|is)$"), r"\1"),
    (re.compile(r"(stat|aly|bon|camp|cens|radi|vir|foc)uses$"), r"\1us"),
    (re.compile(r"uses$"), "use"),
    (re.compile(r"(x|ch|sh|ss|zz)es$"), r"\1"),
    (re.compile(r"([^aeiou]|qu)ies$"), r"\1y"),
    (re.compile(r"s$"), ""),
)
_PLURAL_RULES: Final = (
    (re.compile(r"(x|ch|sh|s|z)$"), r"\1es"),
    (re.compile(r"([^aeiou]|qu)y$"), r"\1ies"),
    (re.compile(r"$"), "s"),
)


def snake(name: str) -> str:
    """
    Return *name* as a lower-case Python word; "" where nothing of it is left.

    Examples:
        >>> snake("OrderDetails"), snake("Order Details"), snake("HTTPServer2ID")
        ('order_details', 'order_details', 'http_server2_id')
        >>> snake("Straße"), snake("ORDER_ID")
        ('strasse', 'order_id')
    """
    text = unicodedata.normalize("NFKD", name.replace("ß", "ss"))
    text = "".join(c for c in text if not unicodedata.combining(c))
    text = re.sub(r"\W+", "_", text)
    text = re.sub(r"([A-Z]+)([A-Z][a-z])", r"\1_\2", text)
    text = re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", text)
    return re.sub(r"_+", "_", text).strip("_").lower()


def identifier(name: str, fallback: str = "column") -> str:
    """
    Return *name* as a snake_case identifier that is no keyword.

    Examples:
        >>> identifier("class"), identifier("2nd try"), identifier("Ü")
        ('class_', 'column_2nd_try', 'u')
    """
    word = snake(name) or fallback
    if not word[0].isalpha():
        word = f"{fallback}_{word}"
    if not word.isidentifier():
        word = fallback
    return f"{word}_" if keyword.iskeyword(word) else word


def singular(name: str) -> str:
    """
    Return *name*, in snake case, with its last word in the singular.

    Examples:
        >>> [singular(word) for word in ("order_details", "people", "statuses", "news")]
        ['order_detail', 'person', 'status', 'news']
        >>> [singular(word) for word in ("addresses", "categories", "houses", "boxes")]
        ['address', 'category', 'house', 'box']
    """
    head, _, last = name.rpartition("_")
    return f"{head}_{_singular(last)}" if head else _singular(last)


def plural(name: str) -> str:
    """
    Return *name*, in snake case, with its last word in the plural.

    Examples:
        >>> [plural(word) for word in ("order_detail", "person", "status", "key")]
        ['order_details', 'people', 'statuses', 'keys']
    """
    head, _, last = name.rpartition("_")
    return f"{head}_{_plural(last)}" if head else _plural(last)


def camel(name: str) -> str:
    """
    Return a snake_case *name* as a class is written.

    Examples:
        >>> camel("order_detail")
        'OrderDetail'
    """
    return "".join(part[:1].upper() + part[1:] for part in name.split("_"))


def _singular(word: str) -> str:
    if word in _SINGULARS:
        return _SINGULARS[word]
    if word in _IRREGULAR or word in _UNCOUNTABLE or len(word) <= _SHORT:
        return word
    for pattern, replacement in _SINGULAR_RULES:
        if pattern.search(word):
            return pattern.sub(replacement, word)
    return word


def _plural(word: str) -> str:
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if word in _SINGULARS or word in _UNCOUNTABLE:
        return word
    if _singular(word) != word:
        return word
    for pattern, replacement in _PLURAL_RULES:
        if pattern.search(word):
            return pattern.sub(replacement, word)
    return word
