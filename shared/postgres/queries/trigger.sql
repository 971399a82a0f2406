-- Triggers that enforce a foreign key are the constraint's. Clones on partitions only follow their parent's; before v15
-- they were called internal, though one can be enabled or disabled by itself.
SELECT
    '2620:' || g.oid || ':0' AS address,
    r.namespace,
    r.name AS parent,
    g.tgname::text AS name,
    pg_get_triggerdef(g.oid) AS definition,
    CASE g.tgenabled WHEN 'D' THEN 'disabled' WHEN 'R' THEN 'replica' WHEN 'A' THEN 'always' END AS enabled,
    NULLIF(g.tgparentid <> 0, false) AS partition_child,
    -- The first condition is computed once: hardly any database ties anything to an extension (deptype x).
    CASE WHEN EXISTS (SELECT FROM pg_depend d WHERE d.refclassid = 'pg_extension'::regclass AND d.deptype = 'x') THEN NULLIF(ARRAY(
        SELECT e.extname::text
        FROM pg_depend d JOIN pg_extension e ON e.oid = d.refobjid
        WHERE d.classid = 'pg_trigger'::regclass AND d.objid = g.oid AND d.refclassid = 'pg_extension'::regclass AND d.deptype = 'x'
        ORDER BY e.extname COLLATE "C"
    ), '{}') END AS depends_on_extensions
FROM relation r
JOIN pg_trigger g ON g.tgrelid = r.oid
LEFT JOIN pg_constraint k ON k.oid = g.tgconstraint
WHERE NOT g.tgisinternal OR (g.tgparentid <> 0 AND (k.oid IS NULL OR k.contype = 't'))
