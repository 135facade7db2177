"""Checks across fields, in CEL: the same words decide on the phone and here.

Only the part of CEL that both interpreters read alike is let in: comparing, reckoning, && || ! ?:, `in`,
lists, size, has, all, exists, filter, map, startsWith, endsWith, contains, int, double.
"""

from __future__ import annotations

import hashlib
import io
import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import celpy
import lark
from celpy import celparser, celtypes
from celpy.celparser import CELParseError, CELParser
from lark import Lark, Token, Tree

from ledger.files import write_whole

if TYPE_CHECKING:
    from ledger.fields import Field
    from ledger.forms import Form

MACROS = frozenset({"all", "exists", "exists_one", "filter", "map"})
FUNCTIONS = frozenset({"size", "has", "int", "double"})
METHODS = MACROS | {"size", "startsWith", "endsWith", "contains"}
RESERVED = frozenset(
    (
        *("as", "break", "const", "continue", "else", "for", "function", "if", "import", "in", "let", "loop"),
        *("package", "namespace", "return", "var", "void", "while", "true", "false", "null", "has", "size"),
        *("bool", "bytes", "double", "duration", "dyn", "int", "list", "map", "null_type", "string"),
        *("timestamp", "type", "uint"),
    )
)
"""Words of CEL itself: a field with such a name cannot be used in an expression."""

_LEFT_OUT = {
    "dot_ident": "a name cannot begin with a dot",
    "member_object": "a value cannot be built with Name{…}",
    "map_lit": "a value cannot be built with {…}",
    "member_index": "[…] cannot pick from a list; use all, exists or in",
    "UINT_LIT": "write numbers without u",
    "BYTES_LIT": "write text without b",
    "MLSTRING_LIT": "write text in '…'",
    "NULL_LIT": "there is no null: a check waits until its fields are answered",
}


class NotCel(ValueError):
    """An expression that cannot be used, and why."""


@dataclass(frozen=True)
class Compiled:
    """An expression ready to run, and the fields it names."""

    that: str
    names: tuple[str, ...]
    tree: Tree[Token]
    program: Any


@cache
def _environment() -> celpy.Environment:
    """CEL, ready to read: only where there is something to compile."""
    grammar = Path(celparser.__file__).with_name("cel.lark")
    CELParser.CEL_PARSER = _read(grammar.read_text("utf-8"), grammar.parent / "__pycache__")
    return celpy.Environment()


def _read(grammar: str, bytecode: Path) -> Lark:
    """The parser of CEL, as celpy makes it; its tables, slow to work out, are kept beside bytecode."""
    made_from = f"{grammar} {lark.__version__} {sys.implementation.cache_tag}"
    kept = bytecode / f"cel-{hashlib.sha256(made_from.encode()).hexdigest()[:16]}.lark"
    with suppress(Exception), kept.open("rb") as file:  # not there, or damaged: then it is made anew
        return Lark.load(file)
    made = Lark(
        grammar,
        parser="lalr",
        start="expr",
        g_regex_flags=re.M,
        lexer_callbacks={"IDENT": CELParser.ambiguous_literals},
        propagate_positions=True,
        maybe_placeholders=False,
        priority="invert",
        tree_class=Tree,
    )
    if not sys.dont_write_bytecode:
        _keep(made, kept)
    return made


def _keep(made: Lark, kept: Path) -> None:
    """Where nothing can be written, the next start works them out again."""
    tables = io.BytesIO()
    made.save(tables)
    with suppress(OSError):
        write_whole(kept, tables.getvalue(), 0o644, synced=False)


@lru_cache(maxsize=1024)
def compile_check(that: str) -> Compiled:
    """Read an expression; raises NotCel.

    >>> compile_check("valid + invalid == returned").names
    ('valid', 'invalid', 'returned')
    """
    try:
        tree = _environment().compile(that)
    except CELParseError as error:
        near = that[max((error.column or 1) - 1, 0) :][:20] or "the end"
        raise NotCel(
            f"is not CEL near '{near}'. Compare with ==, join with && and ||, put text in '…'."
        ) from None
    if said := next(_left_out(tree), None):
        raise NotCel(f"cannot be used: {said}.")
    names = tuple(dict.fromkeys(_names(tree, frozenset())))
    if reserved := sorted(RESERVED & set(names)):
        raise NotCel(f"names '{reserved[0]}', which is a word of CEL itself. Give the field another name.")
    return Compiled(that, names, tree, _environment().program(tree))


