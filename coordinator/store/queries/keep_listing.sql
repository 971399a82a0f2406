-- What has not changed is not written again.
WITH listed AS (
    SELECT * FROM unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::jsonb[])
        AS n (tenant, host, database, namespace, labels)
), gone AS (
    DELETE FROM fleetdrift.listings l WHERE l.fleet = $1 AND NOT EXISTS (SELECT FROM listed n WHERE n.tenant = l.tenant)
)
INSERT INTO fleetdrift.listings AS l (fleet, tenant, host, database, namespace, labels)
SELECT $1, n.tenant, n.host, n.database, n.namespace, n.labels FROM listed n
ON CONFLICT (fleet, tenant) DO UPDATE SET
    host = excluded.host, database = excluded.database, namespace = excluded.namespace, labels = excluded.labels
WHERE (l.host, l.database, l.namespace, l.labels) <> (excluded.host, excluded.database, excluded.namespace, excluded.labels)
