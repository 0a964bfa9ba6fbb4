"""Templates: found in folders, compiled in the sandbox, rendered whole or block by block."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml
from jinja2 import StrictUndefined, Template, TemplateSyntaxError, UndefinedError, nodes
from jinja2 import TemplateNotFound as JinjaNotFound
from jinja2.exceptions import SecurityError, TemplateRuntimeError
from jinja2.loaders import BaseLoader

from generator.errors import TemplateError
from generator.write.check import Lexicon, read_lexicon
from generator.write.forms import Forms
from generator.write.sandbox import Compiled, Sandbox, placed

MAX_SOURCE = 64_000
MAX_OUTPUT = 60_000
EXTENDS = re.compile(r"\{%[-+]?\s*extends\b")
TEXT_FILTERS = ("join", "first", "last", "length", "list", "lower", "upper", "capitalize")


class Folders(BaseLoader):
    """Templates from folders; a later folder overrides, `shipped/NAME` is the shipped one."""

    def __init__(self, folders: Sequence[Path]) -> None:
        self.folders = tuple(folders)

    def find(self, name: str) -> Path | None:
        parts = Path(name).parts
        folders = self.folders
        if parts and parts[0] == "shipped":
            folders, parts = self.folders[:1], parts[1:]
        if not parts or ".." in parts or Path(name).is_absolute():
            return None
        for folder in reversed(folders):
            path = folder.joinpath(*parts)
            if path.is_file():
                return path
        return None

    def get_source(self, environment: Any, template: str) -> tuple[str, str, Callable[[], bool]]:
        path = self.find(template)
        if path is None:
            raise JinjaNotFound(template)
        return read(path), str(path), lambda: True

    def languages(self) -> list[str]:
        """Folders with words or templates; `templates check` says what one still lacks."""
        made = ("lexicon.yaml", "words.yaml", "article.j2")
        return sorted({p.parent.name for f in self.folders for n in made for p in f.glob(f"*/{n}")})

    def list_templates(self) -> list[str]:
        found = {p.relative_to(f).as_posix() for f in self.folders for p in f.rglob("*.j2")}
        return sorted(found)


def read(path: Path) -> str:
    if path.stat().st_size > MAX_SOURCE:
        raise TemplateError(str(path), "is larger than 64 kB", "split it, or take text out")
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise TemplateError(
            str(path), f"is not UTF-8 ({error.reason})", "save it as UTF-8"
        ) from error


class Templates:
    """All templates of one language, and rendering of single blocks of them."""

    def __init__(self, folders: Sequence[Path], lang: str, cache: Path | None = None) -> None:
        """cache: a folder of the user's own for what was compiled; without one, nothing is kept."""
        self.lang, self.loader = lang, Folders(folders)
        self._words: dict[str, Any] | None = None
        self.lexicon = self._lexicon(cache)
        self._chains: dict[str, tuple[Template, ...]] = {}
        self._there: dict[str, bool] = {}
        self._blocks: dict[str, tuple[str, ...]] = {}
        self._variants: dict[tuple[str, str], tuple[str, ...]] = {}
        self.env = Sandbox(
            loader=self.loader,
            undefined=StrictUndefined,
            autoescape=False,
            bytecode_cache=Compiled(cache, self._lexicon_source()) if cache is not None else None,
        )
        self.env.lexicon = self.lexicon
        self.env.globals.clear()
        self.env.filters = {n: self.env.filters[n] for n in TEXT_FILTERS}
        keep = ("defined", "undefined", "none", "number", "string", "in", "eq", "ne", "lt", "gt")
        self.env.tests = {n: self.env.tests[n] for n in keep if n in self.env.tests}

    def _lexicon(self, cache: Path | None) -> Lexicon:
        path = self.loader.find(f"{self.lang}/lexicon.yaml")
        if path is None:
            raise TemplateError(
                f"language {self.lang}",
                f"has no {self.lang}/lexicon.yaml in any templates folder",
                f"There are: {', '.join(self.loader.languages())}.",
            )
        return read_lexicon(path, cache)

    def _lexicon_source(self) -> str:
        path = self.loader.find(f"{self.lang}/lexicon.yaml")
        return "" if path is None else read(path)

    def words(self) -> dict[str, Any]:
        """The language's word list (verbs by size class, months), read once."""
        if self._words is None:
            self._words = self._read_words()
        return self._words

    @cached_property
    def forms(self) -> Forms:
        """How the language writes numbers, moments and lists, from its word list."""
        return Forms.of(self.words(), self.lang)

    def _read_words(self) -> dict[str, Any]:
        path = self.loader.find(f"{self.lang}/words.yaml")
        if path is None:
            raise TemplateError(
                f"{self.lang}/words.yaml", "is missing", "`commentary init` copies it"
            )
        try:
            words = yaml.load(read(path), Loader=yaml.CSafeLoader)
        except yaml.YAMLError as error:
            raise TemplateError(
                str(path), f"is not YAML: {error}", "see the shipped file"
            ) from error
        if not isinstance(words, dict) or "moves" not in words:
            raise TemplateError(str(path), "lacks `moves`", "see the shipped file")
        return words

    def load(self, name: str) -> Template:
        full = f"{self.lang}/{name}"
        try:
            return self.env.get_template(full)
        except JinjaNotFound as error:
            what = f"the template {error.name} does not exist"
            raise TemplateError(full, what, "check the name, or copy the shipped one") from error
        except TemplateSyntaxError as error:
            subject = f"{error.filename or error.name}:{error.lineno}"
            raise TemplateError(subject, str(error.message), "see docs/templates.md") from error

    # Every sentence asks these several times; the answers hold for as long as what was compiled.

    def exists(self, name: str) -> bool:
        if name not in self._there:
            self._there[name] = self.loader.find(f"{self.lang}/{name}") is not None
        return self._there[name]

    def blocks(self, name: str) -> tuple[str, ...]:
        """Names of the blocks of a template and of those it extends."""
        if name not in self._blocks:
            names = {b for t in self._chain(name) for b in t.blocks}
            self._blocks[name] = tuple(sorted(names))
        return self._blocks[name]

    def variants(self, name: str, block: str) -> tuple[str, ...]:
        """The blocks that say the same: `block` itself, `block_a`, `block_b`; none without any.

        A template that extends another and writes any of them stands by its own alone: whoever
        wants other words does not want ours in between.
        """
        key = name, block
        if key not in self._variants:
            found: list[str] = []
            for template in self._chain(name) if self.exists(name) else ():
                found = found or [b for b in template.blocks if _says_the_same(b, block)]
            self._variants[key] = tuple(sorted(found))
        return self._variants[key]

    def sources(self, name: str) -> tuple[Path, ...]:
        """The files of a template and of those it extends, itself first; none if it is missing."""
        if not self.exists(name):
            return ()
        return tuple(Path(t.filename) for t in self._chain(name) if t.filename)

    def _chain(self, name: str) -> tuple[Template, ...]:
        """A template and those it extends, itself first."""
        if name not in self._chains:
            self._chains[name] = tuple(self._read_chain(name))
        return self._chains[name]

    def _read_chain(self, name: str) -> list[Template]:
        chain, seen = [self.load(name)], {f"{self.lang}/{name}"}
        while True:
            parent = self._parent(chain[-1])
            if parent is None:
                return chain
            if parent in seen:
                raise TemplateError(name, f"extends itself through {parent}", "break the circle")
            seen.add(parent)
            chain.append(self._get(parent))

    def _get(self, full: str) -> Template:
        prefix = f"{self.lang}/"
        if full.startswith(prefix):
            return self.load(full.removeprefix(prefix))
        try:
            return self.env.get_template(full)
        except JinjaNotFound as error:
            raise TemplateError(full, "is extended but does not exist", "check the name") from error

    def _parent(self, template: Template) -> str | None:
        assert template.filename is not None
        source = read(Path(template.filename))
        if not EXTENDS.search(source):
            return None  # to parse it again would cost more than to render it
        tree = self.env.parse(source, template.name, template.filename)
        found = tree.find(nodes.Extends)
        if found is None:
            return None
        if not isinstance(found.template, nodes.Const):
            raise TemplateError(
                str(template.filename), "extends something computed", "name the file"
            )
        return str(found.template.value)

    def block(self, name: str, block: str, context: Mapping[str, Any]) -> str:
        """Render one block of a template; a child's block wins over its parent's."""
        chain = self._chain(name)
        ctx = chain[0].new_context(dict(context))
        for template in chain[1:]:
            for key, function in template.blocks.items():
                ctx.blocks.setdefault(key, []).append(function)
        if block not in ctx.blocks:
            raise TemplateError(name, f"has no block {block!r}", f"add {{% block {block} %}}")
        return self._guard(name, lambda: "".join(self._limited(name, ctx.blocks[block][0](ctx))))

    def render(self, name: str, context: Mapping[str, Any]) -> str:
        template = self.load(name)
        return self._guard(
            name, lambda: "".join(self._limited(name, template.generate(dict(context))))
        )

    def _limited(self, name: str, parts: Any) -> Any:
        total = 0
        for part in parts:
            total += len(part)
            if total > MAX_OUTPUT:
                raise TemplateError(name, "writes more than 60,000 characters", "shorten it")
            yield part

    def _guard(self, name: str, act: Callable[[], str]) -> str:
        try:
            return act()
        except UndefinedError as error:
            todo = "test it with `is defined` first"
            raise TemplateError(placed(error) or name, str(error), todo) from error
        except (SecurityError, TemplateRuntimeError, TypeError, RecursionError) as error:
            where = placed(error) or name
            raise TemplateError(where, str(error), "see docs/templates.md") from error
        except TemplateError as error:
            # Raised by a filter or a view: it names the metric; the line is known only here.
            where = placed(error)
            if not where or ":" in error.subject:
                raise
            raise TemplateError(where, f"{error.subject}: {error.what}", error.todo) from error


def _says_the_same(name: str, block: str) -> bool:
    """Whether a block is `block` or a variant of it: one letter after its name."""
    return name == block or (name.startswith(f"{block}_") and len(name) == len(block) + 2)
