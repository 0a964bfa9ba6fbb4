"""What every network has in common: its limits, its final bytes, and what it would refuse.

A network is one module of this package, or of another one with an entry point, that has a function
`network(options)` giving a `Network`. Everything here is offline and pure.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from generator.coerce import coerce, did_you_mean
from generator.errors import UsageError
from generator.model import Draft, Problem

if TYPE_CHECKING:
    from generator.newsletter.pictures import Picture

GATE = "network"
Option = str | int | float | bool
Kind = Literal["hashtag", "cashtag", "link"]

HASHTAG = re.compile(r"(?<![\w&/])#(?=\w*[^\W\d_])\w+")
CASHTAG = re.compile(r"(?<![\w$])\$([A-Za-z]{1,8})(?!\w)")
LINK = re.compile(r"https?://[^\s<>\"“”]*[^\s<>\"“”.,;:!?)\]]")
ZERO_WIDTH_SPACE = "\u200b"  # on X of weight 1; the word joiner would weigh 2
MENTION = re.compile(r"(?<![\w@/.])@\w[\w.-]*")


@dataclass(frozen=True, slots=True)
class Limits:
    """What one segment may be on one network.

    limit: the greatest length of what is sent, counted by `length`, in `unit` (a word for people);
    None where the network names none. most_bytes bounds its UTF-8 form besides. media: attachments
    per segment. alt_text: whether they carry a description. threads: whether a segment may answer
    another. cashtags, hashtags and links: the most per segment, None for no rule. bare_links:
    whether `example.org` becomes, or might become, a link without a scheme.
    """

    limit: int | None
    unit: str
    length: Callable[[str], int]
    most_bytes: int | None = None
    media: int = 0
    media_mode: Literal["upload", "url", "none"] = "none"
    alt_text: bool = False
    threads: bool = False
    cashtags: int | None = None
    hashtags: int | None = None
    links: int | None = None
    bare_links: bool = False


@dataclass(frozen=True, slots=True)
class Facet:
    """A stretch of a segment's `text` that becomes a link, and what it links: a tag without its
    sign, an address. Offsets are in the network's own unit (`Network.offset`)."""

    kind: Kind
    start: int
    end: int
    value: str


@dataclass(frozen=True, slots=True)
class Segment:
    """One post as it is sent. text: the final characters. shown: what a reader sees of them, which
    differs where a network wants some escaped, or an address kept from becoming a link. length: of
    `text`, as the network counts. tags: such as travel beside the text."""

    text: str
    shown: str
    length: int
    facets: tuple[Facet, ...] = ()
    tags: tuple[str, ...] = ()


