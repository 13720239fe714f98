//! Every rule of a ballot with its edges, and what holds for all counts.
#![allow(clippy::unwrap_used, reason = "tests")]

use domain::ballot::{
    BallotKind, CompositionError, Count, CountError, Effect, Majority, Outcome, Owners, Project,
    ProjectError, Quorum, Selection, Source, Test, by_heads, check_composition,
};
use proptest::prelude::*;

fn judge(kind: BallotKind, members: u64, yes: u64, no: u64, abstain: u64) -> Outcome {
    by_heads(kind, &Count::new(members, yes, no, abstain).unwrap()).unwrap()
}

#[test]
fn one_vote_each() {
    use BallotKind::*;
    // kind, members, yes, no, abstain → quorum, valid, passed
    let table = [
        // Straw: always valid, more for than against.
        (Straw, 10, 0, 0, 0, 0, true, false),
        (Straw, 10, 1, 0, 9, 0, true, true),
        (Straw, 10, 3, 3, 0, 0, true, false),
        (Straw, 10, 4, 3, 3, 0, true, true),
        // More than half take part, more than half of those agree.
        (Council, 9, 0, 0, 0, 5, false, false),
        (Council, 9, 4, 0, 0, 5, false, false),
        (Council, 9, 3, 2, 0, 5, true, true),
        (Council, 9, 3, 3, 0, 5, true, false),
        (ResidentsByPerson, 3120, 1560, 0, 0, 1561, false, false), // exactly half
        (ResidentsByPerson, 3120, 781, 780, 0, 1561, true, true),
        (ResidentsByPerson, 3120, 780, 780, 1, 1561, true, false),
        (ResidentsByPerson, 3121, 1560, 0, 0, 1561, false, false), // one short of an odd number
        (ResidentsByPerson, 1, 1, 0, 0, 1, true, true),
        (ResidentsByPerson, 2, 1, 0, 0, 2, false, false),
        (ResidentsByHousehold, 1286, 598, 0, 0, 644, false, false), // 拆三个车位建沙池
        (ResidentsByHousehold, 1286, 643, 0, 0, 644, false, false), // exactly half
        (ResidentsByHousehold, 1286, 644, 0, 0, 644, true, true),
        (ResidentsByHousehold, 1286, 322, 322, 0, 644, true, false), // exactly half agree
        (ResidentsByHousehold, 1286, 322, 0, 322, 644, true, false), // 弃权 doesn't agree
        (ResidentsByHousehold, 1286, 323, 321, 0, 644, true, true),
        (ResidentsByHousehold, 1286, 0, 0, 0, 644, false, false), // nobody came
        (ResidentsByHousehold, 1286, 0, 0, 1286, 644, true, false),
        // Two thirds take part, more than half of those agree.
        (Representatives, 50, 31, 4, 3, 34, true, true), // 文明养犬写进公约
        (Representatives, 50, 33, 0, 0, 34, false, false),
        (Representatives, 50, 17, 17, 0, 34, true, false),
        (Representatives, 50, 18, 16, 0, 34, true, true),
        (Representatives, 51, 34, 0, 0, 34, true, true), // exactly two thirds
        (Representatives, 51, 33, 0, 0, 34, false, false),
        (Representatives, 52, 34, 0, 0, 35, false, false),
        (Representatives, 52, 35, 0, 0, 35, true, true),
        (Representatives, 50, 0, 0, 0, 34, false, false),
        // Everyone takes part and agrees.
        (Unanimous, 9, 9, 0, 0, 9, true, true),
        (Unanimous, 9, 8, 0, 1, 9, true, false),
        (Unanimous, 9, 8, 1, 0, 9, true, false),
        (Unanimous, 9, 8, 0, 0, 9, false, false),
        (Unanimous, 9, 0, 0, 0, 9, false, false),
        (Unanimous, 1, 1, 0, 0, 1, true, true),
    ];
    for (kind, members, yes, no, abstain, quorum, valid, passed) in table {
        let expected = Outcome { participated: yes + no + abstain, quorum, valid, passed };
        let found = judge(kind, members, yes, no, abstain);
        assert_eq!(found, expected, "{kind} {members}: {yes}/{no}/{abstain}");
    }
}

