//! Everything that a matter's page shows, in a fixed number of statements.

use domain::category::Category;
use domain::permission::{Action, Denied, Target, permit};
use domain::place::ScopeKind;
use domain::proposal::{State, StateName, Verdict};
use domain::role::{Actor, Role};
use domain::talk::Cursor;
use domain::time::Timestamp;
use entities::{proposal, review};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};

use crate::civil::{RemovedLine, text_removal};
use crate::error::{Error, Result};
use crate::hall::Hall;
use crate::matter::{scope_of, state_of};
use crate::merge::{MergingView, merging};
use crate::photo::PhotoView;
use crate::plans::PinView;
use crate::text::{TextLine, text_line};
use found::{Found, found};
use talk::Reader;

mod found;
pub mod record;
pub mod summary;
pub mod talk;

pub use record::{BallotLine, BallotState, ReviewLine, Reviews, SessionView, StepView, WorkView};
pub use summary::SummaryView;
pub use talk::{
    Former, PostPage, PostSaid, PostView, QuestionView, QuoteView, Speaker, TalkView, post_page,
};

/// A matter's page.
#[derive(Debug, Clone)]
pub struct MatterView {
    /// Whether there are statements of opinion, to be answered or to be seen.
    pub opinions: bool,
    /// Public number.
    pub number: i64,
    /// Title.
    pub title: String,
    /// 现状.
    pub situation: String,
    /// 建议.
    pub suggestion: String,
    /// Category.
    pub category: Category,
    /// Where it is.
    pub place: PlaceNames,
    /// Whom it concerns.
    pub scope: ScopeKind,
    /// Name of the 楼门 or 小院 that it concerns; none for the whole community.
    pub scope_name: Option<String>,
    /// Whether its author is willing to help.
    pub willing: bool,
    /// 代提: for whom it was entered.
    pub on_behalf: Option<String>,
    /// Whether that neighbour's yes is held on paper.
    pub behalf_yes: bool,
    /// Where it stands.
    pub state: State,
    /// Since when.
    pub since: Timestamp,
    /// What is due.
    pub due: Option<Due>,
    /// Whether its 不采纳 was contested.
    pub contested: bool,
    /// Whether its work was opened again.
    pub reopened: bool,
    /// Households that co-signed.
    pub cosigns: u32,
    /// The committee's latest answer.
    pub answer: Option<AnswerView>,
    /// The chair's pinned summary.
    pub summary: Option<SummaryView>,
    /// The talk.
    pub talk: TalkView,
    /// The timeline, oldest first.
    pub steps: Vec<StepView>,
    /// Its ballots, newest first.
    pub ballots: Vec<BallotLine>,
    /// The latest work item.
    pub work: Option<WorkView>,
    /// Held sessions, newest first.
    pub sessions: Vec<SessionView>,
    /// Reviews of the present round.
    pub reviews: Reviews,
    /// Merges that it has to do with.
    pub merging: MergingView,
    /// What there is to say of its text, and to ask.
    pub text: TextLine,
    /// Its photos.
    pub photos: Vec<PhotoView>,
    /// Its pin on a plan, where one is set.
    pub pin: Option<PinView>,
    /// Its own text was taken down: by whom, when and why.
    pub removed: Option<RemovedLine>,
    /// What concerns who looks.
    pub mine: Mine,
}

/// Where a matter is; never a room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlaceNames {
    /// 小院.
    pub courtyard: String,
    /// 楼门.
    pub entrance: Option<String>,
    /// In words.
    pub spot: Option<String>,
}

/// When the next act on a matter is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Due {
    /// The last moment.
    pub at: Timestamp,
    /// Whether it leans on a calendar year that can still change.
    pub provisional: bool,
    /// Whether somebody owes the act and is late with it. A period that ends by itself is never late.
    pub overdue: bool,
}

/// The committee's answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnswerView {
    /// What it came to, where it decided something.
    pub verdict: Option<Verdict>,
    /// Text.
    pub text: String,
    /// In what role.
    pub role: Option<Role>,
    /// When.
    pub at: Timestamp,
}

