-- The fleet's memory. A tenant's history is where it stood, from when until when; a change belongs to the places where a
-- tenant can stand. So a scan writes only about tenants that moved, and nothing that grows with tenants x changes.

CREATE TABLE fleetdrift.fleets (
    fleet       text PRIMARY KEY,
    scanned     timestamptz                -- when a scan of the whole fleet was last recorded
);

-- Where a tenant can stand: its row of a report without its name. Many tenants share one.
CREATE TABLE fleetdrift.standings (
    standing    bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    fleet       text NOT NULL,
    digest      text NOT NULL,             -- of the document
    status      text NOT NULL,
    shape       text NOT NULL,
    drift_group text NOT NULL,
    decided     boolean NOT NULL,          -- it says which changes a tenant has: it was read, or is left out on purpose
    was_read    boolean NOT NULL,
    document    jsonb NOT NULL,            -- the row of the report
    UNIQUE (fleet, digest)
);

CREATE TABLE fleetdrift.changes (
    change       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    fleet        text NOT NULL,
    id           text NOT NULL,            -- of what the change is
    subject      text NOT NULL,
    kind         text NOT NULL,
    object_kind  text NOT NULL,
    object       text NOT NULL,
    severity     text NOT NULL,
    document     jsonb NOT NULL,
    first_seen   timestamptz NOT NULL,
    last_seen    timestamptz NOT NULL,     -- while it is open: the newest scan of the fleet counts
    resolved     timestamptz,              -- when no tenant had it any more
    flaps        integer NOT NULL DEFAULT 0,
    tenants      integer NOT NULL DEFAULT 0,
    most_tenants integer NOT NULL DEFAULT 0,
    UNIQUE (fleet, id)
);

CREATE TABLE fleetdrift.standing_changes (
    standing    bigint NOT NULL,
    change      bigint NOT NULL,
    PRIMARY KEY (standing, change)
);
CREATE INDEX standing_changes_by_change ON fleetdrift.standing_changes (change);

ALTER TABLE fleetdrift.tenants RENAME TO tenants_before;
ALTER TABLE fleetdrift.tenants_before RENAME CONSTRAINT tenants_pkey TO tenants_before_pkey;

CREATE TABLE fleetdrift.tenants (
    number      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    fleet       text NOT NULL,
    tenant      text COLLATE "C" NOT NULL,
    standing    bigint NOT NULL,           -- now
    known       bigint,                    -- the last one that was decided
    since       timestamptz NOT NULL,      -- when it came to stand there
    last_good   timestamptz,               -- when it was last read before it came to stand here
    left_fleet  timestamptz,               -- when it was no longer in the inventory
    labels      jsonb NOT NULL DEFAULT '[]',
    UNIQUE (fleet, tenant)
) WITH (fillfactor = 80);
CREATE INDEX tenants_by_standing ON fleetdrift.tenants (fleet, standing);
CREATE INDEX tenants_by_known ON fleetdrift.tenants (fleet, known);

CREATE TABLE fleetdrift.stays (
    number      bigint NOT NULL,           -- of the tenant
    standing    bigint NOT NULL,
    since       timestamptz NOT NULL,
    until       timestamptz,
    PRIMARY KEY (number, since)
);

-- Which groups a report is made of. They are kept once, under their hash, for as long as a report names them.
CREATE TABLE fleetdrift.report_groups (
    scan        text NOT NULL REFERENCES fleetdrift.reports (scan) ON DELETE CASCADE,
    name        text NOT NULL,
    PRIMARY KEY (scan, name)
);
CREATE INDEX report_groups_by_name ON fleetdrift.report_groups (name);

-- What was known before: status and shape, but no changes. The next scan says those.
INSERT INTO fleetdrift.fleets (fleet, scanned)
SELECT fleet, max(seen) FROM fleetdrift.tenants_before GROUP BY fleet;

INSERT INTO fleetdrift.standings (fleet, digest, status, shape, drift_group, decided, was_read, document)
SELECT DISTINCT fleet, 'before-the-memory:' || status || ':' || shape, status, shape, '',
       status IN ('in_sync', 'drifted', 'pending', 'unverified', 'excluded'),
       status IN ('in_sync', 'drifted', 'pending', 'unverified'),
       jsonb_build_object('format', 'standing/1', 'tenant', '', 'status', status, 'shape', shape)
FROM fleetdrift.tenants_before;

INSERT INTO fleetdrift.tenants (fleet, tenant, standing, known, since, last_good)
SELECT b.fleet, b.tenant, s.standing, CASE WHEN s.decided THEN s.standing END, coalesce(b.drift_since, b.seen), b.last_success
FROM fleetdrift.tenants_before b
JOIN fleetdrift.standings s ON s.fleet = b.fleet AND s.status = b.status AND s.shape = b.shape;

INSERT INTO fleetdrift.stays (number, standing, since) SELECT number, standing, since FROM fleetdrift.tenants;

DROP TABLE fleetdrift.tenants_before;

-- Each tenant of a fleet as it is known now. Whoever stands where a tenant that was read can stand was read by the newest
-- scan of the fleet.
CREATE VIEW fleetdrift.tenants_now AS
SELECT t.fleet, t.number, t.tenant, t.since, t.standing, t.known, t.labels, s.status, s.shape, s.drift_group, s.document,
       k.status AS known_status, k.shape AS known_shape, k.drift_group AS known_group, k.document AS known_document,
       CASE WHEN s.was_read THEN greatest(t.last_good, f.scanned) ELSE t.last_good END AS last_good
FROM fleetdrift.tenants t
JOIN fleetdrift.fleets f ON f.fleet = t.fleet
JOIN fleetdrift.standings s ON s.standing = t.standing
LEFT JOIN fleetdrift.standings k ON k.standing = t.known
WHERE t.left_fleet IS NULL;
