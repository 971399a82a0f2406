-- What a build of PostgreSQL can do, and which extensions it could create.
SELECT
    pg_catalog.current_setting('server_version') AS version,
    -- Collation `unicode` is there without ICU as well (v16); initdb adds the others only where the build has it.
    EXISTS (SELECT FROM pg_catalog.pg_collation WHERE collname = 'und-x-icu') AS icu,
    (SELECT 'lz4' = ANY (enumvals) FROM pg_catalog.pg_settings WHERE name = 'default_toast_compression') AS lz4,
    ARRAY(SELECT name::text FROM pg_catalog.pg_available_extensions ORDER BY 1) AS extensions,
    -- A stand-in has a version by which it is known (shared/embedded/stand_ins/files.py).
    ARRAY(
        SELECT name::text FROM pg_catalog.pg_available_extension_versions WHERE version = 'stand-in' ORDER BY 1
    ) AS stand_ins
