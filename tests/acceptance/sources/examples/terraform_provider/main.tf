resource "postgresql_schema" "app" {
  name = "app"
}

resource "postgresql_function" "total" {
  schema   = postgresql_schema.app.name
  name     = "total"
  language = "sql"
  returns  = "bigint"
  body     = "SELECT 1::bigint"
}
