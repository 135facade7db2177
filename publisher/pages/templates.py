"""The Jinja templates of content/templates: autoescaped, strict, their faults said with file and line."""

from __future__ import annotations

import hashlib
import re
import traceback
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template, TemplateError, TemplateNotFound
from jinja2.runtime import Macro
from markupsafe import Markup, escape

from ledger.problems import Problem, Problems
from ledger.words import Words
from publisher.following.qr import qr
from publisher.glossary.mark import english, explainer, marker
from publisher.pages.compiled import Compiled, Quick
from publisher.pages.lists import Line
from publisher.reading.markup import duration, escaped, nb, paragraphs, value
from publisher.reading.markup import facts as set_out
from publisher.reading.shown import number

_WORD = re.compile(r"""["']((?:site|data|problem)\.[a-z0-9_.]+)["']\s*\|\s*(?:say|en|english)\b""")
_STANDING_IN = re.compile(r"QQ-0000-000(\d)")


Facts = Iterable[tuple[str, str, Any]]


def _standing_in(n: int) -> str:
    """Stands for the nth value while a text is worked out: written as a code, of a year without records."""
    return f"QQ-0000-000{n}"


@dataclass(frozen=True)
class Templates:
    """Every template, ready to render, and one digest over all of them."""

    folder: Path
    environment: Environment
    words: Words
    digest: str
    explained: Callable[[str, str], str] = lambda body, root: body
    """Says at the foot of a page what its terms mean (publisher.glossary)."""

    def named(self, *names: str) -> Template:
        """The first template that is there; a fault in it is a Problem."""
        for name in names:
            try:
                return self.environment.get_template(name)
            except TemplateNotFound as missing:
                if missing.name not in names:
                    raise Problems([self._fault(missing)]) from missing
            except TemplateError as fault:
                raise Problems([self._fault(fault)]) from fault
        raise Problems([Problem("content/templates", names[-1], "is not there. Put it back.")])

    def render(
        self, names: tuple[str, ...], **shared: Mapping[str, Any]
    ) -> Callable[[Mapping[str, Any]], str]:
        """A function from a page's data to its body; what is shared is read as `name.part`.

        The template is read when the first page is made: where none has changed, none is.
        """
        given = {name: SimpleNamespace(**part) for name, part in shared.items()}
        root = str(shared["kind"]["root"]) if "kind" in shared else ""
        chosen = cache(lambda: self.named(*names))

        def rendered(data: Mapping[str, Any]) -> str:
            template = chosen()
            try:
                # What `render` does, but for copying the globals, which no template of ours uses.
                body = "".join(
                    template.root_render_func(template.new_context({**data, **given}, shared=True))
                )
            except Exception:
                body = faulty(template, data)
            return self.explained(body, root)

        def faulty(template: Template, data: Mapping[str, Any]) -> str:
            try:
                return template.render(data, **given)
            except (TemplateError, TypeError, ValueError, ArithmeticError, LookupError) as fault:
                raise Problems([self._fault(fault)]) from fault

        return rendered

    def faults(self) -> list[Problem]:
        """Every template that cannot be read, and every word one speaks that is not there."""
        found: list[Problem] = []
        for path in sorted(self.folder.glob("*.html")):
            try:
                self.named(path.name)
            except Problems as fault:
                found += fault.problems
            for n, line in enumerate(path.read_text("utf-8").splitlines(), 1):
                for key in _WORD.findall(line):
                    if key not in self.words.messages:
                        what = f"'{key}' is in no file of content/words. Add it with zh and en."
                        found.append(Problem(f"content/templates/{path.name}:{n}", "", what))
        return found

    def _fault(self, fault: Exception) -> Problem:
        frames = [
            f for f in traceback.extract_tb(fault.__traceback__) if Path(f.filename).parent == self.folder
        ]
        line = getattr(fault, "lineno", None) or (frames[-1].lineno if frames else None)
        name = getattr(fault, "name", None) or (Path(frames[-1].filename).name if frames else "")
        where = f"content/templates/{name}" + (f":{line}" if line else "")
        said = getattr(fault, "message", None) or str(fault)
        return Problem(where, "", f"{said}. Mend the template; docs/publishing.md lists what it is given.")


def load_templates(
    content: Path, words: Words, lang: str, cache: Path | None = None, program: str = ""
) -> Templates:
    """Read content/templates; what they say comes through the filter `say` out of content/words.

    What they compile to is kept in `cache` for the next build by this very `program`.
    """
    folder = content / "templates"
    digest = _digest(folder)
    environment = Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        cache_size=-1,
        bytecode_cache=Compiled(cache, program, digest, lang, words.messages) if cache else None,
    )
    environment.template_class = Quick
    environment.globals.clear()  # none is used, and every import of a template looks through them

    def say(key: str, **params: object) -> str:
        return words.say(key, lang, **params)

    def icon(name: str) -> Markup:
        return Markup((folder / "icons" / f"{name}.svg").read_text("utf-8").strip())

    term = marker(words)

    def both(key: str | Mapping[str, str]) -> Markup:
        """The English beside the Chinese, by its key in words or as a label."""
        return english(words.both(key) if isinstance(key, str) else key)

    def in_english(key: str, **params: object) -> str:
        return words.say(key, "en", **params)

    labels: dict[str, Markup] = {}  # there are a few hundred, and ten thousand pages say them

    def labelled(text: str, known: Mapping[str, str]) -> Markup:
        if text not in labels:
            labels[text] = Markup(escape(term(text))) + (
                english({"en": known[text]}) if text in known else ""
            )
        return labels[text]

    def told(facts: Facts, known: Mapping[str, str], root: str) -> Markup:
        return set_out(facts, lambda text: labelled(text, known), root)

    moulds: dict[tuple[str | int, ...], tuple[Any, str, list[int]]] = {}

    def filled(said: Macro, *given: Any, **values: str) -> Markup:
        """What a macro says of some values, worked out once for what is given, then only filled in.

        It must set the values as they are, or with `nb`, and decide nothing by them.
        """
        key = (said.name, *[each if isinstance(each, str) else id(each) for each in given])
        if key not in moulds:
            text = str(said(*given, **{name: _standing_in(n) for n, name in enumerate(values)}))
            text = text.replace("%", "%%")
            parts = _STANDING_IN.split(text) if values else [text]
            mould, places = "%s".join(parts[::2]), [int(part) for part in parts[1::2]]
            moulds[key] = given, mould, places  # what is given is kept, and so its id
        _, mould, places = moulds[key]
        safe = [escaped(each) for each in values.values()]
        return Markup(mould % tuple([safe[place] for place in places]))

    def lines(rows: Iterable[Line], said: Callable[..., str]) -> Markup:
        """The lines of a list, each made for the first list that has it."""
        for row in rows:
            if row.said is None:
                row.said = said(*row)
        return Markup("".join([row.said or "" for row in rows]))

    # Filters of constants are worked out when a template is compiled: words and icons cost a page nothing.
    environment.filters |= {
        "say": say,
        "icon": icon,
        "term": term,
        "en": both,
        "english": in_english,
        "set_out": told,
        "filled": filled,
        "lines": lines,
    }
    pieces = {
        "nb": nb,
        "value": value,
        "paragraphs": paragraphs,
        "duration": duration,
        "number": number,
        "qr": qr,
    }
    environment.filters |= pieces
    return Templates(folder, environment, words, digest, explainer(words, lang))


def _digest(folder: Path) -> str:
    digest = hashlib.blake2b(digest_size=16)
    for path in sorted(each for each in folder.rglob("*") if each.is_file()):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()
