"""Slots: what is due when, in the zones where people live."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from generator.config import load_config
from generator.errors import UsageError
from generator.publish.slots import Due, asked, coming, due, slots_of

HOUR = 3_600_000


def ms(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()) * 1000


def iso(at: int) -> str:
    return f"{datetime.fromtimestamp(at / 1000, UTC):%Y-%m-%d %H:%M}"


def started(slot: str, first: str, days: int, every: int = 10) -> list[tuple[str, str]]:
    """The slots that a job sees that is started every few minutes: key and first start (UTC)."""
    slots, seen = slots_of((("slot", slot),)), dict[str, str]()
    now = ms(first)
    for _ in range(days * 24 * 60 // every):
        if found := due(slots, now, 60):
            seen.setdefault(found.key, iso(now))
        now += every * 60_000
    return list(seen.items())


def test_a_slot_keeps_its_local_hour_when_the_clocks_change() -> None:
    assert started("08:00 Europe/Zurich", "2026-10-24 00:00", 3) == [
        ("2026-10-24/slot", "2026-10-24 06:00"),
        ("2026-10-25/slot", "2026-10-25 07:00"),
        ("2026-10-26/slot", "2026-10-26 07:00"),
    ]


def test_a_time_that_comes_twice_is_one_slot_at_the_first() -> None:
    assert started("02:30 Europe/Zurich", "2026-10-24 00:00", 3) == [
        ("2026-10-24/slot", "2026-10-24 00:30"),
        ("2026-10-25/slot", "2026-10-25 00:30"),
        ("2026-10-26/slot", "2026-10-26 01:30"),
    ]


def test_a_time_that_is_skipped_is_one_slot_after_the_change() -> None:
    assert started("02:30 Europe/Zurich", "2026-03-28 00:00", 3) == [
        ("2026-03-28/slot", "2026-03-28 01:30"),
        ("2026-03-29/slot", "2026-03-29 01:30"),
        ("2026-03-30/slot", "2026-03-30 00:30"),
    ]


@pytest.mark.parametrize(
    "zone",
    ["Europe/Zurich", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "UTC"],
)
@pytest.mark.parametrize("at", ["00:00", "00:30", "01:59", "02:00", "02:30", "03:00", "23:59"])
def test_every_local_date_of_a_year_has_its_slot_exactly_once(zone: str, at: str) -> None:
    (slot,) = slots_of((("slot", f"{at} {zone}"),))
    now = ms("2026-01-01 12:00")
    keys, last = [], 0
    for _ in range(365):
        found = slot.coming(now)
        assert found.at > last
        assert slot.latest(found.at) == found
        assert slot.latest(found.at - 1).key != found.key
        keys.append(found.key)
        now = last = found.at
    first = datetime.fromisoformat(keys[0][:10])
    assert [k[:10] for k in keys] == [f"{first + timedelta(days=i):%Y-%m-%d}" for i in range(365)]


def test_what_came_too_long_ago_is_not_due() -> None:
    slots = slots_of((("morning", "08:00 UTC"), ("evening", "20:00 UTC")))
    assert due(slots, ms("2026-11-23 09:00"), 60) == Due(
        "2026-11-23/morning", ms("2026-11-23 08:00")
    )
    assert due(slots, ms("2026-11-23 09:01"), 60) is None
    assert coming(slots, ms("2026-11-23 09:01")).key == "2026-11-23/evening"


def test_the_date_is_that_of_the_place_and_not_of_utc() -> None:
    slots = slots_of((("morning", "08:00 Pacific/Auckland"),))
    assert due(slots, ms("2026-11-22 19:05"), 60) == Due(
        "2026-11-23/morning", ms("2026-11-22 19:00")
    )


@pytest.mark.parametrize(
    ("key", "why"),
    [
        ("2026-11-23/mornin", "is not in [run] slots"),
        ("2026-11-24/morning", "is not due before"),
        ("2026-11-22/morning", "longer ago"),
        ("2026-02-30/morning", "is no date"),
        ("morning", "is no slot"),
        ("2026-11-23/../morning", "is no slot"),
    ],
)
def test_a_slot_that_is_not_now_is_refused(key: str, why: str) -> None:
    slots = slots_of((("morning", "08:00 UTC"),))
    with pytest.raises(UsageError, match=why.replace("[", r"\[")):
        asked(key, slots, ms("2026-11-23 08:30"), 60)


def test_without_slots_in_the_settings_any_name_of_today_will_do() -> None:
    now = ms("2026-11-23 08:30")
    assert asked("2026-11-24/note", (), now, 60).key == "2026-11-24/note"  # it is, in the far east
    with pytest.raises(UsageError, match="is not of today"):
        asked("2026-11-21/note", (), now, 60)


@pytest.mark.parametrize(
    "text", ["8:00 UTC", "08:00", "24:00 UTC", "08:00 Europe/Zurick", "08:00 ../etc", "08:00  UTC"]
)
def test_a_time_without_a_zone_that_exists_is_no_setting(tmp_path: Path, text: str) -> None:
    (tmp_path / "commentary.toml").write_text(f'[run]\nslots = {{ morning = "{text}" }}\n')
    with pytest.raises(UsageError, match="morning"):
        load_config(tmp_path, {})
