"""The install step: hatchling calls this hook, and the phone app is built before the package is."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

sys.path.insert(0, str(Path(__file__).parent))
from collector import app


class AppHook(BuildHookInterface):  # type: ignore[type-arg]
    """Builds the phone app; asks pip for a Node only where none on PATH will do."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        return [app.NODE_WHEEL] if app.needs_node_from_pip(Path(self.root)) else []

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        root = Path(self.root)
        app.build(root, say=self.app.display_info)
        if version != "editable" and app.built(root).is_dir():
            build_data["force_include"][str(app.built(root))] = "collector/pwa/dist"
