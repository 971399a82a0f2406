"""Reads tenants: catalogs to snapshots, fingerprints and change tokens."""
