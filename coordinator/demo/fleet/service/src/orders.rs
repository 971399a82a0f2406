//! What was bought, and how far it got.

use chrono::{DateTime, Utc};
use sqlx::PgPool;

#[derive(Debug, sqlx::FromRow)]
pub struct Order {
    pub id: i64,
    pub customer_id: i64,
    pub status: String,
    pub total_cents: i64,
    pub created_at: DateTime<Utc>,
}

#[derive(Debug, sqlx::FromRow)]
pub struct Item {
    pub sku: String,
    pub quantity: i32,
    pub price_cents: i64,
    pub note: Option<String>,
}

pub struct Line<'a> {
    pub sku: &'a str,
    pub quantity: i32,
    pub price_cents: i64,
}

/// Stores an order and its lines, or nothing.
pub async fn place(pool: &PgPool, customer: i64, lines: &[Line<'_>]) -> sqlx::Result<i64> {
    let total: i64 = lines.iter().map(|line| i64::from(line.quantity) * line.price_cents).sum();
    let mut transaction = pool.begin().await?;
    let order = sqlx::query_scalar!(
        "INSERT INTO orders (customer_id, status, total_cents) VALUES ($1, 'new', $2) RETURNING id",
        customer,
        total
    )
    .fetch_one(&mut *transaction)
    .await?;
    for (number, line) in (1_i32..).zip(lines) {
        sqlx::query!(
            "INSERT INTO order_items (order_id, line, sku, quantity, price_cents) VALUES ($1, $2, $3, $4, $5)",
            order,
            number,
            line.sku,
            line.quantity,
            line.price_cents
        )
        .execute(&mut *transaction)
        .await?;
    }
    transaction.commit().await?;
    Ok(order)
}

pub async fn mark_paid(pool: &PgPool, order: i64) -> sqlx::Result<()> {
    sqlx::query!("UPDATE orders SET status = 'paid' WHERE id = $1 AND status = 'new'", order).execute(pool).await?;
    Ok(())
}

/// Gives the money back; false when the order was not paid.
pub async fn refund(pool: &PgPool, order: i64) -> sqlx::Result<bool> {
    let done = sqlx::query!("UPDATE orders SET status = 'refunded' WHERE id = $1 AND status = 'paid'", order)
        .execute(pool)
        .await?;
    Ok(done.rows_affected() == 1)
}

/// A customer's orders, newest first.
pub async fn history(pool: &PgPool, customer: i64, limit: i64) -> sqlx::Result<Vec<Order>> {
    sqlx::query_as!(
        Order,
        r#"
        SELECT id, customer_id, status, total_cents, created_at
          FROM orders
         WHERE customer_id = $1
         ORDER BY created_at DESC
         LIMIT $2
        "#,
        customer,
        limit
    )
    .fetch_all(pool)
    .await
}

pub async fn items(pool: &PgPool, order: i64) -> sqlx::Result<Vec<Item>> {
    sqlx::query_as("SELECT sku, quantity, price_cents, note FROM order_items WHERE order_id = $1 ORDER BY line")
        .bind(order)
        .fetch_all(pool)
        .await
}

/// How many orders are in a status.
pub async fn count(pool: &PgPool, status: &str) -> sqlx::Result<i64> {
    sqlx::query_scalar!(r#"SELECT count(*) AS "count!" FROM orders WHERE status = $1"#, status).fetch_one(pool).await
}
