"""What a text has named once need not be named in every sentence, and only then."""

from __future__ import annotations

import pytest

from generator.errors import TemplateError
from generator.write import marks
from generator.write.quantity import Quantity
from generator.write.referring import Words, shorter

DAY, HOUR = 86_400_000, 3_600_000
NOON = 20_000 * DAY + 12 * HOUR  # 4 October 2024, 12:00 UTC
ENGLISH = Words(
    scope=(", on {scope},", ", on {scope}", " on {scope}", " ({scope})"),
    first=("On {scope}, ", "On {scope} "),
    window=(" in {window}",),
    moment="{clock} UTC on {day}",
    hour="{clock} UTC",
    then={"before {moment}": "before then", "by {moment}": "by then"},
)
PERPS = marks.scope("Binance perpetuals", prices=True)
SPOT = marks.scope("Binance spot", prices=True)


class Text:
    """Marked text being written, as templates and filters write it."""

    def __init__(self) -> None:
        self.printed: list[Quantity] = []

    def number(self, metric: str, value: float, unit: str, text: str) -> str:
        self.printed.append(Quantity(metric, "BTC", value, unit, "rule"))
        return marks.number(len(self.printed) - 1, text)

    def window(self, hours: float = 24.0, text: str = "24 h") -> str:
        return self.number("window:return_24h", hours, "h", text)

    def moment(self, metric: str, at: float, clock: str, day: str) -> str:
        return f"{self.number(metric, at, 'ms', clock)} UTC on {self.number(metric, at, 'ms', day)}"

    def told(self, *sentences: str, words: Words = ENGLISH) -> str:
        text = " ".join(marks.region(i, s) for i, s in enumerate(sentences))
        found = shorter([text], words, self.printed.__getitem__, lambda s: "turnover" in s)
        return marks.plain(found[0])


@pytest.mark.parametrize(
    ("again", "shown"),
    [
        (f"ETH fell on {PERPS}.", "ETH fell."),
        (f"ETH fell, on {PERPS}, to a low.", "ETH fell to a low."),
        (f"ETH stands at a low ({PERPS}).", "ETH stands at a low."),
        (f"On {PERPS} the pair fell.", "The pair fell."),
        (f"{PERPS} quoted ETH lower.", "Binance perpetuals quoted ETH lower."),
        (f"Beside turnover, ETH fell on {PERPS}.", "Beside turnover, ETH fell on Binance perpetuals."),
    ],
)  # fmt: skip
def test_the_market_of_prices_is_named_once(again: str, shown: str) -> None:
    first = f"BTC fell on {PERPS}."
    assert Text().told(first, again) == f"BTC fell on Binance perpetuals. {shown}"


def test_where_a_sentence_names_two_markets_both_stay() -> None:
    other = marks.scope("Binance", prices=False)
    told = Text().told(f"BTC fell on {PERPS}.", f"ETH fell on {PERPS}, closer than {other} says.")
    assert told.endswith("ETH fell on Binance perpetuals, closer than Binance says.")


def test_where_prices_come_from_two_markets_every_sentence_says_which() -> None:
    told = Text().told(f"BTC fell on {PERPS}.", f"ETH fell on {SPOT}.", f"Low on {PERPS}.")
    assert (
        told
        == "BTC fell on Binance perpetuals. ETH fell on Binance spot. Low on Binance perpetuals."
    )


def test_a_venue_of_other_numbers_is_never_left_out() -> None:
    other = marks.scope("Binance perpetuals", prices=False)
    told = Text().told(f"BTC fell on {PERPS}.", f"The rate rose on {other}.")
    assert told.endswith("The rate rose on Binance perpetuals.")


def test_one_window_serves_two_changes_of_one_sentence() -> None:
    t = Text()
    told = t.told(f"BTC fell in {t.window()}, and ETH fell in {t.window()}. SOL in {t.window()}.")
    assert told == "BTC fell in 24 h, and ETH fell. SOL in 24 h."


def test_a_window_stays_where_another_one_came_between() -> None:
    t = Text()
    week = t.window(168.0, "7 d")
    told = t.told(f"Down in {t.window()}, up in {week}, down in {t.window()}.")
    assert told == "Down in 24 h, up in 7 d, down in 24 h."


