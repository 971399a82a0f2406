"""Rules judge changes: one file per rule in `rules/`, ids are for ever."""
