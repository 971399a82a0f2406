SELECT current_setting('server_version') AS server,
       extract(epoch FROM clock_timestamp())::float8 AS now,
       to_regclass('fleetdrift.migrations') IS NOT NULL AS has_tables,
       has_database_privilege(current_database(), 'CREATE') AS may_create
