-- What belongs to an extension, of the kinds that ALTER EXTENSION ... ADD and DROP give to one and take from it by hand.
-- A fact beside the schema: whether an object that is missing, or that nobody declares, is there as a member.
SELECT
    e.extname::text AS extension,
    CASE p.prokind WHEN 'a' THEN 'aggregate' ELSE 'routine' END AS kind,
    n.nspname::text AS namespace,
    p.proname::text AS name,
    array_to_string(ARRAY(
        SELECT format_type(a.type, NULL) FROM unnest(p.proargtypes) WITH ORDINALITY AS a(type, position) ORDER BY a.position
    ), ', ') AS signature
FROM pg_depend d
JOIN pg_extension e ON e.oid = d.refobjid AND e.extname <> 'plpgsql'
JOIN pg_proc p ON p.oid = d.objid
JOIN pg_namespace n ON n.oid = p.pronamespace
WHERE d.refclassid = 'pg_extension'::regclass AND d.deptype = 'e' AND d.classid = 'pg_proc'::regclass
UNION ALL
SELECT
    e.extname::text,
    CASE c.relkind
        WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized_view' WHEN 'S' THEN 'sequence' WHEN 'f' THEN 'foreign_table' ELSE 'table'
    END,
    n.nspname::text,
    c.relname::text,
    ''
FROM pg_depend d
JOIN pg_extension e ON e.oid = d.refobjid AND e.extname <> 'plpgsql'
JOIN pg_class c ON c.oid = d.objid AND c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f')
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE d.refclassid = 'pg_extension'::regclass AND d.deptype = 'e' AND d.classid = 'pg_class'::regclass
UNION ALL
SELECT
    e.extname::text,
    CASE t.typtype
        WHEN 'c' THEN 'composite_type' WHEN 'd' THEN 'domain_type' WHEN 'e' THEN 'enum_type' WHEN 'r' THEN 'range_type' ELSE 'base_type'
    END,
    n.nspname::text,
    t.typname::text,
    ''
FROM pg_depend d
JOIN pg_extension e ON e.oid = d.refobjid AND e.extname <> 'plpgsql'
JOIN pg_type t ON t.oid = d.objid AND t.typtype IN ('b', 'c', 'd', 'e', 'r')
JOIN pg_namespace n ON n.oid = t.typnamespace
WHERE d.refclassid = 'pg_extension'::regclass AND d.deptype = 'e' AND d.classid = 'pg_type'::regclass
