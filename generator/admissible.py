"""What a setting may say beyond its type: names that exist, words that go into a text as they are.

Texts of the house are printed word for word, so they may not carry what no other part of a note
may: links, mentions, control characters, and in a sign-off no figure that nothing traces. What a
disclaimer pack asks for may be an address: that is where its warning sends the reader.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlsplit

from generator.coerce import did_you_mean
from generator.errors import UsageError
from generator.printable import LINK, unprintable

TICKER = re.compile(r"[A-Z0-9]{1,20}")
MOST = 200  # characters of a text of the house
MOST_TAG = 50
_WORDS = {("house", k) for k in ("name", "sign_off", "reviewer")}


def admissible(key: tuple[str, str], subject: str, value: Any) -> None:
    """Raises UsageError for a value of the right type that cannot be meant."""
    if key == ("market", "majors"):
        wrong = [v for v in value if not TICKER.fullmatch(v)]
        if wrong:
            raise UsageError(subject, f"{wrong[0]!r} is no ticker", "Write them as BTC, ETH.")
    if key == ("collect", "url_prefix") and value:
        _prefix(subject, value)
    if key in _WORDS:
        _words(subject, value, digits=key[1] != "sign_off")
    if key == ("house", "hashtags"):
        _tags(subject, value)
    if key == ("house", "declared"):
        _declared(subject, value)
    if key == ("run", "slots"):
        from generator.publish.slots import slots_of

        slots_of(value, subject)
    if key == ("store", "output") and not value.strip():
        raise UsageError(subject, "is empty", "Name a folder, or remove the line.")


def _prefix(subject: str, value: str) -> None:
    try:
        parts = urlsplit(value)
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        good = False
    if not good:
        raise UsageError(subject, f"{value!r} is no address", "Write http://127.0.0.1:8900/.")


def _words(subject: str, value: str, *, digits: bool) -> None:
    if why := unprintable(value):
        raise UsageError(subject, f"holds {why}", "Write plain words on one line.")
    if not digits and any(c.isdigit() for c in value):
        raise UsageError(subject, "holds a figure that no source stands behind", "Leave it out.")
    if len(value) > MOST:
        raise UsageError(subject, f"has {len(value)} characters", f"Give at most {MOST}.")


def _tags(subject: str, tags: Iterable[str]) -> None:
    for tag in tags:
        word = tag.removeprefix("#")
        if not word.isalnum() or word.isdigit() or len(word) > MOST_TAG:
            raise UsageError(subject, f"{tag!r} is no hashtag", "Write one word of letters.")


def _declared(subject: str, pairs: Iterable[tuple[str, str]]) -> None:
    """What packs print: an address may be a link, nothing may be hidden in any of it."""
    for name, text in pairs:
        why = unprintable(LINK.sub("", text) if text.startswith("https://") else text)
        if why or len(text) > MOST:
            raise UsageError(
                f"{subject}.{name}", f"holds {why or 'too much'}", "Write plain words."
            )


def _installed() -> set[str]:
    """Sources of other packages, asked for only when needed: to look through all takes its time."""
    from importlib.metadata import entry_points

    return {p.name for p in entry_points(group="commentary.sources")}


def existing_venues(
    chosen: Mapping[str, Iterable[str]], known: Iterable[str], origins: Mapping[str, str]
) -> None:
    """chosen: dotted key -> names. Raises UsageError for a venue that nothing provides."""
    names = set(known)
    for key, venues in chosen.items():
        unknown = [v for v in venues if v not in names]
        installed = _installed() if unknown else set()
        for venue in unknown:
            if venue not in installed:
                subject = f"{key} ({origins.get(key, 'default')})"
                raise UsageError(subject, f"{venue!r} is no venue", did_you_mean(venue, names))
