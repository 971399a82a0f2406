SELECT max(version) FILTER (WHERE success)::text AS version, COALESCE(bool_or(NOT success), false) AS dirty FROM ONLY {table}
