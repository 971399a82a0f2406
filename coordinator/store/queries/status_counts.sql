SELECT s.status, sum(n.tenants)::integer AS tenants
FROM fleetdrift.stands n
JOIN fleetdrift.standings s ON s.standing = n.standing
WHERE n.fleet = $1
GROUP BY s.status
ORDER BY s.status
