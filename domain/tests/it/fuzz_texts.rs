//! Fuzz targets: whatever is typed, cleaning, counting and reading it never fails, and nothing slips through.
//!
//! They run for some seconds with the other tests; `cargo bolero test -p domain NAME` runs one of them with a
//! coverage-guided engine for as long as one likes.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use std::time::Duration;

use bolero::generator::{TypeGenerator, ValueGenerator as _, produce};
use domain::rich::{Block, Inline, parse, plain};
use domain::text::{PostBody, TextError, Title, clean, count};

/// What people paste, and what somebody would try: pieces that mean something, between any characters.
#[derive(Debug, Clone, TypeGenerator)]
enum Piece {
    Any(char),
    Known(u8),
}

const KNOWN: &[&str] = &[
    "**",
    "*",
    "[",
    "](",
    ")",
    "https://",
    "http://",
    "town.example",
    "/a?b=1",
    "@",
    "\\",
    "\n",
    "\r\n",
    "\r",
    "\t",
    " ",
    "- ",
    "1. ",
    "2、",
    "<script>",
    "</textarea>",
    "javascript:",
    "\u{202E}",
    "\u{2066}",
    "\u{FEFF}",
    "\u{0}",
    "\u{7F}",
    "\u{85}",
    "电梯",
    "停车",
    "👨‍👩‍👧",
    "e\u{301}",
    "\u{200D}",
    "\u{FE0F}",
    "🇨🇳",
    "한",
    "&amp;",
    "\u{2028}",
    "\u{AD}",
    "。",
    "，",
    "3号楼",
];

fn typed(pieces: &[Piece]) -> String {
    let mut text = String::new();
    for piece in pieces {
        match piece {
            Piece::Any(c) => text.push(*c),
            Piece::Known(n) => text.push_str(KNOWN[usize::from(*n) % KNOWN.len()]),
        }
    }
    text
}

/// Runs a check on typed texts for some seconds; a macro, so that each test is a fuzz target by its own name.
macro_rules! fuzz {
    ($check:expr) => {
        bolero::check!()
            .with_generator(
                produce::<Vec<Piece>>().with().len(0usize..=64).map_gen(|all| typed(&all)),
            )
            .with_test_time(Duration::from_secs(3))
            .for_each(|text: &String| {
                let check: fn(&str) = $check;
                check(text);
            });
    };
}

#[test]
fn cleaning_leaves_nothing_unseen_and_is_done_once() {
    fuzz!(|text| {
        let cleaned = clean(text);
        assert_eq!(clean(&cleaned), cleaned, "{text:?}");
        let steers =
            |c: char| matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}');
        assert!(!cleaned.chars().any(|c| steers(c) || c == '\r'), "{text:?}");
        assert!(!cleaned.chars().any(|c| c.is_control() && c != '\n' && c != '\t'), "{text:?}");
        assert_eq!(cleaned.trim(), cleaned, "{text:?}");
    });
}

#[test]
fn limits_are_counted_as_people_count() {
    fuzz!(|text| {
        let cleaned = clean(text);
        let len = count(&cleaned);
        assert!(len <= cleaned.chars().count(), "{text:?}");
        match PostBody::parse(text) {
            Ok(body) => assert!((1..=PostBody::MAX).contains(&count(body.as_str())), "{text:?}"),
            Err(TextError::Empty) => assert_eq!(len, 0, "{text:?}"),
            Err(TextError::TooLong { len: said, max }) => {
                assert_eq!((said, max), (len, PostBody::MAX), "{text:?}");
                assert!(len > max, "{text:?}");
            }
            Err(other) => panic!("{other:?} for {text:?}"),
        }
        if let Ok(title) = Title::parse(text) {
            assert!(!title.as_str().contains('\n'), "{text:?}");
            assert!((Title::MIN..=Title::MAX).contains(&count(title.as_str())), "{text:?}");
        }
    });
}

#[test]
fn a_link_leads_where_it_says_and_no_word_is_lost() {
    fuzz!(|text| {
        let cleaned = clean(text);
        let blocks = parse(&cleaned);
        for part in blocks.iter().flat_map(parts) {
            if let Inline::Link { url, host, text: said } = part {
                let scheme = url.to_ascii_lowercase();
                assert!(
                    scheme.starts_with("https://") || scheme.starts_with("http://"),
                    "{text:?}"
                );
                let host_end = url.find("://").unwrap() + 3 + host.len();
                assert!(
                    url.get(..host_end)
                        .is_some_and(|head| { head.to_ascii_lowercase().ends_with(&**host) }),
                    "{text:?}"
                );
                let after = url.get(host_end..).unwrap().chars().next();
                assert!(matches!(after, None | Some('/' | '?' | '#' | ':')), "{text:?}");
                assert!(!url.contains(['\\', '<', '>', '"']) && !said.is_empty(), "{text:?}");
            }
        }
        // Letters are never lost: what is shown holds each one of them.
        let letters = |text: &str| text.chars().filter(|c| c.is_alphabetic()).count();
        assert!(letters(&plain(&cleaned)) >= letters(&cleaned), "{text:?}");
    });
}

fn parts(block: &Block) -> Vec<&Inline> {
    match block {
        Block::Paragraph(lines) => lines.iter().flatten().collect(),
        Block::List { items, .. } => items.iter().flatten().collect(),
    }
}
