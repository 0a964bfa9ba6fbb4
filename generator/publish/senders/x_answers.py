"""What X's answers mean: seven kinds of 403, limits with their reset, a post on the timeline."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from generator.publish.base import (
    Ambiguous,
    NotSent,
    Part,
    Refused,
    Seen,
    same_text,
    stamp_ms,
)

QUARTER = 15 * 60_000
LINK = re.compile(r"https?://\S+")

# A 403 tells its reason in words only; the first that fits. None: it may be out.
FORBIDDEN: tuple[tuple[str, str | None], ...] = (
    (r"duplicate", None),
    (r"cashtag", "X takes one cashtag to a post; [house] cashtags = false writes none."),
    (r"spend(ing)?[ -]?(cap|limit)|usage cap|billing", "Raise the cap in X's developer console."),
    (r"automated|spam", "X took it for spam. Look at the account before anything else is sent."),
    (r"reply (to|is|rule|restrict)|conversation|mentioned", "What it answers cannot be answered."),
    (r"url|link|malicious|unsafe", "X does not take an address in the text."),
    (r"suspend|locked|restricted", "The account is suspended or locked. Log in on x.com."),
)
GENERIC = "See the account and its permissions (read and write) in X's developer console."


def answer(
    status: int, headers: Mapping[str, str], said: str, now: int
) -> NotSent | Refused | Ambiguous:
    """What an answer that is no success means for what was asked. now in ms."""
    reason = f"{status} {said}".strip()
    if status == 429:
        return NotSent(reason, reset(headers, now))
    if status == 402:
        return NotSent(f"{reason} (no credits are left in X's developer console)")
    if status in (400, 401):
        return NotSent(reason)
    if status == 403:
        hints = (hint for words, hint in FORBIDDEN if re.search(words, said, re.IGNORECASE))
        hint = next(hints, GENERIC)
        return Ambiguous(reason) if hint is None else Refused(reason, hint)
    if status in (404, 409, 413, 422):
        return Refused(reason)
    return Ambiguous(reason)


def reset(headers: Mapping[str, str], now: int) -> int:
    """When a limit ends (ms): the latest of those that are used up, else in fifteen minutes."""
    ends = []
    for limit in ("x-rate-limit", "x-app-limit-24hour", "x-user-limit-24hour"):
        left, end = headers.get(f"{limit}-remaining", "0"), headers.get(f"{limit}-reset", "")
        if left == "0" and end.isascii() and end.isdigit() and len(end) < 12:
            ends.append(int(end) * 1000)
    return max(ends, default=now + QUARTER)


def seen_of(post: Mapping[str, Any]) -> Seen:
    """A post of a timeline. A long one carries its whole text as a note."""
    note = post.get("note_tweet") or {}
    parents = [
        str(r.get("id", ""))
        for r in post.get("referenced_tweets") or ()
        if r.get("type") == "replied_to"
    ]
    number = str(post.get("id", ""))
    return Seen(
        number,
        str(note.get("text") or post.get("text") or ""),
        stamp_ms(post.get("created_at")),
        parents[0] if parents else "",
        f"https://x.com/i/status/{number}",
    )


def matches(seen: Seen, part: Part) -> bool:
    """Whether a post of the timeline is the segment: the same text, as an answer to the same."""
    if seen.parent != (part.parent.id if part.parent else ""):
        return False
    theirs = seen.text
    if part.media:  # X appends an address of its own for the pictures
        theirs = re.sub(r"\s*https://t\.co/\w+\s*$", "", theirs)
    return same_text(LINK.sub("link", theirs), LINK.sub("link", part.segment.text))
