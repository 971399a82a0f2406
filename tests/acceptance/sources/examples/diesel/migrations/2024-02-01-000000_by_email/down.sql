DROP INDEX orders_by_email;
