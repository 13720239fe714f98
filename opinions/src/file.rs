//! The files in which Polis publishes answers: `participants-votes.csv`, a row a participant and a column a
//! statement; `votes.csv`, a row an answer; `comments.csv`, a row a statement. In all of them 1 agrees, -1
//! disagrees, 0 passes, and what was not seen is empty.

use std::collections::BTreeMap;

use csv::{Reader, ReaderBuilder, StringRecord, Writer};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::map::Found;
use crate::matrix::{Choice, Matrix};

/// Statements that a file may have, at most: the work grows with their cube.
pub const STATEMENTS_MAX: usize = 1_000;

/// The first columns of `participants-votes.csv`; the statements' numbers follow.
const HEAD: [&str; 6] =
    ["participant", "group-id", "n-comments", "n-votes", "n-agree", "n-disagree"];

/// Why a file can't be read, or written.
#[derive(Debug, Error)]
pub enum FileError {
    /// Not a CSV file in UTF-8, or a row of another length.
    #[error("not a CSV file: {0}")]
    Csv(#[from] csv::Error),
    /// A column that is needed is not there.
    #[error("there is no column {0}")]
    NoColumn(&'static str),
    /// A cell that can't be what its column says.
    #[error("line {line}: {column} can't be {value:?}")]
    Cell {
        /// The line, from 1.
        line: u64,
        /// The column's name.
        column: String,
        /// What stands there.
        value: String,
    },
    /// More statements than [`STATEMENTS_MAX`].
    #[error("{0} statements; at most {STATEMENTS_MAX} can be read")]
    TooMany(usize),
}

/// Reads `participants-votes.csv`. The groups of the file are left out: they are found again.
///
/// # Errors
/// [`FileError`] when it is none, with the line.
pub fn read_participants(text: &[u8]) -> Result<Matrix, FileError> {
    let mut reader = reader(text);
    let head = reader.headers()?.clone();
    let participant = column(&head, "participant")?;
    let statements: Vec<(usize, i64)> = head
        .iter()
        .enumerate()
        .filter_map(|(at, name)| name.trim().parse().ok().map(|number| (at, number)))
        .collect();
    few_enough(statements.len())?;
    let mut answers = Vec::new();
    for row in reader.records() {
        let row = row?;
        let who = number(&row, &head, participant)?;
        for (at, statement) in &statements {
            if row.get(*at).is_some_and(|cell| !cell.trim().is_empty()) {
                answers.push((who, *statement, choice(&row, &head, *at)?));
            }
        }
    }
    Ok(Matrix::new(statements.into_iter().map(|(_, number)| number), answers))
}

/// Reads `votes.csv`; of two answers of somebody to one statement the later row counts.
///
/// # Errors
/// As [`read_participants`].
pub fn read_votes(text: &[u8]) -> Result<Matrix, FileError> {
    let mut reader = reader(text);
    let head = reader.headers()?.clone();
    let statement = column(&head, "comment-id")?;
    let voter = column(&head, "voter-id")?;
    let vote = column(&head, "vote")?;
    let mut answers = Vec::new();
    for row in reader.records() {
        let row = row?;
        let number = |at| number(&row, &head, at);
        answers.push((number(voter)?, number(statement)?, choice(&row, &head, vote)?));
    }
    let statements: Vec<i64> = answers.iter().map(|(_, statement, _)| *statement).collect();
    let matrix = Matrix::new(statements, answers);
    few_enough(matrix.statements().len())?;
    Ok(matrix)
}

/// Reads whichever of the two it is.
///
/// # Errors
/// As [`read_participants`].
pub fn read(text: &[u8]) -> Result<Matrix, FileError> {
    let long = reader(text).headers()?.iter().any(|name| name.trim() == "voter-id");
    if long { read_votes(text) } else { read_participants(text) }
}

/// Writes `participants-votes.csv`, with the shown groups where they were found. `n-comments` is 0 for
/// everyone: who wrote a statement would tell whose answers these are.
///
/// # Errors
/// [`FileError::Csv`] when it can't be written.
pub fn write_participants(matrix: &Matrix, found: Option<&Found>) -> Result<Vec<u8>, FileError> {
    let mut writer = Writer::from_writer(Vec::new());
    let names = HEAD.iter().map(|name| (*name).to_owned());
    writer.write_record(names.chain(matrix.statements().iter().map(i64::to_string)))?;
    let groups = found.map_or_else(Vec::new, |found| found.groups_of(matrix));
    for (at, (who, row)) in matrix.participants().iter().zip(matrix.rows()).enumerate() {
        let group = groups.get(at).copied().flatten();
        let of = |choice| row.iter().filter(|cell| **cell == Some(choice)).count().to_string();
        let first = [
            who.to_string(),
            group.map_or_else(String::new, |group| group.to_string()),
            "0".to_owned(),
            row.iter().flatten().count().to_string(),
            of(Choice::Agree),
            of(Choice::Disagree),
        ];
        let cell =
            |cell: &Option<Choice>| cell.map_or_else(String::new, |it| it.value().to_string());
        writer.write_record(first.into_iter().chain(row.iter().map(cell)))?;
    }
    writer.into_inner().map_err(|error| FileError::Csv(error.into_error().into()))
}

/// A row of `comments.csv`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Comment {
    /// When it was written; Unix ms.
    pub timestamp: i64,
    /// The same in words.
    pub datetime: String,
    /// Number.
    pub comment_id: i64,
    /// Who wrote it; 0 where that is not said.
    pub author_id: i64,
    /// People who agree.
    pub agrees: u32,
    /// People who disagree.
    pub disagrees: u32,
    /// 1 when it is shown, -1 when it was taken down, 0 when nobody has looked.
    pub moderated: i64,
    /// Text.
    pub comment_body: String,
}

/// Reads `comments.csv`, by number.
///
/// # Errors
/// [`FileError::Csv`] when it is none.
pub fn read_comments(text: &[u8]) -> Result<Vec<Comment>, FileError> {
    let mut found = BTreeMap::new();
    for row in reader(text).deserialize() {
        let row: Comment = row?;
        found.insert(row.comment_id, row);
    }
    Ok(found.into_values().collect())
}

/// Writes `comments.csv`.
///
/// # Errors
/// [`FileError::Csv`] when it can't be written.
pub fn write_comments(comments: &[Comment]) -> Result<Vec<u8>, FileError> {
    let mut writer = Writer::from_writer(Vec::new());
    for comment in comments {
        writer.serialize(comment)?;
    }
    writer.into_inner().map_err(|error| FileError::Csv(error.into_error().into()))
}

fn reader(text: &[u8]) -> Reader<&[u8]> {
    // Spreadsheets like to put a byte order mark first.
    ReaderBuilder::new().from_reader(text.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(text))
}

fn few_enough(statements: usize) -> Result<(), FileError> {
    if statements > STATEMENTS_MAX { Err(FileError::TooMany(statements)) } else { Ok(()) }
}

fn column(head: &StringRecord, name: &'static str) -> Result<usize, FileError> {
    head.iter().position(|it| it.trim() == name).ok_or(FileError::NoColumn(name))
}

fn number(row: &StringRecord, head: &StringRecord, at: usize) -> Result<i64, FileError> {
    let cell = row.get(at).unwrap_or_default().trim();
    cell.parse().map_err(|_| wrong(row, head, at, cell))
}

fn choice(row: &StringRecord, head: &StringRecord, at: usize) -> Result<Choice, FileError> {
    let value = number(row, head, at)?;
    Choice::from_value(value).ok_or_else(|| wrong(row, head, at, &value.to_string()))
}

fn wrong(row: &StringRecord, head: &StringRecord, at: usize, value: &str) -> FileError {
    FileError::Cell {
        line: row.position().map_or(0, csv::Position::line),
        column: head.get(at).unwrap_or_default().to_owned(),
        value: value.chars().take(40).collect(),
    }
}
