"""Measurements that take longer than a test may: `python -m tests.benchmarks --help`.

Why the raw numbers are kept apart from the tables: a table shows medians, the file of `--csv` everything.
"""
