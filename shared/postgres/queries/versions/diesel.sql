SELECT max(version::text COLLATE "C") AS version, false AS dirty FROM ONLY {table}
