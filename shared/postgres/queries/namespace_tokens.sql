-- The change token of each namespace, by its number: as change_token.sql, which says why each row is there, but summed by what
-- they belong to. Under 0 stands what belongs to no namespace and goes into every token; so does whatever has no place here.
, versions AS (
    SELECT x.number, count(*) AS rows, sum(hash_record_extended(ROW(x.key, x.xmin), x.seed)) AS sum FROM (
        SELECT s.number, x.oid AS key, 2615::int8 AS seed, x.xmin FROM pg_namespace x JOIN space s ON s.oid = x.oid
        UNION ALL
        SELECT r.number, x.oid, 1259::int8, x.xmin FROM pg_class x JOIN relation r ON r.oid = x.oid WHERE x.oid >= 16384 OR x.relacl IS NOT NULL
        UNION ALL
        SELECT r.number, x.oid, 1259::int8, x.xmin FROM pg_class x JOIN relation r ON r.reltoastrelid = x.oid WHERE x.oid >= 16384
        UNION ALL
        SELECT s.number, x.oid, 2606::int8, x.xmin FROM pg_constraint x JOIN space s ON s.oid = x.connamespace WHERE x.oid >= 16384
        UNION ALL
        SELECT r.number, x.oid, 2618::int8, x.xmin FROM pg_rewrite x JOIN relation r ON r.oid = x.ev_class WHERE x.oid >= 16384
        UNION ALL
        SELECT r.number, x.oid, 2620::int8, x.xmin FROM pg_trigger x JOIN relation r ON r.oid = x.tgrelid
        WHERE NOT x.tgisinternal OR x.tgparentid <> 0 OR x.tgenabled <> 'O'
        UNION ALL
        SELECT r.number, x.oid, 3256::int8, x.xmin FROM pg_policy x JOIN relation r ON r.oid = x.polrelid
        UNION ALL
        SELECT s.number, x.oid, 1247::int8, x.xmin FROM pg_type x JOIN space s ON s.oid = x.typnamespace WHERE x.oid >= 16384 OR x.typacl IS NOT NULL
        UNION ALL
        SELECT s.number, x.oid, 1255::int8, x.xmin FROM pg_proc x JOIN space s ON s.oid = x.pronamespace WHERE x.oid >= 16384 OR x.proacl IS NOT NULL
        UNION ALL
        SELECT s.number, x.oid, 2617::int8, x.xmin FROM pg_operator x JOIN space s ON s.oid = x.oprnamespace WHERE x.oid >= 16384
        UNION ALL
        SELECT s.number, x.oid, 2616::int8, x.xmin FROM pg_opclass x JOIN space s ON s.oid = x.opcnamespace WHERE x.oid >= 16384
        UNION ALL
        SELECT s.number, x.oid, 2753::int8, x.xmin FROM pg_opfamily x JOIN space s ON s.oid = x.opfnamespace WHERE x.oid >= 16384
        UNION ALL
        SELECT s.number, x.oid, 3456::int8, x.xmin FROM pg_collation x JOIN space s ON s.oid = x.collnamespace WHERE x.oid >= 16384
        UNION ALL
        SELECT s.number, x.oid, 2607::int8, x.xmin FROM pg_conversion x JOIN space s ON s.oid = x.connamespace WHERE x.oid >= 16384
        UNION ALL
        SELECT s.number, x.oid, 3601::int8, x.xmin FROM pg_ts_parser x JOIN space s ON s.oid = x.prsnamespace WHERE x.oid >= 16384
        UNION ALL
        SELECT s.number, x.oid, 3764::int8, x.xmin FROM pg_ts_template x JOIN space s ON s.oid = x.tmplnamespace WHERE x.oid >= 16384
        UNION ALL
        SELECT s.number, x.oid, 3600::int8, x.xmin FROM pg_ts_dict x JOIN space s ON s.oid = x.dictnamespace WHERE x.oid >= 16384
        UNION ALL
        SELECT s.number, x.oid, 3602::int8, x.xmin FROM pg_ts_config x JOIN space s ON s.oid = x.cfgnamespace WHERE x.oid >= 16384
        UNION ALL
        SELECT s.number, x.oid, 3381::int8, x.xmin FROM pg_statistic_ext x JOIN space s ON s.oid = x.stxnamespace
        UNION ALL
        SELECT COALESCE(s.number, 0::oid), x.oid, 826::int8, x.xmin FROM pg_default_acl x LEFT JOIN space s ON s.oid = x.defaclnamespace
        UNION ALL
        SELECT r.number, x.attrelid, x.attnum::int8, x.xmin FROM pg_attribute x JOIN relation r ON r.oid = x.attrelid
        WHERE (x.attrelid >= 16384 OR x.attacl IS NOT NULL) AND x.attnum > 0
        UNION ALL
        SELECT r.number, x.indexrelid, 2610::int8, x.xmin FROM pg_index x JOIN relation r ON r.oid = x.indexrelid WHERE x.indexrelid >= 16384
        UNION ALL
        SELECT r.number, x.seqrelid, 2224::int8, x.xmin FROM pg_sequence x JOIN relation r ON r.oid = x.seqrelid
        UNION ALL
        SELECT r.number, x.inhrelid, x.inhseqno::int8, x.xmin FROM pg_inherits x JOIN relation r ON r.oid = x.inhrelid
        UNION ALL
        SELECT s.number, x.oid, 3501::int8, x.xmin FROM pg_enum x JOIN pg_type t ON t.oid = x.enumtypid JOIN space s ON s.oid = t.typnamespace
        UNION ALL
        SELECT s.number, x.rngtypid, 3541::int8, x.xmin FROM pg_range x JOIN pg_type t ON t.oid = x.rngtypid JOIN space s ON s.oid = t.typnamespace
        WHERE x.rngtypid >= 16384
        UNION ALL
        SELECT s.number, x.aggfnoid::oid, 2600::int8, x.xmin FROM pg_aggregate x JOIN pg_proc p ON p.oid = x.aggfnoid JOIN space s ON s.oid = p.pronamespace
        WHERE x.aggfnoid::oid >= 16384
        UNION ALL
        SELECT r.number, x.ftrelid, 3118::int8, x.xmin FROM pg_foreign_table x JOIN relation r ON r.oid = x.ftrelid
        UNION ALL
        SELECT r.number, x.partrelid, 3350::int8, x.xmin FROM pg_partitioned_table x JOIN relation r ON r.oid = x.partrelid
        UNION ALL
        SELECT COALESCE(o.number, 0::oid), x.objoid, x.classoid::int8 * 65536 + x.objsubid, x.xmin
        FROM pg_description x LEFT JOIN object o ON o.class = x.classoid AND o.oid = x.objoid
        WHERE x.objoid >= 16384 OR x.objoid = 2200 AND x.classoid = 'pg_namespace'::regclass
        UNION ALL
        SELECT COALESCE(o.number, 0::oid), x.objoid, x.classoid::int8 * 65536 + x.objsubid, x.xmin
        FROM pg_seclabel x LEFT JOIN object o ON o.class = x.classoid AND o.oid = x.objoid
        UNION ALL
        SELECT r.number, x.objid, x.refobjid::int8 * 65536 + x.refobjsubid, x.xmin FROM pg_depend x JOIN relation r ON r.oid = x.objid
        WHERE x.classid = 'pg_class'::regclass AND x.objid >= 16384 AND x.deptype IN ('a', 'i') AND x.refobjsubid > 0
        UNION ALL
        SELECT 0::oid, x.oid, x.seed, x.xmin FROM (
            SELECT x.oid, 2602::int8 AS seed, x.xmin FROM pg_amop x WHERE x.oid >= 16384
            UNION ALL SELECT x.oid, 2603::int8, x.xmin FROM pg_amproc x WHERE x.oid >= 16384
            UNION ALL SELECT x.oid, 2605::int8, x.xmin FROM pg_cast x WHERE x.oid >= 16384
            UNION ALL SELECT x.oid, 2612::int8, x.xmin FROM pg_language x
            UNION ALL SELECT x.oid, 3576::int8, x.xmin FROM pg_transform x
            UNION ALL SELECT x.oid, 2601::int8, x.xmin FROM pg_am x
            UNION ALL SELECT x.oid, 2328::int8, x.xmin FROM pg_foreign_data_wrapper x
            UNION ALL SELECT x.oid, 1417::int8, x.xmin FROM pg_foreign_server x
            UNION ALL SELECT x.oid, 6104::int8, x.xmin FROM pg_publication x
            UNION ALL SELECT x.oid, 6106::int8, x.xmin FROM pg_publication_rel x
            UNION ALL SELECT x.oid, 3466::int8, x.xmin FROM pg_event_trigger x
            UNION ALL SELECT x.oid, 3079::int8, x.xmin FROM pg_extension x
            UNION ALL SELECT x.oid, 1213::int8, x.xmin FROM pg_tablespace x
            UNION ALL SELECT x.mapcfg, x.maptokentype::oid::int8 * 65536 + x.mapseqno, x.xmin FROM pg_ts_config_map x WHERE x.mapcfg >= 16384
            UNION ALL SELECT x.objid, x.classid::int8, x.xmin FROM pg_depend x WHERE x.refclassid = 'pg_extension'::regclass AND x.deptype IN ('e', 'x')
            UNION ALL SELECT x.objid, x.refobjid::int8, x.xmin FROM pg_depend x WHERE x.refclassid = 'pg_publication'::regclass
            UNION ALL SELECT x.setdatabase, x.setrole::int8, x.xmin FROM pg_db_role_setting x WHERE x.setdatabase = (SELECT here.oid FROM here)
        ) AS x
    ) AS x
    GROUP BY x.number
),
role AS (
    SELECT r.number, sum(hash_record_extended(ROW(r.oid, pg_get_userbyid(r.oid)), 0)) AS sum FROM (
        SELECT 0::oid AS number, 10::oid AS oid
        UNION
        SELECT COALESCE(o.number, 0::oid), x.refobjid
        FROM pg_shdepend x LEFT JOIN object o ON o.class = x.classid AND o.oid = x.objid
        WHERE x.dbid = (SELECT here.oid FROM here) AND x.refclassid = 'pg_authid'::regclass
    ) AS r
    GROUP BY r.number
)
SELECT v.number, v.rows, concat_ws(' ', v.rows, v.sum, r.sum,
    CASE WHEN v.number = 0 THEN concat_ws(' ',
        (SELECT concat(here.oid, ' ', here.datdba) FROM here),
        extract(epoch FROM pg_postmaster_start_time()),
        current_user,
        (SELECT concat(count(*), ' ', sum(hash_record_extended(ROW(x.oid, x.subname, x.subenabled, x.subpublications), 0)))
        FROM pg_subscription x WHERE x.subdbid = (SELECT here.oid FROM here))
    ) END) AS token,
    v.number = 0 AND EXISTS (SELECT FROM pg_foreign_server) AS with_servers
FROM versions v
LEFT JOIN role r ON r.number = v.number
