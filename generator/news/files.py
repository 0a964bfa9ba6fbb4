"""The files that say what headlines are about: themes, kinds of title, names.

`themes/<name>.yaml`, `headline_kinds.yaml` and `entities.yaml` of each rule folder; a later
folder's file of the same name holds. They are read as strictly as rules are, with file, line and
column in every error (RuleError).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from generator.errors import RuleError
from generator.judge import fields, strict_yaml
from generator.judge.rules import THEMES
from generator.judge.strict_yaml import Located
from generator.news import tokens
from generator.news.automaton import Phrase

KINDS = "headline_kinds.yaml"
ENTITIES = "entities.yaml"
ENTITY_KINDS = ("asset", "stablecoin", "venue", "network", "company", "authority", "other")
CLASSES = {f"<{k}>" for k in ENTITY_KINDS if k != "other"} | {"<question>", "<first number>"}
MOST_PHRASES = 2_000  # of one file
MOST_WORDS = 8  # of one phrase
MOST_PRIORITY = 1_000
WORDS = ("any", "all", "none", "except", "first", "matches", "silent")
THEME_KEYS = ("title", "label", "priority", "context", "market", *WORDS)

Form = Phrase | str  # words, or a class such as "<venue>"


@dataclass(frozen=True)
class Wanted:
    """One of `any`, or one of each group of `all`, or a first word of `first`; nothing of `none`.

    A hit inside a phrase of `barred` (`except` in the file) is none.
    """

    any: tuple[Form, ...] = ()
    all: tuple[tuple[Form, ...], ...] = ()
    none: tuple[Form, ...] = ()
    barred: tuple[Form, ...] = ()
    first: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Example:
    """A title that a file must or must not match, and where it stands."""

    title: str
    place: str
    matches: bool


@dataclass(frozen=True)
class Theme:
    """What a headline reports. label: fixed words a template may print. priority: the lowest is
    told first. context: its event may stand before a move. market: told whatever asset it names."""

    name: str
    title: str
    label: str
    priority: float
    context: bool
    market: bool
    wanted: Wanted
    examples: tuple[Example, ...]
    place: str


@dataclass(frozen=True)
class Kind:
    """What sort of title it is. apart: no report at all, so that it counts for nothing."""

    name: str
    apart: bool
    wanted: Wanted
    examples: tuple[Example, ...]
    place: str


@dataclass(frozen=True)
class Entity:
    """Somebody that headlines name. forms: as written, their case says which case is needed."""

    kind: str
    name: str
    forms: tuple[str, ...]


@dataclass(frozen=True)
class Names:
    """All entities, the forms that are common words too, and what resolves those."""

    entities: tuple[Entity, ...] = ()
    ambiguous: frozenset[str] = frozenset()
    beside: frozenset[str] = frozenset()


def sources(folders: Sequence[Path]) -> list[Path]:
    """Every file that is read: themes by name, kinds, names."""
    files: dict[str, Path] = {}
    for folder in folders:
        for path in sorted((Path(folder) / THEMES).glob("*.yaml")):
            if not fields.NAME.fullmatch(path.stem):
                raise RuleError(str(path), "a theme's file is lower_case", "Rename it.")
            files[path.stem] = path
    last = (_last(folders, name) for name in (KINDS, ENTITIES))
    return [*files.values(), *(path for path in last if path is not None)]


def read_themes(folders: Sequence[Path]) -> tuple[Theme, ...]:
    """The themes of all folders, the first to be told first."""
    files = (p for p in sources(folders) if p.name not in (KINDS, ENTITIES))
    found = [_theme(path.stem, strict_yaml.read(path)) for path in files]
    return tuple(sorted(found, key=lambda t: (t.priority, t.name)))


def read_kinds(folders: Sequence[Path]) -> tuple[Kind, ...]:
    """The kinds of title, of the last folder that has a file of them."""
    node = _document(folders, KINDS)
    return tuple(_kind(n, v) for n, v in fields.mapping(node).items()) if node else ()


def read_names(folders: Sequence[Path]) -> Names:
    """Everybody that titles may name, of the last folder that has a file of them."""
    node = _document(folders, ENTITIES)
    if node is None:
        return Names()
    top = fields.mapping(node, (*ENTITY_KINDS, "ambiguous", "beside"))
    entities = tuple(
        Entity(kind, name, (*((name,) if name.isupper() else ()), *_texts(forms)))
        for kind in ENTITY_KINDS
        if kind in top
        for name, forms in fields.mapping(top[kind]).items()
    )
    words = {k: frozenset(_texts(top[k])) if k in top else frozenset() for k in _LISTS}
    return Names(entities, words["ambiguous"], words["beside"])


_LISTS = ("ambiguous", "beside")


def phrase(text: str) -> Phrase:
    """The words of a phrase as a title's words are folded."""
    return tuple(w.folded for w in tokens.read(text).words)


