"""The desk note: which findings stand where, and what is left out when it grows too long."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from generator.model import MARKET, Draft, Finding, Story, Watch
from generator.news import Item, of_themes, rank
from generator.write import marks
from generator.write.compose import Composer, Desk, has
from generator.write.views import FindingView, HeadlineView, WatchView

LONGEST = 320  # words outside the furniture
FEWEST_TAGS = 2
MOST_HEADLINES = 3
BEFORE = "headline_before_shock"  # the finding that puts an event before a move
# Families with a paragraph of their own; a rule of any other family is told after them.
DERIVATIVES = ("funding", "open_interest", "positioning", "basis", "liquidations")
PLACED = {*DERIVATIVES, "price", "relative", "volume", "breadth", "rotation", "news", "sentiment"}
STRIKING = 2.0  # strength (a day in a hundred) from which breadth stands beside the lead


def article(desk: Desk) -> tuple[Draft, tuple[str, ...]]:
    """The desk note and the phrase ids it used. Trimmed by whole parts until it is short enough."""
    for trim in range(8):
        composer = Composer(desk)
        text = desk.templates.render("article.j2", story_context(composer, trim))
        tags = hashtags(desk, text)
        text += marks.PARAGRAPH + composer.region((), " ".join(tags), furniture=True)
        draft = composer.finish(marks.tidy(text), "article", hashtags=tags)
        if body_words(draft) <= LONGEST:
            break
    return draft, tuple(composer.chooser.said)


def story_context(composer: Composer, trim: int = 0) -> dict[str, Any]:
    """The context of an article. trim drops the least needed parts, one more at each step."""
    story = composer.desk.story
    evidence = _trimmed(story, trim - 3)
    composer.told = (*((story.lead,) if story.lead else ()), *evidence)
    pool = (*composer.told, *story.levels)
    watch = [w for w in story.watch if any(w in f.watch for f in pool)]
    watch = watch[: 3 if trim < 2 else 2]
    opened = story.lead.rule if story.lead else ""
    rest = [f for f in evidence if f.rule != opened]  # `opening` tells the lead's twins
    striking = [f for f in rest if f.family == "breadth" and f.strength >= STRIKING]
    rest = [f for f in rest if f not in striking]

    def by(*families: str) -> list[list[FindingView]]:
        return composer.groups([f for f in rest if f.family in families])

    movers = [composer.view(f) for f in story.levels if f.rule == "notable_mover"]
    return composer.context(
        {
            "lead": composer.view(story.lead) if story.lead else None,
            "quiet": story.quiet,
            "beside": [*by("price"), *composer.groups(striking)],
            "relative": by("relative"),
            "volume": by("volume"),
            "derivatives": by(*DERIVATIVES),
            "breadth": by("breadth"),
            "rotation": by("rotation"),
            "news": by("news"),
            "sentiment": by("sentiment"),
            "other": by(*sorted({f.family for f in rest} - PLACED)),
            "gainers": sorted((v for v in movers if has(v, "gainer_rank")), key=_gain),
            "losers": sorted((v for v in movers if has(v, "loser_rank")), key=_loss),
            "headlines": _headlines(composer, max(1, MOST_HEADLINES - trim)),
            "watch": [_watching(composer, w) for w in watch],
            "spare": trim < 1 and not story.quiet,
            "falling": _larger_falls(movers),
            "brief": trim >= 3 or story.quiet,
        }
    )


def _headlines(composer: Composer, most: int) -> list[tuple[FindingView, HeadlineView]]:
    """The stories that levels of the news family license, the first to be told first.

    One story is told once, of each theme one, and of the reports that name an asset one for each.
    """
    told = composer.desk.measured.headlines
    able: dict[Item, Finding] = {}
    for finding in composer.desk.story.levels:
        if finding.family == "news":
            items = of_themes(told.get(finding.subject, ()), finding.evidence)
            for item in items[: MOST_HEADLINES if finding.subject == MARKET else 1]:
                able.setdefault(item, finding)
    by_theme: dict[str, Item] = {}  # two outlets may tell one story in words that differ
    for item in sorted(able, key=rank):
        by_theme.setdefault(item.themes[0].name, item)
    chosen = list(by_theme.values())[:most]
    values = composer.desk.measured.values
    before = {values[f.subject].get("event_at") for f in composer.told if f.rule == BEFORE}
    return [
        (
            composer.view(able[item]),
            HeadlineView.of(
                able[item].subject,
                item,
                composer.quote,
                able[item].rule,
                before=item.headline.event_at in before,
            ),
        )
        for item in chosen
    ]


def _watching(composer: Composer, watch: Watch) -> WatchView:
    owner = next(f for f in (*composer.told, *composer.desk.story.levels) if watch in f.watch)
    return WatchView(watch, composer.desk.measured, owner.rule)


def _trimmed(story: Story, drop: int) -> list[Finding]:
    """Evidence without its last `drop` rules; news stays, being a sentence about timing.

    Both sides of a conflict stay too: one of them alone would say what the other takes back.
    """
    rules = list(dict.fromkeys(f.rule for f in story.evidence if f.family != "news"))
    gone = set(rules[max(1, len(rules) - drop) :]) if drop > 0 else set()
    tied = {key.partition(":")[0] for pair in story.conflicts for key in pair}
    return [f for f in story.evidence if f.rule not in gone or f.rule in tied]


def body_words(draft: Draft) -> int:
    """Words outside the furniture."""
    spans = [s for s in draft.sentences if not s.furniture]
    return sum(len(draft.segments[s.segment][s.start : s.end].split()) for s in spans)


def hashtags(desk: Desk, text: str) -> tuple[str, ...]:
    """The majors spoken of, by name; a neutral tag where that is only one."""
    clean = marks.read(text)[0]
    names = desk.templates.words().get("names", {})
    tags = [f"#{names.get(a, a)}" for a in desk.majors if a in clean]
    neutral = desk.templates.words().get("neutral_tag")
    if len(tags) < FEWEST_TAGS and neutral:
        tags.append(f"#{neutral}")
    return tuple(dict.fromkeys(tags))[: desk.house.hashtags_max]


def _larger_falls(movers: Sequence[FindingView]) -> bool:
    """Whether the largest move on the list of movers is a fall."""
    moves = [v.return_24h.value for v in movers]
    return bool(moves) and max(moves, key=abs) < 0


def _gain(view: FindingView) -> float:
    return view.gainer_rank.value


def _loss(view: FindingView) -> float:
    return view.loser_rank.value
