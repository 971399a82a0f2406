-- Which standings fit what is asked of tenants: those where they may stand now (of status $2), and those that say what is known of
-- them (a change $3, a shape $4, a group $5). Null where nothing is asked. They are few and looked up first, so that the planner
-- knows how many tenants to expect. $6 is the age at which what is known is stale.
SELECT CASE WHEN $2::text = 'stale' THEN ARRAY(
                SELECT t.standing FROM fleetdrift.stands t
                JOIN fleetdrift.fleets f ON f.fleet = t.fleet
                JOIN fleetdrift.standings s ON s.standing = t.standing
                WHERE t.fleet = $1
                  AND now() - $6::interval > CASE WHEN s.was_read THEN greatest(t.last_good, f.scanned) ELSE t.last_good END)
            WHEN $2 <> '' THEN ARRAY(SELECT standing FROM fleetdrift.standings WHERE fleet = $1 AND status = $2) END AS now,
       CASE WHEN $3::text || $4::text || $5::text <> '' THEN ARRAY(
           SELECT s.standing FROM fleetdrift.standings s
           WHERE s.fleet = $1
             AND ($3 = '' OR s.standing IN (
                 SELECT h.standing FROM fleetdrift.standing_changes h
                 JOIN fleetdrift.changes c ON c.change = h.change
                 WHERE c.fleet = $1 AND c.id = $3))
             AND ($4 = '' OR s.shape LIKE $4)
             AND ($5 = '' OR s.drift_group = $5)) END AS known
