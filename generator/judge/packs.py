"""Rule packs: a folder or a zip of YAML from people we do not know, looked at before it is read.

A pack holds `<family>/<rule>.yaml` and, at its top, plain notes (README, LICENSE). Its files are
data: names, sizes and kinds are checked first, nothing is unpacked that was not checked, and no
limit rests on a clock.
"""

from __future__ import annotations

import itertools
import os
import re
import stat
import tempfile
import unicodedata
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from generator.errors import RuleError, UsageError
from generator.judge import strict_yaml
from generator.judge.fields import NAME
from generator.judge.nodes import MetricInfo
from generator.judge.rules import RuleBook, load_rules

MOST_FILES = 400
MOST_BYTES = 4 * 1024 * 1024  # of all files, unpacked
MOST_ZIPPED = 2 * 1024 * 1024
MOST_ENTRIES = 2_000  # files and folders that are looked at before a folder is given up
MOST_EFFORT = 400_000_000  # nodes x rows (x rows again where a node looks back) of all its tests
NOTES = re.compile(r"(README|LICENSE|NOTICE)(\.(md|txt))?")
PLAIN = re.compile(r"[\x20-\x7e]+")
METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}

Files = dict[str, bytes]  # relative name -> content


def read_pack(path: Path) -> Files:
    """The rule files of a pack by `<family>/<rule>.yaml`, checked by name, kind and size.

    Raises RuleError (naming the file inside) or UsageError when there is no such pack.
    """
    if path.is_symlink():
        raise RuleError(str(path), "is a link", "Name the pack itself.")
    if path.is_dir():
        files = _from_folder(path)
    elif path.is_file():
        files = _from_zip(path)
    else:
        raise UsageError(str(path), "is no pack", "A pack is a folder or a .zip of rule files.")
    if not files:
        raise RuleError(str(path), "holds no rule", "A rule is <family>/<rule>.yaml.")
    for name, content in files.items():
        _plain_text(f"{path}:{name}", content)
    return files


@contextmanager
def unpacked(path: Path) -> Iterator[Path]:
    """A private folder with nothing but the checked rule files of a pack."""
    files = read_pack(path)
    with tempfile.TemporaryDirectory(prefix="commentary-pack-") as where:
        write(files, Path(where))
        yield Path(where)


def installed(folder: Path, names: Iterable[str]) -> list[Path]:
    """The folders of the packs that the settings name, each looked at anew before it is used.

    A pack is named by its path from the working folder. Two packs may not hold the same rule.
    """
    folders: list[Path] = []
    owner: dict[str, str] = {}
    for name in names:
        path = folder / name
        if path.is_file():
            todo = f"Run `commentary rules install {name}` and name the folder it makes."
            raise RuleError(name, "is a zip, not an installed pack", todo)
        for file in read_pack(path):
            stem = file.partition("/")[2]
            if stem in owner:
                raise RuleError(f"{name}:{file}", f"stands in {owner[stem]} too", "Use one.")
            owner[stem] = name
        folders.append(path)
    return folders


def write(files: Mapping[str, bytes], folder: Path) -> None:
    for name, content in files.items():
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)


# ---------------------------------------------------------------- names, kinds, sizes


def _from_folder(path: Path) -> Files:
    found: Files = {}
    total = 0
    for seen, entry in enumerate(_walk(path)):
        name = entry.relative_to(path).as_posix()
        if seen >= MOST_ENTRIES:
            raise RuleError(str(path), f"more than {MOST_ENTRIES} files", "Split the pack.")
        if entry.is_symlink():
            raise RuleError(f"{path}:{name}", "is a link", "A pack holds plain files.")
        if entry.is_dir():
            continue
        if not entry.is_file():
            raise RuleError(f"{path}:{name}", "is no plain file", "Remove it.")
        if not _wanted(path, name, found):
            continue
        total += entry.stat().st_size
        _sizes(path, len(found) + 1, total)
        found[name] = strict_yaml.source(entry, f"{path}:{name}").encode()
    return dict(sorted(found.items()))


def _walk(path: Path) -> Iterator[Path]:
    """What stands in a folder and in the folders in it, links not followed, never too many."""
    for entry in _listed(path):
        yield entry
        if entry.is_dir() and not entry.is_symlink():
            for inner in _listed(entry):
                if inner.is_dir() and not inner.is_symlink():
                    raise RuleError(f"{inner}", "is nested too deep", "Rules are <family>/<rule>.")
                yield inner


def _listed(path: Path) -> list[Path]:
    with os.scandir(path) as entries:
        names = [e.name for e in itertools.islice(entries, MOST_ENTRIES + 1)]
    return [path / name for name in sorted(names)]


def _from_zip(path: Path) -> Files:
    if path.stat().st_size > MOST_ZIPPED:
        raise RuleError(str(path), f"larger than {MOST_ZIPPED >> 20} MB", "Split the pack.")
    found: Files = {}
    total = 0
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
            if len(entries) > MOST_ENTRIES:
                raise RuleError(str(path), f"more than {MOST_ENTRIES} files", "Split the pack.")
            for entry in entries:
                _entry(path, entry)
                if entry.is_dir() or not _wanted(path, entry.filename, found):
                    continue
                # What the directory of the zip says of a size is a claim: read no more than that.
                with archive.open(entry) as stream:
                    content = stream.read(strict_yaml.MAX_BYTES + 1)
                if len(content) > strict_yaml.MAX_BYTES:
                    what = f"larger than {strict_yaml.MAX_BYTES >> 10} KB"
                    raise RuleError(f"{path}:{entry.filename}", what, "Split the file.")
                total += len(content)
                _sizes(path, len(found) + 1, total)
                found[entry.filename] = content
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError) as error:
        what = f"cannot be unpacked: {' '.join(str(error).split())[:120]}"
        raise RuleError(str(path), what, "Make the zip anew.") from None
    except (RuntimeError, ValueError, OverflowError) as error:
        raise RuleError(str(path), f"is no sound zip: {error}", "Make the zip anew.") from None
    return dict(sorted(found.items()))


