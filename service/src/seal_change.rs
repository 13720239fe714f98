//! Changing the key that seals names and telephone numbers: every sealed text is opened under the old
//! key and sealed under the new one, in one transaction.

use entities::instance;
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, FromQueryResult, QueryFilter,
    Set, Statement,
};

use crate::audit::{Record, append_in_txn};
use crate::error::{Error, Result};
use crate::hall::{Hall, SEAL_KEY};
use crate::seal::{Column, Seal};

/// Rows read at a time.
const CHUNK: usize = 500;

/// A place in the schema that holds sealed texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SealedPlace {
    /// Table.
    pub table: &'static str,
    /// Its key, a whole number; a second one where a part is numbered within it.
    pub key: &'static [&'static str],
    /// The column that holds the sealed text.
    pub column: &'static str,
    /// What it was sealed for.
    pub sealed_for: Column,
    /// The column with the keyed hash of the same text, and what it was hashed for.
    pub index: Option<&'static str>,
}

const fn place(table: &'static str, column: &'static str, sealed_for: Column) -> SealedPlace {
    SealedPlace { table, key: &["id"], column, sealed_for, index: None }
}

/// Every such place.
pub const PLACES: &[SealedPlace] = &[
    place("person", "real_name", Column::RealName),
    place("person", "phone", Column::Phone),
    SealedPlace { key: &["person_id"], ..place("kept_record", "real_name", Column::RealName) },
    SealedPlace { index: Some("name_index"), ..place("owner", "name", Column::OwnerName) },
    SealedPlace { index: Some("phone_index"), ..place("owner", "phone", Column::OwnerPhone) },
    SealedPlace { index: Some("code_index"), ..place("slip", "code", Column::SlipCode) },
    SealedPlace { key: &["person_id"], ..place("totp", "secret", Column::TotpSecret) },
    place("mail", "data", Column::MailData),
    place("roll_import", "report", Column::RollImport),
    SealedPlace {
        key: &["import_id", "part"],
        ..place("roll_import_part", "data", Column::RollImport)
    },
    place("roll_import_change", "before", Column::RollImport),
    place("statement", "kept", Column::StatementKept),
    place("removal", "kept", Column::RemovalKept),
];

#[derive(Debug, FromQueryResult)]
struct Line {
    line: i64,
    part: i64,
    sealed: String,
}

/// Seals everything anew under `new`; gives how many texts it sealed. Afterwards the database opens
/// under the new key alone: every server on it must be started with that one.
///
/// # Errors
/// [`Error::Broken`] when a text can't be opened under the hall's present key; nothing is changed then.
pub async fn key_change(hall: &Hall, new: &Seal) -> Result<u64> {
    if new.fingerprint() == hall.seal.fingerprint() {
        return Err(Error::Broken("the new key is the present one".into()));
    }
    let txn = hall.db.begin().await?;
    let changed = instance::Entity::update_many()
        .set(instance::ActiveModel {
            value: Set(new.fingerprint().to_owned()),
            ..Default::default()
        })
        .filter(instance::Column::Key.eq(SEAL_KEY))
        .filter(instance::Column::Value.eq(hall.seal.fingerprint()))
        .exec(&txn)
        .await?;
    if changed.rows_affected != 1 {
        return Err(Error::Broken("somebody else changed the key in the meantime".into()));
    }
    let mut sealed = 0;
    for place in PLACES {
        sealed += reseal_in_txn(hall, &txn, place, new).await?;
    }
    forget_dead_codes_in_txn(hall, &txn).await?;
    let record = Record {
        actor: "operator".to_owned(),
        action: "key_change".to_owned(),
        subject: "instance:seal_key".to_owned(),
        before: Some(hall.seal.fingerprint().to_owned()),
        after: Some(new.fingerprint().to_owned()),
        reason: None,
    };
    append_in_txn(&txn, hall.now(), record).await?;
    txn.commit().await?;
    Ok(sealed)
}

/// The names of tables and columns are ours, from [`PLACES`]; only values are bound.
async fn reseal_in_txn(
    hall: &Hall,
    txn: &DatabaseTransaction,
    place: &SealedPlace,
    new: &Seal,
) -> Result<u64> {
    let SealedPlace { table, key, column, .. } = *place;
    let first = key.first().copied().unwrap_or("id");
    let part = key.get(1).copied();
    // Where there is no part, the first key twice: it is in order then, and nothing comes after itself.
    let part_sql = part.unwrap_or(first);
    let select = format!(
        "SELECT {first} AS line, {part_sql} AS part, {column} AS sealed FROM {table} \
         WHERE {column} IS NOT NULL AND ({first} > $1 OR ({first} = $1 AND {part_sql} > $2)) \
         ORDER BY {first}, {part_sql} LIMIT {CHUNK}"
    );
    let backend = txn.get_database_backend();
    let (mut after, mut after_part, mut count) = (i64::MIN, i64::MIN, 0);
    loop {
        let values = [after.into(), after_part.into()];
        let statement = Statement::from_sql_and_values(backend, &select, values);
        let lines = Line::find_by_statement(statement).all(txn).await?;
        let Some(last) = lines.last() else { return Ok(count) };
        (after, after_part) = (last.line, last.part);
        for line in lines {
            let text = hall.seal.open(place.sealed_for, &line.sealed)?;
            let mut values = vec![new.close(place.sealed_for, &text)?.into(), line.line.into()];
            let mut sql = format!("UPDATE {table} SET {column} = $1");
            let mut filter = format!(" WHERE {first} = $2");
            if let Some(part) = part {
                values.push(line.part.into());
                filter.push_str(&format!(" AND {part} = ${}", values.len()));
            }
            if let Some(index) = place.index {
                values.push(new.index(place.sealed_for, &text)?.into());
                sql.push_str(&format!(", {index} = ${}", values.len()));
            }
            sql.push_str(&filter);
            txn.execute_raw(Statement::from_sql_and_values(backend, sql, values)).await?;
            count += 1;
        }
    }
}

/// A code that is used or over is not kept, so its hash can't be made anew: it becomes one that no
/// code has.
async fn forget_dead_codes_in_txn(hall: &Hall, txn: &DatabaseTransaction) -> Result<()> {
    let salt = hex::encode(hall.dice.bytes16());
    let backend = txn.get_database_backend();
    let sql =
        "UPDATE slip SET code_index = 'gone:' || CAST($1 AS TEXT) || ':' || id WHERE code IS NULL";
    txn.execute_raw(Statement::from_sql_and_values(backend, sql, [salt.into()])).await?;
    Ok(())
}
