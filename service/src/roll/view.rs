//! Reading imports: numbers for whoever keeps the roll, rows only as an answer that is recorded.

use domain::ids::RollImportId;
use domain::permission::{Action, Target, permit};
use domain::role::Actor;
use domain::roll::RollKind;
use domain::time::Timestamp;
use entities::roll_import;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::report::{Line, Report, Sums, Verdict};
use super::{Done, ImportState, UNDO_MS, kind_of, of_community, permit_import};
use crate::error::{Error, Result};
use crate::hall::Hall;
use crate::look::looked_in_txn;
use crate::seal::Column;

/// Imports on a page.
const LIST: u64 = 20;
/// Rows of a report on a page.
pub(super) const PAGE: usize = 100;

/// An import, without names or rooms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportRow {
    /// Row.
    pub id: RollImportId,
    /// What it is about.
    pub kind: RollKind,
    /// The file's name.
    pub file_name: String,
    /// Where it stands.
    pub state: ImportState,
    /// Its sums.
    pub sums: Sums,
    /// When it was uploaded.
    pub created_at: Timestamp,
    /// When it came onto the roll.
    pub done_at: Option<Timestamp>,
    /// Until when it can be undone, where it can be.
    pub undo_until: Option<Timestamp>,
    /// Whether it was checked anew, since the roll had changed before it was taken in.
    pub again: bool,
    /// Whether its report is still there.
    pub has_report: bool,
    /// Of an undone one: rows that stayed.
    pub kept: Option<i64>,
    /// While it runs in this process: how far it is.
    pub progress: Option<Done>,
}

fn import_row(hall: &Hall, row: &roll_import::Model) -> Result<ImportRow> {
    let now = hall.now();
    let id = RollImportId(row.id);
    let state = ImportState::of(row, now)?;
    let until = row.done_at.map(|at| Timestamp(at + UNDO_MS));
    Ok(ImportRow {
        id,
        kind: kind_of(row)?,
        file_name: row.file_name.clone(),
        state,
        sums: Sums {
            total: row.total,
            added: row.added,
            changed: row.changed,
            left_out: row.left_out,
        },
        created_at: Timestamp(row.created_at),
        done_at: row.done_at.map(Timestamp),
        undo_until: until.filter(|until| state == ImportState::Done && now < *until),
        again: state == ImportState::Checked && row.run_at.is_some(),
        has_report: row.report.is_some(),
        kept: row.kept,
        progress: hall.progress.of(id),
    })
}

/// The latest imports of the actor's community. One statement.
///
/// # Errors
/// [`Error::Denied`].
pub async fn roll_imports(hall: &Hall, actor: &Actor) -> Result<Vec<ImportRow>> {
    permit_import(actor)?;
    let rows = roll_import::Entity::find()
        .filter(roll_import::Column::CommunityId.eq(actor.community.0))
        .order_by_desc(roll_import::Column::Id)
        .limit(LIST)
        .all(hall.db.read())
        .await?;
    rows.iter().map(|row| import_row(hall, row)).collect()
}

/// One import.
///
/// # Errors
/// [`Error::Denied`]; [`Error::NotFound`] in another community.
pub async fn roll_import_view(hall: &Hall, actor: &Actor, id: RollImportId) -> Result<ImportRow> {
    may_look(actor)?;
    import_row(hall, &of_community(hall.db.read(), actor, id).await?)
}

fn may_look(actor: &Actor) -> Result<()> {
    permit(Some(actor), Action::RollLook, &Target::community(actor.community))?;
    Ok(())
}

/// Which rows of a report are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Show {
    /// Every row.
    #[default]
    All,
    /// Those that have to be mended.
    Problems,
    /// Those that change something.
    Changed,
    /// Those that add something.
    Added,
}

impl Show {
    /// Every choice.
    pub const ALL: [Self; 4] = [Self::All, Self::Problems, Self::Changed, Self::Added];

    /// Its name in forms.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Problems => "problems",
            Self::Changed => "changed",
            Self::Added => "added",
        }
    }

    /// The choice of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|show| show.as_str() == name)
    }

    fn shows(self, line: &Line) -> bool {
        match self {
            Self::All => true,
            Self::Problems => line.verdict == Verdict::Problem,
            Self::Changed => line.verdict == Verdict::Changed,
            Self::Added => line.verdict == Verdict::Added,
        }
    }
}

/// A page of a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LookPage {
    /// The import.
    pub import: ImportRow,
    /// What is shown.
    pub show: Show,
    /// The page, from 1.
    pub page: usize,
    /// Pages.
    pub pages: usize,
    /// Rows of each choice.
    pub counts: [usize; 4],
    /// Columns, new places, and the rows of this page.
    pub report: Report,
}

/// Shows rows of a report, after noting who looked.
///
/// # Errors
/// [`Error::Denied`]; [`Error::NotFound`] in another community, or when the report is gone.
pub async fn roll_look(
    hall: &Hall,
    actor: &Actor,
    id: RollImportId,
    show: Show,
    page: usize,
) -> Result<LookPage> {
    let (import, mut report) = look(hall, actor, id).await?;
    let counts = Show::ALL.map(|show| report.lines.iter().filter(|line| show.shows(line)).count());
    report.lines.retain(|line| show.shows(line));
    let pages = report.lines.len().div_ceil(PAGE).max(1);
    let page = page.clamp(1, pages);
    report.lines = report.lines.into_iter().skip((page - 1) * PAGE).take(PAGE).collect();
    Ok(LookPage { import, show, page, pages, counts, report })
}

/// The whole report for a file, after noting who looked; `words` makes a line's cells, and `head` the
/// heading.
///
/// # Errors
/// As [`roll_look`].
pub async fn roll_report_csv(
    hall: &Hall,
    actor: &Actor,
    id: RollImportId,
    head: Vec<String>,
    words: impl Fn(&Line) -> Vec<String>,
) -> Result<Vec<u8>> {
    let (_, report) = look(hall, actor, id).await?;
    crate::csv_out::csv(std::iter::once(head).chain(report.lines.iter().map(words)))
}

async fn look(hall: &Hall, actor: &Actor, id: RollImportId) -> Result<(ImportRow, Report)> {
    may_look(actor)?;
    let txn = hall.db.begin().await?;
    let row = of_community(&txn, actor, id).await?;
    let sealed = row.report.clone().ok_or(Error::NotFound)?;
    looked_in_txn(hall, &txn, actor, format!("roll_import:{id}"), None).await?;
    txn.commit().await?;
    let seal = hall.seal.clone();
    let open = move || {
        let json = seal.open(Column::RollImport, &sealed)?;
        Ok::<Report, Error>(serde_json::from_str(&json)?)
    };
    let report = tokio::task::spawn_blocking(open).await;
    let report = report.map_err(|error| Error::Broken(error.to_string()))??;
    Ok((import_row(hall, &row)?, report))
}
