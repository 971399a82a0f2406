-- Compares what a plan names with what is here, and names up to five differences. Each branch spells one kind as
-- `spelling` in shared/remediation/guard.py does. What stands in braces, and which branches are sent, is decided in
-- shared/postgres/writing/guard.py.
WITH plan (kind, namespace, parent, name, states) AS (VALUES
{expected}
), relation AS (
    SELECT c.oid, c.relkind, c.relpartbound, n.nspname::text AS namespace, c.relname::text AS name
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE (n.nspname, c.relname) IN (SELECT p.namespace, COALESCE(NULLIF(p.parent, ''), p.name) FROM plan p)
        AND c.relkind IN ('r', 'p', 'f', 'v', 'm', 'S')
), type AS (
    SELECT t.*, n.nspname::text AS namespace, t.typname::text AS name
    FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
    WHERE (n.nspname, t.typname) IN (SELECT p.namespace, COALESCE(NULLIF(p.parent, ''), p.name) FROM plan p)
), found (kind, namespace, parent, name, "on", state) AS (
    SELECT CASE r.relkind WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized_view' WHEN 'S' THEN 'sequence' WHEN 'f' THEN 'foreign_table' ELSE 'table' END,
        r.namespace, '', r.name, '',
        concat_ws(' ', CASE WHEN r.relkind IN ('v', 'm') THEN rtrim(pg_get_viewdef(r.oid), ';') END, pg_get_partkeydef(r.oid), pg_get_expr(r.relpartbound, r.oid))
    FROM relation r
    UNION ALL
    SELECT 'column', r.namespace, r.name, a.attname, r.name, concat_ws(' ', format_type(a.atttypid, a.atttypmod),
        CASE WHEN a.attnotnull AND NOT EXISTS (
            SELECT FROM pg_constraint k WHERE k.conrelid = r.oid AND k.contype = 'n' AND k.conkey[1] = a.attnum AND NOT k.convalidated
        ) THEN 'NOT NULL' END, pg_get_expr(d.adbin, d.adrelid),
        CASE a.attidentity WHEN 'a' THEN 'always' WHEN 'd' THEN 'by default' END, CASE a.attgenerated WHEN 's' THEN 'stored' WHEN 'v' THEN 'virtual' END)
    FROM relation r JOIN pg_attribute a ON a.attrelid = r.oid AND a.attnum > 0 AND NOT a.attisdropped
    LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    WHERE r.relkind IN ('r', 'p', 'f')
    UNION ALL
    SELECT 'constraint', r.namespace, r.name, k.conname, r.name, regexp_replace(pg_get_constraintdef(k.oid), ' NOT VALID$', '')
    FROM relation r JOIN pg_constraint k ON k.conrelid = r.oid
    WHERE k.contype IN ('p', 'u', 'c', 'f', 'x')
        AND NOT EXISTS (SELECT FROM pg_constraint p WHERE p.oid = k.conparentid AND p.conrelid = k.conrelid)
    UNION ALL
    SELECT 'index', r.namespace, '', c.relname, r.name, regexp_replace(pg_get_indexdef(i.indexrelid), ' WITH \([^)]*\)', '', 'g')
    FROM relation r JOIN pg_index i ON i.indrelid = r.oid JOIN pg_class c ON c.oid = i.indexrelid
    WHERE NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = i.indexrelid AND k.contype IN ('p', 'u', 'x'))
    UNION ALL
    SELECT 'trigger', r.namespace, r.name, g.tgname, r.name, pg_get_triggerdef(g.oid)
    FROM relation r JOIN pg_trigger g ON g.tgrelid = r.oid LEFT JOIN pg_constraint k ON k.oid = g.tgconstraint
    WHERE NOT g.tgisinternal OR g.tgparentid <> 0 AND (k.oid IS NULL OR k.contype = 't')
    UNION ALL
    SELECT 'rule', r.namespace, r.name, w.rulename, r.name, pg_get_ruledef(w.oid)
    FROM relation r JOIN pg_rewrite w ON w.ev_class = r.oid WHERE w.rulename <> '_RETURN'
    UNION ALL
    SELECT 'policy', r.namespace, r.name, p.polname, r.name, concat_ws(' ',
        CASE p.polcmd WHEN 'r' THEN 'select' WHEN 'a' THEN 'insert' WHEN 'w' THEN 'update' WHEN 'd' THEN 'delete' ELSE 'all' END,
        CASE WHEN p.polpermissive THEN 'permissive' ELSE 'restrictive' END,
        pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid))
    FROM relation r JOIN pg_policy p ON p.polrelid = r.oid
    UNION ALL  -- only where the plan names one
    SELECT 'routine', n.nspname, '', concat(p.proname, '(', (
            SELECT string_agg(format_type(a.type, NULL), ', ' ORDER BY a.position) FROM unnest(p.proargtypes) WITH ORDINALITY AS a(type, position)
        ), ')'), '', rtrim(pg_get_functiondef(p.oid), E'\n')
    FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
    WHERE p.prokind <> 'a' AND n.nspname IN (SELECT namespace FROM plan) AND p.proname IN (SELECT split_part(name, '(', 1) FROM plan WHERE kind = 'routine')
    UNION ALL  -- only where the plan names one
    SELECT 'enum_type', t.namespace, '', t.name, '',
        (SELECT string_agg(concat(length(e.enumlabel), ':', e.enumlabel), ' ' ORDER BY e.enumsortorder) FROM pg_enum e WHERE e.enumtypid = t.oid)
    FROM type t WHERE t.typtype = 'e'
    UNION ALL  -- only where the plan names one
    SELECT 'composite_type', t.namespace, '', t.name, '', (
        SELECT string_agg(concat(length(a.attname), ':', a.attname, ' ', length(f.type), ':', f.type), ' ' ORDER BY a.attnum)
        FROM pg_attribute a CROSS JOIN LATERAL (SELECT format_type(a.atttypid, a.atttypmod) AS type) AS f
        WHERE a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped)
    FROM type t JOIN pg_class c ON c.oid = t.typrelid AND c.relkind = 'c'
    UNION ALL  -- only where the plan names one
    SELECT 'domain_type', t.namespace, '', t.name, '', concat_ws(' ', format_type(t.typbasetype, t.typtypmod),
        CASE WHEN t.typnotnull THEN 'NOT NULL' END, COALESCE(pg_get_expr(t.typdefaultbin, 0), quote_literal(t.typdefault)))
    FROM type t WHERE t.typtype = 'd'
    UNION ALL  -- only where the plan names one
    SELECT 'domain_constraint', t.namespace, t.name, k.conname, t.name, regexp_replace(pg_get_constraintdef(k.oid), ' NOT VALID$', '')
    FROM type t JOIN pg_constraint k ON k.contypid = t.oid WHERE k.contype = 'c'
), state AS (
    SELECT f.kind, f.namespace, f.parent, {name} AS name, f."on",
        left(encode(sha256(convert_to({state}, 'UTF8')), 'hex'), 16) AS hash
    FROM found f
), difference AS (
    SELECT p.kind, p.namespace, p.parent, p.name
    FROM plan p LEFT JOIN state s USING (kind, namespace, parent, name)
    WHERE p.states <> 'any' AND NOT COALESCE(s.hash, 'absent') = ANY (string_to_array(p.states, ' '))
    UNION ALL
    SELECT s.kind, s.namespace, s.parent, s.name
    FROM state s JOIN plan p ON p.kind = 'closed' AND p.namespace = s.namespace AND p.name = s."on"
    WHERE NOT EXISTS (
        SELECT FROM plan q WHERE (q.kind, q.namespace, q.parent, q.name) = (s.kind, s.namespace, s.parent, s.name)
    )
), told AS (
    SELECT concat_ws(' ', replace(d.kind, '_', ' '), concat_ws('.', d.namespace, NULLIF(d.parent, ''), d.name)) COLLATE "C" AS what
    FROM difference d ORDER BY what LIMIT 5
)
SELECT string_agg(t.what, ', ' ORDER BY t.what) FROM told t
