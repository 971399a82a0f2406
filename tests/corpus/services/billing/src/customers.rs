//! Who is billed.

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use sqlx::{FromRow, PgPool};
use uuid::Uuid;

#[derive(Clone, Copy, Debug, PartialEq, sqlx::Type)]
#[sqlx(type_name = "tier", rename_all = "lowercase")]
pub enum Tier {
    Basic,
    Plus,
    Enterprise,
}

#[derive(Debug, FromRow)]
pub struct Customer {
    pub id: i64,
    pub public_id: Uuid,
    pub email: String,
    pub name: String,
    pub tier: Tier,
    pub vat_number: Option<String>,
    pub created_at: DateTime<Utc>,
}

#[derive(Debug, FromRow)]
pub struct Address {
    pub kind: String,
    pub line1: String,
    pub line2: Option<String>,
    pub city: String,
    pub country: String,
}

#[derive(Debug, FromRow)]
pub struct Contact {
    pub id: Uuid,
    pub full_name: String,
    pub phone: Option<String>,
    pub tags: Vec<String>,
}

pub async fn create(pool: &PgPool, email: &str, name: &str) -> sqlx::Result<i64> {
    sqlx::query_scalar!("INSERT INTO customers (email, name) VALUES ($1, $2) RETURNING id", email, name)
        .fetch_one(pool)
        .await
}

pub async fn upsert(pool: &PgPool, email: &str, name: &str) -> sqlx::Result<i64> {
    sqlx::query_scalar!(
        "INSERT INTO customers (email, name, active) VALUES ($1, $2, true)
         ON CONFLICT (lower(email)) DO UPDATE SET name = excluded.name, active = true
         RETURNING id",
        email,
        name
    )
    .fetch_one(pool)
    .await
}

pub async fn find(pool: &PgPool, id: i64) -> sqlx::Result<Option<Customer>> {
    sqlx::query_as!(
        Customer,
        r#"SELECT id, public_id, email, name, tier AS "tier: Tier", vat_number, created_at
             FROM customers WHERE id = $1"#,
        id
    )
    .fetch_optional(pool)
    .await
}

pub async fn by_public_id(pool: &PgPool, public_id: Uuid) -> sqlx::Result<Option<Customer>> {
    sqlx::query_as::<_, Customer>(
        "SELECT id, public_id, email::text, name, tier, vat_number, created_at FROM customers WHERE public_id = $1",
    )
    .bind(public_id)
    .fetch_optional(pool)
    .await
}

pub async fn by_email(pool: &PgPool, email: &str) -> sqlx::Result<Option<(i64, String)>> {
    sqlx::query_as("SELECT id, name FROM customers WHERE lower(email) = lower($1)")
        .bind(email)
        .fetch_optional(pool)
        .await
}

pub async fn of_tier(pool: &PgPool, tier: Tier) -> sqlx::Result<Vec<i64>> {
    sqlx::query_scalar("SELECT id FROM customers WHERE tier = $1 ORDER BY id").bind(tier).fetch_all(pool).await
}

pub async fn set_tier(pool: &PgPool, id: i64, tier: Tier) -> sqlx::Result<u64> {
    let done = sqlx::query!("UPDATE customers SET tier = $2 WHERE id = $1", id, tier as Tier).execute(pool).await?;
    Ok(done.rows_affected())
}

pub async fn promote(pool: &PgPool, id: i64) -> sqlx::Result<u64> {
    let done = sqlx::query!("UPDATE customers SET tier = 'enterprise' WHERE id = $1", id).execute(pool).await?;
    Ok(done.rows_affected())
}

pub async fn discount(pool: &PgPool, id: i64) -> sqlx::Result<Decimal> {
    sqlx::query_scalar!("SELECT discount FROM customers WHERE id = $1", id).fetch_one(pool).await
}

