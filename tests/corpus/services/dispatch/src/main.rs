//! Dispatch: depots, couriers, parcels and their routes.

mod couriers;
mod depots;
mod ops;
mod parcels;
mod routes;

use tokio_postgres::NoTls;

#[tokio::main]
async fn main() -> Result<(), tokio_postgres::Error> {
    let url = std::env::var("DATABASE_URL").unwrap_or_default();
    let (client, connection) = tokio_postgres::connect(&url, NoTls).await?;
    tokio::spawn(connection);
    for depot in depots::loads(&client).await? {
        println!("{} {}", depot.code, depot.parcels);
    }
    Ok(())
}
