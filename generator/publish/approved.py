"""Approval: exactly these bytes may go to this network, in this slot."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.errors import CheckFailed, CommentaryError, UsageError
from generator.model import Problem
from generator.networks.base import Network
from generator.publish.base import PublishError
from generator.publish.candidate import Candidate, problems_of
from generator.publish.ledger import Approval, Ledger
from generator.publish.senders import stays_here
from generator.settings import Network as Account

if TYPE_CHECKING:
    from generator.cli import Context
    from generator.publish.base import Sender

PERSON = "person"
LONGEST_SLOT = 100


class Objected(CheckFailed):
    """A text that may not be sent. problems: all that stands against it, warnings too."""

    def __init__(self, found: Candidate, network: str, problems: tuple[Problem, ...]) -> None:
        errors = [p for p in problems if p.severity == "error"]
        first = f"{errors[0].gate}: {errors[0].message}"
        what = first if len(errors) == 1 else f"has {len(errors)} errors"
        todo = f"`commentary edit {found.run} --network {network}` mends the text."
        super().__init__(f"{found.run} for {network}", what, todo)
        self.problems = problems


def all_of(error: CommentaryError) -> str:
    """What an error says in one line; of several problems, each."""
    problems = error.problems if isinstance(error, Objected) else ()
    lines = [f"{p.gate}: {p.message}" for p in problems if p.severity == "error"]
    return "; ".join(lines) or error.what


def account_of(context: Context, network: str) -> Account:
    """The settings of a network's account, empty where there are none."""
    return context.config.networks.get(network) or Account(network)


def sender_for(context: Context, network: str) -> Sender:
    """The sender of a network's account. Raises UsageError where it cannot send, or must not: a
    login whose tokens change at every use would not outlive a machine that carries its ledger."""
    from generator.publish.senders import sender_of

    account = account_of(context, network)
    if context.config.publish.checkpoint and account.options.get("client_id"):
        what = "is a login whose tokens change, and [publish] checkpoint carries only the ledger"
        todo = "Use keys that do not change (docs/publishing.md), or unset checkpoint on a machine"
        raise UsageError(f"networks.{network}.client_id", what, f"{todo} that stays.")
    return sender_of(account, context.config.state_path)


def allowed(found: Candidate, network: Network, context: Context) -> tuple[Problem, ...]:
    """The warnings of a text that may be approved.

    Raises Objected for errors; UsageError for what is never sent: a scenario, a replay to another
    machine; CheckFailed for a run whose own gates found errors.
    """
    where = f"{found.run} for {network.name}"
    if found.mode == "scenario":
        todo = "`commentary preview` writes from the market as it is."
        raise UsageError(where, "is a SCENARIO and is never sent", todo)
    if found.mode == "replay" and not stays_here(account_of(context, network.name)):
        todo = f"Set networks.{network.name}.base_url to a server on this machine to try it."
        raise UsageError(where, "is a REPLAY and never leaves this machine", todo)
    if found.errors:
        what = f"has {found.errors} errors of its own (problems.json)"
        raise CheckFailed(where, what, "Mend what causes them, then write the run anew.")
    problems = problems_of(found, network, context)
    if any(p.severity == "error" for p in problems):
        raise Objected(found, network.name, problems)
    return problems


def approve(
    found: Candidate,
    network: Network,
    context: Context,
    ledger: Ledger,
    *,
    at: int,
    slot: str = "",
    who: str = PERSON,
) -> tuple[Approval, tuple[Problem, ...]]:
    """Writes the approval down; with it, the warnings. Raises as `allowed` does.

    at: ms. slot: by default the run's own. who: a person, or the policy that approved.
    """
    problems = allowed(found, network, context)
    slot = slot or found.slot
    if not slot.strip() or not slot.isprintable() or len(slot) > LONGEST_SLOT:
        todo = "Name one as in --slot 2026-11-23/morning."
        raise UsageError(f"{found.run} for {network.name}", f"{slot[:40]!r} is no slot", todo)
    approval = ledger.approve(
        found.post,
        run=found.run,
        as_of=found.as_of,
        slot=slot,
        mode=found.mode,
        who=who,
        at=at,
    )
    _remember(approval, context)
    return approval, problems


def _remember(approval: Approval, context: Context) -> None:
    """Later notes vary from what was approved. That they cannot is no reason against this one."""
    try:
        with context.open_store() as store:
            store.approve(approval.slot, approval.run, as_of=approval.as_of)
    except CommentaryError as error:
        context.say(f"Later notes will not remember this one: {error}")


def may_leave(approval: Approval, account: Account, *, replayed: bool) -> None:
    """Raises PublishError for what must not reach another machine: a replay, a clock of --now."""
    if stays_here(account):
        return
    if approval.mode != "live" or replayed:
        what = (
            "is a REPLAY and never leaves this machine"
            if approval.mode != "live"
            else ("would be sent under the clock of --now")
        )
        raise PublishError(f"{approval.run} for {approval.network}", what, "Write a new note.")