#[test]
fn the_largest_numbers_are_judged_exactly() {
    let max = u64::MAX;
    assert_eq!(judge(BallotKind::ResidentsByPerson, max, max, 0, 0).quorum, (max >> 1) + 1);
    let half = judge(BallotKind::ResidentsByPerson, max, max / 2, max - max / 2, 0);
    assert!(half.valid && !half.passed);
    let more = judge(BallotKind::ResidentsByPerson, max, max / 2 + 1, max / 2, 0);
    assert!(more.passed);
    assert_eq!(Quorum::AtLeastTwoThirds.smallest(max), max / 3 * 2);
    let quarter = max / 4;
    let special = |yes| Count::new(max, yes, max - yes, 0).unwrap();
    let rule = (Quorum::AtLeastTwoThirds, Majority::AtLeastThreeQuarters);
    assert!(special(max - quarter).judge(rule.0, rule.1).passed);
    assert!(!special(max - quarter - 1).judge(rule.0, rule.1).passed);
}

#[test]
fn owners_need_both_measures() {
    use BallotKind::{OwnersOrdinary as Ordinary, OwnersSpecial as Special};
    // kind, heads (total, yes, no, abstain), area → (valid, passed) of heads, of area, of both
    type Measure = (u64, u64, u64, u64);
    type Row = (BallotKind, Measure, Measure, (bool, bool), (bool, bool), (bool, bool));
    let (yes, no) = ((true, true), (true, false));
    let short = (false, false);
    let table: [Row; 12] = [
        (Ordinary, (9, 6, 0, 0), (90_000, 60_000, 0, 0), yes, yes, yes), // exactly two thirds
        (Ordinary, (9, 5, 0, 0), (90_000, 60_000, 0, 0), short, yes, short),
        (Ordinary, (9, 6, 0, 0), (90_000, 59_999, 0, 0), yes, short, short),
        (Ordinary, (9, 3, 3, 0), (90_000, 40_000, 20_000, 0), no, yes, no), // exactly half
        (Ordinary, (9, 4, 2, 0), (90_000, 30_000, 30_000, 0), yes, no, no),
        (Ordinary, (9, 4, 2, 0), (90_000, 30_001, 29_999, 0), yes, yes, yes),
        (Ordinary, (9, 4, 0, 4), (90_000, 60_000, 0, 0), no, yes, no), // 弃权 doesn't agree
        (Ordinary, (9, 0, 0, 0), (90_000, 0, 0, 0), short, short, short),
        (Special, (12, 6, 2, 0), (90_000, 45_000, 15_000, 0), yes, yes, yes), // exactly 3/4
        (Special, (12, 6, 2, 0), (90_000, 44_999, 15_001, 0), yes, no, no),
        (Special, (12, 6, 3, 0), (90_000, 60_000, 0, 0), no, yes, no),
        (Special, (12, 0, 0, 0), (90_000, 0, 0, 0), short, short, short),
    ];
    for (kind, heads, area, of_heads, of_area, both) in table {
        let count = |(total, yes, no, abstain)| Count::new(total, yes, no, abstain).unwrap();
        let judged = Owners { heads: count(heads), area: count(area) }.judge(kind).unwrap();
        let row = format!("{kind} {heads:?} {area:?}");
        assert_eq!((judged.heads.valid, judged.heads.passed), of_heads, "heads of {row}");
        assert_eq!((judged.area.valid, judged.area.passed), of_area, "area of {row}");
        assert_eq!((judged.valid(), judged.passed()), both, "{row}");
    }
}

#[test]
fn each_measure_has_its_kinds() {
    let count = Count::new(3, 1, 1, 1).unwrap();
    let owners = Owners { heads: count, area: count };
    for kind in BallotKind::ALL {
        let test = kind.rule().test;
        assert_eq!(by_heads(kind, &count).is_ok(), matches!(test, Test::Heads { .. }), "{kind}");
        assert_eq!(owners.judge(kind).is_ok(), matches!(test, Test::HeadsAndArea { .. }), "{kind}");
    }
}

#[test]
fn counts_that_cannot_be() {
    let table = [
        ((0, 0, 0, 0), CountError::EmptyElectorate),
        ((0, 1, 0, 0), CountError::EmptyElectorate),
        ((3, 2, 1, 1), CountError::MoreVotesThanMembers { participated: 4, members: 3 }),
        ((u64::MAX, u64::MAX, 1, 0), CountError::Overflow),
        ((u64::MAX, u64::MAX - 1, 1, 1), CountError::Overflow),
    ];
    for ((members, yes, no, abstain), expected) in table {
        assert_eq!(Count::new(members, yes, no, abstain), Err(expected));
    }
}

