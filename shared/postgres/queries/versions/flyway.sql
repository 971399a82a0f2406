-- Repeatable migrations have no version; a failed row stays until `flyway repair`.
SELECT
    (array_agg(version::text ORDER BY installed_rank DESC) FILTER (WHERE success AND version IS NOT NULL))[1] AS version,
    COALESCE(bool_or(NOT success), false) AS dirty
FROM ONLY {table}
