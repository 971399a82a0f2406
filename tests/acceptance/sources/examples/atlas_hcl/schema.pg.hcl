schema "public" {}

table "orders" {
  schema = schema.public
  column "id" {
    type = bigint
  }
  column "email" {
    type = text
  }
  primary_key {
    columns = [column.id]
  }
  index "orders_by_email" {
    columns = [column.email]
  }
}
