-- What is known of an extension that is installed in this database: itself, and its members of each catalog, as JSON.
-- The search path begins with the extension's namespace, so that names within it are not qualified.
-- What begins with stand_in_ is a stand-in's own, which the real extension has not.
WITH
extension AS (SELECT * FROM pg_extension WHERE extname = $1),
member AS (
    SELECT d.classid, d.objid FROM pg_depend AS d JOIN extension AS e ON e.oid = d.refobjid
    WHERE d.refclassid = 'pg_extension'::regclass AND d.deptype = 'e'
),
namespace AS (
    SELECT n.oid, CASE WHEN n.oid = e.extnamespace THEN '' ELSE n.nspname END AS called
    FROM pg_namespace AS n CROSS JOIN extension AS e
),
routine AS (
    SELECT p.proname, pg_get_function_arguments(p.oid) AS arguments, json_build_object(
        'name', p.proname,
        'namespace', n.called,
        'sort', CASE p.prokind WHEN 'a' THEN 'aggregate' WHEN 'p' THEN 'procedure' WHEN 'w' THEN 'window' ELSE 'function' END,
        'arguments', pg_get_function_arguments(p.oid),
        'inputs', ARRAY(SELECT format_type(t, NULL) FROM unnest(p.proargtypes) WITH ORDINALITY AS u(t, n) ORDER BY n),
        'result', COALESCE(pg_get_function_result(p.oid), ''),
        'returns', format_type(p.prorettype, NULL),
        'columns', ARRAY(
            SELECT format_type(u.t, NULL) FROM unnest(p.proallargtypes, p.proargmodes) WITH ORDINALITY AS u(t, m, n)
            WHERE u.m IN ('o', 'b', 't') ORDER BY n
        ),
        'volatility', CASE p.provolatile WHEN 'i' THEN 'immutable' WHEN 's' THEN 'stable' ELSE 'volatile' END,
        'parallel', CASE p.proparallel WHEN 's' THEN 'safe' WHEN 'r' THEN 'restricted' ELSE 'unsafe' END,
        'strict', p.proisstrict,
        'leakproof', p.proleakproof,
        'security_definer', p.prosecdef,
        'returns_set', p.proretset,
        'cost', p.procost,
        'rows', p.prorows,
        'privileges', pg_temp.privileges(p.proacl, p.proowner)
    ) AS facts
    FROM member AS m JOIN pg_proc AS p ON p.oid = m.objid JOIN namespace AS n ON n.oid = p.pronamespace
    WHERE m.classid = 'pg_proc'::regclass AND p.proname NOT LIKE 'stand\_in\_%'
),
type AS (
    SELECT t.typname, json_build_object(
        'name', t.typname,
        'namespace', n.called,
        'sort', CASE t.typtype WHEN 'b' THEN 'base' WHEN 'd' THEN 'domain' WHEN 'e' THEN 'enum' WHEN 'c' THEN 'composite' ELSE t.typtype::text END,
        'input', CASE t.typtype WHEN 'b' THEN pg_temp.called(t.typinput) ELSE '' END,
        'output', CASE t.typtype WHEN 'b' THEN pg_temp.called(t.typoutput) ELSE '' END,
        'receive', CASE WHEN t.typtype = 'b' AND t.typreceive <> 0 THEN pg_temp.called(t.typreceive) ELSE '' END,
        'send', CASE WHEN t.typtype = 'b' AND t.typsend <> 0 THEN pg_temp.called(t.typsend) ELSE '' END,
        'modifier_input', CASE WHEN t.typmodin <> 0 AND t.typtype = 'b' THEN pg_temp.called(t.typmodin) ELSE '' END,
        'modifier_output', CASE WHEN t.typmodout <> 0 AND t.typtype = 'b' THEN pg_temp.called(t.typmodout) ELSE '' END,
        'category', t.typcategory,
        'preferred', t.typispreferred,
        'delimiter', t.typdelim,
        'storage', CASE t.typstorage WHEN 'p' THEN 'plain' WHEN 'm' THEN 'main' WHEN 'e' THEN 'external' ELSE 'extended' END,
        'collatable', t.typtype = 'b' AND t.typcollation <> 0,
        'labels', ARRAY(SELECT enumlabel::text FROM pg_enum WHERE enumtypid = t.oid ORDER BY enumsortorder),
        'attributes', ARRAY(
            SELECT ARRAY[a.attname::text, format_type(a.atttypid, a.atttypmod)] FROM pg_attribute AS a
            WHERE a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum
        ),
        'base', CASE WHEN t.typbasetype <> 0 THEN format_type(t.typbasetype, t.typtypmod) ELSE '' END,
        'not_null', t.typnotnull,
        'privileges', pg_temp.privileges(t.typacl, t.typowner)
    ) AS facts, t.oid, t.typtype
    FROM member AS m JOIN pg_type AS t ON t.oid = m.objid JOIN namespace AS n ON n.oid = t.typnamespace
    WHERE m.classid = 'pg_type'::regclass AND t.typname NOT LIKE 'stand\_in\_%'
        -- Arrays and the row types of relations are members of their own since v18.
        AND t.typinput <> 'array_in'::regproc
        AND NOT EXISTS (SELECT FROM pg_class AS c WHERE c.oid = t.typrelid AND c.relkind <> 'c')
),
relation AS (
    SELECT c.relname, json_build_object(
        'name', c.relname,
        'namespace', n.called,
        'sort', CASE c.relkind WHEN 'r' THEN 'table' WHEN 'v' THEN 'view' WHEN 'S' THEN 'sequence' ELSE c.relkind::text END,
        'columns', ARRAY(
            SELECT ARRAY[a.attname::text, format_type(a.atttypid, a.atttypmod)] FROM pg_attribute AS a
            WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND c.relkind <> 'S' ORDER BY a.attnum
        ),
        'not_null', ARRAY(
            SELECT a.attname::text FROM pg_attribute AS a
            WHERE a.attrelid = c.oid AND a.attnum > 0 AND a.attnotnull AND c.relkind = 'r' ORDER BY a.attnum
        ),
        'keys', ARRAY(
            SELECT json_build_object('primary', k.contype = 'p', 'columns', ARRAY(
                SELECT a.attname::text FROM unnest(k.conkey) WITH ORDINALITY AS u(number, place)
                JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum = u.number ORDER BY u.place
            )) FROM pg_constraint AS k WHERE k.conrelid = c.oid AND k.contype IN ('p', 'u') ORDER BY k.contype, k.conname
        ),
        'privileges', pg_temp.privileges(c.relacl, c.relowner)
    ) AS facts, c.oid
    FROM member AS m JOIN pg_class AS c ON c.oid = m.objid JOIN namespace AS n ON n.oid = c.relnamespace
    WHERE m.classid = 'pg_class'::regclass
),
operator AS (
    SELECT o.oid::regoperator::text AS called, json_build_object(
        'name', o.oprname,
        'namespace', n.called,
        'left', CASE WHEN o.oprleft <> 0 THEN format_type(o.oprleft, NULL) ELSE '' END,
        'right', format_type(o.oprright, NULL),
        'function', pg_temp.called(o.oprcode),
        'commutator', CASE WHEN o.oprcom <> 0 THEN o.oprcom::regoperator::text ELSE '' END,
        'negator', CASE WHEN o.oprnegate <> 0 THEN o.oprnegate::regoperator::text ELSE '' END,
        'merges', o.oprcanmerge,
        'hashes', o.oprcanhash
    ) AS facts
    FROM member AS m JOIN pg_operator AS o ON o.oid = m.objid JOIN namespace AS n ON n.oid = o.oprnamespace
    WHERE m.classid = 'pg_operator'::regclass
),
class AS (
    SELECT a.amname, c.opcname, json_build_object(
        'name', c.opcname,
        'namespace', n.called,
        'method', a.amname,
        'family', f.opfname,
        'type', format_type(c.opcintype, NULL),
        'default', c.opcdefault,
        'storage', CASE WHEN c.opckeytype <> 0 THEN format_type(c.opckeytype, NULL) ELSE '' END,
        'operators', ARRAY(
            SELECT json_build_object(
                'number', o.amopstrategy,
                'operator', o.amopopr::regoperator::text,
                'orders_by', COALESCE((SELECT s.opfname FROM pg_opfamily AS s WHERE s.oid = o.amopsortfamily), '')
            ) FROM pg_amop AS o
            WHERE o.amopfamily = f.oid AND o.amoplefttype = c.opcintype ORDER BY o.amopstrategy, o.amopopr::regoperator::text
        ),
        'functions', ARRAY(
            SELECT json_build_object(
                'number', p.amprocnum,
                'function', pg_temp.called(p.amproc) || '(' || pg_temp.inputs(p.amproc) || ')',
                'right', CASE WHEN p.amprocrighttype <> c.opcintype THEN format_type(p.amprocrighttype, NULL) ELSE '' END
            ) FROM pg_amproc AS p
            WHERE p.amprocfamily = f.oid AND p.amproclefttype = c.opcintype ORDER BY p.amprocnum, pg_temp.called(p.amproc) || '(' || pg_temp.inputs(p.amproc) || ')'
        )
    ) AS facts
    FROM member AS m JOIN pg_opclass AS c ON c.oid = m.objid JOIN namespace AS n ON n.oid = c.opcnamespace
    JOIN pg_am AS a ON a.oid = c.opcmethod JOIN pg_opfamily AS f ON f.oid = c.opcfamily
    WHERE m.classid = 'pg_opclass'::regclass
),
conversion AS (
    SELECT c.castsource, c.casttarget, json_build_object(
        'source', format_type(c.castsource, NULL),
        'target', format_type(c.casttarget, NULL),
        'function', CASE WHEN c.castfunc <> 0 THEN pg_temp.called(c.castfunc::regproc) || '(' || pg_temp.inputs(c.castfunc::regproc) || ')' ELSE '' END,
        'way', CASE c.castmethod WHEN 'f' THEN 'function' WHEN 'i' THEN 'inout' ELSE 'binary' END,
        'context', CASE c.castcontext WHEN 'i' THEN 'implicit' WHEN 'a' THEN 'assignment' ELSE 'explicit' END
    ) AS facts
    FROM member AS m JOIN pg_cast AS c ON c.oid = m.objid WHERE m.classid = 'pg_cast'::regclass
)
SELECT
    e.extname AS extension,
    e.extversion AS version,
    ARRAY(
        SELECT v.version FROM pg_available_extension_versions AS v 
        -- What PostGIS has for its own updates is no version.
        WHERE v.name = e.extname AND v.version ~ '^[0-9][0-9.-]*$' ORDER BY 1
    ) AS versions,
    COALESCE(a.comment, '') AS comment,
    COALESCE(v.schema, '') AS schema,
    v.relocatable,
    v.trusted,
    v.superuser,
    COALESCE(v.requires::text[], '{}') AS requires,
    (
        SELECT COALESCE(json_agg(json_build_object(
            'name', n.nspname, 'privileges', pg_temp.privileges(n.nspacl, n.nspowner)
        ) ORDER BY n.nspname), '[]')
        FROM member AS m JOIN pg_namespace AS n ON n.oid = m.objid WHERE m.classid = 'pg_namespace'::regclass
    ) AS namespaces,
    ARRAY(
        SELECT DISTINCT m.classid::regclass::text FROM member AS m WHERE m.classid NOT IN (
            'pg_proc'::regclass, 'pg_type'::regclass, 'pg_class'::regclass, 'pg_operator'::regclass, 'pg_cast'::regclass,
            'pg_opclass'::regclass, 'pg_opfamily'::regclass, 'pg_namespace'::regclass, 'pg_event_trigger'::regclass,
            'pg_foreign_data_wrapper'::regclass
        )
    ) AS others,
    ARRAY(
        SELECT w.fdwname::text FROM member AS m JOIN pg_foreign_data_wrapper AS w ON w.oid = m.objid
        WHERE m.classid = 'pg_foreign_data_wrapper'::regclass ORDER BY 1
    ) AS wrappers,
    ARRAY(
        SELECT ARRAY[t.evtname::text, t.evtevent::text, pg_temp.called(t.evtfoid)]
        FROM member AS m JOIN pg_event_trigger AS t ON t.oid = m.objid
        WHERE m.classid = 'pg_event_trigger'::regclass ORDER BY 1
    ) AS event_triggers,
    (SELECT COALESCE(json_agg(facts ORDER BY typtype <> 'b', oid), '[]') FROM type) AS types,
    (SELECT COALESCE(json_agg(facts ORDER BY oid), '[]') FROM relation) AS relations,
    (SELECT COALESCE(json_agg(facts ORDER BY proname, arguments), '[]') FROM routine) AS routines,
    (SELECT COALESCE(json_agg(facts ORDER BY called), '[]') FROM operator) AS operators,
    (SELECT COALESCE(json_agg(facts ORDER BY amname, opcname), '[]') FROM class) AS classes,
    (
        SELECT COALESCE(json_agg(facts ORDER BY castsource::regtype::text, casttarget::regtype::text), '[]')
        FROM conversion
    ) AS casts
FROM extension AS e
JOIN pg_available_extensions AS a ON a.name = e.extname
JOIN pg_available_extension_versions AS v ON v.name = e.extname AND v.version = e.extversion
