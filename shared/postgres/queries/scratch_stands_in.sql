-- Whether this server has stand-ins in the place of extensions that read files or open connections: a caged server
-- of ours (shared/embedded/stand_ins/files.py) looks for extensions in a folder of this name before all others.
SELECT COALESCE(
    pg_catalog.split_part(pg_catalog.current_setting('extension_control_path', true), ':', 1) LIKE '/%/fleetdrift_instead',
    false
)
