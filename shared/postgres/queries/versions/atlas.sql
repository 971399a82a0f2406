-- Atlas marks a migration before it runs it; what begins with a dot is a note of its own, not a version.
SELECT
    COALESCE(min(version::text COLLATE "C") FILTER (WHERE unfinished), max(version::text COLLATE "C")) AS version,
    COALESCE(bool_or(unfinished), false) AS dirty
FROM (
    SELECT version, applied < total OR COALESCE(error::text, '') <> '' AS unfinished
    FROM ONLY {table}
    WHERE version::text NOT LIKE '.%'
) AS revisions
