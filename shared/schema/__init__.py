"""The canonical schema: what a tenant's database is declared to be, or was observed to be.

`model` says what PostgreSQL objects are, `schema` what a set of them is, `canonical` how it is hashed.
"""
