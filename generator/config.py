"""Settings from commentary.toml, .env and the environment; a later one of these wins.

Nothing is required: with no file and no variable every setting has its default. What is there
must be right: an unknown key or a wrong type is a UsageError that names it.
"""

from __future__ import annotations

import dataclasses
import io
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, get_type_hints

from generator.admissible import admissible, existing_venues
from generator.coerce import coerce, did_you_mean
from generator.errors import UsageError
from generator.folders import rule_folders, shipped_rules, shipped_templates, template_folders
from generator.settings import (
    VENUES,
    CalendarSection,
    CollectSection,
    Config,
    HouseSection,
    MarketSection,
    Network,
    PublishSection,
    RulesSection,
    RunSection,
    Secrets,
    Setting,
    StoreSection,
)

__all__ = [
    "Config",
    "load_config",
    "rule_folders",
    "shipped_rules",
    "shipped_templates",
    "template_folders",
]

FILE = "commentary.toml"
PREFIX = "COMMENTARY_"
PREVIEWED = "networks.preview"
SECTIONS: Mapping[str, type] = {
    "collect": CollectSection,
    "market": MarketSection,
    "rules": RulesSection,
    "house": HouseSection,
    "store": StoreSection,
    "calendar": CalendarSection,
    "publish": PublishSection,
    "run": RunSection,
}
# Short names that other documents promise, and variables that are no settings of ours.
ALIASES = {
    "COMMENTARY_URL_PREFIX": ("collect", "url_prefix"),
    "COMMENTARY_STATE": ("store", "state"),
}
NO_SETTING = {"COMMENTARY_REFERENCE", "COMMENTARY_DEBUG"}
_SECRET = re.compile(r"(^|_)(key|token|secret|password|passphrase)(_|$)")
_CHOICES = {
    ("house", "automation"): ("reviewed", "not reviewed"),
    ("house", "spelling"): ("uk", "us"),
    ("house", "tone"): ("plain", "brisk"),
    ("run", "quiet"): ("post", "skip"),
    ("run", "approval"): ("manual", "auto"),
}
_LEAST: Mapping[tuple[str, str], float] = {
    ("collect", "universe_size"): 1,
    ("collect", "deadline_s"): 0.1,
    ("collect", "request_s"): 0.1,
    ("collect", "backfill_deadline_s"): 0.1,
    ("market", "min_turnover_usd"): 0,
    ("market", "min_cap_usd"): 0,
    ("market", "min_age_days"): 0,
    ("market", "score_floor"): 0,
    ("market", "max_price_age_s"): 1,
    ("house", "hashtags_max"): 0,
    ("publish", "thread_minutes"): 0,
    ("publish", "post_minutes"): 0,
    ("publish", "newsletter_minutes"): 0,
    ("publish", "month_usd"): 0,
    ("publish", "first_hours"): 0,
    ("publish", "reads"): 1,
    ("publish", "pause_s"): 0,
    ("run", "late_minutes"): 0,
    ("run", "venues"): 1,
}
_NOT_EMPTY = {("collect", "venues"), ("market", "majors"), ("market", "price_venues")}
Raw = dict[str, tuple[Any, str]]  # dotted key -> value as written, and its origin


def load_config(folder: Path, environ: Mapping[str, str]) -> Config:
    """The settings of a working folder. Raises UsageError naming the key and its origin."""
    raw = _from_file(folder / FILE)
    raw |= _from_environment(_dotenv(folder / ".env"), ".env")
    raw |= _from_environment(environ, "environment")
    built = {name: _section(name, kind, raw) for name, kind in SECTIONS.items()}
    secrets = Secrets(**{k.name: _secret(k.name, raw) for k in dataclasses.fields(Secrets)})
    origins = {key: origin for key, (_, origin) in raw.items()}
    config = Config(
        folder,
        **built,
        networks=_networks(raw),
        previewed=_previewed(raw),
        secrets=secrets,
        origins=origins,
    )
    chosen = {
        "collect.venues": config.collect.venues,
        "market.price_venues": config.market.price_venues,
        "market.perp_venues": config.market.perp_venues,
    }
    existing_venues(chosen, VENUES, origins)
    return config


