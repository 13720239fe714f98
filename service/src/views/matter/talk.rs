//! The talk about a matter: its posts by time or by balance, each with its first replies.

mod page;
mod row;
mod source;

pub use page::{Former, PostPage, post_page};

use domain::civil::Wrong;
use domain::permission::{Action, Target, permit};
use domain::role::{Actor, Role};
use domain::stance::Stance;
use domain::talk::{Cursor, Next, Order};
use domain::time::Timestamp;
use entities::{household, person, post, proposal};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, JoinType, QueryFilter, QueryOrder, QuerySelect,
    RelationDef, Select,
};

use crate::error::Result;
use crate::joins::{entrance_to_courtyard, household_to_entrance};
use crate::people::{ShownName, shown_name};
use crate::photo::{PhotoView, photos_of_talk};
use row::PostRow;
use source::Source;

#[cfg(feature = "testing")]
pub use source::thread_statements;

/// Posts on a page by time, replies not counted.
pub const POSTS: usize = 50;
/// Posts of each stance on a page by balance.
pub const OF_STANCE: usize = 10;
/// Replies that stand under a post in the thread.
pub const REPLIES: usize = 3;
/// The most posts in a row that a community can set: what is read of one's own turns.
const TURNS: u64 = 20;
/// The name under which the helper's row is joined.
const HELPER: &str = "helper";

/// The talk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TalkView {
    /// All posts and replies that are shown, on every page.
    pub count: i64,
    /// In which order posts stand.
    pub order: Order,
    /// Posts of this page: the newest first; by balance stance after stance, the strongest first.
    pub posts: Vec<PostView>,
    /// The cursor of the next page, where there are more.
    pub next: Option<Cursor>,
    /// Questions to the committee that are still open.
    pub questions_open: i64,
    /// Of these, overdue.
    pub questions_late: i64,
    /// When the reader's latest posts in a row were written, the newest first.
    pub run: Vec<Timestamp>,
}

/// A post.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PostView {
    /// Row, and the cursor.
    pub id: i64,
    /// The post that it replies to.
    pub parent: Option<i64>,
    /// When it was written.
    pub at: Timestamp,
    /// Its stance.
    pub stance: Stance,
    /// What it says, or why it can't be read.
    pub said: PostSaid,
    /// Whether the reader wrote it.
    pub mine: bool,
    /// The nickname by which a text names its author with @; none for one who is gone.
    pub called: Option<String>,
    /// When its text was changed last; what it said before stands on its own page.
    pub edited: Option<Timestamp>,
    /// A change that somebody looks at first: for its author and those who moderate.
    pub change: Option<String>,
    /// What it quotes.
    pub quote: Option<QuoteView>,
    /// Its photos.
    pub photos: Vec<PhotoView>,
    /// Nicknames of those whom it names with @.
    pub mentions: Vec<String>,
    /// 谢谢 said to it.
    pub thanks: i64,
    /// 有道理 said to it.
    pub reasons: i64,
    /// Whether the reader said 谢谢.
    pub i_thanked: bool,
    /// Whether the reader said 有道理.
    pub i_agreed: bool,
    /// Its clock, where it asks the committee.
    pub question: Option<QuestionView>,
    /// Whether it is the committee's answer to the question above it.
    pub answers: bool,
    /// Replies, oldest first.
    pub replies: Vec<PostView>,
    /// How many more replies its own page has.
    pub more_replies: i64,
}

/// What a post shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PostSaid {
    /// Its stance and text.
    Shown {
        /// Stance.
        stance: Stance,
        /// Text.
        body: String,
        /// Who wrote it.
        who: Speaker,
    },
    /// Somebody looks first: its author and those who moderate read it, for all others there is none.
    Waiting {
        /// Stance.
        stance: Stance,
        /// Text.
        body: String,
        /// Who wrote it.
        who: Speaker,
    },
    /// Neighbours reported it: folded until somebody has looked.
    Folded {
        /// How many households did.
        households: i64,
        /// Stance, text and who wrote it, for its author and those who moderate.
        text: Option<(Stance, String, Speaker)>,
    },
    /// It was taken down: neither the text nor its author leaves the database.
    Removed {
        /// What was wrong with it; none for what was taken down without that being asked.
        kind: Option<Wrong>,
        /// Why.
        reason: String,
        /// When.
        at: Timestamp,
        /// In what role it was taken down.
        by: Option<Role>,
    },
    /// 本人撤回: its author took it back.
    Withdrawn {
        /// When.
        at: Timestamp,
    },
    /// It was not let through: its author and those who moderate read why, for all others there is none.
    Declined {
        /// Why.
        reason: String,
    },
}

