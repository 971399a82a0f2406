-- A scratch database no longer uses a role or tablespace ($1: which of the two, $2: its name).
SELECT pg_catalog.pg_advisory_unlock_shared(1718641012, pg_catalog.hashtext($1::text || ' ' || $2::text))
