"""Rule by rule, the newest real moment at which it spoke and the newest at which it was known and silent.

    python -m tests.backtest.rule_moments REFERENCE > docs/rule-moments.md

Midnights from 2020 on, and every four hours of the two weeks that have open interest. The history is
that of `real_history`; what it cannot feed stands under "not known".
"""

from __future__ import annotations

import math
import sys
import tempfile
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from generator.backtest.measured import Bench, measured
from generator.backtest.moments import moments, times_of_day
from generator.backtest.verdicts import Course, Said, judged
from generator.cli import main as commentary
from generator.folders import shipped_rules
from generator.judge.reference import needs
from generator.judge.rules import RuleBook, load_rules
from generator.measure import catalog
from generator.model import MARKET
from generator.moments import parse_moment
from generator.panels import MetricRow
from generator.settings import MarketSection
from generator.store import open_store
from tests.backtest.real_history import table

VENUES = MarketSection(price_venues=("binanceusdm", "coinbase", "binance"))
SINCE, OPEN_INTEREST, UNTIL = (parse_moment(d) for d in ("2020-01-01", "2026-02-21", "2026-03-05"))
MOST = 6  # numbers shown of a moment

HEAD = """# Rule by rule, a real moment

Written from recorded market data (Binance perpetuals and what other venues the record holds, 2020 to
5 March 2026) by `python -m tests.backtest.rule_moments REFERENCE`, with the program's own back-test:
the newest moment at which each rule spoke and was not silenced, and the newest at which it was known
and did not hold. The numbers are those it was decided by. What the figures of an entry of the canon
are when other code works them out: [canon.md](canon.md).
"""


def page(book: RuleBook, rows: Sequence[MetricRow], course: Course) -> Iterator[str]:
    yield HEAD
    yield "| rule | of | spoke | by | rightly silent | by |"
    yield "| --- | --- | --- | --- | --- | --- |"
    unknown, never = [], []
    for name in sorted(book.rules):
        said = [s for (r, _), s in course.said.items() if r == name]
        fired = max(said, key=lambda s: _newest(s.fired), default=None)
        if fired is None or not any(s.known.any() for s in said):
            unknown.append(name)
        elif not fired.fired.any():
            never.append(name)
        else:
            yield _line(book, rows, fired)
    yield ""
    yield (
        "Known, and never on at one of these moments without being silenced: "
        + f"{', '.join(never)}."
    )
    yield ""
    yield f"Not known from this record: {', '.join(unknown)}."


def _newest(flags: np.ndarray) -> int:
    found = np.flatnonzero(flags)
    return int(found[-1]) if len(found) else -1


def _line(book: RuleBook, rows: Sequence[MetricRow], said: Said) -> str:
    cells = [said.rule, said.subject]
    for flags in (said.fired, said.known & ~said.spoke):
        i = _newest(flags)
        when = datetime.fromtimestamp(rows[i].now / 1000, UTC).strftime("%Y-%m-%d %H:%M")
        shown = ", ".join(_numbers(book, rows[i], said)) if i >= 0 else ""
        cells += [when if i >= 0 else "never", shown]
    return f"| {' | '.join(cells)} |"


def _numbers(book: RuleBook, row: MetricRow, said: Said) -> Iterator[str]:
    shown = 0
    for name in needs(book.rules[said.rule]):
        subject = MARKET if catalog()[name].scope == "market" else said.subject
        if name not in row.scopes or subject not in row.subjects or name == "major":
            continue
        value = float(row.values[list(row.scopes).index(name), row.subjects.index(subject)])
        if math.isfinite(value) and abs(value) < 1e12 and shown < MOST:
            shown += 1
            yield f"{name} {value:.4g}"


def main() -> None:
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        table(Path(sys.argv[1])).to_parquet(folder / "real.parquet", index=False)
        assert commentary(["history", "import", "real.parquet", "--folder", place]) == 0
        with open_store(folder / "output" / "history.sqlite3", read_only=True) as store:
            history = store.history()
        days = moments(history, SINCE, UNTIL, (0,))
        hours = moments(history, OPEN_INTEREST, UNTIL, times_of_day(["every:4h"]))
        wanted = tuple(sorted({*days, *hours}))
        rows = measured(Bench(history, VENUES), wanted, cache=None).rows
    book = load_rules([shipped_rules()], catalog())
    course = judged(book, rows, VENUES.majors)
    sys.stdout.write("\n".join(page(book, rows, course)) + "\n")


if __name__ == "__main__":
    main()
