//! What is moved out of the rows of something that is taken down, and back into them.

use std::collections::BTreeMap;

use domain::talk::PostState;
use entities::{photo, post, post_edit, proposal, proposal_version, question, removal, step};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, DatabaseTransaction, EntityTrait, IntoActiveModel, QueryFilter,
    QueryOrder, Set,
};
use serde::{Deserialize, Serialize};

use crate::error::{Refusal, Result};
use crate::hall::Hall;
use crate::matter::update_in_txn;
use crate::post::answer_gone_in_txn;
use crate::seal::Column;

/// What stands in the place of a title that was taken down.
pub const REMOVED_TITLE: &str = "（标题已移除）";

/// What a removal keeps, as JSON under the seal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "of", rename_all = "snake_case")]
pub enum Kept {
    /// A post.
    Post(KeptPost),
    /// A change of a post that was not let through.
    Edit(KeptEdit),
    /// A matter's own text.
    Matter(KeptMatter),
}

/// A text with the row that it stood in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptText {
    /// Row.
    pub id: i64,
    /// Text.
    pub text: String,
}

/// A post.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptPost {
    /// Text.
    pub body: String,
    /// [`PostState`] before.
    pub state: String,
    /// What it said earlier.
    pub edits: Vec<KeptText>,
    /// Its photos, with what is seen on them.
    pub photos: Vec<KeptText>,
    /// Its open question to the committee: asked at, due at, whether provisional. Unix ms.
    pub asked: Option<(i64, i64, i64)>,
    /// The question that it answered: its post, answered at (Unix ms), and whether late.
    pub answered: Option<(i64, i64, i64)>,
}

/// A change of a post.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptEdit {
    /// Row of the change.
    pub id: i64,
    /// Text.
    pub body: String,
}

/// A matter's own text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptMatter {
    /// Title.
    pub title: String,
    /// 现状.
    pub situation: String,
    /// 建议.
    pub suggestion: String,
    /// Where, in words.
    pub spot: Option<String>,
    /// 代提: for whom.
    pub on_behalf: Option<String>,
    /// Its versions.
    pub versions: Vec<KeptVersion>,
    /// Its photos, with what is seen on them.
    pub photos: Vec<KeptText>,
    /// What the timeline quotes of the text: row, reason and detail.
    pub steps: Vec<(i64, Option<String>, Option<String>)>,
}

/// A version of a matter's text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptVersion {
    id: i64,
    title: String,
    situation: String,
    suggestion: String,
    spot: Option<String>,
    note: Option<String>,
}

impl Kept {
    /// Opens what a removal keeps.
    ///
    /// # Errors
    /// [`Refusal::NotKept`] when it is kept no longer; [`crate::Error::Broken`] when it can't be opened.
    pub(super) fn open(hall: &Hall, row: &removal::Model) -> Result<Self> {
        let sealed = row.kept.as_deref().ok_or(Refusal::NotKept)?;
        Ok(serde_json::from_str(&hall.seal.open(Column::RemovalKept, sealed)?)?)
    }

    /// Seals it for its row.
    ///
    /// # Errors
    /// [`crate::Error::Broken`] when it can't be sealed.
    pub(super) fn close(&self, hall: &Hall) -> Result<String> {
        hall.seal.close(Column::RemovalKept, &serde_json::to_string(self)?)
    }

    fn cover(&mut self, names: &[(String, String)]) {
        let cover = |text: &mut String| {
            for (name, cover) in names {
                *text = text.replace(name, cover);
            }
        };
        match self {
            Self::Post(post) => {
                cover(&mut post.body);
                post.edits.iter_mut().for_each(|edit| cover(&mut edit.text));
            }
            Self::Edit(edit) => cover(&mut edit.body),
            Self::Matter(_) => {}
        }
    }

    /// Rows of the photos that it keeps.
    pub(super) fn photos(&self) -> Vec<i64> {
        self.kept_photos().iter().map(|photo| photo.id).collect()
    }

