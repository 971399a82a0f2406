-- The newest report of the whole fleet stays, however old it is, and however many scans of some tenants came after it.
DELETE FROM fleetdrift.reports r
USING (
    SELECT scan, finished, row_number() OVER (ORDER BY finished DESC) AS place,
           coalesce(finished = max(finished) FILTER (WHERE NOT selective) OVER (), false) AS is_newest
    FROM fleetdrift.reports WHERE fleet = $1
) p
WHERE r.scan = p.scan AND NOT p.is_newest AND (p.place > $2 OR p.finished < now() - $3::interval)
