-- An array type is its element's: it has the element's typarray pointing back.
SELECT
    '1247:' || t.oid || ':0' AS address,
    s.name AS namespace,
    t.typname::text AS name,
    CASE WHEN t.typisdefined THEN ARRAY(
        SELECT a FROM unnest(ARRAY[
            'INPUT = ' || t.typinput::text,
            'OUTPUT = ' || t.typoutput::text,
            'RECEIVE = ' || NULLIF(t.typreceive::oid, 0)::regproc::text,
            'SEND = ' || NULLIF(t.typsend::oid, 0)::regproc::text,
            'TYPMOD_IN = ' || NULLIF(t.typmodin::oid, 0)::regproc::text,
            'TYPMOD_OUT = ' || NULLIF(t.typmodout::oid, 0)::regproc::text,
            'ANALYZE = ' || NULLIF(t.typanalyze::oid, 0)::regproc::text,
            'SUBSCRIPT = ' || NULLIF(t.typsubscript::oid, 0)::regproc::text,
            'INTERNALLENGTH = ' || CASE WHEN t.typlen = -1 THEN 'variable' ELSE t.typlen::text END,
            CASE WHEN t.typbyval THEN 'PASSEDBYVALUE' END,
            'ALIGNMENT = ' || CASE t.typalign WHEN 'c' THEN 'char' WHEN 's' THEN 'int2' WHEN 'i' THEN 'int4' WHEN 'd' THEN 'double' END,
            'STORAGE = ' || CASE t.typstorage WHEN 'p' THEN 'plain' WHEN 'e' THEN 'external' WHEN 'x' THEN 'extended' WHEN 'm' THEN 'main' END,
            'CATEGORY = ' || quote_literal(t.typcategory::text),
            CASE WHEN t.typispreferred THEN 'PREFERRED = true' END,
            'DEFAULT = ' || quote_literal(t.typdefault),
            'ELEMENT = ' || format_type(NULLIF(t.typelem, 0), NULL),
            'DELIMITER = ' || quote_literal(t.typdelim::text),
            CASE WHEN t.typcollation <> 0 THEN 'COLLATABLE = true' END
        ]) AS a WHERE a IS NOT NULL ORDER BY a COLLATE "C"
    ) END AS attributes,
    NULLIF(NOT t.typisdefined, false) AS shell
FROM pg_type t
JOIN scope s ON s.oid = t.typnamespace
LEFT JOIN pg_type element ON element.oid = t.typelem AND element.typarray = t.oid
WHERE (t.typtype = 'b' OR t.typtype = 'p' AND NOT t.typisdefined)
    AND element.oid IS NULL
    AND t.oid NOT IN (SELECT m.objid FROM member m WHERE m.classid = 'pg_type'::regclass)
