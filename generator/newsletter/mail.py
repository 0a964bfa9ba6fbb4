"""E-mail HTML by way of MJML: tables and inlined styles that mail programs agree on.

Light and dark; nothing is fetched: no font, no picture from elsewhere, no script.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from generator.errors import UsageError
from generator.model import Draft, Part
from generator.newsletter.pictures import Picture

COLUMN = 600  # pixels
FONT = (
    "-apple-system, 'Segoe UI', Roboto, 'Noto Sans', 'Noto Sans SC', Helvetica, Arial, sans-serif"
)
INK, QUIET, PAPER, LINE, ALARM = "#1b1f24", "#57606a", "#ffffff", "#d0d7de", "#b42318"
# The same on a dark screen. Gmail's own inversion is left alone: it keeps these contrasts.
DARK = {
    "ink": "#e6edf3",
    "quiet": "#9da7b1",
    "paper": "#14181d",
    "line": "#3d444d",
    "alarm": "#ff8a80",
}
STYLE = f"""
:root {{ color-scheme: light dark; supported-color-schemes: light dark; }}
@media (prefers-color-scheme: dark) {{
  body, .paper, .paper > table, .paper td {{ background-color: {DARK["paper"]} !important; }}
  .ink div, .ink td, .ink th, .ink h1, .ink h2 {{ color: {DARK["ink"]} !important; }}
  .quiet div {{ color: {DARK["quiet"]} !important; }}
  .ink td, .ink th {{ border-color: {DARK["line"]} !important; }}
  .alarm div {{ color: {DARK["alarm"]} !important; }}
}}
[data-ogsc] .ink div, [data-ogsc] .ink td {{ color: {DARK["ink"]} !important; }}
[data-ogsc] .quiet div {{ color: {DARK["quiet"]} !important; }}
"""
EXTRA = "commentary[newsletter]"


class Unset(UsageError):
    """The library that sets mail is not installed."""


def html(
    draft: Draft, pictures: Sequence[Picture] = (), stamp: str = "", *, attached: bool = False
) -> str:
    """The page. attached: pictures by `cid:`, as inside a message; else from files beside it.

    Raises Unset without mjml-python.
    """
    try:
        from mjml import mjml2html
    except ModuleNotFoundError:
        what = "e-mail HTML needs the package mjml-python"
        raise Unset(
            "newsletter", what, f"pip install '{EXTRA}'; Markdown and text need it not."
        ) from None
    source = mjml(draft, pictures, stamp, attached=attached)
    # Comments of ours there are none; those that Outlook reads are made by the library.
    page: str = mjml2html(source, disable_comments=True, fonts={})
    return page.rstrip("\n") + "\n"


def mjml(draft: Draft, pictures: Sequence[Picture], stamp: str, *, attached: bool) -> str:
    """The source. Everything that is not of this file is escaped."""
    title, lang = escape(draft.title), escape(draft.lang, quote=True)
    body = "".join(_body(draft, pictures, stamp, attached))
    return (
        f'<mjml lang="{lang}"><mj-head><mj-title>{title}</mj-title>'
        f"<mj-preview>{escape(_first(draft))}</mj-preview>"
        f'<mj-attributes><mj-all font-family="{FONT}" />'
        f'<mj-text color="{INK}" font-size="16px" line-height="1.5" padding="6px 20px" />'
        '<mj-section padding="0" /><mj-image padding="10px 20px" /></mj-attributes>'
        '<mj-raw><meta name="color-scheme" content="light dark" />'
        '<meta name="supported-color-schemes" content="light dark" /></mj-raw>'
        f"<mj-style>{STYLE}</mj-style></mj-head>"
        f'<mj-body background-color="{PAPER}" width="{COLUMN}px" css-class="paper">'
        f'<mj-section background-color="{PAPER}" css-class="paper"><mj-column>'
        f"{body}</mj-column></mj-section></mj-body></mjml>"
    )


def _first(draft: Draft) -> str:
    """What a list of mails shows beside the subject: the first paragraph."""
    parts = (p for p in draft.parts if p.kind == "paragraph")
    return next((_text(draft, p) for p in parts), "")


def _text(draft: Draft, part: Part) -> str:
    return draft.segments[part.segment][part.start : part.end]


def _body(draft: Draft, pictures: Sequence[Picture], stamp: str, attached: bool) -> Iterator[str]:
    if stamp:
        yield _block(f"<strong>{escape(stamp)}</strong>", "alarm", f'color="{ALARM}"')
    shown, rows = False, list[Part]()
    for i, part in enumerate(draft.parts):
        if rows and part.kind not in ("head", "row"):
            yield _table(draft, rows)
            rows = []
        if not shown and part.kind == "heading" and i > 2:
            yield from (_picture(p, attached) for p in pictures)
            shown = True
        if part.kind in ("head", "row"):
            rows.append(part)
        else:
            yield _set(part.kind, escape(_text(draft, part)))
    if rows:
        yield _table(draft, rows)
    if not shown:
        yield from (_picture(p, attached) for p in pictures)


def _set(kind: str, text: str) -> str:
    if kind == "title":
        style = 'font-size="24px" font-weight="700" line-height="1.25" padding="20px 20px 8px"'
        return _block(f'<h1 style="{_heading(24)}">{text}</h1>', "ink", style)
    if kind == "heading":
        style = 'font-size="18px" font-weight="700" padding="18px 20px 0"'
        return _block(f'<h2 style="{_heading(18)}">{text}</h2>', "ink", style)
    if kind == "small":
        return _block(text, "quiet", f'color="{QUIET}" font-size="13px" padding="3px 20px"')
    return _block(text, "ink", "")


def _heading(size: int) -> str:
    return f"margin:0;font-size:{size}px;font-weight:700;line-height:1.25;"


def _block(inner: str, name: str, more: str) -> str:
    return f'<mj-text css-class="{name}" {more}>{inner}</mj-text>'


def _table(draft: Draft, rows: Sequence[Part]) -> str:
    lines = "".join(_row(_text(draft, r), r.kind == "head") for r in rows)
    attributes = f'color="{INK}" font-size="14px" line-height="1.4" padding="6px 20px"'
    return f'<mj-table css-class="ink" role="table" {attributes}>{lines}</mj-table>'


def _row(text: str, head: bool) -> str:
    cells = []
    for i, cell in enumerate(text.split(" | ")):
        side = "left" if i == 0 else "right"
        style = f"padding:4px 0 4px 6px;text-align:{side};border-bottom:1px solid {LINE};"
        tag = "th" if head else "td"
        cells.append(f'<{tag} style="{style}">{escape(cell)}</{tag}>')
    return f"<tr>{''.join(cells)}</tr>"


def _picture(picture: Picture, attached: bool) -> str:
    source = f"cid:{picture.cid}" if attached else picture.path
    return (
        f'<mj-image src="{escape(source)}" alt="{escape(picture.alt)}" width="{COLUMN - 40}px" />'
    )
