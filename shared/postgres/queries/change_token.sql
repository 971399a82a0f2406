-- The change token: which catalog rows exist in which version, with no deparse and no join.
-- xmin tells the version of a row; a sum over a set of hashes needs no sort. The seed is the catalog's own oid, which is
-- the same everywhere, or the rest of a key of several columns.
-- All branches have the same three types and nothing but a filter, so the planner makes one flat Append of them: planning
-- forty aggregates took longer than reading what they count.
-- Needs nothing from the tenant: pg_user_mapping and pg_subscription are read through what everybody may see.
WITH here AS (SELECT d.oid FROM pg_database d WHERE d.datname = current_database()),
versions AS (
    SELECT count(*) AS rows, sum(hash_record_extended(ROW(x.key, x.xmin), x.seed)) AS sum FROM (
        SELECT x.oid AS key, 2615::int8 AS seed, x.xmin FROM pg_namespace x
        UNION ALL
        -- Of initdb's objects those that something was granted on: GRANT EXECUTE ON FUNCTION pg_read_file(text).
        SELECT x.oid, 1259::int8, x.xmin FROM pg_class x WHERE x.oid >= 16384 OR x.relacl IS NOT NULL
        UNION ALL
        SELECT x.oid, 2606::int8, x.xmin FROM pg_constraint x WHERE x.oid >= 16384
        UNION ALL
        SELECT x.oid, 2618::int8, x.xmin FROM pg_rewrite x WHERE x.oid >= 16384
        UNION ALL
        SELECT x.oid, 2620::int8, x.xmin FROM pg_trigger x WHERE NOT x.tgisinternal OR x.tgparentid <> 0 OR x.tgenabled <> 'O'
        UNION ALL
        SELECT x.oid, 3256::int8, x.xmin FROM pg_policy x
        UNION ALL
        SELECT x.oid, 1247::int8, x.xmin FROM pg_type x WHERE x.oid >= 16384 OR x.typacl IS NOT NULL
        UNION ALL
        SELECT x.oid, 1255::int8, x.xmin FROM pg_proc x WHERE x.oid >= 16384 OR x.proacl IS NOT NULL
        UNION ALL
        SELECT x.oid, 2617::int8, x.xmin FROM pg_operator x WHERE x.oid >= 16384
        UNION ALL
        SELECT x.oid, 2616::int8, x.xmin FROM pg_opclass x WHERE x.oid >= 16384
        UNION ALL
        SELECT x.oid, 2753::int8, x.xmin FROM pg_opfamily x WHERE x.oid >= 16384
        UNION ALL
        SELECT x.oid, 2602::int8, x.xmin FROM pg_amop x WHERE x.oid >= 16384
        UNION ALL
        SELECT x.oid, 2603::int8, x.xmin FROM pg_amproc x WHERE x.oid >= 16384
        UNION ALL
        SELECT x.oid, 2605::int8, x.xmin FROM pg_cast x WHERE x.oid >= 16384
        UNION ALL
        SELECT x.oid, 2612::int8, x.xmin FROM pg_language x
        UNION ALL
        SELECT x.oid, 3576::int8, x.xmin FROM pg_transform x
        UNION ALL
        SELECT x.oid, 3456::int8, x.xmin FROM pg_collation x WHERE x.oid >= 16384
        UNION ALL
        SELECT x.oid, 2607::int8, x.xmin FROM pg_conversion x WHERE x.oid >= 16384
        UNION ALL
        SELECT x.oid, 3601::int8, x.xmin FROM pg_ts_parser x WHERE x.oid >= 16384
        UNION ALL
        SELECT x.oid, 3764::int8, x.xmin FROM pg_ts_template x WHERE x.oid >= 16384
        UNION ALL
        SELECT x.oid, 3600::int8, x.xmin FROM pg_ts_dict x WHERE x.oid >= 16384
        UNION ALL
        SELECT x.oid, 3602::int8, x.xmin FROM pg_ts_config x WHERE x.oid >= 16384
        UNION ALL
        SELECT x.oid, 2601::int8, x.xmin FROM pg_am x
        UNION ALL
        SELECT x.oid, 2328::int8, x.xmin FROM pg_foreign_data_wrapper x
        UNION ALL
        SELECT x.oid, 1417::int8, x.xmin FROM pg_foreign_server x
        UNION ALL
        SELECT x.oid, 6104::int8, x.xmin FROM pg_publication x
        UNION ALL
        SELECT x.oid, 6106::int8, x.xmin FROM pg_publication_rel x
        UNION ALL
        SELECT x.oid, 3466::int8, x.xmin FROM pg_event_trigger x
        UNION ALL
        SELECT x.oid, 3381::int8, x.xmin FROM pg_statistic_ext x
        UNION ALL
        SELECT x.oid, 3079::int8, x.xmin FROM pg_extension x
        UNION ALL
        SELECT x.oid, 826::int8, x.xmin FROM pg_default_acl x
        UNION ALL
        SELECT x.oid, 1213::int8, x.xmin FROM pg_tablespace x
        UNION ALL
        -- Whoever makes or drops a default marks the column: pg_attrdef says nothing more.
        SELECT x.attrelid, x.attnum::int8, x.xmin FROM pg_attribute x WHERE (x.attrelid >= 16384 OR x.attacl IS NOT NULL) AND x.attnum > 0
        UNION ALL
        SELECT x.indexrelid, 2610::int8, x.xmin FROM pg_index x WHERE x.indexrelid >= 16384
        UNION ALL
        SELECT x.seqrelid, 2224::int8, x.xmin FROM pg_sequence x
        UNION ALL
        SELECT x.inhrelid, x.inhseqno::int8, x.xmin FROM pg_inherits x
        UNION ALL
        SELECT x.oid, 3501::int8, x.xmin FROM pg_enum x
        UNION ALL
        SELECT x.rngtypid, 3541::int8, x.xmin FROM pg_range x WHERE x.rngtypid >= 16384
        UNION ALL
        SELECT x.aggfnoid::oid, 2600::int8, x.xmin FROM pg_aggregate x WHERE x.aggfnoid::oid >= 16384
        UNION ALL
        SELECT x.mapcfg, x.maptokentype::oid::int8 * 65536 + x.mapseqno, x.xmin FROM pg_ts_config_map x WHERE x.mapcfg >= 16384
        UNION ALL
        SELECT x.ftrelid, 3118::int8, x.xmin FROM pg_foreign_table x
        UNION ALL
        SELECT x.partrelid, 3350::int8, x.xmin FROM pg_partitioned_table x
        UNION ALL
        SELECT x.objoid, x.classoid::int8 * 65536 + x.objsubid, x.xmin FROM pg_description x WHERE x.objoid >= 16384
        UNION ALL
        -- initdb's own schema, which users describe.
        SELECT x.objoid, x.classoid::int8 * 65536 + x.objsubid, x.xmin FROM pg_description x WHERE x.objoid = 2200 AND x.classoid = 'pg_namespace'::regclass
        UNION ALL
        SELECT x.objoid, x.classoid::int8 * 65536 + x.objsubid, x.xmin FROM pg_seclabel x
        UNION ALL
        SELECT x.objid, x.classid::int8, x.xmin FROM pg_depend x WHERE x.refclassid = 'pg_extension'::regclass AND x.deptype IN ('e', 'x')
        UNION ALL
        -- The schemas of a publication, in a catalog that version 14 does not have.
        SELECT x.objid, x.refobjid::int8, x.xmin FROM pg_depend x WHERE x.refclassid = 'pg_publication'::regclass
        UNION ALL
        -- The owner of a sequence is written nowhere else.
        SELECT x.objid, x.refobjid::int8 * 65536 + x.refobjsubid, x.xmin FROM pg_depend x
        WHERE x.classid = 'pg_class'::regclass AND x.objid >= 16384 AND x.deptype IN ('a', 'i') AND x.refobjsubid > 0
        UNION ALL
        SELECT x.setdatabase, x.setrole::int8, x.xmin FROM pg_db_role_setting x WHERE x.setdatabase = (SELECT here.oid FROM here)
    ) AS x
)
SELECT concat_ws(' ',
    (SELECT concat(v.rows, ' ', v.sum) FROM versions v),
    -- A backup that is put back counts its transactions anew from where it was; nothing gets there without a restart of
    -- the server or another database. What a role may see differs too.
    (SELECT here.oid FROM here),
    extract(epoch FROM pg_postmaster_start_time()),
    current_user,
    -- Only roles that own something here or were given something: a busy cluster makes and drops others all the time.
    (SELECT sum(hash_record_extended(ROW(r.oid, pg_get_userbyid(r.oid)), 0)) FROM (
        SELECT 10::oid AS oid
        UNION
        SELECT x.refobjid FROM pg_shdepend x WHERE x.dbid = (SELECT here.oid FROM here) AND x.refclassid = 'pg_authid'::regclass
    ) AS r),
    (SELECT concat(count(*), ' ', sum(hash_record_extended(ROW(x.oid, x.subname, x.subenabled, x.subpublications), 0)))
    FROM pg_subscription x WHERE x.subdbid = (SELECT here.oid FROM here))
) AS token,
    -- Where there is a server there may be mappings, which cost more to plan than all the rest: asked for only then.
    EXISTS (SELECT FROM pg_foreign_server) AS with_servers