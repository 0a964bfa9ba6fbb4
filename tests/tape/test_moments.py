"""Recorded moments at length: the notes that a desk editor reads, and what must hold in each.

Marker `evidence`; `make evidence` runs them (about nine minutes). All notes, with the figures of
their findings, go to output/evidence/moments.md.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.tape import asserting
from tests.tape.harness import ROOT, Run

pytestmark = pytest.mark.evidence

MOMENTS = {
    "2020-02-20T00:00Z": "the first weeks of the record",
    "2020-03-13T00:00Z": "the fall of 12 March 2020: 19 contracts, 58 days of record",
    "2021-12-04T00:00Z": "the record holds daily bars and headlines only",
    "2021-12-05T00:00Z": "as the day before, with a fall of 8%",
    "2022-02-25T00:00Z": "many headlines within hours",
    "2024-08-06T00:00Z": "a crash that daily bars hid until midnight",
    "2025-07-14T09:37Z": "no bar boundary: most venues are stale",
    "2025-08-23T00:00Z": "a rise of 14% in ETH to its highest price",
    "2025-10-11T00:00Z": "the median coin fell by more than a quarter",
    "2025-11-05T00:00Z": "the lowest price since June",
    "2025-12-24T20:00Z": "a holiday evening",
    "2026-01-01T00:00Z": "new year, quiet majors, a coin at +240%",
    "2026-02-06T00:00Z": "the largest daily fall of the record",
    "2026-02-07T00:00Z": "the largest daily rise, the day after",
    "2026-02-22T12:00Z": "a quiet Sunday",
    "2026-02-26T16:00Z": "wild movers beside quiet majors",
    "2026-02-28T08:00Z": "a fall within one hour on a Saturday",
    "2026-03-01T00:00Z": "the recovery of that fall",
    "2026-03-04T16:00Z": "a rise with open interest up 16%",
    "2026-06-26T06:00Z": "the lowest price of the record; one venue only",
}


@pytest.fixture(params=MOMENTS)
def day(request: pytest.FixtureRequest, note_of: Callable[[str], Run]) -> Run:
    return note_of(request.param)


def test_no_gate_fails_and_every_digit_is_traced(day: Run) -> None:
    asserting.sound(day)
    asserting.every_digit_traced(day)


def test_plain_pandas_finds_the_same_numbers(day: Run, market: Path) -> None:
    assert asserting.agrees_with_the_record(day, market) >= 2


def test_the_movers_are_the_largest_of_the_list_described(day: Run, market: Path) -> None:
    asserting.movers_are_the_largest(day, market)


def test_only_the_venues_that_numbers_rest_on_are_named(day: Run) -> None:
    asserting.names_only_its_venues(day)


def test_three_largest_gains_are_no_rotation(note_of: Callable[[str], Run]) -> None:
    run = note_of("2026-02-26T16:00Z")
    assert "POWER +117.5%" in run.body
    assert "rotat" not in run.text.lower()


def test_the_low_leads_the_shock_is_beside_it(note_of: Callable[[str], Run]) -> None:
    run = note_of("2026-06-26T06:00Z")
    assert run.lead == "new_low:BTC"
    assert "13:00 and 14:00 UTC" in run.body.partition("\n\n")[0]


def test_a_quiet_sunday_has_no_lead_and_a_shorter_note(note_of: Callable[[str], Run]) -> None:
    quiet, loud = note_of("2026-02-22T12:00Z"), note_of("2026-02-28T08:00Z")
    assert quiet.lead is None
    assert len(quiet.body) < len(loud.body)


def test_the_largest_daily_fall_and_rise_of_the_record_lead(
    note_of: Callable[[str], Run],
) -> None:
    for moment, size in (("2026-02-06T00:00Z", "14.0%"), ("2026-02-07T00:00Z", "12.2%")):
        run = note_of(moment)
        assert run.lead is not None
        assert run.lead.startswith(("largest_fall", "largest_rise", "new_low")), run.lead
        assert size in run.body.partition("\n\n")[0]


def test_too_little_history_gives_no_size_word(note_of: Callable[[str], Run]) -> None:
    body = note_of("2020-02-20T00:00Z").body.lower()
    for word in ("plunged", "tumbled", "sharply", "hard,", "largest", "lowest"):
        assert word not in body


@pytest.mark.parametrize("moment", ["2024-08-05T16:00Z", "2024-11-27T13:56Z"])
def test_midnights_close_is_not_told_as_a_price_of_the_afternoon(
    moment: str, note_of: Callable[[str], Run]
) -> None:
    """Every stamped venue had stopped; one without stamps still gave the close of the day before."""
    run = note_of(moment)
    assert run.code == 4
    assert "fresh" in run.stderr


def test_history_known_later_never_leaks(
    note_of: Callable[[str], Run], again: Callable[..., Run]
) -> None:
    """A folder that already knows 28 February writes the note of the 26th byte for byte.

    Its record may begin two days later than a fresh one's, so a rank over 365 days may differ in
    the third digit; which findings hold, and how strongly, may not.
    """
    fresh = note_of("2026-02-26T16:00Z")
    knowing = again(note_of("2026-02-28T08:00Z"), "2026-02-26T16:00Z")
    assert knowing.printed["drafts"] == fresh.printed["drafts"]
    held = ("rule", "subject", "state", "strength")
    one, other = ([[f[k] for k in held] for f in r.printed["findings"]] for r in (knowing, fresh))
    assert one == other
    stamps = [
        s["as_of"]
        for f in knowing.printed["findings"]
        for e in f["evidence"]
        for s in e["sources"]
        if s["as_of"]
    ]
    assert max(stamps) <= "2026-02-26T16:01:00Z"


def test_the_same_moment_twice_gives_the_same_note(
    note_of: Callable[[str], Run], again: Callable[..., Run]
) -> None:
    first = note_of("2026-02-28T08:00Z")
    second = again(first, "2026-02-28T08:00Z")
    assert second.printed["drafts"] == first.printed["drafts"]


def test_all_notes_are_written_down_to_be_read(note_of: Callable[[str], Run]) -> None:
    runs = [note_of(m) for m in MOMENTS]
    out = ROOT / "output" / "evidence" / "moments.md"
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text("\n\n".join(_chapter(r) for r in runs) + "\n", encoding="utf-8")
    assert out.read_text(encoding="utf-8").count("\n# ") == len(runs) - 1


def _chapter(run: Run) -> str:
    if not run.printed:
        return f"# {run.moment}\n\nexit {run.code} in {run.seconds:.1f} s\n\n{run.stderr}"
    findings = "\n".join(_finding(f) for f in run.printed["findings"])
    sources = ", ".join(f"{n} {s}" for n, s in run.states.items() if s != "ok")
    gates = "; ".join(f"{p['gate']}: {p['message']}" for p in run.printed["problems"])
    return (
        f"# {run.moment}\n\n{MOMENTS[run.moment]}; exit {run.code} in {run.seconds:.1f} s; "
        f"lead: {run.lead}\n\n{run.article}\n\n"
        f"## X\n\n" + "\n\n".join(run.draft("x")["segments"]) + f"\n\n## Findings\n\n{findings}"
        f"\n\nNot ok: {sources}\n\nGates: {gates or 'none'}"
    )


def _finding(f: dict[str, object]) -> str:
    evidence = f["evidence"]
    assert isinstance(evidence, list)
    figures = ", ".join(
        f"{e['metric']} {e['value']:.6g}" for e in evidence if isinstance(e["value"], float)
    )
    return f"- {f['rule']}:{f['subject']} {f['state']} {f['strength']:.2f} ({figures})"
