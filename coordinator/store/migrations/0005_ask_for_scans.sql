-- Who asked for a scan and why, the name that a client gave its request so that it may send it twice, and who wants it ended.
ALTER TABLE fleetdrift.scans
    ADD COLUMN requested_by text NOT NULL DEFAULT '',
    ADD COLUMN purpose text NOT NULL DEFAULT '',
    ADD COLUMN idempotency_key text,
    ADD COLUMN cancel_reason text;                 -- whoever performs the scan looks here, and ends it
CREATE UNIQUE INDEX scans_by_idempotency_key ON fleetdrift.scans (fleet, idempotency_key);

-- Each scan with how many of its tenants have answered; null where that is not known any more.
CREATE VIEW fleetdrift.scans_now AS
SELECT s.scan, s.fleet, s.state, s.requested, s.finished, s.epoch, s.tenants, s.reason, s.requested_by, s.purpose,
       s.idempotency_key,
       CASE WHEN s.finished IS NULL THEN (SELECT count(*) FROM fleetdrift.ledger_outcomes o WHERE o.scan = s.scan)::integer
            WHEN s.state NOT IN ('failed', 'cancelled') THEN s.tenants END AS answered
FROM fleetdrift.scans s;

-- The drift groups that any tenant was ever found in, each in a blob that reports share. A tenant that cannot be read keeps its
-- group and its plan, though no newer report names it.
CREATE TABLE fleetdrift.groups (
    fleet       text NOT NULL,
    id          text NOT NULL,
    name        text NOT NULL,             -- of the blob
    PRIMARY KEY (fleet, id)
);
CREATE INDEX groups_by_name ON fleetdrift.groups (name);
