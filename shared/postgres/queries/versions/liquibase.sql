-- A changeset is known by its author and its id.
SELECT (array_agg(author::text || ':' || id::text ORDER BY orderexecuted DESC))[1] AS version, false AS dirty FROM ONLY {table}
