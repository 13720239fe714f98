//! The permission table, role by role.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use domain::ids::{CommunityId, CourtyardId, EntranceId, HouseholdId, PersonId};
use domain::permission::{Action, Denied, RULES, Target, as_markdown, permit};
use domain::place::{Address, Scope};
use domain::role::{Actor, Role, RoleGrant};

const HERE: CommunityId = CommunityId(1);
const YARD: Scope = Scope::Courtyard(CourtyardId(10));

fn home() -> Address {
    Address {
        household: HouseholdId(1000),
        entrance: EntranceId(100),
        courtyard: CourtyardId(10),
        community: HERE,
    }
}

fn actor(home: Option<Address>, roles: &[(Role, Scope)]) -> Actor {
    let roles =
        roles.iter().map(|(role, scope)| RoleGrant { role: *role, scope: *scope }).collect();
    Actor {
        person: PersonId(1),
        community: HERE,
        home,
        roles,
        duty_waits: false,
        stepped_up: true,
        consented: true,
        through: None,
    }
}

fn target() -> Target {
    Target { scope: Some(YARD), ..Target::community(HERE) }
}

#[test]
fn every_action_has_exactly_one_line() {
    for action in Action::ALL {
        let lines = RULES.iter().filter(|rule| rule.action == *action).count();
        assert_eq!(lines, 1, "{action:?}");
    }
}

#[test]
fn the_document_is_the_table() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/permissions.md");
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(path, as_markdown()).unwrap();
    }
    let written = std::fs::read_to_string(path).unwrap_or_default();
    assert_eq!(
        written,
        as_markdown(),
        "run UPDATE_DOCS=1 cargo test -p domain --test it permissions::"
    );
}

#[test]
fn what_each_role_may_do_about_a_matter_in_its_courtyard() {
    use Action as A;
    let all_here = Scope::Community(HERE);
    let signed_in: &[Action] = &[A::Appeal, A::Follow, A::AccountOwn, A::ConsentOwn];
    let member: &[Action] = &[
        A::ProposalSubmit,
        A::Cosign,
        A::PostWrite,
        A::PostReact,
        A::Report,
        A::Appeal,
        A::DraftOwn,
        A::SummaryJudge,
        A::StatementWrite,
        A::Follow,
        A::AccountOwn,
        A::ConsentOwn,
    ];
    let council = &[member, &[A::SummaryPin, A::SessionRecord]].concat();
    let committee: &[Action] = &[
        A::ProposalReadHidden,
        A::PostWrite,
        A::PostHide,
        A::ReportDecide,
        A::Appeal,
        A::AppealDecide,
        A::TextRaise,
        A::MergeUndo,
        A::OpinionsFile,
        A::PlanDraw,
        A::SummaryPin,
        A::ProposalDecide,
        A::SessionRecord,
        A::BallotManage,
        A::WorkManage,
        A::FollowUpRecord,
        A::Follow,
        A::DeskRead,
        A::MailResend,
        A::AccountOwn,
        A::ConsentOwn,
        A::RollLook,
        A::SlipPrint,
        A::RollChange,
        A::RollImport,
        A::PlacesChange,
    ];
    let lead = &[member, &[A::Vouch]].concat();
    let head = &[committee, &[A::RoleGive, A::SettingsChange]].concat();
    let oversight: &[Action] = &[
        A::ProposalReadHidden,
        A::Appeal,
        A::RemovedRead,
        A::OpinionsFile,
        A::Follow,
        A::DeskRead,
        A::AccountOwn,
        A::ConsentOwn,
    ];
    let table: &[(&str, Actor, &[Action])] = &[
        ("an account without a household", actor(None, &[]), signed_in),
        ("a resident", actor(Some(home()), &[]), member),
        ("a council member", actor(Some(home()), &[(Role::CouncilMember, YARD)]), council),
        (
            "an entrance lead",
            actor(Some(home()), &[(Role::EntranceLead, Scope::Entrance(EntranceId(100)))]),
            lead,
        ),
        ("a committee member", actor(None, &[(Role::CommitteeMember, all_here)]), committee),
        ("the committee's head", actor(None, &[(Role::CommitteeHead, all_here)]), head),
        ("oversight", actor(None, &[(Role::OversightBoard, all_here)]), oversight),
    ];
    for (name, who, may) in table {
        for action in Action::ALL {
            let got = permit(Some(who), *action, &target()).is_ok();
            assert_eq!(got, may.contains(action), "{name}: {action:?}");
        }
    }
}

#[test]
fn refusals_say_what_helps() {
    let resident = actor(Some(home()), &[]);
    let guest = actor(None, &[]);
    let elsewhere = Target { scope: Some(Scope::Courtyard(CourtyardId(11))), ..target() };
    let abroad = Target::community(CommunityId(2));
    let table = [
        (None, Action::Cosign, target(), Denied::SignIn),
        (Some(&guest), Action::Cosign, target(), Denied::NotVerified),
        (Some(&guest), Action::ProposalSubmit, target(), Denied::NotVerified),
        (Some(&resident), Action::Cosign, elsewhere, Denied::OutOfScope),
        (Some(&resident), Action::Cosign, abroad, Denied::NotHere),
        (Some(&resident), Action::Review, target(), Denied::NotYours),
        (Some(&resident), Action::ProposalOwn, target(), Denied::NotYours),
        (Some(&resident), Action::BallotCast, target(), Denied::NotElector),
        (Some(&resident), Action::DeskRead, target(), Denied::NeedsRole),
    ];
    for (who, action, target, denied) in table {
        assert_eq!(permit(who, action, &target), Err(denied), "{action:?}");
    }
}