/// How a matter concerns who looks at it, and what they may do now.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Mine {
    /// Raised it.
    pub proposer: bool,
    /// The household co-signed.
    pub cosigned: bool,
    /// Follows it.
    pub follows: bool,
    /// Reviewed it in this round.
    pub reviewed: bool,
    /// Why they may not co-sign while neighbours can; none when they may.
    pub cosign_denied: Option<Denied>,
    /// Why they may not write while the forum is open; none when they may.
    pub post_denied: Option<Denied>,
    /// What they may do now.
    pub may: May,
}

/// Acts that are open to who looks, as things stand.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct May {
    /// Co-sign.
    pub cosign: bool,
    /// Take the co-signature back.
    pub take_back: bool,
    /// Write in the forum.
    pub post: bool,
    /// Say a kind word to a post.
    pub react: bool,
    /// Take posts down.
    pub hide: bool,
    /// Pin a summary.
    pub pin: bool,
    /// Say whether the summary is fair to their side, once they have spoken on one.
    pub judge: bool,
    /// Review.
    pub review: bool,
    /// Mend the text that came back.
    pub mend: bool,
    /// Withdraw.
    pub withdraw: bool,
    /// Contest a 不采纳.
    pub contest: bool,
    /// Follow by mail, or stop it.
    pub follow: bool,
    /// Open the committee's desk.
    pub desk: bool,
}

/// Loads a matter's page for who looks, with the posts from `cursor` on or the latest.
///
/// # Errors
/// [`Error::NotFound`] when there is no such matter, or not for this person.
pub async fn matter_view(
    hall: &Hall,
    community: domain::ids::CommunityId,
    actor: Option<&Actor>,
    number: i64,
    cursor: Option<Cursor>,
) -> Result<MatterView> {
    let db = hall.db.read();
    let now = hall.now();
    let Found { row, place, scope_name, pin, target, follows, opinions } =
        found(db, community, actor, number).await?;
    readable(&row, actor, &target)?;
    let state = state_of(&row)?.state;
    let scope = scope_of(&row)?;
    let reviews = match state.name() {
        StateName::Completed | StateName::Reviewed | StateName::Archived => {
            record::reviews(db, &row).await?
        }
        _ => Reviews::default(),
    };
    let removed = match row.hidden_at {
        None => None,
        Some(_) => text_removal(db, row.id, now).await?,
    };
    let reader = Reader::new(actor, &target, now);
    let (talk, photos) = talk::talk(db, &row, reader, cursor).await?;
    let steps = record::steps(db, row.id).await?;
    // The timeline says what there is besides: most matters have had no ballot, no session and no work yet.
    let had = |kind: &str| steps.iter().any(|step| step.kind == kind);
    let ballots = if had("open_ballot") { record::ballots(db, row.id).await? } else { Vec::new() };
    let work = if had("refer") { record::work(db, row.id).await? } else { None };
    let sessions = if had("session") { record::sessions(db, row.id).await? } else { Vec::new() };
    Ok(MatterView {
        number,
        opinions,
        category: Category::from_name(&row.category)
            .ok_or_else(|| Error::unknown("category", &row.category))?,
        scope: scope.kind(),
        scope_name,
        due: due(&row, &state, now),
        answer: answer(&row),
        summary: summary::summary(db, row.id, actor).await?,
        talk,
        photos,
        removed,
        pin,
        steps,
        ballots,
        work,
        sessions,
        reviews,
        merging: merging(db, &row, actor, &target, now).await?,
        text: text_line(db, &row, actor, &target).await?,
        mine: mine(db, &row, &state, actor, &target, follows, now).await?,
        place,
        since: Timestamp(row.since),
        willing: row.willing != 0,
        contested: row.contested != 0,
        reopened: row.reopened != 0,
        cosigns: u32::try_from(row.cosigns).unwrap_or(0),
        title: row.title,
        situation: row.situation,
        suggestion: row.suggestion,
        behalf_yes: row.behalf_yes != 0,
        on_behalf: row.on_behalf,
        state,
    })
}

