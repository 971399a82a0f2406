"""Patches of the declaring files that accept drift: after them, the database is what they declare."""
