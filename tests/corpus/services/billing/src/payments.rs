//! What was paid, and what was given back.

use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use sqlx::{FromRow, PgPool};
use uuid::Uuid;

#[derive(Debug, FromRow)]
pub struct Payment {
    pub id: Uuid,
    pub invoice_id: i64,
    pub method: String,
    pub amount: i64,
    pub fee: i32,
    pub reference: Option<String>,
    pub received_at: DateTime<Utc>,
}

pub async fn by_card(pool: &PgPool, id: Uuid, invoice: i64, amount: i64) -> sqlx::Result<u64> {
    let done = sqlx::query!(
        "INSERT INTO payments (id, invoice_id, method, amount) VALUES ($1, $2, 'card', $3)",
        id,
        invoice,
        amount
    )
    .execute(pool)
    .await?;
    Ok(done.rows_affected())
}

pub async fn in_cash(pool: &PgPool, id: Uuid, invoice: i64, amount: i64) -> sqlx::Result<u64> {
    let done = sqlx::query("INSERT INTO payments (id, invoice_id, method, amount, fee) VALUES ($1, $2, 'cash', $3, 0)")
        .bind(id)
        .bind(invoice)
        .bind(amount)
        .execute(pool)
        .await?;
    Ok(done.rows_affected())
}

pub async fn record_once(pool: &PgPool, id: Uuid, invoice: i64, method: &str, amount: i64) -> sqlx::Result<u64> {
    let done = sqlx::query(
        "INSERT INTO payments (id, invoice_id, method, amount) VALUES ($1, $2, $3, $4) ON CONFLICT (id) DO NOTHING",
    )
    .bind(id)
    .bind(invoice)
    .bind(method)
    .bind(amount)
    .execute(pool)
    .await?;
    Ok(done.rows_affected())
}

pub async fn find(pool: &PgPool, id: Uuid) -> sqlx::Result<Option<Payment>> {
    sqlx::query_as!(Payment, "SELECT * FROM payments WHERE id = $1", id).fetch_optional(pool).await
}

pub async fn of_invoice(pool: &PgPool, invoice: i64) -> sqlx::Result<Vec<Payment>> {
    sqlx::query_as(
        "SELECT id, invoice_id, method, amount, fee, reference, received_at FROM payments WHERE invoice_id = $1",
    )
    .bind(invoice)
    .fetch_all(pool)
    .await
}

pub async fn paid(pool: &PgPool, invoice: i64) -> sqlx::Result<i64> {
    sqlx::query_scalar!(
        r#"SELECT coalesce(sum(amount - fee), 0)::bigint AS "paid!" FROM payments WHERE invoice_id = $1"#,
        invoice
    )
    .fetch_one(pool)
    .await
}

pub async fn latest(pool: &PgPool) -> sqlx::Result<Option<DateTime<Utc>>> {
    sqlx::query_scalar!("SELECT max(received_at) FROM payments").fetch_one(pool).await
}

pub async fn since(pool: &PgPool, moment: DateTime<Utc>) -> sqlx::Result<Vec<(Uuid, i64, i32)>> {
    sqlx::query_as("SELECT id, amount, fee FROM payments WHERE received_at >= $1").bind(moment).fetch_all(pool).await
}

pub async fn set_reference(pool: &PgPool, id: Uuid, reference: &str) -> sqlx::Result<Option<String>> {
    sqlx::query_scalar!("UPDATE payments SET reference = $2 WHERE id = $1 RETURNING reference", id, reference)
        .fetch_one(pool)
        .await
}

pub async fn credit(pool: &PgPool, invoice: i64, reason: &str, amount: i64) -> sqlx::Result<i32> {
    sqlx::query_scalar!(
        "INSERT INTO credit_notes (invoice_id, reason, amount) VALUES ($1, $2, $3)
         ON CONFLICT (invoice_id) DO UPDATE SET reason = excluded.reason, amount = excluded.amount
         RETURNING id",
        invoice,
        reason,
        amount
    )
    .fetch_one(pool)
    .await
}

pub async fn credit_of(pool: &PgPool, invoice: i64) -> sqlx::Result<Option<(i32, String, NaiveDate)>> {
    sqlx::query_as("SELECT id, reason, issued_on FROM credit_notes WHERE invoice_id = $1")
        .bind(invoice)
        .fetch_optional(pool)
        .await
}

pub async fn withdraw_credit(pool: &PgPool, note: i32) -> sqlx::Result<u64> {
    let done = sqlx::query!("DELETE FROM credit_notes WHERE id = $1", note).execute(pool).await?;
    Ok(done.rows_affected())
}

pub async fn set_rate(pool: &PgPool, currency: &str, day: NaiveDate, rate: Decimal) -> sqlx::Result<u64> {
    let done = sqlx::query!(
        "INSERT INTO exchange_rates (currency, day, rate) VALUES ($1, $2, $3)
         ON CONFLICT (currency, day) DO UPDATE SET rate = excluded.rate",
        currency,
        day,
        rate
    )
    .execute(pool)
    .await?;
    Ok(done.rows_affected())
}

pub async fn rate(pool: &PgPool, currency: &str) -> sqlx::Result<Option<Decimal>> {
    sqlx::query_scalar("SELECT rate FROM exchange_rates WHERE currency = $1 ORDER BY day DESC LIMIT 1")
        .bind(currency)
        .fetch_optional(pool)
        .await
}

pub async fn converted(pool: &PgPool, amount: i64, currency: &str) -> sqlx::Result<Option<Decimal>> {
    sqlx::query_scalar!("SELECT convert_amount($1, $2)", amount, currency).fetch_one(pool).await
}
