-- A change that is known keeps its dates; where it is declared and what its rule says may have moved.
INSERT INTO fleetdrift.changes AS c
    (fleet, id, subject, kind, object_kind, object, severity, document, first_seen, last_seen)
SELECT $1, n.*, $9, $9
FROM unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::jsonb[]) AS n
ON CONFLICT (fleet, id) DO UPDATE
SET object = EXCLUDED.object, severity = EXCLUDED.severity, document = EXCLUDED.document
WHERE (c.object, c.severity, c.document) IS DISTINCT FROM (EXCLUDED.object, EXCLUDED.severity, EXCLUDED.document)
