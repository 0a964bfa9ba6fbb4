"""From a checked syntax tree to typed nodes that the kernel evaluates on panels.

Names are resolved here, at load: a misspelt metric is an error with a place, never a rule that
silently does not fire.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from typing import Any

from generator.coerce import did_you_mean
from generator.judge.grammar import Text, parse
from generator.judge.nodes import Axis, Kind, Names, Node, Nodes, Scope
from generator.model import DAY, HOUR

MAX_WINDOW = 2_000 * DAY
MAX_DEPTH = 100  # of an expression with all its lets put in; grammar.MAX_DEPTH is of one text


COMPARE: Mapping[type[ast.AST], str] = {
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.Eq: "==",
    ast.NotEq: "!=",
}
ARITHMETIC: Mapping[type[ast.AST], str] = {
    ast.Add: "add",
    ast.Sub: "sub",
    ast.Mult: "mul",
    ast.Div: "div",
}
WINDOWED = ("lag", "change", "pct_change", "mean", "std", "zscore", "pctile")
FUNCTIONS = (
    *WINDOWED,
    *("abs", "sign", "min", "max", "between", "known"),
    *("rank", "rank_pct", "count_if", "share", "days", "hours"),
)


def compile_expression(
    source: Text, names: Names, nodes: Nodes, *, condition: bool | None, loose: bool = False
) -> Node:
    """A typed node for the text. condition: True or False demands that kind, None takes either.

    loose lets a market rule's `let` hold an asset metric, for use inside count_if and its like.
    Raises RuleError with file, line and column.
    """
    tree = parse(source)
    node = _Compiler(source, names, nodes).visit(tree, inside=loose)
    if condition is True and node.kind != "condition":
        raise source.error(0, "this is a number, a condition is needed", "Compare it: x > 3.")
    if condition is False and node.kind == "condition":
        raise source.error(0, "this is a condition, a number is needed")
    return node


class _Compiler:
    def __init__(self, source: Text, names: Names, nodes: Nodes) -> None:
        self.source, self.names, self.nodes = source, names, nodes
        self.lead = len(source.text) - len(source.text.lstrip())
        # What counts and ranks run across: pairs for a pair rule, assets for all others.
        self.crossed: Scope = "pair" if names.scope == "pair" else "asset"

    # -------------------------------------------------- small tools

    def error(self, node: ast.AST, what: str, todo: str = "") -> Exception:
        return self.source.error(self.lead + getattr(node, "col_offset", 0), what, todo)

    def build(
        self, tree: ast.expr, op: str, args: tuple[Node, ...], value: Any, kind: Kind
    ) -> Node:
        axes = {a.axis for a in args}
        axis: Axis = "subject" if "subject" in axes else "market" if "market" in axes else "const"
        return self.make(tree, op, args, value, kind, axis)

    def make(
        self, tree: ast.expr, op: str, args: tuple[Node, ...], value: Any, kind: Kind, axis: Axis
    ) -> Node:
        text = " ".join(
            self.source.text[self.lead :][tree.col_offset : tree.end_col_offset].split()
        )
        node = self.nodes.make(op, args, value, kind, axis, text)
        if self.nodes.depth[node] > MAX_DEPTH:
            what = f"nested deeper than {MAX_DEPTH} with the lets it names"
            raise self.error(tree, what, "Name fewer parts by one another.")
        return node

    def number(self, tree: ast.expr, inside: bool, *, exact: bool = False) -> Node:
        node = self.visit(tree, inside)
        if node.kind == "condition":
            raise self.error(tree, "a number is needed here, this is a condition")
        if exact and node.kind == "bounds":
            what = "a count or rank over partly missing data is a pair of bounds"
            raise self.error(tree, what, "Compare it with a number; use metrics in this place.")
        return node

    def condition(self, tree: ast.expr, inside: bool) -> Node:
        node = self.visit(tree, inside)
        if node.kind != "condition":
            raise self.error(tree, "a condition is needed here, this is a number", "Compare it.")
        return node

    # -------------------------------------------------- the constructs

    def visit(self, tree: ast.expr, inside: bool) -> Node:
        if isinstance(tree, ast.Constant):
            return self.make(tree, "const", (), float(tree.value), "number", "const")  # type: ignore[arg-type]  # parse() admits only int and float
        if isinstance(tree, ast.Name):
            return self.name(tree, inside)
        if isinstance(tree, ast.Attribute):
            return self.attribute(tree)
        if isinstance(tree, ast.BoolOp):
            op = "and" if isinstance(tree.op, ast.And) else "or"
            args = tuple(self.condition(v, inside) for v in tree.values)
            return self.build(tree, op, args, None, "condition")
        if isinstance(tree, ast.UnaryOp):
            return self.unary(tree, inside)
        if isinstance(tree, ast.BinOp):
            args = (self.number(tree.left, inside), self.number(tree.right, inside))
            return self.build(tree, ARITHMETIC[type(tree.op)], args, None, _widest(args))
        if isinstance(tree, ast.Compare):
            return self.compare(tree, inside)
        if isinstance(tree, ast.IfExp):
            return self.choose(tree, inside)
        assert isinstance(tree, ast.Call)  # parse() saw to it
        assert isinstance(tree.func, ast.Name)
        return self.call(tree, tree.func.id, inside)

    def unary(self, tree: ast.UnaryOp, inside: bool) -> Node:
        if isinstance(tree.op, ast.Not):
            arg = self.condition(tree.operand, inside)
            if arg.asks_known:
                what = "known(...) cannot be negated: a missing number licenses nothing"
                raise self.error(tree, what, "Ask for what is known, or leave it out.")
            return self.build(tree, "not", (arg,), None, "condition")
        arg = self.number(tree.operand, inside)
        if isinstance(tree.op, ast.UAdd):
            return arg
        if arg.op == "const":
            return self.make(tree, "const", (), -arg.value, "number", "const")
        return self.build(tree, "neg", (arg,), None, arg.kind)

    def compare(self, tree: ast.Compare, inside: bool) -> Node:
        sides = [self.number(t, inside) for t in (tree.left, *tree.comparators)]
        parts = []
        for op, a, b in zip(tree.ops, sides, sides[1:], strict=False):
            sign = COMPARE[type(op)]
            built = self.build(tree, "cmp", (a, b), sign, "condition")
            parts.append(built)
        if len(parts) == 1:
            return parts[0]
        return self.build(tree, "and", tuple(parts), None, "condition")

    def choose(self, tree: ast.IfExp, inside: bool) -> Node:
        test = self.condition(tree.test, inside)
        if test.asks_known:
            what = "known(...) cannot decide an if-else: the else side would speak from a gap"
            raise self.error(tree.test, what, "Write: known(x) and ...")
        yes, no = self.visit(tree.body, inside), self.visit(tree.orelse, inside)
        if (yes.kind == "condition") != (no.kind == "condition"):
            raise self.error(tree, "both sides of if-else must be numbers, or both conditions")
        return self.build(tree, "if", (test, yes, no), None, _widest((yes, no)))

    # -------------------------------------------------- names

    def name(self, tree: ast.Name, inside: bool) -> Node:
        word, names = tree.id, self.names
        if word in names.lets:
            node = names.lets[word]
            self._own_asset(tree, node.axis == "subject", inside, word)
            return node
        if word in names.params:
            return self.make(tree, "const", (), float(names.params[word]), "number", "const")
        info = names.metrics.get(word)
        if info is None:
            known = [*names.metrics, *names.lets, *names.params]
            raise self.error(tree, f"unknown name {word!r}", did_you_mean(word, known))
        if info.scope == "market":
            return self.make(tree, "metric", (), (word, "MARKET"), "number", "market")
        if info.scope == "pair" and names.scope != "pair":
            raise self.error(tree, f"{word} belongs to pairs, this rule judges {names.scope}s")
        if info.scope == "asset" and names.scope == "pair":
            raise self.error(
                tree, f"{word} belongs to assets", f"Write left.{word} or right.{word}."
            )
        self._own_asset(tree, True, inside, word)
        return self.make(tree, "metric", (), (word, ""), "number", "subject")

    def _own_asset(self, tree: ast.AST, per_subject: bool, inside: bool, word: str) -> None:
        if per_subject and self.names.scope == "market" and not inside:
            what = f"{word} differs by asset, this rule judges the market"
            raise self.error(tree, what, f"Write btc.{word}, or count_if(...) over all assets.")

    def attribute(self, tree: ast.Attribute) -> Node:
        assert isinstance(tree.value, ast.Name)
        side, word = tree.value.id, tree.attr
        info = self.names.metrics.get(word)
        if info is None or info.scope != "asset":
            assets = [m.name for m in self.names.metrics.values() if m.scope == "asset"]
            what = (
                f"unknown asset metric {word!r}" if info is None else f"{word} is no asset metric"
            )
            raise self.error(tree, what, did_you_mean(word, assets))
        if side in {"left", "right"}:
            if self.names.scope != "pair":
                raise self.error(tree, f"{side}.{word} exists only in rules of scope pair")
            return self.make(tree, "metric", (), (word, side), "number", "subject")
        if side != side.lower():
            raise self.error(tree, f"write the ticker in lower case: {side.lower()}.{word}")
        return self.make(tree, "metric", (), (word, side.upper()), "number", "market")

    # -------------------------------------------------- calls

    def call(self, tree: ast.Call, name: str, inside: bool) -> Node:
        if name not in FUNCTIONS:
            raise self.error(tree, f"unknown function {name!r}", did_you_mean(name, FUNCTIONS))
        if name in {"days", "hours"}:
            raise self.error(tree, f"{name}(...) is a window, it stands only as a last argument")
        window = self.window(tree.args[-1]) if tree.args else None
        values = tree.args[:-1] if window is not None else tree.args
        if name in WINDOWED:
            self.arity(tree, name, values, 1, window is not None, f"{name}(x, days(7))")
            args = (self.number(values[0], inside, exact=True),)
            # A rank among partly missing values is known only within bounds.
            kind: Kind = "bounds" if name == "pctile" else "number"
            return self.build(tree, name, args, window, kind)
        if name in {"min", "max"} and window is not None:
            self.arity(tree, name, values, 1, True, f"{name}(x, days(7))")
            args = (self.number(values[0], inside, exact=True),)
            return self.build(tree, f"rolling_{name}", args, window, "number")
        if name in {"count_if", "share"}:
            return self.count(tree, name, values, window, inside)
        if window is not None:
            raise self.error(tree, f"{name} takes no window")
        if name in {"min", "max"}:
            if len(values) < 2:
                raise self.error(tree, f"{name} needs two numbers or a window")
            several = tuple(self.number(v, inside) for v in values)
            return self.build(tree, name, several, None, _widest(several))
        return self.plain(tree, name, values, inside)

    def plain(self, tree: ast.Call, name: str, values: list[ast.expr], inside: bool) -> Node:
        if name == "between":
            self.arity(tree, name, values, 3, True, "between(x, low, high)")
            x, low, high = (self.number(v, inside) for v in values)
            above = self.build(tree, "cmp", (x, low), ">=", "condition")
            below = self.build(tree, "cmp", (x, high), "<=", "condition")
            return self.build(tree, "and", (above, below), None, "condition")
        self.arity(tree, name, values, 1, True, f"{name}(x)")
        if name in {"rank", "rank_pct"}:
            if self.names.scope == "market" and not inside:
                raise self.error(tree, f"{name} ranks assets, this rule judges the market")
            args = (self.number(values[0], True, exact=True),)
            return self.make(tree, name, args, self.crossed, "bounds", "subject")
        arg = self.number(values[0], inside)
        if name == "known":
            return self.build(tree, "known", (arg,), None, "condition")
        return self.build(tree, name, (arg,), None, arg.kind)

    def count(
        self, tree: ast.Call, name: str, values: list[ast.expr], window: int | None, inside: bool
    ) -> Node:
        """Over time with a window, across the subjects of the rule's scope without."""
        self.arity(tree, name, values, 1, True, f"{name}(x > 3) or {name}(x > 3, days(3))")
        if window is not None:
            args = (self.condition(values[0], inside),)
            return self.build(tree, name + "_time", args, window, "bounds")
        args = (self.condition(values[0], True),)
        return self.make(tree, name, args, self.crossed, "bounds", "market")

    def arity(
        self, tree: ast.Call, name: str, values: list[ast.expr], wanted: int, ok: bool, form: str
    ) -> None:
        if len(values) != wanted or not ok:
            raise self.error(tree, f"{name} does not take these arguments", f"Write {form}.")

    def window(self, tree: ast.expr) -> int | None:
        """days(n) or hours(n) in ms, None for anything else; n is a number or a param."""
        if not (isinstance(tree, ast.Call) and isinstance(tree.func, ast.Name)):
            return None
        unit = {"days": DAY, "hours": HOUR}.get(tree.func.id)
        if unit is None:
            return None
        arg = self.number(tree.args[0], False) if len(tree.args) == 1 else None
        if arg is None or arg.op != "const":
            raise self.error(tree, f"{tree.func.id} takes one plain number")
        length = round(float(arg.value) * unit)
        if not 0 < length <= MAX_WINDOW:
            raise self.error(tree, "a window is longer than nothing and at most 2,000 days")
        return length


def _widest(args: tuple[Node, ...]) -> Kind:
    if args and args[0].kind == "condition":
        return "condition"
    return "bounds" if any(a.kind == "bounds" for a in args) else "number"
