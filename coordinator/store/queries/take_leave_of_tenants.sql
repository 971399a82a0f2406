-- Who is not in the fleet any more. What was known of them is kept as long as all history is.
WITH gone AS (
    UPDATE fleetdrift.tenants t SET left_fleet = $3
    WHERE t.fleet = $1 AND t.left_fleet IS NULL
      AND NOT EXISTS (SELECT FROM unnest($2::text[]) AS n (tenant) WHERE n.tenant = t.tenant)
    RETURNING t.number, t.since
)
UPDATE fleetdrift.stays y SET until = $3 FROM gone g WHERE y.number = g.number AND y.since = g.since
