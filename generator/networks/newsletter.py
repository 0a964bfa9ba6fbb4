"""A newsletter: no limit of its own, but mail readers clip what is too large (102 kB in Gmail).

It is set as Markdown, e-mail HTML and plain text (docs/newsletter.md); what is published is what
stands in the run folder, sent by whatever sends your mail.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from generator.model import Draft, Problem
from generator.networks.base import GATE, Limits, Network, Option, options_of, utf8

CLIP = 102 * 1024  # bytes of HTML that Gmail shows


@dataclass(frozen=True)
class Newsletter(Network):
    """Mail."""

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


def network(options: Mapping[str, Option]) -> Network:
    options_of("newsletter", options)
    limits = Limits(limit=None, unit="characters", length=len, media=8, alt_text=True, hashtags=0)
    return Newsletter(
        name="newsletter",
        title="Newsletter",
        limits=limits,
        form="newsletter",
        forms=("newsletter",),
        linked=(),
    )
