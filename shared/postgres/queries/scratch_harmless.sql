-- Whether a role ($1) can do nothing: neither it nor any role that it is a member of, by however many steps, has an
-- attribute, is one of PostgreSQL's own (pg_execute_server_program, pg_read_server_files and others), owns a database or a
-- tablespace, or may set a parameter (6243: pg_parameter_acl, v15).
WITH RECURSIVE reached AS (
    SELECT oid FROM pg_catalog.pg_roles WHERE rolname = $1::text
    UNION
    SELECT m.roleid FROM pg_catalog.pg_auth_members m JOIN reached r ON r.oid = m.member
)
SELECT count(*) > 0 AND NOT bool_or(
    rolsuper OR rolcreaterole OR rolcreatedb OR rolreplication OR rolbypassrls OR rolcanlogin OR rolname ^@ 'pg_'
    OR EXISTS (
        SELECT FROM pg_catalog.pg_shdepend d
        WHERE d.refclassid = 'pg_catalog.pg_authid'::regclass AND d.refobjid = roles.oid AND d.dbid = 0
            AND (d.deptype = 'o' OR d.classid = 6243)
    )
)
FROM reached JOIN pg_catalog.pg_roles roles USING (oid)
