"""What a house declares of itself: what it holds, and who pays for the text.

Each is "none", "undisclosed" (the default; not the same thing) or a list:

    positions = [{ asset = "BTC", side = "long", instrument = "spot", as_of = 2026-11-20 }]
    compensation = [{ payer = "Example Ltd", amount = "500 EUR", as_of = 2026-11-20 }]

As a variable the list is written in the same way. Words stand in templates/<lang>/disclaimers.yaml.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from generator.errors import UsageError
from generator.printable import unprintable

NONE, UNDISCLOSED = "none", "undisclosed"
SIDES = ("long", "short")
INSTRUMENTS = ("spot", "staked", "perpetual", "future", "option", "fund", "share")
MOST = 60  # code points of a payer or an amount
MANY = 20  # entries; a note has to say each
_TICKER = re.compile(r"[A-Z0-9]{1,20}")


@dataclass(frozen=True, slots=True)
class Position:
    """What the operator holds: a ticker, one of SIDES, one of INSTRUMENTS, and on which day."""

    asset: str
    side: str
    instrument: str
    as_of: date

    def __str__(self) -> str:
        return f"{self.asset} {self.side} {self.instrument} {self.as_of}"


@dataclass(frozen=True, slots=True)
class Payment:
    """Who pays the operator for the text, how much, and as of which day."""

    payer: str
    amount: str
    as_of: date

    def __str__(self) -> str:
        return f"{self.payer} {self.amount} {self.as_of}"


Positions = tuple[Position, ...] | str
Compensation = tuple[Payment, ...] | str


def declaration(subject: str, value: Any, kind: type[Position] | type[Payment]) -> Any:
    """A setting as `NONE`, `UNDISCLOSED` or entries of a kind. Raises UsageError."""
    if isinstance(value, str) and value.lstrip().startswith("["):
        value = _of_variable(subject, value)
    if value in (NONE, UNDISCLOSED):
        return value
    if not isinstance(value, list | tuple) or not value:
        raise UsageError(subject, f"{value!r} declares nothing", _todo(kind))
    if len(value) > MANY:
        raise UsageError(subject, f"has {len(value)} entries", f"Give at most {MANY}.")
    return tuple(_entry(f"{subject}[{i}]", v, kind) for i, v in enumerate(value, 1))


def _todo(kind: type[Position] | type[Payment]) -> str:
    keys = ", ".join(f"{f.name} = ..." for f in fields(kind))
    return f'Write "{NONE}", "{UNDISCLOSED}" or [{{ {keys} }}, ...].'


def _of_variable(subject: str, text: str) -> Any:
    import tomllib

    try:
        return tomllib.loads(f"value = {text}")["value"]
    except (ValueError, RecursionError):
        raise UsageError(subject, "is no list of tables", "Write it as in the file.") from None


def _entry(subject: str, raw: Any, kind: type[Position] | type[Payment]) -> Position | Payment:
    names = [f.name for f in fields(kind)]
    if isinstance(raw, kind):
        return raw
    if not isinstance(raw, dict) or sorted(raw) != sorted(names):
        have = ", ".join(map(str, raw)) if isinstance(raw, dict) else repr(raw)
        raise UsageError(subject, f"has {have or 'nothing'}", _todo(kind))
    at = _day(f"{subject}.as_of", raw["as_of"])
    said = {name: _words(f"{subject}.{name}", raw[name]) for name in names if name != "as_of"}
    if kind is Payment:
        return Payment(said["payer"], said["amount"], at)
    if not _TICKER.fullmatch(said["asset"]):
        raise UsageError(f"{subject}.asset", f"{said['asset']!r} is no ticker", "Write BTC.")
    for name, known in (("side", SIDES), ("instrument", INSTRUMENTS)):
        if said[name] not in known:
            what = f"{said[name]!r} is no {name}"
            raise UsageError(f"{subject}.{name}", what, f"Give {', '.join(known)}.")
    return Position(said["asset"], said["side"], said["instrument"], at)


def _day(subject: str, value: Any) -> date:
    try:
        # A date of TOML, or the same in quotation marks; a moment of TOML is more than a day.
        return value if type(value) is date else date.fromisoformat(str(value))
    except ValueError:
        raise UsageError(subject, f"{str(value)!r} is no day", "Write 2026-11-20.") from None


def _words(subject: str, value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise UsageError(subject, f"{value!r} is no text", "Write plain words.")
    if why := unprintable(value):
        raise UsageError(subject, f"holds {why}", "Write plain words on one line.")
    if len(value) > MOST:
        raise UsageError(subject, f"has {len(value)} characters", f"Give at most {MOST}.")
    return value.strip()
