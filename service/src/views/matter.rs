//! Everything that a matter's page shows, in a fixed number of statements.

use domain::category::Category;
use domain::permission::{Action, Denied, Target, permit};
use domain::place::ScopeKind;
use domain::proposal::{State, StateName, Verdict};
use domain::role::{Actor, Role};
use domain::time::Timestamp;
use entities::{courtyard, entrance, follow, proposal, review, summary};
use sea_orm::sea_query::{Expr, ExprTrait, IntoCondition};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, FromQueryResult, JoinType, QueryFilter,
    QueryOrder, QuerySelect, RelationDef,
};

use crate::error::{Error, Result};
use crate::hall::Hall;
use crate::matter::{by_number, scope_of, state_of, target};

pub mod record;
pub mod talk;

pub use record::{BallotLine, BallotState, ReviewLine, Reviews, SessionView, StepView, WorkView};
pub use talk::{PostSaid, PostView, Speaker, TalkView};

/// A matter's page.
#[derive(Debug, Clone)]
pub struct MatterView {
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

/// The chair's pinned summary.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SummaryView {
    /// Text.
    pub text: String,
    /// When it was pinned.
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
    /// Take posts down.
    pub hide: bool,
    /// Pin a summary.
    pub pin: bool,
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

/// Loads a matter's page for who looks, with the posts before the row `before` or the latest.
///
/// # Errors
/// [`Error::NotFound`] when there is no such matter, or not for this person.
pub async fn matter_view(
    hall: &Hall,
    community: domain::ids::CommunityId,
    actor: Option<&Actor>,
    number: i64,
    before: Option<i64>,
) -> Result<MatterView> {
    let db = hall.db.read();
    let now = hall.now();
    let row = by_number(db, community, number).await?;
    let target = target(db, &row, actor).await?;
    readable(&row, actor, &target)?;
    let state = state_of(&row)?.state;
    let scope = scope_of(&row)?;
    let names = names(db, &row).await?;
    let reviews = match state.name() {
        StateName::Completed | StateName::Reviewed | StateName::Archived => {
            record::reviews(db, &row).await?
        }
        _ => Reviews::default(),
    };
    Ok(MatterView {
        number,
        category: Category::from_name(&row.category)
            .ok_or_else(|| Error::unknown("category", &row.category))?,
        scope: scope.kind(),
        scope_name: names.scope,
        due: due(&row, &state, now),
        answer: answer(&row),
        summary: summary(db, row.id).await?,
        talk: talk::talk(db, &row, before).await?,
        steps: record::steps(db, row.id).await?,
        ballots: record::ballots(db, row.id).await?,
        work: record::work(db, row.id).await?,
        sessions: record::sessions(db, row.id).await?,
        reviews,
        mine: mine(db, &row, &state, actor, &target, now).await?,
        place: names.place,
        since: Timestamp(row.since),
        willing: row.willing != 0,
        contested: row.contested != 0,
        reopened: row.reopened != 0,
        cosigns: u32::try_from(row.cosigns).unwrap_or(0),
        title: row.title,
        situation: row.situation,
        suggestion: row.suggestion,
        on_behalf: row.on_behalf,
        state,
    })
}

async fn summary(db: &impl ConnectionTrait, proposal: i64) -> Result<Option<SummaryView>> {
    let latest = summary::Entity::find()
        .filter(summary::Column::ProposalId.eq(proposal))
        .order_by_desc(summary::Column::Id)
        .one(db)
        .await?;
    Ok(latest.map(|row| SummaryView { text: row.agreed, at: Timestamp(row.at) }))
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

struct Names {
    place: PlaceNames,
    scope: Option<String>,
}

#[derive(FromQueryResult)]
struct NameRow {
    courtyard_id: i64,
    courtyard: String,
    entrance_id: Option<i64>,
    entrance: Option<String>,
}

/// The names of the matter's place and of its scope, which may lie elsewhere.
async fn names(db: &impl ConnectionTrait, row: &proposal::Model) -> Result<Names> {
    let kind = scope_of(row)?.kind();
    let scope_of_kind = |wanted: ScopeKind| (kind == wanted).then_some(row.scope_place);
    let entrances: Vec<i64> =
        row.entrance_id.into_iter().chain(scope_of_kind(ScopeKind::Entrance)).collect();
    let courtyards: Vec<i64> =
        [row.courtyard_id].into_iter().chain(scope_of_kind(ScopeKind::Courtyard)).collect();
    let wanted = entrances.clone();
    let to_entrances: RelationDef = courtyard::Entity::belongs_to(entrance::Entity)
        .from(courtyard::Column::Id)
        .to(entrance::Column::CourtyardId)
        .on_condition(move |_, right| {
            Expr::col((right, entrance::Column::Id)).is_in(wanted.clone()).into_condition()
        })
        .into();
    let rows = courtyard::Entity::find()
        .select_only()
        .column_as(courtyard::Column::Id, "courtyard_id")
        .column_as(courtyard::Column::Name, "courtyard")
        .column_as(entrance::Column::Id, "entrance_id")
        .column_as(entrance::Column::Name, "entrance")
        .join(JoinType::LeftJoin, to_entrances)
        .filter(
            Condition::any()
                .add(courtyard::Column::Id.is_in(courtyards))
                .add(entrance::Column::Id.is_not_null()),
        )
        .into_model::<NameRow>()
        .all(db)
        .await?;
    let courtyard =
        |id: i64| rows.iter().find(|row| row.courtyard_id == id).map(|row| row.courtyard.clone());
    let entrance = |id: i64| rows.iter().find(|row| row.entrance_id == Some(id));
    let scope = match kind {
        ScopeKind::Entrance => entrance(row.scope_place)
            .and_then(|row| row.entrance.as_ref().map(|name| format!("{}{name}", row.courtyard))),
        ScopeKind::Courtyard => courtyard(row.scope_place),
        ScopeKind::Community => None,
    };
    Ok(Names {
        place: PlaceNames {
            courtyard: courtyard(row.courtyard_id).unwrap_or_default(),
            entrance: row.entrance_id.and_then(|id| entrance(id)?.entrance.clone()),
            spot: row.spot.clone(),
        },
        scope,
    })
}

async fn mine(
    db: &impl ConnectionTrait,
    row: &proposal::Model,
    state: &State,
    actor: Option<&Actor>,
    target: &Target,
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
    let wish = follow::Entity::find_by_id((row.id, actor.person.0)).one(db).await?;
    mine.follows = wish.is_some_and(|wish| wish.stopped_at.is_none());
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
        cosign: open && !target.cosigner && can(Action::Cosign).is_ok(),
        take_back: open && target.cosigner,
        post: name.takes_posts() && can(Action::PostWrite).is_ok(),
        hide: can(Action::PostHide).is_ok(),
        pin: name.takes_posts() && can(Action::SummaryPin).is_ok(),
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
