"""How X reads a text: entities and weighted length, after twitter-text version 3.

Own code because no kept library does it: `twitter-text-parser` needs `pkg_resources`, which is gone
from current setuptools, knows no hashtag, cashtag or mention, and counts emoji sequences that are
newer than its list as several. The character classes come from `regex` (Unicode data, renewed with
every Unicode version) and the top-level domains from the Public Suffix List in `publicsuffixlist`.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import regex

EntityKind = Literal["url", "hashtag", "cashtag", "mention"]

URL_LENGTH = 23  # what every address becomes on X, whatever its own length
LONGEST_URL = 4096
LONGEST_LABEL = 63  # RFC 1035, counted after punycode
LONGEST_SLUG = 40
EMOJI_WEIGHT = 2
LIGHT = ((0x0000, 0x10FF), (0x2000, 0x200D), (0x2010, 0x201F), (0x2032, 0x2037))
INVALID = "\ufffe\ufeff\uffff"

# Delegated once, withdrawn since, so no longer in the Public Suffix List; X's own list is not
# public, and counting one of these as a link can only make a text seem longer than it is.
WITHDRAWN = (
    "um tp mf eh bq bl an 诺基亚 珠宝 手表 工行 大众汽车 موبايلي اتصالات zippo xperia xfinity "
    "wolterskluwer warman vuelos volkswagen vistaprint vista uconnect travelchannel tiffany "
    "telefonica telecity symantec swiftcover statoil starhub srt spreadbetting spiegel shriram "
    "showtime shaw ses scor scjohnson sca sapo rocher rmit rightathome redstone raid qvc pramerica "
    "piaget passagens panerai pamperedchef orientexpress onyourside oldnavy off northwesternmutual "
    "newholland natura nationwide nadex mutuelle mutual mtpc movistar mopar montblanc mobily "
    "metlife meo mcdonalds mcd maserati macys lupin loft lixil lipsy linde liaison lancome lancia "
    "lancaster ladbrokes kinder kerrylogistics juniper jlc jcp iwc iveco iselect intel iinet htc "
    "hoteles honeywell hgtv guardian goodhands goo glade fujixerox frontdoor foodnetwork flsmidth "
    "fiat everbank etisalat esurance epost duns dunlop duck doosan doha dodge dabur csc "
    "cookingchannel comcast cityeats chrysler chloe ceb cbs caseih cartier cancerresearch bugatti "
    "budapest boots bnl blanco bentley bananarepublic avianca alfaromeo aigo afamilycompany adac "
    "active abarth"
)


@dataclass(frozen=True, slots=True)
class Entity:
    """Something X turns into a link. start and end are code points; text is without its sign."""

    kind: EntityKind
    start: int
    end: int
    text: str


@cache
def top_level_domains() -> frozenset[str]:
    """Every top-level domain in lower case, in Unicode and in punycode where it has one."""
    from publicsuffixlist import PSLFILE

    found = set(WITHDRAWN.split())
    for line in Path(PSLFILE).read_text(encoding="utf-8").splitlines():
        if "END ICANN DOMAINS" in line:
            break
        if line and not line.startswith("//"):
            found.add(line.strip().rsplit(".", 1)[-1])
    return frozenset(found)


_PUNCT = r"!-/:-@\[-`{-~"
_BIDI = "\u202a-\u202e\u2066-\u2069\u200e\u200f\u061c"
_WIDE = rf"[^\s{_PUNCT}{_BIDI}{INVALID}]"  # a character of an internationalised label
_NARROW = r"[0-9A-Za-z\p{Latin}]"  # of a label in an address without a scheme
_TOP = r"(?:\L<tlds>|xn--[-0-9a-z]+)(?![0-9A-Za-z@+\-])"
_PATH = r"[\p{Latin}\p{Cyrillic}0-9!*';:=+,.$/%#\[\]\-\u2013_~@|&]"
_PATH_END = r"[\p{Latin}\p{Cyrillic}0-9+\-=_#/]"
_PARENS = rf"\((?:{_PATH}|\({_PATH}*\))+\)"
_TAIL = (
    rf"(?::\d+)?(?P<path>/(?:(?:{_PATH}|{_PARENS})*(?:{_PATH_END}|{_PARENS}))?)?"
    r"(?P<query>\?[0-9A-Za-z!?*'@();:&=+$/%#\[\]\-_.,~|]*[0-9A-Za-z\-_&=#/])?"
)


def _host(char: str) -> str:
    inner = rf"{char}(?:(?:{char}|-)*{char})?"
    upper = rf"{char}(?:(?:{char}|[-_])*{char})?"
    return rf"(?:{upper}\.)*{inner}\.{_TOP}"


_DOT = re.compile(r"\.[^\W\d_]")  # an address has a letter after a dot; 1,548.43 has none


@cache
def _url_pattern() -> regex.Pattern[str]:
    import regex

    return regex.compile(
        rf"(?<![A-Za-z0-9@＠$#＃])(?:https?://(?P<host>{_host(_WIDE)})"
        rf"|(?<![-_./\p{{Latin}}])(?P<bare>{_host(_NARROW)})){_TAIL}",
        regex.IGNORECASE,
        tlds=sorted(top_level_domains()),
    )


_TAG = r"[\p{L}\p{M}\p{Nd}_\u200c\u200d\ua67e\u05be\u05f3\u05f4\uff5e\u301c\u309b\u309c\u30a0"
_TAG += r"\u30fb\u3003\u0f0b\u0f0c\u00b7]"


@cache
def _tag_pattern() -> regex.Pattern[str]:
    import regex

    return regex.compile(
        rf"(?:(?<![{_TAG[1:-1]}&])|(?<=[\ufe0e\ufe0f]))"
        rf"[#＃](?![\ufe0f\u20e3])(?P<hashtag>{_TAG}*[\p{{L}}\p{{M}}]{_TAG}*+)(?![#＃]|://)"
        rf"|(?<![^\s{_BIDI}])\$(?P<cashtag>[a-z]{{1,6}}(?:[._][a-z]{{1,2}})?)(?=$|[\s{_PUNCT}])"
        r"|(?:(?<![a-z0-9_!#$%&*@＠])|(?<=(?<![a-z0-9_+~.\-])rt:?))"
        r"[@＠](?P<mention>[a-z0-9_]{1,20}(?:/[a-z][a-z0-9_\-]{0,24})?)(?![@＠]|://|[\p{Latin}0-9_])",
        regex.IGNORECASE,
    )


@cache
def _emoji_pattern() -> regex.Pattern[str]:
    """Emoji sequences by their grammar (Unicode TS 51, 1.4.9), so new ones need no new list."""
    import regex

    one = r"(?:[©®]\ufe0f|[\p{Emoji}--[0-9#*©®]](?:\p{EMod}\ufe0f?|\ufe0f\u20e3?|"
    one += r"[\U000e0020-\U000e007e]+\U000e007f)?)"
    return regex.compile(
        rf"[0-9#*]\ufe0f?\u20e3|\p{{RI}}{{2}}|{one}(?:\u200d{one})*", regex.VERSION1
    )


def urls(text: str) -> tuple[Entity, ...]:
    """The addresses X would link in `text`, with or without a scheme, in order."""
    found: list[Entity] = []
    if not _DOT.search(text):
        return ()  # compiling the pattern with all top-level domains costs a tenth of a second
    for match in _url_pattern().finditer(text):
        host = match["host"] or match["bare"]
        if not _is_host(host) or len(match[0]) > LONGEST_URL:
            continue
        end = match.end()
        if match["host"] and host.lower() == "t.co" and match["path"]:
            end = _short_link_end(match)
            if end < 0:
                continue
        found.append(Entity("url", match.start(), end, text[match.start() : end]))
    return tuple(found)


def _is_host(host: str) -> bool:
    for label in host.lower().split("."):
        if label.isascii():
            size = len(label)
        elif label.startswith("xn--"):
            return False  # punycode of something that already is punycode
        else:
            size = len(label.encode("punycode")) + len("xn--")
        if size > LONGEST_LABEL:
            return False
    return True


def _short_link_end(match: regex.Match[str]) -> int:
    """Where a t.co link ends: after its slug, and its query if one follows at once; -1: none."""
    slug = ""
    for char in match["path"][1:]:
        if not (char.isascii() and char.isalnum()):
            break
        slug += char
    if len(slug) > LONGEST_SLUG:
        return -1
    whole = len(slug) == len(match["path"]) - 1
    return int(match.end() if whole else match.start("path") + 1 + len(slug))


def entities(text: str) -> tuple[Entity, ...]:
    """Addresses, hashtags, cashtags and mentions, in order, none overlapping an address."""
    links = urls(text)
    found = list(links)
    if any(sign in text for sign in "#＃$@＠"):
        for match in _tag_pattern().finditer(text):
            kind = _kind(match)
            start = match.start(kind) - 1
            if any(link.start <= start < link.end for link in links):
                continue
            found.append(Entity(kind, start, match.end(), match[kind]))
    return tuple(sorted(found, key=lambda e: e.start))


def _kind(match: regex.Match[str]) -> EntityKind:
    if match["hashtag"] is not None:
        return "hashtag"
    return "cashtag" if match["cashtag"] is not None else "mention"


def weighted_length(text: str) -> int:
    """Characters as X counts them: of the NFC form with line ends as one, emoji 2, address 23."""
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n"))
    total, position = 0, 0
    for link in urls(text):
        total += _weigh(text[position : link.start]) + URL_LENGTH
        position = link.end
    return total + _weigh(text[position:])


def _weigh(text: str) -> int:
    if text.isascii() and "\u20e3" not in text:
        return len(text)
    text, count = _emoji_pattern().subn("", text)
    light = sum(any(low <= ord(c) <= high for low, high in LIGHT) for c in text)
    return EMOJI_WEIGHT * count + light + 2 * (len(text) - light)


def is_valid(text: str, limit: int = 280) -> bool:
    """Whether X would take `text`: not empty, no forbidden code point, not too long."""
    return bool(text.strip()) and not set(INVALID) & set(text) and weighted_length(text) <= limit