    /// What was said about one of them.
    pub(super) fn alt_of(&self, photo: i64) -> Option<&str> {
        self.kept_photos().iter().find(|kept| kept.id == photo).map(|kept| kept.text.as_str())
    }

    fn kept_photos(&self) -> &[KeptText] {
        match self {
            Self::Post(post) => &post.photos,
            Self::Matter(matter) => &matter.photos,
            Self::Edit(_) => &[],
        }
    }
}

/// Covers names of somebody who goes in what removals of posts keep: `names` by the post's row, each with what
/// stands in its place.
///
/// # Errors
/// [`crate::Error::Db`] when the database fails; [`crate::Error::Broken`] when it can't be sealed.
pub(crate) async fn names_cover_in_txn(
    hall: &Hall,
    txn: &DatabaseTransaction,
    names: &BTreeMap<i64, Vec<(String, String)>>,
) -> Result<()> {
    let posts: Vec<i64> = names.keys().copied().collect();
    // Few enough at a time for a statement's values.
    for posts in posts.chunks(500) {
        let rows = removal::Entity::find()
            .filter(removal::Column::PostId.is_in(posts.iter().copied()))
            .filter(removal::Column::Kept.is_not_null())
            .all(txn)
            .await?;
        for row in rows {
            let Some(names) = row.post_id.and_then(|post| names.get(&post)) else { continue };
            // What can't be opened gives nothing away, and is no reason to stay.
            let Ok(mut kept) = Kept::open(hall, &row) else { continue };
            kept.cover(names);
            let sealed = kept.close(hall)?;
            let mut covered = row.into_active_model();
            covered.kept = Set(Some(sealed));
            covered.update(txn).await?;
        }
    }
    Ok(())
}

/// Empties a post's rows; it is not shown any more. Counts are the caller's.
pub(super) async fn post_out_in_txn(
    txn: &DatabaseTransaction,
    row: &post::Model,
    to: PostState,
    at: i64,
    reason: &str,
) -> Result<Kept> {
    let edits = post_edit::Entity::find()
        .filter(post_edit::Column::PostId.eq(row.id))
        .order_by_asc(post_edit::Column::Id)
        .all(txn)
        .await?;
    post_edit::Entity::update_many()
        .col_expr(post_edit::Column::Body, Expr::value(""))
        .filter(post_edit::Column::PostId.eq(row.id))
        .exec(txn)
        .await?;
    let asked = question::Entity::find_by_id(row.id)
        .filter(question::Column::AnsweredAt.is_null())
        .one(txn)
        .await?;
    if asked.is_some() {
        question::Entity::delete_by_id(row.id).exec(txn).await?;
    }
    let answered = question::Entity::find()
        .filter(question::Column::AnswerId.eq(row.id))
        .filter(question::Column::ProposalId.eq(row.proposal_id))
        .one(txn)
        .await?;
    answer_gone_in_txn(txn, row).await?;
    let photos = photos_out_in_txn(txn, photo::Column::PostId, row.id, at).await?;
    let gone = post::ActiveModel {
        id: Set(row.id),
        body: Set(String::new()),
        state: Set(to.as_str().to_owned()),
        hidden_at: Set(Some(at)),
        hidden_reason: Set(Some(reason.to_owned())),
        ..Default::default()
    };
    gone.update(txn).await?;
    Ok(Kept::Post(KeptPost {
        body: row.body.clone(),
        state: row.state.clone(),
        edits: edits.into_iter().map(|edit| KeptText { id: edit.id, text: edit.body }).collect(),
        photos,
        asked: asked.map(|asked| (asked.at, asked.due_at, asked.due_provisional)),
        answered: answered.and_then(|asked| Some((asked.post_id, asked.answered_at?, asked.late))),
    }))
}

