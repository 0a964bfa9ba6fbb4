"""One network's text: the form that it takes, from the function of that name in `write/<form>.py`.

A form is a pure function `form(desk, network) -> Draft`; a new one is a new file and no other edit.
"""

from __future__ import annotations

import importlib
from dataclasses import replace

from generator.errors import UsageError
from generator.model import Draft
from generator.networks.base import Network
from generator.write.post import measured
from generator.write.sheet import Desk

ARTICLE = "article"  # the note itself, which is written in any case
SHORTER = "brief"  # what a network gets for which the note is too long


def text_for(desk: Desk, network: Network, note: Draft) -> Draft:
    """The draft for one network. note: the desk note of the same run."""
    if network.form == ARTICLE:
        if all(network.holds(segment) for segment in note.segments):
            own = replace(note, network=network.name, limit=network.limits.limit)
            return measured(own, network, ())
        network = replace(network, form=SHORTER)
    try:
        module = importlib.import_module(f"generator.write.{network.form}")
        write = getattr(module, network.form)
    except (ModuleNotFoundError, AttributeError):
        subject = f"networks.{network.name}.form"
        raise UsageError(
            subject, f"there is no form {network.form!r}", "See docs/networks.md."
        ) from None
    draft: Draft = write(desk, network)
    return draft
