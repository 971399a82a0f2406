-- `parts` is for hashing alone: deparsing asks, for every column, whether its operator class is the default one, which
-- costs half of a fingerprint. What built-in objects alone make up is told by its numbers; oids below 12000 are the same
-- on every server of a major version (FirstUnpinnedObjectId), columns by number because `column` hashes those too.
SELECT
    '1259:' || i.indexrelid || ':0' AS address,
    r.namespace,
    r.name,
    t.name AS "table",
    -- Storage parameters stand in the order they were set in, which is not drift: two and more are sorted.
    CASE WHEN cardinality(r.reloptions) > 1 THEN (
        SELECT replace(
            pg_get_indexdef(i.indexrelid),
            ' WITH (' || string_agg(o.text, ', ' ORDER BY o.position) || ')',
            ' WITH (' || string_agg(o.text, ', ' ORDER BY o.text COLLATE "C") || ')'
        )
        FROM (
            SELECT u.position, quote_ident(split_part(u.o, '=', 1)) || '='
                || CASE WHEN quote_ident(v.value) = v.value THEN v.value ELSE quote_literal(v.value) END AS text
            FROM unnest(r.reloptions) WITH ORDINALITY AS u(o, position)
            CROSS JOIN LATERAL (SELECT substr(u.o, strpos(u.o, '=') + 1) AS value) AS v
        ) AS o
    ) ELSE pg_get_indexdef(i.indexrelid) END AS definition,
    NULLIF((SELECT am.amname::text FROM pg_am am WHERE am.oid = r.relam), 'btree') AS method,
    NULLIF(i.indisunique, false) AS "unique",
    ARRAY(
        SELECT CASE WHEN k.attnum = 0 THEN pg_get_indexdef(i.indexrelid, k.position::int, false) ELSE quote_ident(a.attname) END
        FROM unnest(i.indkey) WITH ORDINALITY AS k(attnum, position)
        LEFT JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum
        WHERE k.position <= i.indnkeyatts
        ORDER BY k.position
    ) AS columns,
    CASE WHEN i.indnatts > i.indnkeyatts THEN ARRAY(
        SELECT quote_ident(a.attname)
        FROM unnest(i.indkey) WITH ORDINALITY AS k(attnum, position)
        JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum
        WHERE k.position > i.indnkeyatts
        ORDER BY k.position
    ) END AS include,
    pg_get_expr(i.indpred, i.indrelid) AS predicate,
    CASE WHEN r.reloptions IS NOT NULL THEN ARRAY(SELECT o FROM unnest(r.reloptions) AS o ORDER BY o COLLATE "C") END AS options,
    CASE WHEN r.reltablespace <> 0 THEN (SELECT ts.spcname::text FROM pg_tablespace ts WHERE ts.oid = r.reltablespace) END AS tablespace,
    -- Invisible to pg_dump, and real: queries do not use an invalid index, writes pay for it.
    NULLIF(i.indisvalid AND i.indisready AND i.indislive, true) AS valid,
    NULLIF(i.indisclustered, false) AS clustered,
    NULLIF(i.indisreplident, false) AS replica_identity,
    special.statistics,
    -- The first condition is computed once: hardly any database ties anything to an extension (deptype x).
    CASE WHEN EXISTS (SELECT FROM pg_depend d WHERE d.refclassid = 'pg_extension'::regclass AND d.deptype = 'x') THEN NULLIF(ARRAY(
        SELECT e.extname::text
        FROM pg_depend d JOIN pg_extension e ON e.oid = d.refobjid
        WHERE d.classid = 'pg_class'::regclass AND d.objid = i.indexrelid AND d.refclassid = 'pg_extension'::regclass AND d.deptype = 'x'
        ORDER BY e.extname COLLATE "C"
    ), '{}') END AS depends_on_extensions,
    CASE WHEN r.relispartition THEN (
        SELECT (
            SELECT json_build_object('namespace', (SELECT n.name FROM naming n WHERE n.oid = p.relnamespace), 'name', p.relname)
            FROM pg_class p WHERE p.oid = h.inhparent
        )
        FROM pg_inherits h WHERE h.inhrelid = i.indexrelid
    ) END AS attached_to,
    CASE
        WHEN i.indisunique OR i.indexprs IS NOT NULL OR i.indpred IS NOT NULL OR special.attrelid IS NOT NULL OR r.relam >= 12000
            OR 12000 <= ANY (i.indclass::oid[]) OR 12000 <= ANY (i.indcollation::oid[])
        THEN pg_get_indexdef(i.indexrelid)
        ELSE concat_ws('/', r.relkind, r.relam, i.indkey, i.indnkeyatts, i.indclass, i.indcollation, i.indoption)
    END AS parts,
    r.reloptions::text AS raw_options
FROM relation r
JOIN pg_index i ON i.indexrelid = r.oid
-- An index lives in its table's namespace; what is missing there is an extension's.
JOIN relation t ON t.oid = i.indrelid
LEFT JOIN (
    -- Statistics targets, and parameters of operator classes, which are a part of the definition.
    SELECT a.attrelid, array_agg(a.attnum || '=' || a.attstattarget ORDER BY a.attnum) FILTER (WHERE a.attstattarget >= 0) AS statistics
    FROM pg_attribute a
    WHERE (a.attstattarget >= 0 OR a.attoptions IS NOT NULL) AND a.attrelid >= 16384
    GROUP BY a.attrelid
) AS special ON special.attrelid = i.indexrelid
WHERE r.relkind IN ('i', 'I')
    AND i.indexrelid NOT IN (SELECT k.conindid FROM pg_constraint k WHERE k.contype IN ('p', 'u', 'x'))
