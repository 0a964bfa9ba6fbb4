"""Weekends, holidays and plain weekdays."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime

import holidays
import pytest

from generator.measure import day_class, volume
from generator.model import DAY


def at(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1000


@pytest.mark.parametrize(
    ("table", "country", "part"), [(day_class.US, "US", None), (day_class.UK, "GB", "ENG")]
)
def test_the_dates_are_those_of_the_package(
    table: dict[int, str], country: str, part: str | None
) -> None:
    for year, written in table.items():
        known = holidays.country_holidays(country, subdiv=part, years=year)
        on_weekdays = sorted(d for d in known if d.year == year and d.weekday() < 5)
        assert written == " ".join(f"{d:%m%d}" for d in on_weekdays), f"{country} {year}"


def test_the_tables_reach_years_ahead() -> None:
    assert date.today().year + 2 <= day_class.LAST_YEAR, "add years: holidays has them"


@pytest.mark.parametrize(
    ("moment", "us", "uk"),
    [
        ("2025-11-28T00:00", 1.0, 0.0),  # all of Thanksgiving
        ("2025-11-27T18:00", 1.0, 0.0),  # eighteen hours of it
        ("2025-11-27T17:00", 0.0, 0.0),
        ("2025-08-26T00:00", 0.0, 1.0),  # summer bank holiday
        ("2025-12-26T00:00", 1.0, 1.0),  # Christmas Day
        ("2026-02-18T00:00", 0.0, 0.0),  # Chinese New Year: Hong Kong trades little of it
        ("2026-02-27T00:00", 0.0, 0.0),
    ],
)
def test_a_window_is_a_holidays_from_eighteen_hours(moment: str, us: float, uk: float) -> None:
    assert volume.us_holiday_window(at(moment)) == us
    assert volume.uk_holiday_window(at(moment)) == uk


def test_a_holiday_on_a_weekday_belongs_to_no_class() -> None:
    assert math.isnan(volume.weekend_window(at("2025-11-28T00:00")))
    assert volume.weekend_window(at("2025-11-27T00:00")) == 0, "the Wednesday before is plain"
    assert volume.weekend_window(at("2026-07-05T00:00")) == 1, "a Saturday stays a weekend day"


def test_a_year_without_a_table_has_weekends_but_no_weekdays() -> None:
    friday = at("2041-01-05T00:00")
    assert math.isnan(volume.weekend_window(friday))
    assert math.isnan(volume.us_holiday_window(friday))
    assert volume.weekend_window(friday + DAY + DAY) == 1
