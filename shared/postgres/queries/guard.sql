-- Compares what is here with what a plan expects (shared/remediation/guard.py) and names up to five differences.
-- What stands in braces is put in by shared/postgres/guard.py: the plan's guard, the model's defaults, the rows' query.
WITH plan AS MATERIALIZED (
    SELECT {plan}::jsonb AS guard, {defaults}::jsonb AS defaults
),
found AS MATERIALIZED (
    SELECT
        o.object,
        jsonb_build_array(
            q.kind, COALESCE(o.object ->> 'namespace', ''), COALESCE(o.object ->> 'parent', ''), COALESCE(o.object ->> 'name', ''),
            COALESCE(o.object ->> 'signature', ''), COALESCE(o.object ->> 'of', '')
        ) AS identity
    FROM plan p
    CROSS JOIN ({rows}) AS q
    CROSS JOIN LATERAL (
        -- A query may spell a default out; the model's form leaves it out.
        SELECT jsonb_object_agg(e.key, e.value) AS object
        FROM jsonb_each(q.line::jsonb) AS e
        WHERE COALESCE(p.defaults -> q.kind -> e.key <> e.value, true)
    ) AS o
),
touched AS MATERIALIZED (
    SELECT t.value -> 'identity' AS identity, t.value ->> 'rest' AS rest, t.value -> 'fields' AS fields,
        (t.value -> 'may_be_absent')::bool AS may_be_absent
    FROM plan p CROSS JOIN LATERAL jsonb_array_elements(p.guard -> 'touched') AS t(value)
),
untouched AS (
    SELECT f.identity ->> 0 AS kind, count(*) AS count,
        encode(sha256(string_agg(l.line, '\x0a'::bytea ORDER BY l.line)), 'hex') AS hash
    FROM found f
    CROSS JOIN LATERAL (SELECT convert_to(f.object::text, 'UTF8') AS line) AS l
    WHERE f.identity NOT IN (SELECT t.identity FROM touched t)
    GROUP BY f.identity ->> 0
),
expected AS (
    SELECT u.value ->> 'kind' AS kind, u.value ->> 'hash' AS hash
    FROM plan p CROSS JOIN LATERAL jsonb_array_elements(p.guard -> 'untouched') AS u(value)
),
difference AS (
    SELECT 'objects of kind ' || COALESCE(u.kind, e.kind) || ' that the plan leaves alone' AS what
    FROM untouched u
    FULL JOIN expected e ON e.kind = u.kind
    WHERE u.hash IS DISTINCT FROM e.hash
    UNION ALL
    SELECT concat_ws(' ', t.identity ->> 0, concat_ws('.', NULLIF(t.identity ->> 1, ''), NULLIF(t.identity ->> 2, ''), t.identity ->> 3))
    FROM touched t
    LEFT JOIN found f ON f.identity = t.identity
    WHERE CASE
        WHEN f.object IS NULL THEN NOT t.may_be_absent
        WHEN t.rest = '' THEN false
        ELSE t.rest <> encode(sha256(convert_to((
                f.object - ARRAY(SELECT c.value ->> 'name' FROM jsonb_array_elements(t.fields) AS c(value))
            )::text, 'UTF8')), 'hex')
            OR EXISTS (
                SELECT FROM jsonb_array_elements(t.fields) AS c(value)
                WHERE NOT c.value -> 'values' ? COALESCE(
                    encode(sha256(convert_to((f.object -> (c.value ->> 'name'))::text, 'UTF8')), 'hex'), 'absent'
                )
            )
    END
)
SELECT string_agg(d.what, ', ' ORDER BY d.what COLLATE "C")
FROM (SELECT what FROM difference ORDER BY what COLLATE "C" LIMIT 5) AS d
