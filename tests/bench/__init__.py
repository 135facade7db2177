"""Speed as ratios measured in one run: `python -m tests.bench` prints them, `--write` keeps them in docs/benchmarks.md."""
