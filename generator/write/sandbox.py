"""The sandbox that templates run in: Jinja cut down to what a note needs.

A template is hostile until checked. Beyond Jinja's own sandbox, which does not stop exhaustion,
there are no macros, includes, imports or assignments, no arithmetic, joining or formatting, calls
only to the functions the composer gives, and loops at most two deep over the composer's lists. A
digit or number word typed into a template is an error: numbers come through filters.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from types import TracebackType

from jinja2 import nodes
from jinja2.bccache import Bucket, FileSystemBytecodeCache
from jinja2.sandbox import ImmutableSandboxedEnvironment

from generator.errors import TemplateError
from generator.write.check import Lexicon, lint_template_source

MAX_LOOPS = 2
LINE = re.compile(r"line (\d+): ")
FORBIDDEN = (
    nodes.Macro,
    nodes.CallBlock,
    nodes.Import,
    nodes.FromImport,
    nodes.Include,
    nodes.FilterBlock,
    nodes.Mul,
    nodes.Pow,
    nodes.Mod,
    nodes.Div,
    nodes.FloorDiv,
    nodes.Add,
    nodes.Concat,
    nodes.Assign,
    nodes.AssignBlock,
)


class Compiled(FileSystemBytecodeCache):
    """Compiled templates on disk, so that a template is parsed and linted once, not in every run.

    Whoever can write there can run code: the folder must be the user's own, never a working folder,
    which may come from others. `checked_with` is what a template was linted against; compiled
    under other words it is another template. A folder that cannot be used is no error.
    """

    def __init__(self, folder: Path, checked_with: str) -> None:
        with suppress(OSError):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        super().__init__(str(folder), "%s.jinja")
        own = Path(__file__).read_bytes()  # the node whitelist is part of what was checked
        self._salt = hashlib.blake2b(own + checked_with.encode(), digest_size=16).hexdigest()

    def get_cache_key(self, name: str, filename: str | None = None) -> str:
        return super().get_cache_key(f"{self._salt}|{name}", filename)

    def load_bytecode(self, bucket: Bucket) -> None:
        with suppress(OSError):
            super().load_bytecode(bucket)

    def dump_bytecode(self, bucket: Bucket) -> None:
        with suppress(OSError):
            super().dump_bytecode(bucket)


class Sandbox(ImmutableSandboxedEnvironment):
    """Jinja with strict undefined and with the node whitelist applied to every parsed source."""

    lexicon: Lexicon

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        where = filename or name or "template"
        for problem in lint_template_source(source, self.lexicon):
            stated = LINE.match(problem.message)
            line = stated[1] if stated else source.count("\n", 0, max(problem.start, 0)) + 1
            what = problem.message.removeprefix(stated[0]) if stated else problem.message
            raise TemplateError(f"{where}:{line}", what, "print numbers through a filter")
        tree = super()._parse(source, name, filename)
        _inspect(tree, where, 0)
        for output in tree.find_all(nodes.Output):
            for text in _typed(output):
                self._check_typed(text, where)
        return tree

    def _check_typed(self, text: nodes.Const, where: str) -> None:
        """Text and numbers typed into an expression are literal text all the same."""
        for problem in lint_template_source(str(text.value), self.lexicon):
            what = LINE.sub("", problem.message)
            raise TemplateError(f"{where}:{text.lineno}", what, "print numbers through a filter")


def _typed(node: nodes.Node) -> Iterator[nodes.Const]:
    """Constants that an expression may print; arguments and comparisons print nothing."""
    if isinstance(node, nodes.Const) and node.value is not None:
        yield node
    if isinstance(node, (nodes.Call, nodes.Compare, nodes.Getitem, nodes.Test)):
        return
    children = [node.node] if isinstance(node, nodes.Filter) else node.iter_child_nodes()
    if isinstance(node, nodes.CondExpr):
        children = [n for n in (node.expr1, node.expr2) if n is not None]
    for child in children:
        if child is not None:
            yield from _typed(child)


def _inspect(node: nodes.Node, where: str, loops: int) -> None:
    if isinstance(node, FORBIDDEN):
        what = f"{type(node).__name__} is not allowed in a template"
        raise TemplateError(f"{where}:{node.lineno}", what, "use the composer's functions")
    if isinstance(node, nodes.For):
        loops += 1
        if loops > MAX_LOOPS or node.recursive:
            raise TemplateError(f"{where}:{node.lineno}", "loops too deep", "two levels at most")
    if isinstance(node, nodes.Call) and not isinstance(node.node, nodes.Name):
        what = "only the composer's own functions may be called"
        raise TemplateError(f"{where}:{node.lineno}", what, "see docs/templates.md for the list")
    for child in node.iter_child_nodes():
        _inspect(child, where, loops)


def placed(error: BaseException | None) -> str:
    """The template line ("file:line") an error came from; "" when it came from none."""
    while error is not None:
        if found := _line(error.__traceback__):
            return found
        error = error.__cause__
    return ""


def _line(at: TracebackType | None) -> str:
    """Jinja's compiled code knows its own source lines; some frames Jinja has rewritten already."""
    found = ""
    while at is not None:
        known = at.tb_frame.f_globals
        if "__jinja_exception__" in known:
            found = f"{at.tb_frame.f_code.co_filename}:{at.tb_lineno}"
        elif template := known.get("__jinja_template__"):
            found = f"{template.filename}:{template.get_corresponding_lineno(at.tb_lineno)}"
        at = at.tb_next
    return found