pub async fn set_discount(pool: &PgPool, id: i64, discount: Decimal) -> sqlx::Result<u64> {
    let done =
        sqlx::query("UPDATE customers SET discount = $2 WHERE id = $1").bind(id).bind(discount).execute(pool).await?;
    Ok(done.rows_affected())
}

pub async fn settings(pool: &PgPool, id: i64) -> sqlx::Result<serde_json::Value> {
    sqlx::query_scalar!("SELECT settings FROM customers WHERE id = $1", id).fetch_one(pool).await
}

pub async fn merge_settings(pool: &PgPool, id: i64, settings: &serde_json::Value) -> sqlx::Result<u64> {
    let done = sqlx::query!("UPDATE customers SET settings = settings || $2 WHERE id = $1", id, settings)
        .execute(pool)
        .await?;
    Ok(done.rows_affected())
}

pub async fn close(pool: &PgPool, id: i64) -> sqlx::Result<Option<DateTime<Utc>>> {
    sqlx::query_scalar!("UPDATE customers SET active = false, closed_at = now() WHERE id = $1 RETURNING closed_at", id)
        .fetch_one(pool)
        .await
}

pub async fn count_active(pool: &PgPool) -> sqlx::Result<i64> {
    sqlx::query_scalar!(r#"SELECT count(*) AS "count!" FROM customers WHERE active"#).fetch_one(pool).await
}

pub async fn erase(pool: &PgPool, id: i64) -> sqlx::Result<u64> {
    let done = sqlx::query("DELETE FROM contacts WHERE customer_id = $1").bind(id).execute(pool).await?;
    Ok(done.rows_affected())
}

pub async fn addresses(pool: &PgPool, id: i64) -> sqlx::Result<Vec<Address>> {
    sqlx::query_as!(Address, "SELECT kind, line1, line2, city, country FROM addresses WHERE customer_id = $1", id)
        .fetch_all(pool)
        .await
}

pub async fn billing_address(pool: &PgPool, id: i64) -> sqlx::Result<Option<Address>> {
    sqlx::query_as("SELECT * FROM addresses WHERE customer_id = $1 AND kind = 'billing'")
        .bind(id)
        .fetch_optional(pool)
        .await
}

pub async fn set_address(pool: &PgPool, id: i64, line1: &str, city: &str, country: &str) -> sqlx::Result<u64> {
    let done = sqlx::query!(
        "INSERT INTO addresses (customer_id, kind, line1, city, country) VALUES ($1, 'billing', $2, $3, $4)
         ON CONFLICT (customer_id, kind) DO UPDATE SET line1 = excluded.line1, city = excluded.city",
        id,
        line1,
        city,
        country
    )
    .execute(pool)
    .await?;
    Ok(done.rows_affected())
}

pub async fn contacts(pool: &PgPool, id: i64) -> sqlx::Result<Vec<Contact>> {
    sqlx::query_as("SELECT id, full_name, phone, tags FROM contacts WHERE customer_id = $1 ORDER BY full_name")
        .bind(id)
        .fetch_all(pool)
        .await
}

pub async fn add_contact(pool: &PgPool, id: i64, full_name: &str, tags: &[String]) -> sqlx::Result<Uuid> {
    sqlx::query_scalar!(
        "INSERT INTO contacts (customer_id, full_name, tags) VALUES ($1, $2, $3) RETURNING id",
        id,
        full_name,
        tags
    )
    .fetch_one(pool)
    .await
}

pub async fn tag_contact(pool: &PgPool, contact: Uuid, tag: &str) -> sqlx::Result<u64> {
    let done = sqlx::query!("UPDATE contacts SET tags = array_append(tags, $2) WHERE id = $1", contact, tag)
        .execute(pool)
        .await?;
    Ok(done.rows_affected())
}

pub async fn phones(pool: &PgPool, tag: &str) -> sqlx::Result<Vec<Option<String>>> {
    sqlx::query_scalar!("SELECT phone FROM contacts WHERE $1 = ANY (tags)", tag).fetch_all(pool).await
}
