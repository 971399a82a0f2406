"""What drivers other than sqlx and the plain clients say to the database: one package or module each."""
