"""Calling the operator from the daily job: once for each trouble of a slot, however often it is
started again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from generator.errors import CommentaryError
from generator.publish import journal

if TYPE_CHECKING:
    from generator.cli import Context

Call = Callable[[str, str, str], None]  # kind of trouble, what happened, what to do


def caller_of(context: Context, slot: str, send: Callable[[str, str], None]) -> Call:
    """send: takes a title and a text. What it raises is said and never stands in the way."""
    state = context.config.state_path

    def call(kind: str, what: str, todo: str) -> None:
        kept = journal.read(state, slot)
        if kind in kept.alerts:
            return
        try:
            send(f"commentary {slot}: {kind}", f"{what}\n{todo}".strip())
            journal.write(state, replace(kept, alerts=(*kept.alerts, kind)))
        except CommentaryError as error:
            context.say(f"No alert: {error}")

    return call