/// Whether the actor may read a matter: what isn't public is there for its author, the committee
/// and oversight alone. A matter that was withdrawn before it was published stays so.
///
/// # Errors
/// [`Error::NotFound`] when they may not.
pub fn readable(row: &proposal::Model, actor: Option<&Actor>, target: &Target) -> Result<()> {
    let state =
        StateName::from_name(&row.state).ok_or_else(|| Error::unknown("state", &row.state))?;
    let never_public = state == StateName::Withdrawn && row.published_at.is_none();
    if state.is_public() && !never_public {
        return Ok(());
    }
    permit(actor, Action::ProposalReadHidden, target).map_err(|_| Error::NotFound)
}

fn due(row: &proposal::Model, state: &State, now: Timestamp) -> Option<Due> {
    let at = Timestamp(row.due_at?);
    // Co-signing, ballots, reviews and public notices end by themselves: nobody is late with them.
    let owed = match state {
        State::Submitted
        | State::Accepted { .. }
        | State::Deliberating
        | State::InProgress { .. }
        | State::Suspended { .. } => true,
        State::Decided { verdict, .. } => *verdict != Verdict::NotAdopted,
        _ => false,
    };
    Some(Due { at, provisional: row.due_provisional != 0, overdue: owed && now > at })
}

fn answer(row: &proposal::Model) -> Option<AnswerView> {
    Some(AnswerView {
        verdict: row.answer_verdict.as_deref().and_then(Verdict::from_name),
        text: row.answer.clone()?,
        role: row.answer_role.as_deref().and_then(Role::from_name),
        at: Timestamp(row.answer_at?),
    })
}

async fn mine(
    db: &impl ConnectionTrait,
    row: &proposal::Model,
    state: &State,
    actor: Option<&Actor>,
    target: &Target,
    follows: bool,
    now: Timestamp,
) -> Result<Mine> {
    let name = state.name();
    let can = |action| permit(actor, action, target);
    let open = matches!(state, State::Cosigning { until, .. } if now <= *until);
    let mut mine = Mine {
        proposer: target.proposer,
        cosigned: target.cosigner,
        cosign_denied: open.then(|| can(Action::Cosign).err()).flatten(),
        post_denied: name.takes_posts().then(|| can(Action::PostWrite).err()).flatten(),
        ..Mine::default()
    };
    let Some(actor) = actor else {
        return Ok(mine);
    };
    mine.follows = follows;
    let reviews = name == StateName::Completed && can(Action::Review).is_ok();
    if reviews {
        mine.reviewed = review::Entity::find()
            .filter(review::Column::ProposalId.eq(row.id))
            .filter(review::Column::PersonId.eq(actor.person.0))
            .filter(review::Column::Round.eq(row.reopened))
            .one(db)
            .await?
            .is_some();
    }
    let own = can(Action::ProposalOwn).is_ok();
    mine.may = May {
        cosign: open && row.hidden_at.is_none() && !target.cosigner && can(Action::Cosign).is_ok(),
        take_back: open && target.cosigner,
        post: name.takes_posts() && can(Action::PostWrite).is_ok(),
        react: name.takes_posts() && can(Action::PostReact).is_ok(),
        hide: can(Action::PostHide).is_ok(),
        pin: name.takes_posts() && can(Action::SummaryPin).is_ok(),
        judge: name.takes_posts() && can(Action::SummaryJudge).is_ok(),
        review: reviews && !mine.reviewed,
        mend: own && name == StateName::Returned,
        withdraw: own
            && matches!(
                name,
                StateName::Submitted
                    | StateName::Returned
                    | StateName::Cosigning
                    | StateName::Accepted
                    | StateName::Deliberating
            ),
        contest: own
            && row.contested == 0
            && matches!(state, State::Decided { verdict: Verdict::NotAdopted, .. }),
        follow: can(Action::Follow).is_ok() && !name.is_final(),
        desk: can(Action::DeskRead).is_ok(),
    };
    Ok(mine)
}
