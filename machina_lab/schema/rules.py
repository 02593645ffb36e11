"""
What column names tell about their values.

Each rule is a pattern over the snake_case name, the kinds of type it is for, and what
it gives; the first that fits wins. `{}` in a text is the record's number: without one
every record gets the same.
"""

from __future__ import annotations

import re

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final


@dataclass(frozen=True, slots=True)
class Rule:
    """
    One rule.

    Attributes:
        name: What it is called in reasons.
        pattern: What the column's name looks like.
        kinds: Kinds of data types it is for.
        text: What text columns get; `{name}` is the column, `{factory}` the factory.
        short: What they get where the text is too long.
        value: What other columns get.
        telling: Whether it is worth having in a row that may do without.
        fake: The realistic value, as an expression over `lab.fake`.
    """

    name: str
    pattern: re.Pattern[str]
    kinds: tuple[str, ...] = ("text",)
    text: str = ""
    short: tuple[str, ...] = ()
    value: Any = None
    telling: bool = False
    fake: str = ""


def _text(
    name: str,
    pattern: str,
    text: str,
    *short: str,
    telling: bool = False,
    fake: str = "",
) -> Rule:
    return Rule(
        name, _whole(pattern), text=text, short=short, telling=telling, fake=fake
    )


def _other(name: str, pattern: str, kinds: str, value: Any, fake: str = "") -> Rule:
    return Rule(name, _whole(pattern), tuple(kinds.split()), value=value, fake=fake)


def _whole(pattern: str) -> re.Pattern[str]:
    """
    Let a pattern match whole words of a snake_case name.
    """
    return re.compile(rf"(?:^|_)(?:{pattern})(?:_?\d+)?$")


TEXT_RULES: Final = (
    _text(
        "email",
        r"e_?mail(?:_address)?|mail",
        "user{}@example.com",
        "u{}@ex.org",
        telling=True,
        fake="person.email()",
    ),
    _text(
        "url",
        r"ur[li]|link|website|home_?page|web|href",
        "https://example.com/{}",
        "http://ex.org",
        fake="internet.url()",
    ),
    _text("slug", r"slug|permalink|handle", "{factory}-{}", "s{}", telling=True),
    _text(
        "username",
        r"user_?name|login|nick_?name|screen_name",
        "user{}",
        "u{}",
        telling=True,
        fake="person.username()",
    ),
    _text(
        "first name",
        r"first_?name|given_?name|fore_?name|middle_?name",
        "Jane",
        "J",
        telling=True,
        fake="person.first_name()",
    ),
    _text(
        "last name",
        r"last_?name|sur_?name|family_?name",
        "Doe",
        "D",
        telling=True,
        fake="person.last_name()",
    ),
    _text(
        "full name",
        r"(?:full|display|contact|real)_?name",
        "Jane Doe",
        "Jane",
        telling=True,
        fake="person.full_name()",
    ),
    _text(
        "courtesy",
        r"(?:title_of_)?courtesy|salutation",
        "Ms.",
        "Dr",
        fake="person.title()",
    ),
    _text("host", r"host(?:_?name)?|domain|server", "host{}.example.com", "host{}"),
    _text(
        "ip address",
        r"ip|ip_?addr(?:ess)?|remote_addr",
        "192.0.2.1",
        fake="internet.ip_v4()",
    ),
    _text("file", r"file_?name|file", "file-{}.txt", "f{}"),
    _text("path", r"path|dir(?:ectory)?|folder", "/tmp/{name}", "/tmp", "/"),  # noqa: S108 - text
    _text("media type", r"mime(?:_?type)?|content_type|media_type", "text/plain"),
    _text(
        "phone",
        r"(?:tele)?phone|fax|mobile|cell|tel",
        "+1 555 0100",
        "5550100",
        fake="person.phone_number()",
    ),
    _text(
        "street",
        r"address|street|addr|address_?line",
        "1 Main Street",
        "Main St",
        fake="address.address()",
    ),
    _text(
        "city", r"city|town", "Springfield", "Rome", telling=True, fake="address.city()"
    ),
    _text("state", r"state_(?:code|abbr)|region_code|province_code", "OR"),
    _text(
        "region",
        r"region|province|county|state_?name",
        "Oregon",
        "OR",
        fake="address.state()",
    ),
    _text(
        "country code",
        r"country_?code|country_iso|iso_code",
        "USA",
        "US",
        fake="address.country_code()",
    ),
    _text(
        "country",
        r"country(?:_?name)?|nation|nationality",
        "Canada",
        "USA",
        "US",
        telling=True,
        fake="address.country()",
    ),
    _text(
        "postal code",
        r"zip(?:_?code)?|post(?:al)?_?code|zip4",
        "97403",
        "974",
        fake="address.zip_code()",
    ),
    _text(
        "company",
        r"company(?:_?name)?|organi[sz]ation|employer|manufacturer|vendor",
        "Company {}",
        "Co {}",
        telling=True,
        fake="finance.company()",
    ),
    _text(
        "job",
        r"job(?:_title)?|occupation|profession|contact_title",
        "Engineer",
        "Dev",
        fake="person.occupation()",
    ),
    _text("department", r"department|dept", "Sales"),
    _text(
        "currency", r"currency(?:_?code)?", "EUR", fake="finance.currency_iso_code()"
    ),
    _text(
        "locale",
        r"locale|language_code|lang(?:uage)?(?:_code)?",
        "en",
        fake="person.language()",
    ),
    _text("time zone", r"time_?zone|tz", "UTC"),
    _text("colour", r"colou?r|colou?r_code", "#336699", "red"),
    _text("gender", r"gender|sex", "female", "f"),
    _text(
        "password",
        r"password|passwd|pass|pwd|encrypted_password",
        "not-a-password",
        "secret",
    ),
    _text(
        "hash",
        r"hash|digest|checksum|sha\d*|md5|fingerprint|etag|salt",
        "{:032x}",
        "{:08x}",
    ),
    _text(
        "secret", r"token|secret|api_?key|access_key|nonce|signature", "token-{}", "t{}"
    ),
    _text("uuid", r"uu?id|guid", "00000000-0000-4000-8000-{:012d}", "{:08x}"),
    _text("barcode", r"isbn|ean|upc|gtin|barcode", "978{:010d}", "{:08d}"),
    _text(
        "code",
        r"code|sku|number|no|num|reference|ref|serial|identifier|key|ident|abbr",
        "{code}-{:04d}",
        "{:04d}",
        telling=True,
    ),
    _text("version", r"version|release|revision", "1.0.{}", "1.0"),
    _text("status", r"status|state", "active", "on"),
    _text("role", r"role|permission|access_level", "member", "user"),
    _text("kind", r"type|kind|category|class|group|mode|level|scope", "standard", "a"),
    _text("gist", r"body|content|text", "Some text", "Text", fake="text.sentence()"),
    _text(
        "gist",
        r"description|descr?|comments?|notes?|summary|bio|message|remarks?"
        r"|details?|abstract|excerpt|caption|about|reason|memo",
        "Some {name}",
        "Text",
        fake="text.sentence()",
    ),
    _text(
        "person",
        r"author|creator|owner|composer|editor|by",
        "Jane Doe",
        "Jane",
        fake="person.full_name()",
    ),
    _text(
        "user agent", r"user_agent|agent", "Mozilla/5.0", fake="internet.user_agent()"
    ),
    _text("schedule", r"cron|schedule|crontab", "0 0 * * *"),
    _text("query", r"query|sql|filter|expression", "SELECT 1"),
    _text(
        "image",
        r"image|avatar|photo|picture|logo|icon|thumbnail|cover",
        "image-{}.png",
        "i.png",
    ),
    _text("extension", r"extension|ext|suffix", "100"),
    _text(
        "json",
        r"json|metadata|meta|params|settings|config|options|attributes|data"
        r"|payload|properties|extra",
        "{{}}",
    ),
    _text("year", r"year", "2024", "24"),
    _text(
        "title",
        r"title|subject|headline|heading|label|topic",
        "{label} {}",
        "{label}{}",
        "T{}",
        telling=True,
    ),
    _text(
        "name",
        r"(?:\w+_)?name|term|tag|word",
        "{label} {}",
        "{label}{}",
        "N{}",
        telling=True,
    ),
)

