//! Writing a post, or a reply to one.

use domain::civil::Admission;
use domain::ids::{CommunityId, PhotoId, PostId};
use domain::permission::Action;
use domain::role::Actor;
use domain::settings::CommunitySettings;
use domain::stance::Stance;
use domain::talk::PostState;
use domain::text::PostBody;
use entities::{mention, post, proposal, question};
use sea_orm::{ActiveModelTrait, DatabaseTransaction, EntityTrait, Set};
use serde::Deserialize;
use serde_json::json;

use super::{admission_in_txn, count, find, mention as names, open_forum, question as asking};
use super::{masked, sha256, state_of, turn_waits_until, watch};
use crate::audit::{Record, append_in_txn};
use crate::error::{Error, Problem, Problems, Refusal, Result};
use crate::hall::Hall;
use crate::matter;
use crate::photo;
use crate::proposal::held_in_txn;
use crate::rate;

/// A post as it is typed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct PostForm {
    /// Name of a [`Stance`].
    pub stance: String,
    /// Text.
    pub body: String,
    /// Row of the post that it replies to; empty for a new one.
    pub parent: String,
    /// Row of the post that it quotes; empty for none.
    pub quote: String,
    /// Anything asks the committee to answer it: a question that is no reply.
    pub ask: String,
    /// Anything sends it although the community watches a word in it.
    pub anyway: String,
    /// Rows of the photos that go along, separated by commas.
    pub photos: String,
}

struct Typed {
    stance: Stance,
    body: PostBody,
    parent: Option<i64>,
    quote: Option<i64>,
    ask: bool,
}

impl PostForm {
    /// The photos that go along, by their rows.
    #[must_use]
    pub fn photo_ids(&self) -> Vec<PhotoId> {
        self.photos.split(',').filter_map(|id| id.trim().parse().ok().map(PhotoId)).collect()
    }

    fn parse(&self) -> Result<Typed> {
        let mut problems = Problems::default();
        let stance = problems.choice("stance", &self.stance, Stance::from_name);
        let body = problems.text("body", PostBody::parse(&self.body));
        let row = |problems: &mut Problems, field, typed: &str| match typed.trim() {
            "" => None,
            typed => problems.choice(field, typed, |typed| typed.parse::<i64>().ok()),
        };
        let parent = row(&mut problems, "parent", &self.parent);
        let quote = row(&mut problems, "quote", &self.quote);
        let ask = !self.ask.is_empty() && parent.is_none();
        if ask && stance.is_some_and(|stance| stance != Stance::Question) {
            problems.note("stance", Problem::AskIsQuestion);
        }
        let values = stance.zip(body);
        problems.values(values).map(|(stance, body)| Typed { stance, body, parent, quote, ask })
    }
}

