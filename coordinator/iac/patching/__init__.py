"""Patches that keep drift: edits of the files that declare the schema."""
