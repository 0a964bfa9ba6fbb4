"""Setting a draft that has parts: as Markdown, as e-mail HTML, as a whole message.

The draft's own segment is the text part. Nothing here adds a word but the stamp of a scenario or
a replay, and the alternative texts of pictures, which were written from traced numbers elsewhere.
"""

from __future__ import annotations

from collections.abc import Sequence

from generator.model import Draft
from generator.newsletter.mail import Unset, html
from generator.newsletter.markdown import markdown
from generator.newsletter.message import message
from generator.newsletter.pictures import Picture

__all__ = ["Picture", "Unset", "files", "html", "markdown", "message"]


def files(
    draft: Draft, stem: str, pictures: Sequence[Picture] = (), stamp: str = ""
) -> dict[str, str | bytes]:
    """Name -> content: `<stem>.txt`, `.md`, `.html` and `.eml`; the last two only where
    mjml-python is installed. stamp: what stands before all else, or nothing."""
    first = f"{stamp}\n\n" if stamp else ""
    out: dict[str, str | bytes] = {
        f"{stem}.txt": first + draft.segments[0] + "\n",
        f"{stem}.md": markdown(draft, pictures, stamp),
    }
    try:
        out[f"{stem}.html"] = html(draft, pictures, stamp)
    except Unset:
        return out  # the network's own check says so
    page = html(draft, pictures, stamp, attached=True)
    out[f"{stem}.eml"] = message(draft, page, pictures, stamp)
    return out