/// Writes a post, or a reply to a post. Where somebody looks first it is shown to its author alone until
/// then.
///
/// Nobody gets mail about a single post: the chair's summary and the matter's steps are announced.
///
/// # Errors
/// [`Error::Invalid`] for the fields `stance`, `body`, `parent`, `quote` and `alt`, with
/// [`Problem::WatchedWords`] before a watched word is sent anyway and [`Problem::TurnWaits`] when others
/// have the word; [`Refusal::ForumClosed`]; [`Refusal::TooDeep`] for a reply to a reply;
/// [`Error::TooOften`]; [`Error::NotFound`] when the matter isn't there for this person, or the post that is
/// answered or quoted isn't.
pub async fn post_write(
    hall: &Hall,
    actor: &Actor,
    number: i64,
    form: &PostForm,
) -> Result<PostId> {
    rate::take_writing(hall, actor, rate::POST, rate::POST_HOUSEHOLD).await?;
    let txn = hall.db.begin().await?;
    let (row, target) = held_in_txn(&txn, actor, number, Action::PostWrite).await?;
    open_forum(&row)?;
    let typed = form.parse()?;
    let settings = matter::settings(&txn, CommunityId(row.community_id)).await?;
    let parent = parent_in_txn(&txn, &row, typed.parent).await?;
    if let Some(quoted) = typed.quote
        && state_of(&find(&txn, row.id, quoted).await?)? != PostState::Shown
    {
        return Err(Error::NotFound);
    }
    let asked = match &parent {
        Some(parent) => asking::answered_by_in_txn(&txn, actor, parent).await?,
        None => None,
    };
    take_turn_in_txn(hall, &txn, &settings, &row, actor, parent.as_ref(), asked.as_ref()).await?;
    let (photos, anyway) = (form.photo_ids(), !form.anyway.is_empty());
    watch(&settings, typed.body.as_str(), anyway)?;
    photo::words_asked(&txn, &settings, actor, None, &photos, anyway).await?;
    let admitted = admission_in_txn(&txn, &settings, actor, &target).await?;
    let state = match admitted {
        Admission::Shown => PostState::Shown,
        Admission::Waiting => PostState::Waiting,
    };
    let body = masked(&settings, typed.body.as_str());
    if admitted == Admission::Shown {
        count::count_in_txn(hall, &txn, row.id, typed.parent).await?;
    }
    let made = post::ActiveModel {
        proposal_id: Set(row.id),
        parent_id: Set(typed.parent),
        author_id: Set(actor.person.0),
        author_role: Set(actor.shown_role().map(|role| role.as_str().to_owned())),
        stance: Set(typed.stance.as_str().to_owned()),
        body: Set(body),
        at: Set(hall.now().0),
        through_id: Set(actor.through.map(i64::from)),
        quote_id: Set(typed.quote),
        state: Set(state.as_str().to_owned()),
        thanks: Set(0),
        reasons: Set(0),
        replies: Set(0),
        ..Default::default()
    }
    .insert(&txn)
    .await?;
    let photos = photo::photos_to_post_in_txn(&txn, actor, &photos, PostId(made.id)).await?;
    names::mentions_in_txn(&txn, &row, &made, hall.now()).await?;
    if typed.ask {
        asking::ask_in_txn(hall, &txn, &settings, &made).await?;
    }
    if let Some(asked) = &asked {
        asking::answer_in_txn(hall, &txn, asked, made.id).await?;
    }
    let after = json!({
        "proposal": row.id,
        "parent": typed.parent,
        "quote": typed.quote,
        "stance": typed.stance.as_str(),
        "state": state.as_str(),
        "asks": typed.ask,
        "photos": photos,
        "answers": asked.map(|asked| asked.post_id),
        "body_sha256": sha256(&made.body),
    });
    let record = Record {
        actor: actor.audit_name(),
        action: "post_write".to_owned(),
        subject: format!("post:{}", made.id),
        after: Some(after.to_string()),
        ..Record::default()
    };
    append_in_txn(&txn, hall.now(), record).await?;
    txn.commit().await?;
    Ok(PostId(made.id))
}

async fn parent_in_txn(
    txn: &DatabaseTransaction,
    matter: &proposal::Model,
    id: Option<i64>,
) -> Result<Option<post::Model>> {
    let Some(id) = id else { return Ok(None) };
    let parent = find(txn, matter.id, id).await?;
    if parent.parent_id.is_some() {
        return Err(Refusal::TooDeep.into());
    }
    match state_of(&parent)? {
        PostState::Shown | PostState::Folded => Ok(Some(parent)),
        PostState::Waiting | PostState::Removed | PostState::Declined => Err(Error::NotFound),
    }
}

/// Refuses whoever has had their turns. The committee's answers, and replies to a question that names the
/// actor, need no turn.
async fn take_turn_in_txn(
    hall: &Hall,
    txn: &DatabaseTransaction,
    settings: &CommunitySettings,
    matter: &proposal::Model,
    actor: &Actor,
    parent: Option<&post::Model>,
    answers: Option<&question::Model>,
) -> Result<()> {
    if answers.is_some() {
        return Ok(());
    }
    let waits = turn_waits_until(txn, matter.id, actor, hall.now(), settings.turn_posts).await?;
    let Some(until) = waits else { return Ok(()) };
    if let Some(parent) = parent.filter(|it| it.stance == Stance::Question.as_str()) {
        let me = (parent.id, actor.person.0);
        if mention::Entity::find_by_id(me).one(txn).await?.is_some() {
            return Ok(());
        }
    }
    Err(Error::field("body", Problem::TurnWaits { until_ms: until.0 }))
}
