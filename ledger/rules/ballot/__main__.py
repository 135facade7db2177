"""The recount for anyone: python -m ledger.rules.ballot FILE."""

import sys

from ledger.rules.ballot.recount import main

sys.exit(main())