/// Puts a post's texts back into its rows, to be shown. Counts are the caller's.
pub(super) async fn post_back_in_txn(
    txn: &DatabaseTransaction,
    row: &post::Model,
    kept: &KeptPost,
) -> Result<()> {
    for edit in &kept.edits {
        post_edit::Entity::update_many()
            .col_expr(post_edit::Column::Body, Expr::value(edit.text.as_str()))
            .filter(post_edit::Column::Id.eq(edit.id))
            .exec(txn)
            .await?;
    }
    photos_back_in_txn(txn, &kept.photos).await?;
    let shown = post::ActiveModel {
        id: Set(row.id),
        body: Set(kept.body.clone()),
        state: Set(PostState::Shown.as_str().to_owned()),
        hidden_at: Set(None),
        hidden_reason: Set(None),
        ..Default::default()
    };
    shown.update(txn).await?;
    if let Some((at, due_at, due_provisional)) = kept.asked {
        let asked = question::ActiveModel {
            post_id: Set(row.id),
            proposal_id: Set(row.proposal_id),
            at: Set(at),
            due_at: Set(due_at),
            due_provisional: Set(due_provisional),
            answer_id: Set(None),
            answered_at: Set(None),
            late: Set(0),
        };
        question::Entity::insert(asked)
            .on_conflict_do_nothing()
            .exec_without_returning(txn)
            .await?;
    }
    if let Some((asked, answered_at, late)) = kept.answered {
        question::Entity::update_many()
            .col_expr(question::Column::AnswerId, Expr::value(row.id))
            .col_expr(question::Column::AnsweredAt, Expr::value(answered_at))
            .col_expr(question::Column::Late, Expr::value(late))
            .filter(question::Column::PostId.eq(asked))
            .filter(question::Column::AnswerId.is_null())
            .exec(txn)
            .await?;
    }
    Ok(())
}

/// Empties the rows of a matter's own text; the matter goes on without it.
pub(super) async fn matter_out_in_txn(
    txn: &DatabaseTransaction,
    row: proposal::Model,
    at: i64,
    reason: &str,
) -> Result<(proposal::Model, Kept)> {
    let versions = proposal_version::Entity::find()
        .filter(proposal_version::Column::ProposalId.eq(row.id))
        .order_by_asc(proposal_version::Column::Number)
        .all(txn)
        .await?;
    proposal_version::Entity::update_many()
        .col_expr(proposal_version::Column::Title, Expr::value(REMOVED_TITLE))
        .col_expr(proposal_version::Column::Situation, Expr::value(""))
        .col_expr(proposal_version::Column::Suggestion, Expr::value(""))
        .col_expr(proposal_version::Column::Spot, Expr::value(None::<String>))
        .col_expr(proposal_version::Column::Note, Expr::value(None::<String>))
        .filter(proposal_version::Column::ProposalId.eq(row.id))
        .exec(txn)
        .await?;
    let steps = steps_out_in_txn(txn, &row).await?;
    let photos = photos_out_in_txn(txn, photo::Column::ProposalId, row.id, at).await?;
    let kept = KeptMatter {
        title: row.title.clone(),
        situation: row.situation.clone(),
        suggestion: row.suggestion.clone(),
        spot: row.spot.clone(),
        on_behalf: row.on_behalf.clone(),
        versions: versions
            .into_iter()
            .map(|it| KeptVersion {
                id: it.id,
                title: it.title,
                situation: it.situation,
                suggestion: it.suggestion,
                spot: it.spot,
                note: it.note,
            })
            .collect(),
        photos,
        steps,
    };
    let version = row.version;
    let mut gone = row.into_active_model();
    gone.title = Set(REMOVED_TITLE.to_owned());
    gone.situation = Set(String::new());
    gone.suggestion = Set(String::new());
    gone.spot = Set(None);
    gone.on_behalf = Set(None);
    gone.hidden_at = Set(Some(at));
    gone.hidden_reason = Set(Some(reason.to_owned()));
    gone.version = Set(version + 1);
    let row = update_in_txn(txn, gone, version).await?;
    Ok((row, Kept::Matter(kept)))
}

