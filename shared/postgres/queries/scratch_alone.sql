-- A scratch database that is alone on its server: if the server crashes, it is its fault.
SELECT pg_catalog.pg_advisory_lock(1718641013)
