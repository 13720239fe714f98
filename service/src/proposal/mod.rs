//! Raising a matter (民提): sending it, and publishing it to be co-signed.

mod form;
mod own;
mod version;

use domain::clock::Deadline;
use domain::ids::{CommunityId, PhotoId, ProposalId};
use domain::permission::{Action, Target, permit};
use domain::proposal::{State, Step};
use domain::role::Actor;
use domain::version::VersionKind;
use entities::{community, person, proposal};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder,
    QuerySelect, Set,
};

use crate::draft::{self, Kept};
use crate::error::{Error, Result};
use crate::hall::Hall;
use crate::matter::{self, By, Said};
use crate::photo::{photos_loose_to_matter_in_txn, words_asked};
use crate::rate;
use crate::views::matter::readable;

pub use form::ProposalForm;
use form::Written;
pub use own::{
    ProposalEdit, proposal_contest, proposal_edit, proposal_resubmit, proposal_withdraw,
};
pub(crate) use version::{EDIT, Made, edit_drop_in_txn, version_in_txn};

/// Within this time the same matter of the same draft is one that was sent twice.
const TWICE_MS: i64 = 10 * domain::time::MINUTE_MS;

/// Sends a new matter that was never kept as a draft.
///
/// # Errors
/// As [`proposal_send`].
pub async fn proposal_submit(hall: &Hall, actor: &Actor, form: &ProposalForm) -> Result<i64> {
    proposal_send(hall, actor, form, None, &[]).await
}

/// Sends a new matter. Where the community has no first check it is published at once. The `draft` that it
/// was written as is over, unless it was changed elsewhere since; its photos are the matter's, as are those of
/// `photos` that are the author's own and belonged to nothing yet. Sent twice by two presses, it is one matter.
///
/// Its author follows it, and co-signs it like any neighbour: not by sending it.
///
/// # Errors
/// [`Error::Denied`] without a verified household, [`Error::Invalid`] with every field that can't be
/// taken, [`Error::TooOften`] beyond [`rate::SUBMIT`].
pub async fn proposal_send(
    hall: &Hall,
    actor: &Actor,
    form: &ProposalForm,
    draft: Option<Kept>,
    photos: &[PhotoId],
) -> Result<i64> {
    permit(Some(actor), Action::ProposalSubmit, &Target::community(actor.community))?;
    let written = form.parse(hall, actor, None).await?;
    let settings = matter::settings(hall.db.read(), actor.community).await?;
    let of_draft = draft.map(|kept| kept.id);
    words_asked(hall.db.read(), &settings, actor, of_draft, photos, form.anyway).await?;
    rate::take_writing(hall, actor, rate::SUBMIT, rate::SUBMIT_HOUSEHOLD).await?;

    let txn = hall.db.begin().await?;
    written.hold_place_in_txn(&txn).await?;
    let held = match draft {
        Some(kept) => draft::held_in_txn(&txn, actor, kept).await?.map(|own| (own, kept)),
        None => None,
    };
    // A draft that went, or holds another text by now, may have been sent a moment ago by a first press.
    let as_it_was = held.as_ref().is_some_and(|(own, kept)| own.version == kept.version);
    if draft.is_some()
        && !as_it_was
        && let Some(number) = just_sent_in_txn(hall, &txn, actor, &written).await?
    {
        return Ok(number);
    }
    let member_days = member_days_in_txn(hall, &txn, actor).await?;
    let (number, first_check) = next_number_in_txn(&txn, actor.community, member_days).await?;
    let row = unsent(hall, actor, number, &written)?.insert(&txn).await?;
    version_in_txn(&txn, &row, Made::by(actor, VersionKind::First, hall.now())).await?;
    let matter = ProposalId(row.id);
    if let Some((own, kept)) = held {
        draft::sent_in_txn(&txn, actor, own, kept, matter).await?;
    }
    photos_loose_to_matter_in_txn(&txn, actor, photos, matter).await?;
    matter::follow_in_txn(hall, &txn, row.id, actor.person).await?;
    let by = By::Person(actor);
    let row = matter::advance_in_txn(hall, &txn, row, Step::Submit, by, written.said()).await?;
    if !first_check {
        publish_in_txn(hall, &txn, row, By::Clock, Said::default()).await?;
    }
    txn.commit().await?;
    Ok(number)
}

/// Publishes a sent matter: neighbours co-sign until the end of the last day that the settings
/// give. One that has enough co-signs from before it was mended is accepted at once.
///
/// # Errors
/// As [`matter::advance_in_txn`].
pub(crate) async fn publish_in_txn(
    hall: &Hall,
    txn: &DatabaseTransaction,
    row: proposal::Model,
    by: By<'_>,
    said: Said,
) -> Result<proposal::Model> {
    let settings = matter::settings(txn, CommunityId(row.community_id)).await?;
    let needed = settings.threshold(matter::scope_of(&row)?.kind());
    let until = Deadline::calendar_days(hall.now(), settings.cosign_days).at;
    let step = Step::Publish { needed, until };
    let row = matter::advance_in_txn(hall, txn, row, step, by, said).await?;
    accept_if_enough_in_txn(hall, txn, row).await
}