def _last(folders: Sequence[Path], name: str) -> Path | None:
    return next((p for f in reversed(folders) if (p := Path(f) / name).is_file()), None)


def _document(folders: Sequence[Path], name: str) -> Located | None:
    path = _last(folders, name)
    return None if path is None else strict_yaml.read(path)


def _theme(name: str, node: Located) -> Theme:
    top = fields.mapping(node, THEME_KEYS)
    for key in ("title", "label", "priority"):
        if key not in top:
            raise node.error(f"a theme needs {key!r}")
    priority = fields.number(top["priority"])
    if not 0 <= priority <= MOST_PRIORITY:
        raise top["priority"].error(f"a priority lies between 0 and {MOST_PRIORITY}")
    label = fields.text(top["label"])
    if any(c.isdigit() for c in label):
        raise top["label"].error("a label holds no digit", "Nothing would stand behind it.")
    return Theme(
        name,
        fields.text(top["title"]),
        label,
        priority,
        _flag(top, "context"),
        _flag(top, "market"),
        _wanted(node, top),
        _examples(top),
        node.place,
    )


def _kind(name: str, node: Located) -> Kind:
    top = fields.mapping(node, ("apart", *WORDS))
    return Kind(name, _flag(top, "apart"), _wanted(node, top), _examples(top), node.place)


def _flag(top: Mapping[str, Located], key: str) -> bool:
    return fields.truth(top[key]) if key in top else False


def _wanted(node: Located, top: Mapping[str, Located]) -> Wanted:
    lists = {k: _forms(top[k]) for k in ("any", "none", "except") if k in top}
    groups = fields.sequence(top["all"]) if "all" in top else []
    wanted = Wanted(
        lists.get("any", ()),
        tuple(_forms(g) for g in groups),
        lists.get("none", ()),
        lists.get("except", ()),
        frozenset(w for t in _texts(top["first"]) for w in phrase(t))
        if "first" in top
        else frozenset(),
    )
    count = sum(map(len, (wanted.any, *wanted.all, wanted.none, wanted.barred)))
    if count > MOST_PHRASES:
        raise node.error(f"more than {MOST_PHRASES} phrases", "Split the file.")
    if not (wanted.any or wanted.all or wanted.first):
        raise node.error("nothing to look for", "Write `any` or `all`.")
    return wanted


def _forms(node: Located) -> tuple[Form, ...]:
    return tuple(dict.fromkeys(_form(item) for item in _flat(node)))


def _form(node: Located) -> Form:
    text = fields.text(node)
    if text.startswith("<"):
        return fields.choice(node, tuple(sorted(CLASSES)))
    words = phrase(text)
    if not 0 < len(words) <= MOST_WORDS:
        raise node.error(f"a phrase has one to {MOST_WORDS} words, not {len(words)}")
    return words


def _flat(node: Located) -> list[Located]:
    """The items of a list, or of the lists in it: long lists may stand on several lines."""
    items = fields.sequence(node)
    return [i for item in items for i in (_flat(item) if isinstance(item.value, list) else [item])]


def _texts(node: Located) -> tuple[str, ...]:
    return tuple(fields.text(item) for item in _flat(node))


def _examples(top: Mapping[str, Located]) -> tuple[Example, ...]:
    return tuple(
        Example(fields.text(item), item.place, key == "matches")
        for key in ("matches", "silent")
        if key in top
        for item in fields.sequence(top[key])
    )