def describe(config: Config) -> tuple[Setting, ...]:
    """Every setting with its value and origin; of secrets, only whether they are set."""
    lines = []
    for section in SECTIONS:
        part = getattr(config, section)
        for key in dataclasses.fields(part):
            name = f"{section}.{key.name}"
            lines.append(Setting(name, _shown(getattr(part, key.name)), _origin(config, name)))
    previewed = Setting(PREVIEWED, _shown(config.previewed), _origin(config, PREVIEWED))
    lines.append(previewed)
    for network in config.networks.values():
        for option, value in {**network.options, **dict.fromkeys(network.secrets, "set")}.items():
            name = f"networks.{network.name}.{option}"
            lines.append(Setting(name, _shown(value), _origin(config, name)))
    for secret in dataclasses.fields(config.secrets):
        state = "set" if getattr(config.secrets, secret.name) else "not set"
        lines.append(Setting(secret.name, state, _origin(config, f"secrets.{secret.name}")))
    return tuple(lines)


def _origin(config: Config, name: str) -> str:
    below = [o for key, o in config.origins.items() if key == name or key.startswith(f"{name}.")]
    return below[0] if below else "default"


def _shown(value: object) -> str:
    if isinstance(value, tuple):
        return ", ".join("=".join(v) if isinstance(v, tuple) else str(v) for v in value)
    return str(dict(value) if isinstance(value, Mapping) else value)


def _from_file(path: Path) -> Raw:
    try:
        text = path.read_text(encoding="utf-8")
        tables = tomllib.loads(text)
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(str(path), f"cannot be read: {error}", "It must be UTF-8.") from None
    except RecursionError:
        raise UsageError(str(path), "is nested too deep", "Write plain tables.") from None
    except ValueError as error:  # also for a number of ten thousand digits
        raise UsageError(str(path), f"is not valid TOML: {error}", "Mend that line.") from None
    raw: Raw = {}
    for section, table in tables.items():
        if section not in SECTIONS and section != "networks":
            todo = did_you_mean(section, [*SECTIONS, "networks"])
            raise UsageError(f"{path}: [{section}]", "is no section", todo)
        if not isinstance(table, dict):
            raise UsageError(f"{path}: {section}", "is not a table", f"Write [{section}].")
        for key, value in table.items():
            _flatten(f"{section}.{key}", value, raw)
    for key in raw:
        if key.startswith("networks.") and _SECRET.search(key.rpartition(".")[2]):
            todo = f"Put it into .env as {_variable(key)} and out of this file."
            raise UsageError(f"{path}: {key}", "is a secret", todo)
    return raw


def _flatten(key: str, value: Any, raw: Raw) -> None:
    """Tables of rules.params and networks become dotted keys; every other value stays whole."""
    if isinstance(value, dict) and key.startswith(("rules.params", "networks.")):
        for name, inner in value.items():
            _flatten(f"{key}.{name}", inner, raw)
    else:
        raw[key] = (value, FILE)


def _dotenv(path: Path) -> Mapping[str, str]:
    if not path.is_file():
        return {}
    from dotenv import dotenv_values
    from dotenv.parser import parse_stream

    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(str(path), f"cannot be read: {error}", "It must be UTF-8.") from None
    # python-dotenv passes over a line that it cannot read; a setting would be lost unseen.
    for line in parse_stream(io.StringIO(text)):
        if line.error or (line.key is not None and line.value is None):
            place = f"{path}:{line.original.line}"
            raise UsageError(place, "cannot be read", "Write NAME=value, quotes closed.")
    return {k: v for k, v in dotenv_values(stream=io.StringIO(text)).items() if v is not None}


def _from_environment(environ: Mapping[str, str], origin: str) -> Raw:
    raw: Raw = {}
    for variable, value in environ.items():
        # A variable set to nothing counts as not set: that is how shells and CI unset them.
        if not variable.startswith(PREFIX) or variable in NO_SETTING or not value:
            continue
        if variable in ALIASES:
            raw[".".join(ALIASES[variable])] = (value, origin)
            continue
        section, *rest = variable.removeprefix(PREFIX).lower().split("__")
        if rest:
            raw[".".join([section, *rest])] = (value, origin)
        else:
            raw[f"secrets.{section}"] = (value, origin)
    for key in raw:
        _known_variable(key, origin)
    return raw


