//! What is written into the index.
//!
//! A matter is one document of title, text and the chair's summary; a post is one. The words are
//! `{community}x{word}` for a word of the text, `{community}t{word}` for one of the title besides,
//! `{community}m{kind}{value}` for what filters ask, and, on PostgreSQL, `b{number}` for the bucket of
//! rows that it lies in ([`ask`](super::ask)). No typed text can make a word of another kind.

use std::collections::BTreeSet;

use domain::bigram::words;
use domain::category::Category;
use domain::ids::CommunityId;
use domain::proposal::{State, StateName, Verdict};
use domain::route::Route;
use domain::talk::PostState;
use entities::{post, proposal, summary, work_item};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    Statement, Value,
};

use crate::error::Result;
use crate::views::proposal_list::StateGroup;

/// Documents written by one statement.
const AT_ONCE: usize = 100;

/// One of the two indexes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Index {
    /// Matters, by their row.
    Matters,
    /// Posts, by their row.
    Posts,
}

impl Index {
    pub(super) const fn table(self) -> &'static str {
        match self {
            Self::Matters => "search_matter",
            Self::Posts => "search_post",
        }
    }

    /// The bucket of a row: so many rows, as a power of two, lie in one.
    pub(super) const fn bucket(self, id: i64) -> i64 {
        match self {
            Self::Matters => id >> 12,
            Self::Posts => id >> 14,
        }
    }
}

/// A word of a text.
pub(super) fn text_word(community: CommunityId, word: &str) -> String {
    format!("{community}x{word}")
}

/// A word of a title.
pub(super) fn title_word(community: CommunityId, word: &str) -> String {
    format!("{community}t{word}")
}

/// A matter that stands there.
pub(super) fn state_word(community: CommunityId, group: StateGroup) -> String {
    format!("{community}ms{}", group.as_str())
}

/// A matter of that category.
pub(super) fn category_word(community: CommunityId, category: Category) -> String {
    format!("{community}mc{}", category.as_str().replace('_', ""))
}

/// A matter on that route.
pub(super) fn route_word(community: CommunityId, route: Route) -> String {
    format!("{community}mr{}", route.as_str().replace('_', ""))
}

/// A matter in that courtyard.
pub(super) fn courtyard_word(community: CommunityId, courtyard: i64) -> String {
    format!("{community}my{courtyard}")
}

/// A matter in that entrance.
pub(super) fn entrance_word(community: CommunityId, entrance: i64) -> String {
    format!("{community}me{entrance}")
}

/// A document's row and words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Document {
    /// Row of the matter or the post.
    pub(crate) id: i64,
    /// Its words, each once, in order.
    pub(crate) words: BTreeSet<String>,
}

/// A matter as the index sees it.
#[derive(Debug)]
pub(crate) struct Matter<'a> {
    /// Its row.
    pub(crate) row: &'a proposal::Model,
    /// The chair's pinned summary.
    pub(crate) summary: Option<&'a summary::Model>,
    /// Whether work on it was finished.
    pub(crate) work_done: bool,
}

/// Whether a matter is found: everyone may read it, and it stands for itself.
pub(crate) fn is_found(row: &proposal::Model) -> bool {
    let Some(state) = StateName::from_name(&row.state) else { return false };
    let stands = !matches!(state, StateName::Withdrawn | StateName::Merged);
    state.is_public() && stands && row.hidden_at.is_none() && row.number.is_some()
}

/// The summary's four parts as one text.
pub(super) fn summary_text(row: &summary::Model) -> String {
    let parts = [&row.agreed, &row.open_points, &row.for_points, &row.against_points];
    let parts: Vec<&str> =
        parts.into_iter().map(String::as_str).filter(|p| !p.is_empty()).collect();
    parts.join("\n")
}

fn group(state: &State, work_done: bool) -> StateGroup {
    match state {
        State::Cosigning { .. } => StateGroup::Cosigning,
        State::Balloting { .. } => StateGroup::Balloting,
        State::Decided { verdict: Verdict::NotAdopted, .. }
        | State::NotAccepted { .. }
        | State::Merged { .. }
        | State::Withdrawn => StateGroup::Closed,
        State::Archived if !work_done => StateGroup::Closed,
        State::Decided { .. } | State::InProgress { .. } | State::Suspended { .. } => {
            StateGroup::Doing
        }
        State::Completed { .. } | State::Reviewed { .. } | State::Archived => StateGroup::Done,
        State::Draft
        | State::Submitted
        | State::Returned
        | State::Accepted { .. }
        | State::Deliberating => StateGroup::Talking,
    }
}

