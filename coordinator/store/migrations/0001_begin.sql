-- The coordinator's truth. Redis may forget everything; this may not.

CREATE TABLE fleetdrift.scans (
    scan        text PRIMARY KEY,
    fleet       text NOT NULL,
    state       text NOT NULL DEFAULT 'running',   -- queued, running, then a ScanStatus or 'cancelled'
    requested   timestamptz NOT NULL DEFAULT now(),
    finished    timestamptz,
    epoch       integer NOT NULL DEFAULT 0,         -- how often this scan began anew in Redis
    tenants     integer NOT NULL DEFAULT 0
);
CREATE INDEX scans_by_fleet ON fleetdrift.scans (fleet, requested DESC);

-- Who is to be read by which scan. A tenant is done when it has an outcome; completion is derived from that alone.
-- Three tables that only grow, rather than one that is updated: a join with an array of new outcomes, on a table that
-- was filled a moment ago and has no statistics, has been seen to take minutes; these inserts have but one plan.
CREATE TABLE fleetdrift.ledger (
    scan        text NOT NULL,
    ordinal     integer NOT NULL,
    target      jsonb NOT NULL,
    PRIMARY KEY (scan, ordinal)
);

CREATE TABLE fleetdrift.ledger_marks (
    scan        text NOT NULL,
    tenant      text NOT NULL,
    attempt     integer NOT NULL,
    strikes     integer NOT NULL,
    batch       text NOT NULL,
    PRIMARY KEY (scan, tenant)
) WITH (fillfactor = 80);                           -- room for the update that a second sending is

CREATE TABLE fleetdrift.ledger_outcomes (
    scan        text NOT NULL,
    tenant      text NOT NULL,
    outcome     jsonb NOT NULL,
    PRIMARY KEY (scan, tenant)
);

-- What is known of each tenant across scans.
CREATE TABLE fleetdrift.tenants (
    fleet        text NOT NULL,
    tenant       text NOT NULL,
    status       text NOT NULL,
    shape        text NOT NULL,
    scan         text NOT NULL,
    seen         timestamptz NOT NULL DEFAULT now(),
    last_success timestamptz,                       -- when it could last be read
    drift_since  timestamptz,                       -- when the present drift was first seen
    PRIMARY KEY (fleet, tenant)
);

-- Values under their content hash: snapshots, analyses.
CREATE TABLE fleetdrift.blobs (
    kind        text NOT NULL,
    name        text NOT NULL,
    data        bytea NOT NULL,
    used        timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (kind, name)
);
ALTER TABLE fleetdrift.blobs ALTER COLUMN data SET STORAGE EXTERNAL;   -- it is compressed already
CREATE INDEX blobs_by_use ON fleetdrift.blobs (kind, used);

CREATE TABLE fleetdrift.reports (
    scan         text PRIMARY KEY,
    fleet        text NOT NULL,
    status       text NOT NULL,
    content_hash text NOT NULL,
    finished     timestamptz NOT NULL DEFAULT now(),
    document     bytea NOT NULL
);
ALTER TABLE fleetdrift.reports ALTER COLUMN document SET STORAGE EXTERNAL;
CREATE INDEX reports_by_fleet ON fleetdrift.reports (fleet, finished DESC);
