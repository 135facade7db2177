"""Do the parts of a form fit together? What the grammar alone cannot see, field by field and across them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from ledger import letters, patterns
from ledger.cel import NotCel, compile_check
from ledger.cel_types import fits
from ledger.fields import MOST, MOST_PHOTOS, Field
from ledger.problems import did_you_mean
from ledger.strict_yaml import At
from ledger.takedowns import TOLD_ELSEWHERE

if TYPE_CHECKING:
    from ledger.forms import Form, Page

Fault = tuple[At, str]
Names = frozenset[str]

RESERVED_NAMES = frozenset(
    (
        *("rowid", "oid", "_rowid_", "code", "title", "author", "filed_on", "corrected", "withheld"),
        *("kind", "n", "why_corrected"),
    )
)
"""Names that public.db gives to columns of its own, SQLite to every table's hidden one, and corrections to
their reason."""

RESERVED_KINDS = frozenset(
    (
        *("field", "kind", "counted", "release", "correction", "correction_field", "withdrawn", "erased"),
        *("envelope", "certificate", "set_aside", "set_aside_count", "counted_area"),
        *("rowid", "oid"),
    )
)
"""Names of public.db's own tables."""

_FITS = {
    "format": ("string",), "pattern": ("string",), "minLength": ("string",), "maxLength": ("string",),
    "minimum": ("integer", "number"), "maximum": ("integer", "number"),
    "minItems": ("array",), "maxItems": ("array",), "uniqueItems": ("array",), "items": ("array",),
}  # fmt: skip
_PAIRS = (("minLength", "maxLength"), ("minimum", "maximum"), ("minItems", "maxItems"))


def faults(form: Form, unsure: Collection[At] = ()) -> Iterator[Fault]:
    """Everything in a form that contradicts itself.

    `unsure` are the places that the grammar has found wrong already: nothing is concluded from them.
    """
    if form.kind in RESERVED_KINDS or form.kind.startswith("sqlite_") or form.kind.endswith("_fts"):
        yield ("kind",), f"'{form.kind}' is taken by public.db itself. Choose another name."
    unclear = frozenset(str(at[1]) for at in unsure if at[0] == "fields")
    yield from _fields(form.fields, ("fields",), unclear)
    yield from _asked_of(form, unclear)
    yield from _counted(form, unclear)
    yield from _names_one("about", form.about, form, unclear)
    yield from _withheld_with(form, unclear)
    yield from _expressions(form, unclear)
    if ("page",) not in unsure:
        yield from _page(form, unclear)
    yield from _hidden_letters(form)


def _fields(fields: Mapping[str, Field], at: At, unclear: Names = frozenset()) -> Iterator[Fault]:
    for name, field in fields.items():
        here = (*at, name)
        if name in RESERVED_NAMES or name.startswith("sqlite_") or name == "constructor":
            yield here, f"'{name}' is taken by public.db itself. Choose another name, such as 'subject'."
        if name in unclear:
            continue
        yield from _schema(field, here)
        yield from _shape(field, here)
        if not unclear & set(field.only_if or ()):
            yield from _only_if(field, fields, here)
        yield from _publish(field, here)
        if field.each:
            yield from _rows(field, here)


def _schema(field: Field, at: At) -> Iterator[Fault]:
    schema, kind = field.schema, field.schema["type"]
    for word in schema:
        if word in _FITS and kind not in _FITS[word]:
            yield (
                (*at, "schema", word),
                f"belongs to {' and '.join(_FITS[word])}, not to {kind}. Take it out.",
            )
    for least, most in _PAIRS:
        if least in schema and most in schema and schema[least] > schema[most]:
            yield (
                (*at, "schema", least),
                f"is more than {most}. Nothing could be answered; correct one of them.",
            )
    if kind == "integer":
        for word in ("minimum", "maximum"):
            if word in schema and (schema[word] != int(schema[word]) or abs(schema[word]) > MOST):
                yield (*at, "schema", word), "must be a whole number of at most 15 digits."
    for place, part in (("schema", schema), ("items", schema.get("items", {}))):
        where = (*at, "schema", "pattern") if place == "schema" else (*at, "schema", "items", "pattern")
        if "pattern" in part and (said := patterns.fault(part["pattern"])):
            yield where, said
    if "format" in schema and {"pattern", "minLength", "maxLength"} & set(schema):
        yield (
            (*at, "schema", "format"),
            "already says how it is written. Take out pattern, minLength and maxLength.",
        )


