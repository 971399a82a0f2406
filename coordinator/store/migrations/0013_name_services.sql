-- Whose query a change is about has a name of its own; it stood only in the object, `service: file:line`.
UPDATE fleetdrift.changes
SET document = document || jsonb_build_object('service', left(object, -length(': ' || (document ->> 'declared_at'))))
WHERE subject IN ('contract', 'service') AND NOT document ? 'service'
  AND right(object, length(': ' || (document ->> 'declared_at'))) = ': ' || (document ->> 'declared_at');
