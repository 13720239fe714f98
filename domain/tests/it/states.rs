//! Every state and every step: what is taken, and that all else is refused.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use domain::ids::{BallotId, ProposalNumber};
use domain::proposal::{DecidedBy, Matter, State, StateName, Step, Verdict};
use domain::route::Route;
use domain::time::Timestamp;
use proptest::prelude::*;
use time::macros::date;

const ROUTE: Route = Route::Committee;

fn states() -> Vec<State> {
    vec![
        State::Draft,
        State::Submitted,
        State::Returned,
        State::NotAccepted { route: Some(Route::Hotline12345) },
        State::Merged { into: ProposalNumber(1) },
        State::Withdrawn,
        State::Cosigning { needed: 3, until: Timestamp(1) },
        State::Accepted { threshold_met: true },
        State::Deliberating,
        State::Balloting { ballot: BallotId(1) },
        State::Decided { verdict: Verdict::Adopted, by: DecidedBy::Ballot },
        State::Decided { verdict: Verdict::NotAdopted, by: DecidedBy::Committee },
        State::InProgress { route: ROUTE },
        State::Suspended { route: ROUTE, review_on: date!(2026 - 12 - 01) },
        State::Completed { route: ROUTE },
        State::Reviewed { route: ROUTE },
        State::Archived,
    ]
}

fn steps() -> Vec<Step> {
    let decide = |verdict, by| Step::Decide { verdict, by };
    vec![
        Step::Submit,
        Step::Publish { needed: 3, until: Timestamp(1) },
        Step::Rescope { needed: 10 },
        Step::Return,
        Step::NotAccept { route: None },
        Step::Merge { into: ProposalNumber(2) },
        Step::Unmerge { back: Box::new(State::Deliberating) },
        Step::Withdraw,
        Step::Accept { threshold_met: false },
        Step::Deliberate,
        Step::OpenBallot { ballot: BallotId(2) },
        Step::BallotFailed,
        decide(Verdict::Adopted, DecidedBy::Ballot),
        decide(Verdict::Adopted, DecidedBy::Consensus),
        decide(Verdict::Adopted, DecidedBy::Committee),
        Step::Contest,
        Step::Refer { route: ROUTE },
        Step::Suspend { review_on: date!(2027 - 01 - 05) },
        Step::Resume,
        Step::Complete,
        Step::CloseReview,
        Step::Reopen,
        Step::Archive,
    ]
}

/// What may happen in each state, as a person would read it. All that isn't here is refused.
const TAKEN: &[(&str, &[(&str, StateName)])] = {
    use StateName as S;
    &[
        ("draft", &[("submit", S::Submitted), ("withdraw", S::Withdrawn)]),
        (
            "submitted",
            &[
                ("publish", S::Cosigning),
                ("return", S::Returned),
                ("not_accept", S::NotAccepted),
                ("merge", S::Merged),
                ("withdraw", S::Withdrawn),
            ],
        ),
        ("merged", &[("unmerge", S::Deliberating)]),
        ("returned", &[("submit", S::Submitted), ("withdraw", S::Withdrawn)]),
        (
            "cosigning",
            &[
                ("text_scope", S::Cosigning),
                ("return", S::Returned),
                ("not_accept", S::NotAccepted),
                ("merge", S::Merged),
                ("withdraw", S::Withdrawn),
                ("accept", S::Accepted),
            ],
        ),
        (
            "accepted",
            &[
                ("return", S::Returned),
                ("not_accept", S::NotAccepted),
                ("merge", S::Merged),
                ("withdraw", S::Withdrawn),
                ("deliberate", S::Deliberating),
                ("decide/committee", S::Decided),
            ],
        ),
        (
            "deliberating",
            &[
                ("merge", S::Merged),
                ("withdraw", S::Withdrawn),
                ("open_ballot", S::Balloting),
                ("decide/consensus", S::Decided),
                ("decide/committee", S::Decided),
            ],
        ),
        ("balloting", &[("ballot_failed", S::Deliberating), ("decide/ballot", S::Decided)]),
        ("decided/adopted", &[("refer", S::InProgress)]),
        ("decided/not_adopted", &[("contest", S::Deliberating), ("archive", S::Archived)]),
        (
            "in_progress",
            &[("refer", S::InProgress), ("suspend", S::Suspended), ("complete", S::Completed)],
        ),
        ("suspended", &[("suspend", S::Suspended), ("resume", S::InProgress)]),
        ("completed", &[("close_review", S::Reviewed), ("reopen", S::InProgress)]),
        ("reviewed", &[("reopen", S::InProgress), ("archive", S::Archived)]),
    ]
};

