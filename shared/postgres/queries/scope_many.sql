-- Many namespaces at once. Each is called by a word that nobody else can know, so that its reader finds it in what was read of
-- it, and calls it {tenant} there and by its name in what was read of others. What is put in are rows of such a word and a name.
WITH wanted AS MATERIALIZED (
    SELECT w.word, w.name FROM (VALUES {wanted}) AS w(word, name)
),
naming AS MATERIALIZED (
    SELECT n.oid, n.nspname, COALESCE(w.word, n.nspname::text) AS name, w.word IS NOT NULL AS read
    FROM pg_namespace n
    LEFT JOIN wanted w ON w.name = n.nspname::text
),
scope AS MATERIALIZED (
    SELECT n.oid, n.name
    FROM naming n
    WHERE n.read
),
