"""A feed is hostile input. From its bytes to plain headlines, and nothing else.

Markup, links, mentions, control, bidirectional and private-use characters go; sizes are capped;
a stamp from 1970 or from the future drops the item.
"""

from __future__ import annotations

import calendar
import html
import re
import unicodedata
from itertools import islice
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from generator.collect.cleaning import EARLIEST, FUTURE_TOLERANCE
from generator.model import Headline

MOST_ITEMS = 60
MOST_TITLE = 300
MOST_SUMMARY = 600
MOST_URL = 500
MOST_RAW = 20_000  # characters looked at before cleaning; patterns never see more

_BLOCK = re.compile(r"<(script|style)\b[^>]*>.*?(</\1\s*>|\Z)", re.I | re.S)
_ITEM_END = re.compile(rb"</(?:item|entry)\s*>", re.I)
_TAG = re.compile(r"<[^<>]{0,2000}>")
_LINK = re.compile(r"(?:[a-z0-9+.-]{0,20}://|www\.)\S*|\b(?:javascript|data|mailto):\S+", re.I)
_DOMAIN = re.compile(
    r"\b(?:[a-z0-9-]{1,63}\.){1,4}(?:com|net|org|io|co|xyz|me|ly|info|app|dev|gg|fi|news)/\S+", re.I
)
_MENTION = re.compile(r"(?<!\w)[@\uff20][\w.@-]{1,60}")
_BRACES = re.compile(r"[{}]+%?|%}")  # a template's tags: no note may show one
_SPACE = re.compile(r"\s+")
# A headline is quoted between double marks: one of its own would end the quotation early and let
# the rest pass for a sentence of the note.
_QUOTES = dict.fromkeys(map(ord, '"“”„‟«»″〝〞〟＂❝❞⹂'), "'")
_REMOVED = {"Cc", "Cf", "Co", "Cs", "Cn"}  # Cf holds the bidirectional controls
_LINE_SEPARATORS = {"Zl", "Zp"}


def parse(body: bytes, source: str, now: int) -> list[Headline] | None:
    """The headlines of one feed, in its order; None when the bytes are no feed at all."""
    import feedparser

    feed = feedparser.parse(_first_items(body), sanitize_html=True, resolve_relative_uris=False)
    if not feed.get("version"):
        return None
    found: list[Headline] = []
    seen: set[tuple[str, str]] = set()
    for entry in feed.entries[:MOST_ITEMS]:
        item = _headline(entry, source, now)
        if item is not None and (item.title, item.url) not in seen:
            seen.add((item.title, item.url))
            found.append(item)
    return found


def _first_items(body: bytes) -> bytes:
    """The feed up to the last item that is looked at: parsing costs far more than searching."""
    ends = [m.end() for m in islice(_ITEM_END.finditer(body), MOST_ITEMS + 1)]
    if len(ends) <= MOST_ITEMS:
        return body
    last = body.rfind(b"</", 0, ends[-2])
    atom = body[last : ends[-2]].lower().startswith(b"</entry")
    return body[: ends[-2]] + (b"</feed>" if atom else b"</channel></rss>")


def _headline(entry: Any, source: str, now: int) -> Headline | None:
    title = plain(str(entry.get("title") or ""), MOST_TITLE)
    stamp = published(entry)
    if not title or (stamp is not None and not EARLIEST <= stamp <= now + FUTURE_TOLERANCE):
        return None
    dated = None if stamp is None or _date_only(entry) else stamp
    summary = plain(str(entry.get("summary") or ""), MOST_SUMMARY)
    return Headline(source, title, clean_url(str(entry.get("link") or "")), dated, now, summary)


def published(entry: Any) -> int | None:
    """The item's own time in UTC ms; None without one. `updated` says when it was edited."""
    parts = entry.get("published_parsed")
    try:
        return None if parts is None else calendar.timegm(parts) * 1000
    except (TypeError, ValueError, OverflowError):
        return None


def _date_only(entry: Any) -> bool:
    """Exactly midnight is a date in the clothes of a time."""
    parts = entry.get("published_parsed")
    return parts is not None and tuple(parts[3:6]) == (0, 0, 0)


def plain(text: str, most: int) -> str:
    """Visible words only, on one line, at most `most` characters, cut at a word."""
    text = text[:MOST_RAW]
    for _ in range(3):  # entities may be nested: &amp;lt;b&amp;gt;
        text, before = html.unescape(_TAG.sub(" ", _BLOCK.sub(" ", text))), text
        if text == before:
            break
    text = _TAG.sub(" ", _BLOCK.sub(" ", text)).replace("<", " ").replace(">", " ")
    text = unicodedata.normalize("NFC", text)
    text = "".join(_visible(c) for c in text).translate(_QUOTES)
    for pattern in (_LINK, _DOMAIN, _MENTION, _BRACES):
        text = pattern.sub(" ", text)
    text = _SPACE.sub(" ", text).strip()
    if len(text) <= most:
        return text
    return text[:most].rsplit(" ", 1)[0].rstrip() + "\u2026"


def _visible(char: str) -> str:
    kind = unicodedata.category(char)
    if char in "\t\n\r" or kind in _LINE_SEPARATORS:
        return " "
    return "" if kind in _REMOVED else char


def clean_url(url: str) -> str:
    """An http(s) URL without credentials, tracking parameters and fragment; else ''."""
    url = "".join(_visible(c) for c in url).strip().replace(" ", "")
    if len(url) > MOST_URL:
        return ""
    try:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.username:
            return ""
    except ValueError:
        return ""
    query = [(k, v) for k, v in parse_qsl(parts.query, keep_blank_values=True)
             if not k.lower().startswith(("utm_", "fbclid", "gclid", "mc_"))]  # fmt: skip
    return urlunsplit((parts.scheme, parts.netloc, parts.path, urlencode(query), ""))
