SELECT max(version)::text AS version, false AS dirty FROM ONLY {table}
