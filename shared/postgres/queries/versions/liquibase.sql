SELECT (array_agg(id::text ORDER BY orderexecuted DESC))[1] AS version, false AS dirty FROM ONLY {table}
