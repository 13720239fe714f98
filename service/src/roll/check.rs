//! The dry run: a file is read and compared with the roll. Only the sealed upload is written.

use domain::ids::{CourtyardId, RollImportId};
use domain::role::Actor;
use domain::roll::RollKind;
use entities::{courtyard, roll_import, roll_import_part};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, QueryFilter,
    QueryOrder, Set,
};

use super::ground::Ground;
use super::plan::{Plan, Taken, plan};
use super::read::sheet;
use super::report::Sums;
use super::{CHECKS, CHUNK, SheetProblem, permit_import};
use crate::audit::{Record, append_in_txn};
use crate::error::{Error, Problem, Problems, Result};
use crate::hall::Hall;
use crate::seal::{Column, Seal};

/// Characters of a file's name that are kept.
const FILE_NAME_MAX: usize = 80;

/// A file as it was sent.
#[derive(Debug, Clone, Default)]
pub struct RollUpload {
    /// `households` or `owners`.
    pub kind: String,
    /// The courtyard of rows that don't say one; empty for none.
    pub courtyard_id: String,
    /// As the person's machine has it.
    pub file_name: String,
    /// The file.
    pub bytes: Vec<u8>,
}

/// Checks a file against the roll and keeps it, sealed, to be confirmed.
///
/// # Errors
/// [`Error::Denied`]; [`Error::Invalid`] with the fields `kind`, `courtyard_id` and `file`;
/// [`Error::TooOften`].
pub async fn roll_check(hall: &Hall, actor: &Actor, upload: RollUpload) -> Result<RollImportId> {
    permit_import(actor)?;
    let mut problems = Problems::default();
    let kind = problems.choice("kind", &upload.kind, RollKind::from_name);
    let courtyard = match upload.courtyard_id.as_str() {
        "" => Some(None),
        typed => match courtyard_of(hall, actor, typed).await? {
            Some(id) => Some(Some(id)),
            None => {
                problems.note("courtyard_id", Problem::Unknown);
                None
            }
        },
    };
    if upload.bytes.is_empty() {
        problems.note("file", Problem::Sheet(SheetProblem::Empty));
    }
    let (kind, courtyard) = problems.values((|| Some((kind?, courtyard?)))())?;
    crate::rate::take(hall, CHECKS, &actor.person.to_string()).await?;

    let bytes = upload.bytes;
    // A file that makes the reader stumble is no sheet.
    let read = tokio::task::spawn_blocking(move || taken(kind, &bytes)).await;
    let taken = read.unwrap_or(Err(SheetProblem::NotASheet));
    let taken = taken.map_err(|problem| Error::field("file", Problem::Sheet(problem)))?;
    let taken = Taken { courtyard, ..taken };
    let ground = Ground::load(hall.db.read(), actor.community, kind).await?;
    let checked = Checked::new(hall, kind, ground, taken).await?;

    let now = hall.now();
    let txn = hall.db.begin().await?;
    let sums = checked.sums;
    let row = roll_import::ActiveModel {
        community_id: Set(actor.community.0),
        kind: Set(kind.as_str().to_owned()),
        file_name: Set(file_name(&upload.file_name)),
        state: Set("checked".to_owned()),
        total: Set(sums.total),
        added: Set(sums.added),
        changed: Set(sums.changed),
        left_out: Set(sums.left_out),
        report: Set(Some(checked.report)),
        created_by: Set(actor.person.0),
        created_at: Set(now.0),
        ..Default::default()
    }
    .insert(&txn)
    .await?;
    let parts = (0..).zip(checked.parts).map(|(part, data)| roll_import_part::ActiveModel {
        import_id: Set(row.id),
        part: Set(part),
        data: Set(data),
    });
    for chunk in parts.collect::<Vec<_>>().chunks(CHUNK) {
        roll_import_part::Entity::insert_many(chunk.iter().cloned())
            .exec_without_returning(&txn)
            .await?;
    }
    record_in_txn(hall, &txn, actor.audit_name(), "roll_check", row.id, said(kind, sums)).await?;
    txn.commit().await?;
    Ok(RollImportId(row.id))
}

/// The audit entry of an import: numbers alone.
pub(super) async fn record_in_txn(
    hall: &Hall,
    txn: &DatabaseTransaction,
    actor: String,
    action: &str,
    id: i64,
    after: String,
) -> Result<()> {
    let record = Record {
        actor,
        action: action.to_owned(),
        subject: format!("roll_import:{id}"),
        after: Some(after),
        ..Record::default()
    };
    append_in_txn(txn, hall.now(), record).await?;
    Ok(())
}

