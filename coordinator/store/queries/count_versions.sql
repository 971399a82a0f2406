-- What the migration tables of tenants said when they were last read, with how many tenants.
SELECT coalesce(k.document -> 'versions', '[]') AS versions, sum(t.tenants)::integer AS tenants
FROM fleetdrift.stands t
JOIN fleetdrift.standings k ON k.standing = t.known
WHERE t.fleet = $1 AND k.status <> 'excluded'
GROUP BY 1
ORDER BY -sum(t.tenants), 1