/// Puts a matter's text back into its rows.
pub(super) async fn matter_back_in_txn(
    txn: &DatabaseTransaction,
    row: proposal::Model,
    kept: &KeptMatter,
) -> Result<proposal::Model> {
    for it in &kept.versions {
        // An edit that waited may have been taken away meanwhile.
        proposal_version::Entity::update_many()
            .col_expr(proposal_version::Column::Title, Expr::value(it.title.as_str()))
            .col_expr(proposal_version::Column::Situation, Expr::value(it.situation.as_str()))
            .col_expr(proposal_version::Column::Suggestion, Expr::value(it.suggestion.as_str()))
            .col_expr(proposal_version::Column::Spot, Expr::value(it.spot.clone()))
            .col_expr(proposal_version::Column::Note, Expr::value(it.note.clone()))
            .filter(proposal_version::Column::Id.eq(it.id))
            .exec(txn)
            .await?;
    }
    for (id, reason, detail) in &kept.steps {
        let back = step::ActiveModel {
            id: Set(*id),
            reason: Set(reason.clone()),
            detail: Set(detail.clone()),
            ..Default::default()
        };
        back.update(txn).await?;
    }
    photos_back_in_txn(txn, &kept.photos).await?;
    let version = row.version;
    let mut back = row.into_active_model();
    back.title = Set(kept.title.clone());
    back.situation = Set(kept.situation.clone());
    back.suggestion = Set(kept.suggestion.clone());
    back.spot = Set(kept.spot.clone());
    back.on_behalf = Set(kept.on_behalf.clone());
    back.hidden_at = Set(None);
    back.hidden_reason = Set(None);
    back.version = Set(version + 1);
    update_in_txn(txn, back, version).await
}

/// What its author added to the text on the timeline: for whom it was entered, and why it was changed.
async fn steps_out_in_txn(
    txn: &DatabaseTransaction,
    row: &proposal::Model,
) -> Result<Vec<(i64, Option<String>, Option<String>)>> {
    // What is decided in answer to a matter stays: a 复议's or a withdrawal's reason is no part of its text.
    let of_text = step::Column::Kind
        .eq("submit")
        .or(step::Column::Kind.starts_with("text_"))
        .and(step::Column::ActorId.eq(row.author_id));
    let steps = step::Entity::find()
        .filter(step::Column::ProposalId.eq(row.id))
        .filter(of_text.clone())
        .order_by_asc(step::Column::Id)
        .all(txn)
        .await?;
    step::Entity::update_many()
        .col_expr(step::Column::Reason, Expr::value(None::<String>))
        .filter(step::Column::ProposalId.eq(row.id))
        .filter(of_text)
        .exec(txn)
        .await?;
    // For whom it was entered; of an edit that is its number alone.
    step::Entity::update_many()
        .col_expr(step::Column::Detail, Expr::value(None::<String>))
        .filter(step::Column::ProposalId.eq(row.id))
        .filter(step::Column::Kind.eq("submit"))
        .exec(txn)
        .await?;
    Ok(steps.into_iter().map(|step| (step.id, step.reason, step.detail)).collect())
}

/// Photos that are seen; those hidden already stay so when the text comes back.
async fn photos_out_in_txn(
    txn: &DatabaseTransaction,
    of: photo::Column,
    id: i64,
    at: i64,
) -> Result<Vec<KeptText>> {
    let shown = of.eq(id).and(photo::Column::HiddenAt.is_null());
    let photos = photo::Entity::find().filter(shown.clone()).all(txn).await?;
    photo::Entity::update_many()
        .col_expr(photo::Column::HiddenAt, Expr::value(at))
        .col_expr(photo::Column::Alt, Expr::value(""))
        .filter(shown)
        .exec(txn)
        .await?;
    Ok(photos.into_iter().map(|photo| KeptText { id: photo.id, text: photo.alt }).collect())
}

async fn photos_back_in_txn(txn: &DatabaseTransaction, photos: &[KeptText]) -> Result<()> {
    for photo in photos {
        photo::Entity::update_many()
            .col_expr(photo::Column::HiddenAt, Expr::value(None::<i64>))
            .col_expr(photo::Column::Alt, Expr::value(photo.text.as_str()))
            .filter(photo::Column::Id.eq(photo.id))
            .exec(txn)
            .await?;
    }
    Ok(())
}
