CREATE SCHEMA ops;
CREATE TABLE ops.jobs (
    name    text PRIMARY KEY,
    payload jsonb NOT NULL DEFAULT '{}',
    runs    integer NOT NULL DEFAULT 0,
    last_at timestamptz
);
CREATE TABLE ops.outbox (
    id    bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    topic text NOT NULL,
    body  text NOT NULL,
    sent  boolean NOT NULL DEFAULT false
);

CREATE VIEW depot_load AS
SELECT d.id AS depot_id, d.code, d.capacity, count(p.id) AS parcels, sum(p.weight)::bigint AS weight
  FROM depots d LEFT JOIN parcels p ON p.depot_id = d.id GROUP BY d.id, d.code, d.capacity;

CREATE VIEW courier_names AS SELECT id, name, phone FROM couriers;

CREATE FUNCTION parcels_at(depot integer) RETURNS bigint LANGUAGE sql STABLE AS $$
    SELECT count(*) FROM parcels p WHERE p.depot_id = depot
$$;
CREATE FUNCTION next_position(route bigint) RETURNS integer LANGUAGE sql STABLE AS $$
    SELECT coalesce(max(s.position), 0) + 1 FROM stops s WHERE s.route_id = route
$$;
CREATE FUNCTION stamp_job() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN NEW.last_at := now(); RETURN NEW; END $$;
CREATE TRIGGER jobs_stamp BEFORE UPDATE ON ops.jobs FOR EACH ROW EXECUTE FUNCTION stamp_job();
