SELECT max(version)::text AS version, COALESCE(bool_or(dirty), false) AS dirty FROM ONLY {table}
