-- What no report that is kept names, and no tenant is known to be in.
DELETE FROM fleetdrift.groups g
WHERE g.fleet = $1
  AND NOT EXISTS (SELECT FROM fleetdrift.skeleton_groups s WHERE s.name = g.name)
  AND NOT EXISTS (
      SELECT FROM fleetdrift.stands t JOIN fleetdrift.standings k ON k.standing = t.known
      WHERE t.fleet = $1 AND k.drift_group = g.id)
