-- The first answer wins, here as in the coordinator's memory.
INSERT INTO fleetdrift.ledger_outcomes (scan, tenant, outcome)
SELECT $1, o.tenant, o.outcome FROM unnest($2::text[], $3::jsonb[]) AS o (tenant, outcome)
ON CONFLICT (scan, tenant) DO NOTHING
