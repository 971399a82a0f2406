-- Where a shape can be looked up: the snapshot of a tenant that was found to have it. A few rows, however large the fleet.
CREATE TABLE fleetdrift.shapes (
    fleet       text NOT NULL,
    shape       text NOT NULL,
    snapshot    text NOT NULL,             -- name of the blob
    PRIMARY KEY (fleet, shape)
);
