-- Repeatable migrations have no version, and are named by their script; a failed row stays until `flyway repair`.
SELECT
    COALESCE(
        (array_agg(COALESCE(version::text, script::text) ORDER BY installed_rank) FILTER (WHERE NOT success))[1],
        (array_agg(version::text ORDER BY installed_rank DESC) FILTER (WHERE success AND version IS NOT NULL))[1]
    ) AS version,
    COALESCE(bool_or(NOT success), false) AS dirty
FROM ONLY {table}
