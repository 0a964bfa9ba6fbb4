"""What the outbox asks of a network: to send one segment, to look for it, to take it back.

A network's module (`generator/networks/NAME.py`, or another package's) that can send has a function
`sender(settings: generator.settings.Network, state: Path) -> Sender`; without one, a text can only
be handed over. `state` is a folder for what must outlive a run. Heavy packages: imported inside.
"""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol

from generator.errors import EXIT_NETWORK, CommentaryError

if TYPE_CHECKING:  # they bring numpy, and a list of what was sent needs none
    from generator.networks.base import Segment

MICRO = 1_000_000  # costs are counted in millionths of a dollar: cents are too coarse for X


class PublishError(CommentaryError):
    """Something stands in the way of publishing; nothing was sent by what raised it (exit 3)."""

    exit_code = EXIT_NETWORK


@dataclass(frozen=True, slots=True)
class Media:
    """A picture that goes with a segment. alt: its description, "" for none."""

    name: str
    data: bytes = field(repr=False)
    mime: str = "image/png"
    alt: str = ""

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.data).hexdigest()


@dataclass(frozen=True)
class Post:
    """A text fitted to one network: exactly what will be sent, and what approval fixes by hash.

    media: per segment. title and parts (such as an HTML body) are for networks whose posts have
    them; lang is an IETF tag.
    """

    network: str
    lang: str
    segments: tuple[Segment, ...]
    media: tuple[tuple[Media, ...], ...] = ()
    title: str = ""
    parts: Mapping[str, str] = field(default_factory=dict)

    def pictures(self, index: int) -> tuple[Media, ...]:
        return self.media[index] if index < len(self.media) else ()

    @cached_property
    def hash(self) -> str:
        """SHA-256 over everything that will be sent: texts, links, tags, pictures with their alt
        texts, title and parts. One byte more anywhere is another hash."""
        return hashlib.sha256(json.dumps(self.body(), sort_keys=True).encode()).hexdigest()

    def body(self) -> dict[str, Any]:
        """The post as plain data, pictures by their digests."""
        return {
            "network": self.network,
            "lang": self.lang,
            "title": self.title,
            "parts": dict(self.parts),
            "segments": [
                {
                    "text": s.text,
                    "shown": s.shown,
                    "length": s.length,
                    "facets": [[f.kind, f.start, f.end, f.value] for f in s.facets],
                    "tags": list(s.tags),
                    "media": [
                        {"name": m.name, "mime": m.mime, "alt": m.alt, "sha256": m.digest}
                        for m in self.pictures(i)
                    ],
                }
                for i, s in enumerate(self.segments)
            ],
        }

    @classmethod
    def of(cls, body: Mapping[str, Any], blobs: Mapping[str, bytes]) -> Post:
        """A post from its plain data. Raises KeyError for a picture that `blobs` lacks."""
        from generator.networks.base import Facet, Segment

        segments, media = [], []
        for s in body["segments"]:
            facets = tuple(Facet(*f) for f in s["facets"])
            segments.append(Segment(s["text"], s["shown"], s["length"], facets, tuple(s["tags"])))
            media.append(
                tuple(Media(m["name"], blobs[m["sha256"]], m["mime"], m["alt"]) for m in s["media"])
            )
        return cls(
            body["network"], body["lang"], tuple(segments), tuple(media), body["title"],
            body["parts"],
        )  # fmt: skip


# ---------------------------------------------------------------- what became of a segment


@dataclass(frozen=True, slots=True)
class Sent:
    """It is out. id: as the network names it. extra: what answering it needs (a content hash)."""

    id: str
    url: str = ""
    extra: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class NotSent:
    """It is certainly not out, and may be tried again: nothing left the machine, or the network
    refused the request as such (400, 401, 402, 429). retry_at: ms, 0 for any time."""

    reason: str
    retry_at: int = 0


@dataclass(frozen=True, slots=True)
class Refused:
    """It is not out and trying again will not help. hint: what a person can do."""

    reason: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """It may be out: a time-out, a broken connection, a 5xx, "you already said that"."""

    reason: str


