-- A scratch database uses a role or tablespace ($1: which of the two, $2: its name). 1718641012 is "fldt" in ASCII.
SELECT pg_catalog.pg_advisory_lock_shared(1718641012, pg_catalog.hashtext($1::text || ' ' || $2::text))
