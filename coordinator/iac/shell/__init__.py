"""Reads shell commands, never runs them: which SQL they would pass to a database, and what of them cannot be known."""
