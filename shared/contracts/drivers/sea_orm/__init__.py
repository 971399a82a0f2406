"""SeaORM: entities, relations, active enums, active models and texts.

Sources: SeaORM 0.12 to 2.0, `sea-orm-macros/src/derives` (attributes), `src/entity/column.rs` (casts of enums),
`src/executor/query.rs` (how rows are read: sqlx's `try_get`), and sea-query-binder (what is sent).
"""
