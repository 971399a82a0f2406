SELECT
    '3466:' || e.oid || ':0' AS address,
    '' AS namespace,
    e.evtname::text AS name,
    e.evtevent::text AS event,
    e.evtfoid::regproc::text AS function,
    (SELECT array_agg(t ORDER BY t COLLATE "C") FROM unnest(e.evttags) AS t) AS tags,
    CASE e.evtenabled WHEN 'D' THEN 'disabled' WHEN 'R' THEN 'replica' WHEN 'A' THEN 'always' END AS enabled
FROM pg_event_trigger e
WHERE $1::text = '' AND e.oid NOT IN (SELECT m.objid FROM member m WHERE m.classid = 'pg_event_trigger'::regclass)
