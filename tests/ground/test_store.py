from __future__ import annotations

import dataclasses
import random
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from generator.errors import NotEnoughData, StoreError
from generator.model import COLUMNS, DAY, HOUR, Series
from generator.store import Store, open_store
from tests.conftest import NOW, ROOT
from tests.ground.examples import instrument, series, snapshot


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "output" / "history.sqlite3"


@pytest.fixture
def store(path: Path) -> Store:
    return open_store(path)


# ---------------------------------------------------------------- snapshots


def test_a_snapshot_comes_back_bit_for_bit(store: Store) -> None:
    kept = snapshot()
    store.save(kept)
    back = store.snapshot(kept.id)
    assert back is not None
    for field in dataclasses.fields(kept):
        left, right = getattr(kept, field.name), getattr(back, field.name)
        if isinstance(left, np.ndarray):
            assert left.dtype == right.dtype
            assert left.tobytes() == right.tobytes()
        else:
            assert left == right, field.name


def test_a_snapshot_without_instruments_is_kept_too(store: Store) -> None:
    empty = dataclasses.replace(
        snapshot(),
        instruments=(),
        **{n: np.empty((0, 3)) for n in ("values", "as_of", "received")},
        status=np.empty((0, 3), np.uint8),
        endpoint=np.empty((0, 3), np.int16),
    )
    store.save(empty)
    back = store.snapshot()
    assert back is not None
    assert back.values.shape == (0, 3)


def test_the_latest_snapshot_is_by_its_own_clock_and_never_a_scenario(store: Store) -> None:
    store.save(snapshot("b", NOW))
    store.save(snapshot("a", NOW - HOUR))
    store.save(snapshot("c", NOW + HOUR, mode="scenario"))
    latest, earlier = store.snapshot(), store.snapshot(until=NOW - 1)
    assert latest is not None
    assert earlier is not None
    assert (latest.id, earlier.id) == ("b", "a")
    assert [info.id for info in store.snapshots()] == ["a", "b", "c"]


def test_an_unknown_snapshot_is_none(store: Store) -> None:
    assert store.snapshot("nothing") is None
    assert store.snapshot() is None


def test_saving_the_same_id_again_leaves_one(store: Store) -> None:
    store.save(snapshot(seed=1))
    store.save(snapshot(seed=2))
    assert len(store.snapshots()) == 1
    back = store.snapshot()
    assert back is not None
    assert back.values[1, 1] == snapshot(seed=2).values[1, 1]


def test_a_changed_multiplier_belongs_to_its_own_snapshot_only(store: Store) -> None:
    before = snapshot("before", NOW - DAY, bases=("PEPE",))
    after = dataclasses.replace(
        snapshot("after", bases=("PEPE",)), instruments=(instrument("PEPE", 1000),)
    )
    store.save(before)
    store.save(after)
    first, second = store.snapshot("before"), store.snapshot("after")
    assert first is not None
    assert second is not None
    assert (first.instruments[0].multiplier, second.instruments[0].multiplier) == (1, 1000)


def test_arrays_of_the_wrong_shape_are_refused_and_nothing_is_kept(store: Store) -> None:
    with pytest.raises(StoreError, match="shape"):
        store.save(dataclasses.replace(snapshot(), values=np.zeros((3, 3))))
    assert store.snapshots() == ()


# ---------------------------------------------------------------- series


def test_a_series_comes_back_bit_for_bit(store: Store) -> None:
    kept = series()
    store.append_series([kept])
    back = store.history().get("binance", "BTC/USDT", "bars_1h")
    assert back is not None
    assert back.data.tobytes() == kept.data.tobytes()
    assert back.endpoint == "fetchOHLCV"


def test_appending_merges_by_time_and_the_newer_row_wins(store: Store) -> None:
    store.append_series([series(rows=5, first=100)])
    store.append_series([series(rows=3, start=NOW - 97 * HOUR, first=900)])
    merged = store.history().get("binance", "BTC/USDT", "bars_1h")
    assert merged is not None
    assert merged.column("open").tolist() == [100, 101, 102, 900, 901, 902]
    assert (np.diff(merged.data[:, 0]) == HOUR).all()


def test_older_rows_are_filled_in_before_the_newer(store: Store) -> None:
    store.append_series([series(rows=2, start=NOW, first=5)])
    store.append_series([series(rows=1, start=NOW - DAY, first=1)])
    merged = store.history().get("binance", "BTC/USDT", "bars_1h")
    assert merged is not None
    assert merged.column("open").tolist() == [1, 5, 6]


