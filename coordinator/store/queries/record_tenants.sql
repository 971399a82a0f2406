-- Drift began when it was first seen and goes on until the tenant is seen in sync: not being readable ends nothing.
INSERT INTO fleetdrift.tenants AS t (fleet, tenant, status, shape, scan, last_success, drift_since)
SELECT $1, n.tenant, n.status, n.shape, $2,
       CASE WHEN n.shape <> '' THEN now() END,
       CASE WHEN n.status = 'drifted' THEN now() END
FROM unnest($3::text[], $4::text[], $5::text[]) AS n (tenant, status, shape)
ON CONFLICT (fleet, tenant) DO UPDATE
SET status = EXCLUDED.status,
    shape = CASE WHEN EXCLUDED.shape = '' THEN t.shape ELSE EXCLUDED.shape END,
    scan = EXCLUDED.scan,
    seen = now(),
    last_success = coalesce(EXCLUDED.last_success, t.last_success),
    drift_since = CASE
        WHEN EXCLUDED.status = 'drifted' THEN coalesce(t.drift_since, now())
        WHEN EXCLUDED.shape = '' THEN t.drift_since
    END
