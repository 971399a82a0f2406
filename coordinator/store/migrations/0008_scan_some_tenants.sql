-- A scan may be for some tenants of a fleet. Its report says nothing of the others, and is not one of the whole fleet.
ALTER TABLE fleetdrift.scans ADD COLUMN selection jsonb;
ALTER TABLE fleetdrift.reports ADD COLUMN selective boolean NOT NULL DEFAULT false;
ALTER TABLE fleetdrift.fleets ADD COLUMN recorded timestamptz;      -- the moment of the newest report of either kind

CREATE OR REPLACE VIEW fleetdrift.scans_now AS
SELECT s.scan, s.fleet, s.state, s.requested, s.finished, s.epoch, s.tenants, s.reason, s.requested_by, s.purpose,
       s.idempotency_key,
       CASE WHEN s.finished IS NULL THEN (SELECT count(*) FROM fleetdrift.ledger_outcomes o WHERE o.scan = s.scan)::integer
            WHEN s.state NOT IN ('failed', 'cancelled') THEN s.tenants END AS answered,
       s.selection::text AS selection
FROM fleetdrift.scans s;
