-- fleetdrift remediation
-- not proven: no attempt was made

\set ON_ERROR_STOP on
SET check_function_bodies = off;
SET client_min_messages = warning;
SET search_path = pg_catalog;

SET lock_timeout = '3000ms';
SET statement_timeout = '0ms';
-- builds_index: builds an index over every row of "public"."orders"
CREATE INDEX CONCURRENTLY "orders_by_customer" ON public.orders USING btree (customer DESC) INCLUDE (total) WHERE ((status)::text = 'new'::text);
