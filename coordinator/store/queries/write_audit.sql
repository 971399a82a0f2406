-- What is older than $8 goes: the log has an end.
WITH pruned AS (DELETE FROM fleetdrift.audit WHERE at < now() - $8::interval)
INSERT INTO fleetdrift.audit (fleet, who, via, address, action, subject, detail) VALUES ($1, $2, $3, $4, $5, $6, $7)