def _shape(field: Field, at: At) -> Iterator[Fault]:
    schema, kind = field.schema, field.schema["type"]
    given = [word for word in ("choices", "refers_to", "each") if getattr(field, word)]
    if len(given) > 1:
        yield (*at, given[1]), f"cannot stand beside {given[0]}. Keep one of the two."
    if given and given[0] != "each" and kind not in ("string", "array"):
        yield (*at, given[0]), f"needs schema type string (one answer) or array (several), not {kind}."
    if given and (
        odd := [word for word in ("pattern", "format", "minLength", "maxLength", "items") if word in schema]
    ):
        yield (
            (*at, "schema", odd[0]),
            f"cannot stand beside {given[0]}, which already says what may be answered.",
        )
    if "each" in given and kind != "array":
        yield (*at, "each"), "needs schema type array."
    if field.unique and not given:
        yield (*at, "unique"), "belongs to a group of rows. Take it out, or add each with the rows' fields."
    elif field.unique and given[0] != "each":
        yield (*at, "unique"), f"belongs to a group of rows, not beside {given[0]}. Take it out."
    if field.brings and not field.refers_to:
        yield (*at, "brings"), "belongs to a field that refers_to other records. Take it out."
    if field.shown_as == "money" and kind != "integer":
        yield (*at, "shown_as"), f"money is kept in whole cents: write schema {{type: integer}}, not {kind}."
    if field.shown_as == "long" and (kind != "string" or given or "format" in schema):
        yield (*at, "shown_as"), "long is for free text. Take it out."
    if field.shown_as == "photos":
        yield from _photos(field, at)
    if field.unit and kind not in ("integer", "number"):
        yield (*at, "unit"), "belongs to numbers. Take it out."


def _photos(field: Field, at: At) -> Iterator[Fault]:
    """A photo is named by its digest and kept beside the ledger; it leaves whole or not at all."""
    schema = field.schema
    if schema["type"] != "array" or field.choices or field.refers_to or field.each:
        yield (*at, "shown_as"), "photos needs schema {type: array} and nothing beside it."
        return
    if odd := [word for word in ("items", "uniqueItems") if word in schema]:
        yield (*at, "schema", odd[0]), "is settled by shown_as: photos already. Take it out."
    for word in ("minItems", "maxItems"):
        if schema.get(word, 1) > MOST_PHOTOS:
            yield (*at, "schema", word), f"is more than {MOST_PHOTOS} photos, which is the most. Lower it."
    if schema.get("maxItems") == 0:
        yield (*at, "schema", "maxItems"), "is 0. Nothing could be answered; raise it or take the field out."
    if field.publish not in ("never", "reviewed", "full"):
        yield (*at, "publish"), f"{field.publish} cannot be said of a photo. Use never, reviewed or full."


def not_brought(field: Field, other: Form) -> Iterator[tuple[str, str]]:
    """What a list cannot bring with the records of another form: no field of it, or not open to everybody."""
    for name in field.brings:
        if name not in other.fields:
            yield name, f"'{name}' is no field of {other.kind}. {_choose(name, other.fields)}"
        elif other.fields[name].type == "photos":
            yield name, f"'{name}' of {other.kind} are photos, which no list carries. Take it out."
        elif not other.fields[name].is_open:
            yield name, f"'{name}' of {other.kind} is not always publish: full. Take it out; phones keep it."


def _only_if(field: Field, siblings: Mapping[str, Field], at: At) -> Iterator[Fault]:
    if not field.only_if:
        return
    (name, value), here = next(iter(field.only_if.items())), (*at, "only_if")
    if name not in siblings:
        yield here, f"there is no field '{name}' beside it. {_choose(name, siblings)}"
        return
    order = list(siblings)
    other = siblings[name]
    if order.index(name) >= order.index(field.name):
        yield here, f"'{name}' must be asked before. Move it above '{field.name}'."
    kind = other.schema["type"]
    if kind not in ("string", "integer", "boolean") or other.refers_to:
        yield here, f"'{name}' is no yes or no, choice, text or whole number. Choose such a field."
    elif other.choices and value not in other.choices:
        yield here, f"'{value}' is no choice of '{name}'. {_choose(str(value), other.choices)}"
    elif kind != {str: "string", bool: "boolean", int: "integer"}[type(value)]:
        yield here, f"'{name}' is a {kind}, so it never has the value {value!r}."


