-- Whether the detaching of a partition, whose name is $1, was broken off between its two transactions.
SELECT EXISTS (
    SELECT FROM pg_inherits i WHERE i.inhrelid = to_regclass($1::text) AND i.inhdetachpending
)