/// What a post quotes: from the quoted post's own row, so that nothing is quoted that isn't shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuoteView {
    /// The quoted post.
    pub id: i64,
    /// Who said what; none when it isn't shown any more.
    pub text: Option<(ShownName, String)>,
}

/// The clock of a question to the committee.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QuestionView {
    /// The last moment in time.
    pub due: Timestamp,
    /// Whether it leans on a calendar year that can still change.
    pub provisional: bool,
    /// The post that answers it, and when that was.
    pub answer: Option<(i64, Timestamp)>,
    /// Whether the answer came late, or is overdue now.
    pub late: bool,
}

/// Who speaks or acts, as neighbours see them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Speaker {
    /// The name that neighbours see.
    pub name: ShownName,
    /// The role in which it was done.
    pub role: Option<Role>,
    /// The 小院 of the household, where there is one.
    pub courtyard: Option<String>,
    /// 代办人: by whose hand it was done, where it was not their own.
    pub through: Option<ShownName>,
}

/// Who reads, as far as it decides what a post shows.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reader {
    /// Row of the person; 0 for nobody.
    me: i64,
    /// Whether they moderate.
    moderates: bool,
    /// Whether they may write.
    writes: bool,
    now: Timestamp,
}

impl Reader {
    pub(super) fn new(actor: Option<&Actor>, target: &Target, now: Timestamp) -> Self {
        let may = |action| permit(actor, action, target).is_ok();
        Self {
            me: actor.map_or(0, |actor| actor.person.0),
            moderates: may(Action::ReportDecide),
            writes: may(Action::PostWrite),
            now,
        }
    }

    fn reads(&self, author: i64) -> bool {
        self.moderates || author == self.me
    }
}

/// The posts of a matter from `cursor` on, or the latest; and its own photos, which are read along. Three
/// statements, and one for whoever may write.
pub(super) async fn talk(
    db: &impl ConnectionTrait,
    row: &proposal::Model,
    reader: Reader,
    cursor: Option<Cursor>,
) -> Result<(TalkView, Vec<PhotoView>)> {
    let (order, source) = match cursor {
        None => (Order::Time, Source::Latest { before: i64::MAX }),
        Some(Cursor::Before(before)) => (Order::Time, Source::Latest { before }),
        Some(Cursor::Balance(nexts)) => (Order::Balance, Source::Balance { nexts }),
    };
    let mut found = source::load(db, row.id, &reader, &source).await?;
    let (questions_open, questions_late) =
        found.first().map_or((0, 0), |row| (row.questions_open, row.questions_late));
    let next = match source {
        Source::Balance { nexts } => cut_balance(&mut found, nexts),
        _ => cut_latest(&mut found),
    };
    let mut posts = read_all(found, &reader)?;
    // A post without a shown reply may have one that waits, for its author.
    let has_replies = |post: &&PostView| post.more_replies > 0 || reader.me > 0;
    let parents: Vec<i64> = posts.iter().filter(has_replies).map(|post| post.id).collect();
    if !parents.is_empty() {
        let source = Source::FirstReplies { parents, most: REPLIES };
        let replies = source::load(db, row.id, &reader, &source).await?;
        put_under(&mut posts, read_all(replies, &reader)?);
    }
    // What was taken down took its photos along.
    let matter = row.hidden_at.is_none().then_some(row.id);
    let photos = put_photos(db, matter, &mut posts).await?;
    let run = run(db, row.id, reader).await?;
    let count = row.posts;
    Ok((TalkView { count, order, posts, next, questions_open, questions_late, run }, photos))
}

/// When the reader's latest posts in a row were written, the newest first.
async fn run(db: &impl ConnectionTrait, proposal: i64, reader: Reader) -> Result<Vec<Timestamp>> {
    if !reader.writes {
        return Ok(Vec::new());
    }
    let latest: Vec<(i64, i64)> = post::Entity::find()
        .select_only()
        .columns([post::Column::AuthorId, post::Column::At])
        .filter(post::Column::ProposalId.eq(proposal))
        .order_by_desc(post::Column::Id)
        .limit(TURNS)
        .into_tuple()
        .all(db)
        .await?;
    let own = latest.into_iter().take_while(|(author, _)| *author == reader.me);
    Ok(own.map(|(_, at)| Timestamp(at)).collect())
}

