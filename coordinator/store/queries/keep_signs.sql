-- What has not changed is not written again.
INSERT INTO fleetdrift.signs AS s (fleet, tenant, host, database, namespace, identity, written, scope, observed, read_in_full)
SELECT $1, n.tenant, n.host, n.database, n.namespace, n.identity, n.written, $2, n.observed, n.read_in_full
FROM unnest($3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::bigint[], $9::text[], $10::timestamptz[])
    AS n (tenant, host, database, namespace, identity, written, observed, read_in_full)
ON CONFLICT (fleet, tenant) DO UPDATE SET
    host = excluded.host, database = excluded.database, namespace = excluded.namespace, identity = excluded.identity,
    written = excluded.written, scope = excluded.scope, observed = excluded.observed, read_in_full = excluded.read_in_full
WHERE (s.host, s.database, s.namespace, s.identity, s.written, s.scope, s.observed, s.read_in_full)
    <> (excluded.host, excluded.database, excluded.namespace, excluded.identity, excluded.written, excluded.scope, excluded.observed, excluded.read_in_full)
