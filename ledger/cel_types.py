"""Does an expression fit the fields it names? Decided when the form is read, not when the first record fails.

CEL interpreters differ in what they make of 1 == 1.0, of 'a' == 1 or of which text comes first; an expression
whose types fit cannot meet any of that, so phone and server give the same answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

from lark import Token, Tree

from ledger.fields import Field
from ledger.problems import did_you_mean

Kind = Literal["int", "double", "text", "date", "bool", "list", "row"]
Expression = Tree[Token]

_CALLED = {
    "int": "a whole number",
    "double": "a number",
    "text": "text",
    "date": "a date or time",
    "bool": "yes or no",
    "list": "a list",
    "row": "a row",
}


class Misfit(ValueError):
    """Two parts of an expression that do not fit each other, and what to do."""


@dataclass(frozen=True)
class Type:
    """What a part of an expression is; a list says of what, a row its fields, a choice its values."""

    kind: Kind
    of: Type | None = None
    fields: Mapping[str, Field] | None = None
    choices: Mapping[str, object] | None = None
    literals: tuple[str, ...] = ()


_INT, _BOOL = Type("int"), Type("bool")


def type_of(field: Field) -> Type:
    """A field as expressions see it."""
    if field.each:
        return Type("list", Type("row", fields=field.each))
    text = Type("date" if field.schema.get("format") in ("date", "time", "date-time") else "text")
    if field.choices:
        text = replace(text, choices=field.choices)
    match field.schema["type"]:
        case "array":
            return Type("list", text)
        case "integer":
            return _INT
        case "number":
            return Type("double")
        case "boolean":
            return _BOOL
    return text


def fits(tree: Expression, fields: Mapping[str, Field]) -> str | None:
    """What does not fit in an expression, or None. It must come out as yes or no."""
    try:
        result = _type(tree, {name: type_of(field) for name, field in fields.items()})
    except Misfit as error:
        return str(error)
    if result.kind != "bool":
        return f"gives {_CALLED[result.kind]} and not true or false. Compare it with something."
    return None


Scope = Mapping[str, Type]


def _type(tree: Expression, scope: Scope) -> Type:
    parts = [part for part in tree.children if isinstance(part, Tree)]
    match tree.data:
        case "expr" if len(parts) == 3:
            return _choice(parts, scope)
        case "conditionalor" | "conditionaland" if len(parts) == 2:
            for part in parts:
                _want("bool", part, scope, "&& and || join what is true or false")
            return _BOOL
        case "relation" | "addition" | "multiplication" if len(parts) == 2:
            operator, right = parts
            left = operator.children[0]
            assert isinstance(left, Tree)
            return _operation(str(operator.data), _type(left, scope), _type(right, scope))
        case "unary" if len(parts) == 2:
            return _unary(str(parts[0].data), parts[1], scope)
        case "member_dot":
            return _inside(_type(parts[0], scope), str(tree.children[1]))
        case "member_dot_arg":
            return _method(parts[0], str(tree.children[1]), _arguments(parts[1:]), scope)
        case "ident_arg":
            return _function(str(tree.children[0]), _arguments(parts), scope)
        case "ident":
            return scope[str(tree.children[0])]
        case "literal":
            return _literal(tree.children[0])
        case "list_lit":
            return _list([_type(each, scope) for each in _arguments(parts)])
    if len(parts) != 1:
        raise Misfit(
            "holds something that cannot be used here. docs/forms.md lists what an expression may hold."
        )
    return _type(parts[0], scope)


def _choice(parts: list[Expression], scope: Scope) -> Type:
    _want("bool", parts[0], scope, "before the ? stands what is true or false")
    one, other = (_type(part, scope) for part in parts[1:])
    if not _alike(one, other):
        raise Misfit(
            f"gives {_CALLED[one.kind]} or {_CALLED[other.kind]}. Both sides of the : must be of one kind."
        )
    return one


def _operation(operator: str, left: Type, right: Type) -> Type:
    if operator == "relation_in":
        if right.kind != "list" or right.of is None or not _alike(left, right.of):
            raise Misfit(
                f"looks for {_CALLED[left.kind]} in {_CALLED[right.kind]}. Look for one value in a list."
            )
        _same_choices(left, right.of)
        return _BOOL
    if operator in ("relation_eq", "relation_ne"):
        if not _alike(left, right) or left.kind in ("list", "row"):
            raise Misfit(_mixed(left, right))
        _same_choices(left, right)
        return _BOOL
    kinds = {left.kind, right.kind}
    if operator.startswith("relation"):
        if not (kinds <= {"int"} or kinds <= {"double"} or (kinds <= {"date", "text"} and "date" in kinds)):
            raise Misfit(
                _mixed(left, right) if len(kinds) > 1 else f"{_CALLED[left.kind]} has no order. Use == or !=."
            )
        return _BOOL
    if operator == "addition_add" and left.kind == right.kind == "text":
        return Type("text")
    if not (kinds <= {"int"} or (kinds <= {"double"} and operator != "multiplication_mod")):
        raise Misfit(_mixed(left, right))
    return Type(left.kind)


def _unary(operator: str, part: Expression, scope: Scope) -> Type:
    if operator == "unary_not":
        return _want("bool", part, scope, "! stands before what is true or false")
    number = _type(part, scope)
    if number.kind not in ("int", "double"):
        raise Misfit(f"has - before {_CALLED[number.kind]}. It belongs before a number.")
    return number


def _inside(row: Type, name: str) -> Type:
    if row.kind != "row" or row.fields is None:
        raise Misfit(
            f"takes .{name} from {_CALLED[row.kind]}. Only a row of a group has fields: rows.all(row, row.x)."
        )
    if name not in row.fields:
        raise Misfit(
            f"a row has no '{name}'. {did_you_mean(name, row.fields)}There are: {', '.join(row.fields)}."
        )
    return type_of(row.fields[name])


def _method(target: Expression, name: str, arguments: list[Expression], scope: Scope) -> Type:
    subject = _type(target, scope)
    if name == "size" and not arguments:
        return _size(subject)
    if name in ("startsWith", "endsWith", "contains"):
        if subject.kind not in ("text", "date") or len(arguments) != 1:
            raise Misfit(f".{name}(…) belongs to text and takes one text.")
        _want("text", arguments[0], scope, f".{name}(…) takes text")
        return _BOOL
    if subject.kind != "list" or subject.of is None or len(arguments) != 2:
        raise Misfit(
            f".{name}(…) belongs to a list, and takes a word for one of it and what must hold of that."
        )
    inner = {**scope, _variable(arguments[0]): subject.of}
    if name == "map":
        return Type("list", _type(arguments[1], inner))
    _want("bool", arguments[1], inner, f".{name}(…) asks what is true or false of each")
    return subject if name == "filter" else _BOOL


def _function(name: str, arguments: list[Expression], scope: Scope) -> Type:
    if len(arguments) != 1:
        raise Misfit(f"{name}(…) takes one value.")
    value = _type(arguments[0], scope)
    match name:
        case "size":
            return _size(value)
        case "has" if next(arguments[0].find_data("member_dot"), None) is None:
            raise Misfit("has(…) asks for a field of a row: has(row.x). A field of the form needs no has.")
        case "has":
            return _BOOL
        case "int" | "double" if value.kind not in ("int", "double"):
            raise Misfit(f"{name}(…) takes a number, not {_CALLED[value.kind]}.")
        case "int" | "double":
            return Type(name)
    raise Misfit(f"there is no function {name}(…).")


def _size(value: Type) -> Type:
    if value.kind not in ("text", "date", "list"):
        raise Misfit(f"asks for the size of {_CALLED[value.kind]}. Text and lists have one.")
    return _INT


def _literal(token: Token | Expression) -> Type:
    assert isinstance(token, Token)
    kinds: dict[str, Kind] = {"INT_LIT": "int", "FLOAT_LIT": "double", "BOOL_LIT": "bool"}
    if token.type in kinds:
        return Type(kinds[token.type])
    plain = token[0] in "'\"" and "\\" not in token
    return Type("text", literals=(str(token)[1:-1],) if plain else ())


def _list(items: list[Type]) -> Type:
    if not items:
        raise Misfit("holds an empty list. Put values into it.")
    if any(not _alike(items[0], each) for each in items):
        raise Misfit("holds a list of several kinds. Put values of one kind into it.")
    return Type("list", replace(items[0], literals=tuple(text for each in items for text in each.literals)))


def _alike(left: Type, right: Type) -> bool:
    return left.kind == right.kind or {left.kind, right.kind} == {"date", "text"}


def _same_choices(one: Type, other: Type) -> None:
    """A text compared with a choice must be one of its values."""
    for choice, text in ((one, other), (other, one)):
        for literal in text.literals:
            if choice.choices and literal not in choice.choices:
                hint = f"{did_you_mean(literal, choice.choices)}Use one of: {', '.join(choice.choices)}."
                raise Misfit(f"'{literal}' is no choice here. {hint}")


def _mixed(left: Type, right: Type) -> str:
    return (
        f"puts {_CALLED[left.kind]} beside {_CALLED[right.kind]}. "
        "A whole number goes with 1, a number with 1.0, a choice with 'text', a list with `in`."
    )


def _want(kind: Kind, part: Expression, scope: Scope, why: str) -> Type:
    found = _type(part, scope)
    if found.kind != kind:
        raise Misfit(f"has {_CALLED[found.kind]} where {_CALLED[kind]} belongs: {why}.")
    return found


def _variable(part: Expression) -> str:
    names = [str(each.children[0]) for each in part.find_data("ident")]
    if len(names) != 1:
        raise Misfit("needs one word for each of the list: rows.all(row, row.x > 0).")
    return names[0]


def _arguments(parts: list[Expression]) -> list[Expression]:
    """The expressions inside brackets."""
    return [
        each for part in parts if part.data == "exprlist" for each in part.children if isinstance(each, Tree)
    ]