Outcome = Sent | NotSent | Refused | Ambiguous


@dataclass(frozen=True, slots=True)
class Found:
    """Reading back found it."""

    sent: Sent


@dataclass(frozen=True, slots=True)
class Absent:
    """Reading back works and does not show it (yet)."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """The network cannot be read back, or did not answer."""

    reason: str = "this network cannot be read back"


Reading = Found | Absent | Unknown


# ---------------------------------------------------------------- what a sender is given


@dataclass(frozen=True, slots=True)
class Identity:
    """The account that the credentials belong to."""

    id: str
    handle: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Seen:
    """A post that the account already has. parent: id of what it answers; at: ms, 0 if untold."""

    id: str
    text: str
    at: int = 0
    parent: str = ""
    url: str = ""


@dataclass(frozen=True)
class Part:
    """One segment of a post with all that its sending depends on.

    key: names it for ever, `HASH/INDEX` of an approved post in its slot; tokens are made from it.
    root and parent: the receipts of the thread's first and of the preceding segment.
    """

    post: Post
    index: int
    key: str
    root: Sent | None = None
    parent: Sent | None = None

    @property
    def segment(self) -> Segment:
        return self.post.segments[self.index]

    @property
    def media(self) -> tuple[Media, ...]:
        return self.post.pictures(self.index)


@dataclass(frozen=True, slots=True)
class Prepared:
    """What is fixed before the call, and written down before it: a token that makes the request
    recognisable, ids of uploaded pictures, and `since`, the newest post known before."""

    token: str = ""
    media: tuple[str, ...] = ()
    since: str = ""
    extra: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Attempt:
    """A segment on its way: at most one for each row of the ledger. started: ms."""

    part: Part
    prepared: Prepared
    started: int


class Sender(Protocol):
    """One account on one network. No method tries anything twice, and none lets an exception of
    its own make (`KeyboardInterrupt` and the like excepted) escape: what happened is the answer.

    reads_back: whether `reconcile` and `newest` can answer at all. idempotent: whether sending the
    same attempt twice makes one post (a record key, an event's own hash), for ever. Where reading
    costs too, it has `request_cost() -> int`, what all else cost since it was last asked.
    """

    reads_back: bool
    idempotent: bool

    def identity(self) -> Identity:
        """Whose credentials these are. Raises PublishError."""

    def newest(self) -> tuple[Seen, ...]:
        """The account's latest posts, newest first. Raises PublishError."""

    def prepare(self, part: Part, started: int) -> Prepared | NotSent | Refused:
        """Uploads pictures and chooses the token. Publishes nothing. started: ms."""

    def send(self, attempt: Attempt) -> Outcome:
        """Sends, once."""

    def reconcile(self, attempt: Attempt) -> Reading:
        """Looks for the segment of an attempt whose end is not known."""

    def retract(self, sent: Sent) -> Outcome:
        """Takes a post back; Sent names what was taken back."""

    def cost(self, part: Part) -> int:
        """What sending it costs, in millionths of a dollar; 0 where it is free."""


def found_among(posts: Sequence[Seen], part: Part) -> Found | Absent:
    """The segment among an account's posts, newest first: its text, answering what it answers.

    Of two the older, which is the one that the first attempt made.
    """
    parent = part.parent.id if part.parent else ""
    mine = [s for s in posts if s.parent == parent and same_text(s.text, part.segment.text)]
    return Found(Sent(mine[-1].id, mine[-1].url)) if mine else Absent()


def stamp_ms(text: object) -> int:
    """An ISO 8601 moment of a network in ms; 0 where it is none, as `Seen.at` has it."""
    try:
        return int(datetime.fromisoformat(str(text)).timestamp() * 1000)
    except ValueError:
        return 0


def same_text(a: str, b: str) -> bool:
    """Whether two texts are one to a network: it may normalise, unescape, or change white space."""
    return _plain(a) == _plain(b)


def _plain(text: str) -> str:
    import html

    kept = unicodedata.normalize("NFC", html.unescape(text))
    return " ".join("".join(c for c in kept if c not in "\u200b\ufe0f").split())
