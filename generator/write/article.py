"""The desk note: which findings stand where, and what is left out when it grows too long."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from generator.model import MARKET, Draft, Finding, Story, Watch
from generator.news import Item, of_themes, rank
from generator.write import marks
from generator.write.compose import Composer, has
from generator.write.house import BRISK, own_tags
from generator.write.plan import clear, striking
from generator.write.room import (
    HEADLINES,
    LONGEST,
    LOSERS,
    PRIMER,
    RANK,
    SPARE,
    WATCH,
    leave_out,
    spare_funding,
)
from generator.write.sheet import Desk
from generator.write.views import FindingView, HeadlineView, WatchView

FEWEST_TAGS = 2
MOST_HEADLINES = 3
KEPT = {HEADLINES: 1, WATCH: 2}  # of a list that is cut short
BEFORE = "headline_before_shock"  # the finding that puts an event before a move
# Families with a paragraph of their own; a rule of any other family is told after them.
DERIVATIVES = ("funding", "open_interest", "positioning", "basis", "liquidations")
PLACED = {*DERIVATIVES, "price", "relative", "volume", "breadth", "rotation", "news", "sentiment"}
PASSES = 3  # what is left out can bring a plainer sentence back, so once may not be enough
# What the word "ordinary" of a quiet opening would contradict.
MOVES = ("price", "relative", "volatility", "breadth", "rotation")
LEADING = " \n" + marks.PARAGRAPH  # what stands before the first word of a rendered template


def article(desk: Desk) -> tuple[Draft, tuple[str, ...]]:
    """The desk note and the phrase ids it used; without what there is no room for."""

    def compose(composer: Composer) -> str:
        text = desk.templates.render("article.j2", story_context(composer))
        # Into the first paragraph; a warning that has to stand first has nothing before it.
        face = "" if composer.house.warning else composer.face()
        return f"{face} {text.lstrip(LEADING)}" if face else text

    composer, text = in_room(desk, LONGEST, compose)
    tags = hashtags(desk, text)
    text += marks.PARAGRAPH + composer.region((), " ".join(tags), furniture=True)
    draft = composer.finish(composer.tidy(text), "article", hashtags=tags)
    return draft, tuple(composer.chooser.said)


Text = TypeVar("Text")


def in_room(desk: Desk, most: int, compose: Callable[[Composer], Text]) -> tuple[Composer, Text]:
    """A long text of at most `most` words outside the furniture, and who composed it.

    A brisk house does without what a calm day does without, and with fewer headlines.
    """
    skipped = frozenset[str]()
    if desk.house.tone == BRISK:
        skipped = frozenset(SPARE)
    elif _calm(desk.story):
        skipped = frozenset(SPARE) - {HEADLINES}
    if desk.story.quiet:
        skipped |= spare_funding(desk.story)
    for _ in range(PASSES):
        composer = Composer(desk, skipped=skipped)
        text = compose(composer)
        more = leave_out(desk.story, _taken(composer), most)
        if not more:
            break
        skipped |= more
    return composer, text


def _calm(story: Story) -> bool:
    """A quiet day with nothing rare beside the prices: a short note, without a full table."""
    return story.quiet and not any(clear(f) for f in story.evidence)


def _taken(composer: Composer) -> dict[str, int]:
    """The words of what was composed: by rule, and of the parts that can go by themselves."""
    news = {f.rule for f in composer.desk.story.levels if f.family == "news"}
    out: dict[str, int] = {}
    seen = {HEADLINES: 0, WATCH: 0}
    texts = composer.shorter([text for *_, text in composer.taken])
    for (rule, block, _), text in zip(composer.taken, texts, strict=True):
        words = composer.forms.extent(marks.plain(text))
        name = rule
        if block == PRIMER or block.startswith(f"{PRIMER}_"):
            name = PRIMER
        elif block == LOSERS:
            name = LOSERS
        elif block.startswith("question_"):
            name = ""
        elif rule in news or block.startswith("watch_"):
            part = HEADLINES if rule in news else WATCH
            seen[part] += 1
            name = part if seen[part] > KEPT[part] else ""
        out[name] = out.get(name, 0) + words
    return out


def story_context(composer: Composer) -> dict[str, Any]:
    """The context of an article, without what the composer is to skip."""
    story, skipped = composer.desk.story, composer.skipped
    evidence = [f for f in story.evidence if f.rule not in skipped]
    composer.told = (*((story.lead,) if story.lead else ()), *evidence)
    pool = (*composer.told, *story.levels)
    watch = [w for w in story.watch if any(w in f.watch for f in pool)]
    watch = watch[: KEPT[WATCH] if WATCH in skipped else None]
    opened = story.lead.rule if story.lead else ""
    rest = [f for f in evidence if f.rule != opened]  # `opening` tells the lead's twins
    first = _first(story, rest)
    context = [f for f in rest if f.rule in story.context]
    beside = [f for f in rest if f.family == "breadth" and striking(f)]
    rest = [f for f in rest if f not in (*first, *context, *beside)]

    def by(*families: str) -> list[list[FindingView]]:
        return composer.groups([f for f in rest if f.family in families])

    movers = [composer.view(v.finding) for v in composer.level("notable_mover")]
    return composer.context(
        {
            "lead": composer.view(story.lead) if story.lead else None,
            "quiet": story.quiet and not any(f.family in MOVES and clear(f) for f in evidence),
            "ranked": story.quiet and RANK not in skipped,
            "first": composer.groups(first),
            "beside": [*by("price"), *composer.groups(beside)],
            "context": composer.groups(context),
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
            "headlines": _headlines(composer),
            "watch": [_watching(composer, w) for w in watch],
            "spare": PRIMER not in skipped,
            "falling": _falling(composer, movers),
            "brief": LOSERS in skipped,
        }
    )


def _first(story: Story, rest: list[Finding]) -> list[Finding]:
    """Without a lead: the rarest finding that is told, and its twins, where it is rare enough."""
    able = [f for f in rest if clear(f) and f.family != "news" and f.rule not in story.context]
    if story.lead is not None or not able:
        return []
    rarest = min(able, key=lambda f: (f.tail, story.evidence.index(f)))
    return [f for f in rest if f.rule == rarest.rule]


def _headlines(composer: Composer) -> list[tuple[FindingView, HeadlineView]]:
    """The stories that levels of the news family license, the first to be told first.

    One story is told once, of each theme one, and of the reports that name an asset one for each.
    """
    told = composer.desk.measured.headlines
    most = KEPT[HEADLINES] if HEADLINES in composer.skipped else MOST_HEADLINES
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
                composer.forms,
                before=item.headline.event_at in before,
            ),
        )
        for item in chosen
    ]


def _watching(composer: Composer, watch: Watch) -> WatchView:
    owner = next(f for f in (*composer.told, *composer.desk.story.levels) if watch in f.watch)
    return WatchView(watch, composer.desk.measured, owner.rule, composer.forms)


def body_words(draft: Draft) -> int:
    """Words outside the furniture."""
    spans = [s for s in draft.sentences if not s.furniture]
    return sum(len(draft.segments[s.segment][s.start : s.end].split()) for s in spans)


def hashtags(desk: Desk, text: str) -> tuple[str, ...]:
    """The house's own, then the majors spoken of, by name; a neutral tag where that is only one."""
    clean = marks.read(text)[0]
    names = desk.templates.words().get("names", {})
    own = own_tags(desk.house, desk.templates.lexicon.aliases)
    tags = [*own, *(f"#{names.get(a, a)}" for a in desk.majors if a in clean)]
    neutral = desk.templates.words().get("neutral_tag")
    if len(tags) < FEWEST_TAGS and neutral:
        tags.append(f"#{neutral}")
    return tuple(dict.fromkeys(tags))[: desk.house.hashtags_max]


def _falling(composer: Composer, movers: Sequence[FindingView]) -> bool:
    """Which side of a list of movers is told where there is room for one: the side of the median
    of all coins; where that is not known, the side of the largest move."""
    median = composer.desk.measured.values[MARKET].get("median_return_24h", 0.0)
    moves = [median] if abs(median) > 0 else [v.return_24h.value for v in movers]
    return bool(moves) and max(moves, key=abs) < 0


def _gain(view: FindingView) -> float:
    return view.gainer_rank.value


def _loss(view: FindingView) -> float:
    return view.loser_rank.value
