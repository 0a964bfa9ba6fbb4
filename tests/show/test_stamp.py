"""What is not the present market says so first, in its own language and for programs."""

from __future__ import annotations

from dataclasses import replace

import pytest

from generator.folders import shipped_templates
from generator.write.stamp import Stamp, stamp_of
from tests.show.example import Example, stamped

LANGUAGES = sorted(p.parent.name for p in shipped_templates().glob("*/words.yaml"))


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize(("mode", "token"), [("scenario", "SCENARIO"), ("replay", "REPLAY")])
def test_every_language_has_a_stamp_whose_first_word_programs_know(
    run: Example, mode: str, token: str, lang: str
) -> None:
    snapshot = replace(run.snapshot, mode=mode)  # type: ignore[arg-type]  # a parameter is a str
    stamp = stamped(snapshot, lang)
    assert stamp.line.startswith(f"[{token}")
    assert stamp.line.partition("]")[0].lstrip("[").split()[0] == token
    assert stamp.why
    assert "{" not in stamp.why
    assert (stamp.word == token) == (lang == "en")


def test_a_language_without_words_for_it_is_stamped_all_the_same(run: Example) -> None:
    assert stamp_of(run.snapshot, {}).line == "[SCENARIO]"


def test_the_present_market_has_no_stamp(run: Example) -> None:
    live = replace(run.snapshot, mode="live", scenario="")
    assert stamped(live) == Stamp()
    assert stamped(live).line == ""
