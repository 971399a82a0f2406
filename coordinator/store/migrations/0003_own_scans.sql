-- A scan has one owner and a fleet has one acting coordinator: whoever holds the lease of that name. Times are the
-- store's own, so the clocks of coordinators do not matter.
CREATE TABLE fleetdrift.leases (
    name    text PRIMARY KEY,       -- scan:ID or coordinator:FLEET
    holder  text NOT NULL,          -- a process
    until   timestamptz NOT NULL    -- another process may take it after that
);

ALTER TABLE fleetdrift.scans ADD COLUMN reason text NOT NULL DEFAULT '';    -- why it has no report