/// Sums as the audit chain has them.
pub(super) fn said(kind: RollKind, sums: Sums) -> String {
    format!(
        "{}: {} added, {} changed, {} left out of {}",
        kind.as_str(),
        sums.added,
        sums.changed,
        sums.left_out,
        sums.total
    )
}

fn taken(kind: RollKind, bytes: &[u8]) -> std::result::Result<Taken, SheetProblem> {
    let rows = sheet(kind, bytes)?;
    let reading = domain::roll::read(kind, &rows)?;
    let columns = reading.columns.known.into_iter().map(|(field, _, text)| (field, text)).collect();
    Ok(Taken {
        columns,
        courtyard: None,
        entries: reading.entries,
        problems: reading.problems,
        repeated: reading.repeated,
    })
}

/// A planned file, sealed.
struct Checked {
    sums: Sums,
    report: String,
    parts: Vec<String>,
}

impl Checked {
    async fn new(hall: &Hall, kind: RollKind, ground: Ground, taken: Taken) -> Result<Self> {
        let seal = hall.seal.clone();
        let work = move || {
            let parts = seal_parts(&seal, &taken)?;
            let plan = plan(&seal, kind, ground, taken)?;
            let (sums, report) = seal_report(&seal, &plan)?;
            Ok(Self { sums, report, parts })
        };
        tokio::task::spawn_blocking(work).await.map_err(|error| Error::Broken(error.to_string()))?
    }
}

/// The report of a plan, sealed, with its sums.
pub(super) fn seal_report(seal: &Seal, plan: &Plan) -> Result<(Sums, String)> {
    let json = serde_json::to_string(&plan.report)?;
    Ok((plan.report.sums(), seal.close(Column::RollImport, &json)?))
}

/// What was taken, in parts: first all but the entries, then the entries.
fn seal_parts(seal: &Seal, taken: &Taken) -> Result<Vec<String>> {
    let rest = Taken {
        columns: taken.columns.clone(),
        courtyard: taken.courtyard,
        entries: Vec::new(),
        problems: taken.problems.clone(),
        repeated: taken.repeated.clone(),
    };
    let mut parts = vec![seal.close(Column::RollImport, &serde_json::to_string(&rest)?)?];
    for chunk in taken.entries.chunks(CHUNK) {
        parts.push(seal.close(Column::RollImport, &serde_json::to_string(chunk)?)?);
    }
    Ok(parts)
}

/// Puts the parts together again.
pub(super) fn open_parts(seal: &Seal, parts: &[String]) -> Result<Taken> {
    let (first, entries) = parts.split_first().ok_or(Error::NotFound)?;
    let mut taken: Taken = serde_json::from_str(&seal.open(Column::RollImport, first)?)?;
    for part in entries {
        let opened = seal.open(Column::RollImport, part)?;
        taken.entries.append(&mut serde_json::from_str(&opened)?);
    }
    Ok(taken)
}

/// The sealed parts of an import, in their order.
pub(super) async fn parts(db: &impl ConnectionTrait, id: RollImportId) -> Result<Vec<String>> {
    let rows = roll_import_part::Entity::find()
        .filter(roll_import_part::Column::ImportId.eq(id.0))
        .order_by_asc(roll_import_part::Column::Part)
        .all(db)
        .await?;
    Ok(rows.into_iter().map(|row| row.data).collect())
}

async fn courtyard_of(hall: &Hall, actor: &Actor, typed: &str) -> Result<Option<i64>> {
    let Ok(CourtyardId(id)) = typed.parse() else { return Ok(None) };
    let row = courtyard::Entity::find_by_id(id)
        .filter(courtyard::Column::CommunityId.eq(actor.community.0))
        .filter(courtyard::Column::EndedAt.is_null())
        .one(hall.db.read())
        .await?;
    Ok(row.map(|row| row.id))
}

/// A file's name without folders and what can't be seen, and not longer than a line.
fn file_name(sent: &str) -> String {
    let name = domain::text::clean(sent);
    let name = name.rsplit(['/', '\\']).next().unwrap_or_default().trim();
    name.chars().filter(|c| *c != '\n').take(FILE_NAME_MAX).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_files_name_is_a_name() {
        for (sent, kept) in [
            ("名册.xlsx", "名册.xlsx"),
            ("C:\\Users\\me\\名册.csv", "名册.csv"),
            ("../../etc/passwd", "passwd"),
            ("a\u{202E}xslx.\nb", "axslx.b"),
            ("", ""),
        ] {
            assert_eq!(file_name(sent), kept, "{sent}");
        }
        assert_eq!(file_name(&"长".repeat(200)).chars().count(), FILE_NAME_MAX);
    }
}
