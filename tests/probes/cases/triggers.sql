== trigger.* a trigger comes
CREATE TABLE $n.t (a int, b text); CREATE FUNCTION $n.f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN new; END';
--
--
CREATE TRIGGER g BEFORE INSERT ON $n.t FOR EACH ROW EXECUTE FUNCTION $n.f();
== trigger.definition other events and columns
CREATE TABLE $n.t (a int, b text); CREATE FUNCTION $n.f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN new; END';
--
CREATE TRIGGER g BEFORE INSERT ON $n.t FOR EACH ROW EXECUTE FUNCTION $n.f();
--
CREATE TRIGGER g AFTER UPDATE OF a, b OR DELETE ON $n.t FOR EACH ROW EXECUTE FUNCTION $n.f();
== trigger.definition by statement, with transition tables
CREATE TABLE $n.t (a int, b text); CREATE FUNCTION $n.f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN new; END';
--
CREATE TRIGGER g AFTER UPDATE ON $n.t FOR EACH ROW EXECUTE FUNCTION $n.f();
--
CREATE TRIGGER g AFTER UPDATE ON $n.t REFERENCING OLD TABLE AS o NEW TABLE AS n FOR EACH STATEMENT EXECUTE FUNCTION $n.f();
== trigger.definition on truncate
CREATE TABLE $n.t (a int, b text); CREATE FUNCTION $n.f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN new; END';
--
CREATE TRIGGER g BEFORE TRUNCATE ON $n.t EXECUTE FUNCTION $n.f();
--
CREATE TRIGGER g AFTER TRUNCATE ON $n.t EXECUTE FUNCTION $n.f();
== trigger.definition a condition
CREATE TABLE $n.t (a int, b text); CREATE FUNCTION $n.f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN new; END';
--
CREATE TRIGGER g BEFORE UPDATE ON $n.t FOR EACH ROW EXECUTE FUNCTION $n.f();
--
CREATE TRIGGER g BEFORE UPDATE ON $n.t FOR EACH ROW WHEN (old.* IS DISTINCT FROM new.* AND new.a IN (1, 2)) EXECUTE FUNCTION $n.f();
== trigger.definition arguments
CREATE TABLE $n.t (a int, b text); CREATE FUNCTION $n.f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN new; END';
--
CREATE TRIGGER g BEFORE UPDATE ON $n.t FOR EACH ROW EXECUTE FUNCTION $n.f();
--
CREATE TRIGGER g BEFORE UPDATE ON $n.t FOR EACH ROW EXECUTE FUNCTION $n.f('a\b', 'c''d', '3');
== trigger.definition another function
CREATE TABLE $n.t (a int, b text); CREATE FUNCTION $n.f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN new; END'; CREATE FUNCTION $n.h() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN new; END';
--
CREATE TRIGGER g BEFORE UPDATE ON $n.t FOR EACH ROW EXECUTE FUNCTION $n.f();
--
CREATE TRIGGER g BEFORE UPDATE ON $n.t FOR EACH ROW EXECUTE FUNCTION $n.h();
== trigger.definition a constraint trigger
CREATE TABLE $n.t (a int, b text); CREATE TABLE $n.u (a int); CREATE FUNCTION $n.f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN new; END';
--
CREATE TRIGGER g AFTER UPDATE ON $n.t FOR EACH ROW EXECUTE FUNCTION $n.f();
--
CREATE CONSTRAINT TRIGGER g AFTER UPDATE ON $n.t FROM $n.u DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION $n.f();
== trigger.enabled a disabled trigger
CREATE TABLE $n.t (a int, b text); CREATE FUNCTION $n.f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN new; END'; CREATE TRIGGER g BEFORE UPDATE ON $n.t FOR EACH ROW EXECUTE FUNCTION $n.f();
--
--
ALTER TABLE $n.t DISABLE TRIGGER g;
== trigger.enabled a trigger that fires always, or on replicas
CREATE TABLE $n.t (a int, b text); CREATE FUNCTION $n.f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN new; END'; CREATE TRIGGER g BEFORE UPDATE ON $n.t FOR EACH ROW EXECUTE FUNCTION $n.f();
--
ALTER TABLE $n.t ENABLE ALWAYS TRIGGER g;
--
ALTER TABLE $n.t ENABLE REPLICA TRIGGER g;
== trigger.* a trigger of a partitioned table
CREATE TABLE $n.t (a int, b text) PARTITION BY LIST (a); CREATE TABLE $n.t1 PARTITION OF $n.t FOR VALUES IN (1); CREATE FUNCTION $n.f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN new; END';
--
--
CREATE TRIGGER g AFTER INSERT ON $n.t FOR EACH ROW EXECUTE FUNCTION $n.f();
== trigger.enabled a partition's trigger is disabled
CREATE TABLE $n.t (a int, b text) PARTITION BY LIST (a); CREATE TABLE $n.t1 PARTITION OF $n.t FOR VALUES IN (1); CREATE FUNCTION $n.f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN new; END'; CREATE TRIGGER g AFTER INSERT ON $n.t FOR EACH ROW EXECUTE FUNCTION $n.f();
--
--
ALTER TABLE $n.t1 DISABLE TRIGGER g;
== trigger.definition the trigger of a partitioned table is another
CREATE TABLE $n.t (a int, b text) PARTITION BY LIST (a); CREATE TABLE $n.t1 PARTITION OF $n.t FOR VALUES IN (1); CREATE FUNCTION $n.f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN new; END';
--
CREATE TRIGGER g AFTER INSERT ON $n.t FOR EACH ROW EXECUTE FUNCTION $n.f();
--
CREATE TRIGGER g AFTER UPDATE ON $n.t FOR EACH ROW EXECUTE FUNCTION $n.f();
== event_trigger.* an event trigger comes
CREATE FUNCTION $n.f() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';
--
--
CREATE EVENT TRIGGER $n_e ON ddl_command_start EXECUTE FUNCTION $n.f();
== event_trigger.event another event
CREATE FUNCTION $n.f() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';
--
CREATE EVENT TRIGGER $n_e ON ddl_command_start EXECUTE FUNCTION $n.f();
--
CREATE EVENT TRIGGER $n_e ON sql_drop EXECUTE FUNCTION $n.f();
== event_trigger.tags other tags
CREATE FUNCTION $n.f() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';
--
CREATE EVENT TRIGGER $n_e ON ddl_command_end WHEN tag IN ('CREATE TABLE') EXECUTE FUNCTION $n.f();
--
CREATE EVENT TRIGGER $n_e ON ddl_command_end WHEN tag IN ('CREATE VIEW', 'DROP TABLE') EXECUTE FUNCTION $n.f();
== event_trigger.function another function
CREATE FUNCTION $n.f() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END'; CREATE FUNCTION $n.g() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';
--
CREATE EVENT TRIGGER $n_e ON ddl_command_end EXECUTE FUNCTION $n.f();
--
CREATE EVENT TRIGGER $n_e ON ddl_command_end EXECUTE FUNCTION $n.g();
== event_trigger.enabled a disabled event trigger
CREATE FUNCTION $n.f() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END'; CREATE EVENT TRIGGER $n_e ON ddl_command_end EXECUTE FUNCTION $n.f();
--
ALTER EVENT TRIGGER $n_e DISABLE;
--
ALTER EVENT TRIGGER $n_e ENABLE ALWAYS;
== event_trigger.enabled an event trigger for replicas
CREATE FUNCTION $n.f() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END'; CREATE EVENT TRIGGER $n_e ON ddl_command_end EXECUTE FUNCTION $n.f();
--
--
ALTER EVENT TRIGGER $n_e ENABLE REPLICA;
== policy.* a policy comes
CREATE TABLE $n.t (a int, b text);
--
--
CREATE POLICY "p q" ON $n.t TO probe_alice USING (b = current_user) WITH CHECK (a > 0);
== policy.command for another command
CREATE TABLE $n.t (a int, b text);
--
CREATE POLICY p ON $n.t FOR SELECT USING (a > 0);
--
CREATE POLICY p ON $n.t FOR DELETE USING (a > 0);
== policy.permissive restrictive
CREATE TABLE $n.t (a int, b text);
--
CREATE POLICY p ON $n.t USING (a > 0);
--
CREATE POLICY p ON $n.t AS RESTRICTIVE USING (a > 0);
== policy.roles for other roles
CREATE TABLE $n.t (a int, b text);
--
CREATE POLICY p ON $n.t TO probe_alice USING (a > 0);
--
CREATE POLICY p ON $n.t TO probe_bob, probe_carol USING (a > 0);
== policy.roles for everyone
CREATE TABLE $n.t (a int, b text);
--
CREATE POLICY p ON $n.t TO probe_alice USING (a > 0);
--
CREATE POLICY p ON $n.t USING (a > 0);
== policy.using, policy.with_check other conditions
CREATE TABLE $n.t (a int, b text);
--
CREATE POLICY p ON $n.t USING (a > 0);
--
CREATE POLICY p ON $n.t USING (a > 1) WITH CHECK (a > 2);
== policy.using a condition goes
CREATE TABLE $n.t (a int, b text);
--
CREATE POLICY p ON $n.t FOR UPDATE USING (a > 0) WITH CHECK (a > 2);
--
CREATE POLICY p ON $n.t FOR UPDATE WITH CHECK (a > 2);
== policy.with_check only inserting
CREATE TABLE $n.t (a int, b text);
--
CREATE POLICY p ON $n.t FOR INSERT WITH CHECK (a > 0);
--
CREATE POLICY p ON $n.t FOR INSERT WITH CHECK (a IN (SELECT x FROM (VALUES (1)) AS v(x)));
== trigger.depends_on_extensions a trigger that goes with an extension
CREATE EXTENSION tcn SCHEMA $n; CREATE TABLE $n.t (a int PRIMARY KEY);
--
CREATE TRIGGER g AFTER INSERT ON $n.t FOR EACH ROW EXECUTE FUNCTION $n.triggered_change_notification();
--
CREATE TRIGGER g AFTER INSERT ON $n.t FOR EACH ROW EXECUTE FUNCTION $n.triggered_change_notification(); ALTER TRIGGER g ON $n.t DEPENDS ON EXTENSION tcn;
== trigger.definition [18+] a trigger of a generated column
CREATE TABLE $n.t (a int, b int GENERATED ALWAYS AS (a + 1) STORED); CREATE FUNCTION $n.f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN new; END';
--
CREATE TRIGGER g AFTER UPDATE ON $n.t FOR EACH ROW WHEN (new.b > 3) EXECUTE FUNCTION $n.f();
--
CREATE TRIGGER g AFTER UPDATE OF a ON $n.t FOR EACH ROW WHEN (new.b > 4 AND old.b < 2) EXECUTE FUNCTION $n.f();
== rule.enabled a rule that holds always
CREATE TABLE $n.t (a int); CREATE RULE r AS ON UPDATE TO $n.t DO ALSO NOTHING;
--
--
ALTER TABLE $n.t ENABLE ALWAYS RULE r;
== rule.definition a conditional rule of several commands
CREATE TABLE $n.t (a int, b text); CREATE TABLE $n.u (a int, b text);
--
CREATE RULE r AS ON UPDATE TO $n.t WHERE old.a > 3 DO ALSO INSERT INTO $n.u VALUES (new.a, new.b);
--
CREATE RULE r AS ON UPDATE TO $n.t DO INSTEAD (INSERT INTO $n.u SELECT new.*; NOTIFY $n_changed; DELETE FROM $n.u WHERE a = old.a);
== event_trigger.enabled an event trigger that fires always
CREATE FUNCTION $n.f() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END'; CREATE EVENT TRIGGER $n_e ON ddl_command_end WHEN TAG IN ('ALTER CONVERSION') EXECUTE FUNCTION $n.f();
--
--
ALTER EVENT TRIGGER $n_e ENABLE ALWAYS;
== trigger.enabled a trigger of a view is disabled
CREATE VIEW $n.v AS SELECT 1 AS a; CREATE FUNCTION $n.f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN new; END'; CREATE TABLE $n.t (a int); CREATE CONSTRAINT TRIGGER g AFTER INSERT ON $n.t FOR EACH ROW EXECUTE FUNCTION $n.f();
--
--
ALTER TABLE $n.t DISABLE TRIGGER g; CREATE TRIGGER w INSTEAD OF DELETE ON $n.v FOR EACH ROW EXECUTE FUNCTION $n.f();
