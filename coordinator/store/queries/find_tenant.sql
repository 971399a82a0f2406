SELECT n.*, CASE WHEN n.known_status <> 'excluded' AND n.last_good < now() - $2::interval THEN 'stale'
                 ELSE n.status END AS shown,
       (SELECT count(DISTINCT h.change) FROM fleetdrift.standing_changes h
        WHERE h.standing IN (n.known, n.standing))::integer AS changes
FROM fleetdrift.tenants_now n
WHERE n.fleet = $1 AND n.tenant = $3