const fn route(state: &State) -> Option<Route> {
    match state {
        State::InProgress { route }
        | State::Suspended { route, .. }
        | State::Completed { route }
        | State::Reviewed { route } => Some(*route),
        State::NotAccepted { route } => *route,
        _ => None,
    }
}

/// A matter's document.
///
/// # Errors
/// [`Error::Broken`](crate::Error::Broken) when the stored state can't be read.
pub(crate) fn matter_document(matter: &Matter<'_>) -> Result<Document> {
    let row = matter.row;
    let community = CommunityId(row.community_id);
    let state: State = serde_json::from_str(&row.state_data)?;
    let mut all = BTreeSet::new();
    for word in words(&row.title) {
        all.insert(title_word(community, &word));
        all.insert(text_word(community, &word));
    }
    let summary = matter.summary.map(summary_text).unwrap_or_default();
    let spot = row.spot.as_deref().unwrap_or_default();
    for text in [row.situation.as_str(), &row.suggestion, spot, &summary] {
        all.extend(words(text).iter().map(|word| text_word(community, word)));
    }
    all.insert(state_word(community, group(&state, matter.work_done)));
    all.insert(courtyard_word(community, row.courtyard_id));
    all.extend(row.entrance_id.map(|id| entrance_word(community, id)));
    all.extend(Category::from_name(&row.category).map(|c| category_word(community, c)));
    all.extend(route(&state).map(|route| route_word(community, route)));
    Ok(Document { id: row.id, words: all })
}

/// A post's document.
pub(crate) fn post_document(community: CommunityId, id: i64, body: &str) -> Document {
    Document { id, words: words(body).iter().map(|word| text_word(community, word)).collect() }
}

/// Writes a matter's entry as the matter now stands, or takes it out when not everyone may read it; its
/// posts come and go with it. Doing it again changes nothing.
///
/// # Errors
/// [`Error::Db`](crate::Error::Db) when the database fails.
pub async fn matter_in_txn(txn: &impl ConnectionTrait, id: i64) -> Result<()> {
    let row = proposal::Entity::find_by_id(id).one(txn).await?;
    let Some(row) = row.filter(is_found) else {
        delete(txn, Index::Matters, "= $1", id).await?;
        return delete(txn, Index::Posts, "IN (SELECT id FROM post WHERE proposal_id = $1)", id)
            .await;
    };
    let summary = summary::Entity::find()
        .filter(summary::Column::ProposalId.eq(id))
        .order_by_desc(summary::Column::Id)
        .one(txn)
        .await?;
    let work_done = row.state == StateName::Archived.as_str()
        && work_item::Entity::find()
            .filter(work_item::Column::ProposalId.eq(id))
            .filter(work_item::Column::State.eq("done"))
            .one(txn)
            .await?
            .is_some();
    let was_found = holds(txn, Index::Matters, id).await?;
    let matter = Matter { row: &row, summary: summary.as_ref(), work_done };
    put(txn, Index::Matters, &[matter_document(&matter)?]).await?;
    if was_found { Ok(()) } else { posts_of(txn, &row).await }
}

/// Writes a post's entry as the post now stands, or takes it out when not everyone may read it.
///
/// # Errors
/// [`Error::Db`](crate::Error::Db) when the database fails.
pub async fn post_in_txn(txn: &impl ConnectionTrait, id: i64) -> Result<()> {
    let row = post::Entity::find_by_id(id).one(txn).await?;
    if let Some(row) = row.filter(|row| row.state == PostState::Shown.as_str()) {
        let matter = proposal::Entity::find_by_id(row.proposal_id).one(txn).await?;
        if let Some(matter) = matter.filter(is_found) {
            let community = CommunityId(matter.community_id);
            return put(txn, Index::Posts, &[post_document(community, id, &row.body)]).await;
        }
    }
    delete(txn, Index::Posts, "= $1", id).await
}

/// Writes the entry of the matter that a chair's summary belongs to.
///
/// # Errors
/// [`Error::Db`](crate::Error::Db) when the database fails.
pub async fn summary_in_txn(txn: &impl ConnectionTrait, id: i64) -> Result<()> {
    match summary::Entity::find_by_id(id).one(txn).await? {
        Some(row) => matter_in_txn(txn, row.proposal_id).await,
        None => Ok(()),
    }
}

