"""Speed as ratios measured in one run: `python -m tests.bench`, with `--write` for docs/benchmarks.md."""
