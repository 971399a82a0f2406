"""The only code that talks to PostgreSQL: tenants (hardened, read-only) and scratch databases (ours, unprivileged).

`connection` and `session` open and guard, `introspect` and `fingerprint` read, `observe` is one tenant's read,
`scratch` holds the throw-away databases in which both sides are spelt by one server.
"""
