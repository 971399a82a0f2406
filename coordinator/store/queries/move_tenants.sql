-- Writes about those tenants alone that stand elsewhere than before. $4 is now, $5 when the fleet was scanned before.
WITH reported AS (
    SELECT n.tenant, n.standing, s.decided
    FROM unnest($2::text[], $3::bigint[]) AS n (tenant, standing)
    JOIN fleetdrift.standings s ON s.standing = n.standing
), moved AS MATERIALIZED (
    SELECT r.tenant, r.standing, r.decided, t.number, t.since, coalesce(b.was_read, false) AS was_read
    FROM reported r
    LEFT JOIN fleetdrift.tenants t ON t.fleet = $1 AND t.tenant = r.tenant
    LEFT JOIN fleetdrift.standings b ON b.standing = t.standing
    WHERE t.number IS NULL OR t.standing <> r.standing OR t.left_fleet IS NOT NULL
), ended AS (
    UPDATE fleetdrift.stays y SET until = $4
    FROM moved m
    WHERE y.number = m.number AND y.since = m.since AND y.until IS NULL
), updated AS (
    UPDATE fleetdrift.tenants t
    SET standing = m.standing,
        known = CASE WHEN m.decided THEN m.standing ELSE t.known END,
        since = $4,
        left_fleet = NULL,
        last_good = CASE WHEN m.was_read AND t.left_fleet IS NULL THEN greatest(t.last_good, $5) ELSE t.last_good END
    FROM moved m
    WHERE t.number = m.number
    RETURNING t.number, t.standing
), inserted AS (
    INSERT INTO fleetdrift.tenants (fleet, tenant, standing, known, since)
    SELECT $1, m.tenant, m.standing, CASE WHEN m.decided THEN m.standing END, $4
    FROM moved m
    WHERE m.number IS NULL
    RETURNING number, standing
)
INSERT INTO fleetdrift.stays (number, standing, since)
SELECT number, standing, $4 FROM updated
UNION ALL
SELECT number, standing, $4 FROM inserted