#[test]
fn four_fifths_of_a_meeting_are_representatives() {
    assert_eq!(check_composition(50, 9, 41), Ok(()));
    assert_eq!(check_composition(45, 9, 36), Ok(()), "exactly four fifths");
    assert_eq!(check_composition(41, 0, 41), Ok(()));
    assert!(matches!(
        check_composition(44, 9, 35),
        Err(CompositionError::TooFewRepresentatives { .. })
    ));
    assert!(matches!(
        check_composition(51, 9, 41),
        Err(CompositionError::SumDiffers { sum: 50, .. })
    ));
    assert!(matches!(check_composition(0, u64::MAX, 1), Err(CompositionError::SumDiffers { .. })));
}

fn project(id: &str, cost: u64, approvals: u64) -> Project {
    Project { id: id.to_owned(), cost, approvals }
}

#[test]
fn projects_share_the_fund() {
    // quorum, voters, fund, projects → valid, funded, left
    let three =
        || vec![project("lamp", 500, 7), project("bench", 300, 9), project("garden", 600, 8)];
    let table = [
        (5, 10, 1000, three(), true, vec!["bench", "garden"], 100),
        (5, 10, 1400, three(), true, vec!["bench", "garden", "lamp"], 0),
        (5, 10, 800, three(), true, vec!["bench", "lamp"], 0), // the garden is passed over
        (10, 10, 300, three(), true, vec!["bench"], 0),
        (11, 10, 1000, three(), false, vec![], 1000), // one short
        (5, 10, 299, three(), true, vec![], 299),
        (5, 10, 1000, vec![], true, vec![], 1000),
        (0, 0, 10, vec![], true, vec![], 10),
        (1, 0, 10, vec![project("a", 1, 0)], false, vec![], 10), // nobody came
        // Ties: the lower cost, then the place in the list.
        (1, 9, 100, vec![project("a", 60, 5), project("b", 50, 5)], true, vec!["b"], 50),
        (1, 9, 50, vec![project("a", 50, 5), project("b", 50, 5)], true, vec!["a"], 0),
        (1, 9, 50, vec![project("b", 50, 5), project("a", 50, 5)], true, vec!["b"], 0),
    ];
    for (quorum, voters, fund, projects, valid, funded, left) in table {
        let row = format!("{quorum} {voters} {fund} {projects:?}");
        let judged = Selection::new(quorum, voters, fund, projects).unwrap().judge();
        let passed = !funded.is_empty();
        assert_eq!(
            judged.outcome,
            Outcome { participated: voters, quorum, valid, passed },
            "{row}"
        );
        assert_eq!(
            (judged.funded.iter().map(String::as_str).collect(), judged.left),
            (funded, left),
            "{row}"
        );
    }
}

#[test]
fn projects_that_cannot_be() {
    let refused = |projects| Selection::new(1, 9, 100, projects).unwrap_err();
    assert_eq!(refused(vec![project("a", 1, 1), project(" ", 1, 1)]), ProjectError::BlankId(2));
    assert_eq!(
        refused(vec![project("a", 1, 1), project("a", 2, 2)]),
        ProjectError::Duplicate("a".to_owned())
    );
    let more =
        ProjectError::MoreApprovalsThanVoters { id: "a".to_owned(), approvals: 10, voters: 9 };
    assert_eq!(refused(vec![project("a", 1, 10)]), more);
}

#[test]
fn kinds_have_one_name_and_their_source() {
    for kind in BallotKind::ALL {
        assert_eq!(kind.as_str().parse(), Ok(kind));
        assert_eq!(serde_json::to_string(&kind).unwrap(), format!("\"{kind}\""));
        assert_eq!(serde_json::from_str::<BallotKind>(&format!("\"{kind}\"")).unwrap(), kind);
    }
    let unknown = "lottery".parse::<BallotKind>().unwrap_err().to_string();
    assert!(unknown.contains("lottery") && unknown.contains("project_selection"), "{unknown}");

    let households = BallotKind::ResidentsByHousehold.rule();
    assert_eq!((households.notice_days, households.effect), (10, Effect::Binding));
    assert_eq!(households.source, Source::ResidentsCommitteeLaw26To27);
    assert_eq!(BallotKind::OwnersSpecial.rule().effect, Effect::Intent);
    assert_eq!(BallotKind::Straw.rule().effect, Effect::Advisory);
    assert_eq!(BallotKind::Council.rule().notice_days, 3);
}

fn by_heads_kind() -> impl Strategy<Value = BallotKind> {
    prop::sample::select(
        BallotKind::ALL
            .into_iter()
            .filter(|k| matches!(k.rule().test, Test::Heads { .. }))
            .collect::<Vec<_>>(),
    )
}