def test_one_batch_may_carry_the_same_series_twice(store: Store) -> None:
    store.append_series([series(rows=2, first=1), series(rows=1, first=7)])
    merged = store.history().get("binance", "BTC/USDT", "bars_1h")
    assert merged is not None
    assert merged.column("open").tolist() == [7, 2]


def test_newest_is_the_last_ts_and_none_for_an_unknown_series(store: Store) -> None:
    store.append_series([series(rows=5)])
    assert store.newest(("binance", "BTC/USDT", "bars_1h")) == NOW - 96 * HOUR
    assert store.newest(("binance", "BTC/USDT", "funding")) is None


def test_history_gives_only_the_keys_asked_for(store: Store) -> None:
    store.append_series([series("BTC/USDT"), series("ETH/USDT")])
    asked = [("binance", "ETH/USDT", "bars_1h"), ("binance", "SOL/USDT", "bars_1h")]
    assert list(store.history(asked).series) == asked[:1]
    assert store.history([]).series == {}


@pytest.mark.parametrize(
    ("fault", "ts"),
    [
        ("missing", [NOW, np.nan]),
        ("whole", [NOW, NOW + 0.5]),
        ("ascending", [NOW, NOW - HOUR]),
        ("unique", [NOW, NOW]),
        ("years", [1_000, NOW]),
        ("years", [NOW / 1000, NOW]),
    ],
)
def test_a_series_with_impossible_times_is_refused_with_the_whole_batch(
    store: Store, fault: str, ts: list[float]
) -> None:
    bad = series("ETH/USDT", rows=2)
    bad.data[:, 0] = ts
    with pytest.raises(StoreError, match=fault) as caught:
        store.append_series([series("BTC/USDT"), bad])
    assert "ETH/USDT" in caught.value.what
    assert store.history().series == {}


