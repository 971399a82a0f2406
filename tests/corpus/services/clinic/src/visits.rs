//! Visits and what was found.

use chrono::{DateTime, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{BigInt, Integer, Text, Timestamptz};

use crate::models::{Amount, DayEntry, Finding, Load, NewVisit, Visit, VisitState};
use crate::schema::{doctors, findings, patients, visits};

pub fn book(db: &mut PgConnection, visit: &NewVisit) -> QueryResult<Visit> {
    diesel::insert_into(visits::table).values(visit).returning(Visit::as_returning()).get_result(db)
}

pub fn book_once(db: &mut PgConnection, visit: &NewVisit) -> QueryResult<usize> {
    diesel::insert_into(visits::table)
        .values(visit)
        .on_conflict((visits::doctor_id, visits::starts_at))
        .do_nothing()
        .execute(db)
}

pub fn find(db: &mut PgConnection, id: i64) -> QueryResult<Option<Visit>> {
    visits::table.find(id).first(db).optional()
}

pub fn of_patient(db: &mut PgConnection, patient: i64) -> QueryResult<Vec<Visit>> {
    visits::table
        .filter(visits::patient_id.eq(patient))
        .order(visits::starts_at.desc())
        .select(Visit::as_select())
        .load(db)
}

pub fn in_state(db: &mut PgConnection, state: VisitState) -> QueryResult<Vec<i64>> {
    visits::table.filter(visits::state.eq(state)).select(visits::id).load(db)
}

pub fn set_state(db: &mut PgConnection, id: i64, state: VisitState) -> QueryResult<usize> {
    diesel::update(visits::table.find(id)).set(visits::state.eq(state)).execute(db)
}

pub fn complain(db: &mut PgConnection, id: i64, complaint: &str) -> QueryResult<usize> {
    diesel::update(visits::table.find(id)).set(visits::complaint.eq(complaint)).execute(db)
}

pub fn bill(db: &mut PgConnection, id: i64, fee: i64) -> QueryResult<Option<i64>> {
    diesel::update(visits::table.find(id)).set(visits::fee.eq(fee)).returning(visits::fee).get_result(db)
}

pub fn cancel_all(db: &mut PgConnection, doctor: i32) -> QueryResult<usize> {
    diesel::delete(visits::table.filter(visits::doctor_id.eq(doctor)).filter(visits::minutes.gt(600))).execute(db)
}

pub fn with_names(db: &mut PgConnection) -> QueryResult<Vec<(i64, String, String)>> {
    visits::table
        .inner_join(patients::table)
        .inner_join(doctors::table)
        .select((visits::id, patients::name, doctors::name))
        .load(db)
}

pub fn note(db: &mut PgConnection, finding: &Finding) -> QueryResult<usize> {
    diesel::insert_into(findings::table).values(finding).execute(db)
}

pub fn findings_of(db: &mut PgConnection, visit: i64) -> QueryResult<Vec<Finding>> {
    findings::table.filter(findings::visit_id.eq(visit)).select(Finding::as_select()).load(db)
}

pub fn severe(db: &mut PgConnection) -> QueryResult<Vec<(Visit, Finding)>> {
    visits::table
        .inner_join(findings::table)
        .filter(findings::severity.gt(1))
        .select((Visit::as_select(), Finding::as_select()))
        .load(db)
}

pub fn all_findings(db: &mut PgConnection) -> QueryResult<Vec<Finding>> {
    findings::table.load(db)
}

pub fn day_list(db: &mut PgConnection, from: DateTime<Utc>) -> QueryResult<Vec<DayEntry>> {
    sql_query("SELECT id, starts_at, patient, doctor FROM day_list WHERE starts_at >= $1 ORDER BY starts_at")
        .bind::<Timestamptz, _>(from)
        .load(db)
}

pub fn loads(db: &mut PgConnection) -> QueryResult<Vec<Load>> {
    sql_query("SELECT doctor_id, count(*) AS visits FROM visits GROUP BY doctor_id").load(db)
}

pub fn income(db: &mut PgConnection, doctor: i32) -> QueryResult<Vec<Amount>> {
    sql_query("SELECT sum(fee)::bigint AS amount FROM visits WHERE doctor_id = $1 AND state = 'done'")
        .bind::<Integer, _>(doctor)
        .load(db)
}

pub fn load_of(db: &mut PgConnection, doctor: i32) -> QueryResult<Vec<Amount>> {
    sql_query("SELECT visit_load($1) AS amount").bind::<Integer, _>(doctor).load(db)
}

pub fn arrive(db: &mut PgConnection, visit: i64) -> QueryResult<usize> {
    sql_query("UPDATE visits SET state = 'arrived', complaint = NULL WHERE id = $1")
        .bind::<BigInt, _>(visit)
        .execute(db)
}

pub fn remark(db: &mut PgConnection, visit: i64, code: &str, remark: &str) -> QueryResult<usize> {
    sql_query(
        "INSERT INTO findings (visit_id, code, remark) VALUES ($1, $2, $3)
         ON CONFLICT (visit_id, code) DO UPDATE SET remark = excluded.remark",
    )
    .bind::<BigInt, _>(visit)
    .bind::<Text, _>(code)
    .bind::<Text, _>(remark)
    .execute(db)
}
