-- What the sign of a server says of each database, from the catalogs that all databases share: nothing is opened.
-- A name that COPY would escape has no sign: its tenants are read. So have databases that this role may not enter.
WITH roles AS (
    -- Only of roles that own something there or were given something: a busy cluster makes and drops others all the time.
    SELECT x.dbid, sum(hash_record_extended(ROW(x.refobjid, pg_get_userbyid(x.refobjid)), 0)) AS sum
    FROM (SELECT DISTINCT s.dbid, s.refobjid FROM pg_shdepend s WHERE s.refclassid = 'pg_authid'::regclass) AS x
    GROUP BY x.dbid
), settings AS (
    SELECT s.setdatabase, sum(hash_record_extended(ROW(s.setrole, pg_get_userbyid(s.setrole), s.xmin), 0)) AS sum,
        bool_or(EXISTS (SELECT FROM unnest(s.setconfig) AS c(setting) WHERE c.setting ILIKE 'track\_counts=%')) AS uncounted
    FROM pg_db_role_setting s
    GROUP BY s.setdatabase
), subscriptions AS (
    SELECT s.subdbid, sum(hash_record_extended(ROW(s.oid, s.subname, s.subenabled, s.subpublications), 0)) AS sum
    FROM pg_subscription s
    GROUP BY s.subdbid
)
SELECT
    d.datname,
    d.oid,
    pg_stat_get_db_tuples_inserted(d.oid) + pg_stat_get_db_tuples_updated(d.oid) + pg_stat_get_db_tuples_deleted(d.oid) AS written,
    concat_ws(' ', d.xmin::text, coalesce(extract(epoch FROM pg_stat_get_db_stat_reset_time(d.oid))::text, '-'),
        hash_record_extended(ROW(d.datdba, pg_get_userbyid(d.datdba)), 0), coalesce(r.sum::text, '-'), coalesce(s.sum::text, '-'),
        coalesce(u.sum::text, '-')) AS facts,
    coalesce(s.uncounted, false) AS uncounted
FROM pg_database d
LEFT JOIN roles r ON r.dbid = d.oid
LEFT JOIN settings s ON s.setdatabase = d.oid
LEFT JOIN subscriptions u ON u.subdbid = d.oid
WHERE d.datallowconn AND has_database_privilege(d.oid, 'CONNECT') AND d.datname::text !~ '[[:cntrl:]\\]'
