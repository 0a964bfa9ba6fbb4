"""Disclaimer packs: what a note has to say about itself, by jurisdiction and platform.

A pack's facts (version, review date, sources, what it needs) stand in `<name>.yaml` beside this
file; its words stand in `templates/<language>/disclaimers.yaml`, in up to three lengths. A pack
that is `locked` carries words that a rule prescribes: those are printed as they came with the
program, never from a folder of the user's, and only when every declaration it needs was made.

No pack makes a text lawful, and none says that it does: see docs/disclaimers.md.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import yaml

from generator.coerce import did_you_mean
from generator.declared import UNDISCLOSED, Payment, Position
from generator.errors import UsageError
from generator.settings import HouseSection

Length = Literal["long", "medium", "short"]
LENGTHS: tuple[Length, ...] = ("long", "medium", "short")
MOST: Mapping[Length, int] = {"long": 1200, "medium": 200, "short": 80}  # code points
BASE = "generic"  # stands in when no pack that says what a note is was chosen
WORDS = "disclaimers.yaml"
DECLARATIONS = "declarations"  # in the same file: how a house says what it holds and who pays it
_FOLDER = Path(__file__).resolve().parent
_PLACE = re.compile(r"\{([a-z_]+)\}")
_SENTENCE = re.compile(r"(?<=[.!?])\s+|(?<=[。！？])")


@dataclass(frozen=True, slots=True)
class Pack:
    """One pack's facts.

    reviewed is the day on which someone last held it against its sources. role: `base` says what
    a note is, `warning` is added to a base. requires: declarations without which it is refused,
    of [house] itself (`positions`, `compensation`) or of its table `declared`. at_start: the
    warning stands before everything else. remark: what its user has to know.
    """

    name: str
    version: int
    reviewed: date
    title: str
    where: str
    who: str
    role: Literal["base", "warning"]
    sources: tuple[str, ...]
    locked: bool = False
    requires: tuple[str, ...] = ()
    at_start: bool = False
    remark: str = ""


@dataclass(frozen=True, slots=True)
class Notice:
    """A pack in one language, declarations filled in. texts lacks a length that has no words."""

    pack: Pack
    texts: Mapping[Length, str]


def names() -> tuple[str, ...]:
    """Every pack that ships."""
    return tuple(sorted(p.stem for p in _FOLDER.glob("*.yaml")))


@lru_cache(maxsize=32)
def pack(name: str) -> Pack:
    """The facts of one pack. Raises UsageError for a name that is none."""
    if name not in names():
        raise UsageError(f"disclaimer {name!r}", "is no pack", did_you_mean(name, names()))
    text = (_FOLDER / f"{name}.yaml").read_text("utf-8")
    facts: dict[str, Any] = yaml.load(text, Loader=yaml.CSafeLoader)
    return Pack(name=name, **{k: _whole(v) for k, v in facts.items()})


def _whole(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def words(name: str, folders: tuple[Path, ...], lang: str) -> Mapping[Length, str]:
    """A pack's words in a language, as written: length -> text with its {places}.

    folders: of templates, the shipped one first; a later one overrides, except for a locked pack.
    Raises UsageError when the language has none.
    """
    facts = pack(name)
    able = folders[:1] if facts.locked else tuple(reversed(folders))
    for folder in able:
        found = _read(folder / lang / WORDS)[0].get(name)
        if found is not None:
            return found
    files = (p for f in able for p in f.glob(f"*/{WORDS}"))
    have = sorted({p.parent.name for p in files if name in _read(p)[0]})
    todo = f"It has words in: {', '.join(have)}."
    if facts.locked:
        todo += " Prescribed words are not translated: write in such a language, or take the pack"
        todo += " out of `disclaimers`."
    else:
        todo += f" Write them into templates/{lang}/{WORDS}."
    raise UsageError(f"disclaimer {name}", f"has no words in the language {lang!r}", todo)


def declarations(folders: tuple[Path, ...], lang: str) -> Mapping[str, str]:
    """The words of a language for what a house declares, the user's own over the shipped ones."""
    table: dict[str, str] = {}
    for folder in folders:
        table |= _read(folder / lang / WORDS)[1]
    return table


