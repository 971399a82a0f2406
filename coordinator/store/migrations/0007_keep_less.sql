-- Reports that say the same are kept once: without times and tenants, under their hash. A report's row names it.
ALTER TABLE fleetdrift.reports ADD COLUMN skeleton text;      -- name of the blob; null in a report that is kept as a whole
UPDATE fleetdrift.reports r SET skeleton = 'scan:' || scan
WHERE EXISTS (SELECT FROM fleetdrift.report_groups g WHERE g.scan = r.scan);
CREATE INDEX reports_by_skeleton ON fleetdrift.reports (skeleton);

-- The groups that a report is made of; kept for as long as a report of that skeleton is.
CREATE TABLE fleetdrift.skeleton_groups (
    skeleton    text NOT NULL,
    name        text NOT NULL,             -- of the group's blob
    PRIMARY KEY (skeleton, name)
);
CREATE INDEX skeleton_groups_by_name ON fleetdrift.skeleton_groups (name);
INSERT INTO fleetdrift.skeleton_groups SELECT 'scan:' || scan, name FROM fleetdrift.report_groups;
DROP TABLE fleetdrift.report_groups;

-- When history that is too old was last deleted: it is looked for once a day.
ALTER TABLE fleetdrift.fleets ADD COLUMN history_pruned timestamptz;

-- How many tenants stand where: a few rows even of a large fleet, so that it is counted in no time. What was read when the
-- whole fleet was last scanned has no last_good here: it moves on with every scan.
CREATE TABLE fleetdrift.stands (
    fleet       text NOT NULL,
    standing    bigint NOT NULL,
    known       bigint,
    last_good   timestamptz,
    tenants     integer NOT NULL
);
CREATE INDEX stands_by_fleet ON fleetdrift.stands (fleet);

CREATE FUNCTION fleetdrift.count_stands(counted text) RETURNS void LANGUAGE sql AS $$
    DELETE FROM fleetdrift.stands WHERE fleet = counted;
    INSERT INTO fleetdrift.stands (fleet, standing, known, last_good, tenants)
    SELECT t.fleet, t.standing, t.known, CASE WHEN s.was_read AND t.last_good <= f.scanned THEN NULL ELSE t.last_good END,
           count(*)
    FROM fleetdrift.tenants t
    JOIN fleetdrift.fleets f ON f.fleet = t.fleet
    JOIN fleetdrift.standings s ON s.standing = t.standing
    WHERE t.fleet = counted AND t.left_fleet IS NULL
    GROUP BY 1, 2, 3, 4
$$;

-- Whoever writes about tenants need not think of it.
CREATE FUNCTION fleetdrift.tenants_were_written() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM fleetdrift.count_stands(w.fleet) FROM (SELECT DISTINCT fleet FROM written) w;
    RETURN NULL;
END
$$;
CREATE TRIGGER count_stands_after_insert AFTER INSERT ON fleetdrift.tenants
    REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION fleetdrift.tenants_were_written();
CREATE TRIGGER count_stands_after_update AFTER UPDATE ON fleetdrift.tenants
    REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION fleetdrift.tenants_were_written();

SELECT fleetdrift.count_stands(fleet) FROM fleetdrift.fleets;

-- Every change that a notice is about, also of those beyond its bound: what is withdrawn was never told of any of them.
ALTER TABLE fleetdrift.notices ADD COLUMN changes text[] NOT NULL DEFAULT '{}';
UPDATE fleetdrift.notices SET changes = ARRAY(
    SELECT e ->> 'change' FROM jsonb_array_elements(document -> 'events') e WHERE e ->> 'change' <> ''
) WHERE held;
