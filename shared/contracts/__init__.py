"""Read what Rust services expect of their database, and judge it against a shape.

The pure part: PostgreSQL is asked about queries in `shared/postgres/scratch/contract_check.py`.
"""
