"""Rows measured before are reused exactly as long as what they rest on is the same."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from generator.backtest.digests import keys
from generator.backtest.measured import BLOCK, Bench, Rows, measured
from generator.model import DAY, History, Series
from generator.settings import MarketSection
from tests.backtest.small import VENUE, history, midnights

MARKET = MarketSection()
MOMENTS = midnights(150, 12)
BTC = (VENUE, "BTC/USDT:USDT", "bars_1d")


def same(a: Rows, b: Rows) -> None:
    assert [r.now for r in a.rows] == [r.now for r in b.rows]
    for x, y in zip(a.rows, b.rows, strict=True):
        assert x.subjects == y.subjects
        np.testing.assert_array_equal(x.values, y.values)


def changed(past: History, row: int) -> History:
    data = past.series[BTC].data.copy()
    data[row, 4] *= 1.001
    return History({**past.series, BTC: Series(*BTC, data)})  # type: ignore[arg-type]


def test_a_second_run_measures_nothing_and_gives_the_same(tmp_path: Path) -> None:
    bench, cache = Bench(history(), MARKET), tmp_path / "rows.sqlite3"
    scratch = measured(bench, MOMENTS)
    first = measured(bench, MOMENTS, cache=cache)
    told: list[tuple[int, int]] = []
    second = measured(bench, MOMENTS, cache=cache, progress=lambda d, t: told.append((d, t)))
    assert (first.reused, second.reused) == (0, len(MOMENTS))
    assert told == [(0, 0)]
    same(scratch, first)
    same(scratch, second)


def test_a_new_day_measures_only_that_day(tmp_path: Path) -> None:
    cache = tmp_path / "rows.sqlite3"
    short = History({k: s.until(MOMENTS[-2]) for k, s in history().series.items()})
    measured(Bench(short, MARKET), MOMENTS[:-1], cache=cache)
    longer = measured(Bench(history(), MARKET), MOMENTS, cache=cache)
    assert longer.reused == len(MOMENTS) - 1
    same(longer, measured(Bench(history(), MARKET), MOMENTS))


def test_a_changed_import_is_measured_anew_from_where_it_was_known(tmp_path: Path) -> None:
    cache, row = tmp_path / "rows.sqlite3", 154
    measured(Bench(history(), MARKET), MOMENTS, cache=cache)
    other = changed(history(), row)
    again = measured(Bench(other, MARKET), MOMENTS, cache=cache)
    ended = int(other.series[BTC].data[row, 0]) + DAY
    assert again.reused == sum(m < ended for m in MOMENTS) == 4
    same(again, measured(Bench(other, MARKET), MOMENTS))


def test_other_settings_are_other_rows() -> None:
    past = history()
    other = MarketSection(max_price_age_s=60.0)
    assert not set(keys(past, MARKET, MOMENTS)) & set(keys(past, other, MOMENTS))


def test_every_series_every_column_and_every_row_is_part_of_the_key() -> None:
    past = history()
    before = keys(past, MARKET, MOMENTS)[0]
    for key, s in past.series.items():
        for column in range(1, s.data.shape[1]):
            data = s.data.copy()
            data[7, column] = np.nextafter(data[7, column], np.inf)
            other = History({**past.series, key: Series(s.venue, s.symbol, s.kind, data)})
            assert keys(other, MARKET, MOMENTS)[0] != before, (key, column)
        fewer = History({k: v for k, v in past.series.items() if k != key})
        assert keys(fewer, MARKET, MOMENTS)[0] != before


def test_a_damaged_cache_is_only_slower(tmp_path: Path) -> None:
    bench, cache = Bench(history(), MARKET), tmp_path / "rows.sqlite3"
    cache.write_bytes(b"no database")
    same(measured(bench, MOMENTS, cache=cache), measured(bench, MOMENTS))


def test_the_numbers_do_not_depend_on_the_count_of_processes() -> None:
    bench, moments = Bench(history(), MARKET), midnights(120, BLOCK + 3)
    same(measured(bench, moments, processes=2), measured(bench, moments))
