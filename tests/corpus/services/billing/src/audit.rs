//! What was done, by whom.

use chrono::{DateTime, Utc};
use sqlx::types::Json;
use sqlx::{Executor, FromRow, PgPool};

#[derive(Debug, FromRow)]
pub struct Event {
    pub id: i64,
    pub actor: String,
    pub action: String,
    pub detail: Option<Json<serde_json::Value>>,
    pub at: DateTime<Utc>,
}

pub async fn record(pool: &PgPool, actor: &str, action: &str) -> sqlx::Result<u64> {
    let done =
        sqlx::query!("INSERT INTO audit.events (actor, action) VALUES ($1, $2)", actor, action).execute(pool).await?;
    Ok(done.rows_affected())
}

pub async fn record_detail(pool: &PgPool, actor: &str, detail: &serde_json::Value) -> sqlx::Result<i64> {
    sqlx::query_scalar("INSERT INTO audit.events (actor, action, detail) VALUES ($1, 'note', $2) RETURNING id")
        .bind(actor)
        .bind(detail)
        .fetch_one(pool)
        .await
}

pub async fn of_actor(pool: &PgPool, actor: &str) -> sqlx::Result<Vec<Event>> {
    sqlx::query_as("SELECT id, actor, action, detail, at FROM audit.events WHERE actor = $1 ORDER BY at")
        .bind(actor)
        .fetch_all(pool)
        .await
}

pub async fn last_actions(pool: &PgPool) -> sqlx::Result<Vec<String>> {
    sqlx::query_scalar!("SELECT action FROM audit.events ORDER BY at DESC LIMIT 10").fetch_all(pool).await
}

pub async fn forget(pool: &PgPool, before: DateTime<Utc>) -> sqlx::Result<u64> {
    let done = sqlx::query("DELETE FROM audit.events WHERE at < $1").bind(before).execute(pool).await?;
    Ok(done.rows_affected())
}

pub async fn announce(pool: &PgPool) -> sqlx::Result<()> {
    pool.execute("INSERT INTO audit.events (actor, action) VALUES ('billing', 'start')").await?;
    Ok(())
}
