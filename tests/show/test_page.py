"""The page shows everything, runs nothing it was handed, and loads nothing from outside."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from generator.model import Draft, Problem, Snapshot, Source
from generator.show.page import preview_page
from generator.show.view import full, paragraphs
from tests.show.example import HOSTILE, Example, stamped

VOID = {"meta", "input", "circle", "img", "br"}


class Reader(HTMLParser):
    """Collects tags and the text of the note, without cards and rules."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[tuple[str, str]] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append((tag, dict(attrs).get("class") or ""))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        opened = self.open.pop()
        assert opened[0] == tag, f"<{opened[0]}> is closed by </{tag}>"

    def handle_data(self, data: str) -> None:
        hidden = any(c in ("card", "rules") for _, c in self.open)
        if any(t == "article" for t, _ in self.open) and not hidden:
            self.text += data


def page(
    run: Example,
    snapshot: Snapshot | None = None,
    drafts: list[Draft] | None = None,
    problems: tuple[Problem, ...] = (),
) -> str:
    return preview_page(
        run="2026-06-26/x",
        snapshot=snapshot or run.snapshot,
        story=run.story,
        findings=run.findings,
        drafts=[run.note, run.post] if drafts is None else drafts,
        problems=problems,
        metrics=run.metrics,
        stamp=stamped(snapshot or run.snapshot),
    )


def read(html: str) -> Reader:
    reader = Reader()
    reader.feed(html)
    assert not reader.open
    return reader


def test_the_note_is_shown_word_for_word(run: Example) -> None:
    reader = read(page(run))
    wanted = " ".join(f"{run.note.title} {run.note.segments[0]}".split())
    assert " ".join(reader.text.split()) == wanted


def test_pieces_join_to_the_segment(run: Example) -> None:
    for draft in (run.note, run.post):
        blocks = paragraphs(draft, 0, run.metrics)
        joined = ["".join(p.text for s in b for p in s.pieces) for b in blocks]
        assert "\n\n".join(joined) == draft.segments[0]


def test_every_number_can_be_focused_and_shows_its_observation(run: Example) -> None:
    html = page(run)
    focusable = [a for t, a in read(html).tags if t == "span" and a.get("class") == "n"]
    assert len(focusable) == len(run.note.numbers) + len(run.post.numbers)
    assert all(a["tabindex"] == "0" for a in focusable)
    for shown in (
        "-2.66999526996492 %",
        "Binance spot",
        "24 h",
        "2026-06-26 06:00 UTC",
        "one_hour_shock",
    ):
        assert shown in html


def test_nothing_is_loaded_from_outside(run: Example) -> None:
    html = page(run)
    for tag, attrs in read(html).tags:
        assert tag not in ("link", "img", "iframe", "object", "embed", "base", "form")
        assert "src" not in attrs
        assert not [a for a in attrs if a.startswith("on")]
    assert "@import" not in html
    assert "url(" not in html
    assert "default-src 'none'" in html


def test_hostile_headlines_are_text(run: Example) -> None:
    html = page(run)
    assert HOSTILE not in html
    assert "&lt;script&gt;alert" in html
    assert "{{ 7*7 }}" in html  # data is never a template
    assert [t for t, _ in read(html).tags].count("script") == 1


def test_hostile_text_in_every_other_place_is_text_too(run: Example) -> None:
    bad = HOSTILE + "</style></title>"
    snapshot = replace(run.snapshot, scenario=bad, sources=(Source(bad, "failed", bad, 1.0, 0),))
    note = replace(
        run.note, title=bad, segments=(bad + run.note.segments[0],), numbers=(), sentences=()
    )
    html = page(run, snapshot, [note], (Problem(bad, "error", bad),))
    assert "<script>alert" not in html
    assert "<img" not in html
    assert [t for t, _ in read(html).tags].count("script") == 1


