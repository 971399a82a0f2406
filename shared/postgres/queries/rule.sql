-- _RETURN is a view's own query.
SELECT
    '2618:' || w.oid || ':0' AS address,
    r.namespace,
    r.name AS parent,
    w.rulename::text AS name,
    pg_get_ruledef(w.oid) AS definition,
    CASE w.ev_enabled WHEN 'D' THEN 'disabled' WHEN 'R' THEN 'replica' WHEN 'A' THEN 'always' END AS enabled
FROM relation r
JOIN pg_rewrite w ON w.ev_class = r.oid
WHERE w.rulename <> '_RETURN'
