-- The connection string is a secret: it is not read, and this role need not be able to.
SELECT
    '6100:' || s.oid || ':0' AS address,
    '' AS namespace,
    s.subname::text AS name,
    (SELECT array_agg(p ORDER BY p COLLATE "C") FROM unnest(s.subpublications) AS p) AS publications,
    NULLIF(ARRAY(
        SELECT o FROM unnest(ARRAY[
            CASE WHEN s.subslotname IS NULL THEN 'slot_name = NONE' WHEN s.subslotname <> s.subname THEN 'slot_name = ' || quote_literal(s.subslotname) END,
            CASE WHEN s.subbinary THEN 'binary = true' END,
            'streaming = ' || CASE s.substream WHEN 't' THEN 'on' WHEN 'p' THEN 'parallel' ELSE 'off' END,
            CASE WHEN s.subsynccommit <> 'off' THEN 'synchronous_commit = ' || quote_literal(s.subsynccommit) END,
            CASE WHEN s.subtwophasestate <> 'd' THEN 'two_phase = true' END,
            CASE WHEN s.subdisableonerr THEN 'disable_on_error = true' END,
            CASE WHEN NOT s.subpasswordrequired THEN 'password_required = false' END,
            CASE WHEN s.subrunasowner THEN 'run_as_owner = true' END,
            CASE WHEN s.suborigin <> 'any' THEN 'origin = ' || s.suborigin END,
            CASE WHEN s.subfailover THEN 'failover = true' END
        ]) AS o WHERE o IS NOT NULL ORDER BY o COLLATE "C"
    ), '{}') AS options,
    NULLIF(s.subenabled, true) AS enabled
FROM pg_subscription s
WHERE $1::text = '' AND s.subdbid = (SELECT d.oid FROM pg_database d WHERE d.datname = current_database())
