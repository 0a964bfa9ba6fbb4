"""A whole message, ready for a mail program: text, HTML and pictures in one file.

It has no sender, no recipient and no date: those belong to whoever sends it, and the same draft
gives the same bytes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from email import policy
from email.message import EmailMessage

from generator.model import Draft
from generator.newsletter.pictures import Picture


def message(draft: Draft, page: str, pictures: Sequence[Picture] = (), stamp: str = "") -> bytes:
    """page: HTML that shows pictures by `cid:`. Opens without anything being fetched."""
    # Long lines are legal up to 998; the library folds a long subject into one with a space before.
    out = EmailMessage(policy=policy.SMTP.clone(max_line_length=998))
    title = " ".join(draft.title.split())
    out["Subject"] = f"{stamp.partition(']')[0]}] {title}" if stamp else title
    out["X-Unsent"] = "1"  # mail programs open it as a draft
    first = f"{stamp}\n\n" if stamp else ""
    out.set_content(first + draft.segments[0] + "\n", cte="quoted-printable")
    out.add_alternative(page, subtype="html", cte="quoted-printable")
    for part in out.iter_parts():
        part["Content-Language"] = draft.lang
    shown = out.get_payload(1)
    assert isinstance(shown, EmailMessage)
    for picture in pictures:
        name = picture.path.rpartition("/")[2]
        shown.add_related(
            picture.data, "image", "png", cid=f"<{picture.cid}>", filename=name,
            disposition="inline",
        )  # fmt: skip
    _bounded(out, hashlib.sha256(page.encode()).hexdigest()[:32])
    return out.as_bytes()


def _bounded(out: EmailMessage, name: str) -> None:
    """Boundaries from the content: the library would draw them at random."""
    for i, part in enumerate(p for p in out.walk() if p.is_multipart()):
        part.set_boundary(f"=_{name}_{i}")
