//! Everything that is kept of a person, for themselves (个人信息保护法 Art 45): a zip of `data.json` and of a
//! page that reads the same without anything else.

mod tables;

use std::io::{Cursor, Write as _};

use domain::permission::{Action, Target, permit};
use domain::role::Actor;
use domain::time::Timestamp;
use sea_orm::{ConnectionTrait, QueryResult, Statement};
use serde_json::{Map, Value, json};
use zip::write::SimpleFileOptions;

pub use tables::{LEFT_OUT, PARTS, Part};

use crate::audit::{Record, append_in_txn};
use crate::error::{Error, Result};
use crate::hall::Hall;
use crate::rate;

/// A person's own data.
#[derive(Debug, Clone, PartialEq)]
pub struct OwnData {
    /// When it was gathered.
    pub at: Timestamp,
    /// Each part's name, and its rows: columns in the order in which they are shown, with texts, numbers,
    /// and times in RFC 3339. Parts without rows are there too.
    pub parts: Vec<(&'static str, Vec<Row>)>,
}

/// A row: column and value.
pub type Row = Vec<(String, Value)>;

impl OwnData {
    /// The whole as it stands in `data.json`: `{"at": …, "data": {"person": [{…}], …}}`.
    #[must_use]
    pub fn json(&self) -> Value {
        let object = |row: &Row| Value::Object(row.iter().cloned().collect());
        let parts = self.parts.iter().map(|(name, rows)| {
            ((*name).to_owned(), Value::Array(rows.iter().map(object).collect()))
        });
        json!({ "at": rfc3339(self.at.0), "data": parts.collect::<Map<_, _>>() })
    }
}

/// Gathers the actor's own data into a zip; `page` makes `index.html` of it. Others' data and secrets stay
/// out; of votes there is that they were cast, for nobody knows more.
///
/// # Errors
/// [`Error::Denied`] for a helper; [`Error::TooOften`] after five a day; [`Error::Broken`] when the zip can't
/// be written or a sealed text can't be opened.
pub async fn own_data_export(
    hall: &Hall,
    actor: &Actor,
    page: impl FnOnce(&OwnData) -> String,
) -> Result<Vec<u8>> {
    permit(Some(actor), Action::AccountOwn, &Target::community(actor.community))?;
    rate::take(hall, rate::EXPORT, &actor.person.to_string()).await?;
    let data = gather(hall, actor).await?;
    let json = serde_json::to_vec_pretty(&data.json())?;
    let bytes = zipped(&[("index.html", page(&data).as_bytes()), ("data.json", &json)])
        .map_err(|error| Error::Broken(format!("the zip: {error}")))?;
    let txn = hall.db.begin().await?;
    let record = Record {
        actor: actor.audit_name(),
        action: "own_data_export".to_owned(),
        subject: format!("person:{}", actor.person),
        ..Record::default()
    };
    append_in_txn(&txn, hall.now(), record).await?;
    txn.commit().await?;
    Ok(bytes)
}

async fn gather(hall: &Hall, actor: &Actor) -> Result<OwnData> {
    let mut parts = Vec::with_capacity(PARTS.len());
    for part in PARTS {
        let values = [actor.person.0.into()];
        let statement = Statement::from_sql_and_values(hall.db.backend(), part.sql, values);
        let rows = hall.db.read().query_all_raw(statement).await?;
        let rows = rows.iter().map(|row| read(hall, part, row)).collect::<Result<_>>()?;
        parts.push((part.name, rows));
    }
    Ok(OwnData { at: hall.now(), parts })
}

fn read(hall: &Hall, part: &Part, row: &QueryResult) -> Result<Row> {
    let columns = row.column_names();
    let values = columns.into_iter().map(|column| {
        let value = match row.try_get::<Option<i64>>("", &column) {
            Ok(Some(at)) if is_time(&column) => Value::String(rfc3339(at)),
            Ok(Some(number)) => Value::from(number),
            Ok(None) => Value::Null,
            Err(_) => text(hall, part, &column, row.try_get::<Option<String>>("", &column)?)?,
        };
        Ok((column, value))
    });
    values.collect()
}

fn text(hall: &Hall, part: &Part, column: &str, stored: Option<String>) -> Result<Value> {
    let sealed = part.sealed.iter().find(|(name, _)| *name == column);
    Ok(match (stored, sealed) {
        (Some(stored), Some((_, seal))) => Value::String(hall.seal.open(*seal, &stored)?),
        (Some(stored), None) => Value::String(stored),
        (None, _) => Value::Null,
    })
}

/// Whether a column holds a time in Unix ms, by its name.
fn is_time(column: &str) -> bool {
    column.ends_with("_at") || matches!(column, "at" | "until")
}

fn rfc3339(ms: i64) -> String {
    let at = Timestamp(ms).in_china();
    at.format(&time::format_description::well_known::Rfc3339).unwrap_or_else(|_| ms.to_string())
}

fn zipped(files: &[(&str, &[u8])]) -> zip::result::ZipResult<Vec<u8>> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        zip.start_file(*name, SimpleFileOptions::default())?;
        zip.write_all(bytes)?;
    }
    Ok(zip.finish()?.into_inner())
}
