//! What posts need to know of the page that they stand on.

use domain::time::Timestamp;
use service::views::matter::{PostSaid, PostView, QuoteView};

use super::{Back, Look};
use crate::link::to;

/// What who looks may do with posts now.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Acts {
    /// Write.
    pub(super) post: bool,
    /// Say a kind word.
    pub(super) react: bool,
    /// Take down.
    pub(super) hide: bool,
}

/// The page that posts stand on: the matter's, or a post's own.
pub(super) struct Thread<'a> {
    /// The matter's public number.
    pub(super) number: i64,
    /// What who looks may do.
    pub(super) may: Acts,
    /// Whether who looks sits on the committee.
    pub(super) committee: bool,
    /// Path and query of this page, without the community's prefix.
    pub(super) here: String,
    /// Where the form for a post goes: the query of its address.
    pub(super) query: String,
    /// Which forms stand open.
    pub(super) look: Look,
    /// The form that comes back.
    pub(super) back: &'a Back,
    /// When the reader may go on who has spoken so often in a row; none when they may now.
    pub(super) turn: Option<Timestamp>,
    /// Whom a text can name: those who speak on this page.
    pub(super) names: Vec<String>,
    /// What the form quotes.
    pub(super) quote: Option<QuoteView>,
    /// Whether it is a post's own page.
    pub(super) alone: bool,
}

impl Thread<'_> {
    /// An address under the matter's own.
    pub(super) fn at(&self, path: &str) -> String {
        to(format!("/proposals/{}{path}", self.number))
    }

    /// The address of this page with a form open under a post.
    pub(super) fn with(&self, what: &str, post: i64) -> String {
        let mark = if self.here.contains('?') { '&' } else { '?' };
        to(format!("{}{mark}{what}={post}#{what}", self.here))
    }

    /// The address of this page with the form open in which a post is quoted: in a reply where it is one.
    pub(super) fn quoting(&self, post: &PostView) -> String {
        let mark = if self.here.contains('?') { '&' } else { '?' };
        let (here, id) = (&self.here, post.id);
        match post.parent.or(self.alone.then_some(id)) {
            Some(parent) => to(format!("{here}{mark}reply={parent}&quote={id}#reply")),
            None => to(format!("{here}{mark}quote={id}#say-new")),
        }
    }
}

/// Nicknames of those who speak in posts, and in replies to them, each once.
pub(super) fn names_of(posts: &[PostView]) -> Vec<String> {
    let mut names = Vec::new();
    for post in posts.iter().flat_map(|post| std::iter::once(post).chain(&post.replies)) {
        let Some(name) = post.called.as_ref().filter(|_| !post.mine) else { continue };
        if !names.contains(name) {
            names.push(name.clone());
        }
    }
    names
}

/// The post with that row, of those on a page, as another quotes it.
pub(super) fn quote_of(posts: &[PostView], id: i64) -> Option<QuoteView> {
    let mut all = posts.iter().flat_map(|post| std::iter::once(post).chain(&post.replies));
    let post = all.find(|post| post.id == id)?;
    let PostSaid::Shown { body, who, .. } = &post.said else { return None };
    Some(QuoteView { id, text: Some((who.name.clone(), body.clone())) })
}
