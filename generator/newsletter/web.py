"""HTML for a web page: headings, paragraphs, tables, figures, and nothing of how they look."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from generator.model import Draft, Part
from generator.newsletter.pictures import Picture


def web(draft: Draft, pictures: Sequence[Picture] = ()) -> str:
    """The draft without its title, which a page shows by itself; pictures under its first section,
    by their paths."""
    return "".join(_body(draft, pictures)) + "\n"


def _body(draft: Draft, pictures: Sequence[Picture]) -> Iterator[str]:
    shown, rows = False, list[Part]()
    for i, part in enumerate(draft.parts):
        if rows and part.kind not in ("head", "row"):
            yield _table(draft, rows)
            rows = []
        if part.kind == "heading" and i > 2 and not shown:
            yield from map(_figure, pictures)
            shown = True
        if part.kind in ("head", "row"):
            rows.append(part)
        elif part.kind != "title":
            yield _set(part.kind, escape(_text(draft, part)))
    if rows:
        yield _table(draft, rows)
    if not shown:
        yield from map(_figure, pictures)


def _text(draft: Draft, part: Part) -> str:
    return draft.segments[part.segment][part.start : part.end]


def _set(kind: str, text: str) -> str:
    if kind == "heading":
        return f"<h2>{text}</h2>"
    return f"<p><em>{text}</em></p>" if kind == "small" else f"<p>{text}</p>"


def _table(draft: Draft, rows: Sequence[Part]) -> str:
    def row(part: Part) -> str:
        tag = "th" if part.kind == "head" else "td"
        cells = "".join(f"<{tag}>{escape(c)}</{tag}>" for c in _text(draft, part).split(" | "))
        return f"<tr>{cells}</tr>"

    return f"<table>{''.join(map(row, rows))}</table>"


def _figure(picture: Picture) -> str:
    size = f'width="{picture.width}" height="{picture.height}"'
    alt, path = escape(picture.alt, quote=True), escape(picture.path, quote=True)
    return f'<figure><img src="{path}" alt="{alt}" {size}></figure>'
