//! The answers as files of the form in which Polis publishes them, out and in.
//!
//! Nothing that is read becomes an answer: answers are given by neighbours, one each.

use domain::permission::{Action, permit};
use domain::role::Actor;
use domain::talk::PostState;
use domain::time::Timestamp;
use entities::proposal;
use opinions::file::{Comment, FileError, read, write_comments, write_participants};
use opinions::{Choice, find};
use serde_json::json;
use sha2::{Digest, Sha256};
use time::format_description::FormatItem;
use time::macros::format_description;

use super::picture::matrix;
use super::view::{Picture, StatementRow, drawn, rows};
use crate::audit::{Record, append_in_txn};
use crate::csv_out::harmless;
use crate::error::{Error, Problem, Refusal, Result};
use crate::hall::Hall;
use crate::views::matter::readable;
use crate::{matter, rate};

/// Statements of a file that is read on the server, at most; `xiaoyuan opinions` reads more.
const READ_STATEMENTS_MAX: usize = 200;

/// As in published files: `Sun Aug 13 14:16:45 CST 2017`.
const DATETIME: &[FormatItem<'_>] = format_description!(
    "[weekday repr:short] [month repr:short] [day] [hour]:[minute]:[second] CST [year]"
);

/// Which file is taken out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OpinionsFile {
    /// `participants-votes.csv`: a row a participant, without names, in the order of their answers.
    Participants,
    /// `comments.csv`: a row a statement, without its author.
    Comments,
}

impl OpinionsFile {
    /// The file's name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Participants => "participants-votes.csv",
            Self::Comments => "comments.csv",
        }
    }

    /// The file of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Participants, Self::Comments].into_iter().find(|file| file.name() == name)
    }
}

/// What a file of answers holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpinionsRead {
    /// Participants.
    pub voices: u32,
    /// Statements.
    pub statements: usize,
    /// Participants without whom there are no groups, by the community's settings.
    pub needed: u32,
    /// The groups; its sentences have numbers alone.
    pub picture: Option<Picture>,
}

async fn permitted(hall: &Hall, actor: &Actor, number: i64) -> Result<(proposal::Model, u32)> {
    let db = hall.db.read();
    let row = matter::by_number(db, actor.community, number).await?;
    let target = matter::target(db, &row, Some(actor)).await?;
    readable(&row, Some(actor), &target)?;
    permit(Some(actor), Action::OpinionsFile, &target)?;
    rate::take(hall, rate::OPINIONS_FILE, &format!("person:{}", actor.person)).await?;
    Ok((row, matter::settings(db, actor.community).await?.opinion_voices))
}

async fn record(
    hall: &Hall,
    actor: &Actor,
    action: &str,
    proposal: i64,
    after: serde_json::Value,
) -> Result<()> {
    let record = Record {
        actor: actor.audit_name(),
        action: action.to_owned(),
        subject: format!("proposal:{proposal}"),
        after: Some(after.to_string()),
        ..Record::default()
    };
    let txn = hall.db.begin().await?;
    append_in_txn(&txn, hall.now(), record).await?;
    txn.commit().await?;
    Ok(())
}

/// Takes the answers to the shown statements out as a file. Its entry says which, and its SHA-256.
///
/// # Errors
/// [`Refusal::TooFewVoices`] where the page shows no groups yet either; [`Error::NotFound`],
/// [`Error::Denied`], [`Error::TooOften`].
pub async fn opinions_export(
    hall: &Hall,
    actor: &Actor,
    number: i64,
    file: OpinionsFile,
) -> Result<Vec<u8>> {
    let (row, needed) = permitted(hall, actor, number).await?;
    let rows = rows(hall.db.read(), row.id).await?;
    let answers = matrix(hall.db.read(), &rows).await?.without_names();
    let work = tokio::task::spawn_blocking(move || (find(&answers, needed), answers));
    let (found, answers) = work.await.map_err(|error| Error::Broken(error.to_string()))?;
    let Some(found) = found else { return Err(Refusal::TooFewVoices.into()) };
    let bytes = match file {
        OpinionsFile::Participants => write_participants(&answers, Some(&found)),
        OpinionsFile::Comments => {
            let count = |column: usize, choice| {
                let given = answers.rows().iter().filter_map(|row| row.get(column).copied());
                given.filter(|cell| *cell == Some(choice)).count()
            };
            let shown = rows.iter().filter(|row| row.is_shown()).enumerate();
            let comments: Vec<Comment> = shown
                .map(|(column, row)| {
                    let of = |choice| u32::try_from(count(column, choice)).unwrap_or(u32::MAX);
                    comment(row, of(Choice::Agree), of(Choice::Disagree))
                })
                .collect();
            write_comments(&comments)
        }
    };
    let bytes = bytes.map_err(|error| Error::Broken(error.to_string()))?;
    let after = json!({ "file": file.name(), "sha256": hex::encode(Sha256::digest(&bytes)) });
    record(hall, actor, "opinions_export", row.id, after).await?;
    Ok(bytes)
}

fn comment(row: &StatementRow, agrees: u32, disagrees: u32) -> Comment {
    Comment {
        timestamp: row.at,
        datetime: Timestamp(row.at).in_china().format(DATETIME).unwrap_or_default(),
        comment_id: row.number,
        author_id: 0,
        agrees,
        disagrees,
        moderated: i64::from(row.state == PostState::Shown.as_str()),
        comment_body: harmless(&row.body),
    }
}

/// Reads a file of answers, `participants-votes.csv` or `votes.csv`, and finds its groups. Nothing of it is
/// kept but its SHA-256, in the audit chain.
///
/// # Errors
/// [`Error::Invalid`] for the field `file`; [`Error::NotFound`], [`Error::Denied`], [`Error::TooOften`].
pub async fn opinions_read(
    hall: &Hall,
    actor: &Actor,
    number: i64,
    bytes: Vec<u8>,
) -> Result<OpinionsRead> {
    let (row, needed) = permitted(hall, actor, number).await?;
    let sha256 = hex::encode(Sha256::digest(&bytes));
    let work = tokio::task::spawn_blocking(move || {
        let answers = read(&bytes)?;
        if answers.statements().len() > READ_STATEMENTS_MAX {
            return Err(FileError::TooMany(answers.statements().len()));
        }
        Ok(OpinionsRead {
            voices: u32::try_from(answers.participants().len()).unwrap_or(u32::MAX),
            statements: answers.statements().len(),
            needed,
            picture: find(&answers, needed).map(|found| drawn(&found.map, None, |_| String::new())),
        })
    });
    let read = work.await.map_err(|error| Error::Broken(error.to_string()))?;
    let read = read.map_err(|error| {
        let line = if let FileError::Cell { line, .. } = error { line } else { 0 };
        Error::field("file", Problem::OpinionsFile { line })
    })?;
    record(hall, actor, "opinions_read", row.id, json!({ "sha256": sha256 })).await?;
    Ok(read)
}
