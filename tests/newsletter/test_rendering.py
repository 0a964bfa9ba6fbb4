"""Markdown, e-mail HTML and messages: every character literal, nothing fetched, nothing clipped."""

from __future__ import annotations

import email
import re
from email import policy
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.networks.newsletter import CLIP
from generator.newsletter import Picture, files, html, markdown, message
from tests.newsletter.desk import letter, plain, text_of

HOSTILE = (
    "<script>alert(1)</script>",
    "“<img src=x onerror=alert(1)>”",
    "[a link](https://evil.example) and ![a picture](https://evil.example/x.png)",
    "**bold** _thin_ `code` ~~gone~~ # no heading",
    "</mj-text><mj-image src='https://evil.example/x.png' />",
    "https://evil.example www.evil.example someone@evil.example",
    "1. a list\n- another\n> a quotation",
    "&lt;b&gt; &amp; &#35; {{ 7 * 7 }} | a | table |",
    "-->]]><!-- --> <?php ?> \\ \\\\",
)
PICTURE = Picture("charts/lead.png", 'BTC "fell" & stayed <low>.', 1200, 800, b"\x89PNG")


class Read(HTMLParser):
    """Visible text, tags and addresses of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.addresses: list[str] = []
        self.text: list[str] = []
        self._hidden = 0
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self._hidden += tag in ("style", "head")
        self.addresses += [v or "" for k, v in attrs if k in ("src", "href", "background")]
        assert not [k for k, _ in attrs if k.startswith("on")]

    def handle_endtag(self, tag: str) -> None:
        self._hidden -= tag in ("style", "head")

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.text.append(data)


def md_text(source: str) -> str:
    """What a reader of rendered Markdown sees, and that it is only text under headings."""
    from markdown_it import MarkdownIt

    out = []
    for token in MarkdownIt("commonmark").enable("table").enable("strikethrough").parse(source):
        for child in token.children or ():
            assert child.type in ("text", "softbreak", "text_special"), child
            out.append(child.content or "\n")
    return "\n\n".join(out) if not out else "".join(out)


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_only_text_in_html(text: str) -> None:
    page = Read(html(plain(("paragraph", text), title=text.split("\n")[0])))
    assert " ".join(text.split()) in " ".join("".join(page.text).split())
    assert page.addresses == []
    assert not {"script", "img", "mj-image", "a", "b"} & set(page.tags)


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_only_text_in_markdown(text: str) -> None:
    source = markdown(plain(("paragraph", text), title="A title"))
    seen = md_text(source)
    assert seen == "A title" + text
    assert "](http" not in source.replace("\\](", "")


@given(
    st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]) | st.just(" "), min_size=1)
)
def test_any_words_come_through_markdown_unchanged(words: str) -> None:
    words = " ".join(words.split()) or "x"
    assert md_text(markdown(plain(("paragraph", words), title="T"))) == "T" + words


def test_addresses_in_markdown_are_no_links_also_where_bare_ones_become_some() -> None:
    from markdown_it import MarkdownIt

    source = markdown(plain(("paragraph", "https://evil.example www.evil.example a@evil.example")))
    assert "<a" not in MarkdownIt("commonmark").render(source)
    assert not re.search(r"https?://|www\.|\w@", source)


def test_the_html_is_read_without_a_fault_by_a_parser_of_the_standard() -> None:
    html5lib = pytest.importorskip("html5lib")
    parser = html5lib.HTMLParser(strict=False)
    parser.parse(html(letter(), (PICTURE,), "[SCENARIO] not the market"))
    assert parser.errors == []


def test_nothing_is_fetched_when_the_mail_is_opened() -> None:
    page = html(letter(), (PICTURE,), "", attached=True)
    assert Read(page).addresses == [f"cid:{PICTURE.cid}"]
    assert "@import" not in page
    assert "url(" not in page
    outside = [m for m in re.findall(r"https?://[^\"' ]+", page) if "w3.org" not in m]
    assert outside == []


def test_a_picture_beside_the_page_has_its_words_and_comes_after_the_first_section() -> None:
    page = html(letter(), (PICTURE,))
    assert 'src="charts/lead.png"' in page
    assert 'alt="BTC &quot;fell&quot; &amp; stayed &lt;low&gt;."' in page
    first, second = page.index("The day"), page.index("Data notes")
    assert first < page.index("charts/lead.png") < second
    assert "](charts/lead.png)" in markdown(letter(), (PICTURE,))


def test_light_and_dark_are_both_meant() -> None:
    page = html(letter())
    assert '<meta name="color-scheme" content="light dark"' in page
    assert "prefers-color-scheme: dark" in page


def test_styles_are_inlined_where_mail_programs_drop_style_sheets() -> None:
    page = re.sub(r"<style.*?</style>", "", html(letter()), flags=re.S)
    assert page.count("font-size:16px") >= 5
    assert "<h1 style=" in page


def test_the_html_is_far_from_being_clipped() -> None:
    assert len(html(letter(), (PICTURE,)).encode()) < CLIP / 4


def test_too_long_a_page_is_refused_by_the_network() -> None:
    from generator.networks import named

    draft = plain(*[("paragraph", "word " * 400)] * 60)
    found = named("newsletter").check(draft)
    assert [p.severity for p in found] == ["error"]
    assert "Gmail clips" in found[0].message


def test_every_word_of_the_draft_stands_in_every_rendering() -> None:
    draft = letter()
    page = " ".join("".join(Read(html(draft)).text).split())
    marked = " ".join(md_text(markdown(draft)).split())
    for part in draft.parts:
        words = " ".join(text_of(draft, part).split())
        assert words in page
        assert words in marked


def test_a_message_is_whole_and_the_same_twice() -> None:
    draft = letter()
    page = html(draft, (PICTURE,), attached=True)
    raw = message(draft, page, (PICTURE,))
    assert raw == message(draft, page, (PICTURE,))
    read: Any = email.message_from_bytes(raw, policy=policy.default)
    assert read["Subject"] == draft.title
    assert [p.get_content_type() for p in read.walk()] == [
        "multipart/alternative",
        "text/plain",
        "multipart/related",
        "text/html",
        "image/png",
    ]
    text = read.get_body(("plain",)).get_content()
    assert text.replace("\r\n", "\n").rstrip("\n") == draft.segments[0]
    picture = next(p for p in read.walk() if p.get_content_type() == "image/png")
    assert picture["Content-ID"] == f"<{PICTURE.cid}>"
    assert picture.get_payload(decode=True) == PICTURE.data
    assert read["To"] is None
    assert read["From"] is None
    assert read["Date"] is None


def test_a_line_break_in_a_title_adds_no_header() -> None:
    draft = plain(("paragraph", "x"), title="A title\r\nBcc: someone@evil.example")
    read: Any = email.message_from_bytes(message(draft, html(draft)), policy=policy.default)
    assert read["Bcc"] is None


def test_a_scenario_is_stamped_in_every_file() -> None:
    stamp = "[SCENARIO] A prepared market state, not the present market."
    for name, content in files(letter(), "newsletter", (), stamp).items():
        text = content.decode() if isinstance(content, bytes) else content
        assert "SCENARIO" in text[: 400 if name.endswith("txt") else None], name


def test_without_the_library_markdown_and_text_are_written_and_it_is_said_why(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    import sys

    from generator.networks import named

    monkeypatch.setitem(sys.modules, "mjml", None)
    draft = letter()
    assert sorted(files(draft, "newsletter")) == ["newsletter.md", "newsletter.txt"]
    found = named("newsletter").check(draft)
    assert [p.severity for p in found] == ["warning"]
    assert "mjml-python" in found[0].message
