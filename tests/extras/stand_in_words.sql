-- What the query of facts says in its own words: for one session.
-- What the owner may do is everything, which grew in v17.
CREATE FUNCTION pg_temp.privileges(acl aclitem[], owner oid) RETURNS text[] LANGUAGE sql AS $$
    SELECT ARRAY(
        SELECT CASE WHEN x.entry LIKE pg_get_userbyid(owner) || '=%' THEN 'owner' ELSE x.entry END
        FROM unnest(acl) AS item, split_part(item::text, '/', 1) AS x(entry) ORDER BY 1
    )
$$;
-- A function without its namespace where that is the extension's or PostgreSQL's own.
CREATE FUNCTION pg_temp.called(routine regproc) RETURNS text LANGUAGE sql AS $$
    SELECT CASE WHEN p.pronamespace IN (e.extnamespace, 'pg_catalog'::regnamespace) THEN p.proname::text
        ELSE p.pronamespace::regnamespace::text || '.' || p.proname END
    FROM pg_proc AS p LEFT JOIN pg_depend AS d ON d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e'
    LEFT JOIN pg_extension AS e ON e.oid = d.refobjid WHERE p.oid = routine
$$;
CREATE FUNCTION pg_temp.inputs(routine regproc) RETURNS text LANGUAGE sql AS $$
    SELECT COALESCE(string_agg(format_type(t, NULL), ', ' ORDER BY n), '')
    FROM pg_proc AS p, unnest(p.proargtypes) WITH ORDINALITY AS u(t, n) WHERE p.oid = routine
$$;
