SELECT s.status, sum(n.tenants)::integer AS tenants
FROM (
    SELECT standing, count(*) AS tenants FROM fleetdrift.tenants WHERE fleet = $1 AND left_fleet IS NULL GROUP BY standing
) n
JOIN fleetdrift.standings s ON s.standing = n.standing
GROUP BY s.status
ORDER BY s.status
