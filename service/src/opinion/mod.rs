//! Opinion groups of a matter: short statements that neighbours agree with, disagree with or pass, and the
//! picture that comes of it ([`opinions`]).
//!
//! Who wrote a statement is shown to nobody, and who answered what to nobody but themselves. So an answer's
//! entry in the audit chain names no person: the number of somebody's entries would find their row in a
//! file of answers.

mod answer;
mod file;
mod moderate;
mod picture;
mod view;
mod write;

pub use answer::{AnswerForm, statement_answer};
pub use file::{OpinionsFile, OpinionsRead, opinions_export, opinions_read};
pub use moderate::{
    StatementDecision, removed_statements_look, statement_decide, statement_hide, statements_sweep,
};
pub use opinions::{Choice, Counts};
pub use picture::{Mapping, picture};
pub use view::{
    Asked, OpinionsMay, OpinionsView, OwnStatement, Picture, PictureLine, WaitingStatement,
    opinions_view,
};
pub use write::{StatementForm, statement_write};

use entities::statement;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};

use crate::error::{Error, Result};

/// Statements of a matter, at most: nobody answers more.
pub const STATEMENTS_MAX: usize = 100;
/// Statements of one person on a matter, at most.
pub const OWN_STATEMENTS_MAX: usize = 5;
/// Who acts in the audit chain when somebody answers.
pub const NEIGHBOUR: &str = "neighbour";
/// Writing a statement, in the audit chain. The entry names its author, as each act's does; where entries are
/// shown the name is left out.
pub(crate) const STATEMENT_WRITE: &str = "statement_write";

/// A statement by its number within the matter.
async fn find(db: &impl ConnectionTrait, proposal: i64, number: i64) -> Result<statement::Model> {
    statement::Entity::find()
        .filter(statement::Column::ProposalId.eq(proposal))
        .filter(statement::Column::Number.eq(number))
        .one(db)
        .await?
        .ok_or(Error::NotFound)
}