def test_a_link_that_is_not_https_is_not_a_link(run: Example) -> None:
    line = replace(run.snapshot.headlines[0], url="javascript:alert(1)")
    html = page(run, replace(run.snapshot, headlines=(line,)))
    assert not [a for t, a in read(html).tags if t == "a"]


@pytest.mark.parametrize(("mode", "word"), [("scenario", "SCENARIO"), ("replay", "REPLAY")])
def test_what_is_not_the_present_is_stamped(run: Example, mode: str, word: str) -> None:
    html = page(run, replace(run.snapshot, mode=mode))  # type: ignore[arg-type]  # a parameter is a str
    assert f'<div class="stamp" aria-hidden="true">{word}</div>' in html
    assert f"<title>{word}: " in html


def test_a_live_run_has_no_stamp(run: Example) -> None:
    html = page(run, replace(run.snapshot, mode="live", scenario=""))
    assert 'class="stamp"' not in html
    assert 'class="strip"' not in html


def test_problems_stand_before_the_text_and_errors_first(run: Example) -> None:
    html = page(
        run, problems=(Problem("length", "warning", "long"), Problem("numbers", "error", "wrong"))
    )
    assert html.index("2 problems") < html.index("<main>")
    assert html.index('class="error"') < html.index('class="warning"')
    assert 'class="problems"' not in page(run)


def test_a_wrong_number_is_marked_in_the_draft_it_stands_in(run: Example) -> None:
    n = run.note.numbers[1]
    problem = Problem("numbers", "error", "wrong", 0, n.start, n.end)
    html = page(run, drafts=[run.note], problems=(problem,))
    assert html.count('class="n bad error"') == 1
    assert "numbers: wrong" in html
    assert 'class="n bad' not in page(run, problems=(problem,))  # which of the two is unknown


def test_the_post_shows_its_weighted_count(run: Example) -> None:
    assert f"{run.post.length[0]}/280" in page(run)
    over = page(run, drafts=[replace(run.post, length=(291,))])
    assert "291/280" in over
    assert 'class="tweet over"' in over


def test_every_source_is_listed_with_its_state(run: Example) -> None:
    html = page(run)
    for source in run.snapshot.sources:
        assert re.search(
            rf"<td>{re.escape(source.name)}</td><td><span class=\"state {source.state}\">", html
        )
    assert "no key is configured" in html


def test_the_same_run_gives_the_same_bytes(run: Example) -> None:
    assert page(run) == page(run)


def test_an_empty_run_is_still_a_page(run: Example) -> None:
    story = replace(run.story, lead=None, evidence=(), levels=(), watch=(), left_out=(), quiet=True)
    html = preview_page(
        run="r",
        snapshot=replace(run.snapshot, headlines=(), sources=()),
        story=story,
        findings=(),
        drafts=(),
        problems=(),
        metrics={},
        stamp=stamped(run.snapshot),
    )
    assert "No note was written." in html
    assert "No rule fired." in html
    assert "A quiet day" in html
    read(html)


def test_spans_that_make_no_sense_leave_the_text_whole(run: Example) -> None:
    n = run.note.numbers[0]
    odd = replace(
        run.note,
        numbers=(
            n,
            n,
            replace(n, start=5, end=3),
            replace(n, start=-4, end=2),
            replace(n, start=9_000, end=9_001),
        ),
    )
    joined = ["".join(p.text for s in b for p in s.pieces) for b in paragraphs(odd, 0, {})]
    assert "\n\n".join(joined) == odd.segments[0]


def test_full_values_do_not_round_what_is_known() -> None:
    assert full(-2.66999526996492, "%") == "-2.66999526996492 %"
    assert full(0.1 + 0.2, "") == "0.3"
    assert full(2.03e9, "USD") == "2,030,000,000.00 USD"
    assert full(1782453600000.0, "ms") == "2026-06-26 06:00 UTC"
    assert full(float("nan"), "%") == full(None, "%") == "unknown"
