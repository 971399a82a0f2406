"""Rules that judge the changes of a diff and make findings: one file per rule in `rules/`; its id never changes."""
