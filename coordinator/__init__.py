"""Decide what to scan and what the answers mean: command line, configuration, ledger, reports."""
