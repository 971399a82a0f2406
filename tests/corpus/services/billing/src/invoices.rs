//! Invoices and their lines.

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::{FromRow, PgPool, Row};

#[derive(Clone, Copy, Debug, PartialEq, sqlx::Type)]
#[sqlx(type_name = "invoice_state", rename_all = "snake_case")]
pub enum InvoiceState {
    Draft,
    Open,
    Paid,
    Void,
}

#[derive(Debug, FromRow)]
pub struct Invoice {
    pub id: i64,
    pub customer_id: i64,
    pub number: String,
    pub state: InvoiceState,
    pub due_on: Option<NaiveDate>,
    pub total: i64,
    pub memo: Option<String>,
}

#[derive(Debug, FromRow)]
pub struct InvoiceLine {
    pub position: i16,
    pub sku: String,
    pub quantity: i32,
    pub amount: i64,
    pub note: Option<String>,
}

pub async fn draft(pool: &PgPool, customer: i64) -> sqlx::Result<i64> {
    sqlx::query_scalar!("INSERT INTO invoices (customer_id) VALUES ($1) RETURNING id", customer).fetch_one(pool).await
}

pub async fn draft_numbered(pool: &PgPool, customer: i64, number: &str, due: NaiveDate) -> sqlx::Result<i64> {
    sqlx::query_scalar(
        "INSERT INTO invoices (customer_id, number, state, due_on) VALUES ($1, $2, 'draft', $3) RETURNING id",
    )
    .bind(customer)
    .bind(number)
    .bind(due)
    .fetch_one(pool)
    .await
}

pub async fn find(pool: &PgPool, id: i64) -> sqlx::Result<Invoice> {
    sqlx::query_as!(
        Invoice,
        r#"SELECT id, customer_id, number, state AS "state: _", due_on, total, memo FROM invoices WHERE id = $1"#,
        id
    )
    .fetch_one(pool)
    .await
}

pub async fn by_number(pool: &PgPool, number: &str) -> sqlx::Result<Option<Invoice>> {
    sqlx::query_as("SELECT * FROM invoices WHERE number = $1").bind(number).fetch_optional(pool).await
}

pub async fn of_customer(pool: &PgPool, customer: i64, limit: i64) -> sqlx::Result<Vec<Invoice>> {
    sqlx::query_as(
        "SELECT id, customer_id, number, state, due_on, total, memo FROM invoices
          WHERE customer_id = $1 ORDER BY id DESC LIMIT $2",
    )
    .bind(customer)
    .bind(limit)
    .fetch_all(pool)
    .await
}

pub async fn in_state(pool: &PgPool, state: InvoiceState) -> sqlx::Result<Vec<i64>> {
    sqlx::query_scalar!("SELECT id FROM invoices WHERE state = $1", state as InvoiceState).fetch_all(pool).await
}

pub async fn state(pool: &PgPool, id: i64) -> sqlx::Result<InvoiceState> {
    sqlx::query_scalar("SELECT state FROM invoices WHERE id = $1").bind(id).fetch_one(pool).await
}

pub async fn issue(pool: &PgPool, id: i64, due: NaiveDate) -> sqlx::Result<Option<DateTime<Utc>>> {
    let row = sqlx::query!(
        "UPDATE invoices SET state = 'open', due_on = $2, issued_at = now(), total = invoice_total(id)
          WHERE id = $1 AND state = 'draft' RETURNING issued_at, total",
        id,
        due
    )
    .fetch_one(pool)
    .await?;
    Ok(row.issued_at)
}

pub async fn void(pool: &PgPool, id: i64) -> sqlx::Result<u64> {
    let done = sqlx::query("UPDATE invoices SET state = 'void' WHERE id = $1").bind(id).execute(pool).await?;
    Ok(done.rows_affected())
}

pub async fn settle(pool: &PgPool, id: i64, state: InvoiceState) -> sqlx::Result<u64> {
    let done = sqlx::query("UPDATE invoices SET state = $2, memo = NULL WHERE id = $1")
        .bind(id)
        .bind(state)
        .execute(pool)
        .await?;
    Ok(done.rows_affected())
}

pub async fn total(pool: &PgPool, id: i64) -> sqlx::Result<Option<i64>> {
    sqlx::query_scalar!("SELECT invoice_total($1)", id).fetch_one(pool).await
}

pub async fn tax(pool: &PgPool, id: i64) -> sqlx::Result<f64> {
    sqlx::query_scalar!("SELECT tax_rate FROM invoices WHERE id = $1", id).fetch_one(pool).await
}

pub async fn lines(pool: &PgPool, id: i64) -> sqlx::Result<Vec<InvoiceLine>> {
    sqlx::query_as!(
        InvoiceLine,
        "SELECT position, sku, quantity, amount, note FROM invoice_lines WHERE invoice_id = $1 ORDER BY position",
        id
    )
    .fetch_all(pool)
    .await
}

pub async fn line_pairs(pool: &PgPool, id: i64) -> sqlx::Result<Vec<(i16, i64)>> {
    sqlx::query_as("SELECT position, amount FROM invoice_lines WHERE invoice_id = $1").bind(id).fetch_all(pool).await
}

pub async fn add_line(pool: &PgPool, id: i64, position: i16, sku: &str, quantity: i32) -> sqlx::Result<i64> {
    sqlx::query_scalar!(
        "INSERT INTO invoice_lines (invoice_id, position, sku, quantity, amount)
         SELECT $1, $2, p.sku, $4::int4, p.unit_price * $4::int4 FROM products p WHERE p.sku = $3
         RETURNING amount",
        id,
        position,
        sku,
        quantity
    )
    .fetch_one(pool)
    .await
}

pub async fn annotate(pool: &PgPool, id: i64, position: i16, note: Option<&str>) -> sqlx::Result<u64> {
    let done =
        sqlx::query!("UPDATE invoice_lines SET note = $3 WHERE invoice_id = $1 AND position = $2", id, position, note)
            .execute(pool)
            .await?;
    Ok(done.rows_affected())
}

pub async fn remove_line(pool: &PgPool, id: i64, position: i16) -> sqlx::Result<u64> {
    let done = sqlx::query!("DELETE FROM invoice_lines WHERE invoice_id = $1 AND position = $2", id, position)
        .execute(pool)
        .await?;
    Ok(done.rows_affected())
}

pub async fn with_customer(pool: &PgPool, id: i64) -> sqlx::Result<(String, String)> {
    let row =
        sqlx::query("SELECT i.number, c.name FROM invoices i JOIN customers c ON c.id = i.customer_id WHERE i.id = $1")
            .bind(id)
            .fetch_one(pool)
            .await?;
    Ok((row.get("number"), row.get("name")))
}

pub async fn archive(pool: &PgPool) -> sqlx::Result<Vec<i64>> {
    sqlx::query_scalar!(
        r#"WITH done AS (UPDATE invoices SET memo = 'archived' WHERE state = 'paid' RETURNING id),
                told AS (INSERT INTO audit.events (actor, action) SELECT 'billing', 'archive' FROM done RETURNING id)
           SELECT id AS "id!" FROM told"#
    )
    .fetch_all(pool)
    .await
}
