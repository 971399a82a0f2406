-- Where each tenant of a fleet is known to stand, and since when. $2 is the age at which what is known is stale.
SELECT t.tenant, t.since,
       CASE WHEN t.known_status <> 'excluded' AND t.last_good < now() - $2::interval THEN 'stale' ELSE t.status END AS status
FROM fleetdrift.tenants_now t
WHERE t.fleet = $1
