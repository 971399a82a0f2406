-- A shell (no function yet) is what a commutator's promise leaves behind, not an operator.
SELECT
    '2617:' || o.oid || ':0' AS address,
    s.name AS namespace,
    o.oprname::text AS name,
    COALESCE(format_type(NULLIF(o.oprleft, 0), NULL), 'NONE') || ', ' || COALESCE(format_type(NULLIF(o.oprright, 0), NULL), 'NONE') AS signature,
    ARRAY(
        SELECT a FROM unnest(ARRAY[
            'FUNCTION = ' || o.oprcode::text,
            'LEFTARG = ' || format_type(NULLIF(o.oprleft, 0), NULL),
            'RIGHTARG = ' || format_type(NULLIF(o.oprright, 0), NULL),
            'COMMUTATOR = OPERATOR(' || quote_ident(cn.name) || '.' || c.oprname || ')',
            'NEGATOR = OPERATOR(' || quote_ident(nn.name) || '.' || n.oprname || ')',
            'RESTRICT = ' || NULLIF(o.oprrest::oid, 0)::regproc::text,
            'JOIN = ' || NULLIF(o.oprjoin::oid, 0)::regproc::text,
            CASE WHEN o.oprcanhash THEN 'HASHES' END,
            CASE WHEN o.oprcanmerge THEN 'MERGES' END
        ]) WITH ORDINALITY AS listed(a, position) WHERE a IS NOT NULL ORDER BY position
    ) AS attributes
FROM pg_operator o
JOIN scope s ON s.oid = o.oprnamespace
LEFT JOIN pg_operator c ON c.oid = o.oprcom AND o.oprcom <> 0
LEFT JOIN naming cn ON cn.oid = c.oprnamespace
LEFT JOIN pg_operator n ON n.oid = o.oprnegate AND o.oprnegate <> 0
LEFT JOIN naming nn ON nn.oid = n.oprnamespace
WHERE o.oprcode <> 0 AND o.oid NOT IN (SELECT m.objid FROM member m WHERE m.classid = 'pg_operator'::regclass)
