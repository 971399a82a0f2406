//! Who drives.

use chrono::NaiveDate;
use deadpool_postgres::{Object, PoolError};
use tokio_postgres::Error;
use uuid::Uuid;

pub struct Courier {
    pub id: Uuid,
    pub name: String,
    pub phone: Option<String>,
    pub skills: Vec<String>,
    pub rating: f32,
}

const OF_DEPOT: &str = "SELECT id, name, phone, skills, rating FROM couriers WHERE depot_id = $1 ORDER BY name";

pub async fn of_depot(client: &Object, depot: i32) -> Result<Vec<Courier>, Error> {
    let statement = client.prepare_cached(OF_DEPOT).await?;
    let rows = client.query(&statement, &[&depot]).await?;
    Ok(rows
        .into_iter()
        .map(|row| Courier {
            id: row.get("id"),
            name: row.get("name"),
            phone: row.get("phone"),
            skills: row.get("skills"),
            rating: row.get("rating"),
        })
        .collect())
}

pub async fn hire(client: &Object, depot: i32, name: &str, skills: &[String]) -> Result<Uuid, Error> {
    let row = client
        .query_one(
            "INSERT INTO couriers (depot_id, name, skills) VALUES ($1, $2, $3) RETURNING id",
            &[&depot, &name, &skills],
        )
        .await?;
    Ok(row.get(0))
}

pub async fn name(client: &Object, courier: Uuid) -> Result<String, Error> {
    let row = client.query_one("SELECT name, phone FROM courier_names WHERE id = $1", &[&courier]).await?;
    let phone: Option<String> = row.get("phone");
    let name: String = row.get("name");
    Ok(phone.map_or(name.clone(), |phone| format!("{name} ({phone})")))
}

pub async fn rate(client: &Object, courier: Uuid, rating: f32) -> Result<u64, Error> {
    client.execute("UPDATE couriers SET rating = (rating + $2) / 2 WHERE id = $1", &[&courier, &rating]).await
}

pub async fn assign(client: &Object, courier: Uuid, vehicle: Option<i32>) -> Result<u64, Error> {
    client.execute("UPDATE couriers SET vehicle_id = $2 WHERE id = $1", &[&courier, &vehicle]).await
}

pub async fn skilled(client: &Object, skill: &str) -> Result<Vec<(Uuid, NaiveDate)>, Error> {
    let rows = client.query("SELECT id, hired_on FROM couriers WHERE $1 = ANY (skills)", &[&skill]).await?;
    Ok(rows.iter().map(|row| (row.get("id"), row.get("hired_on"))).collect())
}

pub async fn learn(client: &Object, courier: Uuid, skill: &str) -> Result<Vec<String>, Error> {
    let row = client
        .query_one(
            "UPDATE couriers SET skills = array_append(skills, $2) WHERE id = $1 RETURNING skills",
            &[&courier, &skill],
        )
        .await?;
    Ok(row.get("skills"))
}

pub async fn plates(client: &Object) -> Result<Vec<(String, Option<String>)>, Error> {
    let rows =
        client.query("SELECT c.name, v.plate FROM couriers c LEFT JOIN vehicles v ON v.id = c.vehicle_id", &[]).await?;
    Ok(rows.iter().map(|row| (row.get(0), row.get(1))).collect())
}

pub async fn home(client: &Object, courier: Uuid) -> Result<String, Error> {
    let row = client
        .query_one("SELECT d.code FROM couriers c JOIN depots d ON d.id = c.depot_id WHERE c.id = $1", &[&courier])
        .await?;
    Ok(row.get("code"))
}

pub async fn headcount(client: &Object) -> Result<Vec<(i32, i64)>, PoolError> {
    let rows = client.query("SELECT depot_id, count(*) AS couriers FROM couriers GROUP BY depot_id", &[]).await?;
    Ok(rows.iter().map(|row| (row.get("depot_id"), row.get("couriers"))).collect())
}

pub async fn dismiss(client: &Object, courier: Uuid) -> Result<u64, Error> {
    client
        .execute(
            "DELETE FROM couriers c WHERE c.id = $1 AND NOT EXISTS (SELECT FROM routes r WHERE r.courier_id = c.id)",
            &[&courier],
        )
        .await
}
