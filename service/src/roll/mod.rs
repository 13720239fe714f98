//! 名册: files of households and owners, first checked, then taken in whole or not at all, and undone
//! within a day.

use domain::ids::RollImportId;
use domain::permission::{Action, Target, permit};
use domain::role::Actor;
use domain::roll::RollKind;
use domain::time::{HOUR_MS, MINUTE_MS, Timestamp};
use entities::roll_import;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};

use crate::error::{Error, Result};
use crate::rate::Limit;

mod apply;
mod check;
mod ground;
mod plan;
mod progress;
pub mod read;
mod report;
mod site;
mod sweep;
mod undo;
mod view;
mod write;
mod xlsx;

pub use apply::{RollRun, roll_confirm, roll_drop};
pub use check::{RollUpload, roll_check};
pub use progress::{Done, Progress};
pub use read::{CELL_MAX, COLUMNS_MAX, FILE_MAX, ROWS_MAX, SheetProblem};
pub use report::{Line, Note, Report, Sums, Verdict};
pub use sweep::roll_sweep;
pub use undo::{Undone, roll_undo};
pub use view::{
    ImportRow, LookPage, Show, roll_import_view, roll_imports, roll_look, roll_report_csv,
};

/// How long an import can be undone.
pub const UNDO_MS: i64 = 24 * HOUR_MS;
/// How long a file that was checked waits to be confirmed.
pub const CHECKED_MS: i64 = 72 * HOUR_MS;
/// A run that says nothing for so long died with its server.
pub const RUN_MS: i64 = 5 * MINUTE_MS;
/// Files checked, per person.
const CHECKS: Limit = Limit { operation: "roll_check", times: 60, window_ms: HOUR_MS };
/// Rows of one statement: far below both databases' limits of bound values.
const CHUNK: usize = 500;

/// Where an import stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImportState {
    /// It waits to be confirmed.
    Checked,
    /// It is being taken in.
    Running,
    /// It is on the roll.
    Done,
    /// It stopped half-way; nothing was written.
    Failed,
    /// It was thrown away.
    Dropped,
    /// It was undone.
    Undone,
}

impl ImportState {
    /// The state of a row at a time: a run that died counts as failed.
    fn of(row: &roll_import::Model, now: Timestamp) -> Result<Self> {
        Ok(match row.state.as_str() {
            "checking" | "checked" => Self::Checked,
            "running" if row.run_at.is_none_or(|at| at < now.0 - RUN_MS) => Self::Failed,
            "running" => Self::Running,
            "done" => Self::Done,
            "failed" => Self::Failed,
            "dropped" => Self::Dropped,
            "undone" => Self::Undone,
            other => return Err(Error::unknown("import state", other)),
        })
    }
}

fn kind_of(row: &roll_import::Model) -> Result<RollKind> {
    RollKind::from_name(&row.kind).ok_or_else(|| Error::unknown("kind of import", &row.kind))
}

/// Judges that the actor may take files in; what it needs besides is in the table.
fn permit_import(actor: &Actor) -> Result<()> {
    permit(Some(actor), Action::RollImport, &Target::community(actor.community))?;
    Ok(())
}

/// An import of the actor's community: another's isn't there.
async fn of_community(
    db: &impl ConnectionTrait,
    actor: &Actor,
    id: RollImportId,
) -> Result<roll_import::Model> {
    let found = roll_import::Entity::find_by_id(id.0)
        .filter(roll_import::Column::CommunityId.eq(actor.community.0))
        .one(db)
        .await?;
    found.ok_or(Error::NotFound)
}
