-- A migration that failed stands there without success; it is the one to name.
SELECT
    COALESCE(min(version) FILTER (WHERE NOT success), max(version))::text AS version,
    COALESCE(bool_or(NOT success), false) AS dirty
FROM ONLY {table}