/// The threshold moves a matter on by itself.
pub(crate) async fn accept_if_enough_in_txn(
    hall: &Hall,
    txn: &DatabaseTransaction,
    row: proposal::Model,
) -> Result<proposal::Model> {
    let State::Cosigning { needed, .. } = matter::state_of(&row)?.state else {
        return Ok(row);
    };
    if row.cosigns < i64::from(needed) {
        return Ok(row);
    }
    let step = Step::Accept { threshold_met: true };
    let said =
        Said { detail: Some(serde_json::json!({ "threshold_met": true })), ..Said::default() };
    matter::advance_in_txn(hall, txn, row, step, By::Clock, said).await
}

/// A matter that the actor wants to change, held until the transaction ends.
///
/// # Errors
/// [`Error::NotFound`] when there is none or the actor may not even see it, [`Error::Denied`] when
/// the actor may see it but not do this.
pub(crate) async fn held_in_txn(
    txn: &DatabaseTransaction,
    actor: &Actor,
    number: i64,
    action: Action,
) -> Result<(proposal::Model, Target)> {
    let row = proposal::Entity::find()
        .filter(proposal::Column::CommunityId.eq(actor.community.0))
        .filter(proposal::Column::Number.eq(number))
        .lock_exclusive()
        .one(txn)
        .await?
        .ok_or(Error::NotFound)?;
    let target = matter::target(txn, &row, Some(actor)).await?;
    readable(&row, Some(actor), &target)?;
    permit(Some(actor), action, &target)?;
    Ok((row, target))
}

/// The number of the same matter, sent by the actor within the last [`TWICE_MS`].
async fn just_sent_in_txn(
    hall: &Hall,
    txn: &DatabaseTransaction,
    actor: &Actor,
    written: &Written,
) -> Result<Option<i64>> {
    let mut same = <proposal::ActiveModel as Default>::default();
    written.put(&mut same);
    let mut query = proposal::Entity::find()
        .filter(proposal::Column::CommunityId.eq(actor.community.0))
        .filter(proposal::Column::AuthorId.eq(actor.person.0))
        .filter(proposal::Column::CreatedAt.gt(hall.now().plus_ms(-TWICE_MS).0));
    for (column, text) in [
        (proposal::Column::Title, same.title.take()),
        (proposal::Column::Situation, same.situation.take()),
        (proposal::Column::Suggestion, same.suggestion.take()),
    ] {
        query = query.filter(column.eq(text));
    }
    let found = query.order_by_desc(proposal::Column::Id).one(txn).await?;
    Ok(found.and_then(|row| row.number))
}

/// Whole days since the actor was admitted.
async fn member_days_in_txn(hall: &Hall, txn: &DatabaseTransaction, actor: &Actor) -> Result<i64> {
    let row = person::Entity::find_by_id(actor.person.0).one(txn).await?.ok_or(Error::NotFound)?;
    Ok((hall.now().0 - row.created_at) / domain::time::DAY_MS)
}

/// Takes the community's next number; the row is held until the transaction ends, so that no two
/// matters get the same one. Says too whether there is a first check.
async fn next_number_in_txn(
    txn: &DatabaseTransaction,
    id: CommunityId,
    member_days: i64,
) -> Result<(i64, bool)> {
    community::Entity::update_many()
        .col_expr(
            community::Column::NextProposal,
            Expr::col(community::Column::NextProposal).add(1),
        )
        .filter(community::Column::Id.eq(id.0))
        .exec(txn)
        .await?;
    let row = community::Entity::find_by_id(id.0).one(txn).await?.ok_or(Error::NotFound)?;
    let settings: domain::settings::CommunitySettings = serde_json::from_str(&row.settings)?;
    Ok((row.next_proposal - 1, settings.first_check(member_days)))
}

/// A matter just before it is sent.
fn unsent(
    hall: &Hall,
    actor: &Actor,
    number: i64,
    written: &Written,
) -> Result<proposal::ActiveModel> {
    let now = hall.now();
    let state = State::Draft;
    let mut row = proposal::ActiveModel {
        community_id: Set(actor.community.0),
        number: Set(Some(number)),
        author_id: Set(actor.person.0),
        state: Set(state.name().as_str().to_owned()),
        state_data: Set(serde_json::to_string(&state)?),
        contested: Set(0),
        reopened: Set(0),
        version: Set(1),
        since: Set(now.0),
        due_provisional: Set(0),
        cosigns: Set(0),
        posts: Set(0),
        text_version: Set(1),
        asks_version: Set(1),
        through_id: Set(actor.through.map(i64::from)),
        created_at: Set(now.0),
        updated_at: Set(now.0),
        ..Default::default()
    };
    written.put(&mut row);
    Ok(row)
}
