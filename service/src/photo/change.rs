//! Changing one's own photos: what is said about them, which comes first, and taking one away.

use domain::civil::Admission;
use domain::ids::PhotoId;
use domain::permission::{Action, Target};
use domain::proposal::StateName;
use domain::role::Actor;
use domain::talk::PostState;
use domain::version::TextRefusal;
use entities::{photo, post, proposal, report};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait, Condition, DatabaseTransaction, EntityTrait, QueryFilter, QuerySelect,
    sea_query::ExprTrait,
};

use super::{alt, permit_photos, photos_drop_in_txn};
use crate::audit::{Record, append_in_txn};
use crate::error::{Error, Refusal, Result};
use crate::hall::Hall;
use crate::matter;
use crate::post::{admission_in_txn, sha256};
use crate::proposal::held_in_txn;

/// Says what is seen on a photo of one's own. Numbers are covered in it as in every text. Where somebody looks
/// first at what its owner writes, what is shown already stays as it was looked at.
///
/// # Errors
/// [`Error::Invalid`] for the field `alt`; [`Error::NotFound`] for a photo that isn't one's own, or was taken
/// down; [`Refusal::Reported`] while it, or the text that it went along with, is reported;
/// [`TextRefusal::Closed`] where that text can't be changed now.
pub async fn photo_alt_change(hall: &Hall, actor: &Actor, id: PhotoId, typed: &str) -> Result<()> {
    let alt = alt(hall, actor, typed).await?;
    let txn = hall.db.begin().await?;
    let (row, home) = own_in_txn(&txn, actor, id).await?;
    if row.alt == alt {
        txn.rollback().await?;
        return Ok(());
    }
    if let Some(home) = &home {
        home.open_in_txn(&txn).await?;
        home.takes_words_in_txn(&txn, actor).await?;
    }
    let after = serde_json::json!({ "alt_sha256": sha256(&alt) }).to_string();
    photo::Entity::update_many()
        .col_expr(photo::Column::Alt, Expr::value(alt))
        .filter(photo::Column::Id.eq(id.0))
        .exec(&txn)
        .await?;
    record_in_txn(hall, &txn, actor, &row, "photo_alt", Some(after)).await?;
    txn.commit().await?;
    Ok(())
}

/// Puts a photo of one's own before the others of its draft or matter.
///
/// # Errors
/// As [`photo_remove`].
pub async fn photo_first(hall: &Hall, actor: &Actor, id: PhotoId) -> Result<()> {
    let txn = hall.db.begin().await?;
    let (row, home) = own_in_txn(&txn, actor, id).await?;
    if let Some(home) = &home {
        home.open_in_txn(&txn).await?;
    }
    let beside = Condition::all()
        .add_option(row.draft_id.map(|draft| photo::Column::DraftId.eq(draft)))
        .add_option(row.proposal_id.map(|matter| photo::Column::ProposalId.eq(matter)))
        .add_option(row.post_id.map(|post| photo::Column::PostId.eq(post)));
    if beside.is_empty() {
        txn.rollback().await?;
        return Ok(());
    }
    photo::Entity::update_many()
        .col_expr(photo::Column::Place, Expr::col(photo::Column::Place).add(1))
        .filter(beside)
        .filter(photo::Column::Place.lt(row.place))
        .exec(&txn)
        .await?;
    photo::Entity::update_many()
        .col_expr(photo::Column::Place, Expr::value(0))
        .filter(photo::Column::Id.eq(id.0))
        .exec(&txn)
        .await?;
    record_in_txn(hall, &txn, actor, &row, "photo_first", None).await?;
    txn.commit().await?;
    Ok(())
}

/// Takes a photo of one's own away, for good. Its files go a day later.
///
/// # Errors
/// [`Error::NotFound`] for a photo that isn't one's own, or was taken down: that one is in the record;
/// [`Refusal::Reported`] while it, or the text that it went along with, is reported; [`TextRefusal::Closed`]
/// where the matter has gone on, or the talk is over: what was decided on stays as it was seen.
pub async fn photo_remove(hall: &Hall, actor: &Actor, id: PhotoId) -> Result<()> {
    let txn = hall.db.begin().await?;
    let (row, home) = own_in_txn(&txn, actor, id).await?;
    if let Some(home) = &home {
        home.open_in_txn(&txn).await?;
    }
    let this = Condition::all().add(photo::Column::Id.eq(id.0));
    photos_drop_in_txn(&txn, hall.now(), this).await?;
    record_in_txn(hall, &txn, actor, &row, "photo_remove", None).await?;
    txn.commit().await?;
    Ok(())
}

/// What a photo went along with.
#[derive(Debug)]
struct Home {
    matter: proposal::Model,
    target: Target,
    post: Option<post::Model>,
}

