-- A shape whose snapshot is not kept any more cannot be looked up: it goes.
WITH gone AS (
    DELETE FROM fleetdrift.shapes o
    WHERE o.fleet = $1 AND o.shape <> ALL ($2::text[])
      AND NOT EXISTS (SELECT FROM fleetdrift.blobs b WHERE b.kind = $4 AND b.name = o.snapshot)
)
INSERT INTO fleetdrift.shapes (fleet, shape, snapshot)
SELECT $1, s.shape, s.snapshot FROM unnest($2::text[], $3::text[]) AS s (shape, snapshot)
ON CONFLICT (fleet, shape) DO UPDATE SET snapshot = excluded.snapshot WHERE shapes.snapshot <> excluded.snapshot
