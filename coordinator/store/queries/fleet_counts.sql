SELECT coalesce(sum(n.tenants), 0)::integer AS tenants,
       coalesce(sum(n.tenants) FILTER (WHERE k.status = 'drifted'), 0)::integer AS drifted,
       coalesce(sum(n.tenants) FILTER (WHERE s.status IN ('unreachable', 'error')), 0)::integer AS unread,
       coalesce(sum(n.tenants) FILTER (WHERE s.document -> 'failure' ->> 'kind' = 'maintenance'), 0)::integer AS in_maintenance
FROM fleetdrift.stands n
JOIN fleetdrift.standings s ON s.standing = n.standing
LEFT JOIN fleetdrift.standings k ON k.standing = n.known
WHERE n.fleet = $1
