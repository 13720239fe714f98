//! Who comes along by merges, and what undoing gives back.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use std::collections::BTreeSet;

use domain::ids::{CommunityId, CourtyardId, EntranceId, HouseholdId, MergeId, PersonId};
use domain::merging::{
    Before, Cosigner, LiveMerge, MergeRefusal, Outlook, UndoFacts, can_go, can_take_in, carried,
    outlook, undoable,
};
use domain::place::{Address, Scope};
use domain::proposal::{Matter, State, StateName, Step};
use domain::time::{DAY_MS, HOUR_MS, Timestamp};
use proptest::prelude::*;

/// Household `n` of the courtyard `n % 2`, with the person `n`.
fn cosigner(household: i64, person: i64) -> Cosigner {
    Cosigner {
        person: PersonId(person),
        address: Address {
            household: HouseholdId(household),
            entrance: EntranceId(household % 4),
            courtyard: CourtyardId(household % 2),
            community: CommunityId(1),
        },
    }
}

fn merge(id: i64, version: i64, households: &[i64], declined: &[i64]) -> LiveMerge {
    LiveMerge {
        id: MergeId(id),
        version,
        cosigners: households.iter().map(|n| cosigner(*n, *n)).collect(),
        declined: declined.iter().map(|n| HouseholdId(*n)).collect(),
    }
}

fn come(direct: &[(i64, i64)], scope: Scope, merges: &[LiveMerge]) -> Vec<(i64, i64, i64)> {
    let direct: Vec<_> = direct.iter().map(|(h, p)| (HouseholdId(*h), PersonId(*p))).collect();
    let all = carried(&direct, scope, merges);
    all.iter().map(|(home, by)| (home.0, by.merge.0, by.version)).collect()
}

const ALL: Scope = Scope::Community(CommunityId(1));

#[test]
fn who_comes_along() {
    let yard = Scope::Courtyard(CourtyardId(0));
    let moved = LiveMerge { cosigners: vec![cosigner(5, 1)], ..merge(2, 1, &[], &[]) };
    type Case<'a> = (&'a str, &'a [(i64, i64)], Scope, Vec<LiveMerge>, &'a [(i64, i64, i64)]);
    let table: &[Case<'_>] = &[
        ("nothing merged", &[(1, 1)], ALL, vec![], &[]),
        ("all", &[], ALL, vec![merge(1, 3, &[1, 2], &[])], &[(1, 1, 3), (2, 1, 3)]),
        ("its own stays", &[(1, 1)], ALL, vec![merge(1, 1, &[1, 2], &[])], &[(2, 1, 1)]),
        ("another adult's too", &[(1, 9)], ALL, vec![merge(1, 1, &[1, 2], &[])], &[(2, 1, 1)]),
        ("no is no", &[], ALL, vec![merge(1, 1, &[1, 2], &[2])], &[(1, 1, 1)]),
        ("the scope", &[], yard, vec![merge(1, 1, &[1, 2, 4], &[])], &[(2, 1, 1), (4, 1, 1)]),
        ("once", &[], ALL, vec![merge(2, 1, &[1], &[]), merge(1, 1, &[1], &[])], &[(1, 1, 1)]),
        (
            "the latest text",
            &[],
            ALL,
            vec![merge(1, 1, &[1], &[]), merge(2, 2, &[1], &[])],
            &[(1, 2, 2)],
        ),
        (
            "no to one, not to the other",
            &[],
            ALL,
            vec![merge(1, 1, &[1], &[1]), merge(2, 1, &[1], &[])],
            &[(1, 2, 1)],
        ),
        ("who moved on counts here", &[(9, 1)], ALL, vec![moved.clone()], &[]),
        ("who moved on counts once", &[], ALL, vec![merge(1, 1, &[1], &[]), moved], &[(1, 1, 1)]),
    ];
    for (what, direct, scope, merges, expected) in table {
        assert_eq!(come(direct, *scope, merges), *expected, "{what}");
    }
}

