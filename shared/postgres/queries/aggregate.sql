SELECT
    '1255:' || p.oid || ':0' AS address,
    s.name AS namespace,
    p.proname::text AS name,
    CASE
        WHEN g.aggkind <> 'n' THEN pg_get_function_identity_arguments(p.oid)
        WHEN p.pronargs = 0 THEN '*'
        ELSE array_to_string(ARRAY(
            SELECT format_type(a.type, NULL) FROM unnest(p.proargtypes) WITH ORDINALITY AS a(type, position) ORDER BY a.position
        ), ', ')
    END AS signature,
    NULLIF(pg_get_function_arguments(p.oid), '') AS arguments,
    ARRAY(
        SELECT a FROM unnest(ARRAY[
            'SFUNC = ' || g.aggtransfn::text,
            'STYPE = ' || format_type(g.aggtranstype, NULL),
            'SSPACE = ' || NULLIF(g.aggtransspace, 0),
            'FINALFUNC = ' || NULLIF(g.aggfinalfn::oid, 0)::regproc::text,
            CASE WHEN g.aggfinalextra THEN 'FINALFUNC_EXTRA' END,
            CASE WHEN g.aggfinalfn <> 0 AND g.aggfinalmodify <> CASE g.aggkind WHEN 'n' THEN 'r'::"char" ELSE 'w'::"char" END
                THEN 'FINALFUNC_MODIFY = ' || CASE g.aggfinalmodify WHEN 'r' THEN 'READ_ONLY' WHEN 's' THEN 'SHAREABLE' ELSE 'READ_WRITE' END
            END,
            'COMBINEFUNC = ' || NULLIF(g.aggcombinefn::oid, 0)::regproc::text,
            'SERIALFUNC = ' || NULLIF(g.aggserialfn::oid, 0)::regproc::text,
            'DESERIALFUNC = ' || NULLIF(g.aggdeserialfn::oid, 0)::regproc::text,
            'INITCOND = ' || quote_literal(g.agginitval),
            'MSFUNC = ' || NULLIF(g.aggmtransfn::oid, 0)::regproc::text,
            'MINVFUNC = ' || NULLIF(g.aggminvtransfn::oid, 0)::regproc::text,
            'MSTYPE = ' || format_type(NULLIF(g.aggmtranstype, 0), NULL),
            'MSSPACE = ' || NULLIF(g.aggmtransspace, 0),
            'MFINALFUNC = ' || NULLIF(g.aggmfinalfn::oid, 0)::regproc::text,
            CASE WHEN g.aggmfinalextra THEN 'MFINALFUNC_EXTRA' END,
            CASE WHEN g.aggmfinalfn <> 0 AND g.aggmfinalmodify <> CASE g.aggkind WHEN 'n' THEN 'r'::"char" ELSE 'w'::"char" END
                THEN 'MFINALFUNC_MODIFY = ' || CASE g.aggmfinalmodify WHEN 'r' THEN 'READ_ONLY' WHEN 's' THEN 'SHAREABLE' ELSE 'READ_WRITE' END
            END,
            'MINITCOND = ' || quote_literal(g.aggminitval),
            CASE WHEN g.aggsortop <> 0 THEN (
                SELECT 'SORTOP = OPERATOR(' || quote_ident(n.name) || '.' || o.oprname || ')'
                FROM pg_operator o JOIN naming n ON n.oid = o.oprnamespace WHERE o.oid = g.aggsortop
            ) END,
            CASE WHEN g.aggkind = 'h' THEN 'HYPOTHETICAL' END,
            'PARALLEL = ' || CASE p.proparallel WHEN 's' THEN 'SAFE' WHEN 'r' THEN 'RESTRICTED' END
        ]) WITH ORDINALITY AS listed(a, position) WHERE a IS NOT NULL ORDER BY position
    ) AS attributes
FROM pg_proc p
JOIN scope s ON s.oid = p.pronamespace
JOIN pg_aggregate g ON g.aggfnoid = p.oid
WHERE p.oid NOT IN (SELECT m.objid FROM member m WHERE m.classid = 'pg_proc'::regclass)
