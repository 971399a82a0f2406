-- Whether this server has a stand-in for an extension: it has a version by which it is known
-- (shared/embedded/stand_ins/files.py).
SELECT EXISTS (
    SELECT FROM pg_catalog.pg_available_extension_versions WHERE name = $1::name AND version = 'stand-in'
)
