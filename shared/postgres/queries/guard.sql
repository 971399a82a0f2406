-- Compares what is here with what a plan expects (shared/remediation/guard.py) and names up to five differences.
-- What stands in braces is put in by shared/postgres/guard.py: the plan's guards, the model's defaults, the rows' query.
WITH plan AS MATERIALIZED (
    -- One schema is spelt in several ways in a fleet: the database has to be as one of the guards says.
    SELECT g.number, g.value AS guard FROM jsonb_array_elements({guards}::jsonb) WITH ORDINALITY AS g(value, number)
),
found AS MATERIALIZED (
    SELECT
        o.object,
        jsonb_build_array(
            q.kind, COALESCE(o.object ->> 'namespace', ''), COALESCE(o.object ->> 'parent', ''), COALESCE(o.object ->> 'name', ''),
            COALESCE(o.object ->> 'signature', ''), COALESCE(o.object ->> 'of', '')
        ) AS identity
    FROM (SELECT {defaults}::jsonb AS defaults) AS model
    CROSS JOIN ({rows}) AS q
    CROSS JOIN LATERAL (
        -- A query may spell a default out; the model's form leaves it out.
        SELECT jsonb_object_agg(e.key, e.value) AS object
        FROM jsonb_each(q.line::jsonb) AS e
        WHERE COALESCE(model.defaults -> q.kind -> e.key <> e.value, true)
    ) AS o
),
touched AS MATERIALIZED (
    SELECT p.number, t.value -> 'identity' AS identity, t.value ->> 'rest' AS rest, t.value -> 'fields' AS fields,
        (t.value -> 'may_be_absent')::bool AS may_be_absent
    FROM plan p CROSS JOIN LATERAL jsonb_array_elements(p.guard -> 'touched') AS t(value)
),
untouched AS (
    SELECT p.number, f.identity ->> 0 AS kind, encode(sha256(string_agg(l.line, '\x0a'::bytea ORDER BY l.line)), 'hex') AS hash
    FROM plan p
    CROSS JOIN found f
    CROSS JOIN LATERAL (SELECT convert_to(f.object::text, 'UTF8') AS line) AS l
    WHERE (p.number, f.identity) NOT IN (SELECT t.number, t.identity FROM touched t)
    GROUP BY p.number, f.identity ->> 0
),
expected AS (
    SELECT p.number, u.value ->> 'kind' AS kind, u.value ->> 'hash' AS hash
    FROM plan p CROSS JOIN LATERAL jsonb_array_elements(p.guard -> 'untouched') AS u(value)
),
difference AS MATERIALIZED (
    SELECT number, 'objects of kind ' || kind || ' that the plan leaves alone' AS what
    FROM untouched u
    FULL JOIN expected e USING (number, kind)
    WHERE u.hash IS DISTINCT FROM e.hash
    UNION ALL
    SELECT
        t.number,
        concat_ws(' ', t.identity ->> 0, concat_ws('.', NULLIF(t.identity ->> 1, ''), NULLIF(t.identity ->> 2, ''), t.identity ->> 3))
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
FROM (SELECT what FROM difference WHERE number = 1 ORDER BY what COLLATE "C" LIMIT 5) AS d
WHERE NOT EXISTS (SELECT FROM plan p WHERE p.number NOT IN (SELECT number FROM difference))
