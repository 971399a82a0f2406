CREATE EXTENSION citext;
CREATE EXTENSION hstore;
CREATE EXTENSION pg_trgm;
CREATE EXTENSION btree_gist;
CREATE TABLE extended (name citext NOT NULL DEFAULT 'x', pairs hstore DEFAULT 'a=>1', during tstzrange, room int,
    CHECK (name <> 'y'), UNIQUE (name), EXCLUDE USING gist (room WITH =, during WITH &&));
CREATE INDEX ON extended USING gin (pairs);
CREATE INDEX similar_name ON extended USING gin ((name::text) gin_trgm_ops);
