-- A fleet as servers last listed it: who lives on one that is in maintenance, and cannot be asked, is known from here.
CREATE TABLE fleetdrift.listings (
    fleet        text NOT NULL,
    tenant       text NOT NULL,
    host         text NOT NULL,
    database     text NOT NULL,
    namespace    text NOT NULL,
    labels       jsonb NOT NULL,            -- an object of texts
    PRIMARY KEY (fleet, tenant)
);