def _left_out(tree: Tree[Token]) -> Iterator[str]:
    for part in _parts(tree):
        name = str(part.data)
        if name in _LEFT_OUT:
            yield _LEFT_OUT[name]
        if name == "ident_arg" and str(part.children[0]) not in FUNCTIONS:
            yield f"there is no function {part.children[0]}(…); there are {', '.join(sorted(FUNCTIONS))}"
        if name == "member_dot_arg" and str(part.children[1]) not in METHODS:
            yield f"there is no .{part.children[1]}(…); there are {', '.join(sorted(METHODS))}"
        for leaf in part.children:
            if isinstance(leaf, Token) and leaf.type in _LEFT_OUT:
                yield _LEFT_OUT[leaf.type]


def _names(tree: Tree[Token], bound: frozenset[str]) -> Iterator[str]:
    """The fields an expression names: every identifier but the variables of all, exists, filter and map."""
    if tree.data == "ident" and str(tree.children[0]) not in bound:
        yield str(tree.children[0])
    if tree.data == "member_dot_arg" and str(tree.children[1]) in MACROS and len(tree.children) == 3:
        target, _, arguments = tree.children
        variable, *rest = _trees(arguments)
        inner = bound | set(_names(variable, frozenset()))
        yield from (name for part in _trees(target, itself=True) for name in _names(part, bound))
        yield from (name for part in rest for name in _names(part, inner))
    else:
        yield from (name for part in _trees(tree) for name in _names(part, bound))


def _parts(tree: Tree[Token]) -> Iterator[Tree[Token]]:
    """Every part of an expression, from the whole to the leaves."""
    yield tree
    for child in _trees(tree):
        yield from _parts(child)


def _trees(part: Tree[Token] | Token, itself: bool = False) -> list[Tree[Token]]:
    if not isinstance(part, Tree):
        return []
    return [part] if itself else [child for child in part.children if isinstance(child, Tree)]


def holds(that: str, answers: Mapping[str, Any], form: Form | None = None) -> bool | None:
    """Whether a check is satisfied; None while a field it names is not answered. An error is a no."""
    try:
        check = compile_check(that)
    except NotCel:
        return False
    if any(name not in answers for name in check.names):
        return None
    return _true(check, answers, form)


def withheld(publish_when: str | None, answers: Mapping[str, Any], form: Form | None = None) -> bool:
    """Whether something must stay inside: the expression is false, or cannot be decided."""
    return publish_when is not None and holds(publish_when, answers, form) is not True


def _true(check: Compiled, answers: Mapping[str, Any], form: Form | None) -> bool:
    try:
        result = _evaluate(check, answers, form.fields if form else {})
    except Exception:
        return False  # whatever an interpreter meets, the answer is "not satisfied", never a crash
    return isinstance(result, celtypes.BoolType) and bool(result)


def _evaluate(check: Compiled, answers: Mapping[str, Any], fields: Mapping[str, Field]) -> Any:
    named = {name: _cel(answers[name], fields.get(name)) for name in check.names if name in answers}
    return check.program.evaluate(named)


def _cel(value: Any, field: Field | None) -> Any:
    """A value as CEL sees it: the field's type says whether int or double, not how JSON writes it."""
    if isinstance(value, bool):
        return celtypes.BoolType(value)
    if isinstance(value, (int, float)):
        whole = field.schema["type"] == "integer" if field else isinstance(value, int)
        return celtypes.IntType(int(value)) if whole else celtypes.DoubleType(float(value))
    if isinstance(value, str):
        return celtypes.StringType(value)
    if isinstance(value, list):
        return celtypes.ListType([_cel(each, field) for each in value])
    inner = field.each if field else {}
    return celtypes.MapType(
        {celtypes.StringType(key): _cel(part, inner.get(key)) for key, part in value.items()}
    )