def test_a_column_that_was_added_since_reads_as_unknown_and_shifts_nothing(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.append_series([series("BTC/USDT", rows=3, kind="funding")])
    kept = series("BTC/USDT", rows=3, kind="funding").data
    later = {**COLUMNS, "funding": ("ts", "interval_h", "mark", "rate")}
    monkeypatch.setattr("generator.packing.COLUMNS", later)
    data = store.history().series["binance", "BTC/USDT", "funding"].data
    np.testing.assert_array_equal(data[:, 0], kept[:, 0])
    np.testing.assert_array_equal(data[:, 1], kept[:, 2])
    assert np.isnan(data[:, 2]).all()
    np.testing.assert_array_equal(data[:, 3], kept[:, 1])


def test_two_hundred_series_are_appended_to_and_loaded_at_once(store: Store) -> None:
    batch = [series(f"COIN{i}/USDT", rows=1080) for i in range(200)]
    store.append_series(batch)
    store.append_series([series(s.symbol, rows=2, start=NOW) for s in batch])
    loaded = store.history([(s.venue, s.symbol, s.kind) for s in batch])
    assert len(loaded.series) == 200
    told = [s.data[s.data[:, 0] == NOW, 1] for s in loaded.series.values()]
    assert all(np.array_equal(price, [100.0]) for price in told)  # the later word stands


# ---------------------------------------------------------------- metrics


def save(store: Store, id: str, now: int, subjects: list[str], **columns: list[float]) -> None:
    arrays = {n: np.array(v, dtype=float) for n, v in columns.items()}
    store.save_metrics(id, now, subjects, dict.fromkeys(columns, "asset"), arrays)


def test_assets_that_come_and_go_keep_their_own_numbers(store: Store) -> None:
    save(store, "a", NOW - 2 * DAY, ["BTC", "ETH", "SOL"], r=[1, 2, 3])
    save(store, "b", NOW - DAY, ["SOL", "BTC"], r=[30, 10])
    save(store, "c", NOW, ["ETH", "XRP", "BTC"], r=[200, 400, 100])
    panel = store.panel(NOW)
    assert panel.subjects == ("BTC", "ETH", "SOL", "XRP")
    assert panel.times.tolist() == [NOW - 2 * DAY, NOW - DAY, NOW]
    nan = np.nan
    np.testing.assert_array_equal(
        panel.columns["r"], [[1, 2, 3, nan], [10, nan, 30, nan], [100, 200, nan, 400]]
    )
    assert panel.value("r", "XRP") == 400


def test_versions_with_other_metrics_are_aligned_by_name(store: Store) -> None:
    save(store, "a", NOW - DAY, ["BTC"], funding=[1], old=[9])
    save(store, "b", NOW, ["BTC"], basis=[5], funding=[2])
    panel = store.panel(NOW)
    nan = np.nan
    np.testing.assert_array_equal(panel.columns["funding"][:, 0], [1, 2])
    np.testing.assert_array_equal(panel.columns["basis"][:, 0], [nan, 5])
    np.testing.assert_array_equal(panel.columns["old"][:, 0], [9, nan])


def test_a_metric_whose_unit_or_scope_changed_is_not_compared_with_itself(store: Store) -> None:
    for id, now, unit, scope in (("a", NOW - DAY, "%", "asset"), ("b", NOW, "bp", "asset")):
        value = {"premium": np.array([0.05 if unit == "%" else 5.0])}
        store.save_metrics(id, now, ["BTC"], {"premium": scope}, value, {"premium": unit})
    np.testing.assert_array_equal(store.panel(NOW).columns["premium"][:, 0], [np.nan, 5])


def test_the_same_moment_measured_again_counts_once(store: Store) -> None:
    save(store, "a", NOW, ["BTC"], r=[1])
    save(store, "b", NOW, ["BTC"], r=[2])
    panel = store.panel(NOW)
    assert panel.times.tolist() == [NOW]
    assert panel.value("r", "BTC") == 2


def test_a_panel_is_cut_at_both_ends_and_may_be_empty(store: Store) -> None:
    for day in range(5):
        save(store, f"s{day}", NOW - day * DAY, ["BTC"], r=[day])
    panel = store.panel(NOW - DAY, NOW - 3 * DAY)
    assert panel.columns["r"][:, 0].tolist() == [3, 2, 1]
    assert store.panel(NOW - 30 * DAY).subjects == ()


# ---------------------------------------------------------------- what was said


def test_phrases_are_recalled_from_earlier_notes_within_the_days_asked_for(store: Store) -> None:
    store.remember("2026-02-27/morning", "r3", ["lead.fell.2", "watch.1"], as_of=NOW - DAY)
    store.remember("2026-02-01/morning", "r1", ["lead.fell.1"], as_of=NOW - 27 * DAY)
    store.remember("2026-02-28/morning", "r4", ["lead.rose.1"], as_of=NOW)
    assert store.recall(NOW) == ("lead.fell.2", "watch.1")
    assert store.recall(NOW, days=40) == ("lead.fell.1", "lead.fell.2", "watch.1")


def test_of_a_slots_runs_the_latest_is_recalled_and_the_same_run_once(store: Store) -> None:
    store.remember("2026-02-27/morning", "r1", ["a", "b"], as_of=NOW - DAY)
    store.remember("2026-02-27/morning", "r2", ["c", "d"], as_of=NOW - DAY + 1)
    store.remember("2026-02-27/morning", "r2", ["e"], as_of=NOW - DAY + 1)
    assert store.recall(NOW) == ("e",)


def test_where_something_was_approved_only_that_was_said(store: Store) -> None:
    for run, at in (("r1", 3 * DAY), ("r2", 2 * DAY), ("r3", 2 * DAY - 1), ("r4", DAY)):
        slot = "monday" if run == "r1" else "wednesday" if run == "r4" else "tuesday"
        store.remember(slot, run, [run], as_of=NOW - at)
    assert store.recall(NOW) == ("r1", "r3", "r4")
    store.approve("tuesday", "r2", as_of=NOW - 2 * DAY)
    assert store.recall(NOW) == ("r2",)
    store.approve("tuesday", "r3", as_of=NOW - 2 * DAY + 1)
    assert store.recall(NOW) == ("r3",)


def test_what_was_approved_later_changes_no_earlier_note(store: Store) -> None:
    store.remember("monday", "r1", ["r1"], as_of=NOW - 3 * DAY)
    store.remember("tuesday", "r2", ["r2"], as_of=NOW - 2 * DAY)
    before = store.recall(NOW - DAY)
    store.approve("wednesday", "r3", as_of=NOW - DAY)
    assert store.recall(NOW - DAY) == before == ("r1", "r2")


# ---------------------------------------------------------------- damage


def test_a_file_that_is_no_database_is_named(path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b"not a database, but long enough to have a header" * 100)
    with pytest.raises(StoreError, match="not a database") as caught:
        open_store(path)
    assert caught.value.subject == str(path)
    assert caught.value.todo


def test_a_truncated_file_is_an_error_and_not_less_history(path: Path) -> None:
    with open_store(path) as store:
        store.append_series([series(f"C{i}", rows=500) for i in range(20)])
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(StoreError, match="damaged"), open_store(path) as store:
        store.history()


@pytest.mark.parametrize("table", ["snapshots", "series", "metrics"])
def test_a_flipped_bit_in_a_blob_is_noticed(path: Path, table: str) -> None:
    with open_store(path) as store:
        fill(store)
    column = "planes" if table == "snapshots" else "data"
    with sqlite3.connect(path) as raw:
        blob = bytearray(raw.execute(f"SELECT {column} FROM {table}").fetchone()[0])
        blob[len(blob) // 2] ^= 1
        raw.execute(f"UPDATE {table} SET {column} = ?", (bytes(blob),))
    with open_store(path) as store, pytest.raises(StoreError, match="sha256"):
        store.verify()


def test_numbers_moved_under_another_name_are_noticed(path: Path) -> None:
    with open_store(path) as store:
        fill(store)
    with sqlite3.connect(path) as raw:
        raw.execute("UPDATE series SET symbol = 'ETH/USDT'")
    with open_store(path) as store, pytest.raises(StoreError, match="sha256"):
        store.history()


def test_another_programs_database_is_left_alone(path: Path) -> None:
    path.parent.mkdir()
    with sqlite3.connect(path) as raw:
        raw.execute("CREATE TABLE recipes (name TEXT)")
    raw.close()
    before = path.read_bytes()
    with pytest.raises(StoreError, match="another program"):
        open_store(path)
    assert path.read_bytes() == before


def test_a_file_of_a_newer_version_is_refused(path: Path) -> None:
    open_store(path).close()
    with sqlite3.connect(path) as raw:
        raw.execute("PRAGMA user_version = 99")
    with pytest.raises(StoreError, match="newer"):
        open_store(path)


def test_a_folder_in_the_place_of_the_file_is_named(path: Path) -> None:
    path.mkdir(parents=True)
    with pytest.raises(StoreError, match="cannot be used"):
        open_store(path)


def test_reading_where_there_is_no_history_says_how_to_start_one(path: Path) -> None:
    with pytest.raises(NotEnoughData, match="collect"):
        open_store(path, read_only=True)
    assert not path.exists()


def fill(store: Store) -> None:
    store.save(snapshot())
    store.append_series([series()])
    save(store, "a", NOW, ["BTC"], r=[1])


# ---------------------------------------------------------------- several processes


def test_a_reader_sees_whole_snapshots_while_a_writer_is_in_the_middle(path: Path) -> None:
    with open_store(path) as writer, open_store(path, read_only=True) as reader:
        writer.save(snapshot("first"))
        writer._connection.execute("BEGIN IMMEDIATE")
        writer._connection.execute("DELETE FROM snapshots")
        assert [s.id for s in reader.snapshots()] == ["first"]
        writer._connection.execute("ROLLBACK")
        with pytest.raises(StoreError, match="readonly"):
            reader.save(snapshot("second"))


WRITER = """
import sys
from pathlib import Path
from generator.store import open_store
from tests.ground.examples import series, snapshot
from tests.conftest import NOW
store = open_store(Path(sys.argv[1]))
start = len(store.snapshots())
print("ready", flush=True)
for i in range(start, 100_000):
    store.save(snapshot(f"s{i}", NOW + i, bases=tuple(f"C{n}" for n in range(200)), seed=i))
    store.append_series([series(f"C{n}", rows=3, start=NOW + i * 3_600_000) for n in range(20)])
"""


def test_a_killed_writer_leaves_whole_snapshots_only(path: Path) -> None:
    rng, counts = random.Random(7), [0]
    for _ in range(4):
        writer = subprocess.Popen(
            [sys.executable, "-c", WRITER, str(path)], cwd=ROOT, stdout=subprocess.PIPE
        )
        assert writer.stdout is not None
        writer.stdout.readline()
        time.sleep(0.05 + 0.15 * rng.random())
        writer.send_signal(signal.SIGKILL)
        writer.wait()
        writer.stdout.close()
        with open_store(path) as store:
            store.verify()
            ids = [s.id for s in store.snapshots()]
            assert ids == [f"s{i}" for i in range(len(ids))]
            lengths = {len(s.data) for s in store.history().series.values()}
            assert len(lengths) <= 1, "one batch of series is all or nothing"
            counts.append(len(ids))
    assert counts == sorted(counts)
    assert counts[-1] > 0


def test_two_processes_may_make_the_file_at_once(path: Path) -> None:
    code = "import sys; from pathlib import Path; from generator.store import open_store; open_store(Path(sys.argv[1])).verify()"
    command = [sys.executable, "-c", code, str(path)]
    both = [subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE) for _ in range(2)]
    for process in both:
        _, errors = process.communicate(timeout=60)
        assert process.returncode == 0, errors.decode()


def test_a_series_of_no_rows_changes_nothing(store: Store) -> None:
    store.append_series([series(rows=2)])
    store.append_series([Series("binance", "BTC/USDT", "bars_1h", np.empty((0, 7)))])
    assert len(store.history().series["binance", "BTC/USDT", "bars_1h"].data) == 2
