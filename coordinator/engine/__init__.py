"""Runs a ledger's work through Redis: sends batches, collects answers, shares connections between scans."""
