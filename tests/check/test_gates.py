"""A true note passes; each mutant of it, one error apart, is caught by the right gate."""

from __future__ import annotations

import dataclasses

import pytest

from generator.model import Draft, Panel, Problem, Story
from generator.networks import named
from generator.networks.twitter_text import weighted_length
from generator.write.check import Lexicon, check
from tests.check.notes import FINDINGS, NOTE, NOW, STORY, WINDOWS, draft, panel


def problems(
    lexicon: Lexicon,
    made: Draft,
    *,
    story: Story = STORY,
    known: Panel | None = None,
    drop: str = "",
    verdicts: dict[str, str] | None = None,
    now: int = NOW,
) -> tuple[Problem, ...]:
    return check(
        made,
        story=story,
        findings=tuple(f for f in FINDINGS if f.key != drop),
        panel=known or panel(),
        judgement_verdicts=verdicts,
        lexicon=lexicon,
        now=now,
        windows=WINDOWS,
    )


def errors(found: tuple[Problem, ...]) -> set[str]:
    return {p.gate for p in found if p.severity == "error"}


def test_the_true_note_has_no_error_and_two_unverifiable_numbers(lexicon: Lexicon) -> None:
    found = problems(lexicon, draft())
    assert errors(found) == set()
    assert [p.message.split(":")[0].split(" stands")[0] for p in found] == ["'3'", "'12"]


