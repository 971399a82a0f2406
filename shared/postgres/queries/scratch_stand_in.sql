-- Whether an extension that was created is a stand-in: its functions say so in their comments.
SELECT EXISTS (
    SELECT FROM pg_catalog.pg_depend AS d
    JOIN pg_catalog.pg_extension AS e ON e.oid = d.refobjid
    WHERE e.extname = $1::text AND d.refclassid = 'pg_catalog.pg_extension'::pg_catalog.regclass
        AND d.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass AND d.deptype = 'e'
        AND pg_catalog.obj_description(d.objid, 'pg_proc') = $2::text
)