#[test]
fn what_a_merge_would_do_is_said_before() {
    let direct = [(HouseholdId(2), PersonId(2))];
    let standing = [merge(1, 1, &[4], &[])];
    let asked = merge(9, 1, &[1, 2, 4, 6, 8, 10], &[10]);
    let yard = Scope::Courtyard(CourtyardId(0));
    let expected = Outlook { along: 2, there: 2, outside: 1, declined: 1 };
    assert_eq!(outlook(&direct, yard, &standing, &asked), expected);
}

#[test]
fn what_can_be_merged_is_what_the_state_machine_takes() {
    let states = [
        State::Draft,
        State::Submitted,
        State::Returned,
        State::Withdrawn,
        State::Cosigning { needed: 3, until: Timestamp(1) },
        State::Accepted { threshold_met: true },
        State::Deliberating,
        State::Archived,
        State::Merged { into: domain::ids::ProposalNumber(1) },
    ];
    for state in states {
        let name = state.name();
        let matter = Matter { state, contested: false, reopened: false };
        let taken = matter.apply(Step::Merge { into: domain::ids::ProposalNumber(2) });
        assert_eq!(taken.is_ok(), can_go(name), "{name:?}");
    }
    for name in StateName::ALL {
        let (public, over) = (name.is_public(), name.is_final());
        assert_eq!(can_take_in(*name), public && !over, "{name:?}");
    }
}

#[test]
fn when_a_merge_can_be_undone() {
    use StateName as S;
    let facts = |into, decided_since, until: Option<i64>, now| UndoFacts {
        into,
        decided_since,
        until: until.map(Timestamp),
        now: Timestamp(now),
    };
    let table = [
        (facts(S::Cosigning, false, Some(5), 5), Ok(())),
        (facts(S::Cosigning, false, Some(5), 6), Err(MergeRefusal::TooLate)),
        (facts(S::Cosigning, false, None, 1), Err(MergeRefusal::TooLate)),
        (facts(S::Merged, false, Some(5), 5), Err(MergeRefusal::MergedOn)),
        (facts(S::Balloting, false, Some(5), 5), Err(MergeRefusal::BallotOpen)),
        (facts(S::Decided, true, Some(5), 5), Err(MergeRefusal::Decided)),
        // Decided before the merge, or never: nothing was decided with those who came along.
        (facts(S::Decided, false, Some(5), 5), Ok(())),
        (facts(S::InProgress, true, Some(5), 5), Err(MergeRefusal::Decided)),
        (facts(S::Withdrawn, false, Some(5), 5), Ok(())),
    ];
    for (facts, expected) in table {
        assert_eq!(undoable(facts), expected, "{facts:?}");
    }
}

#[test]
fn clocks_stand_still_while_it_is_merged() {
    let day = |n: i64| Timestamp::end_of(Timestamp(n * DAY_MS).local_date());
    let before = Before {
        state: State::Cosigning { needed: 3, until: day(30) },
        since: Timestamp(77),
        due_at: Some(day(30)),
        due_provisional: true,
    };
    let merged = Timestamp(10 * DAY_MS + 5 * HOUR_MS);
    let again = before.clone().again(merged, merged.plus_days(4).plus_ms(3 * HOUR_MS));
    // Three hours more than four days end on the day after.
    assert_eq!(again.state, State::Cosigning { needed: 3, until: day(35) });
    assert_eq!((again.due_at, again.since), (Some(day(35)), Timestamp(77)));
    assert_eq!(before.clone().again(merged, merged), before);
    let exact = Before { due_at: Some(Timestamp(123)), ..before.clone() };
    assert_eq!(exact.again(Timestamp(0), Timestamp(7)).due_at, Some(Timestamp(130)));
    let none = Before { state: State::Deliberating, due_at: None, ..before };
    assert_eq!(none.clone().again(Timestamp(0), Timestamp(9)), none);
}

