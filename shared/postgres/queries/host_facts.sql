-- What a server says of itself and of the role that asks, as one line of JSON: how `fleetdrift doctor` looks at a host. `closed` are the
-- databases to which the role may not connect.
SELECT json_build_object(
    'version', current_setting('server_version'),
    'role', current_user,
    'encrypted', coalesce((SELECT s.ssl FROM pg_stat_ssl s WHERE s.pid = pg_backend_pid()), false),
    'now', extract(epoch FROM clock_timestamp()),
    'connections', (SELECT r.rolconnlimit FROM pg_roles r WHERE r.rolname = current_user),
    'closed', coalesce((
        SELECT json_agg(d.datname ORDER BY d.datname) FROM pg_database d
        WHERE d.datallowconn AND NOT d.datistemplate AND NOT has_database_privilege(d.oid, 'CONNECT')), '[]'::json)
)::text
