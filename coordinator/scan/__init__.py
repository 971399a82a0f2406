"""One scan from declaration to report."""
