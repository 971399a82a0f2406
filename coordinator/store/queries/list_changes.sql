-- The worst first, of equal ones those that most tenants have. $2 is where to go on, $3 how many.
SELECT c.document, c.first_seen, c.resolved, c.flaps, c.tenants, c.most_tenants, c.id, c.gone, c.rank,
       CASE WHEN c.resolved IS NULL THEN f.scanned ELSE c.last_seen END AS last_seen
FROM (
    SELECT *, (resolved IS NOT NULL)::integer AS gone, array_position('{error,warning,info}', severity) AS rank
    FROM fleetdrift.changes WHERE fleet = $1
) c
JOIN fleetdrift.fleets f ON f.fleet = c.fleet
WHERE ($2::text IS NULL OR (c.gone, c.rank, -c.tenants, c.id)
        > (($2::jsonb ->> 0)::integer, ($2::jsonb ->> 1)::integer, ($2::jsonb ->> 2)::integer, $2::jsonb ->> 3))
  AND ($4::text = '' OR (c.resolved IS NULL) = ($4 = 'open'))
  AND ($5::timestamptz IS NULL OR c.first_seen >= $5)
  AND ($6::text = '' OR c.subject = $6)
  AND ($7::text = '' OR c.severity = $7)
  AND ($8::text = '' OR strpos(c.object, $8) > 0)
  AND ($9::text = '' OR c.change IN (
      SELECT h.change FROM fleetdrift.standing_changes h
      JOIN fleetdrift.tenants t ON h.standing IN (t.known, t.standing)
      WHERE t.fleet = $1 AND t.tenant = $9 AND t.left_fleet IS NULL))
ORDER BY c.gone, c.rank, -c.tenants, c.id
LIMIT $3
