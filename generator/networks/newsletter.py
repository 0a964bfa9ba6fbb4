"""A newsletter: no limit of its own, but mail readers clip what is too large (102 kB in Gmail).

It is set as Markdown, e-mail HTML, a message and plain text (docs/newsletter.md). Published, it is
written to `folder`, ready for whatever sends your mail; `smtp` sends it, `ghost` makes it a draft.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from generator.model import Draft, Problem
from generator.networks.base import GATE, Limits, Network, Option, options_of, utf8

if TYPE_CHECKING:
    from generator.newsletter.pictures import Picture
    from generator.publish.base import Sender
    from generator.settings import Network as Account

CLIP = 102 * 1024  # bytes of HTML that Gmail shows
LIMITS = Limits(
    limit=None,
    unit="characters",
    length=len,
    media=8,
    media_mode="upload",
    alt_text=True,
    hashtags=0,
)


@dataclass(frozen=True)
class Newsletter(Network):
    """Mail."""

    form: str = "newsletter"
    forms: tuple[str, ...] = ("newsletter",)
    linked: tuple[()] = ()
    size: str = "newsletter"

    def check(self, draft: Draft) -> tuple[Problem, ...]:
        """What any network refuses, and HTML that Gmail would clip or that cannot be made."""
        from generator.newsletter import Unset, html

        found = super().check(draft)
        try:
            size = utf8(html(draft))
        except Unset as unset:
            why = f"{self.title}: {unset.what}: {unset.todo}"
            return (*found, Problem(GATE, "warning", why))
        if size < CLIP:
            return found
        what = f"{self.title}: {size} bytes of HTML, and Gmail clips from {CLIP} on"
        return (*found, Problem(GATE, "error", what))

    def bodies(self, draft: Draft, pictures: Sequence[Picture]) -> Mapping[str, str]:
        """`markdown`; `mail`, HTML that shows pictures by `cid:`, where mjml-python is there."""
        from generator.newsletter import Unset, html, markdown

        out = {"markdown": markdown(draft, pictures)}
        try:
            return out | {"mail": html(draft, pictures, attached=True)}
        except Unset:
            return out


def network(options: Mapping[str, Option]) -> Network:
    options_of("newsletter", options, folder="")
    return Newsletter(name="newsletter", title="Newsletter", limits=LIMITS)


def sender(settings: Account, state: Path) -> Sender:
    """Files in `folder`, by default `newsletters` beside the ledger."""
    from generator.publish.senders.files import FileSender

    folder = str(settings.options.get("folder") or "")
    return FileSender(Path(folder).expanduser() if folder else state.parent / "newsletters")
