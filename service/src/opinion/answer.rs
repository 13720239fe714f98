//! Answering a statement.

use domain::permission::Action;
use domain::role::Actor;
use domain::talk::PostState;
use entities::statement_vote;
use opinions::Choice;
use sea_orm::sea_query::OnConflict;
use sea_orm::{EntityTrait, Set};
use serde::Deserialize;

use super::{NEIGHBOUR, find};
use crate::audit::{Record, append_in_txn};
use crate::error::{Error, Problems, Result};
use crate::hall::Hall;
use crate::post::open_forum;
use crate::proposal::held_in_txn;
use crate::rate;

/// An answer as it is sent.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct AnswerForm {
    /// `agree`, `disagree` or `pass`.
    pub choice: String,
}

impl AnswerForm {
    /// The names of the answers, in the order in which they are shown.
    pub const CHOICES: [(&'static str, Choice); 3] =
        [("agree", Choice::Agree), ("disagree", Choice::Disagree), ("pass", Choice::Pass)];

    fn parse(&self) -> Result<Choice> {
        let mut problems = Problems::default();
        let choice = problems.choice("choice", &self.choice, |typed| {
            Self::CHOICES.into_iter().find(|(name, _)| *name == typed).map(|(_, choice)| choice)
        });
        problems.values(choice)
    }
}

/// Answers a statement; a second answer of the same person takes the place of the first. The audit chain
/// notes that somebody answered, and neither who nor what.
///
/// # Errors
/// [`Error::Invalid`] for the field `choice`; [`Error::NotFound`] for a statement that isn't shown;
/// [`Refusal::ForumClosed`](crate::Refusal::ForumClosed); [`Error::Denied`] outside the scope;
/// [`Error::TooOften`].
pub async fn statement_answer(
    hall: &Hall,
    actor: &Actor,
    number: i64,
    statement: i64,
    form: &AnswerForm,
) -> Result<()> {
    rate::take(hall, rate::ANSWER, &format!("person:{}", actor.person)).await?;
    let txn = hall.db.begin().await?;
    let (row, _) = held_in_txn(&txn, actor, number, Action::StatementWrite).await?;
    open_forum(&row)?;
    let choice = form.parse()?;
    let statement = find(&txn, row.id, statement).await?;
    if statement.state != PostState::Shown.as_str() {
        return Err(Error::NotFound);
    }
    let given = statement_vote::ActiveModel {
        statement_id: Set(statement.id),
        person_id: Set(actor.person.0),
        choice: Set(choice.value()),
        through_id: Set(actor.through.map(i64::from)),
        at: Set(hall.now().0),
    };
    let key = [statement_vote::Column::StatementId, statement_vote::Column::PersonId];
    let again = [
        statement_vote::Column::Choice,
        statement_vote::Column::ThroughId,
        statement_vote::Column::At,
    ];
    statement_vote::Entity::insert(given)
        .on_conflict(OnConflict::columns(key).update_columns(again).to_owned())
        .exec_without_returning(&txn)
        .await?;
    let record = Record {
        actor: NEIGHBOUR.to_owned(),
        action: "statement_answer".to_owned(),
        subject: format!("proposal:{}", row.id),
        ..Record::default()
    };
    append_in_txn(&txn, hall.now(), record).await?;
    txn.commit().await?;
    Ok(())
}