def _publish(field: Field, at: At) -> Iterator[Fault]:
    if field.shown_as == "photos":
        return
    schema, plain_list = field.schema, field.schema["type"] == "array" and not field.each
    texts = (schema["type"] == "string" or plain_list) and not field.choices
    needs = {
        "village": (field.refers_to == "grid", "refers_to: grid"),
        "month": (
            schema.get("format") in ("date", "date-time"),
            "a date: schema {type: string, format: date}",
        ),
        "surname": (texts and not field.refers_to and "format" not in schema, "a person's name as text"),
    }
    fits, wanted = needs.get(field.publish, (True, ""))
    if not fits:
        yield (*at, "publish"), f"{field.publish} needs {wanted}. Use another policy."


def _rows(group: Field, at: At) -> Iterator[Fault]:
    yield from _fields(group.each, (*at, "each"))
    yield from _unique(group, (*at, "unique"))
    for name, field in group.each.items():
        here = (*at, "each", name)
        if field.each:
            yield (*here, "each"), "a group cannot hold another group. Make it a kind of its own."
        if field.shown_as == "photos":
            yield (*here, "shown_as"), f"belongs to the record as a whole. Move it out of '{group.name}'."
        for word in ("forget_after", "publish_when", "written_by"):
            if getattr(field, word):
                yield (*here, word), f"belongs to the group as a whole. Move it up to '{group.name}'."


def _unique(group: Field, at: At) -> Iterator[Fault]:
    if group.unique is None:
        return
    if group.unique not in group.each:
        yield at, f"a row has no '{group.unique}'. {_choose(group.unique, group.each)}"
    elif (kind := group.each[group.unique].schema["type"]) not in ("string", "integer"):
        yield at, f"'{group.unique}' is {kind}. Name a text, a whole number, a choice or one reference."


def _counted(form: Form, unclear: Names) -> Iterator[Fault]:
    rows = [
        ((name, "each", row), each) for name, field in form.fields.items() for row, each in field.each.items()
    ]
    for at, field in [*(((name,), field) for name, field in form.fields.items()), *rows]:
        if field.publish != "counted" or at[0] in unclear:
            continue
        here = ("fields", *at, "publish")
        if field.refers_to and not (field.type == "reference" and field.refers_to == "grid" and len(at) == 1):
            yield (
                here,
                "counted is for numbers, choices and yes or no, and for one grid; no other reference. "
                "Use another policy.",
            )
        elif field.refers_to and (shown := [each.name for each in form.published]):
            yield (
                here,
                "counted is for numbers, choices and yes or no, and for a grid where no record is public: "
                f"here '{shown[0]}' is. Use village.",
            )


def _asked_of(form: Form, unclear: Names) -> Iterator[Fault]:
    for name, field in form.fields.items():
        here = ("fields", name, "written_by")
        if name in unclear or not field.written_by or not form.written_by:
            continue
        if strangers := [role for role in field.written_by if role not in form.written_by]:
            yield here, f"'{strangers[0]}' may not file this kind. Use some of: {', '.join(form.written_by)}."
        elif field.required and set(field.written_by) != set(form.written_by):
            yield here, "cannot stand beside required: who is not asked could never file. Take one out."


def _names_one(word: str, name: str | None, form: Form, unclear: Names) -> Iterator[Fault]:
    """The file says by a field which record it belongs to."""
    if name is None or name in unclear:
        return
    if name not in form.fields:
        yield (word,), f"there is no field '{name}'. {_choose(name, form.fields)}"
    elif form.fields[name].type != "reference":
        yield (
            (word,),
            f"'{name}' must refer to one record. Give it refers_to and schema {{type: string}}.",
        )


def _withheld_with(form: Form, unclear: Names) -> Iterator[Fault]:
    yield from _names_one("withheld_with", form.withheld_with, form, unclear)
    asked = form.fields.get(form.withheld_with or "")
    if asked and asked.name not in unclear and asked.refers_to == form.kind:
        yield (
            ("withheld_with",),
            f"'{asked.name}' refers to this same kind. Name a field that refers to another kind.",
        )