MUTANTS = [
    # numbers
    ("a digit is changed", "ETH 5.5%]]", "ETH 5.6%]]", "numbers"),
    ("a price is changed", "BTC 59,910]]", "BTC 59,810]]", "numbers"),
    ("a separator moves", "BTC 59,910]]", "BTC 599,10]]", "numbers"),
    ("a decimal is lost", "[[worst_hour_return BTC 4.8%]]", "[[worst_hour_return BTC 5%]], once 4%", "numbers"),
    ("a unit is changed", "/1e9 2.03]] bn", "/1e9 2.03]] m", "numbers"),
    ("a unit is lost", "[[return_24h BTC 2.7%]]", "[[return_24h BTC 2.7]]", "numbers"),
    ("percent becomes basis points", "[[oi_change_24h ETH 4.1%]]", "[[oi_change_24h ETH 4.1 bp]]", "numbers"),
    ("a sign is flipped", "ETH -0.0008%]]", "ETH +0.0008%]]", "numbers"),
    ("a minus is put before a rise", "[[advancers MARKET /0.01 34%]]", "[[advancers MARKET /0.01 -34%]]", "numbers"),
    ("a number has no trace", "$[[price ETH 1,555]]", "$1,555", "numbers"),
    ("a number word has no trace", "34%]] of perps", "34%]] of ten perps", "numbers"),
    ("an ordinal has no trace", "was negative", "was negative for the third time", "numbers"),
    ("two assets' numbers are swapped", "$[[price BTC 59,910]]", "$[[price ETH 1,555]]", "numbers"),
    ("a window is wrong", "2.7%]] in 24 h", "2.7%]] in 7 d", "numbers"),
    ("a beta's window is wrong", "a 90-day beta", "a 30-day beta", "numbers"),
    ("an as-of clock is wrong", "06:00 UTC on 26 June", "07:00 UTC on 26 June", "numbers"),
    ("a day is wrong", "BTC 17 September 2024", "BTC 16 September 2024", "numbers"),
    ("a month is wrong", "BTC 17 September 2024", "BTC 17 October 2024", "numbers"),
    ("a watch trigger is wrong", "[[watch ETH -0.0050%]]", "[[watch ETH -0.0040%]]", "numbers"),
    ("a furniture number is wrong", "[[funding_venues ETH 5]]", "[[funding_venues ETH 6]]", "numbers"),
    ("a ratio is miscounted", "1.6]] times", "2.6]] times", "numbers"),
    # scope
    ("volume without a venue", "Binance spot volume", "Volume", "scope"),
    ("premium without a venue", "On Binance the ETH perpetual", "The ETH perpetual", "scope"),
    ("funding without its interval", " per 8 h: shorts", ": shorts", "scope"),
    ("funding, settled or current?", "last settled funding on OKX", "last funding on OKX", "scope"),
    ("no as-of time", "As of [[as_of - 06:00 UTC on 26 June]], ", "", "scope"),
    ("a change without a window", "ETH/BTC fell [[pair_return_24h ETH/BTC 2.9%]] in 24 h, about [[beyond_beta ETH/BTC 2.2]] points more than a 90-day beta", "ETH/BTC fell [[pair_return_24h ETH/BTC 2.9%]], about [[beyond_beta ETH/BTC 2.2]] points more than a beta", "scope"),
    # direction
    ("a verb is turned round", "BTC fell [[return", "BTC rose [[return", "direction"),
    ("a verb is two sizes up", "BTC fell [[return", "BTC plunged [[return", "direction"),
    ("a sharp verb for a normal move", "BTC fell [[return", "BTC fell hard, by [[return", "direction"),
    ("a move is belittled", "BTC fell [[return", "BTC was little changed, at [[return", "direction"),
    ("open interest goes the other way", "open interest fell", "open interest rose", "direction"),
    ("the index is on the other side", "under its index", "above its index", "direction"),
    ("shorts and longs are exchanged", "shorts paid longs", "longs paid shorts", "direction"),
    ("spot at a discount with negative funding", "shorts paid longs", "spot is at a discount to the perpetual", "direction"),
    ("a slow verb for a shock", "BTC lost [[worst", "BTC slid [[worst", "direction"),
    ("negative becomes positive", "was negative, at", "was positive, at", "direction"),
    ("below becomes above its median", "median and above it", "median and below it", "direction"),
    # licence
    ("a sentence without a finding", "{broad_fall:MARKET}The", "{?}The", "licence"),
    ("a finding that did not fire", "{broad_fall:MARKET}", "{broad_rise:MARKET}", "licence"),
    ("a number that is no evidence", "{heavy_volume:BTC}", "{new_low:BTC}", "licence"),
    ("broad without its rule", "1.6]] times its median", "1.6]] times its broad median", "licence"),
    ("rotation without its rule", "The fall was broad", "The fall was broad and capital is rotating", "licence"),
    ("diverged without its rule", "points more than", "points and diverged more than", "licence"),
    ("a squeeze without its rule", "shorts paid longs", "shorts paid longs in a squeeze", "licence"),
    ("a record without its rule", "The fall was broad", "The fall was a record", "licence"),
    ("a conflict is not joined", ", but open interest", ", and open interest", "licence"),
    ("a plain verb without a number turns", "shorts paid longs", "shorts paid longs while ETH rose", "direction"),
    # causality
    ("a cause", "The fall was broad", "The fall was broad because of the outage", "causality"),
    ("after, without the rule", "The fall was broad", "The fall was broad after Base halted", "causality"),
    ("came as, without the rule", "The fall was broad", "The fall came as Base halted", "causality"),
    ("a verb that causes", "The fall was broad", "The outage sent prices lower; the fall was broad", "causality"),
    # words
    ("advice", "The fall was broad", "A good level to own ETH; the fall was broad", "advice"),
    ("a promise", "would extend the reading", "would extend the reading, and ETH will recover", "promise"),
    ("a motive", "The fall was broad", "The fall was broad as investors fled", "motive"),
    ("an actor", "The fall was broad", "Smart-money wallets sold; the fall was broad", "actors"),
    ("a certainty", "The fall was broad", "The fall was clearly a clear signal, broad", "certainty"),
    ("an emotion", "The fall was broad", "The carnage was broad", "emotion"),
    # furniture
    ("a tag is doubled", "#BTC #ETH", "#BTC #ETH #BTC", "furniture"),
    ("two tags for one asset", "#BTC #ETH", "#BTC #Bitcoin", "furniture"),
    ("a tag for an absent asset", "#BTC #ETH", "#BTC #SOL", "furniture"),
    ("too many tags", "#BTC #ETH", "#BTC #ETH #crypto #markets #defi", "furniture"),
    ("too few tags", "#BTC #ETH", "#BTC", "furniture"),
    ("no disclaimer", "this is not advice", "this is a note", "furniture"),
    ("two sentences run together", "perps rose in the day.", "perps rose in the day.Open", "furniture"),
    ("no positions", "Positions: not disclosed. ", "", "furniture"),
    ("no automation label", "Prepared automatically, not reviewed; this", "This", "furniture"),
    ("no coverage", "Coverage: [[funding_venues ETH 5]] of 6 venues. Scores cover BTC and ETH.", "", "furniture"),
    ("a cashtag for an absent asset", "The fall was broad", "The fall was broad, $SOL too", "furniture"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "old", "new", "gate"), MUTANTS, ids=[m[0] for m in MUTANTS])