#[test]
fn a_role_ends_at_its_place() {
    let other_yard = Scope::Courtyard(CourtyardId(11));
    let council = actor(Some(home()), &[(Role::CouncilMember, YARD)]);
    let there = Target { scope: Some(other_yard), ..target() };
    let all = Target { scope: Some(Scope::Community(HERE)), ..target() };
    assert_eq!(permit(Some(&council), Action::SummaryPin, &there), Err(Denied::NeedsRole));
    assert_eq!(permit(Some(&council), Action::SummaryPin, &all), Ok(()));
    let entrance = Scope::Entrance(EntranceId(101));
    let inside = Target { scope: Some(entrance), courtyard: Some(CourtyardId(10)), ..target() };
    let outside = Target { scope: Some(entrance), courtyard: Some(CourtyardId(11)), ..target() };
    assert_eq!(permit(Some(&council), Action::SummaryPin, &inside), Ok(()));
    assert_eq!(permit(Some(&council), Action::SummaryPin, &outside), Err(Denied::NeedsRole));
}

#[test]
fn relations_open_what_roles_do_not() {
    let resident = actor(Some(home()), &[]);
    let own = Target { proposer: true, ..target() };
    let signed = Target { cosigner: true, ..target() };
    let elector = Target { elector: true, ..target() };
    assert_eq!(permit(Some(&resident), Action::ProposalReadHidden, &own), Ok(()));
    assert_eq!(permit(Some(&resident), Action::ProposalOwn, &own), Ok(()));
    assert_eq!(permit(Some(&resident), Action::MergeUndo, &own), Ok(()));
    for action in [Action::Review, Action::TextContest, Action::MergeDecline] {
        assert_eq!(permit(Some(&resident), action, &signed), Ok(()), "{action:?}");
        assert_eq!(permit(Some(&resident), action, &target()), Err(Denied::NotYours), "{action:?}");
    }
    assert_eq!(permit(Some(&resident), Action::BallotCast, &elector), Ok(()));
}

#[test]
fn a_lead_vouches_for_their_own_entrance_alone() {
    let (own, next) = (Scope::Entrance(EntranceId(100)), Scope::Entrance(EntranceId(101)));
    let here = Target { courtyard: Some(CourtyardId(10)), ..Target::place(HERE, own) };
    let lead = actor(Some(home()), &[(Role::EntranceLead, own)]);
    assert_eq!(permit(Some(&lead), Action::Vouch, &here), Ok(()));
    // Neither the lead of another entrance who lives here, nor one whose own is next door.
    let other = actor(Some(home()), &[(Role::EntranceLead, next)]);
    assert_eq!(permit(Some(&other), Action::Vouch, &here), Err(Denied::NeedsRole));
    let there = Target { courtyard: Some(CourtyardId(10)), ..Target::place(HERE, next) };
    assert_eq!(permit(Some(&lead), Action::Vouch, &there), Err(Denied::NeedsRole));
}

#[test]
fn a_household_is_the_business_of_its_adults() {
    let resident = actor(Some(home()), &[]);
    let own = Target::household(HERE, HouseholdId(1000));
    let other = Target::household(HERE, HouseholdId(1001));
    assert_eq!(permit(Some(&resident), Action::HouseholdOwn, &own), Ok(()));
    assert_eq!(permit(Some(&resident), Action::HouseholdOwn, &other), Err(Denied::NotYours));
    let guest = actor(None, &[]);
    let none = Target::community(HERE);
    assert!(permit(Some(&guest), Action::HouseholdOwn, &none).is_err());
}

#[test]
fn consent_second_factor_and_helper_each_close_what_they_should() {
    let all_here = Scope::Community(HERE);
    let member = actor(Some(home()), &[]);
    let silent = Actor { consented: false, ..member.clone() };
    assert_eq!(permit(Some(&silent), Action::Cosign, &target()), Err(Denied::Consent));
    assert_eq!(permit(Some(&silent), Action::AccountOwn, &target()), Ok(()));
    let head = actor(None, &[(Role::CommitteeHead, all_here)]);
    let stale = Actor { stepped_up: false, ..head.clone() };
    for action in [Action::RoleGive, Action::BallotManage, Action::RollImport, Action::SlipPrint] {
        assert_eq!(permit(Some(&head), action, &target()), Ok(()), "{action:?}");
        assert_eq!(permit(Some(&stale), action, &target()), Err(Denied::StepUp), "{action:?}");
    }
    assert_eq!(permit(Some(&stale), Action::ProposalDecide, &target()), Ok(()));
    let waiting = Actor { duty_waits: true, ..actor(None, &[]) };
    assert_eq!(permit(Some(&waiting), Action::DeskRead, &target()), Err(Denied::SecondFactor));
    let through = Actor { through: Some(PersonId(9)), ..member };
    assert_eq!(permit(Some(&through), Action::Cosign, &target()), Ok(()));
    assert_eq!(permit(Some(&through), Action::AccountOwn, &target()), Err(Denied::NotThrough));
    assert_eq!(permit(Some(&through), Action::ConsentOwn, &target()), Ok(()));
    assert_eq!(through.audit_name(), "person:1 through person:9");
}
