-- What the sign of a server says of all its databases: one row. From version 15 on.
SELECT
    pg_is_in_recovery() AS in_recovery,
    -- Whether statistics are counted by every session that has not asked for something else, and nobody but a superuser may ask.
    current_setting('track_counts') = 'on'
        AND NOT EXISTS (
            SELECT FROM pg_db_role_setting s CROSS JOIN LATERAL unnest(s.setconfig) AS c(setting)
            WHERE s.setdatabase = 0 AND c.setting ILIKE 'track\_counts=%'
        )
        AND NOT EXISTS (SELECT FROM pg_parameter_acl p WHERE p.parname = 'track_counts') AS counts,
    concat_ws(' ',
        extract(epoch FROM pg_postmaster_start_time()),
        -- A server that lost a process begins its counters anew without a start of its own: only this moment tells.
        coalesce((SELECT extract(epoch FROM b.stats_reset)::text FROM pg_stat_bgwriter b), '-'),
        -- track_counts may have been off between two looks.
        extract(epoch FROM pg_conf_load_time()),
        -- Who looks, and what that role was given through others: a migration tool's table may be readable or not.
        (SELECT sum(hash_record_extended(ROW(r.oid, r.rolname), 0)) FROM pg_roles r WHERE pg_has_role(r.oid, 'USAGE')),
        encode(sha256(convert_to(current_user::text, 'UTF8')), 'hex'),
        encode(sha256(convert_to(pg_get_userbyid(10)::text, 'UTF8')), 'hex'),
        (SELECT sum(hash_record_extended(ROW(t.oid, t.xmin), 0)) FROM pg_tablespace t),
        -- The version of an extension is read beside the one that the server's files offer.
        coalesce((SELECT sum(hash_record_extended(ROW(a.name, a.default_version), 0))::text FROM pg_available_extensions() a), '-')
    ) AS facts
