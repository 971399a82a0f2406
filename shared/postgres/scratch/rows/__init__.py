"""Generated rows on a scratch copy: which values there are, how tables are filled, and what became of the rows."""
