"""The surface of the rule language: text -> a checked Python syntax tree, never evaluated.

Rules come from people we do not know, so the text is refused by its characters and its size
before the parser sees it, and by node type, count and depth after. What passes holds only names,
numbers, calls, arithmetic, comparisons, `and`/`or`/`not` and `a if c else b`.
"""

from __future__ import annotations

import ast
import math
import re
from collections.abc import Callable
from dataclasses import dataclass

from generator.errors import RuleError

MAX_CHARACTERS = 2_000
MAX_NODES = 200
MAX_DEPTH = 25
MAX_NUMBER_DIGITS = 24

# No quote, bracket, brace, colon, backslash, comment or operator of another kind can be written,
# so strings, subscripts, lambdas, walruses and comprehensions fall here, with a position.
FOREIGN = re.compile(r"[^A-Za-z0-9_ \t\r\n.,()+\-*/<>=!]")
DIGITS = re.compile(rf"[0-9][0-9_.eE]{{{MAX_NUMBER_DIGITS},}}")

ALLOWED: tuple[type[ast.AST], ...] = (
    ast.BoolOp,
    ast.UnaryOp,
    ast.BinOp,
    ast.Compare,
    ast.IfExp,
    ast.Call,
    ast.Name,
    ast.Attribute,
    ast.Constant,
)
OPERATORS: tuple[type[ast.AST], ...] = (
    ast.And,
    ast.Or,
    ast.Not,
    ast.USub,
    ast.UAdd,
    ast.Add,
    ast.Sub,
    ast.Mult,
    ast.Div,
    ast.Lt,
    ast.LtE,
    ast.Gt,
    ast.GtE,
    ast.Eq,
    ast.NotEq,
    ast.Load,
)


@dataclass(frozen=True, slots=True)
class Text:
    """An expression and where it stands: locate(offset) gives "file:line:column"."""

    text: str
    locate: Callable[[int], str] = lambda offset: f"expression:1:{offset + 1}"

    def error(self, offset: int, what: str, todo: str = "") -> RuleError:
        return RuleError(self.locate(offset), what, todo)


def parse(source: Text) -> ast.expr:
    """The checked syntax tree of an expression.

    Raises RuleError with file, line and column when the text is too long, too deep, holds a
    character, a number or a construct that the language does not have, or does not parse.
    """
    text = source.text
    if len(text) > MAX_CHARACTERS:
        what = f"the expression has {len(text)} characters, the limit is {MAX_CHARACTERS}"
        raise source.error(0, what, "Split it with `let`.")
    _refuse_foreign(source)
    # Newlines become spaces (same length) so that a column is an offset into the text.
    flat = re.sub(r"[\t\r\n]", " ", text)
    lead = len(flat) - len(flat.lstrip())
    flat = flat.strip()
    if not flat:
        raise source.error(0, "the expression is empty", "Write a condition, or remove the key.")
    try:
        tree = ast.parse(flat, mode="eval").body
    except SyntaxError as error:
        offset = lead + max(0, (error.offset or 1) - 1)
        raise source.error(offset, f"not an expression: {error.msg}") from None
    except (RecursionError, MemoryError, ValueError, OverflowError):
        raise source.error(0, "the expression is nested too deeply", "Split it.") from None
    _check(source, tree, lead)
    return tree


def _refuse_foreign(source: Text) -> None:
    found = FOREIGN.search(source.text)
    if found:
        what = f"{found.group()!r} is not part of the rule language"
        todo = "Use names, numbers, calls, + - * /, comparisons, and, or, not, if-else."
        raise source.error(found.start(), what, todo)
    long = DIGITS.search(source.text)
    if long:
        raise source.error(long.start(), "a number has too many digits", "Shorten it.")
    power = source.text.find("**")
    if power >= 0:
        raise source.error(power, "there is no power operator", "Write the product out.")
    depth = 0
    for offset, char in enumerate(source.text):
        depth += (char == "(") - (char == ")")
        if depth > MAX_DEPTH:
            what = f"parentheses are nested deeper than {MAX_DEPTH}"
            raise source.error(offset, what, "Split the expression with `let`.")


def _check(source: Text, tree: ast.expr, lead: int) -> None:
    """Node types, count and depth, without recursion: the tree may still be hostile."""
    pending: list[tuple[ast.AST, int]] = [(tree, 1)]
    count = 0
    while pending:
        node, depth = pending.pop()
        if isinstance(node, OPERATORS):
            continue
        offset = lead + getattr(node, "col_offset", 0)
        if not isinstance(node, ALLOWED):
            name = type(node).__name__
            raise source.error(offset, f"{name} is not part of the rule language")
        count += 1
        if count > MAX_NODES:
            raise source.error(offset, f"more than {MAX_NODES} parts", "Split it with `let`.")
        if depth > MAX_DEPTH:
            raise source.error(offset, f"nested deeper than {MAX_DEPTH}", "Split it with `let`.")
        _check_leaf(source, node, offset)
        pending += [(child, depth + 1) for child in ast.iter_child_nodes(node)]


def _check_leaf(source: Text, node: ast.AST, offset: int) -> None:
    if isinstance(node, ast.Constant):
        value = node.value
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            what = f"{value!r} is not a number"
            raise source.error(offset, what, "Only plain numbers can be written here.")
        if not math.isfinite(float(value)):
            raise source.error(offset, "the number is too large", "Write a finite number.")
    elif isinstance(node, ast.Call):
        if node.keywords or not isinstance(node.func, ast.Name):
            raise source.error(offset, "only plain calls such as abs(x) exist")
    elif isinstance(node, ast.Attribute):
        plain = isinstance(node.value, ast.Name) and not node.attr.startswith("_")
        if not plain:
            what = f"`.{node.attr}` is not allowed here"
            todo = "Only btc.metric, left.metric and right.metric exist."
            raise source.error(offset, what, todo)
    elif isinstance(node, ast.Name) and node.id.startswith("_"):
        raise source.error(offset, f"{node.id!r} is not a name of the rule language")