/// Leaves a page of posts by time, and says where the next one begins.
fn cut_latest(found: &mut Vec<PostRow>) -> Option<Cursor> {
    found.sort_unstable_by_key(|row| std::cmp::Reverse(row.id));
    let more = found.len() > POSTS;
    found.truncate(POSTS);
    found.last().filter(|_| more).map(|last| Cursor::Before(last.id))
}

/// Leaves a page of each stance, and says where each goes on.
fn cut_balance(found: &mut Vec<PostRow>, mut nexts: [Next; Stance::ALL.len()]) -> Option<Cursor> {
    let mut page = Vec::with_capacity(found.len());
    for (stance, next) in Stance::ALL.iter().zip(&mut nexts) {
        let mut of_stance: Vec<PostRow> =
            found.extract_if(.., |row| row.stance == stance.as_str()).collect();
        of_stance.sort_unstable_by_key(|row| (std::cmp::Reverse(row.reasons), row.id));
        let more = of_stance.len() > OF_STANCE;
        of_stance.truncate(OF_STANCE);
        *next = match of_stance.last() {
            Some(last) if more => Next::After { reasons: last.reasons, id: last.id },
            _ => Next::End,
        };
        page.append(&mut of_stance);
    }
    *found = page;
    nexts.iter().any(|next| *next != Next::End).then_some(Cursor::Balance(nexts))
}

fn read_all(found: Vec<PostRow>, reader: &Reader) -> Result<Vec<PostView>> {
    found.into_iter().map(|row| row.read(reader)).collect()
}

/// Puts replies under their posts; what is left of a post's count stands on its own page.
fn put_under(posts: &mut [PostView], mut replies: Vec<PostView>) {
    replies.sort_unstable_by_key(|reply| reply.id);
    for reply in replies {
        let Some(post) = posts.iter_mut().find(|post| Some(post.id) == reply.parent) else {
            continue;
        };
        if reply.is_counted() {
            post.more_replies = (post.more_replies - 1).max(0);
        }
        post.replies.push(reply);
    }
}

/// Puts the photos of posts and replies to them, as far as their text is read; gives those of the matter itself,
/// where it is named. One statement.
async fn put_photos(
    db: &impl ConnectionTrait,
    matter: Option<i64>,
    posts: &mut [PostView],
) -> Result<Vec<PhotoView>> {
    let read = |post: &&PostView| post.has_text();
    let all = posts.iter().flat_map(|post| std::iter::once(post).chain(&post.replies));
    let ids: Vec<i64> = all.filter(read).map(|post| post.id).collect();
    let (of_matter, mut photos) = photos_of_talk(db, matter, &ids).await?;
    for post in posts {
        post.photos = photos.remove(&post.id).unwrap_or_default();
        for reply in &mut post.replies {
            reply.photos = photos.remove(&reply.id).unwrap_or_default();
        }
    }
    Ok(of_matter)
}

impl PostView {
    const fn has_text(&self) -> bool {
        matches!(
            self.said,
            PostSaid::Shown { .. }
                | PostSaid::Waiting { .. }
                | PostSaid::Folded { text: Some(_), .. }
        )
    }

    /// Whether it is one of the replies that its post counts: those that were ever shown.
    const fn is_counted(&self) -> bool {
        !matches!(self.said, PostSaid::Waiting { .. } | PostSaid::Declined { .. })
    }
}

/// Joins the 小院 of a person that is joined already; there may be none.
pub(super) fn with_home<E: EntityTrait>(query: Select<E>) -> Select<E> {
    let to_household: RelationDef = person::Entity::belongs_to(household::Entity)
        .from(person::Column::HouseholdId)
        .to(household::Column::Id)
        .into();
    query
        .join(JoinType::LeftJoin, to_household)
        .join(JoinType::LeftJoin, household_to_entrance())
        .join(JoinType::LeftJoin, entrance_to_courtyard())
}

/// Joins the helper by whose hand something was done, as `helper`; there is mostly none.
pub(super) fn with_helper<E: EntityTrait>(query: Select<E>, to_helper: RelationDef) -> Select<E> {
    query
        .join_as(JoinType::LeftJoin, to_helper, HELPER)
        .column_as(Expr::col((HELPER, person::Column::Nickname)), HELPER)
}

/// A helper as they are shown: by their nickname alone.
pub(super) fn helper(nickname: Option<String>) -> Option<ShownName> {
    nickname.map(|nickname| shown_name(nickname, "", None))
}
