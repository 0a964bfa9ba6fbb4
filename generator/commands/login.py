"""`commentary login NETWORK`: allow this program, once, to send for an account (OAuth 2.0)."""

from __future__ import annotations

import argparse
import sys

from generator.cli import Context
from generator.errors import EXIT_DONE, UsageError

HELP = "allow this program to send for an account (OAuth 2.0, X)"


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("network", choices=("x",))


def run(args: argparse.Namespace, context: Context) -> int:
    from generator.publish.approved import account_of
    from generator.publish.senders import ACCOUNTS
    from generator.publish.senders.x_login import Login

    login = Login(account_of(context, args.network), context.config.state_path / ACCOUNTS)
    address, session = login.begin()
    context.say("Open this address, allow it, and paste the address that the browser ends at:")
    context.say(address)
    pasted = sys.stdin.readline()
    if not pasted.strip():
        raise UsageError("login", "nothing was pasted", "Run it again.")
    login.finish(session, pasted)
    if context.as_json:
        context.give_json({"network": args.network, "kept": str(login.path)})
    else:
        context.say(f"Kept in {login.path}, readable by you alone.")
    return EXIT_DONE
