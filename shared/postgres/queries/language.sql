SELECT
    '2612:' || l.oid || ':0' AS address,
    '' AS namespace,
    l.lanname::text AS name,
    NULLIF(l.lanpltrusted, false) AS trusted,
    NULLIF(l.lanplcallfoid, 0)::regproc::text AS handler,
    NULLIF(l.laninline, 0)::regproc::text AS inline,
    NULLIF(l.lanvalidator, 0)::regproc::text AS validator
FROM pg_language l
WHERE l.lanispl AND $1::text = ''
    AND l.oid NOT IN (SELECT m.objid FROM member m WHERE m.classid = 'pg_language'::regclass)
