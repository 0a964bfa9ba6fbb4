"""An approved newsletter as the bytes of a message."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from generator.model import Draft
from generator.newsletter import Picture, message
from generator.publish.base import Media, Post


def composed(post: Post, media: Sequence[Media], headers: Mapping[str, str] | None = None) -> bytes:
    """Text, HTML and pictures. headers: who sends it to whom, and when; without them it is a draft
    for a mail program. Raises KeyError for a post without its `mail` body."""
    draft = Draft(
        "newsletter", post.network, post.lang, (post.segments[0].text,), (), (), title=post.title
    )
    pictures = [Picture(f"charts/{m.name}", m.alt, 0, 0, m.data) for m in media]
    made = message(draft, post.parts["mail"], pictures)
    if not headers:
        return made
    from email import message_from_bytes, policy

    whole = message_from_bytes(made, policy=policy.SMTP.clone(max_line_length=998))
    del whole["X-Unsent"]
    for name, value in headers.items():
        whole[name] = value
    return whole.as_bytes()
