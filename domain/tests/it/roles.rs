//! Giving and ending roles, case by case.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use domain::ids::PersonId;
use domain::place::ScopeKind;
use domain::role::Role;
use domain::role_rule::{Held, RoleRefusal, exclude_each_other, head_stays, may_give, places_of};
use domain::time::Timestamp;

const NOW: Timestamp = Timestamp(1_795_000_000_000);
/// What, to whom, role, place, until, held already, and what is said.
type Case = (
    &'static str,
    i64,
    Role,
    ScopeKind,
    Option<Timestamp>,
    &'static [(Role, bool)],
    Result<(), RoleRefusal>,
);

const GIVER: PersonId = PersonId(1);

fn held(person: i64, role: Role, until: Option<Timestamp>) -> Held {
    Held { person: PersonId(person), role, until }
}

#[test]
fn what_may_be_given() {
    use RoleRefusal as R;
    use ScopeKind::{Community, Courtyard, Entrance};
    let day = |days| Some(NOW.plus_days(days));
    let table: &[Case] = &[
        ("a lead", 2, Role::EntranceLead, Entrance, None, &[], Ok(())),
        ("a lead of a courtyard", 2, Role::EntranceLead, Courtyard, None, &[], Err(R::Place)),
        ("to oneself", 1, Role::CouncilMember, Courtyard, None, &[], Err(R::Oneself)),
        ("户代表", 2, Role::HouseholdRep, Entrance, None, &[], Err(R::NotGiven)),
        ("until tomorrow", 2, Role::CouncilMember, Courtyard, day(1), &[], Ok(())),
        ("until now", 2, Role::CouncilMember, Courtyard, day(0), &[], Err(R::Until)),
        ("until yesterday", 2, Role::CouncilMember, Courtyard, day(-1), &[], Err(R::Until)),
        ("for five years", 2, Role::CommitteeMember, Community, day(1_826), &[], Ok(())),
        ("for six years", 2, Role::CommitteeMember, Community, day(2_191), &[], Err(R::Until)),
        (
            "twice",
            2,
            Role::CouncilMember,
            Courtyard,
            None,
            &[(Role::CouncilMember, true)],
            Err(R::Held),
        ),
        (
            "next door too",
            2,
            Role::CouncilMember,
            Courtyard,
            None,
            &[(Role::CouncilMember, false)],
            Ok(()),
        ),
        (
            "oversight beside committee",
            2,
            Role::OversightBoard,
            Community,
            None,
            &[(Role::CommitteeMember, true)],
            Err(R::Excludes),
        ),
        (
            "head beside oversight",
            2,
            Role::CommitteeHead,
            Community,
            None,
            &[(Role::OversightBoard, true)],
            Err(R::Excludes),
        ),
        (
            "committee for a courtyard",
            2,
            Role::CommitteeMember,
            Courtyard,
            None,
            &[],
            Err(R::Place),
        ),
    ];
    for (what, person, role, place, until, has, expected) in table {
        let new = held(*person, *role, *until);
        assert_eq!(may_give(GIVER, &new, *place, has, NOW), *expected, "{what}");
    }
}

#[test]
fn the_last_head_stays() {
    let a = held(1, Role::CommitteeHead, None);
    let b = held(2, Role::CommitteeHead, None);
    let b_ends = held(2, Role::CommitteeHead, Some(NOW.plus_days(30)));
    let member = held(3, Role::CommitteeMember, None);
    assert_eq!(head_stays(&[a], &a), Err(RoleRefusal::LastHead));
    assert_eq!(head_stays(&[a, b], &a), Ok(()));
    // Somebody whose own time runs out is no lasting head.
    assert_eq!(head_stays(&[a, b_ends], &a), Err(RoleRefusal::LastHead));
    assert_eq!(head_stays(&[a, b_ends], &b_ends), Ok(()));
    assert_eq!(head_stays(&[a, member], &a), Err(RoleRefusal::LastHead));
    assert_eq!(head_stays(&[a], &member), Ok(()));
}

#[test]
fn every_role_has_its_places_and_exclusion_is_mutual() {
    for one in Role::ALL {
        assert_eq!(places_of(*one).is_empty(), *one == Role::HouseholdRep, "{one:?}");
        for other in Role::ALL {
            assert_eq!(exclude_each_other(*one, *other), exclude_each_other(*other, *one));
        }
        assert!(!exclude_each_other(*one, *one));
    }
}
