SELECT
    '2606:' || k.oid || ':0' AS address,
    r.namespace,
    r.name AS parent,
    k.conname::text AS name,
    CASE k.contype
        WHEN 'p' THEN 'primary_key' WHEN 'u' THEN 'unique' WHEN 'c' THEN 'check'
        WHEN 'f' THEN 'foreign_key' WHEN 'x' THEN 'exclusion' WHEN 'n' THEN 'not_null'
    END AS type,
    pg_get_constraintdef(k.oid) AS definition,
    NULLIF(ARRAY(
        SELECT a.attname::text FROM unnest(k.conkey) WITH ORDINALITY AS key(attnum, position)
        JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = key.attnum ORDER BY key.position
    ), '{}') AS columns,
    CASE WHEN k.confrelid <> 0 THEN (
        SELECT json_build_object('namespace', n.name, 'name', f.relname)
        FROM pg_class f JOIN naming n ON n.oid = f.relnamespace WHERE f.oid = k.confrelid
    ) END AS "references",
    CASE WHEN k.confrelid <> 0 THEN ARRAY(
        SELECT a.attname::text FROM unnest(k.confkey) WITH ORDINALITY AS key(attnum, position)
        JOIN pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = key.attnum ORDER BY key.position
    ) END AS referenced_columns,
    NULLIF(k.convalidated, true) AS validated,
    NULLIF(k.conislocal, true) AS local,
    NULLIF(k.coninhcount > 0, false) AS inherited,
    NULLIF(k.conparentid <> 0, false) AS partition_child,
    CASE WHEN ic.reloptions IS NOT NULL THEN ARRAY(SELECT o FROM unnest(ic.reloptions) AS o ORDER BY o COLLATE "C") END AS index_options,
    CASE WHEN ic.reltablespace <> 0 THEN (SELECT ts.spcname::text FROM pg_tablespace ts WHERE ts.oid = ic.reltablespace) END AS index_tablespace,
    NULLIF(i.indisclustered, false) AS index_clustered,
    NULLIF(i.indisreplident, false) AS index_replica_identity,
    NULLIF(i.indisvalid AND i.indisready AND i.indislive, true) AS index_valid,
    -- A foreign key is enforced by triggers on both tables; 'R' fires for replicated rows alone.
    CASE WHEN k.contype = 'f' AND EXISTS (
        SELECT FROM pg_trigger t WHERE t.tgconstraint = k.oid AND t.tgisinternal AND t.tgenabled IN ('D', 'R')
    ) THEN false END AS enforced,
    ic.reloptions::text AS raw_options
FROM relation r
JOIN pg_constraint k ON k.conrelid = r.oid
-- A foreign key's conindid is the index of the table it refers to, which is not its own.
LEFT JOIN relation ic ON ic.oid = k.conindid AND k.contype IN ('p', 'u', 'x')
LEFT JOIN pg_index i ON i.indexrelid = ic.oid
WHERE r.relkind IN ('r', 'p', 'f')
    AND k.contype IN ('p', 'u', 'c', 'f', 'x', 'n')
    -- One row per referenced partition hangs on the foreign key itself: PostgreSQL's bookkeeping, not a constraint.
    AND (k.contype <> 'f' OR k.conparentid = 0 OR k.conrelid IS DISTINCT FROM (
        SELECT p.conrelid FROM pg_constraint p WHERE p.oid = k.conparentid
    ))
    -- v18 gives every NOT NULL a constraint. One with its automatic name, or that only follows its parent's, says
    -- nothing that the column does not. A key of its own makes a partition's local too; it has its parent's name still.
    AND (k.contype <> 'n' OR NOT k.convalidated OR k.connoinherit OR k.conislocal AND k.conname <> (
        SELECT r.name || '_' || a.attname || '_not_null'
        FROM pg_attribute a WHERE a.attrelid = k.conrelid AND a.attnum = k.conkey[1]
    ) AND NOT EXISTS (
        SELECT FROM pg_class c
        JOIN pg_inherits h ON h.inhrelid = c.oid
        JOIN pg_constraint above ON above.conrelid = h.inhparent AND above.contype = 'n' AND above.conname = k.conname
        WHERE c.oid = k.conrelid AND c.relispartition
    ))
