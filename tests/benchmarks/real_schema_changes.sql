-- Changes that somebody could make by hand to the database at hand: what it is about, and the statement.
-- A statement may be refused, where something depends on what it drops.
WITH
own AS (
    SELECT c.oid, c.relname, c.relkind, c.oid::regclass AS called FROM pg_class AS c
    WHERE c.relnamespace NOT IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace, 'pg_toast'::regnamespace)
        AND c.relkind IN ('r', 'p', 'v', 'm') AND NOT c.relispartition
        AND NOT EXISTS (SELECT FROM pg_depend AS d WHERE d.objid = c.oid AND d.deptype = 'e')
),
field AS (
    SELECT own.called, a.*, format_type(a.atttypid, a.atttypmod) AS type FROM own JOIN pg_attribute AS a ON a.attrelid = own.oid
    WHERE own.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '' AND a.attidentity = ''
),
change (about, statement) AS (
    SELECT x.relname, format('DROP INDEX %s', i.indexrelid::regclass)
    FROM pg_index AS i JOIN own ON own.oid = i.indrelid JOIN pg_class AS x ON x.oid = i.indexrelid
    WHERE NOT EXISTS (SELECT FROM pg_constraint AS k WHERE k.conindid = i.indexrelid)
    UNION ALL
    SELECT k.conname, format('ALTER TABLE %s DROP CONSTRAINT %I', own.called, k.conname)
    FROM pg_constraint AS k JOIN own ON own.oid = k.conrelid WHERE k.contype IN ('f', 'c', 'u')
    UNION ALL
    SELECT t.tgname, format('DROP TRIGGER %I ON %s', t.tgname, own.called)
    FROM pg_trigger AS t JOIN own ON own.oid = t.tgrelid WHERE NOT t.tgisinternal
    UNION ALL
    SELECT t.tgname, format('ALTER TABLE %s DISABLE TRIGGER %I', own.called, t.tgname)
    FROM pg_trigger AS t JOIN own ON own.oid = t.tgrelid WHERE NOT t.tgisinternal
    UNION ALL
    SELECT attname, format('ALTER TABLE %s ALTER %I DROP DEFAULT', called, attname) FROM field WHERE atthasdef
    UNION ALL
    SELECT attname, format('ALTER TABLE %s ALTER %I DROP NOT NULL', called, attname) FROM field WHERE attnotnull
    UNION ALL
    SELECT attname, format('ALTER TABLE %s ALTER %I TYPE bigint', called, attname) FROM field WHERE type = 'integer'
    UNION ALL
    SELECT attname, format('ALTER TABLE %s ALTER %I TYPE text', called, attname) FROM field WHERE type LIKE 'character varying%'
    UNION ALL
    SELECT attname, format('ALTER TABLE %s ALTER %I SET STATISTICS 77', called, attname) FROM field
    UNION ALL
    SELECT attname, format('ALTER TABLE %s DROP COLUMN %I', called, attname) FROM field
    UNION ALL
    SELECT 'renamed', format('ALTER TABLE %s RENAME COLUMN %I TO renamed', called, attname) FROM field
    UNION ALL
    SELECT 'by_hand', format('CREATE INDEX by_hand_%s ON %s (%I)', attrelid, called, attname) FROM field WHERE attnum = 1
    UNION ALL
    SELECT 'by_hand', format('ALTER TABLE %s ADD by_hand int DEFAULT 1', called) FROM own WHERE relkind = 'r'
    UNION ALL
    SELECT relname, format('ALTER TABLE %s SET (fillfactor = 77)', called) FROM own WHERE relkind = 'r'
    UNION ALL
    SELECT relname, format('COMMENT ON TABLE %s IS %L', called, 'by hand') FROM own WHERE relkind IN ('r', 'p')
    UNION ALL
    SELECT relname, format('DROP VIEW %s', called) FROM own WHERE relkind = 'v'
    UNION ALL
    SELECT relname, format('GRANT SELECT ON %s TO PUBLIC', called) FROM own
    UNION ALL
    SELECT t.typname, format('ALTER TYPE %s ADD VALUE %L', t.oid::regtype, 'by hand')
    FROM pg_type AS t WHERE t.typtype = 'e' AND NOT EXISTS (
        SELECT FROM pg_depend AS d WHERE d.objid = t.oid AND d.deptype = 'e'
    )
    UNION ALL
    SELECT p.proname, format('ALTER FUNCTION %s SECURITY DEFINER', p.oid::regprocedure)
    FROM pg_proc AS p WHERE p.prokind = 'f' AND p.pronamespace NOT IN (
        'pg_catalog'::regnamespace, 'information_schema'::regnamespace
    ) AND NOT EXISTS (SELECT FROM pg_depend AS d WHERE d.objid = p.oid AND d.deptype = 'e')
)
SELECT DISTINCT about::text, statement FROM change ORDER BY statement
