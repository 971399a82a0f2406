CREATE TABLE doctors (id int, ward int);
CREATE TABLE patients (id int, ward int);
CREATE VIEW all_doctors AS SELECT id, ward FROM doctors;
CREATE VIEW all_patients AS SELECT id, ward FROM patients;
ALTER TABLE doctors ENABLE ROW LEVEL SECURITY;
CREATE POLICY with_patients ON doctors USING (ward IN (SELECT ward FROM all_patients));
CREATE POLICY with_doctors ON patients USING (ward IN (SELECT ward FROM all_doctors));