def _entry(path: Path, entry: zipfile.ZipInfo) -> None:
    place = f"{path}:{entry.filename!r}"
    if entry.orig_filename != entry.filename:  # zipfile cuts a name at NUL, and mends separators
        raise RuleError(place, "has a name that is cut or rewritten", "Rename it.")
    if entry.flag_bits & 0x1:
        raise RuleError(place, "is encrypted", "A pack is open for all to read.")
    if entry.compress_type not in METHODS:
        raise RuleError(place, "is packed by an unusual method", "Use plain zip.")
    mode = entry.external_attr >> 16
    kind = stat.S_IFMT(mode)
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise RuleError(place, "is a link or a device", "A pack holds plain files.")


def _wanted(path: Path, name: str, found: Files) -> bool:
    """Whether a file is a rule; notes are passed over, all else refused by name."""
    place = f"{path}:{name!r}"
    if not PLAIN.fullmatch(name) or "\\" in name or ":" in name:
        raise RuleError(place, "has a name of other than plain characters", "Rename it.")
    parts = name.split("/")
    if len(parts) == 1 and NOTES.fullmatch(name):
        return False
    if name.endswith(".j2") or "templates" in parts:
        todo = "Put phrases into the `templates` folder of your working folder."
        raise RuleError(place, "is a template: a pack holds rules only", todo)
    family, _, stem = name.removesuffix(".yaml").partition("/")
    sound = len(parts) == 2 and NAME.fullmatch(family) and NAME.fullmatch(stem)
    if not sound or not name.endswith(".yaml"):
        raise RuleError(place, "is no rule file", "A pack holds <family>/<rule>.yaml.")
    if name in found:
        raise RuleError(place, "stands twice in the pack", "Remove one.")
    return True


def _sizes(path: Path, files: int, total: int) -> None:
    if files > MOST_FILES:
        raise RuleError(str(path), f"more than {MOST_FILES} rules", "Split the pack.")
    if total > MOST_BYTES:
        raise RuleError(str(path), f"more than {MOST_BYTES >> 20} MB of rules", "Split the pack.")


def _plain_text(place: str, content: bytes) -> None:
    """No character that hides, turns or stands for another in what people are shown."""
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        raise RuleError(place, "not UTF-8 text", "Save the file as UTF-8.") from None
    for number, line in enumerate(text.split("\n"), 1):
        for column, char in enumerate(line, 1):
            if char >= " " and char < "\x7f":
                continue
            if unicodedata.category(char) in {"Cc", "Cf", "Co", "Cs", "Cn", "Zl", "Zp"}:
                if char in "\t\r":
                    continue
                what = f"the hidden character U+{ord(char):04X}"
                raise RuleError(f"{place}:{number}:{column}", what, "Remove it.")


# ---------------------------------------------------------------- what it would do


def book_with(
    folders: list[Path], pack: Path, shown: str, catalog: Mapping[str, MetricInfo]
) -> tuple[RuleBook, RuleBook, tuple[str, ...]]:
    """(the book as it is, the book with the pack, the names of the pack's rules).

    pack is the folder of its checked files, `shown` what errors call it.
    """
    before = load_rules(folders, catalog)
    try:
        after = load_rules([*folders, pack], catalog)
    except RuleError as error:
        place = error.subject.replace(str(pack), shown)
        raise RuleError(place, error.what, error.todo.replace(str(pack), shown)) from None
    own = tuple(sorted(p.stem for p in pack.glob("*/*.yaml")))
    effort = sum(_effort(after, name) for name in own)
    if effort > MOST_EFFORT:
        what = f"its tests need {effort:.1e} steps, the limit is {MOST_EFFORT:.0e}"
        raise RuleError(shown, what, "Shorten the series in its tests.")
    return before, after, own


def _effort(book: RuleBook, name: str) -> int:
    """Nodes x rows of a rule's tests; a node that looks back costs a row's window at each row."""
    from generator.judge.pairs import expressions

    rule = book.rules[name]
    nodes = expressions(rule)
    back = sum(isinstance(n.value, int) for n in nodes)
    total = 0
    for test in rule.tests:
        rows = len({0, *(at for points in test.given.values() for at, _ in points)})
        total += rows * (len(nodes) + back * rows)
    return total


def overridden(before: RuleBook, after: RuleBook, own: tuple[str, ...]) -> tuple[str, ...]:
    """One line for each shipped rule that a pack replaces or can keep silent.

    Raises RuleError where it would replace a gate or a veto: what keeps the text true is not a
    pack's to change.
    """
    lines = []
    for name in own:
        old, new = before.rules.get(name), after.rules[name]
        if old is not None:
            if old.role in {"gate", "veto"}:
                what = f"replaces the {old.role} {name}, which keeps the text true"
                raise RuleError(new.place, what, "Give the rule another name.")
            lines.append(f"{name} replaces the rule of that name")
        for key, names in (
            ("silences", new.inhibits),
            ("blocks", new.blocks),
            ("precedes", new.precedes),
        ):
            known = {n for n in names if n in before.rules or n in before.families}
            if known := known - set(own):
                lines.append(f"{name} {key} {', '.join(sorted(known))}")
    return tuple(lines)
