SELECT
    '3602:' || c.oid || ':0' AS address,
    s.name AS namespace,
    c.cfgname::text AS name,
    quote_ident(n.name) || '.' || quote_ident(p.prsname) AS parser,
    NULLIF(ARRAY(
        SELECT token.alias || '=' || string_agg(quote_ident(dn.name) || '.' || quote_ident(d.dictname), ',' ORDER BY m.mapseqno)
        FROM pg_ts_config_map m
        JOIN LATERAL ts_token_type(c.cfgparser) AS token ON token.tokid = m.maptokentype
        JOIN pg_ts_dict d ON d.oid = m.mapdict
        JOIN naming dn ON dn.oid = d.dictnamespace
        WHERE m.mapcfg = c.oid
        GROUP BY token.alias
        ORDER BY token.alias COLLATE "C"
    ), '{}') AS mappings
FROM pg_ts_config c
JOIN scope s ON s.oid = c.cfgnamespace
JOIN pg_ts_parser p ON p.oid = c.cfgparser
JOIN naming n ON n.oid = p.prsnamespace
WHERE c.oid NOT IN (SELECT m.objid FROM member m WHERE m.classid = 'pg_ts_config'::regclass)
