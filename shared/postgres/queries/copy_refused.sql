-- Whether COPY is refused because the relation is a view: one with an INSTEAD OF INSERT trigger takes rows.
-- pg_trigger.tgtype: bit 2 is INSERT, bit 6 is INSTEAD (pg_trigger.h).
SELECT c.relkind IN ('v', 'm')
    AND NOT ($2::bool AND EXISTS (
        SELECT FROM pg_catalog.pg_trigger AS t
        WHERE t.tgrelid OPERATOR(pg_catalog.=) c.oid
            AND (t.tgtype OPERATOR(pg_catalog.&) 68::int2) OPERATOR(pg_catalog.=) 68
    ))
FROM pg_catalog.pg_class AS c
WHERE c.oid OPERATOR(pg_catalog.=) pg_catalog.to_regclass($1::text)
