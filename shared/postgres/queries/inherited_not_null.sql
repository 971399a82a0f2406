-- Since v18: what a partition's or child's inherited NOT NULL is called where that is not its parent's name. A table that
-- was attached keeps the name it had; which of the two happened shows nowhere else.
SELECT
    '1259:' || k.conrelid || ':' || k.conkey[1] AS address,
    k.conname::text AS name
FROM pg_constraint k
WHERE k.contype = 'n' AND k.coninhcount > 0 AND k.conrelid >= 16384
    AND NOT EXISTS (
        SELECT FROM pg_inherits i JOIN pg_constraint above ON above.conrelid = i.inhparent AND above.contype = 'n'
        WHERE i.inhrelid = k.conrelid AND above.conname = k.conname
    )