fn merges() -> impl Strategy<Value = Vec<LiveMerge>> {
    let cosigners = proptest::collection::btree_map(0i64..12, 0i64..12, 0..8);
    let one = (1i64..4, cosigners, proptest::collection::btree_set(0i64..12, 0..4));
    proptest::collection::vec(one, 0..5).prop_map(|all| {
        let with_id = (1..).zip(all);
        with_id
            .map(|(id, (version, cosigners, declined))| LiveMerge {
                id: MergeId(id),
                version,
                cosigners: cosigners.into_iter().map(|(h, p)| cosigner(h, p)).collect(),
                declined: declined.into_iter().map(HouseholdId).collect(),
            })
            .collect()
    })
}

proptest! {
    /// Whoever comes is in the scope, said no to that merge nowhere, has no co-sign of its own, and counts
    /// once as a household and once as a person; the order in which merges are given changes nothing.
    #[test]
    fn each_counts_once_and_by_right(
        merges in merges(),
        own in proptest::collection::btree_map(0i64..12, 0i64..12, 0..5),
        whole in any::<bool>(),
        turn in 0usize..5,
    ) {
        let scope = if whole { ALL } else { Scope::Courtyard(CourtyardId(0)) };
        let direct: Vec<_> = own.iter().map(|(h, p)| (HouseholdId(*h), PersonId(*p))).collect();
        let come = carried(&direct, scope, &merges);
        let mut people: BTreeSet<_> = direct.iter().map(|(_, person)| *person).collect();
        for (home, by) in &come {
            let merge = merges.iter().find(|merge| merge.id == by.merge).unwrap();
            let source =
                merge.cosigners.iter().find(|one| one.address.household == *home).unwrap();
            prop_assert_eq!(source.person, by.person);
            prop_assert_eq!(merge.version, by.version);
            prop_assert!(scope.contains(&source.address));
            prop_assert!(!merge.declined.contains(home));
            prop_assert!(!own.contains_key(&home.0));
            prop_assert!(people.insert(by.person), "a person twice");
        }
        let mut turned = merges;
        if !turned.is_empty() {
            let by = turn % turned.len();
            turned.rotate_left(by);
        }
        prop_assert_eq!(carried(&direct, scope, &turned), come);
    }

    /// Nobody who could come is left out but for a person who counts already.
    #[test]
    fn nobody_is_left_out(merges in merges()) {
        let come = carried(&[], ALL, &merges);
        let people: BTreeSet<_> = come.values().map(|by| by.person).collect();
        for merge in &merges {
            for one in &merge.cosigners {
                let home = one.address.household;
                let can = !merge.declined.contains(&home);
                prop_assert!(
                    !can || come.contains_key(&home) || people.contains(&one.person),
                    "{home}"
                );
            }
        }
    }

    /// With each person in one household, a merge adds what was said before, and undoing it leaves what
    /// was there.
    #[test]
    fn undone_as_if_it_had_never_been(merges in merges(), last in 0usize..5) {
        let merges: Vec<_> = merges
            .into_iter()
            .map(|merge| LiveMerge {
                cosigners: merge
                    .cosigners
                    .iter()
                    .map(|one| cosigner(one.address.household.0, one.address.household.0))
                    .collect(),
                ..merge
            })
            .collect();
        prop_assume!(last < merges.len());
        let mut others = merges.clone();
        let gone = others.remove(last);
        let said = outlook(&[], ALL, &others, &gone);
        let (with, without) = (carried(&[], ALL, &merges), carried(&[], ALL, &others));
        prop_assert_eq!(with.len(), without.len() + said.along);
        prop_assert!(without.keys().all(|home| with.contains_key(home)));
        prop_assert_eq!(
            said.along + said.there + said.outside + said.declined,
            gone.cosigners.len()
        );
    }
}
