//! Finding matters by words: a full-text index of what everyone can read, and nothing else.
//!
//! The program makes the words itself ([`domain::bigram`]); SQLite (FTS5) and PostgreSQL (tsvector under
//! GIN) only keep which document holds which. Every word carries its community's number, so that a search
//! never walks through what other communities wrote, and a matter's state, category, place and route are
//! words too, so that filters don't either. See [`index`] for what is written, [`ask`] for how it is asked.
//!
//! A word may stand in a fifth of all documents. So no query ranks all that it hits: of each kind of hit the
//! newest some hundreds are taken, in the order of the index, and ranked in full ([`found`]). What is rarer
//! than that is ranked over all of it.

pub(crate) mod ask;
mod found;
pub(crate) mod index;
mod rebuild;
mod similar;

pub use found::{Found, FoundMatter, FoundPost, Period, Place, Query, SearchCursor, Sort, search};
pub(crate) use index::changed_in_txn;
pub use index::{matter_in_txn, post_in_txn, summary_in_txn};
pub use rebuild::{search_is_missing, search_rebuild, search_rebuild_telling};
pub use similar::{SimilarMatter, SimilarTo, similar, similar_to_matter};
