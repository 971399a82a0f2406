"""Three Rust services with databases of their own, drifts of every kind, and PostgreSQL as the checker's judge.

`services/` holds the services: sources, migrations, rows, and `calls.toml`, which says by hand what each call sends and
reads. `mutations` makes drifts, `oracle` runs every call before and after each, `score` compares with what
`fleetdrift contracts check` says. `python -m tests.corpus` prints the score.
"""
