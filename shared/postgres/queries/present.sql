-- The kinds a database may have objects of, seen from the catalogs' own indexes: planning a query that finds nothing
-- costs more than asking. Kinds that are not named here are always read. initdb's objects have oids below 16384.
WITH relkinds AS (SELECT DISTINCT c.relkind FROM pg_class c WHERE c.oid >= 16384),
types AS (
    SELECT DISTINCT t.typtype, t.typarray <> 0 AS with_array, t.typisdefined AS defined FROM pg_type t WHERE t.oid >= 16384
)
SELECT asked.kind::text AS kind
FROM (VALUES
    ('extension', EXISTS (SELECT FROM pg_extension x WHERE x.oid >= 16384)),
    ('foreign_table', EXISTS (SELECT FROM relkinds WHERE relkind = 'f')),
    ('sequence', EXISTS (SELECT FROM relkinds WHERE relkind = 'S')),
    ('view', EXISTS (SELECT FROM relkinds WHERE relkind = 'v')),
    ('materialized_view', EXISTS (SELECT FROM relkinds WHERE relkind = 'm')),
    ('view_column', EXISTS (SELECT FROM relkinds WHERE relkind IN ('v', 'm'))),
    ('composite_type', EXISTS (SELECT FROM relkinds WHERE relkind = 'c')),
    ('enum_type', EXISTS (SELECT FROM types WHERE typtype = 'e')),
    ('domain_type', EXISTS (SELECT FROM types WHERE typtype = 'd')),
    ('domain_constraint', EXISTS (SELECT FROM types WHERE typtype = 'd')),
    ('range_type', EXISTS (SELECT FROM types WHERE typtype = 'r')),
    ('base_type', EXISTS (SELECT FROM types WHERE typtype = 'b' AND with_array OR NOT defined)),
    ('rule', EXISTS (SELECT FROM pg_rewrite x WHERE x.oid >= 16384 AND x.rulename <> '_RETURN')),
    ('trigger', EXISTS (SELECT FROM pg_trigger x WHERE x.oid >= 16384 AND (NOT x.tgisinternal OR x.tgparentid <> 0))),
    ('event_trigger', EXISTS (SELECT FROM pg_event_trigger)),
    ('policy', EXISTS (SELECT FROM pg_policy)),
    ('statistics_object', EXISTS (SELECT FROM pg_statistic_ext)),
    ('routine', EXISTS (SELECT FROM pg_proc x WHERE x.oid >= 16384)),
    ('aggregate', EXISTS (SELECT FROM pg_aggregate x WHERE x.aggfnoid::oid >= 16384)),
    ('operator', EXISTS (SELECT FROM pg_operator x WHERE x.oid >= 16384)),
    ('operator_family', EXISTS (SELECT FROM pg_opfamily x WHERE x.oid >= 16384)),
    ('operator_class', EXISTS (SELECT FROM pg_opclass x WHERE x.oid >= 16384)),
    ('cast', EXISTS (SELECT FROM pg_cast x WHERE x.oid >= 16384)),
    ('language', EXISTS (SELECT FROM pg_language x WHERE x.oid >= 16384)),
    ('transform', EXISTS (SELECT FROM pg_transform)),
    ('collation', EXISTS (SELECT FROM pg_collation x WHERE x.oid >= 16384)),
    ('conversion', EXISTS (SELECT FROM pg_conversion x WHERE x.oid >= 16384)),
    ('text_search_parser', EXISTS (SELECT FROM pg_ts_parser x WHERE x.oid >= 16384)),
    ('text_search_template', EXISTS (SELECT FROM pg_ts_template x WHERE x.oid >= 16384)),
    ('text_search_dictionary', EXISTS (SELECT FROM pg_ts_dict x WHERE x.oid >= 16384)),
    ('text_search_configuration', EXISTS (SELECT FROM pg_ts_config x WHERE x.oid >= 16384)),
    ('access_method', EXISTS (SELECT FROM pg_am x WHERE x.oid >= 16384)),
    ('foreign_data_wrapper', EXISTS (SELECT FROM pg_foreign_data_wrapper)),
    ('foreign_server', EXISTS (SELECT FROM pg_foreign_server)),
    ('user_mapping', EXISTS (SELECT FROM pg_foreign_server)),
    ('publication', EXISTS (SELECT FROM pg_publication)),
    ('subscription', EXISTS (SELECT FROM pg_subscription s JOIN pg_database d ON d.oid = s.subdbid WHERE d.datname = current_database())),
    ('default_privileges', EXISTS (SELECT FROM pg_default_acl)),
    ('security_label', EXISTS (SELECT FROM pg_seclabel)),
    ('database_setting', EXISTS (SELECT FROM pg_db_role_setting s WHERE s.setdatabase <> 0))
) AS asked(kind, present)
WHERE NOT asked.present
