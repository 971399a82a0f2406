-- Who is in the fleet, with their labels. Whoever is new, or was gone and is back, was never scanned ($4) since $5. Nothing is
-- written about the others, but for labels that have changed.
WITH listed AS (
    SELECT n.tenant, n.labels, t.number, t.left_fleet IS NOT NULL AS is_back
    FROM unnest($2::text[], $3::jsonb[]) AS n (tenant, labels)
    LEFT JOIN fleetdrift.tenants t ON t.fleet = $1 AND t.tenant = n.tenant
    WHERE t.number IS NULL OR t.left_fleet IS NOT NULL OR t.labels <> n.labels
), updated AS (
    UPDATE fleetdrift.tenants t
    SET labels = l.labels,
        standing = CASE WHEN l.is_back THEN $4 ELSE t.standing END,
        known = CASE WHEN l.is_back THEN NULL ELSE t.known END,
        since = CASE WHEN l.is_back THEN $5 ELSE t.since END,
        last_good = CASE WHEN l.is_back THEN NULL ELSE t.last_good END,
        left_fleet = NULL
    FROM listed l
    WHERE t.number = l.number
    RETURNING t.number, l.is_back
), inserted AS (
    INSERT INTO fleetdrift.tenants (fleet, tenant, standing, since, labels)
    SELECT $1, l.tenant, $4, $5, l.labels
    FROM listed l
    WHERE l.number IS NULL
    RETURNING number
)
INSERT INTO fleetdrift.stays (number, standing, since)
SELECT number, $4, $5::timestamptz FROM updated WHERE is_back
UNION ALL
SELECT number, $4, $5::timestamptz FROM inserted
