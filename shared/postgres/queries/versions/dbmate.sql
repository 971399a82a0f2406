-- Rails keeps its versions in a table of this form too.
SELECT max(version::text COLLATE "C") AS version, false AS dirty FROM ONLY {table}
