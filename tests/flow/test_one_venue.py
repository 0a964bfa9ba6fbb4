"""A sentence about several assets names a venue once, so all its numbers have to come from there."""

from __future__ import annotations

import pytest

from generator.errors import NotEnoughData
from generator.flow import Note
from generator.measure import catalog
from generator.model import Draft, SentenceTrace
from tests.flow.desk import state, written


def mixed(note: Note, draft: Draft, sentence: SentenceTrace) -> list[tuple[str, set[str]]]:
    """Families of venues of which a sentence about several assets tells more than one."""
    found: dict[str, set[str]] = {}
    for n in draft.numbers:
        inside = n.segment == sentence.segment and sentence.start <= n.start < sentence.end
        info = catalog().get(n.metric)
        if not inside or info is None or info.scope != "asset":
            continue
        if scope := note.measured.scope(n.metric, n.subject):
            found.setdefault(info.venue, set()).add(scope)
    return [(family, scopes) for family, scopes in found.items() if len(scopes) > 1]


@pytest.mark.parametrize("seed", [*range(30, 50)])
def test_no_sentence_tells_one_assets_number_as_another_venues(seed: int) -> None:
    note = written(*state(seed))
    if isinstance(note, NotEnoughData):
        return
    for draft in note.drafts:
        for sentence in draft.sentences:
            rules = {key.partition(":")[0] for key in sentence.findings}
            if len(sentence.findings) > 1 and len(rules) == 1:
                assert mixed(note, draft, sentence) == []
