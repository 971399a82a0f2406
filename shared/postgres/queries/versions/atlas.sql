SELECT
    max(version::text COLLATE "C") AS version,
    COALESCE(bool_or(applied < total OR COALESCE(error::text, '') <> ''), false) AS dirty
FROM ONLY {table}
