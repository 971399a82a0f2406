"""The store: what the coordinator keeps in its own PostgreSQL database (scans, ledgers, tenants, reports, blobs)."""
