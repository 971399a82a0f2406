-- The first answer wins, here as in the coordinator's memory.
UPDATE fleetdrift.ledger AS l
SET outcome = o.outcome
FROM unnest($2::text[], $3::jsonb[]) AS o (tenant, outcome)
WHERE l.scan = $1 AND l.tenant = o.tenant AND l.outcome IS NULL