/// A photo of the actor's own, held, with what it went along with. That is held before it, and must still be
/// there for them.
async fn own_in_txn(
    txn: &DatabaseTransaction,
    actor: &Actor,
    id: PhotoId,
) -> Result<(photo::Model, Option<Home>)> {
    permit_photos(actor)?;
    let own = || {
        photo::Entity::find_by_id(id.0)
            .filter(photo::Column::ById.eq(actor.person.0))
            .filter(photo::Column::CommunityId.eq(actor.community.0))
            .filter(photo::Column::HiddenAt.is_null())
    };
    let seen = own().one(txn).await?.ok_or(Error::NotFound)?;
    let home = match matter_in_txn(txn, &seen).await? {
        Some(number) => {
            // The author of a post is no proposer: their post is theirs all the same.
            let action =
                if seen.post_id.is_some() { Action::PostWrite } else { Action::ProposalOwn };
            let (matter, target) = held_in_txn(txn, actor, number, action).await?;
            let post = match seen.post_id {
                Some(post) => post::Entity::find_by_id(post).one(txn).await?,
                None => None,
            };
            Some(Home { matter, target, post })
        }
        None => None,
    };
    let row = own().lock_exclusive().one(txn).await?.ok_or(Error::NotFound)?;
    // It went along with something in between: what may be done with it is another question now.
    if (row.proposal_id, row.post_id) != (seen.proposal_id, seen.post_id) {
        return Err(Error::NotFound);
    }
    Ok((row, home))
}

impl Home {
    /// As free to be changed as the text: what is reported stays until somebody has looked.
    async fn open_in_txn(&self, txn: &DatabaseTransaction) -> Result<()> {
        let of = match &self.post {
            Some(post) => report::Column::PostId.eq(post.id),
            None => report::Column::PostId.is_null(),
        };
        let reported = report::Entity::find()
            .filter(report::Column::ProposalId.eq(self.matter.id))
            .filter(of)
            .filter(report::Column::State.eq("open"))
            .limit(1)
            .one(txn)
            .await?;
        let folded =
            self.post.as_ref().is_some_and(|post| post.state == PostState::Folded.as_str());
        if reported.is_some() || folded {
            return Err(Refusal::Reported.into());
        }
        let state = self.state()?;
        let free = match self.post {
            Some(_) => state.takes_posts(),
            None => {
                use StateName::{Cosigning, Returned, Submitted};
                matches!(state, Submitted | Returned | Cosigning)
            }
        };
        if free { Ok(()) } else { Err(TextRefusal::Closed.into()) }
    }

    /// Whether other words can be put to what is shown there without anybody looking first.
    async fn takes_words_in_txn(&self, txn: &DatabaseTransaction, actor: &Actor) -> Result<()> {
        let shown = match &self.post {
            Some(post) => post.state == PostState::Shown.as_str(),
            None => self.state()?.is_public(),
        };
        if !shown {
            return Ok(());
        }
        let settings = matter::settings(txn, actor.community).await?;
        match admission_in_txn(txn, &settings, actor, &self.target).await? {
            Admission::Shown => Ok(()),
            Admission::Waiting => Err(TextRefusal::Closed.into()),
        }
    }

    fn state(&self) -> Result<StateName> {
        let name = &self.matter.state;
        StateName::from_name(name).ok_or_else(|| Error::unknown("state", name))
    }
}

/// The number of the matter that a photo is shown in; of a post only while it can be read.
async fn matter_in_txn(txn: &DatabaseTransaction, row: &photo::Model) -> Result<Option<i64>> {
    let matter = match (row.proposal_id, row.post_id) {
        (Some(matter), _) => matter,
        (None, Some(post)) => {
            let post = post::Entity::find_by_id(post).one(txn).await?.ok_or(Error::NotFound)?;
            if matches!(post.state.as_str(), "removed" | "declined") {
                return Err(Error::NotFound);
            }
            post.proposal_id
        }
        (None, None) => return Ok(None),
    };
    let number: Option<Option<i64>> = proposal::Entity::find_by_id(matter)
        .select_only()
        .column(proposal::Column::Number)
        .into_tuple()
        .one(txn)
        .await?;
    Ok(number.flatten())
}

/// What others can see is recorded; a draft's photos are its writer's alone.
async fn record_in_txn(
    hall: &Hall,
    txn: &DatabaseTransaction,
    actor: &Actor,
    row: &photo::Model,
    action: &str,
    after: Option<String>,
) -> Result<()> {
    if row.proposal_id.is_none() && row.post_id.is_none() {
        return Ok(());
    }
    let before = serde_json::json!({
        "proposal": row.proposal_id, "post": row.post_id, "sha256": row.large_jpeg,
        "alt_sha256": sha256(&row.alt),
    });
    let record = Record {
        actor: actor.audit_name(),
        action: action.to_owned(),
        subject: format!("photo:{}", row.id),
        before: Some(before.to_string()),
        after,
        ..Record::default()
    };
    append_in_txn(txn, hall.now(), record).await?;
    Ok(())
}
