-- Who was sent, in which batch: what a coordinator that takes over must know of crashes so far.
UPDATE fleetdrift.ledger AS l
SET attempt = m.attempt, strikes = m.strikes, batch = m.batch
FROM unnest($2::text[], $3::integer[], $4::integer[], $5::text[]) AS m (tenant, attempt, strikes, batch)
WHERE l.scan = $1 AND l.tenant = m.tenant
