"""A book over blocks of a history gives what one pass over all of it gives, wherever it runs."""

from __future__ import annotations

from concurrent.futures import Executor, Future, ProcessPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from generator.judge import evaluate
from generator.judge.blocks import InMemory, PanelFolder, evaluate_blocks, whole
from generator.judge.kernel import Pair
from generator.judge.rules import RuleBook
from generator.model import DAY, HOUR, MARKET, Panel
from tests.judge.books import NOW, SCOPES, book, rule_text

WHENS = {
    "a_level": "abs(return_24h) > 1 and volume_24h_usd > 0",
    "b_lag": "return_24h > lag(max(return_24h, days(5)), days(3))",
    "c_mean": "mean(funding_8h, days(3)) < 0 or zscore(return_24h, days(12)) > 1.5",
    "d_rank": "pctile(funding_8h, days(10)) > 80 and rank(return_24h) <= 3",
    "e_count": "count_if(mean(funding_8h, days(2)) < 0, days(6)) >= 3",
    "f_share": "share(return_24h < 0) > 0.5 and not (fear_greed > 0)",
    "g_change": "std(change(return_24h, days(9)), days(4)) > pct_change(volume_24h_usd, days(8))",
}


def the_book() -> RuleBook:
    return book(**{name: rule_text(f"\n  {when}") for name, when in WHENS.items()})


def irregular(seed: int, rows: int = 170, assets: int = 9) -> Panel:
    """A history with holes in time, late rows, missing values and assets that come and go."""
    random = np.random.default_rng(seed)
    step = random.choice([4, 8, 9], rows) * HOUR + random.integers(0, 90, rows)
    step[random.integers(0, rows, 3)] = 70 * HOUR
    times = NOW - np.cumsum(step)[::-1]
    subjects = (*(f"A{i}" for i in range(assets)), MARKET)
    columns = {}
    for name in ("return_24h", "funding_8h", "volume_24h_usd", "fear_greed"):
        table = random.normal(size=(rows, assets + 1)) * 10.0 ** random.integers(0, 4)
        table[random.random(table.shape) < 0.004] = np.nan
        table[: rows // 3, 2], table[rows // 2 :, 4] = np.nan, np.nan
        columns[name] = table
    return Panel(times.astype(np.int64), subjects, columns, {n: SCOPES[n] for n in columns})


def same(found: dict[str, Pair], expected: dict[str, Pair]) -> None:
    assert found.keys() == expected.keys()
    for name, pair in expected.items():
        np.testing.assert_array_equal(found[name].is_true, pair.is_true, err_msg=name)
        np.testing.assert_array_equal(found[name].is_false, pair.is_false, err_msg=name)


@pytest.mark.parametrize("rows", [1, 7, 64, 1000])
@pytest.mark.parametrize("seed", range(4))
def test_blocks_of_any_size_give_what_one_pass_gives(seed: int, rows: int) -> None:
    panel, rules = irregular(seed), the_book()
    expected = evaluate(rules, panel)
    assert all(p.is_true.any() and p.is_false.any() for p in expected.values())
    source = InMemory(panel)
    same(whole(rules, source, evaluate_blocks(rules, source, rows=rows)), expected)


def test_too_short_a_halo_would_be_seen() -> None:
    panel, rules = irregular(1), the_book()
    rules.__dict__["reach"] = rules.reach // 2
    source = InMemory(panel)
    with pytest.raises(AssertionError):
        same(whole(rules, source, evaluate_blocks(rules, source, rows=16)), evaluate(rules, panel))


def test_lets_that_name_the_last_one_twice_are_walked_once() -> None:
    lets = "".join(f"\n  l{i + 1:02d}: l{i:02d} + l{i:02d}" for i in range(40))
    text = rule_text("l40 > 0", let=f"\n  l00: mean(return_24h, days(3)){lets}")
    assert 3 * DAY <= book(a=text).reach <= 4 * DAY


def test_windows_in_windows_reach_back_over_the_sum_of_both() -> None:
    nested = book(a=rule_text("\n  mean(lag(return_24h, days(2)), days(30)) > 0"))
    assert 32 * DAY <= nested.reach <= 33 * DAY
    assert book(a=rule_text("return_24h > 3")).reach == 0


def test_a_process_pool_reads_a_folder_and_gives_the_same(tmp_path: Path) -> None:
    panel, rules = irregular(2), the_book()
    source = PanelFolder.create(tmp_path / "panel", panel)
    with ProcessPoolExecutor(2) as pool:
        found = whole(rules, source, evaluate_blocks(rules, source, pool, rows=32))
    same(found, evaluate(rules, panel))


def test_a_cluster_takes_the_blocks_through_the_standard_interface(tmp_path: Path) -> None:
    distributed = pytest.importorskip("distributed")
    panel, rules = irregular(3), the_book()
    source = PanelFolder.create(tmp_path / "panel", panel)
    with (
        distributed.LocalCluster(
            n_workers=2,
            threads_per_worker=1,
            processes=True,
            host="127.0.0.1",
            dashboard_address=None,
            local_directory=str(tmp_path),
        ) as cluster,
        distributed.Client(cluster) as client,
    ):
        blocks = evaluate_blocks(rules, source, client.get_executor(), rows=32)
        same(whole(rules, source, blocks), evaluate(rules, panel))


class Watched(Executor):
    """Runs what it is given when its result is asked for, and counts what waits."""

    def __init__(self) -> None:
        self.waiting = self.most = 0

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        self.waiting += 1
        self.most = max(self.most, self.waiting)
        executor = self

        class Later(Future[Any]):
            def result(self, timeout: float | None = None) -> Any:
                executor.waiting -= 1
                return fn(*args, **kwargs)

        return Later()


def test_few_blocks_are_on_their_way_at_a_time() -> None:
    panel, rules, executor = irregular(0), the_book(), Watched()
    source = InMemory(panel)
    found = whole(rules, source, evaluate_blocks(rules, source, executor, rows=4, workers=3))
    same(found, evaluate(rules, panel))
    assert executor.most == 6


def test_an_empty_history_has_conditions_without_rows() -> None:
    panel = irregular(0)
    empty = InMemory(panel).read(0, 0)
    rules = the_book()
    found = whole(rules, InMemory(empty), evaluate_blocks(rules, InMemory(empty)))
    assert {p.is_true.shape for p in found.values()} == {(0, 9)}
