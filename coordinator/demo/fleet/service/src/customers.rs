//! Who buys.

use chrono::{DateTime, Utc};
use sqlx::PgPool;

#[derive(Debug, sqlx::FromRow)]
pub struct Customer {
    pub id: i64,
    pub email: String,
    pub name: String,
    pub created_at: DateTime<Utc>,
}

/// Signs a customer up, or renames the one who already has this address.
pub async fn upsert(pool: &PgPool, email: &str, name: &str) -> sqlx::Result<i64> {
    sqlx::query_scalar!(
        "INSERT INTO customers (email, name) VALUES ($1, $2) \
         ON CONFLICT (lower(email)) DO UPDATE SET name = excluded.name \
         RETURNING id",
        email,
        name
    )
    .fetch_one(pool)
    .await
}

pub async fn find(pool: &PgPool, id: i64) -> sqlx::Result<Option<Customer>> {
    sqlx::query_as!(Customer, "SELECT id, email, name, created_at FROM customers WHERE id = $1", id)
        .fetch_optional(pool)
        .await
}
