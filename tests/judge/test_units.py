"""Units: what is mixed is an error with a place, what is uncertain is no error."""

from __future__ import annotations

import pytest

from generator.judge.units import unit_errors
from tests.judge.books import Info, rule_text
from tests.judge.sharing import shared_book

UNITS = {
    "change": "%",
    "gap": "% points",
    "deviation": "% a day",
    "premium": "bp",
    "part": "share",
    "multiple": "times",
    "size": "USD",
    "price": "USD",
    "place": "percentile",
    "since": "days",
    "hours_negative": "h",
    "sigma": "z",
    "slope": "beta",
}
CATALOG = {n: Info(n, u, "asset") for n, u in UNITS.items()}


def found(when: str, **more: str) -> list[tuple[str, str]]:
    book = shared_book(CATALOG, a=rule_text(when, **more))
    return list(unit_errors(book.rules["a"], book))


@pytest.mark.parametrize(
    ("when", "column"),
    [
        ("change + premium > 1", 7),
        ("change > premium", 7),
        ("part > 0.1 and part > change", 22),
        ("since >= hours_negative", 7),
        ("min(change, premium) > 1", 7),
        ("sigma > change", 7),
        ("mean(change, days(3)) > premium", 7),
        ("zscore(change, days(3)) > change", 7),
        ("pctile(change, days(3)) > change", 7),
        ("pct_change(premium, days(1)) > premium", 7),
        ("abs(change) - abs(premium) > 1", 7),
        ("(change if part > 0.1 else premium) > 1", 8),
        ("between(change, premium, 3)", 7),
        ("change / change > change", 7),
    ],
)
def test_two_units_in_one_place_are_named_with_the_place(when: str, column: int) -> None:
    errors = found(when)
    assert len(errors) == 1, errors
    assert errors[0][0] == f"a.yaml:4:{column}"
    assert "(" in errors[0][1]


@pytest.mark.parametrize(
    "when",
    [
        "change > 3 * deviation",
        "gap > change - 2",
        "change - gap > 3",
        "premium / 2 > 1",
        "size / price > 3",
        "size > 2 * price",
        "part < multiple",
        "size * part > price",
        "slope * change < gap",
        "size * change > 9",
        "sigma * deviation > change",
        "2 * min(place, 100 - place) / 100 < 0.1",
        "abs(change) >= 1 and abs(premium) >= 1",
        "size / price / since > 1",
        "known(change) and sign(premium) > 0",
        "premium > 1 if change > 1 else part > 1",
    ],
)
def test_what_fits_or_cannot_be_told_is_no_error(when: str) -> None:
    assert found(when) == []


def test_a_param_takes_the_unit_of_what_it_stands_beside_once() -> None:
    assert found("change > most and gap > most", params="{most: 3}") == []
    errors = found("change > most and premium > most", params="{most: 3}")
    assert "the param most stands beside several units: change (%), premium (bp)" in errors[0][1]
    errors = found("change < -most or premium > most", params="{most: 3}")
    assert len(errors) == 1


def test_a_let_is_judged_where_it_stands() -> None:
    errors = found("mixed > 1", let="{mixed: change + premium}")
    assert [place.rpartition(":")[0] for place, _ in errors] == ["a.yaml:5"]


def test_a_watched_trigger_has_the_unit_of_what_is_watched() -> None:
    watch = "{{confirm: [{{metric: change, above: {}, within: 24h}}]}}"
    assert found("change > 1", watch=watch.format("change * 2")) == []
    assert "watches change (%)" in found("change > 1", watch=watch.format("premium"))[0][1]
