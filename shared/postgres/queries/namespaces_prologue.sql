-- Which namespace everything belongs to, for the change tokens of namespaces and for what they refer to in each other.
WITH here AS (SELECT d.oid, d.datdba FROM pg_database d WHERE d.datname = current_database()),
space AS MATERIALIZED (
    -- 0 stands for what belongs to no namespace of a user's. Toast (99) lies with its table; temporary tables come and go.
    SELECT n.oid, CASE WHEN n.oid >= 16384 OR n.oid = 2200 THEN n.oid ELSE 0::oid END AS number
    FROM pg_namespace n
    WHERE n.oid <> 99 AND n.nspname NOT LIKE 'pg\_temp\_%' AND n.nspname NOT LIKE 'pg\_toast\_temp\_%'
),
relation AS MATERIALIZED (
    SELECT c.oid, s.number, c.relkind, c.reltoastrelid FROM pg_class c JOIN space s ON s.oid = c.relnamespace
)
,
object AS MATERIALIZED (
    SELECT 1259::oid AS class, r.oid, r.number FROM relation r WHERE r.oid >= 16384
    UNION ALL SELECT 1247, x.oid, s.number FROM pg_type x JOIN space s ON s.oid = x.typnamespace WHERE x.oid >= 16384
    UNION ALL SELECT 1255, x.oid, s.number FROM pg_proc x JOIN space s ON s.oid = x.pronamespace WHERE x.oid >= 16384
    UNION ALL SELECT 2606, x.oid, s.number FROM pg_constraint x JOIN space s ON s.oid = x.connamespace WHERE x.oid >= 16384
    UNION ALL SELECT 2615, s.oid, s.number FROM space s WHERE s.number <> 0
    UNION ALL SELECT 2618, x.oid, r.number FROM pg_rewrite x JOIN relation r ON r.oid = x.ev_class WHERE x.oid >= 16384
    UNION ALL SELECT 2620, x.oid, r.number FROM pg_trigger x JOIN relation r ON r.oid = x.tgrelid WHERE NOT x.tgisinternal
    -- What enforces a foreign key hangs on the tables of both sides, and is the constraint's.
    UNION ALL SELECT 2620, x.oid, s.number FROM pg_trigger x JOIN pg_constraint k ON k.oid = x.tgconstraint JOIN space s ON s.oid = k.connamespace WHERE x.tgisinternal
    UNION ALL SELECT 3256, x.oid, r.number FROM pg_policy x JOIN relation r ON r.oid = x.polrelid
    UNION ALL SELECT 2604, x.oid, r.number FROM pg_attrdef x JOIN relation r ON r.oid = x.adrelid WHERE x.oid >= 16384
    UNION ALL SELECT 3381, x.oid, s.number FROM pg_statistic_ext x JOIN space s ON s.oid = x.stxnamespace
    UNION ALL SELECT 2617, x.oid, s.number FROM pg_operator x JOIN space s ON s.oid = x.oprnamespace WHERE x.oid >= 16384
    UNION ALL SELECT 2616, x.oid, s.number FROM pg_opclass x JOIN space s ON s.oid = x.opcnamespace WHERE x.oid >= 16384
    UNION ALL SELECT 2753, x.oid, s.number FROM pg_opfamily x JOIN space s ON s.oid = x.opfnamespace WHERE x.oid >= 16384
    UNION ALL SELECT 2602, x.oid, s.number FROM pg_amop x JOIN pg_opfamily f ON f.oid = x.amopfamily JOIN space s ON s.oid = f.opfnamespace WHERE x.oid >= 16384
    UNION ALL SELECT 2603, x.oid, s.number FROM pg_amproc x JOIN pg_opfamily f ON f.oid = x.amprocfamily JOIN space s ON s.oid = f.opfnamespace WHERE x.oid >= 16384
    UNION ALL SELECT 3456, x.oid, s.number FROM pg_collation x JOIN space s ON s.oid = x.collnamespace WHERE x.oid >= 16384
    UNION ALL SELECT 2607, x.oid, s.number FROM pg_conversion x JOIN space s ON s.oid = x.connamespace WHERE x.oid >= 16384
    UNION ALL SELECT 3600, x.oid, s.number FROM pg_ts_dict x JOIN space s ON s.oid = x.dictnamespace WHERE x.oid >= 16384
    UNION ALL SELECT 3601, x.oid, s.number FROM pg_ts_parser x JOIN space s ON s.oid = x.prsnamespace WHERE x.oid >= 16384
    UNION ALL SELECT 3602, x.oid, s.number FROM pg_ts_config x JOIN space s ON s.oid = x.cfgnamespace WHERE x.oid >= 16384
    UNION ALL SELECT 3764, x.oid, s.number FROM pg_ts_template x JOIN space s ON s.oid = x.tmplnamespace WHERE x.oid >= 16384
)