_NUMBERS: Final = "integer decimal float"
OTHER_RULES: Final = (
    _other(
        "date of birth",
        r"birth_?(?:date|day)|date_of_birth|dob|born(?:_on)?",
        "date datetime",
        (1990, 1, 1),
    ),
    _other(
        "end",
        r"(?:end|ends|ended|expire[sd]?|expiry|until|valid_to|closed|finish(?:ed)?"
        r"|due|to|required)(?:_?(?:at|on|date|time))?",
        "date datetime",
        (2024, 12, 31),
    ),
    _other("year", r"year", "integer", 2024),
    _other("month", r"month", "integer", 1),
    _other("day", r"day|day_of_\w+|weekday", "integer", 1),
    _other("age", r"age", "integer", 30, "numeric.integer_number(18, 80)"),
    _other("latitude", r"lat|latitude", "decimal float", 45),
    _other("longitude", r"lon|lng|long|longitude", "decimal float", 7),
    _other(
        "money",
        r"price|amount|cost|total|subtotal|fee|salary|balance|budget|revenue"
        r"|freight|tax|payment|value|net|gross|credit|debit",
        "decimal float",
        "9.99",
    ),
    _other("cents", r"\w*(?:cents|price|amount|cost|total|fee)", "integer", 999),
    _other(
        "share",
        r"percent(?:age)?|rate|ratio|discount|probability|confidence|weight|score"
        r"|factor",
        "decimal float",
        "0.5",
    ),
    _other("score", r"rating|stars|score|level|grade", "integer", 3),
    _other(
        "quantity",
        r"quantity|qty|count|units?|stock|units_\w+|num(?:ber)?_\w+|\w+_count",
        _NUMBERS,
        1,
    ),
    _other(
        "size",
        r"size|bytes|length|file_?size|width|height|depth|capacity",
        _NUMBERS,
        100,
    ),
    _other("milliseconds", r"milliseconds|millis|ms", _NUMBERS, 60_000),
    _other(
        "duration",
        r"duration|seconds|secs|minutes|timeout|ttl"
        r"|interval|delay|elapsed",
        _NUMBERS,
        60,
    ),
    _other(
        "position",
        r"position|rank|ordinal|sort(?:_order)?|sequence|priority|idx|index"
        r"|line(?:_no)?|level|order",
        "integer",
        1,
    ),
    _other("version", r"version|revision", "integer", 1),
    _other("port", r"port", "integer", 8080),
    _other(
        "switch on",
        r"(?:is_)?(?:active|enabled|visible|public|published|verified|valid"
        r"|confirmed|available|current|approved|ok|success)",
        "boolean",
        True,
    ),
    _other("switch", r".*", "boolean", False),
)


def text_rule(name: str) -> Rule | None:
    """
    Return the rule for a text column called *name* (snake case).
    """
    return _first(TEXT_RULES, name, "text")


def other_rule(name: str, kind: str) -> Rule | None:
    """
    Return the rule for a column of another *kind*.
    """
    return _first(OTHER_RULES, name, kind)


def _first(rules: Iterable[Rule], name: str, kind: str) -> Rule | None:
    for rule in rules:
        if kind in rule.kinds and rule.pattern.search(name):
            return rule
    return None
