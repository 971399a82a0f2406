"""Throw-away servers that are started from installed packages: PostgreSQL (`postgres`) and a Redis (`redis`).

They serve the scratch copy, the demo and the tests. Nothing else knows where the binaries come from.
"""
