//! The story's file: what happened to each matter, and when.

use domain::time::Timestamp;
use serde::Deserialize;
use time::Time;

/// The story of 枣树湾社区.
pub(super) const FIRST: &str = include_str!("story.toml");
/// The story of the community next door.
pub(super) const SECOND: &str = include_str!("second.toml");

/// The whole story.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Story {
    /// Its matters.
    pub(super) matter: Vec<Matter>,
}

/// A matter and what happened to it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Matter {
    pub(super) key: String,
    pub(super) by: String,
    pub(super) title: String,
    pub(super) situation: String,
    pub(super) suggestion: String,
    pub(super) category: String,
    pub(super) place: String,
    pub(super) entrance: Option<String>,
    pub(super) spot: String,
    pub(super) scope: String,
    pub(super) willing: bool,
    pub(super) on_behalf: Option<String>,
    pub(super) steps: Vec<Moment>,
}

/// Something that happened, and when.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Moment {
    /// Days before today.
    pub(super) d: i64,
    /// Time of day in China, `21:40`.
    pub(super) t: String,
    /// What.
    #[serde(flatten)]
    pub(super) act: Act,
}

impl Moment {
    /// When it happened, seen from `now`; never later than now.
    pub(super) fn at(&self, now: Timestamp) -> Option<Timestamp> {
        let format = time::macros::format_description!("[hour]:[minute]");
        let clock = Time::parse(&self.t, format).ok()?;
        let day = Timestamp::start_of(now.plus_days(-self.d).local_date());
        let ms = i64::from(clock.hour()) * 3_600_000 + i64::from(clock.minute()) * 60_000;
        Some(day.plus_ms(ms).min(now))
    }
}

/// What can happen.
#[derive(Debug, Clone, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub(super) enum Act {
    Submit,
    Publish {
        by: String,
        reason: String,
    },
    NotAccept {
        by: String,
        route: String,
        reason: String,
    },
    Cosign {
        n: usize,
        #[serde(default)]
        also: Vec<String>,
    },
    /// Its author edits the text; the parts that are left out stay.
    Edit {
        situation: Option<String>,
        suggestion: Option<String>,
        /// `correction` or `change`, once neighbours have co-signed.
        #[serde(default)]
        said: String,
        #[serde(default)]
        note: String,
    },
    /// `n` households say that the latest correction is none.
    Contest {
        n: usize,
    },
    /// `n` households keep their co-sign of an older text.
    Keep {
        n: usize,
    },
    Merge {
        by: String,
        into: String,
        reason: String,
    },
    MergeAgree,
    Post {
        by: String,
        stance: String,
        body: String,
        id: Option<String>,
        reply: Option<String>,
        quote: Option<String>,
        /// A question to the committee.
        #[serde(default)]
        ask: bool,
    },
    /// A kind word to a post.
    React {
        by: String,
        post: String,
        kind: String,
    },
    Statement {
        by: String,
        body: String,
    },
    /// `n` people answer the statements; each camp's answers by number, `+`, `-` and `0`.
    Answers {
        n: usize,
        camps: Vec<String>,
    },
    /// Each part a point a line.
    Summary {
        by: String,
        agreed: Vec<String>,
        #[serde(default)]
        favour: Vec<String>,
        #[serde(default)]
        against: Vec<String>,
        #[serde(default)]
        open: Vec<String>,
    },
    /// Somebody says whether the summary in force is fair to their side.
    Judge {
        by: String,
        fair: bool,
    },
    Deliberate {
        by: String,
        reason: String,
    },
    Answer {
        by: String,
        verdict: String,
        reason: String,
    },
    Session {
        by: String,
        attendees: i64,
        minutes: String,
        verdict: Option<String>,
    },
    Ballot {
        by: String,
        kind: String,
        question: String,
        days: i64,
    },
    Votes {
        yes: usize,
        no: usize,
        abstain: usize,
    },
    Refer {
        by: String,
        route: String,
        receiver: String,
        ticket: Option<String>,
        reason: String,
    },
    Progress {
        by: String,
        reason: String,
    },
    Extend {
        by: String,
        reason: String,
    },
    Suspend {
        by: String,
        days: i64,
        reason: String,
    },
    Complete {
        by: String,
        reason: String,
    },
    Review {
        by: String,
        solved: bool,
        satisfaction: String,
        words: String,
    },
    Reviews {
        satisfied: usize,
        fairly: usize,
        dissatisfied: usize,
    },
    FollowUp {
        by: String,
        reason: String,
    },
}

/// Reads a story.
///
/// # Errors
/// Where and why the file can't be read.
pub(super) fn read(text: &str) -> Result<Story, toml::de::Error> {
    toml::from_str(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_story_reads_and_runs_forward() {
        let now = Timestamp(1_795_500_000_000);
        for (text, matters) in [(FIRST, 18), (SECOND, 2)] {
            let story = read(text).unwrap();
            assert!(story.matter.len() >= matters);
            for matter in &story.matter {
                let times: Vec<_> = matter.steps.iter().map(|m| m.at(now).unwrap()).collect();
                assert!(times.is_sorted(), "{}", matter.key);
                assert!(times.iter().all(|at| *at <= now), "{}", matter.key);
            }
        }
    }
}