def said(
    declared: tuple[Position | Payment, ...] | str, folders: tuple[Path, ...], lang: str
) -> str:
    """A declaration of the house in a language: `none`, or its entries one after the other.

    Raises UsageError where the language has no word for something in it.
    """
    table = declarations(folders, lang)
    try:
        if isinstance(declared, str):
            return table[declared]
        return table["join"].join(_entry(table, one) for one in declared)
    except KeyError as missing:
        what = f"lacks {missing} under `{DECLARATIONS}`"
        raise UsageError(f"{lang}/{WORDS}", what, "See the shipped file.") from None


def _entry(table: Mapping[str, str], one: Position | Payment) -> str:
    if isinstance(one, Payment):
        places = {"payer": one.payer, "amount": one.amount}
        form = table["payment"]
    else:
        form = table["position"]
        places = {"asset": one.asset, "side": table[one.side], "instrument": table[one.instrument]}
    places |= {"as_of": one.as_of.isoformat()}
    return _PLACE.sub(lambda m: places[m[1]], form)


def _read(path: Path) -> tuple[Mapping[str, Mapping[Length, str]], Mapping[str, str]]:
    try:
        return _parsed(path, path.stat().st_mtime_ns)
    except FileNotFoundError:
        return {}, {}


@lru_cache(maxsize=16)
def _parsed(
    path: Path, _changed: int
) -> tuple[Mapping[str, Mapping[Length, str]], Mapping[str, str]]:
    """The words of packs, and those of declarations."""
    try:
        raw = yaml.load(path.read_text("utf-8"), Loader=yaml.CSafeLoader)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        what = f"cannot be read: {' '.join(str(error).split())}"
        raise UsageError(str(path), what, "See the shipped file.") from None
    if not isinstance(raw, dict):
        raise UsageError(str(path), "is no table of packs", "See the shipped file.")
    told = raw.pop(DECLARATIONS, {})
    if not isinstance(told, dict) or not all(isinstance(v, str) for v in told.values()):
        raise UsageError(f"{path}: {DECLARATIONS}", "is no table of texts", "See the shipped file.")
    packs = {str(name): _lengths(f"{path}: {name}", texts) for name, texts in raw.items()}
    return packs, {str(name): text for name, text in told.items()}


def _lengths(subject: str, texts: Any) -> Mapping[Length, str]:
    """Checked words of one pack: no length but the three, none longer than its name allows."""
    if not isinstance(texts, dict) or "long" not in texts or not set(texts) <= set(LENGTHS):
        raise UsageError(
            subject, "has wrong lengths", "Give `long`, and `medium`, `short` or none."
        )
    out: dict[Length, str] = {}
    for length in LENGTHS:
        text = texts.get(length)
        if text is None:
            continue
        if not isinstance(text, str) or not text.strip():
            raise UsageError(
                f"{subject}.{length}", "is no text", "Write a sentence or leave it out."
            )
        out[length] = " ".join(text.split())
        if len(out[length]) > MOST[length]:
            what = f"has {len(out[length])} characters"
            raise UsageError(f"{subject}.{length}", what, f"Give at most {MOST[length]}.")
    return out


@lru_cache(maxsize=16)
def notices(house: HouseSection, folders: tuple[Path, ...], lang: str) -> tuple[Notice, ...]:
    """What this house has to say, the base first. Raises UsageError naming the pack and what it
    lacks: an unknown name, a declaration, words in the language."""
    chosen = [pack(name) for name in house.disclaimers]
    if not any(p.role == "base" for p in chosen):
        chosen.insert(0, pack(BASE))
    declared = _declared(house, folders, lang)
    for p in chosen:
        lacking = [key for key in p.requires if not declared.get(key)]
        if lacking:
            what = f"needs {', '.join(lacking)}"
            raise UsageError(f"disclaimer {p.name}", what, _how(lacking))
    chosen.sort(key=lambda p: p.role != "base")
    return tuple(Notice(p, _filled(p, words(p.name, folders, lang), declared)) for p in chosen)


