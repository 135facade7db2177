"""The office's work on the server: python -m collector COMMAND."""

from __future__ import annotations

import gc
import sys


def main(argv: list[str] | None = None) -> int:
    """Load the commands, then run one; its exit code."""
    gc.disable()  # nothing is garbage while modules load: looking for it is a twelfth of a start
    from collector import commands

    gc.freeze()
    gc.enable()
    return commands.main(argv)


if __name__ == "__main__":
    sys.exit(main())
