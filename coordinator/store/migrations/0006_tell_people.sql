-- What is to be told, to whom, and whether it was. A notice that is held waits until its scan is confirmed.
CREATE TABLE fleetdrift.notices (
    notice      text PRIMARY KEY,
    fleet       text NOT NULL,
    scan        text NOT NULL,
    created     timestamptz NOT NULL DEFAULT now(),
    held        boolean NOT NULL DEFAULT false,
    document    jsonb NOT NULL
);
CREATE INDEX notices_by_fleet ON fleetdrift.notices (fleet, created);

CREATE TABLE fleetdrift.deliveries (
    notice      text NOT NULL REFERENCES fleetdrift.notices (notice) ON DELETE CASCADE,
    sink        text NOT NULL,             -- its name in the configuration
    tries       integer NOT NULL DEFAULT 0,
    next_try    timestamptz NOT NULL DEFAULT now(),
    ended       timestamptz,               -- it was taken, or given up
    failure     text NOT NULL DEFAULT '',  -- why the last try failed
    PRIMARY KEY (notice, sink)
);
CREATE INDEX deliveries_due ON fleetdrift.deliveries (next_try) WHERE ended IS NULL;

-- The scan whose result nobody believes yet, why, and the statuses before it.
ALTER TABLE fleetdrift.fleets
    ADD COLUMN spec text NOT NULL DEFAULT '',           -- what was declared, by the newest report
    ADD COLUMN suspicious_scan text,
    ADD COLUMN suspicious_reason text NOT NULL DEFAULT '',
    ADD COLUMN suspicious_before jsonb NOT NULL DEFAULT '[]',
    ADD COLUMN suspicious_drifted integer NOT NULL DEFAULT 0;   -- tenants known to be drifted before it
