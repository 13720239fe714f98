//! `docs/attacks.md` names tests that are there, and leaves no attack without a word on its test.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use std::collections::BTreeSet;
use std::path::Path;

/// What stands in a row whose test is still to be written.
const NONE_YET: &str = "no test yet";

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

/// What stands in backticks and reads `path.rs::name`.
fn references(text: &str) -> impl Iterator<Item = (&str, &str)> {
    text.split('`').skip(1).step_by(2).filter_map(|quoted| {
        let (path, name) = quoted.split_once(".rs::")?;
        Some((&quoted[..path.len() + 3], name))
    })
}

/// Whether a source holds a test of that name: a function with the attribute of one.
fn holds(source: &str, name: &str) -> bool {
    source.match_indices(&format!("fn {name}(")).any(|(at, _)| {
        let line = source[..at].rfind('\n').unwrap_or(0);
        let above = source[..line].lines().rev().map(str::trim);
        above.take_while(|line| line.starts_with("#[")).any(|line| line.contains("test"))
    })
}

#[test]
fn every_test_that_is_named_is_there() {
    let doc = std::fs::read_to_string(root().join("docs/attacks.md")).unwrap();
    let named: BTreeSet<_> = references(&doc).collect();
    assert!(named.len() > 60, "the references are read: {}", named.len());
    let missing: Vec<_> = named
        .into_iter()
        .filter(|(path, name)| {
            let source = std::fs::read_to_string(root().join(path));
            !source.is_ok_and(|source| holds(&source, name))
        })
        .map(|(path, name)| format!("{path}::{name}"))
        .collect();
    assert!(missing.is_empty(), "docs/attacks.md names what isn't there:\n{}", missing.join("\n"));
}

#[test]
fn every_attack_says_what_tries_it() {
    let doc = std::fs::read_to_string(root().join("docs/attacks.md")).unwrap();
    let rows = doc.lines().filter(|line| {
        line.starts_with('|') && !line.starts_with("|---") && !line.starts_with("| attack |")
    });
    let mut attacks = BTreeSet::new();
    for row in rows {
        let cells: Vec<_> = row.trim_matches('|').split('|').map(str::trim).collect();
        let &[attack, holds_against, tests] = &cells[..] else { panic!("three cells: {row}") };
        assert!(!holds_against.is_empty(), "{attack}");
        assert!(tests == NONE_YET || references(tests).next().is_some(), "{attack}: {tests}");
        assert!(attacks.insert(attack), "twice: {attack}");
    }
    assert!(attacks.len() > 40, "the rows are read: {}", attacks.len());
}

#[test]
fn a_test_is_told_from_what_is_none() {
    let source = "#[test]\nfn a() {}\n\n    #[tokio::test]\n    async fn b() {}\n\nfn c() {}\n";
    assert!(holds(source, "a") && holds(source, "b"));
    for none in ["c", "d", "a_longer_name", ""] {
        assert!(!holds(source, none), "{none}");
    }
    let text = "`x/y.rs::a`, `z`, y.rs::b, `y.rs::c_d`";
    assert_eq!(references(text).collect::<Vec<_>>(), [("x/y.rs", "a"), ("y.rs", "c_d")]);
}
