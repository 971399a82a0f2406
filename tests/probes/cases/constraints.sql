== constraint.* a primary key comes
CREATE TABLE $n.t (a int NOT NULL, b int);
--
--
ALTER TABLE $n.t ADD PRIMARY KEY (a);
== constraint.definition a primary key of other columns
CREATE TABLE $n.t (a int NOT NULL, b int NOT NULL);
--
ALTER TABLE $n.t ADD PRIMARY KEY (a);
--
ALTER TABLE $n.t ADD PRIMARY KEY (b, a);
== constraint.name a primary key of another name
CREATE TABLE $n.t (a int NOT NULL, b int NOT NULL);
--
ALTER TABLE $n.t ADD PRIMARY KEY (a);
--
ALTER TABLE $n.t ADD CONSTRAINT mine PRIMARY KEY (a);
== constraint.definition a primary key becomes a unique constraint
CREATE TABLE $n.t (a int NOT NULL, b int NOT NULL);
--
ALTER TABLE $n.t ADD CONSTRAINT k PRIMARY KEY (a);
--
ALTER TABLE $n.t ADD CONSTRAINT k UNIQUE (a);
== constraint.definition a deferrable unique constraint
CREATE TABLE $n.t (a int);
--
ALTER TABLE $n.t ADD CONSTRAINT k UNIQUE (a);
--
ALTER TABLE $n.t ADD CONSTRAINT k UNIQUE (a) DEFERRABLE;
== constraint.definition a unique constraint that is deferred at first
CREATE TABLE $n.t (a int);
--
ALTER TABLE $n.t ADD CONSTRAINT k UNIQUE (a) DEFERRABLE;
--
ALTER TABLE $n.t ADD CONSTRAINT k UNIQUE (a) DEFERRABLE INITIALLY DEFERRED;
== constraint.definition [15+] nulls are not distinct
CREATE TABLE $n.t (a int);
--
ALTER TABLE $n.t ADD CONSTRAINT k UNIQUE (a);
--
ALTER TABLE $n.t ADD CONSTRAINT k UNIQUE NULLS NOT DISTINCT (a);
== constraint.definition a unique constraint includes a column
CREATE TABLE $n.t (a int, b int);
--
ALTER TABLE $n.t ADD CONSTRAINT k UNIQUE (a);
--
ALTER TABLE $n.t ADD CONSTRAINT k UNIQUE (a) INCLUDE (b);
== constraint.index_options a key's fill factor
CREATE TABLE $n.t (a int, b int);
--
ALTER TABLE $n.t ADD CONSTRAINT k UNIQUE (a);
--
ALTER TABLE $n.t ADD CONSTRAINT k UNIQUE (a) WITH (fillfactor = 60);
== constraint.index_tablespace a key's tablespace
CREATE TABLE $n.t (a int, b int);
--
ALTER TABLE $n.t ADD CONSTRAINT k UNIQUE (a);
--
ALTER TABLE $n.t ADD CONSTRAINT k UNIQUE (a) USING INDEX TABLESPACE probe_space;
== constraint.index_clustered clustered by a key
CREATE TABLE $n.t (a int, CONSTRAINT k UNIQUE (a));
--
--
ALTER TABLE $n.t CLUSTER ON k;
== constraint.definition [18+] [alone] a key without overlaps
CREATE EXTENSION btree_gist; CREATE TABLE $n.t (a int, p daterange);
--
ALTER TABLE $n.t ADD CONSTRAINT k UNIQUE (a, p);
--
ALTER TABLE $n.t ADD CONSTRAINT k UNIQUE (a, p WITHOUT OVERLAPS);
== constraint.definition [18+] [alone] a foreign key of periods
CREATE EXTENSION btree_gist; CREATE TABLE $n.t (a int, p daterange, CONSTRAINT k PRIMARY KEY (a, p WITHOUT OVERLAPS)); CREATE TABLE $n.r (a int, p daterange);
--
--
ALTER TABLE $n.r ADD CONSTRAINT f FOREIGN KEY (a, PERIOD p) REFERENCES $n.t (a, PERIOD p);
== constraint.* a foreign key comes
CREATE TABLE $n.p (a int PRIMARY KEY); CREATE TABLE $n.t (a int);
--
--
ALTER TABLE $n.t ADD FOREIGN KEY (a) REFERENCES $n.p;
== constraint.definition a foreign key cascades
CREATE TABLE $n.p (a int PRIMARY KEY); CREATE TABLE $n.t (a int);
--
ALTER TABLE $n.t ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES $n.p;
--
ALTER TABLE $n.t ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES $n.p ON DELETE CASCADE ON UPDATE SET NULL;
== constraint.definition a foreign key sets the default, or restricts
CREATE TABLE $n.p (a int PRIMARY KEY); CREATE TABLE $n.t (a int);
--
ALTER TABLE $n.t ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES $n.p ON DELETE SET DEFAULT;
--
ALTER TABLE $n.t ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES $n.p ON DELETE RESTRICT;
== constraint.definition [15+] a foreign key sets some columns null
CREATE TABLE $n.p (a int, b int, PRIMARY KEY (a, b)); CREATE TABLE $n.t (a int, b int);
--
ALTER TABLE $n.t ADD CONSTRAINT f FOREIGN KEY (a, b) REFERENCES $n.p ON DELETE SET NULL;
--
ALTER TABLE $n.t ADD CONSTRAINT f FOREIGN KEY (a, b) REFERENCES $n.p ON DELETE SET NULL (b);
== constraint.definition a foreign key matches fully
CREATE TABLE $n.p (a int, b int, PRIMARY KEY (a, b)); CREATE TABLE $n.t (a int, b int);
--
ALTER TABLE $n.t ADD CONSTRAINT f FOREIGN KEY (a, b) REFERENCES $n.p;
--
ALTER TABLE $n.t ADD CONSTRAINT f FOREIGN KEY (a, b) REFERENCES $n.p MATCH FULL;
== constraint.definition a deferrable foreign key
CREATE TABLE $n.p (a int PRIMARY KEY); CREATE TABLE $n.t (a int);
--
ALTER TABLE $n.t ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES $n.p;
--
ALTER TABLE $n.t ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES $n.p DEFERRABLE INITIALLY DEFERRED;
== constraint.validated a foreign key that is not valid
CREATE TABLE $n.p (a int PRIMARY KEY); CREATE TABLE $n.t (a int);
--
ALTER TABLE $n.t ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES $n.p;
--
ALTER TABLE $n.t ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES $n.p NOT VALID;
== constraint.definition [18+] a foreign key that is not enforced
CREATE TABLE $n.p (a int PRIMARY KEY); CREATE TABLE $n.t (a int);
--
ALTER TABLE $n.t ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES $n.p;
--
ALTER TABLE $n.t ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES $n.p NOT ENFORCED;
== constraint.references a foreign key to another table
CREATE TABLE $n.p (a int PRIMARY KEY); CREATE TABLE $n.q (a int PRIMARY KEY); CREATE TABLE $n.t (a int);
--
ALTER TABLE $n.t ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES $n.p;
--
ALTER TABLE $n.t ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES $n.q;
== constraint.referenced_columns a foreign key to another column
CREATE TABLE $n.p (a int PRIMARY KEY, b int UNIQUE); CREATE TABLE $n.t (a int);
--
ALTER TABLE $n.t ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES $n.p (a);
--
ALTER TABLE $n.t ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES $n.p (b);
== constraint.* a foreign key to itself
CREATE TABLE $n.t (a int PRIMARY KEY, b int);
--
--
ALTER TABLE $n.t ADD CONSTRAINT f FOREIGN KEY (b) REFERENCES $n.t;
== constraint.* a foreign key to a unique index
CREATE TABLE $n.p (a int); CREATE UNIQUE INDEX i ON $n.p (a); CREATE TABLE $n.t (a int);
--
--
ALTER TABLE $n.t ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES $n.p (a);
== constraint.* a foreign key of a partitioned table
CREATE TABLE $n.p (a int PRIMARY KEY); CREATE TABLE $n.t (a int) PARTITION BY LIST (a); CREATE TABLE $n.t1 PARTITION OF $n.t FOR VALUES IN (1);
--
--
ALTER TABLE $n.t ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES $n.p;
== constraint.* a foreign key to a partitioned table
CREATE TABLE $n.p (a int PRIMARY KEY) PARTITION BY LIST (a); CREATE TABLE $n.p1 PARTITION OF $n.p FOR VALUES IN (1); CREATE TABLE $n.t (a int);
--
--
ALTER TABLE $n.t ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES $n.p;
== constraint.definition a foreign key of a partitioned table cascades
CREATE TABLE $n.p (a int PRIMARY KEY); CREATE TABLE $n.t (a int) PARTITION BY LIST (a); CREATE TABLE $n.t1 PARTITION OF $n.t FOR VALUES IN (1);
--
ALTER TABLE $n.t ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES $n.p;
--
ALTER TABLE $n.t ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES $n.p ON DELETE CASCADE;
== constraint.* a key of a partitioned table
CREATE TABLE $n.t (a int, b int) PARTITION BY LIST (a); CREATE TABLE $n.t1 PARTITION OF $n.t FOR VALUES IN (1);
--
--
ALTER TABLE $n.t ADD CONSTRAINT k PRIMARY KEY (a, b);
== constraint.partition_child a partition's own key becomes a part of its parent's
CREATE TABLE $n.t (a int NOT NULL, b int) PARTITION BY LIST (a); CREATE TABLE $n.t1 PARTITION OF $n.t FOR VALUES IN (1);
--
ALTER TABLE $n.t1 ADD CONSTRAINT k UNIQUE (a);
--
ALTER TABLE $n.t1 ADD CONSTRAINT k UNIQUE (a); ALTER TABLE $n.t ADD CONSTRAINT tk UNIQUE (a);
== constraint.* a check comes
CREATE TABLE $n.t (a int);
--
--
ALTER TABLE $n.t ADD CONSTRAINT c CHECK (a > 0 AND a IN (1, 2, 3));
== constraint.definition another check
CREATE TABLE $n.t (a int);
--
ALTER TABLE $n.t ADD CONSTRAINT c CHECK (a > 0);
--
ALTER TABLE $n.t ADD CONSTRAINT c CHECK (a > 1);
== constraint.validated a check that is not valid
CREATE TABLE $n.t (a int);
--
ALTER TABLE $n.t ADD CONSTRAINT c CHECK (a > 0);
--
ALTER TABLE $n.t ADD CONSTRAINT c CHECK (a > 0) NOT VALID;
== constraint.definition a check that is not inherited
CREATE TABLE $n.t (a int);
--
ALTER TABLE $n.t ADD CONSTRAINT c CHECK (a > 0);
--
ALTER TABLE $n.t ADD CONSTRAINT c CHECK (a > 0) NO INHERIT;
== constraint.definition [18+] a check that is not enforced
CREATE TABLE $n.t (a int);
--
ALTER TABLE $n.t ADD CONSTRAINT c CHECK (a > 0);
--
ALTER TABLE $n.t ADD CONSTRAINT c CHECK (a > 0) NOT ENFORCED;
== constraint.* a check of a parent
CREATE TABLE $n.t (a int); CREATE TABLE $n.c () INHERITS ($n.t);
--
--
ALTER TABLE $n.t ADD CONSTRAINT c CHECK (a > 0);
== constraint.definition a check of a parent is another
CREATE TABLE $n.t (a int); CREATE TABLE $n.c () INHERITS ($n.t);
--
ALTER TABLE $n.t ADD CONSTRAINT c CHECK (a > 0);
--
ALTER TABLE $n.t ADD CONSTRAINT c CHECK (a > 1);
== constraint.local a child repeats its parent's check
CREATE TABLE $n.t (a int, CONSTRAINT c CHECK (a > 0));
--
CREATE TABLE $n.c () INHERITS ($n.t);
--
CREATE TABLE $n.c (CONSTRAINT c CHECK (a > 0)) INHERITS ($n.t);
== constraint.* a check of a partition alone
CREATE TABLE $n.t (a int) PARTITION BY LIST (a); CREATE TABLE $n.t1 PARTITION OF $n.t FOR VALUES IN (1);
--
--
ALTER TABLE $n.t1 ADD CONSTRAINT c CHECK (a > 0);
== constraint.* a check that calls a function of ours
CREATE FUNCTION $n.f(int) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT $1 > 0'; CREATE TABLE $n.t (a int);
--
--
ALTER TABLE $n.t ADD CONSTRAINT c CHECK ($n.f(a));
== constraint.* an exclusion constraint comes
CREATE TABLE $n.t (a int4range, b int);
--
--
ALTER TABLE $n.t ADD CONSTRAINT x EXCLUDE USING gist (a WITH &&);
== constraint.definition an exclusion constraint with a condition
CREATE TABLE $n.t (a int4range, b int);
--
ALTER TABLE $n.t ADD CONSTRAINT x EXCLUDE USING gist (a WITH &&);
--
ALTER TABLE $n.t ADD CONSTRAINT x EXCLUDE USING gist (a WITH -|-, a WITH &&) WHERE (b > 0);
== constraint.definition a deferred exclusion constraint
CREATE TABLE $n.t (a int4range, b int);
--
ALTER TABLE $n.t ADD CONSTRAINT x EXCLUDE USING gist (a WITH &&);
--
ALTER TABLE $n.t ADD CONSTRAINT x EXCLUDE USING gist (a WITH &&) DEFERRABLE INITIALLY DEFERRED;
== constraint.name [18+] a not null constraint with a name
CREATE TABLE $n.t (a int, b int);
--
ALTER TABLE $n.t ALTER a SET NOT NULL;
--
ALTER TABLE $n.t ADD CONSTRAINT mine NOT NULL a;
== constraint.validated [18+] a not null constraint that is not valid
CREATE TABLE $n.t (a int, b int);
--
ALTER TABLE $n.t ALTER a SET NOT NULL;
--
ALTER TABLE $n.t ADD CONSTRAINT mine NOT NULL a NOT VALID;
== constraint.* [18+] a not null constraint comes, not valid
CREATE TABLE $n.t (a int, b int);
--
--
ALTER TABLE $n.t ADD CONSTRAINT t_a_not_null NOT NULL a NOT VALID;
== constraint.definition [18+] a not null constraint that is not inherited
CREATE TABLE $n.t (a int, b int);
--
ALTER TABLE $n.t ADD CONSTRAINT mine NOT NULL a;
--
ALTER TABLE $n.t ADD CONSTRAINT mine NOT NULL a NO INHERIT;
== constraint.* [18+] a named not null constraint of a parent
CREATE TABLE $n.t (a int, b int); CREATE TABLE $n.c () INHERITS ($n.t);
--
--
ALTER TABLE $n.t ADD CONSTRAINT mine NOT NULL a;
== constraint.* [18+] a named not null constraint under a primary key
CREATE TABLE $n.t (a int, b int);
--
ALTER TABLE $n.t ADD PRIMARY KEY (a);
--
ALTER TABLE $n.t ADD CONSTRAINT mine NOT NULL a, ADD PRIMARY KEY (a);
== constraint.* [18+] a foreign key of a partitioned table that is not valid
CREATE TABLE $n.p (a int PRIMARY KEY); CREATE TABLE $n.t (a int) PARTITION BY LIST (a); CREATE TABLE $n.t1 PARTITION OF $n.t FOR VALUES IN (1);
--
--
ALTER TABLE $n.t ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES $n.p NOT VALID;
== constraint.* [17+] an exclusion constraint of a partitioned table
CREATE TABLE $n.t (a int, r int4range) PARTITION BY LIST (a); CREATE TABLE $n.t1 PARTITION OF $n.t FOR VALUES IN (1);
--
--
ALTER TABLE $n.t ADD CONSTRAINT x EXCLUDE USING btree (a WITH =);
== constraint.definition an exclusion constraint with an operator class and an order
CREATE TABLE $n.t (a text, r int4range);
--
ALTER TABLE $n.t ADD CONSTRAINT x EXCLUDE (a WITH =);
--
ALTER TABLE $n.t ADD CONSTRAINT x EXCLUDE (lower(a) COLLATE "C" text_pattern_ops WITH =) INCLUDE (r);
== constraint.definition, constraint.validated checks of a foreign table
CREATE FOREIGN DATA WRAPPER $n_w; CREATE SERVER $n_s FOREIGN DATA WRAPPER $n_w; CREATE FOREIGN TABLE $n.t (a int) SERVER $n_s;
--
ALTER FOREIGN TABLE $n.t ADD CONSTRAINT c CHECK (a > 0);
--
ALTER FOREIGN TABLE $n.t ADD CONSTRAINT c CHECK (a > 1) NOT VALID;
== constraint.* a unique constraint of a partitioned table
CREATE TABLE $n.t (a int, b int) PARTITION BY LIST (a); CREATE TABLE $n.t1 PARTITION OF $n.t FOR VALUES IN (1);
--
--
ALTER TABLE $n.t ADD CONSTRAINT u UNIQUE (a, b) INCLUDE (b) DEFERRABLE;
== constraint.* [18+] a named not null of a partitioned table
CREATE TABLE $n.t (a int, b int) PARTITION BY LIST (a); CREATE TABLE $n.t1 PARTITION OF $n.t FOR VALUES IN (1);
--
--
ALTER TABLE $n.t ADD CONSTRAINT mine NOT NULL b;
== constraint.* [18+] a named not null of a partition alone
CREATE TABLE $n.t (a int, b int) PARTITION BY LIST (a); CREATE TABLE $n.t1 PARTITION OF $n.t FOR VALUES IN (1);
--
--
ALTER TABLE $n.t1 ADD CONSTRAINT mine NOT NULL b;
== constraint.validated [18+] the not null of a partitioned table is not valid
CREATE TABLE $n.t (a int, b int) PARTITION BY LIST (a); CREATE TABLE $n.t1 PARTITION OF $n.t FOR VALUES IN (1);
--
ALTER TABLE $n.t ADD CONSTRAINT t_b_not_null NOT NULL b;
--
ALTER TABLE $n.t ADD CONSTRAINT t_b_not_null NOT NULL b NOT VALID;
