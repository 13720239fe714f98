//! Groups that are known are found again, whatever the order; and what has no groups has a map all the same.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::float_arithmetic,
    reason = "a test fails by panicking"
)]

mod common;

use common::{Dice, Made, agreement, made};
use opinions::{Choice, Counts, HIDDEN_UNDER, Map, Matrix, find};
use proptest::prelude::*;

/// Each participant's group; nobody in particular is one group of its own.
fn grouping(matrix: &Matrix, least: u32) -> (Map, Vec<usize>) {
    let found = find(matrix, least).unwrap();
    let none = found.map.groups.len();
    let of = found.groups_of(matrix).into_iter().map(|group| group.unwrap_or(none)).collect();
    (found.map, of)
}

#[test]
fn planted_camps_are_found_again() {
    for seed in 1..=12 {
        for (camps, people, statements) in [(2, 40, 24), (2, 120, 20), (3, 90, 40), (3, 150, 48)] {
            let made = made(seed, camps, people, statements, 15, 20);
            let (map, of) = grouping(&made.matrix(), 30);
            assert!(map.others * 10 <= map.voices, "seed {seed}: {} in no group", map.others);
            let placed = of.iter().zip(&made.camps).filter(|(group, _)| **group < map.groups.len());
            let (of, planted): (Vec<_>, Vec<_>) = placed.unzip();
            let same = agreement(&of, &planted);
            assert!(same >= 0.95, "seed {seed}, {camps} camps of {people}: {same}, {map:?}");
            assert_eq!(map.groups.len(), camps, "seed {seed}");
            assert!(map.distinct > 400, "seed {seed}: {}", map.distinct);
        }
    }
}

#[test]
fn what_all_camps_agree_on_comes_first_and_what_divides_them_is_named() {
    let (map, _) = grouping(&made(3, 2, 80, 12, 10, 10).matrix(), 30);
    let common: Vec<i64> = map.common.iter().map(|it| it.statement).collect();
    for ground in [0, 4, 8] {
        assert!(common.contains(&ground), "{common:?}");
    }
    assert!(map.common.is_sorted_by_key(|it| (!it.agree, std::cmp::Reverse(it.least))));
    // Camp 0 has bit 0, camp 1 has bit 1: statements 1, 5, 9 and 2, 6, 10 divide them.
    let mut apart: Vec<i64> = map.apart.iter().map(|it| it.statement).collect();
    apart.sort_unstable();
    assert_eq!(apart, [1, 2, 5, 6, 9, 10]);
    assert!(map.apart.is_sorted_by_key(|it| std::cmp::Reverse(it.spread)));
}

#[test]
fn the_order_of_people_and_of_statements_doesnt_matter() {
    for seed in 1..=8 {
        let made = made(seed, 2 + seed as usize % 2, 60, 16, 20, 25);
        let (map, of) = grouping(&made.matrix(), 30);
        let mut dice = Dice::new(seed + 100);
        let (people, statements) = (dice.shuffled(60), dice.shuffled(16));
        let moved = made.answers.iter().map(|(who, statement, choice)| {
            (people[*who as usize] as i64, statements[*statement as usize] as i64, *choice)
        });
        let (turned, other) = grouping(&Matrix::new(0..16, moved), 30);
        let back: Vec<usize> = (0..60).map(|who| other[people[who]]).collect();
        assert!((agreement(&of, &back) - 1.0).abs() < 1e-12, "seed {seed}");
        let mut sizes = (map.groups.clone(), turned.groups.clone());
        sizes.0.sort_unstable();
        sizes.1.sort_unstable();
        assert_eq!(sizes.0, sizes.1);
    }
}

#[test]
fn a_stray_is_never_shown_alone() {
    let mut made = made(5, 2, 60, 12, 5, 0);
    // Two who answer as nobody else does.
    for who in [60, 61] {
        for statement in 0..12 {
            let choice = if statement % 4 == 0 { Choice::Disagree } else { Choice::Pass };
            made.answers.push((who, statement, choice));
        }
    }
    let (map, _) = grouping(&made.matrix(), 30);
    assert_eq!(map.voices, 62);
    assert!(map.groups.iter().all(|size| *size >= HIDDEN_UNDER));
    assert_eq!(map.groups.iter().sum::<u32>() + map.others, 62);
}

#[test]
fn whoever_answered_little_is_in_no_group_and_counts_as_a_voice() {
    let mut made = made(5, 2, 60, 12, 5, 0);
    made.answers.push((60, 1, Choice::Agree));
    let found = find(&made.matrix(), 30).unwrap();
    assert_eq!((found.map.voices, found.map.others), (61, 1));
    assert_eq!(found.model.group_of(&[(1, Choice::Agree)]), None);
}

#[test]
fn answers_of_fewer_than_five_in_a_group_are_hidden() {
    let mut made = made(2, 2, 60, 12, 5, 0);
    made.statements.push(12);
    // Of camp 0 (the even ones) nine answer statement 12, of camp 1 two.
    let few = (0..18).step_by(2).chain([1, 3]);
    made.answers.extend(few.map(|who| (who, 12, Choice::Agree)));
    let (map, of) = grouping(&made.matrix(), 30);
    let tally = map.statements.iter().find(|tally| tally.statement == 12).unwrap();
    let mut shown = [None; 2];
    shown[of[0]] = Some(Counts { agree: 9, ..Counts::default() });
    assert_eq!(tally.groups, shown);
    assert!(map.open.contains(&12));
}

