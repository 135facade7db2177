"""What a proxy has to know of a release to serve its pages with our headers: the policy of its scripts.

`python -m publisher.policy SITE` prints it as an nginx `map`, for docs/operations/nginx.conf to include.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from publisher.static_site import Site

POLICED = r"~(/|\.html|\.svg)$"
"""The addresses whose answers can hold scripts."""


def nginx_map(site: Path) -> str:
    """The Content-Security-Policy of the current release, where it applies."""
    policy = Site(site).policy((site / "current" / "www").resolve(strict=True))
    return f'map $uri $mingbai_policy {{\n    default "";\n    "{POLICED}" "{policy}";\n}}\n'


def main() -> int:
    """Print the map; exit code 4 where nothing is published yet."""
    words = argparse.ArgumentParser("python -m publisher.policy", description=__doc__)
    words.add_argument("site", type=Path, help="the folder that holds `current`")
    try:
        print(nginx_map(words.parse_args().site), end="")
    except OSError:
        print("还没有发布，先运行 build.py。Nothing is published yet; run build.py first.", file=sys.stderr)
        return 4
    return 0


if __name__ == "__main__":
    sys.exit(main())
