-- A scratch database that others may stand beside. 1718641013 is one more than the key of lent names.
SELECT pg_catalog.pg_advisory_lock_shared(1718641013)
