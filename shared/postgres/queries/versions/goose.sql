-- Going down adds a row, so a version counts by its newest row.
SELECT max(v.version_id) FILTER (WHERE v.is_applied)::text AS version, false AS dirty
FROM (SELECT DISTINCT ON (version_id) version_id, is_applied FROM ONLY {table} ORDER BY version_id, id DESC) AS v