@dataclass(frozen=True)
class Network:
    """One network: its limits and how a text becomes what it takes.

    form: the module of generator/write that makes its text. posts: the most segments of a thread;
    numbered: whether they carry `1/3`; disclaimer: which of them carries it. compose: an address
    that opens its editor once the text is appended, percent-encoded; "" for none. size: of the
    picture that goes with a text (generator/charts/model.py). A network whose entities differ
    overrides `written`, `facets`, `tags` or `refused`.
    """

    name: str
    title: str
    limits: Limits
    form: str = "post"
    forms: tuple[str, ...] = ("post", "thread")
    posts: int = 4
    numbered: bool = False
    disclaimer: str = "last"
    linked: tuple[Kind, ...] = ("hashtag", "link")
    compose: str = ""
    size: str = "post"

    def __post_init__(self) -> None:
        self._one_of("form", self.form, self.forms)
        self._one_of("disclaimer", self.disclaimer, ("first", "last"))
        if self.posts < 1:
            raise UsageError(f"networks.{self.name}.posts", "is too small", "Give at least 1.")

    def _one_of(self, key: str, value: str, known: tuple[str, ...]) -> None:
        if value not in known:
            subject, what = f"networks.{self.name}.{key}", f"{value!r} is not possible"
            raise UsageError(subject, what, f"Give {' or '.join(known)}.")

    # ---------------------------------------------------------------- what is sent

    def render(self, draft: Draft) -> tuple[Segment, ...]:
        """The segments of a draft exactly as they will be sent."""
        return tuple(self.segment(text) for text in draft.segments)

    def segment(self, text: str) -> Segment:
        shown = self.shown(text)
        final = self.written(shown)
        return Segment(
            final, shown, self.limits.length(final), self.facets(final), self.tags(shown)
        )

    def shown(self, text: str) -> str:
        """What a reader will see of `text`."""
        return text

    def written(self, shown: str) -> str:
        """What is sent, so that a reader sees `shown`."""
        return defused(shown) if self.limits.bare_links else shown

    def pasted(self, segment: Segment) -> str:
        """What a person pastes into its editor: what is sent, but for escapes of the interface."""
        return segment.text

    def pictures(self, text: str) -> int:
        """How many pictures go with a text."""
        return self.limits.media if self.limits.media_mode == "upload" else 0

    def picture_ahead(self) -> bool:
        """Whether a picture that a text is too long for goes ahead of it, as a message of its own
        with its description."""
        return False

    def bodies(self, draft: Draft, pictures: Sequence[Picture]) -> Mapping[str, str]:
        """Other forms of the text that travel with it, such as HTML: name -> content."""
        return {}

    def length(self, text: str) -> int:
        """The length of a text once it is written, as the network counts it."""
        return self.limits.length(self.written(self.shown(text)))

    def holds(self, text: str) -> bool:
        """Whether one segment takes the text."""
        final, limits = self.written(self.shown(text)), self.limits
        if limits.most_bytes is not None and utf8(final) > limits.most_bytes:
            return False
        return limits.limit is None or limits.length(final) <= limits.limit

    def offset(self, text: str) -> int:
        """The length of `text` in the unit of facets."""
        return len(text)

    def facets(self, text: str) -> tuple[Facet, ...]:
        """What becomes a link in the final text, in order."""
        return tuple(
            Facet(kind, self.offset(text[:start]), self.offset(text[:end]), value)
            for kind, start, end, value in sorted(self.entities(text), key=lambda e: e[1])
        )

    def entities(self, text: str) -> Iterator[tuple[Kind, int, int, str]]:
        """What becomes a link: kind, start and end in code points, value."""
        links = [m.span() for m in LINK.finditer(text)]
        if "link" in self.linked:
            yield from (("link", a, b, text[a:b]) for a, b in links)
        signs: tuple[tuple[Kind, re.Pattern[str]], ...]
        signs = (("hashtag", HASHTAG), ("cashtag", CASHTAG))
        for kind, sign in signs:
            for m in sign.finditer(text) if kind in self.linked else ():
                if not any(a <= m.start() < b for a, b in links):
                    yield kind, m.start(), m.end(), m[0][1:]

    def tags(self, shown: str) -> tuple[str, ...]:
        """Tags that travel beside the text."""
        return ()

    # ---------------------------------------------------------------- what would be refused

    def check(self, draft: Draft) -> tuple[Problem, ...]:
        """Everything this network would refuse, or make something of that nobody meant."""
        found = [p for i, text in enumerate(draft.segments) for p in self._wrong(i, text)]
        if len(draft.segments) > 1 and not self.limits.threads:
            what = f"{self.title} takes one post, the text has {len(draft.segments)} parts"
            found.append(Problem(GATE, "error", what))
        return tuple(found)

    def _wrong(self, index: int, text: str) -> Iterator[Problem]:
        def error(what: str, start: int = -1, end: int = -1) -> Problem:
            return Problem(GATE, "error", f"{self.title}: {what}", index, start, end)

        limits, shown = self.limits, self.shown(text)
        final = self.written(shown)
        if not text.strip():
            yield error("the post is empty")
        if limits.limit is not None and (length := limits.length(final)) > limits.limit:
            yield error(f"{length} of {limits.limit} {limits.unit}")
        if limits.most_bytes is not None and (size := utf8(final)) > limits.most_bytes:
            yield error(f"{size} of {limits.most_bytes} bytes")
        tags = [m.span() for m in HASHTAG.finditer(shown)]
        if limits.hashtags is not None and len(tags) > limits.hashtags:
            yield error(f"{len(tags)} hashtags, {limits.hashtags} allowed", *tags[-1])
        links = [m.span() for m in LINK.finditer(shown)]
        if limits.links is not None and len(links) > limits.links:
            yield error(f"{len(links)} links, {limits.links} allowed", *links[-1])
        for m in MENTION.finditer(shown):
            yield error(f"{m[0]} would call somebody", *m.span())
        for what, start, end in self.refused(shown):
            yield error(what, start, end)

    def refused(self, shown: str) -> Iterator[tuple[str, int, int]]:
        """What else the network refuses: why, and where (-1, -1 for the whole)."""
        yield from ()


def options_of(name: str, given: Mapping[str, Option], **known: Option) -> dict[str, Any]:
    """A network's settings: what is given, in the type of its default, and the defaults.

    Raises UsageError for a setting that the network does not have.
    """
    known = {"base_url": "", **known}
    for key in given:
        if key not in known:
            what = "is no setting of this network"
            raise UsageError(f"networks.{name}.{key}", what, did_you_mean(key, known))
    return {
        key: coerce(f"networks.{name}.{key}", given[key], type(default))
        if key in given
        else default
        for key, default in known.items()
    }


def shape(given: Mapping[str, Any]) -> dict[str, Any]:
    """Of a network's settings, those that say what form its text takes."""
    return {k: given[k] for k in ("form", "posts", "numbered", "disclaimer") if k in given}


# What every network that takes threads lets its user set.
SHORT: Mapping[str, Option] = {
    "form": "post",
    "posts": 4,
    "numbered": False,
    "disclaimer": "last",
}


def defused(text: str) -> str:
    """Break addresses that nobody meant (`BTC.Today`) by a zero-width space after each dot.

    Those with a scheme stay as they are. A reader sees no difference.
    """
    if "." not in text:
        return text
    from generator.networks.twitter_text import urls

    out, position = [], 0
    for link in urls(text):
        meant = "://" in link.text
        out += [
            text[position : link.start],
            link.text if meant else link.text.replace(".", "." + ZERO_WIDTH_SPACE),
        ]
        position = link.end
    return "".join(out) + text[position:]


def utf8(text: str) -> int:
    """Length in bytes of UTF-8."""
    return len(text) if text.isascii() else len(text.encode())


def utf16(text: str) -> int:
    """Length in code units of UTF-16."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le")) // 2


def graphemes(text: str) -> int:
    """Length in extended grapheme clusters: what a reader takes for characters."""
    if text.isascii() and "\r" not in text:
        return len(text)
    import regex

    return sum(1 for _ in regex.finditer(r"\X", text))