def test_a_deadline_just_told_is_then() -> None:
    t = Text()

    def due() -> str:
        return t.moment("deadline", NOON + DAY, "12:00", "5 October")

    told = t.told(f"A trade before {due()}.", f"A return by {due()}.")
    assert told == "A trade before 12:00 UTC on 5 October. A return by then."
    other = t.moment("deadline", NOON, "12:00", "4 October")
    told = t.told(f"By {due()}.", f"At {other}.", f"A return by {due()}.")
    assert told.endswith("A return by 12:00 UTC on 5 October.")


def test_the_day_of_the_note_is_told_once_and_of_a_deadline_always() -> None:
    t = Text()
    early = t.moment("funding_settled_at", NOON - 4 * HOUR, "08:00", "4 October")
    now = t.moment("as_of", NOON, "12:00", "4 October")
    late = t.moment("funding_settled_at", NOON - 4 * HOUR, "08:00", "4 October")
    before = t.moment("funding_settled_at", NOON - DAY, "12:00", "3 October")
    due = t.moment("deadline", NOON + 4 * HOUR, "16:00", "4 October")
    assert t.told(f"At {early}, at {now}, at {late}, at {before}, by {due}.") == (
        "At 08:00 UTC on 4 October, at 12:00 UTC on 4 October, at 08:00 UTC, "
        "at 12:00 UTC on 3 October, by 16:00 UTC on 4 October."
    )


def test_a_day_with_its_year_stays() -> None:
    t = Text()
    now = t.moment("as_of", NOON, "12:00", "4 October")
    told = t.told(f"At {now}.", f"As of {t.moment('as_of', NOON, '12:00', '4 October 2024')}.")
    assert told == "At 12:00 UTC on 4 October. As of 12:00 UTC on 4 October 2024."


def test_traces_stay_with_their_numbers() -> None:
    t = Text()
    now = t.moment("as_of", NOON, "12:00", "4 October")
    text = marks.region(0, f"At {now}, at {t.moment('settled', NOON, '12:00', '4 October')} gone.")
    clean, spans = marks.read(shorter([text], ENGLISH, t.printed.__getitem__, lambda _: False)[0])
    assert clean == "At 12:00 UTC on 4 October, at 12:00 UTC gone."
    numbers = [(s.index, clean[s.start : s.end]) for s in spans if s.kind == "number"]
    assert numbers == [(0, "12:00"), (1, "4 October"), (2, "12:00")]


def test_what_is_shortened_already_stays_as_it_is() -> None:
    t = Text()
    now = [t.moment("as_of", NOON, "12:00", "4 October") for _ in range(2)]
    due = [t.moment("deadline", NOON + DAY, "12:00", "5 October") for _ in range(3)]
    text = (
        f"On {PERPS} at {now[0]}, at {now[1]} on {PERPS}, in {t.window()} and in {t.window()}, "
        f"by {due[0]}, before {due[1]}, by {due[2]}."
    )

    def again(told: str) -> str:
        return shorter([told], ENGLISH, t.printed.__getitem__, lambda _: False)[0]

    once = again(text)
    assert marks.plain(once) == (
        "On Binance perpetuals at 12:00 UTC on 4 October, at 12:00 UTC, in 24 h and, "
        "by 12:00 UTC on 5 October, before then, by then."
    )
    assert again(once) == once


@pytest.mark.parametrize(
    "referring",
    [
        {"scope": [" on it"]},
        {"window": [" in {scope}"]},
        {"moment": "{clock}"},
        {"then": {"by {clock}": "then"}},
        {"else": []},
        {"scope": [7]},
        [],
    ],
)
def test_words_without_their_place_are_refused(referring: object) -> None:
    with pytest.raises(TemplateError):
        Words.of({"referring": referring}, "en")


def test_a_language_may_do_without() -> None:
    t = Text()
    told = t.told(f"BTC on {PERPS}.", f"ETH on {PERPS}.", words=Words.of({}, "de"))
    assert told == "BTC on Binance perpetuals. ETH on Binance perpetuals."
