"""Back-tests: what the rules would have said over a history, by the code that writes the notes.

    moments -> metrics of each (measured) -> what every rule said (verdicts) -> counts (report)

Evidence about a rule, never advice. Nothing here looks ahead, and a guard holds every run to that.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from pathlib import Path

from generator.backtest.guard import peeking
from generator.backtest.measured import Bench, Progress, measured
from generator.backtest.report import Report, lines, variants
from generator.backtest.verdicts import Course, judged
from generator.judge import RuleBook
from generator.model import History
from generator.settings import MarketSection

__all__ = ["Report", "backtest"]

Change = tuple[str, str, float]  # rule, param, value


def backtest(
    history: History,
    book: RuleBook,
    market: MarketSection,
    moments: Sequence[int],
    *,
    rules: Sequence[str] = (),
    changes: Sequence[Change] = (),
    coins: bool = False,
    processes: int = 1,
    cache: Path | None = None,
    progress: Progress = lambda done, total: None,
    executor: Executor | None = None,
) -> Report:
    """Judge all rules at every moment (ms, ascending) and report on `rules` (default: all).

    changes: single thresholds to try, each by itself. coins: also the coins among the movers.
    cache: a file that keeps metric rows between runs. executor: where conditions are evaluated, a
    cluster's for example; None: here. The result does not depend on processes, cache, progress or
    executor. Raises RuleError for an unknown rule or param.
    """
    bench = Bench(history, market)
    rows = measured(bench, moments, processes=processes, cache=cache, progress=progress)
    others: Mapping[Change, RuleBook] = {
        (rule, param, value): book.with_params({rule: {param: value}})
        for rule, param, value in changes
    }
    majors = market.majors
    course = judged(book, rows.rows, majors, coins=coins, executor=executor)
    tried: dict[Change, Course] = {
        change: judged(other, rows.rows, majors, coins=coins, executor=executor)
        for change, other in others.items()
    }
    names = tuple(rules) or tuple(r.name for r in book.active)
    return Report(
        since=moments[0],
        until=moments[-1],
        moments=len(moments),
        lines=lines(course, book, names),
        variants=variants(course, tried, book),
        peeking=peeking(bench, moments),
        sources=tuple(sorted({venue for venue, _, _ in history.series})),
        reused=rows.reused,
        times=tuple(course.times.tolist()),
        prices=course.prices,
    )
