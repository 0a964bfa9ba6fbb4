"""What a run folder offers to be sent to one network: read, rendered anew, held against the run.

A run folder is a place where people edit, and others may: nothing of it is believed. The bytes to
be sent are rendered from the text again and must be those of the preview; every word of the text
and of a picture's description passes the checker against the run's data.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from generator.errors import UsageError
from generator.model import Draft, Problem
from generator.networks.base import Network
from generator.publish.base import Media, Post
from generator.settings import Config
from generator.show.encode import PART

if TYPE_CHECKING:
    from generator.cli import Context
    from generator.newsletter.pictures import Picture
    from generator.write.check import Known, Lexicon

LARGEST = 64_000_000  # bytes of any file read; a whole snapshot is under 20 MB
PNG = b"\x89PNG\r\n\x1a\n"
HALF = re.compile(r"\\u[dD][89a-fA-F]")  # the program writes whole characters, never these
ANEW = "`commentary preview` writes the run anew."


@dataclass(frozen=True)
class Candidate:
    """One text of a run. run: `DATE/NAME`. mode: live, replay or scenario. as_of: ms.

    errors: how many the run's own gates had found. edited: whether a person changed the text.
    ahead: how many parts of the post are pictures that go before the text.
    """

    folder: Path
    run: str
    slot: str
    mode: str
    as_of: int
    errors: int
    edited: bool
    draft: Draft
    post: Post
    ahead: int = 0


def run_folder(config: Config, name: str) -> Path:
    """The folder of a run by its path, `DATE/NAME` or NAME alone. Raises UsageError."""
    direct = (Path(name), config.folder / name, config.output / name)
    found = [p for p in direct if (p / "snapshot.json").is_file()]
    if not found and "/" not in name and name not in ("", ".", ".."):
        found = [p.parent for p in config.output.glob(f"*/{_literal(name)}/snapshot.json")]
    if not found:
        raise UsageError(name, "is no run folder", "`ls output/*/` shows the runs; name one.")
    if len({p.resolve() for p in found}) > 1:
        names = ", ".join(sorted({run_of(p) for p in found}))
        raise UsageError(name, f"is the name of several runs: {names}", "Give one of these.")
    return found[0].resolve()


def run_named(config: Config, name: str) -> str:
    """A run's name for ever; the name as it was given where its folder is gone: what was approved
    of it is in the ledger."""
    try:
        return run_of(run_folder(config, name))
    except UsageError:
        return name


def run_of(folder: Path) -> str:
    """The name of a run for ever: its date and its own."""
    return f"{folder.parent.name}/{folder.name}"


def moment_of(folder: Path) -> int:
    """The moment of a run's numbers, in ms. Raises UsageError."""
    try:
        return int(_object(folder / "snapshot.json")["now"])
    except (KeyError, TypeError, ValueError) as error:
        raise UsageError(str(folder), f"is no whole run folder ({error!r})", ANEW) from None


def text_path(folder: Path, network: str) -> Path:
    """Where a person's version of a network's text stands."""
    return folder / "edited" / f"{network}.txt"


def candidate(folder: Path, network: Network, *, chart: bool = True) -> Candidate:
    """A run's text for a network, in the bytes that would be sent. Raises UsageError."""
    run, snapshot = _object(folder / "run.json"), _object(folder / "snapshot.json")
    kept = _kept(folder, network)
    own = text_path(folder, network.name)
    edited = own.is_file()
    try:
        texts = tuple(str(s) for s in kept["segments"])
        if edited:
            texts = parts_of(_text(own))
        draft = _draft(kept, network.name, texts)
        segments = network.render(draft)
        if not edited and [_as_kept(s) for s in segments] != kept["sent"]:
            what = "is not what its text becomes"
            raise UsageError(f"{folder}: posts/{network.name}.json", what, ANEW)
        takes = bool(segments) and network.pictures(segments[0].text) > 0
        media = _chart(folder, network) if chart and (takes or network.picture_ahead()) else ()
        ahead = media and not takes
        if ahead:  # its description is what it says
            segments = (network.segment(media[0].alt), *segments)
        if not network.limits.alt_text:
            media = tuple(replace(m, alt="") for m in media)
        problems = json.loads(_text(folder / "problems.json"))
        if not isinstance(problems, list):
            raise ValueError("problems.json is no list")
        return Candidate(
            folder,
            run_of(folder),
            str(run["slot"]),
            _mode(snapshot),
            int(snapshot["now"]),
            sum(p["severity"] != "warning" for p in problems),
            edited,
            draft,
            Post(
                network.name,
                draft.lang,
                segments,
                (media,) if media else (),
                draft.title,
                network.bodies(draft, shown(media, network.size)),
            ),
            int(bool(ahead)),
        )
    except (KeyError, TypeError, ValueError, RecursionError) as error:
        raise UsageError(str(folder), f"is no whole run folder ({error!r})", ANEW) from None


def parts_of(text: str) -> tuple[str, ...]:
    """The parts of a text file, as a run folder divides them."""
    return tuple(part.strip("\n") for part in text.replace("\r\n", "\n").split(PART))


