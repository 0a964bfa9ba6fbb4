"""Every error the program raises on purpose: a subject, what happened, what to do.

One root, so that the command line can turn any of them into one clear message and a documented
exit code. A traceback that reaches a user is a bug, never an answer.
"""

from __future__ import annotations

EXIT_DONE = 0
EXIT_FAILED = 1
EXIT_USAGE = 2
EXIT_NETWORK = 3
EXIT_NO_DATA = 4


class CommentaryError(Exception):
    """Something went wrong that a person can act on.

    subject: the file, venue, rule or setting concerned. what: one line, what happened.
    todo: one line, what to do about it.
    """

    exit_code = EXIT_FAILED

    def __init__(self, subject: str, what: str, todo: str = "") -> None:
        self.subject, self.what, self.todo = subject, what, todo
        super().__init__(f"{subject}: {what}" + (f"\n  {todo}" if todo else ""))


class UsageError(CommentaryError):
    """A wrong argument, setting or configuration file (exit code 2)."""

    exit_code = EXIT_USAGE


class RuleError(UsageError):
    """A rule file that cannot be used; the subject carries file, line and column."""


class TemplateError(UsageError):
    """A template that cannot be used; the subject carries file and line."""


class StoreError(CommentaryError):
    """The history file cannot be read or written."""


class ScenarioError(UsageError):
    """A scenario that is unknown or malformed."""


class NotEnoughData(CommentaryError):
    """Too little is known to say anything true (exit code 4)."""

    exit_code = EXIT_NO_DATA


class CheckFailed(CommentaryError):
    """A draft failed a gate (exit code 1)."""