def _how(lacking: list[str]) -> str:
    own = [key for key in lacking if key in ("positions", "compensation")]
    rest = [key for key in lacking if key not in own]
    parts = [f"{key} = ..." for key in own]
    if rest:
        parts.append("declared = { " + ", ".join(f"{k} = ..." for k in rest) + " }")
    return f"Declare under [house]: {'; '.join(parts)}, or take the pack out of `disclaimers`."


def _declared(house: HouseSection, folders: tuple[Path, ...], lang: str) -> dict[str, str]:
    """What fills the places of packs; empty for what the house does not disclose."""
    own = {"positions": house.positions, "compensation": house.compensation}
    told = {k: "" if v == UNDISCLOSED else said(v, folders, lang) for k, v in own.items()}
    return {**{k: v.strip() for k, v in house.declared}, **told}


def _filled(
    p: Pack, texts: Mapping[Length, str], declared: Mapping[str, str]
) -> Mapping[Length, str]:
    out: dict[Length, str] = {}
    for length, text in texts.items():
        unknown = sorted(set(_PLACE.findall(text)) - set(p.requires))
        if unknown:
            what = f"names {{{unknown[0]}}}, which the pack does not require"
            raise UsageError(f"disclaimer {p.name}.{length}", what, "Take it out of the text.")
        out[length] = _PLACE.sub(lambda m: declared[m[1]], text)
    return out


def text(notice: Notice, length: Length) -> str:
    """The words in a length. Raises UsageError where a shorter one than there is would be needed:
    a prescribed warning is never cut."""
    if length not in notice.texts:
        what = f"has no {length} form, and its words may not be cut"
        todo = "Leave out the networks that are too short for it, or the pack."
        raise UsageError(f"disclaimer {notice.pack.name}", what, todo)
    return notice.texts[length]


def length_for(limit: int | None) -> Length:
    """The length of notice that a network with that limit has room for."""
    return "long" if limit is None or limit >= 2000 else "medium" if limit >= 500 else "short"


def required(
    house: HouseSection, limit: int | None, folders: tuple[Path, ...], lang: str
) -> tuple[str, ...]:
    """The texts that must stand, to the letter, in whatever is published under this house's name
    where at most `limit` characters fit (None: no limit). Raises UsageError as `notices` does."""
    length = length_for(limit)
    return tuple(text(n, length) for n in notices(house, folders, lang))


def figures(house: HouseSection, folders: tuple[Path, ...], lang: str) -> tuple[str, ...]:
    """Words of the house itself in which figures stand that no run knows: what it declares, and
    the sentences of its packs. None of a pack that lacks something, which is refused elsewhere."""
    own = (house.positions, house.compensation)
    told = [said(d, folders, lang) for d in own if not isinstance(d, str)]
    try:
        texts = [t for n in notices(house, folders, lang) for t in n.texts.values()]
    except UsageError:
        texts = []
    told += [s for t in texts for s in _SENTENCE.split(t)]
    return tuple(dict.fromkeys(s for s in told if any(c.isdigit() for c in s)))


def lacking(
    told: str, house: HouseSection, limit: int | None, folders: tuple[Path, ...], lang: str
) -> tuple[str, ...]:
    """Names of the packs whose words a text does not carry: to the letter, white space aside, in
    the length that `limit` asks for or a longer one. Raises UsageError as `notices` does."""
    flat, least = " ".join(told.split()), length_for(limit)
    able = LENGTHS[: LENGTHS.index(least) + 1]
    return tuple(
        n.pack.name
        for n in notices(house, folders, lang)
        if not any(n.texts.get(length, "\0") in flat for length in able)
    )