/// Acts on a matter or a post that change no word of it, and come often.
const QUIET: [&str; 9] = [
    "cosign_add",
    "cosign_take_back",
    "cosign_keep",
    "cosign_leave",
    "correction_contest",
    "correction_contest_back",
    "post_react",
    "statement_answer",
    "summary_judge",
];

/// Brings the index up to date with what an entry of the audit chain is about, `post:7` or `proposal:3`. Every
/// change that a page can show appends one, after its last write: so no use case has to think of the index,
/// and none can forget it.
///
/// # Errors
/// [`Error::Db`](crate::Error::Db) when the database fails.
pub(crate) async fn changed_in_txn(
    txn: &impl ConnectionTrait,
    subject: &str,
    action: &str,
) -> Result<()> {
    if QUIET.contains(&action) {
        return Ok(());
    }
    let row = |kind| subject.strip_prefix(kind).and_then(|row| row.parse::<i64>().ok());
    if let Some(id) = row("post:") {
        return post_in_txn(txn, id).await;
    }
    match row("proposal:") {
        Some(id) => matter_in_txn(txn, id).await,
        None => Ok(()),
    }
}

/// The posts of a matter that is found again.
async fn posts_of(txn: &impl ConnectionTrait, matter: &proposal::Model) -> Result<()> {
    let mut after = 0;
    loop {
        let rows = post::Entity::find()
            .filter(post::Column::ProposalId.eq(matter.id))
            .filter(post::Column::Id.gt(after))
            .filter(post::Column::State.eq(PostState::Shown.as_str()))
            .order_by_asc(post::Column::Id)
            .limit(AT_ONCE as u64)
            .all(txn)
            .await?;
        let Some(last) = rows.last() else { return Ok(()) };
        after = last.id;
        let community = CommunityId(matter.community_id);
        let documents: Vec<_> =
            rows.iter().map(|row| post_document(community, row.id, &row.body)).collect();
        put(txn, Index::Posts, &documents).await?;
    }
}

/// Writes documents in the place of what stood there.
pub(crate) async fn put(
    txn: &impl ConnectionTrait,
    index: Index,
    documents: &[Document],
) -> Result<()> {
    let (table, backend) = (index.table(), txn.get_database_backend());
    for documents in documents.chunks(AT_ONCE) {
        let mut values: Vec<Value> = Vec::with_capacity(2 * documents.len());
        let mut rows = Vec::with_capacity(documents.len());
        for document in documents {
            let n = values.len();
            let mut words: Vec<&str> = document.words.iter().map(String::as_str).collect();
            let bucket = format!("b{}", index.bucket(document.id));
            values.push(document.id.into());
            if backend == DbBackend::Postgres {
                words.push(&bucket);
                rows.push(format!(
                    "(${}, array_to_tsvector(string_to_array(${}, ' ')))",
                    n + 1,
                    n + 2
                ));
            } else {
                rows.push(format!("(${}, ${})", n + 1, n + 2));
            }
            values.push(words.join(" ").into());
        }
        let rows = rows.join(", ");
        let sql = if backend == DbBackend::Postgres {
            format!(
                "INSERT INTO {table} (id, words) VALUES {rows} \
                 ON CONFLICT (id) DO UPDATE SET words = excluded.words"
            )
        } else {
            format!("INSERT OR REPLACE INTO {table} (rowid, words) VALUES {rows}")
        };
        txn.execute_raw(Statement::from_sql_and_values(backend, sql, values)).await?;
    }
    Ok(())
}

/// The name of the row's number in the index's table.
pub(super) const fn row_name(backend: DbBackend) -> &'static str {
    match backend {
        DbBackend::Postgres => "id",
        _ => "rowid",
    }
}

async fn delete(txn: &impl ConnectionTrait, index: Index, which: &str, id: i64) -> Result<()> {
    let backend = txn.get_database_backend();
    let sql = format!("DELETE FROM {} WHERE {} {which}", index.table(), row_name(backend));
    txn.execute_raw(Statement::from_sql_and_values(backend, sql, [id.into()])).await?;
    Ok(())
}

pub(super) async fn holds(db: &impl ConnectionTrait, index: Index, id: i64) -> Result<bool> {
    let backend = db.get_database_backend();
    let row = row_name(backend);
    let sql = format!("SELECT {row} AS id FROM {} WHERE {row} = $1", index.table());
    let found = db.query_one_raw(Statement::from_sql_and_values(backend, sql, [id.into()])).await?;
    Ok(found.is_some())
}