#[test]
fn one_finds_ones_own_group_by_ones_answers() {
    let made = made(9, 3, 90, 24, 15, 30);
    let matrix = made.matrix();
    let found = find(&matrix, 30).unwrap();
    let read = serde_json::to_string(&found).unwrap();
    let found: opinions::Found = serde_json::from_str(&read).unwrap();
    let groups = found.groups_of(&matrix);
    for (who, group) in matrix.participants().iter().zip(groups) {
        let own: Vec<_> = made
            .answers
            .iter()
            .filter(|(person, ..)| person == who)
            .map(|(_, statement, choice)| (*statement, *choice))
            .collect();
        assert_eq!(found.model.group_of(&own), group, "participant {who}");
    }
}

#[test]
fn where_there_are_no_camps_there_is_one_group_or_no_map() {
    let all = |people: i64, statements: i64, choice: Choice| {
        let answers =
            (0..people).flat_map(move |who| (0..statements).map(move |at| (who, at, choice)));
        Matrix::new(0..statements, answers)
    };
    for (name, matrix, common) in [
        ("all the same", all(40, 6, Choice::Agree), 6),
        ("all against", all(40, 6, Choice::Disagree), 6),
        ("all pass", all(40, 6, Choice::Pass), 0),
        ("one statement, one mind", all(40, 1, Choice::Agree), 1),
        ("just enough", all(30, 2, Choice::Agree), 2),
    ] {
        let (map, _) = grouping(&matrix, 30);
        assert_eq!(map.groups, [map.voices], "{name}");
        assert_eq!((map.distinct, map.others, map.apart.len()), (0, 0, 0), "{name}");
        assert_eq!(map.common.len(), common, "{name}");
    }
    for (name, matrix) in [
        ("nobody", Matrix::new(0..5, [])),
        ("nothing", Matrix::default()),
        ("too few", all(29, 6, Choice::Agree)),
    ] {
        assert_eq!(find(&matrix, 30), None, "{name}");
    }
    assert_eq!(find(&Matrix::default(), 0), None);
}

#[test]
fn one_statement_that_halves_people_makes_two_groups() {
    let answers =
        (0..40).map(|who| (who, 0, if who % 2 == 0 { Choice::Agree } else { Choice::Disagree }));
    let (map, _) = grouping(&Matrix::new([0], answers), 30);
    assert_eq!(map.groups, [20, 20]);
    assert_eq!(map.apart.len(), 1);
}

/// What is found in the same answers on another day, on another machine. It changes only when the way of
/// finding does.
#[test]
fn the_same_answers_give_the_same_map() {
    let (map, of) = grouping(&made(1, 3, 90, 20, 20, 30).matrix(), 30);
    let labels: String = of.iter().map(ToString::to_string).collect();
    let written = format!("{:?} {} {} {labels}", map.groups, map.others, map.distinct);
    assert_eq!(written, include_str!("data/found.txt").trim_end());
}

fn cell() -> impl Strategy<Value = Option<Choice>> {
    prop_oneof![
        Just(None),
        Just(Some(Choice::Agree)),
        Just(Some(Choice::Disagree)),
        Just(Some(Choice::Pass)),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Any answers have a map whose numbers add up, in any order of the people.
    #[test]
    fn any_answers_add_up(
        rows in prop::collection::vec(prop::collection::vec(cell(), 7), 0..60),
        seed in 1_u64..1_000,
    ) {
        let order = Dice::new(seed).shuffled(rows.len());
        let of = |order: &dyn Fn(usize) -> usize| {
            let mut answers = Vec::new();
            for (who, row) in rows.iter().enumerate() {
                for (at, cell) in row.iter().enumerate() {
                    answers.extend(cell.map(|choice| (order(who) as i64, at as i64, choice)));
                }
            }
            Matrix::new(0..7, answers)
        };
        let matrix = of(&|who| who);
        let Some(found) = find(&matrix, 10) else {
            prop_assert!(matrix.participants().len() < 10);
            return Ok(());
        };
        let map = &found.map;
        prop_assert_eq!(map.groups.iter().sum::<u32>() + map.others, map.voices);
        prop_assert!(map.groups.iter().all(|size| *size >= HIDDEN_UNDER));
        prop_assert!(map.groups.is_sorted_by(|one, next| one >= next));
        prop_assert!((-1_000..=1_000).contains(&map.distinct));
        for tally in &map.statements {
            prop_assert_eq!(tally.groups.len(), map.groups.len());
            for (counts, size) in tally.groups.iter().zip(&map.groups) {
                let answered = counts.map_or(HIDDEN_UNDER, Counts::answered);
                prop_assert!((HIDDEN_UNDER..=*size).contains(&answered));
            }
        }
        let mut listed: Vec<i64> = map.common.iter().map(|it| it.statement)
            .chain(map.apart.iter().map(|it| it.statement)).chain(map.open.iter().copied()).collect();
        listed.sort_unstable();
        prop_assert_eq!(listed, (0..7).collect::<Vec<_>>());
        prop_assert_eq!(Some(found), find(&of(&|who| order[who]), 10));
    }
}

#[test]
fn the_measure_of_agreement_tells_them_apart() {
    assert!((agreement(&[0, 0, 1, 1], &[1, 1, 0, 0]) - 1.0).abs() < 1e-12);
    assert!(agreement(&[0, 0, 1, 1], &[0, 1, 0, 1]) < 0.1);
    let _: Made = made(1, 2, 10, 4, 0, 0);
}
