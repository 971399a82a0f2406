"""diesel and diesel-async: tables, derives, enums and texts.

Sources: diesel 1.4 to 2.3, `diesel_table_macro_syntax`, `diesel_derives` (attributes), `diesel/src/sql_types`,
`diesel/src/pg/types` (how values are decoded), and diesel-derive-enum 1 to 2.
"""
