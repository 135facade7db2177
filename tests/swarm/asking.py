"""Any request that docs/openapi.yaml allows, and many that it does not: strategies for hypothesis."""

from __future__ import annotations

import gzip
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from hypothesis import strategies as st

from tests.swarm.api import Operation, Schema, operations, resolved

JUNK = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63)
    | st.floats(allow_nan=False)
    | st.text(max_size=8)
    | st.sampled_from(
        ["", "\x00", "\u202e", "a\u0301" * 9, "‮", "../../etc", "= 1+1", "9" * 30, "𠮷", "null"]
    ),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=5,
)
"""Anything JSON can say."""


@dataclass(frozen=True)
class Asked:
    """One request, still without a signature. `device` says who signs, an index into those there are."""

    operation: Operation
    target: str
    headers: Mapping[str, str]
    body: bytes
    device: int
    spoilt: bool


@dataclass
class Known:
    """What is there, so that requests also meet it: values for a parameter by its name, and real bodies."""

    values: Mapping[str, Sequence[str]] = field(default_factory=dict)
    bodies: Mapping[str, Sequence[Any]] = field(default_factory=dict)


def of(schema: Schema) -> st.SearchStrategy[Any]:
    """Values that a schema allows, for the keywords that the document uses."""
    schema = resolved(schema)
    if "const" in schema:
        return st.just(schema["const"])
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    if "anyOf" in schema:
        return st.one_of([of(each) for each in schema["anyOf"]])
    types = schema.get("type", "object")
    if isinstance(types, list):
        return st.one_of([of({**schema, "type": each}) for each in types])
    return _of_type(types, schema)


def _of_type(name: str, schema: Schema) -> st.SearchStrategy[Any]:
    if name == "object":
        parts = schema.get("properties", {})
        need = set(schema.get("required", ()))
        return st.fixed_dictionaries(
            {each: of(parts.get(each, {"type": "string"})) for each in need},
            optional={each: of(part) for each, part in parts.items() if each not in need},
        )
    if name == "array":
        items = of(schema.get("items", {"type": "string"}))
        return st.lists(items, min_size=schema.get("minItems", 0), max_size=min(schema.get("maxItems", 4), 4))
    if name == "string":
        if "pattern" in schema:
            return st.from_regex(schema["pattern"].replace("$", r"\Z"))
        return st.text(min_size=schema.get("minLength", 0), max_size=min(schema.get("maxLength", 40), 40))
    if name == "integer":
        return st.integers(schema.get("minimum", -(2**53)), schema.get("maximum", 2**53))
    return {"boolean": st.booleans(), "null": st.none()}[name]


def requests(known: Known) -> st.SearchStrategy[Asked]:
    """Any request to any operation."""
    return st.one_of([_request(operation, known) for operation in operations()])


def _request(operation: Operation, known: Known) -> st.SearchStrategy[Asked]:
    wheres = [each for each in operation.parameters if each["in"] in ("path", "query", "header")]
    given = {each["name"]: _parameter(each, known) for each in wheres}
    optional = [each["name"] for each in wheres if each["in"] != "path"]

    def make(
        values: Mapping[str, Any],
        leave: set[str],
        body: bytes,
        more: Mapping[str, str],
        who: tuple[int, bool],
    ) -> Asked:
        path, query, headers = operation.path, [], dict(more)
        for each in wheres:
            name, value = each["name"], str(values[each["name"]])
            if each["in"] == "path":
                path = path.replace(f"{{{name}}}", quote(value, safe="") or "-")
            elif name not in leave and each["in"] == "query":
                query.append(f"{name}={quote(value, safe='')}")
            elif name not in leave:
                headers[name] = value.encode("ascii", "replace").decode()
        if body and headers.get("Content-Encoding") == "gzip":
            body = gzip.compress(body, 1)
        return Asked(operation, path + ("?" + "&".join(query) if query else ""), headers, body, *who)

    return st.builds(
        make,
        st.fixed_dictionaries(given),
        st.sets(st.sampled_from(optional)) if optional else st.just(set()),
        bodies(operation, known),
        st.sampled_from(HEADERS),
        st.tuples(st.integers(0, 9), st.sampled_from((*(False,) * 19, True))),
    )


