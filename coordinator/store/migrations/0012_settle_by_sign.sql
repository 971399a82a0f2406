-- What was read of a tenant, beside the sign of its database that was read before: while the sign is the same, so is the result.
CREATE TABLE fleetdrift.signs (
    fleet        text NOT NULL,
    tenant       text NOT NULL,
    host         text NOT NULL,
    database     text NOT NULL,
    namespace    text NOT NULL,
    identity     text NOT NULL,
    written      bigint NOT NULL,
    scope        text NOT NULL,             -- what was read, and by which code
    observed     text NOT NULL,             -- the answer, as in the ledger
    read_in_full timestamptz NOT NULL,
    PRIMARY KEY (fleet, tenant)
);

-- How deep the last scan of a fleet had to look, and how often a sign was wrong since the store was made.
CREATE TABLE fleetdrift.depths (
    fleet        text PRIMARY KEY,
    tenants      jsonb NOT NULL,            -- by depth
    mismatches   bigint NOT NULL
);