def problems_of(
    found: Candidate, network: Network, context: Context, *, form: str = ""
) -> tuple[Problem, ...]:
    """What stands against sending: of the network, and of the checker over every word.

    form: what lines the text must carry, as the checker has it; by default those of its form.
    """
    from generator.config import template_folders
    from generator.disclaimers import figures
    from generator.write.check import check_text
    from generator.write.templates import Templates

    folders, house = template_folders(context.folder), context.config.house
    lexicon = Templates(folders, found.draft.lang).lexicon
    now, known = _known(found, context, lexicon)
    texts = ["\n\n".join(s.shown for s in found.post.segments[found.ahead :])]
    texts += [s.shown for s in found.post.segments[: found.ahead]]
    texts += [m.alt for media in found.post.media for m in media if m.alt]
    form = form or ("article" if found.draft.form == "article" else "post")
    checked = [
        check_text(
            text,
            lexicon=lexicon,
            now=now,
            known=known,
            fixed=(house.sign_off, *figures(house, folders, lexicon.language)),
            form="text" if place else form,  # a picture's description carries no disclaimer
        )
        for place, text in enumerate(texts)
    ]
    return (*network.check(found.draft), *(p for problems in checked for p in problems))


def _known(found: Candidate, context: Context, lexicon: Lexicon) -> tuple[int, Known]:
    """The run's moment (ms), and what it knows."""
    from generator.commands.rules import rule_book
    from generator.flow import known
    from generator.gather import known_then, looking_back, remembered
    from generator.show.audit import load_snapshot_json

    path = found.folder / "snapshot.json"
    snapshot = load_snapshot_json(_text(path), str(path))
    book = rule_book(context)
    with context.open_store(read_only=True) as store:
        history, memory = known_then(store, snapshot), remembered(store, snapshot.now)
    memory = looking_back(memory, snapshot, history, book, context.config)
    return snapshot.now, known(snapshot, history, context.config, book, lexicon, memory)


def _kept(folder: Path, network: Network) -> dict[str, Any]:
    """posts/NETWORK.json in the form that the network takes: `x`, or `x.thread.en`."""
    stem = folder / "posts"
    first = stem / f"{network.name}.json"
    paths = [first, *sorted(stem.glob(f"{network.name}.{network.form}.*.json"))]
    for path in paths:
        if path.is_file() and (kept := _object(path)).get("form") == network.form:
            return kept
    if first.is_file() and network.form == network.forms[0]:
        return _object(first)  # a form that stood in, because the asked one was too long
    what = f"has no text for {network.name} as {network.form}"
    todo = f"`commentary preview --network {network.name}:{network.form}` writes one."
    raise UsageError(run_of(folder), what, todo)


def _chart(folder: Path, network: Network) -> tuple[Media, ...]:
    """The picture of the lead, the first that was drawn; none where none was."""
    from generator.charts.gallery import FOLDER, file_of

    lead = sorted((folder / FOLDER).glob("1-*.json"))
    png = folder / file_of(lead[0].stem, network.size) if lead else None
    if png is None or not png.is_file():
        return ()
    alt, data = str(_object(lead[0])["alt"]), _bytes(png)
    if not data.startswith(PNG):
        raise UsageError(str(png), "is no PNG picture", ANEW)
    return (Media(png.name, data, "image/png", alt),)


def _draft(kept: dict[str, Any], network: str, texts: tuple[str, ...]) -> Draft:
    """The text as it is to be sent. A text with headings keeps them where a person edited it."""
    from generator.newsletter.kept import parts_anew, parts_kept

    form, lang, original = str(kept["form"]), str(kept["lang"]), str(kept["segments"][0])
    draft = Draft(form, network, lang, texts, (), ())
    if not (parts := parts_kept(kept.get("parts", ()), original)):
        return draft
    if texts[0] != original:
        parts = parts_anew(texts[0], parts, original)
    title = next((texts[0][p.start : p.end] for p in parts if p.kind == "title"), "")
    return replace(draft, parts=parts, title=title)


def shown(media: tuple[Media, ...], size: str) -> list[Picture]:
    from generator.charts.gallery import FOLDER
    from generator.charts.model import SIZES
    from generator.newsletter.pictures import Picture

    return [Picture(f"{FOLDER}/{m.name}", m.alt, *SIZES[size], m.data) for m in media]


def _as_kept(segment: Any) -> dict[str, Any]:
    facets = [
        {"kind": f.kind, "start": f.start, "end": f.end, "value": f.value} for f in segment.facets
    ]
    return {"text": segment.text, "facets": facets, "tags": list(segment.tags)}


def _mode(snapshot: dict[str, Any]) -> str:
    if str(snapshot["id"]).startswith("scenario") or snapshot["scenario"]:
        return "scenario"
    if snapshot["mode"] not in ("live", "replay", "scenario"):
        raise ValueError(f"mode {snapshot['mode']!r}")
    return str(snapshot["mode"])


def _object(path: Path) -> dict[str, Any]:
    text = _text(path)
    if HALF.search(text):
        raise UsageError(str(path), "holds half a character", ANEW)
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        raise UsageError(str(path), "is not JSON", ANEW) from None
    if not isinstance(data, dict):
        raise UsageError(str(path), "is not a JSON object", ANEW)
    return data


def _text(path: Path) -> str:
    try:
        return _bytes(path).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UsageError(str(path), "is not UTF-8 text", "Save it as UTF-8.") from None


def _bytes(path: Path) -> bytes:
    if path.is_symlink() or path.parent.is_symlink():
        # It would send what lies somewhere else on this machine.
        raise UsageError(str(path), "is a link, not a file of the run", ANEW)
    try:
        if path.stat().st_size > LARGEST:
            raise UsageError(str(path), "is too large", ANEW)
        return path.read_bytes()
    except OSError as error:
        raise UsageError(str(path), error.strerror or "cannot be read", ANEW) from None


def _literal(name: str) -> str:
    import glob

    return glob.escape(name)
