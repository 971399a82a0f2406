== namespace.* a namespace comes
CREATE TABLE $n.t (a int);
--
--
CREATE SCHEMA "$n A"; CREATE TABLE "$n A"."B" (c int);
== namespace.* [alone] public goes
CREATE TABLE $n.t (a int);
--
--
DROP SCHEMA public;
== extension.* an extension comes
CREATE TABLE $n.t (a text);
--
--
CREATE EXTENSION citext SCHEMA $n; ALTER TABLE $n.t ADD b $n.citext;
== extension.installed_in an extension in another namespace
CREATE SCHEMA $n_x;
--
CREATE EXTENSION hstore SCHEMA $n; CREATE TABLE $n.t (a $n.hstore);
--
CREATE EXTENSION hstore SCHEMA $n_x; CREATE TABLE $n.t (a $n_x.hstore);
== extension.version [alone] another version of an extension
CREATE SCHEMA $n_x;
--
CREATE EXTENSION pg_trgm VERSION '1.5' SCHEMA $n;
--
CREATE EXTENSION pg_trgm SCHEMA $n;
== extension.* [alone] an extension in use goes
CREATE TABLE $n.t (a int);
--
CREATE EXTENSION ltree SCHEMA $n; ALTER TABLE $n.t ADD p $n.ltree; CREATE INDEX i ON $n.t USING gist (p);
--
ALTER TABLE $n.t ADD p text; CREATE INDEX i ON $n.t (p);
== privileges.grants privileges on what an extension made
CREATE EXTENSION lo SCHEMA $n;
--
--
GRANT EXECUTE ON FUNCTION $n.lo_oid($n.lo) TO probe_alice;
== foreign_data_wrapper.* a wrapper comes
CREATE SCHEMA $n_x;
--
--
CREATE FOREIGN DATA WRAPPER $n_w;
== foreign_data_wrapper.handler, foreign_data_wrapper.validator a wrapper's functions
CREATE EXTENSION postgres_fdw SCHEMA $n;
--
CREATE FOREIGN DATA WRAPPER $n_w;
--
CREATE FOREIGN DATA WRAPPER $n_w HANDLER $n.postgres_fdw_handler VALIDATOR $n.postgres_fdw_validator;
== foreign_data_wrapper.options a wrapper's options
CREATE SCHEMA $n_x;
--
CREATE FOREIGN DATA WRAPPER $n_w OPTIONS (a '1', b '2');
--
CREATE FOREIGN DATA WRAPPER $n_w OPTIONS (b '3', "C c" 'it''s');
== foreign_server.* a server comes
CREATE FOREIGN DATA WRAPPER $n_w;
--
--
CREATE SERVER $n_s FOREIGN DATA WRAPPER $n_w;
== foreign_server.version, foreign_server.type another version and type of a server
CREATE FOREIGN DATA WRAPPER $n_w;
--
CREATE SERVER $n_s TYPE 'x' VERSION '1' FOREIGN DATA WRAPPER $n_w;
--
CREATE SERVER $n_s TYPE 'y' VERSION '2' FOREIGN DATA WRAPPER $n_w;
== foreign_server.version a server's version comes
CREATE FOREIGN DATA WRAPPER $n_w;
--
CREATE SERVER $n_s FOREIGN DATA WRAPPER $n_w;
--
CREATE SERVER $n_s VERSION '2' FOREIGN DATA WRAPPER $n_w;
== foreign_server.options a server's options
CREATE FOREIGN DATA WRAPPER $n_w;
--
CREATE SERVER $n_s FOREIGN DATA WRAPPER $n_w OPTIONS (host 'a', port '1');
--
CREATE SERVER $n_s FOREIGN DATA WRAPPER $n_w OPTIONS (host 'b', dbname 'x');
== foreign_server.wrapper another wrapper, under a table
CREATE FOREIGN DATA WRAPPER $n_w; CREATE FOREIGN DATA WRAPPER $n_z;
--
CREATE SERVER $n_s FOREIGN DATA WRAPPER $n_w; CREATE FOREIGN TABLE $n.t (a int) SERVER $n_s;
--
CREATE SERVER $n_s FOREIGN DATA WRAPPER $n_z; CREATE FOREIGN TABLE $n.t (a int) SERVER $n_s;
== user_mapping.* a user mapping comes
CREATE FOREIGN DATA WRAPPER $n_w; CREATE SERVER $n_s FOREIGN DATA WRAPPER $n_w;
--
--
CREATE USER MAPPING FOR probe_alice SERVER $n_s; CREATE USER MAPPING FOR PUBLIC SERVER $n_s;
== user_mapping.options a mapping's user
CREATE FOREIGN DATA WRAPPER $n_w; CREATE SERVER $n_s FOREIGN DATA WRAPPER $n_w;
--
CREATE USER MAPPING FOR probe_alice SERVER $n_s OPTIONS ("user" 'a');
--
CREATE USER MAPPING FOR probe_alice SERVER $n_s OPTIONS ("user" 'it''s', password_required 'false');
== foreign_table.* a foreign table comes
CREATE FOREIGN DATA WRAPPER $n_w; CREATE SERVER $n_s FOREIGN DATA WRAPPER $n_w;
--
--
CREATE FOREIGN TABLE $n.t (a int NOT NULL DEFAULT 4, b text OPTIONS (column_name 'z') COLLATE "C", CHECK (a > 0)) SERVER $n_s OPTIONS (table_name 'q');
== foreign_table.options options of a foreign table
CREATE FOREIGN DATA WRAPPER $n_w; CREATE SERVER $n_s FOREIGN DATA WRAPPER $n_w;
--
CREATE FOREIGN TABLE $n.t (a int) SERVER $n_s OPTIONS (table_name 'q', x 'y');
--
CREATE FOREIGN TABLE $n.t (a int) SERVER $n_s OPTIONS (table_name 'r', z 'y');
== column.foreign_options options of a foreign table's column
CREATE FOREIGN DATA WRAPPER $n_w; CREATE SERVER $n_s FOREIGN DATA WRAPPER $n_w;
--
CREATE FOREIGN TABLE $n.t (a int OPTIONS (p '1', q '2')) SERVER $n_s;
--
CREATE FOREIGN TABLE $n.t (a int OPTIONS (q '3', r '4')) SERVER $n_s;
== foreign_table.server another server
CREATE FOREIGN DATA WRAPPER $n_w; CREATE SERVER $n_s FOREIGN DATA WRAPPER $n_w; CREATE SERVER $n_t FOREIGN DATA WRAPPER $n_w;
--
CREATE FOREIGN TABLE $n.t (a int) SERVER $n_s;
--
CREATE FOREIGN TABLE $n.t (a int) SERVER $n_t;
== foreign_table.inherits a foreign table inherits
CREATE FOREIGN DATA WRAPPER $n_w; CREATE SERVER $n_s FOREIGN DATA WRAPPER $n_w; CREATE TABLE $n.p (a int); CREATE FOREIGN TABLE $n.t (a int) SERVER $n_s;
--
--
ALTER FOREIGN TABLE $n.t INHERIT $n.p;
== foreign_table.partition_of, foreign_table.partition_bound a foreign partition
CREATE FOREIGN DATA WRAPPER $n_w; CREATE SERVER $n_s FOREIGN DATA WRAPPER $n_w; CREATE TABLE $n.p (a int) PARTITION BY LIST (a); CREATE FOREIGN TABLE $n.t (a int) SERVER $n_s;
--
ALTER TABLE $n.p ATTACH PARTITION $n.t FOR VALUES IN (1);
--
ALTER TABLE $n.p ATTACH PARTITION $n.t FOR VALUES IN (2);
== column.type, column.not_null, column.default columns of a foreign table
CREATE FOREIGN DATA WRAPPER $n_w; CREATE SERVER $n_s FOREIGN DATA WRAPPER $n_w;
--
CREATE FOREIGN TABLE $n.t (a int, b text) SERVER $n_s;
--
CREATE FOREIGN TABLE $n.t (a bigint NOT NULL DEFAULT 5, c text) SERVER $n_s;
== trigger.* a trigger of a foreign table
CREATE FOREIGN DATA WRAPPER $n_w; CREATE SERVER $n_s FOREIGN DATA WRAPPER $n_w; CREATE FOREIGN TABLE $n.t (a int) SERVER $n_s; CREATE FUNCTION $n.f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN new; END';
--
--
CREATE TRIGGER g BEFORE INSERT ON $n.t FOR EACH ROW EXECUTE FUNCTION $n.f();
== publication.* a publication comes
CREATE TABLE $n.t (a int PRIMARY KEY, b text);
--
--
CREATE PUBLICATION $n_p FOR TABLE $n.t WITH (publish = 'insert, delete');
== publication.operations other operations
CREATE TABLE $n.t (a int PRIMARY KEY, b text);
--
CREATE PUBLICATION $n_p FOR TABLE $n.t;
--
CREATE PUBLICATION $n_p FOR TABLE $n.t WITH (publish = 'truncate');
== publication.tables other tables
CREATE TABLE $n.t (a int PRIMARY KEY, b text); CREATE TABLE $n.u (a int PRIMARY KEY);
--
CREATE PUBLICATION $n_p FOR TABLE $n.t;
--
CREATE PUBLICATION $n_p FOR TABLE $n.u;
== publication.tables [15+] a row filter
CREATE TABLE $n.t (a int PRIMARY KEY, b text);
--
CREATE PUBLICATION $n_p FOR TABLE $n.t;
--
CREATE PUBLICATION $n_p FOR TABLE $n.t WHERE (a > 3);
== publication.tables [15+] a column list
CREATE TABLE $n.t (a int PRIMARY KEY, b text);
--
CREATE PUBLICATION $n_p FOR TABLE $n.t (a);
--
CREATE PUBLICATION $n_p FOR TABLE $n.t (a, b) WHERE (a < 7);
== publication.namespaces [15+] a namespace
CREATE TABLE $n.t (a int PRIMARY KEY, b text);
--
CREATE PUBLICATION $n_p;
--
CREATE PUBLICATION $n_p FOR TABLES IN SCHEMA $n;
== publication.all_tables all tables
CREATE TABLE $n.t (a int PRIMARY KEY, b text);
--
CREATE PUBLICATION $n_p FOR TABLE $n.t;
--
CREATE PUBLICATION $n_p FOR ALL TABLES;
== publication.via_partition_root by the root of partitions
CREATE TABLE $n.t (a int PRIMARY KEY, b text);
--
CREATE PUBLICATION $n_p FOR TABLE $n.t;
--
CREATE PUBLICATION $n_p FOR TABLE $n.t WITH (publish_via_partition_root = true);
== publication.generated_columns [18+] generated columns
CREATE TABLE $n.t (a int PRIMARY KEY, b text);
--
CREATE PUBLICATION $n_p FOR TABLE $n.t;
--
CREATE PUBLICATION $n_p FOR TABLE $n.t WITH (publish_generated_columns = stored);
== publication.tables [15+] a table with a filter has another type
CREATE SCHEMA $n_x;
--
CREATE TABLE $n.t (a int PRIMARY KEY, b text); CREATE PUBLICATION $n_p FOR TABLE $n.t WHERE (a > 3);
--
CREATE TABLE $n.t (a bigint PRIMARY KEY, b text); CREATE PUBLICATION $n_p FOR TABLE $n.t WHERE (a > 4);
== subscription.publications other publications
CREATE SCHEMA $n_x;
--
CREATE SUBSCRIPTION $n_s CONNECTION '' PUBLICATION a WITH (connect = false, slot_name = NONE);
--
CREATE SUBSCRIPTION $n_s CONNECTION '' PUBLICATION b, c WITH (connect = false, slot_name = NONE);
== subscription.options other options of a subscription
CREATE SCHEMA $n_x;
--
CREATE SUBSCRIPTION $n_s CONNECTION '' PUBLICATION a WITH (connect = false, slot_name = NONE);
--
CREATE SUBSCRIPTION $n_s CONNECTION '' PUBLICATION a WITH (connect = false, slot_name = NONE, binary = true, synchronous_commit = 'local', streaming = true);
== subscription.options [16+] newer options of a subscription
CREATE SCHEMA $n_x;
--
CREATE SUBSCRIPTION $n_s CONNECTION '' PUBLICATION a WITH (connect = false, slot_name = NONE);
--
CREATE SUBSCRIPTION $n_s CONNECTION '' PUBLICATION a WITH (connect = false, slot_name = NONE, origin = none, disable_on_error = true, run_as_owner = true, password_required = false);
== subscription.* a subscription comes
CREATE SCHEMA $n_x;
--
--
CREATE SUBSCRIPTION $n_s CONNECTION '' PUBLICATION a WITH (connect = false, slot_name = NONE);
== database_setting.value [alone] a setting of the database
CREATE TABLE $n.t (a int);
--
DO $$BEGIN EXECUTE format('ALTER DATABASE %I SET work_mem = ''7MB''', current_database()); END$$;
--
DO $$BEGIN EXECUTE format('ALTER DATABASE %I SET work_mem = ''8MB''', current_database()); EXECUTE format('ALTER DATABASE %I SET search_path = probe, "A b", public', current_database()); END$$;
== database_setting.value [alone] a setting of a role in the database
CREATE TABLE $n.t (a int);
--
--
DO $$BEGIN EXECUTE format('ALTER ROLE probe_alice IN DATABASE %I SET "my.x" = ''it''''s''', current_database()); END$$;
== publication.tables a partitioned table
CREATE TABLE $n.t (a int PRIMARY KEY, b text) PARTITION BY LIST (a); CREATE TABLE $n.t1 PARTITION OF $n.t FOR VALUES IN (1);
--
CREATE PUBLICATION $n_p FOR TABLE $n.t;
--
CREATE PUBLICATION $n_p FOR TABLE $n.t1;
== publication.tables, publication.namespaces [15+] a namespace and a table of another
CREATE SCHEMA $n_x; CREATE TABLE $n_x.t (a int PRIMARY KEY, b text);
--
CREATE PUBLICATION $n_p FOR TABLES IN SCHEMA $n;
--
CREATE PUBLICATION $n_p FOR TABLES IN SCHEMA $n, TABLE $n_x.t;
== subscription.* [15+] a subscription in two phases
CREATE SCHEMA $n_x;
--
--
CREATE SUBSCRIPTION $n_s CONNECTION '' PUBLICATION a WITH (connect = false, slot_name = 'another', enabled = false, two_phase = true);
== subscription.* [17+] a subscription whose slot fails over
CREATE SCHEMA $n_x;
--
--
CREATE SUBSCRIPTION $n_s CONNECTION '' PUBLICATION a WITH (connect = false, slot_name = NONE, failover = true, streaming = parallel);
== column.statistics_target, column.options, column.generated settings of a foreign table's column
CREATE FOREIGN DATA WRAPPER $n_w; CREATE SERVER $n_s FOREIGN DATA WRAPPER $n_w;
--
CREATE FOREIGN TABLE $n.t (a int, b int) SERVER $n_s;
--
CREATE FOREIGN TABLE $n.t (a int, b int GENERATED ALWAYS AS (a + 1) STORED) SERVER $n_s; ALTER FOREIGN TABLE $n.t ALTER a SET STATISTICS 50, ALTER a SET (n_distinct = 3);