def test_a_mutant_is_caught_by_the_right_gate(
    lexicon: Lexicon, name: str, old: str, new: str, gate: str
) -> None:
    assert NOTE.count(old) == 1, name
    found = problems(lexicon, draft(NOTE.replace(old, new)))
    assert gate in errors(found), [(p.gate, p.severity, p.message) for p in found]


@pytest.mark.parametrize(
    ("word", "gate"),
    [("It remains to be seen; the", "filler"), ("This underscores it: the", "ai_tells")],
)
def test_filler_and_machine_phrases_are_warnings(lexicon: Lexicon, word: str, gate: str) -> None:
    found = problems(lexicon, draft(NOTE.replace("The fall was broad", word + " fall was broad")))
    assert (gate, "warning") in {(p.gate, p.severity) for p in found}


def test_a_verb_one_size_up_is_a_warning_and_a_size_down_is_none(lexicon: Lexicon) -> None:
    known = panel()
    known.columns["move_band"][0, 0] = -1
    found = problems(lexicon, draft(), known=known)
    assert [p.message for p in found if p.gate == "direction"] == [
        "'fell' for BTC: the move's size is slight, a little below normal; "
        "say slipped or eased or edged down or inched lower"
    ]
    known.columns["move_band"][0, 0] = -3
    assert not [p for p in problems(lexicon, draft(), known=known) if p.gate == "direction"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("its median and above it", "its median over the day"),
        ("under its index over 8 h, but", "under its index over 8 h; but"),
        (
            "BTC lost [[worst_hour_return BTC 4.8%]]",
            "Binance volume in BTC rose ([[return_24h BTC -2.7%]] in price), and BTC lost [[worst_hour_return BTC 4.8%]]",
        ),
        ("From [[worst_hour_start BTC 13:00]] to", "Between [[worst_hour_start BTC 13:00]] and"),
    ],
)
def test_a_true_variation_raises_no_direction_or_scope(
    lexicon: Lexicon, old: str, new: str
) -> None:
    assert NOTE.count(old) == 1
    found = errors(problems(lexicon, draft(NOTE.replace(old, new))))
    assert not found & {"direction", "scope"}


def test_a_number_the_panel_no_longer_knows_is_an_error_with_the_right_value(
    lexicon: Lexicon,
) -> None:
    known = panel()
    known.columns["price"][0, 0] = float("nan")
    messages = [p.message for p in problems(lexicon, draft(), known=known)]
    assert "'59,910': price of BTC is unknown, not 59910.4" in messages


def test_a_wrong_print_says_the_right_one(lexicon: Lexicon) -> None:
    found = problems(lexicon, draft(NOTE.replace("BTC 59,910]]", "BTC 59,801]]")))
    assert "'59,801' should read 59,910 (price BTC)" in [p.message for p in found]


def test_every_problem_points_at_its_words(lexicon: Lexicon) -> None:
    made = draft(NOTE.replace("The fall was broad", "The carnage was broad"))
    (one,) = [p for p in problems(lexicon, made) if p.gate == "emotion"]
    assert made.segments[0][one.start : one.end] == "carnage"


def test_without_the_headline_finding_its_sentence_falls(lexicon: Lexicon) -> None:
    found = problems(lexicon, draft(), drop="headline_before_shock:BTC")
    assert {"licence", "causality", "numbers"} <= errors(found)


def test_without_the_shock_a_slow_verb_is_no_longer_blocked(lexicon: Lexicon) -> None:
    source = NOTE.replace("BTC lost [[worst", "BTC slid [[worst")
    found = problems(lexicon, draft(source), drop="one_hour_shock:BTC")
    assert not [p for p in found if "is slow" in p.message]


