//! Opening a ballot.

use domain::ballot::BallotKind;
use domain::clock::Deadline;
use domain::ids::{BallotId, BallotNumber};
use domain::permission::Action;
use domain::proposal::Step;
use domain::role::Actor;
use domain::text::Question;
use domain::time::Timestamp;
use entities::{ballot, community, proposal};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, DatabaseTransaction, EntityTrait, IntoActiveModel, QueryFilter,
    Set,
};
use serde::Deserialize;
use serde_json::json;
use time::Date;
use time::macros::format_description;

use super::{
    OFFERED, OPEN, Voters, closing_time, earliest_day, electors, first_day_after, latest_day,
    subject,
};
use crate::audit::{Record, append_in_txn};
use crate::error::{Error, Problem, Problems, Refusal, Result};
use crate::hall::Hall;
use crate::matter::{self, By, Said};
use crate::proposal::held_in_txn;

/// What is typed to open a ballot.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct BallotForm {
    /// A kind's name, such as `households`.
    pub kind: String,
    /// The question.
    pub question: String,
    /// The last day, as `2026-11-26`; voting ends at 18:00.
    pub closes_on: String,
}

struct Wanted {
    kind: BallotKind,
    voters: Voters,
    question: Question,
    closes_at: Timestamp,
}

impl BallotForm {
    fn parse(&self, now: Timestamp) -> Result<Wanted> {
        let mut problems = Problems::default();
        let kind = problems.choice("kind", self.kind.trim(), |name| {
            let kind = name.parse().ok().filter(|kind| OFFERED.contains(kind))?;
            Some((kind, Voters::of(kind)?))
        });
        let question = problems.text("question", Question::parse(&self.question));
        let earliest = kind.map_or_else(
            || first_day_after(now, super::MIN_DAYS),
            |(kind, _)| earliest_day(kind, now),
        );
        let day = match parse_day(&self.closes_on) {
            Some(day) => {
                if day < earliest {
                    problems.note("closes_on", Problem::TooEarly);
                } else if day > latest_day(now) {
                    problems.note("closes_on", Problem::TooLate);
                }
                Some(day)
            }
            None => {
                problems.note("closes_on", Problem::Date);
                None
            }
        };
        let values = kind.zip(question).zip(day).map(|(((kind, voters), question), day)| Wanted {
            kind,
            voters,
            question,
            closes_at: closing_time(day),
        });
        problems.values(values)
    }
}

fn parse_day(typed: &str) -> Option<Date> {
    Date::parse(typed.trim(), format_description!("[year]-[month]-[day]")).ok()
}

/// Opens a ballot on a matter that is being talked over: it takes votes from now on, and its electorate is frozen
/// with it.
///
/// # Errors
/// [`Error::Denied`] for others than the committee; [`Error::Invalid`] with the fields `kind`, `question` and
/// `closes_on`; [`Refusal::Transition`] when the matter isn't deliberated on; [`Refusal::NoElectors`] when nobody in
/// the scope could vote; [`Refusal::Stale`] when somebody else was quicker.
pub async fn ballot_open(
    hall: &Hall,
    actor: &Actor,
    number: i64,
    form: &BallotForm,
) -> Result<BallotNumber> {
    let now = hall.now();
    let txn = hall.db.begin().await?;
    let (matter, _) = held_in_txn(&txn, actor, number, Action::BallotManage).await?;
    let wanted = form.parse(now)?;
    // Refused early when the matter can't take it: the electorate isn't copied for nothing.
    matter::state_of(&matter)?.apply(Step::OpenBallot { ballot: BallotId(0) })?;

    // Holds the community's row until the commit, so that no undo of an import takes away a household that is
    // being frozen. The matter was held before it, as in every act on a matter.
    let ballot_number = next_number_in_txn(&txn, matter.community_id).await?;
    let row = insert_in_txn(&txn, &matter, actor, ballot_number, &wanted, now).await?;
    let scope = matter::scope_of(&matter)?;
    let electorate = electors::freeze_in_txn(&txn, row.id, wanted.voters, scope, now).await?;
    let count = i64::try_from(electorate.count())
        .map_err(|error| Error::Broken(format!("electorate: {error}")))?;
    let digest = electorate.digest().to_string();
    let id = row.id;
    let mut frozen = row.into_active_model();
    frozen.electors = Set(count);
    frozen.electorate_digest = Set(digest.clone());
    frozen.update(&txn).await?;

    let facts = json!({
        "kind": wanted.kind,
        "closes_at": wanted.closes_at,
        "electors": count,
        "electorate_digest": digest,
    });
    append_in_txn(
        &txn,
        now,
        Record {
            actor: By::Person(actor).audit_name(),
            action: "ballot_open".to_owned(),
            subject: subject(ballot_number),
            before: None,
            after: Some(facts.to_string()),
            reason: None,
        },
    )
    .await?;
    let said = Said {
        reason: None,
        detail: Some(json!({
            "ballot": ballot_number,
            "kind": wanted.kind,
            "question": wanted.question,
            "closes_at": wanted.closes_at,
            "electors": count,
        })),
        due: Some(Deadline::exact(wanted.closes_at)),
    };
    let step = Step::OpenBallot { ballot: BallotId(id) };
    matter::advance_in_txn(hall, &txn, matter, step, By::Person(actor), said).await?;
    txn.commit().await?;
    Ok(BallotNumber(ballot_number))
}

async fn next_number_in_txn(txn: &DatabaseTransaction, community: i64) -> Result<i64> {
    community::Entity::update_many()
        .col_expr(community::Column::NextBallot, Expr::col(community::Column::NextBallot).add(1))
        .filter(community::Column::Id.eq(community))
        .exec(txn)
        .await?;
    let row = community::Entity::find_by_id(community).one(txn).await?.ok_or(Error::NotFound)?;
    Ok(row.next_ballot - 1)
}

async fn insert_in_txn(
    txn: &DatabaseTransaction,
    matter: &proposal::Model,
    actor: &Actor,
    number: i64,
    wanted: &Wanted,
    now: Timestamp,
) -> Result<ballot::Model> {
    let row = ballot::ActiveModel {
        community_id: Set(matter.community_id),
        number: Set(number),
        proposal_id: Set(matter.id),
        kind: Set(wanted.kind.as_str().to_owned()),
        question: Set(wanted.question.to_string()),
        scope_kind: Set(matter.scope_kind.clone()),
        scope_place: Set(matter.scope_place),
        opens_at: Set(now.0),
        closes_at: Set(wanted.closes_at.0),
        state: Set(OPEN.to_owned()),
        electors: Set(0),
        electorate_digest: Set(String::new()),
        cancel_reason: Set(None),
        result: Set(None),
        outcome: Set(None),
        opened_by: Set(actor.person.0),
        version: Set(1),
        ..Default::default()
    };
    row.insert(txn).await.map_err(|error| {
        // One ballot at a time on a matter: another was opened in the meantime.
        if Error::is_duplicate(&error) { Refusal::Stale.into() } else { error.into() }
    })
}
