"""Every message the system says, in Chinese and English, out of content/words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from ledger.problems import Problem, Problems, did_you_mean
from ledger.strict_yaml import Source, read_yaml

_KEY = re.compile(r"[a-z][a-z0-9_]*(\.[a-z0-9_]+)+\Z")
_BEGINS = re.compile(r"^([a-z][a-z0-9_]*(?:\.[a-z0-9_]+)+):", re.M)
_PLACE = re.compile(r"\{([a-z_]+)\}")


@dataclass(frozen=True)
class Words:
    """All messages by key; `say` fills in the places."""

    messages: Mapping[str, Mapping[str, str]]

    def say(self, key: str, lang: str = "zh", **params: object) -> str:
        """One message. A parameter that is itself said in two languages is taken in the right one."""
        if key not in self.messages:
            hint = did_you_mean(key, self.messages)
            raise Problems([Problem("content/words", key, f"is not there. {hint}Add it with zh and en.")])
        text = self.messages[key][lang]
        if "{" not in text:  # most messages have no place, and a page says a hundred of them
            return text
        parts = _parts(text)
        try:
            return "".join([_said(params[part], lang) if n & 1 else part for n, part in enumerate(parts)])
        except KeyError:
            missing = sorted(set(parts[1::2]) - params.keys())
            raise Problems(
                [Problem("content/words", key, f"needs {', '.join(missing)}. Give it where it is said.")]
            ) from None

    def both(self, key: str, **params: object) -> dict[str, str]:
        """One message in both languages, as the wire carries it."""
        return {lang: self.say(key, lang, **params) for lang in ("zh", "en")}


@cache
def _parts(text: str) -> tuple[str, ...]:
    """A message taken apart once: what stands between its places, and after each the name of a place."""
    return tuple(_PLACE.split(text))


def _said(param: object, lang: str) -> str:
    if isinstance(param, str):  # nearly always, and a Mapping is slow to ask for
        return param
    return str(param.get(lang, "")) if isinstance(param, Mapping) else str(param)


def load_words(content: Path) -> Words:
    """Read content/words/*.yaml; all faults of all files at once."""
    words, problems = sound_words(content)
    if problems:
        raise Problems(problems)
    return words


def sound_words(content: Path) -> tuple[Words, list[Problem]]:
    """The words that can be said, and all faults of all files: a check goes on with what is sound.

    Where a message cannot be read its key stands for it, so that nobody calls it missing.
    """
    problems: list[Problem] = []
    messages: dict[str, Mapping[str, str]] = {}
    home: dict[str, str] = {}
    for path in sorted((content / "words").glob("*.yaml")):
        try:
            source = read_yaml(path)
        except Problems as found:
            problems += found.problems
            seen = path.read_text("utf-8", "replace") if path.is_file() else ""
            messages |= {key: {"zh": key, "en": key} for key in _BEGINS.findall(seen) if key not in messages}
            continue
        problems += _faults(source)
        for key, message in (source.value if isinstance(source.value, dict) else {}).items():
            if key in home:
                problems.append(source.problem((key,), f"is already in {home[key]}. Keep one of the two."))
            home.setdefault(key, source.path)
            messages.setdefault(key, message if _is_said(message) else {"zh": key, "en": key})
    return Words(messages), problems


def _is_said(message: object) -> bool:
    return isinstance(message, dict) and all(isinstance(message.get(lang), str) for lang in ("zh", "en"))


def _faults(source: Source) -> list[Problem]:
    if not isinstance(source.value, dict):
        return [source.problem((), "must be a mapping from keys to {zh: …, en: …}.")]
    problems = []
    for key, message in source.value.items():
        if not _KEY.match(key):
            problems.append(source.problem((key,), "is not a key. Use dotted lower case: problem.required."))
        if not isinstance(message, dict) or set(message) != {"zh", "en"}:
            problems.append(source.problem((key,), "must be said in both languages: {zh: …, en: …}."))
        elif not all(isinstance(text, str) and text.strip() for text in message.values()):
            problems.append(source.problem((key,), "must be text in both languages."))
        elif set(_PLACE.findall(message["zh"])) != set(_PLACE.findall(message["en"])):
            problems.append(
                source.problem((key,), "names different {places} in zh and en. Use the same in both.")
            )
    return problems
