"""
Values for types of databases that Python has no class for.
"""

from __future__ import annotations

import re

from typing import Any, Final

from machina_lab.core.datatypes import DataType


#: What types get that Python has no class for, by the first word of their SQL.
DATABASE_TYPES: Final[dict[str, Any]] = {
    "inet": "192.0.2.1",
    "cidr": "192.0.2.0/24",
    "macaddr": "08:00:2b:01:02:03",
    "macaddr8": "08:00:2b:01:02:03:04:05",
    "money": "9.99",
    "tsvector": "text",
    "tsquery": "text",
    "xml": "<a/>",
    "point": "(1,1)",
    "line": "{1,1,0}",
    "lseg": "[(0,0),(1,1)]",
    "box": "(1,1),(0,0)",
    "path": "((0,0),(1,1))",
    "polygon": "((0,0),(1,0),(1,1))",
    "circle": "<(0,0),1>",
    "int4range": "[1,10)",
    "int8range": "[1,10)",
    "numrange": "[1,10)",
    "daterange": "[2024-01-01,2024-02-01)",
    "tsrange": "[2024-01-01,2024-02-01)",
    "tstzrange": "[2024-01-01,2024-02-01)",
    "int4multirange": "{[1,10)}",
    "int8multirange": "{[1,10)}",
    "nummultirange": "{[1,10)}",
    "datemultirange": "{[2024-01-01,2024-02-01)}",
    "tsmultirange": "{[2024-01-01,2024-02-01)}",
    "tstzmultirange": "{[2024-01-01,2024-02-01)}",
    "oid": 1,
    "regclass": "pg_class",
    "regtype": "int4",
    "pg_lsn": "0/0",
    "jsonpath": "$",
    "hstore": '"a"=>"1"',
    "ltree": "a.b",
    "citext": "Text",
    "name": "name",
    "year": 2024,
    "geometry": "POINT(0 0)",
    "geography": "POINT(0 0)",
}


def database_value(kind: DataType) -> Any:
    """
    Return a value for a type that Python has no class for, or None if it is unknown.

    Examples:
        >>> database_value(DataType("other", sql="vector(3)"))
        '[1,1,1]'
        >>> database_value(DataType("other", sql="BIT(2)"))
        '11'
    """
    word = first_word(kind)
    if word in ("vector", "halfvec"):
        return f"[{','.join('1' * _width(kind))}]"
    if word in ("bit", "varbit"):
        return "1" * (kind.length or _width(kind))
    return DATABASE_TYPES.get(word)


def first_word(kind: DataType) -> str:
    """
    Return what the database calls a type, without schema and brackets.
    """
    match = re.match(r"[\w.]+", kind.sql.lower())
    return match.group().rpartition(".")[2] if match else ""


def _width(kind: DataType) -> int:
    """
    Return the number in a type's brackets: `vector(20)`.
    """
    found = re.search(r"\((\d+)\)", kind.sql)
    return int(found[1]) if found else 1