@pytest.mark.parametrize("verdict", ["off", "pending", "unknown"])
def test_a_verdict_other_than_on_licenses_nothing(lexicon: Lexicon, verdict: str) -> None:
    verdicts = {f.key: "on" for f in FINDINGS} | {"broad_fall:MARKET": verdict}
    found = problems(lexicon, draft(), verdicts=verdicts)
    assert f"the finding 'broad_fall:MARKET' is {verdict}" in [p.message for p in found]
    assert errors(problems(lexicon, draft(), verdicts=dict.fromkeys(verdicts, "held"))) == set()


def test_half_a_conflict_is_an_error(lexicon: Lexicon) -> None:
    source = NOTE.replace("{premium_low:ETH positions_closed:ETH}", "{premium_low:ETH}")
    assert "licence" in errors(problems(lexicon, draft(source)))


def test_an_as_of_from_the_future_or_of_yesterday_is_an_error(lexicon: Lexicon) -> None:
    for now in (NOW - 3_600_000, NOW + 7 * 3_600_000):
        found = problems(lexicon, draft(), now=now)
        assert "scope" in errors(found)


def test_a_trace_that_does_not_cover_its_text_is_an_error(lexicon: Lexicon) -> None:
    made = draft()
    numbers = (
        dataclasses.replace(made.numbers[1], start=made.numbers[1].start + 1),
        *made.numbers[2:],
    )
    assert "numbers" in errors(problems(lexicon, dataclasses.replace(made, numbers=numbers)))


def test_text_outside_every_sentence_trace_is_an_error(lexicon: Lexicon) -> None:
    made = draft()
    segments = (made.segments[0] + "And one more thing.",)
    found = problems(lexicon, dataclasses.replace(made, segments=segments))
    assert "licence" in errors(found)


SHORT = """\
{day_move:BTC}As of [[as_of - 06:00 UTC]], $BTC fell [[return_24h BTC 2.7%]] in 24 h to \
$[[price BTC 59,910]] on OKX.
{-}Not advice.
{-}#BTC #crypto
"""


def test_a_short_post_needs_only_its_disclaimer_and_its_length(lexicon: Lexicon) -> None:
    quiet = dataclasses.replace(STORY, conflicts=())
    post = draft(SHORT, form="post", network="x", limit=280)
    assert problems(lexicon, post, story=quiet) == ()
    long = dataclasses.replace(post, limit=40)
    assert [p.message for p in problems(lexicon, long, story=quiet)] == ["length 84, limit 40"]
    wrong = dataclasses.replace(post, length=(12,))
    assert "furniture" in errors(problems(lexicon, wrong, story=quiet))


def test_the_length_of_a_post_is_that_of_what_is_sent(lexicon: Lexicon) -> None:
    source = SHORT.replace("on OKX", "on OKX, says alternative.me")  # never sent as a link
    post = draft(source, form="post", network="x", limit=280)
    (text,) = post.segments
    post = dataclasses.replace(post, length=(named("x").length(text),))
    assert post.length != (weighted_length(text),)
    assert "furniture" not in errors(problems(lexicon, post))


def test_a_second_cashtag_is_an_error_on_x_alone(lexicon: Lexicon) -> None:
    source = SHORT.replace("on OKX", "on OKX, says $BTC")
    for network, gates in (("x", {"furniture"}), ("bluesky", set())):
        post = draft(source, form="post", network=network)
        assert errors(problems(lexicon, post)) == gates


def test_no_digit_of_the_note_can_change_unnoticed(lexicon: Lexicon) -> None:
    made = draft()
    text = made.segments[0]
    quiet = [i for i, c in enumerate(text) if c.isdigit()]
    # A quoted headline is not ours, and furniture is checked only where it is traced.
    quiet = [i for i in quiet if i not in (text.index("3 blocks"), text.index("6 venues"))]
    unseen = []
    for i in quiet:
        other = str((int(text[i]) + 1) % 10)
        numbers = tuple(
            dataclasses.replace(n, text=n.text[: i - n.start] + other + n.text[i - n.start + 1 :])
            if n.start <= i < n.end
            else n
            for n in made.numbers
        )
        mutant = dataclasses.replace(
            made, segments=(text[:i] + other + text[i + 1 :],), numbers=numbers
        )
        if not errors(problems(lexicon, mutant)):
            unseen.append(text[max(0, i - 20) : i + 20])
    assert unseen == []
