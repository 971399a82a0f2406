CREATE TABLE t (a text DEFAULT 'new', b int, c bytea);
