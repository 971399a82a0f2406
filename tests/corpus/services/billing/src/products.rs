//! What is sold.

use sqlx::{PgPool, Postgres, QueryBuilder, Row};

#[derive(Debug, sqlx::FromRow)]
pub struct Product {
    pub sku: String,
    pub title: String,
    #[sqlx(rename = "unit_price")]
    pub price: i64,
    pub weight: Option<i32>,
    #[sqlx(default)]
    pub retired: bool,
}

const ALL: &str = "SELECT sku, title, unit_price, weight, retired FROM products";

pub async fn all(pool: &PgPool) -> sqlx::Result<Vec<Product>> {
    sqlx::query_as::<_, Product>(ALL).fetch_all(pool).await
}

pub async fn find(pool: &PgPool, sku: &str) -> sqlx::Result<Option<Product>> {
    sqlx::query_as("SELECT sku, title, unit_price, weight FROM products WHERE sku = $1")
        .bind(sku)
        .fetch_optional(pool)
        .await
}

pub async fn price(pool: &PgPool, sku: &str) -> sqlx::Result<i64> {
    sqlx::query_scalar!("SELECT unit_price FROM products WHERE sku = $1", sku).fetch_one(pool).await
}

pub async fn search(pool: &PgPool, words: &str) -> sqlx::Result<Vec<Option<String>>> {
    sqlx::query_scalar!("SELECT search FROM products WHERE search LIKE $1", words).fetch_all(pool).await
}

pub async fn add(pool: &PgPool, sku: &str, title: &str, price: i64) -> sqlx::Result<u64> {
    let done = sqlx::query!("INSERT INTO products (sku, title, unit_price) VALUES ($1, $2, $3)", sku, title, price)
        .execute(pool)
        .await?;
    Ok(done.rows_affected())
}

pub async fn add_if_new(pool: &PgPool, sku: &str, title: &str) -> sqlx::Result<u64> {
    let done = sqlx::query("INSERT INTO products (sku, title, unit_price) VALUES ($1, $2, 0) ON CONFLICT DO NOTHING")
        .bind(sku)
        .bind(title)
        .execute(pool)
        .await?;
    Ok(done.rows_affected())
}

pub async fn retire(pool: &PgPool, sku: &str) -> sqlx::Result<bool> {
    let row = sqlx::query("UPDATE products SET retired = true WHERE sku = $1 RETURNING retired")
        .bind(sku)
        .fetch_one(pool)
        .await?;
    row.try_get("retired")
}

pub async fn weights(pool: &PgPool) -> sqlx::Result<Vec<i32>> {
    let rows = sqlx::query("SELECT sku, weight FROM products WHERE weight IS NOT NULL").fetch_all(pool).await?;
    rows.iter().map(|row| row.try_get::<i32, _>("weight")).collect()
}

pub async fn import(pool: &PgPool, products: &[Product]) -> sqlx::Result<u64> {
    let mut builder: QueryBuilder<Postgres> = QueryBuilder::new("INSERT INTO products (sku, title, unit_price) ");
    builder.push_values(products, |mut row, product| {
        row.push_bind(&product.sku).push_bind(&product.title).push_bind(product.price);
    });
    Ok(builder.build().execute(pool).await?.rows_affected())
}