def _expressions(form: Form, unclear: Names) -> Iterator[Fault]:
    for number, check in enumerate(form.checks):
        yield from _expression(check.that, form, unclear, ("checks", number, "that"))
    if form.publish_when:
        yield from _expression(form.publish_when, form, unclear, ("publish_when",))
    for name, field in form.fields.items():
        if field.publish_when:
            yield from _expression(field.publish_when, form, unclear, ("fields", name, "publish_when"))
            if field.publish in ("never", "counted"):
                yield (
                    ("fields", name, "publish_when"),
                    f"means nothing beside publish: {field.publish}. Take it out.",
                )
    if form.keep_when_withheld and not (form.publish_when or form.withheld_with):
        yield (
            ("keep_when_withheld",),
            "means nothing without publish_when or withheld_with. Add one, or take this out.",
        )
    yield from _seen(form.keep_when_withheld, form, ("keep_when_withheld",))


def _expression(that: str, form: Form, unclear: Names, at: At) -> Iterator[Fault]:
    try:
        check = compile_check(that)
    except NotCel as error:
        yield at, str(error)
        return
    names = check.names
    unknown = [name for name in names if name not in form.fields]
    for name in unknown:
        yield at, f"names '{name}', which is no field of this form. {_choose(name, form.fields)}"
    if not names:
        yield at, "names no field, so it says nothing about a record. Name one."
    elif not unknown and not unclear & set(names) and (said := fits(check.tree, form.fields)):
        yield at, said


def _page(form: Form, unclear: Names) -> Iterator[Fault]:
    page = form.page
    if page is None:
        if form.kind in TOLD_ELSEWHERE:
            return
        shows = [field.name for field in form.published if field.name not in unclear]
        if shows:
            yield (), f"publishes '{shows[0]}' but has no page. Add page: with title, columns and sort."
        return
    if any(sign in page.text for sign in ("{{", "}}", "{%", "{#")):
        yield (
            ("page", "title"),
            "holds more than text and {{ field }} places. Write each place as {{ name }}.",
        )
    yield from _seen(page.places, form, ("page", "title"))
    yield from _seen([page.sort.removeprefix("-")], form, ("page", "sort"))
    for word in ("columns", "facets", "search"):
        yield from _seen(getattr(page, word), form, ("page", word))
    yield from _page_kinds(
        page, {name: field.type for name, field in form.fields.items() if name not in unclear}
    )


def _page_kinds(page: Page, kinds: Mapping[str, str]) -> Iterator[Fault]:
    sort = page.sort.removeprefix("-")
    if kinds.get(sort) in ("group", "choices", "references", "strings", "long"):
        yield ("page", "sort"), f"'{sort}' has several values or long text. Sort by another field."
    for name in page.facets:
        if kinds.get(name) in ("group", "long"):
            yield ("page", "facets"), f"'{name}' has too many values to filter by. Take it out."
    for name in page.search:
        if kinds.get(name) not in ("string", "long", "strings", "uri", None):
            yield ("page", "search"), f"'{name}' is not free text. Take it out; a filter (facets) finds it."


def _seen(names: Iterable[str], form: Form, at: At) -> Iterator[Fault]:
    """Names that the public sees: they must be fields, with a column."""
    for name in names:
        if name not in form.fields:
            yield at, f"names '{name}', which is no field of this form. {_choose(name, form.fields)}"
        elif form.fields[name].publish in ("never", "counted"):
            policy = form.fields[name].publish
            yield at, f"names '{name}', which is publish: {policy}. Take it out; the public sees this."
        elif form.fields[name].type == "photos":
            yield at, f"names '{name}', which are photos. Take it out; they stand on the record's own page."


def _hidden_letters(form: Form) -> Iterator[Fault]:
    """Labels, hints and messages with letters nobody can see."""
    texts: list[tuple[At, Mapping[str, str] | None]] = [
        (("label",), form.label),
        (("description",), form.description),
        (("page", "group"), form.page.group if form.page else None),
    ]
    for at, field in _walk(form.fields, ("fields",)):
        texts += [((*at, "label"), field.label), ((*at, "hint"), field.hint)]
        texts += [((*at, "choices", value), label) for value, label in field.choices.items()]
    texts += [(("checks", number, "say"), check.say) for number, check in enumerate(form.checks)]
    for at, label in texts:
        for lang, text in (label or {}).items():
            if said := letters.fault(text):
                yield (
                    (*at, lang),
                    f"holds a letter that cannot be seen or is not NFC ({said}). Type it again.",
                )


def _walk(fields: Mapping[str, Field], at: At) -> Iterator[tuple[At, Field]]:
    for name, field in fields.items():
        yield (*at, name), field
        yield from _walk(field.each, (*at, name, "each"))


def _choose(word: str, known: Mapping[str, Any]) -> str:
    return f"{did_you_mean(word, known)}There are: {', '.join(known)}."