def _known_variable(key: str, origin: str) -> None:
    section = key.partition(".")[0]
    secrets = {f"secrets.{k.name}" for k in dataclasses.fields(Secrets)}
    if section in SECTIONS or section == "networks" or key in secrets:
        return
    known = [_variable(k) for k in secrets] + list(ALIASES)
    known += [
        _variable(f"{s}.{k.name}") for s, t in SECTIONS.items() for k in dataclasses.fields(t)
    ]
    name = _variable(key)
    raise UsageError(name, f"is no setting ({origin})", _nearest(name, known))


def _nearest(name: str, known: list[str]) -> str:
    hint = did_you_mean(name, known)
    return hint if hint.startswith("Did") else f"`{FILE}` as written by `commentary init` lists all"


def _variable(key: str) -> str:
    return PREFIX + key.removeprefix("secrets.").upper().replace(".", "__")


def _section(name: str, kind: type, raw: Raw) -> Any:
    types = get_type_hints(kind)
    values: dict[str, Any] = {}
    params: dict[str, dict[str, float]] = {}
    for dotted, (value, origin) in raw.items():
        section, _, key = dotted.partition(".")
        if section != name:
            continue
        subject = f"{dotted} ({origin})"
        if name == "rules" and key.startswith("params"):
            rule, parameter = _parameter(subject, key)
            params.setdefault(rule, {})[parameter] = coerce(subject, value, float)
        elif key not in types:
            raise UsageError(subject, "is no setting", did_you_mean(key, types))
        else:
            values[key] = _checked((name, key), subject, coerce(subject, value, types[key]))
    if params:
        values["params"] = params
    return kind(**values)


def _parameter(subject: str, key: str) -> tuple[str, str]:
    parts = key.split(".")
    if len(parts) != 3 or not all(parts):
        raise UsageError(subject, "is not rule.parameter", "Write params.<rule>.<parameter> = 1.5")
    return parts[1], parts[2]


def _checked(key: tuple[str, str], subject: str, value: Any) -> Any:
    if key in _CHOICES and value not in _CHOICES[key]:
        choices = " or ".join(_CHOICES[key])
        raise UsageError(subject, f"{value!r} is not possible", f"Give {choices}.")
    if key in _LEAST and value < _LEAST[key]:
        raise UsageError(subject, f"{value} is too small", f"Give at least {_LEAST[key]:g}.")
    if key in _NOT_EMPTY and not value:
        raise UsageError(subject, "is empty", "Name at least one, or remove the line.")
    admissible(key, subject, value)
    return value


def _secret(name: str, raw: Raw) -> str | None:
    entry = raw.get(f"secrets.{name}")
    return None if entry is None else str(entry[0])


def _previewed(raw: Raw) -> tuple[str, ...]:
    """The networks that `preview` writes for where none is named."""
    if PREVIEWED not in raw:
        return Config.previewed
    value, origin = raw[PREVIEWED]
    names: tuple[str, ...] = coerce(f"{PREVIEWED} ({origin})", value, tuple[str, ...])
    return names


def _networks(raw: Raw) -> dict[str, Network]:
    options: dict[str, dict[str, Any]] = {}
    secrets: dict[str, dict[str, str]] = {}
    for dotted, (value, origin) in sorted(raw.items()):
        section, _, rest = dotted.partition(".")
        if section != "networks" or dotted == PREVIEWED:
            continue
        name, _, key = rest.partition(".")
        if not key or "." in key or not isinstance(value, str | int | float | bool):
            raise UsageError(
                f"{dotted} ({origin})", "is no network's setting", "Write [networks.x]"
            )
        if _SECRET.search(key):
            secrets.setdefault(name, {})[key] = str(value)
        else:
            options.setdefault(name, {})[key] = value
    names = sorted({*options, *secrets})
    return {n: Network(n, options.get(n, {}), secrets.get(n, {})) for n in names}
