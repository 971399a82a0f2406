//! The clinic: visits by diesel, the stock of medicines by SeaORM.

mod models;
mod patients;
mod schema;
mod stock;
mod visits;

use diesel::prelude::*;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut db = PgConnection::establish(&std::env::var("DATABASE_URL")?)?;
    for name in patients::names(&mut db)? {
        println!("{} {}", name.public_id, name.name);
    }
    Ok(())
}