fn measured_kind() -> impl Strategy<Value = BallotKind> {
    prop::sample::select(vec![BallotKind::OwnersOrdinary, BallotKind::OwnersSpecial])
}

/// Counts small enough to lie near every edge, and large ones.
fn counts() -> impl Strategy<Value = (u64, u64, u64, u64)> {
    let size = prop_oneof![1_u64..40, 1_u64..=u64::MAX];
    size.prop_flat_map(|members| (Just(members), 0..=members)).prop_flat_map(|(members, yes)| {
        let no = 0..=members - yes;
        (Just(members), Just(yes), no).prop_flat_map(|(members, yes, no)| {
            (Just(members), Just(yes), Just(no), 0..=members - yes - no)
        })
    })
}

/// The same counts with one voter more for: instead of against, instead of abstaining, instead of staying away.
fn one_more_yes((members, yes, no, abstain): (u64, u64, u64, u64)) -> Vec<Count> {
    [
        no.checked_sub(1).map(|no| (no, abstain)),
        abstain.checked_sub(1).map(|abstain| (no, abstain)),
        (members > yes + no + abstain).then_some((no, abstain)),
    ]
    .into_iter()
    .flatten()
    .map(|(no, abstain)| Count::new(members, yes + 1, no, abstain).unwrap())
    .collect()
}

proptest! {
    #[test]
    fn one_more_yes_never_fails_what_passed(kind in by_heads_kind(), counts in counts()) {
        let (members, yes, no, abstain) = counts;
        if judge(kind, members, yes, no, abstain).passed {
            for more in one_more_yes(counts) {
                prop_assert!(by_heads(kind, &more).unwrap().passed, "{kind} {more:?}");
            }
        }
    }

    #[test]
    fn one_more_yes_never_fails_what_passed_by_area(kind in measured_kind(), heads in counts(), area in counts()) {
        let new = |(members, yes, no, abstain)| Count::new(members, yes, no, abstain).unwrap();
        let before = Owners { heads: new(heads), area: new(area) };
        if before.judge(kind).unwrap().passed() {
            for heads in one_more_yes(heads) {
                for area in one_more_yes(area) {
                    let after = Owners { heads, area }.judge(kind).unwrap();
                    prop_assert!(after.passed(), "{kind}");
                }
            }
        }
    }

    #[test]
    fn more_participation_never_makes_it_invalid(kind in by_heads_kind(), (members, yes, no, abstain) in counts()) {
        let before = judge(kind, members, yes, no, abstain);
        prop_assert!(before.valid || !before.passed);
        prop_assert_eq!(before.valid, before.participated >= before.quorum);
        if before.participated < members {
            let after = judge(kind, members, yes, no, abstain + 1);
            prop_assert!(after.valid || !before.valid);
            prop_assert_eq!(after.quorum, before.quorum);
        }
    }

    #[test]
    fn a_quorum_is_the_smallest_number_that_reaches_its_share(members in prop_oneof![1_u64..1000, 1..=u64::MAX]) {
        let (half, two_thirds) = (Quorum::MoreThanHalf.smallest(members), Quorum::AtLeastTwoThirds.smallest(members));
        let (half, two_thirds, all) = (u128::from(half), u128::from(two_thirds), u128::from(members));
        prop_assert!(2 * half > all && 2 * (half - 1) <= all);
        prop_assert!(3 * two_thirds >= 2 * all && 3 * (two_thirds - 1) < 2 * all);
    }

    #[test]
    fn the_fund_is_never_overspent(
        fund in 0_u64..500,
        list in prop::collection::vec((0_u64..200, 0_u64..20), 0..12),
    ) {
        let projects: Vec<Project> =
            list.iter().enumerate().map(|(i, (cost, approvals))| project(&i.to_string(), *cost, *approvals)).collect();
        let judged = Selection::new(1, 20, fund, projects.clone()).unwrap().judge();
        let cost = |id: &String| projects.iter().find(|p| p.id == *id).unwrap().cost;
        prop_assert_eq!(judged.funded.iter().map(cost).sum::<u64>() + judged.left, fund);
        // What was passed over doesn't fit even the end's remainder.
        for passed_over in projects.iter().filter(|p| !judged.funded.contains(&p.id)) {
            prop_assert!(passed_over.cost > judged.left);
        }
        prop_assert_eq!(judged.outcome.passed, !judged.funded.is_empty());
    }
}
