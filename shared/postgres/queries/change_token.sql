-- The change token: which catalog rows exist in which version, with no deparse and no join.
-- xmin tells the version of a row; a sum over a set of hashes needs no sort. Hash of the row (oid, xmin), seed 0.
-- Needs nothing from the tenant: pg_user_mapping and pg_subscription are read through what everybody may see.
SELECT encode(sha256(convert_to(string_agg(c.catalog || ' ' || c.rows || ' ' || COALESCE(c.sum, 0), ',' ORDER BY c.catalog COLLATE "C"), 'UTF8')), 'hex')
FROM (
    SELECT 'pg_namespace' AS catalog, count(*) AS rows, sum(hash_record_extended(ROW(x.oid, x.xmin), 0)) AS sum FROM pg_namespace x
    UNION ALL
    SELECT 'pg_class' AS catalog, count(*) AS rows, sum(hash_record_extended(ROW(x.oid, x.xmin), 0)) AS sum FROM pg_class x WHERE x.oid >= 16384
    UNION ALL
    SELECT 'pg_attrdef' AS catalog, count(*) AS rows, sum(hash_record_extended(ROW(x.oid, x.xmin), 0)) AS sum FROM pg_attrdef x WHERE x.oid >= 16384
    UNION ALL
    SELECT 'pg_constraint' AS catalog, count(*) AS rows, sum(hash_record_extended(ROW(x.oid, x.xmin), 0)) AS sum FROM pg_constraint x WHERE x.oid >= 16384
    UNION ALL
    SELECT 'pg_rewrite' AS catalog, count(*) AS rows, sum(hash_record_extended(ROW(x.oid, x.xmin), 0)) AS sum FROM pg_rewrite x WHERE x.oid >= 16384
    UNION ALL
    SELECT 'pg_trigger' AS catalog, count(*) AS rows, sum(hash_record_extended(ROW(x.oid, x.xmin), 0)) AS sum FROM pg_trigger x WHERE x.oid >= 16384
    UNION ALL
    SELECT 'pg_policy' AS catalog, count(*) AS rows, sum(hash_record_extended(ROW(x.oid, x.xmin), 0)) AS sum FROM pg_policy x WHERE x.oid >= 16384
    UNION ALL
    SELECT 'pg_type' AS catalog, count(*) AS rows, sum(hash_record_extended(ROW(x.oid, x.xmin), 0)) AS sum FROM pg_type x WHERE x.oid >= 16384
    UNION ALL
    SELECT 'pg_proc' AS catalog, count(*) AS rows, sum(hash_record_extended(ROW(x.oid, x.xmin), 0)) AS sum FROM pg_proc x WHERE x.oid >= 16384
    UNION ALL
    SELECT 'pg_operator' AS catalog, count(*) AS rows, sum(hash_record_extended(ROW(x.oid, x.xmin), 0)) AS sum FROM pg_operator x WHERE x.oid >= 16384
    UNION ALL
    SELECT 'pg_opclass' AS catalog, count(*) AS rows, sum(hash_record_extended(ROW(x.oid, x.xmin), 0)) AS sum FROM pg_opclass x WHERE x.oid >= 16384
    UNION ALL
    SELECT 'pg_opfamily' AS catalog, count(*) AS rows, sum(hash_record_extended(ROW(x.oid, x.xmin), 0)) AS sum FROM pg_opfamily x WHERE x.oid >= 16384
    UNION ALL
    SELECT 'pg_amop' AS catalog, count(*) AS rows, sum(hash_record_extended(ROW(x.oid, x.xmin), 0)) AS sum FROM pg_amop x WHERE x.oid >= 16384
    UNION ALL
    SELECT 'pg_amproc' AS catalog, count(*) AS rows, sum(hash_record_extended(ROW(x.oid, x.xmin), 0)) AS sum FROM pg_amproc x WHERE x.oid >= 16384
    UNION ALL
    SELECT 'pg_cast' AS catalog, count(*) AS rows, sum(hash_record_extended(ROW(x.oid, x.xmin), 0)) AS sum FROM pg_cast x WHERE x.oid >= 16384
    UNION ALL
    SELECT 'pg_language' AS catalog, count(*) AS rows, sum(hash_record_extended(ROW(x.oid, x.xmin), 0)) AS sum FROM pg_language x
    UNION ALL
    SELECT 'pg_transform' AS catalog, count(*) AS rows, sum(hash_record_extended(ROW(x.oid, x.xmin), 0)) AS sum FROM pg_transform x WHERE x.oid >= 16384
    UNION ALL
    SELECT 'pg_collation' AS catalog, count(*) AS rows, sum(hash_record_extended(ROW(x.oid, x.xmin), 0)) AS sum FROM pg_collation x WHERE x.oid >= 16384
    UNION ALL
    SELECT 'pg_conversion' AS catalog, count(*) AS rows, sum(hash_record_extended(ROW(x.oid, x.xmin), 0)) AS sum FROM pg_conversion x WHERE x.oid >= 16384
    UNION ALL
    SELECT 'pg_ts_parser' AS catalog, count(*) AS rows, sum(hash_record_extended(ROW(x.oid, x.xmin), 0)) AS sum FROM pg_ts_parser x WHERE x.oid >= 16384
    UNION ALL
    SELECT 'pg_ts_template' AS catalog, count(*) AS rows, sum(hash_record_extended(ROW(x.oid, x.xmin), 0)) AS sum FROM pg_ts_template x WHERE x.oid >= 16384
    UNION ALL
    SELECT 'pg_ts_dict' AS catalog, count(*) AS rows, sum(hash_record_extended(ROW(x.oid, x.xmin), 0)) AS sum FROM pg_ts_dict x WHERE x.oid >= 16384
    UNION ALL
    SELECT 'pg_ts_config' AS catalog, count(*) AS rows, sum(hash_record_extended(ROW(x.oid, x.xmin), 0)) AS sum FROM pg_ts_config x WHERE x.oid >= 16384
    UNION ALL
    SELECT 'pg_am' AS catalog, count(*) AS rows, sum(hash_record_extended(ROW(x.oid, x.xmin), 0)) AS sum FROM pg_am x
    UNION ALL
    SELECT 'pg_foreign_data_wrapper' AS catalog, count(*) AS rows, sum(hash_record_extended(ROW(x.oid, x.xmin), 0)) AS sum FROM pg_foreign_data_wrapper x
    UNION ALL
    SELECT 'pg_foreign_server' AS catalog, count(*) AS rows, sum(hash_record_extended(ROW(x.oid, x.xmin), 0)) AS sum FROM pg_foreign_server x
    UNION ALL
    SELECT 'pg_publication' AS catalog, count(*) AS rows, sum(hash_record_extended(ROW(x.oid, x.xmin), 0)) AS sum FROM pg_publication x
    UNION ALL
    SELECT 'pg_publication_rel' AS catalog, count(*) AS rows, sum(hash_record_extended(ROW(x.oid, x.xmin), 0)) AS sum FROM pg_publication_rel x
    UNION ALL
    SELECT 'pg_event_trigger' AS catalog, count(*) AS rows, sum(hash_record_extended(ROW(x.oid, x.xmin), 0)) AS sum FROM pg_event_trigger x
    UNION ALL
    SELECT 'pg_statistic_ext' AS catalog, count(*) AS rows, sum(hash_record_extended(ROW(x.oid, x.xmin), 0)) AS sum FROM pg_statistic_ext x WHERE x.oid >= 16384
    UNION ALL
    SELECT 'pg_extension' AS catalog, count(*) AS rows, sum(hash_record_extended(ROW(x.oid, x.xmin), 0)) AS sum FROM pg_extension x
    UNION ALL
    SELECT 'pg_default_acl' AS catalog, count(*) AS rows, sum(hash_record_extended(ROW(x.oid, x.xmin), 0)) AS sum FROM pg_default_acl x
    UNION ALL
    SELECT 'pg_tablespace' AS catalog, count(*) AS rows, sum(hash_record_extended(ROW(x.oid, x.xmin), 0)) AS sum FROM pg_tablespace x
    UNION ALL
    SELECT 'pg_attribute', count(*), sum(hash_record_extended(ROW(x.attrelid, x.attnum, x.xmin), 0)) FROM pg_attribute x WHERE x.attrelid >= 16384 AND x.attnum > 0
    UNION ALL
    SELECT 'pg_index', count(*), sum(hash_record_extended(ROW(x.indexrelid, x.xmin), 0)) FROM pg_index x WHERE x.indexrelid >= 16384
    UNION ALL
    SELECT 'pg_sequence', count(*), sum(hash_record_extended(ROW(x.seqrelid, x.xmin), 0)) FROM pg_sequence x
    UNION ALL
    SELECT 'pg_inherits', count(*), sum(hash_record_extended(ROW(x.inhrelid, x.inhseqno, x.xmin), 0)) FROM pg_inherits x
    UNION ALL
    SELECT 'pg_enum', count(*), sum(hash_record_extended(ROW(x.oid, x.xmin), 0)) FROM pg_enum x WHERE x.oid >= 16384
    UNION ALL
    SELECT 'pg_range', count(*), sum(hash_record_extended(ROW(x.rngtypid, x.xmin), 0)) FROM pg_range x WHERE x.rngtypid >= 16384
    UNION ALL
    SELECT 'pg_aggregate', count(*), sum(hash_record_extended(ROW(x.aggfnoid::oid, x.xmin), 0)) FROM pg_aggregate x WHERE x.aggfnoid::oid >= 16384
    UNION ALL
    SELECT 'pg_ts_config_map', count(*), sum(hash_record_extended(ROW(x.mapcfg, x.maptokentype, x.mapseqno, x.xmin), 0)) FROM pg_ts_config_map x WHERE x.mapcfg >= 16384
    UNION ALL
    SELECT 'pg_foreign_table', count(*), sum(hash_record_extended(ROW(x.ftrelid, x.xmin), 0)) FROM pg_foreign_table x
    UNION ALL
    SELECT 'pg_partitioned_table', count(*), sum(hash_record_extended(ROW(x.partrelid, x.xmin), 0)) FROM pg_partitioned_table x
    UNION ALL
    SELECT 'pg_description', count(*), sum(hash_record_extended(ROW(x.objoid, x.classoid, x.objsubid, x.xmin), 0)) FROM pg_description x WHERE x.objoid >= 16384 OR x.classoid = 'pg_namespace'::regclass
    UNION ALL
    SELECT 'pg_seclabel', count(*), sum(hash_record_extended(ROW(x.objoid, x.classoid, x.objsubid, x.xmin), 0)) FROM pg_seclabel x
    UNION ALL
    SELECT 'pg_db_role_setting', count(*), sum(hash_record_extended(ROW(x.setdatabase, x.setrole, x.xmin), 0)) FROM pg_db_role_setting x
    WHERE x.setdatabase = (SELECT d.oid FROM pg_database d WHERE d.datname = current_database())
    UNION ALL
    -- The owner of a sequence and the members of an extension are written nowhere else.
    SELECT 'pg_depend', count(*), sum(hash_record_extended(ROW(x.classid, x.objid, x.xmin), 0)) FROM pg_depend x
    WHERE x.refclassid = 'pg_extension'::regclass AND x.deptype = 'e'
    UNION ALL
    SELECT 'pg_sequence owners', count(*), sum((
        SELECT sum(hash_record_extended(ROW(x.objid, x.refobjid, x.refobjsubid, x.xmin), 0)) FROM pg_depend x
        WHERE x.classid = 'pg_class'::regclass AND x.objid = s.seqrelid AND x.deptype IN ('a', 'i')
    )) FROM pg_sequence s
    UNION ALL
    -- Only roles that own something here or were given something: a busy cluster makes and drops others all the time.
    SELECT 'pg_roles', count(*), sum(hash_record_extended(ROW(x.oid, x.rolname), 0)) FROM pg_roles x
    WHERE x.oid < 16384 OR x.oid IN (
        SELECT s.refobjid FROM pg_shdepend s
        WHERE s.refclassid = 'pg_authid'::regclass AND s.dbid = (SELECT d.oid FROM pg_database d WHERE d.datname = current_database())
    )
    UNION ALL
    SELECT 'pg_user_mappings', count(*), sum(hash_record_extended(ROW(x.umid, x.umoptions), 0)) FROM pg_user_mappings x
    UNION ALL
    SELECT 'pg_subscription', count(*), sum(hash_record_extended(ROW(x.oid, x.subname, x.subenabled, x.subpublications), 0)) FROM pg_subscription x
    WHERE x.subdbid = (SELECT d.oid FROM pg_database d WHERE d.datname = current_database())
) AS c
