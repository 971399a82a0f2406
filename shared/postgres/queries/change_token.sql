-- The change token: which catalog rows exist in which version, with no deparse and no join.
-- xmin tells the version of a row; a sum over a set of hashes needs no sort. Hash of the row (catalog, key, xmin), seed 0.
-- All branches have the same five types and nothing but a filter, so the planner makes one flat Append of them: planning
-- forty aggregates took longer than reading what they count.
-- Needs nothing from the tenant: pg_user_mapping and pg_subscription are read through what everybody may see.
WITH here AS (SELECT d.oid FROM pg_database d WHERE d.datname = current_database()),
versions AS (
    SELECT count(*) AS rows, sum(hash_record_extended(ROW(x.tableoid, x.a, x.b, x.c, x.xmin), 0)) AS sum FROM (
        SELECT x.tableoid, x.oid AS a, 0::oid AS b, 0 AS c, x.xmin FROM pg_namespace x
        UNION ALL
        SELECT x.tableoid, x.oid, 0::oid, 0, x.xmin FROM pg_class x WHERE x.oid >= 16384
        UNION ALL
        SELECT x.tableoid, x.oid, 0::oid, 0, x.xmin FROM pg_constraint x WHERE x.oid >= 16384
        UNION ALL
        SELECT x.tableoid, x.oid, 0::oid, 0, x.xmin FROM pg_rewrite x WHERE x.oid >= 16384
        UNION ALL
        SELECT x.tableoid, x.oid, 0::oid, 0, x.xmin FROM pg_trigger x WHERE NOT x.tgisinternal OR x.tgparentid <> 0
        UNION ALL
        SELECT x.tableoid, x.oid, 0::oid, 0, x.xmin FROM pg_policy x
        UNION ALL
        SELECT x.tableoid, x.oid, 0::oid, 0, x.xmin FROM pg_type x WHERE x.oid >= 16384
        UNION ALL
        SELECT x.tableoid, x.oid, 0::oid, 0, x.xmin FROM pg_proc x WHERE x.oid >= 16384
        UNION ALL
        SELECT x.tableoid, x.oid, 0::oid, 0, x.xmin FROM pg_operator x WHERE x.oid >= 16384
        UNION ALL
        SELECT x.tableoid, x.oid, 0::oid, 0, x.xmin FROM pg_opclass x WHERE x.oid >= 16384
        UNION ALL
        SELECT x.tableoid, x.oid, 0::oid, 0, x.xmin FROM pg_opfamily x WHERE x.oid >= 16384
        UNION ALL
        SELECT x.tableoid, x.oid, 0::oid, 0, x.xmin FROM pg_amop x WHERE x.oid >= 16384
        UNION ALL
        SELECT x.tableoid, x.oid, 0::oid, 0, x.xmin FROM pg_amproc x WHERE x.oid >= 16384
        UNION ALL
        SELECT x.tableoid, x.oid, 0::oid, 0, x.xmin FROM pg_cast x WHERE x.oid >= 16384
        UNION ALL
        SELECT x.tableoid, x.oid, 0::oid, 0, x.xmin FROM pg_language x
        UNION ALL
        SELECT x.tableoid, x.oid, 0::oid, 0, x.xmin FROM pg_transform x
        UNION ALL
        SELECT x.tableoid, x.oid, 0::oid, 0, x.xmin FROM pg_collation x WHERE x.oid >= 16384
        UNION ALL
        SELECT x.tableoid, x.oid, 0::oid, 0, x.xmin FROM pg_conversion x WHERE x.oid >= 16384
        UNION ALL
        SELECT x.tableoid, x.oid, 0::oid, 0, x.xmin FROM pg_ts_parser x WHERE x.oid >= 16384
        UNION ALL
        SELECT x.tableoid, x.oid, 0::oid, 0, x.xmin FROM pg_ts_template x WHERE x.oid >= 16384
        UNION ALL
        SELECT x.tableoid, x.oid, 0::oid, 0, x.xmin FROM pg_ts_dict x WHERE x.oid >= 16384
        UNION ALL
        SELECT x.tableoid, x.oid, 0::oid, 0, x.xmin FROM pg_ts_config x WHERE x.oid >= 16384
        UNION ALL
        SELECT x.tableoid, x.oid, 0::oid, 0, x.xmin FROM pg_am x
        UNION ALL
        SELECT x.tableoid, x.oid, 0::oid, 0, x.xmin FROM pg_foreign_data_wrapper x
        UNION ALL
        SELECT x.tableoid, x.oid, 0::oid, 0, x.xmin FROM pg_foreign_server x
        UNION ALL
        SELECT x.tableoid, x.oid, 0::oid, 0, x.xmin FROM pg_publication x
        UNION ALL
        SELECT x.tableoid, x.oid, 0::oid, 0, x.xmin FROM pg_publication_rel x
        UNION ALL
        SELECT x.tableoid, x.oid, 0::oid, 0, x.xmin FROM pg_event_trigger x
        UNION ALL
        SELECT x.tableoid, x.oid, 0::oid, 0, x.xmin FROM pg_statistic_ext x
        UNION ALL
        SELECT x.tableoid, x.oid, 0::oid, 0, x.xmin FROM pg_extension x
        UNION ALL
        SELECT x.tableoid, x.oid, 0::oid, 0, x.xmin FROM pg_default_acl x
        UNION ALL
        SELECT x.tableoid, x.oid, 0::oid, 0, x.xmin FROM pg_tablespace x
        UNION ALL
        -- Whoever makes or drops a default marks the column: pg_attrdef says nothing more.
        SELECT x.tableoid, x.attrelid, 0::oid, x.attnum::int, x.xmin FROM pg_attribute x WHERE x.attrelid >= 16384 AND x.attnum > 0
        UNION ALL
        SELECT x.tableoid, x.indexrelid, 0::oid, 0, x.xmin FROM pg_index x WHERE x.indexrelid >= 16384
        UNION ALL
        SELECT x.tableoid, x.seqrelid, 0::oid, 0, x.xmin FROM pg_sequence x
        UNION ALL
        SELECT x.tableoid, x.inhrelid, 0::oid, x.inhseqno, x.xmin FROM pg_inherits x
        UNION ALL
        SELECT x.tableoid, x.oid, 0::oid, 0, x.xmin FROM pg_enum x
        UNION ALL
        SELECT x.tableoid, x.rngtypid, 0::oid, 0, x.xmin FROM pg_range x WHERE x.rngtypid >= 16384
        UNION ALL
        SELECT x.tableoid, x.aggfnoid::oid, 0::oid, 0, x.xmin FROM pg_aggregate x WHERE x.aggfnoid::oid >= 16384
        UNION ALL
        SELECT x.tableoid, x.mapcfg, x.maptokentype::oid, x.mapseqno, x.xmin FROM pg_ts_config_map x WHERE x.mapcfg >= 16384
        UNION ALL
        SELECT x.tableoid, x.ftrelid, 0::oid, 0, x.xmin FROM pg_foreign_table x
        UNION ALL
        SELECT x.tableoid, x.partrelid, 0::oid, 0, x.xmin FROM pg_partitioned_table x
        UNION ALL
        SELECT x.tableoid, x.objoid, x.classoid, x.objsubid, x.xmin FROM pg_description x WHERE x.objoid >= 16384
        UNION ALL
        -- initdb's own schema, which users describe.
        SELECT x.tableoid, x.objoid, x.classoid, x.objsubid, x.xmin FROM pg_description x WHERE x.objoid = 2200 AND x.classoid = 'pg_namespace'::regclass
        UNION ALL
        SELECT x.tableoid, x.objoid, x.classoid, x.objsubid, x.xmin FROM pg_seclabel x
        UNION ALL
        SELECT x.tableoid, x.objid, x.classid, 0, x.xmin FROM pg_depend x WHERE x.refclassid = 'pg_extension'::regclass AND x.deptype IN ('e', 'x')
        UNION ALL
        -- The schemas of a publication, in a catalog that version 14 does not have.
        SELECT x.tableoid, x.objid, x.refobjid, 0, x.xmin FROM pg_depend x WHERE x.refclassid = 'pg_publication'::regclass
        UNION ALL
        -- The owner of a sequence is written nowhere else.
        SELECT x.tableoid, x.objid, x.refobjid, x.refobjsubid, x.xmin FROM pg_depend x
        WHERE x.classid = 'pg_class'::regclass AND x.objid >= 16384 AND x.deptype IN ('a', 'i') AND x.refobjsubid > 0
        UNION ALL
        SELECT x.tableoid, x.setdatabase, x.setrole, 0, x.xmin FROM pg_db_role_setting x WHERE x.setdatabase = (SELECT here.oid FROM here)
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
