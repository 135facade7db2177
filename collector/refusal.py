"""What the collector says when it cannot do what was asked: RFC 9457 problems, in Chinese or English."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from starlette.responses import Response

from ledger.records import AnswerProblem
from ledger.strict_json import write_json
from ledger.words import Words


class Refusal(Exception):
    """A request that is not answered as asked. `key` is its message, and with its dots its problem type."""

    def __init__(
        self,
        status: int,
        key: str,
        pointer: str | None = None,
        headers: Mapping[str, str] | None = None,
        **params: object,
    ) -> None:
        super().__init__(status, key, pointer, headers)
        self.status = status
        self.key = key
        self.pointer = pointer
        self.headers = dict(headers or {})
        self.params = params


def problem_json(refusal: Refusal, words: Words, lang: str) -> Response:
    """The refusal as application/problem+json."""
    said = say_both(words, refusal.key, refusal.params)
    body = {
        "type": f"mingbai:{refusal.key.replace('.', '/')}",
        "title": _TITLES.get(refusal.status, "Error"),
        "status": refusal.status,
        "detail": said[lang],
        "errors": [{"pointer": refusal.pointer or "", "say": said}],
    }
    return Response(
        write_json(body).encode(),
        refusal.status,
        {**refusal.headers, "Content-Language": lang},
        "application/problem+json",
    )


def said_problems(words: Words, problems: Iterable[AnswerProblem]) -> list[dict[str, Any]]:
    """Problems of a record as they travel."""
    return [{"pointer": p.pointer, "say": say_both(words, p.key, p.params)} for p in problems]


def say_both(words: Words, key: str, params: Mapping[str, Any]) -> dict[str, str]:
    """A message in both languages; a missing one never keeps a phone from its answer."""
    try:
        return words.both(key, **params)
    except Exception:
        return {"zh": key, "en": key}


def preferred(accept: str | None) -> str:
    """zh unless English is asked for first.

    >>> preferred("en-GB,zh;q=0.5"), preferred("zh-CN"), preferred(None)
    ('en', 'zh', 'zh')
    """
    ranges: Sequence[str] = [part.split(";")[0].strip().lower() for part in (accept or "").split(",")]
    known = [part[:2] for part in ranges if part[:2] in ("zh", "en")]
    return known[0] if known else "zh"


_TITLES = {
    400: "Bad request",
    401: "Not signed as it should be",
    403: "Not allowed",
    404: "Not found",
    405: "Method not allowed",
    408: "Too slow",
    409: "Not in order",
    413: "Too large",
    415: "Encoding not known",
    421: "Wrong host",
    422: "Not what it says it is",
    429: "Too many tries",
    431: "Head too long",
    500: "Our fault",
    503: "Not now",
}
