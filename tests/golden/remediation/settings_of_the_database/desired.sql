DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET search_path TO app, "a b"', current_database()); EXECUTE format('ALTER DATABASE %I SET work_mem TO ''8MB''', current_database()); END $$;
