-- The newest report stays, however old it is.
DELETE FROM fleetdrift.reports r
USING (SELECT scan, finished, row_number() OVER (ORDER BY finished DESC) AS place FROM fleetdrift.reports WHERE fleet = $1) p
WHERE r.scan = p.scan AND (p.place > $2 OR (p.place > 1 AND p.finished < now() - $3::interval))
