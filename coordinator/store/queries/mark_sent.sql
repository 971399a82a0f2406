-- Who was sent, in which batch: what a coordinator that takes over must know of crashes so far.
INSERT INTO fleetdrift.ledger_marks (scan, tenant, attempt, strikes, batch)
SELECT $1, m.tenant, m.attempt, m.strikes, m.batch
FROM unnest($2::text[], $3::integer[], $4::integer[], $5::text[]) AS m (tenant, attempt, strikes, batch)
ON CONFLICT (scan, tenant) DO UPDATE
SET attempt = EXCLUDED.attempt, strikes = EXCLUDED.strikes, batch = EXCLUDED.batch
