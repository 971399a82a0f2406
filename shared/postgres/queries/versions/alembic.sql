-- Several heads are several rows.
SELECT string_agg(version_num::text, ',' ORDER BY version_num::text COLLATE "C") AS version, false AS dirty FROM ONLY {table}
