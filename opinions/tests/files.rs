//! Files as Polis publishes them are read, and written again.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::float_arithmetic,
    reason = "a test fails by panicking"
)]

mod common;

use common::made;
use opinions::file::{
    Comment, FileError, read, read_comments, read_participants, read_votes, write_comments,
    write_participants,
};
use opinions::{Choice, Matrix, find};
use proptest::prelude::*;

const PARTICIPANTS: &[u8] = include_bytes!("data/participants-votes.csv");
const VOTES: &[u8] = include_bytes!("data/votes.csv");
const COMMENTS: &[u8] = include_bytes!("data/comments.csv");

#[test]
fn the_fixture_is_read() {
    let matrix = read_participants(PARTICIPANTS).unwrap();
    assert_eq!(matrix.statements(), [0, 1, 2, 10]);
    assert_eq!(matrix.participants(), [0, 1, 3, 24]);
    use Choice::{Agree, Disagree, Pass};
    assert_eq!(matrix.rows()[1], [Some(Agree), Some(Disagree), None, Some(Pass)]);
    assert_eq!(matrix.rows()[3], [Some(Disagree), None, None, None]);
}

#[test]
fn the_long_form_has_the_same_answers() {
    assert_eq!(read_votes(VOTES).unwrap(), read_participants(PARTICIPANTS).unwrap());
    assert_eq!(read(VOTES).unwrap(), read(PARTICIPANTS).unwrap());
}

#[test]
fn a_byte_order_mark_is_no_part_of_the_first_column() {
    let marked = [b"\xEF\xBB\xBF", PARTICIPANTS].concat();
    assert_eq!(read_participants(&marked).unwrap(), read_participants(PARTICIPANTS).unwrap());
}

#[test]
fn comments_come_back_as_they_were() {
    let comments = read_comments(COMMENTS).unwrap();
    let numbers: Vec<i64> = comments.iter().map(|comment| comment.comment_id).collect();
    assert_eq!(numbers, [0, 1, 2, 10]);
    assert_eq!(comments[1].comment_body, "沙池要有盖子，\n晚上盖上。");
    let text = write_comments(&comments).unwrap();
    let head = "timestamp,datetime,comment-id,author-id,agrees,disagrees,moderated,comment-body\n";
    assert!(text.starts_with(head.as_bytes()));
    assert_eq!(read_comments(&text).unwrap(), comments);
    assert!(read_comments(b"a,b\n1,2\n").is_err());
    let _: Vec<Comment> = read_comments(b"").unwrap();
}

#[test]
fn groups_are_written_for_those_who_have_one() {
    let mut made = made(1, 2, 40, 8, 5, 0);
    made.answers.push((40, 0, Choice::Pass));
    let matrix = made.matrix();
    let found = find(&matrix, 30).unwrap();
    let text = String::from_utf8(write_participants(&matrix, Some(&found)).unwrap()).unwrap();
    let rows: Vec<Vec<&str>> = text.lines().map(|row| row.split(',').collect()).collect();
    assert_eq!(
        rows[0][..7],
        ["participant", "group-id", "n-comments", "n-votes", "n-agree", "n-disagree", "0"]
    );
    assert!(rows[1..41].iter().all(|row| row[1] == "0" || row[1] == "1"));
    assert_eq!(rows[41], ["40", "", "0", "1", "0", "0", "0", "", "", "", "", "", "", ""]);
}

#[test]
fn what_is_no_such_file_is_refused_with_its_line() {
    let lines = |text: &str| match read(text.as_bytes()).unwrap_err() {
        FileError::Cell { line, column, value } => (line, column, value),
        other => panic!("{other}"),
    };
    assert_eq!(lines("participant,1\n4,1\n5,2\n"), (3, "1".into(), "2".into()));
    assert_eq!(lines("participant,1\nx,1\n"), (2, "participant".into(), "x".into()));
    assert_eq!(lines("comment-id,voter-id,vote\n1,1,yes\n"), (2, "vote".into(), "yes".into()));
    assert!(matches!(read(b"name,1\nx,1\n"), Err(FileError::NoColumn("participant"))));
    assert!(matches!(read(b"participant,1\n4,1,1\n"), Err(FileError::Csv(_))));
    assert!(matches!(read(b"participant,1\n4,\xff\n"), Err(FileError::Csv(_))));
    let wide: String = (0..1_001).map(|at| format!(",{at}")).collect();
    let wide = format!("participant{wide}\n");
    assert!(matches!(read(wide.as_bytes()), Err(FileError::TooMany(1_001))));
}

proptest! {
    /// Answers that are written are read again, each in its cell.
    #[test]
    fn round_trip(answers in prop::collection::vec((0_i64..50, 0_i64..9, -1_i64..=1), 0..200)) {
        let answers = answers
            .into_iter()
            .map(|(who, statement, value)| (who, statement, Choice::from_value(value).unwrap()));
        let matrix = Matrix::new(0..9, answers);
        let text = write_participants(&matrix, None).unwrap();
        prop_assert_eq!(read_participants(&text).unwrap(), matrix);
    }

    /// Any bytes are read or refused.
    #[test]
    fn any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = read(&bytes);
        let _ = read_comments(&bytes);
    }
}
