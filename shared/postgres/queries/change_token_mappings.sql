-- The part of the change token that stands for user mappings: pg_user_mapping itself is a superuser's to read.
SELECT concat(count(*), ' ', sum(hash_record_extended(ROW(x.umid, x.umoptions), 0))) FROM pg_user_mappings x