HEADERS: Sequence[Mapping[str, str]] = (
    *({},) * 6,
    {"Accept-Language": "en"},
    {"Content-Encoding": "gzip"},
    {"Content-Encoding": "br"},
    {"Accept-Language": ",;q=x," * 20, "Content-Type": "text/plain"},
    {"If-None-Match": "*", "Range": "bytes=0-1"},
)


def _parameter(said: Mapping[str, Any], known: Known) -> st.SearchStrategy[Any]:
    """Mostly what is meant or what is there; now and then anything that travels in an address."""
    right = of(said["schema"])
    there = known.values.get(said["name"])
    if there:
        right = st.sampled_from(there) | right
    return right | right | st.text(st.characters(codec="utf-8"), max_size=12)


def bodies(operation: Operation, known: Known) -> st.SearchStrategy[bytes]:
    """A body as it should be, one with something else in some place, one with other bytes, or any bytes."""
    if operation.body is None:
        return st.just(b"") | st.just(b"") | st.binary(max_size=20)
    if operation.body[0] != "application/json":
        there = [each for each in known.bodies.get(str(operation), ()) if isinstance(each, bytes)]
        return st.binary(max_size=200) | mutated(st.sampled_from(there or [b"x"]))
    value = of(operation.body[1])
    if there := known.bodies.get(str(operation)):
        value = st.sampled_from(there) | st.sampled_from(there) | value
    other = st.tuples(value, st.integers(0, 99), JUNK).map(lambda each: replaced(*each))
    text = (value | other | other).map(_bytes)
    return text | text | text | mutated(text) | JUNK.map(_bytes)


def _bytes(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=True).encode()


def replaced(value: Any, n: int, junk: Any) -> Any:
    """A JSON value with something else in the nth of its places."""
    places = list(_places(value, ()))
    return _put(value, places[n % len(places)], junk)


def _places(value: Any, at: tuple[Any, ...]) -> Any:
    yield at
    pairs = (
        value.items() if isinstance(value, Mapping) else enumerate(value) if isinstance(value, list) else ()
    )
    for key, part in pairs:
        yield from _places(part, (*at, key))


def _put(value: Any, at: tuple[Any, ...], junk: Any) -> Any:
    if not at:
        return junk
    if isinstance(value, Mapping):
        return {**value, at[0]: _put(value[at[0]], at[1:], junk)}
    return [_put(part, at[1:], junk) if n == at[0] else part for n, part in enumerate(value)]


def mutated(whole: st.SearchStrategy[bytes]) -> st.SearchStrategy[bytes]:
    """Bytes of which some are others, more, fewer, or there twice."""
    change = st.tuples(
        st.sampled_from(("flip", "cut", "end", "put", "twice")), st.integers(0, 2**20), st.integers(0, 255)
    )
    return st.tuples(whole, st.lists(change, min_size=1, max_size=4)).map(lambda each: changed(*each))


def changed(data: bytes, changes: Sequence[tuple[str, int, int]]) -> bytes:
    """These bytes after a few changes, each at a place and with a byte."""
    for how, place, byte in changes:
        at = place % (len(data) + 1)
        if how == "flip" and data:
            at %= len(data)
            data = data[:at] + bytes([data[at] ^ (byte or 1)]) + data[at + 1 :]
        elif how == "cut":
            data = data[:at] + data[at + 1 + byte % 16 :]
        elif how == "end":
            data = data[:at]
        elif how == "put":
            data = data[:at] + bytes([byte]) * (1 + byte % 5) + data[at:]
        else:
            data = data[:at] + data[max(0, at - 1 - byte % 40) :]
    return data
