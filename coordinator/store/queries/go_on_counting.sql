-- Numbers that the store gives itself go on after those that are taken.
DO $$
DECLARE
    counted record;
BEGIN
    FOR counted IN
        SELECT c.oid::regclass AS place, a.attname AS part, pg_get_serial_sequence(c.oid::regclass::text, a.attname) AS numbers
        FROM pg_catalog.pg_attribute a
        JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
        WHERE c.relnamespace = 'fleetdrift'::regnamespace AND a.attidentity <> '' AND NOT a.attisdropped
    LOOP
        EXECUTE format('SELECT setval(%L, coalesce(max(%I), 0) + 1, false) FROM %s',
                       counted.numbers, counted.part, counted.place);
    END LOOP;
END
$$