fn state_key(state: &State) -> String {
    match state {
        State::Decided { verdict, .. } => format!("decided/{}", verdict.as_str()),
        other => other.name().as_str().to_owned(),
    }
}

fn step_key(step: &Step) -> String {
    match step {
        Step::Decide { by, .. } => format!("decide/{}", by.as_str()),
        other => other.as_str().to_owned(),
    }
}

fn expected(state: &State, step: &Step) -> Option<StateName> {
    let (_, row) = TAKEN.iter().find(|(key, _)| *key == state_key(state))?;
    row.iter().find(|(key, _)| *key == step_key(step)).map(|(_, next)| *next)
}

#[test]
fn every_state_takes_exactly_the_steps_of_the_table() {
    for state in states() {
        for step in steps() {
            let matter = Matter { state: state.clone(), contested: false, reopened: false };
            let got = matter.apply(step.clone()).map(|m| m.state.name()).ok();
            assert_eq!(got, expected(&state, &step), "{state:?} + {step:?}");
        }
    }
}

#[test]
fn the_table_names_only_what_exists() {
    let keys: Vec<String> = states().iter().map(state_key).collect();
    let step_keys: Vec<String> = steps().iter().map(step_key).collect();
    for (state, row) in TAKEN {
        assert!(keys.iter().any(|k| k == state), "{state}");
        for (step, _) in *row {
            assert!(step_keys.iter().any(|k| k == step), "{step}");
        }
    }
}

/// A merge is undone to where a matter can be merged from, exactly as it was there.
#[test]
fn unmerging_gives_back_what_was_merged() {
    for back in states() {
        let matter = |state| Matter { state, contested: true, reopened: true };
        let merged = matter(back.clone()).apply(Step::Merge { into: ProposalNumber(2) });
        let step = Step::Unmerge { back: Box::new(back.clone()) };
        let again = matter(State::Merged { into: ProposalNumber(2) }).apply(step);
        assert_eq!(again.ok(), merged.ok().map(|_| matter(back.clone())), "{back:?}");
    }
}

/// Another circle needs another number of households, by the same day.
#[test]
fn another_circle_keeps_the_last_day() {
    let matter = |needed| Matter {
        state: State::Cosigning { needed, until: Timestamp(7) },
        contested: false,
        reopened: false,
    };
    assert_eq!(matter(3).apply(Step::Rescope { needed: 30 }), Ok(matter(30)));
}

#[test]
fn contested_once_and_reopened_once() {
    let refused = State::Decided { verdict: Verdict::NotAdopted, by: DecidedBy::Committee };
    let matter = Matter { state: refused, contested: true, reopened: false };
    assert!(matter.apply(Step::Contest).is_err());
    for state in [State::Completed { route: ROUTE }, State::Reviewed { route: ROUTE }] {
        let once = Matter { state: state.clone(), contested: false, reopened: false };
        assert!(once.apply(Step::Reopen).is_ok_and(|m| m.reopened));
        let twice = Matter { state, contested: false, reopened: true };
        assert!(twice.apply(Step::Reopen).is_err());
    }
}

#[test]
fn only_work_is_referred() {
    for route in Route::ALL {
        let decided = State::Decided { verdict: Verdict::Adopted, by: DecidedBy::Ballot };
        let matter = Matter { state: decided, contested: false, reopened: false };
        let taken = matter.apply(Step::Refer { route: *route }).is_ok();
        assert_eq!(taken, route.is_work(), "{route:?}");
    }
}

#[test]
fn a_state_survives_its_columns() {
    for state in states() {
        let json = serde_json::to_string(&state).unwrap();
        assert_eq!(serde_json::from_str::<State>(&json).unwrap(), state, "{json}");
        assert!(json.contains(&format!("\"state\":\"{}\"", state.name().as_str())), "{json}");
    }
}

proptest! {
    /// However steps come, a final state stays but for a merge that is undone, and contest and reopen happen at most once.
    #[test]
    fn random_lives_end(picks in proptest::collection::vec(0usize..22, 0..60)) {
        let all = steps();
        let mut matter = Matter::draft();
        let (mut contests, mut reopens) = (0, 0);
        for pick in picks {
            let step = all[pick].clone();
            let from = matter.state.name();
            match matter.clone().apply(step.clone()) {
                Ok(next) => {
                    let unmerged = matches!(step, Step::Unmerge { .. });
                    prop_assert!(!from.is_final() || from == StateName::Merged && unmerged);
                    contests += u32::from(step == Step::Contest);
                    reopens += u32::from(step == Step::Reopen);
                    matter = next;
                }
                Err(refused) => prop_assert_eq!(refused.from, from),
            }
        }
        prop_assert!(contests <= 1 && reopens <= 1);
    }
}
