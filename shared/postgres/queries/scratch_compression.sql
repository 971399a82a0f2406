-- What SET COMPRESSION lz4 does to the catalog, on a server that was built without lz4. A copy has no rows to compress.
UPDATE pg_catalog.pg_attribute SET attcompression = 'l' WHERE attrelid = $1::text::oid AND attname::text = ANY ($2::text[])
