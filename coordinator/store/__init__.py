"""Scans, ledgers, tenants, reports and blobs, in PostgreSQL, in a namespace of their own."""
