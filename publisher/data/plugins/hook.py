"""Datasette's hook marker with its types kept, so that our hooks stay checked functions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

from datasette import hookimpl

F = TypeVar("F", bound=Callable[..., Any])


def hook(function: F) -> F:
    """Mark a function of ours as an answer to Datasette's hook of the same name."""
    return cast(F, hookimpl(function))


def last(function: F) -> F:
    """The same, but asked after everyone else: what it sets is what stays set."""
    return cast(F, hookimpl(function, trylast=True))
