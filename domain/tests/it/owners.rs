//! Areas and heads.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use domain::ids::{OwnerId, UnitId};
use domain::owners::{Area, AreaError, OwnedUnit, Voter, heads, square_metres};
use proptest::prelude::*;

#[test]
fn areas_as_people_write_them() {
    for (typed, expected) in [
        ("89.57", Ok(8_957)),
        ("８９．５７", Ok(8_957)),
        ("89.57㎡", Ok(8_957)),
        ("89.57 平方米", Ok(8_957)),
        (" 89.5m² ", Ok(8_950)),
        ("89", Ok(8_900)),
        ("089.50", Ok(8_950)),
        ("89.5700", Ok(8_957)),
        ("1,089.5", Ok(108_950)),
        ("１，０８９．５", Ok(108_950)),
        ("1,000,000", Ok(100_000_000)),
        ("0.01", Ok(1)),
        ("", Err(AreaError::Empty)),
        ("  ", Err(AreaError::Empty)),
        ("㎡", Err(AreaError::NotANumber)),
        ("89.575", Err(AreaError::TooFine)),
        ("89.001", Err(AreaError::TooFine)),
        ("0", Err(AreaError::OutOfRange)),
        ("0.00", Err(AreaError::OutOfRange)),
        ("1000000.01", Err(AreaError::OutOfRange)),
        ("99999999999999999999", Err(AreaError::OutOfRange)),
        ("-60", Err(AreaError::NotANumber)),
        ("6e1", Err(AreaError::NotANumber)),
        ("89.", Err(AreaError::NotANumber)),
        (".5", Err(AreaError::NotANumber)),
        ("8,9.5", Err(AreaError::NotANumber)),
        ("1089,50", Err(AreaError::NotANumber)),
        ("89.5.7", Err(AreaError::NotANumber)),
        ("约60", Err(AreaError::NotANumber)),
    ] {
        assert_eq!(Area::parse(typed).map(Area::hundredths), expected, "{typed}");
    }
    assert_eq!(square_metres(8_907), "89.07");
    assert_eq!(square_metres(5), "0.05");
}

fn unit(id: i64, area: i64, owners: &[i64], representative: Option<i64>) -> OwnedUnit {
    OwnedUnit {
        unit: UnitId(id),
        area: Area::from_hundredths(area).unwrap(),
        owners: owners.iter().copied().map(OwnerId).collect(),
        representative: representative.map(OwnerId),
    }
}

#[test]
fn several_units_of_the_same_owners_are_one_head() {
    let all = heads(&[
        unit(1, 100, &[1], None),
        unit(2, 200, &[1, 2], Some(2)),
        unit(3, 300, &[2, 1], None),
        unit(4, 400, &[1], None),
        unit(5, 500, &[3, 4], None),
        unit(6, 600, &[], None),
        unit(7, 700, &[], None),
        unit(8, 800, &[5, 6], Some(5)),
        unit(9, 900, &[6, 5], Some(6)),
        unit(10, 1_000, &[7, 8], Some(1)),
    ]);
    let said: Vec<_> = all
        .iter()
        .map(|head| {
            (head.units.iter().map(|unit| unit.0).collect::<Vec<_>>(), head.area, head.voter)
        })
        .collect();
    assert_eq!(
        said,
        [
            (vec![1, 4], 500, Voter::Owner(OwnerId(1))),
            (vec![2, 3], 500, Voter::Owner(OwnerId(2))),
            (vec![5], 500, Voter::NotNamed),
            (vec![6], 600, Voter::Unknown),
            (vec![7], 700, Voter::Unknown),
            (vec![8, 9], 1_700, Voter::Disputed),
            (vec![10], 1_000, Voter::NotNamed),
        ]
    );
}

fn roll() -> impl Strategy<Value = Vec<OwnedUnit>> {
    let one = (1_i64..100_000, prop::collection::vec(1_i64..6, 0..4), prop::option::of(1_i64..6));
    prop::collection::vec(one, 0..40).prop_map(|units| {
        let units = (1..).zip(units);
        units.map(|(id, (area, owners, named))| unit(id, area, &owners, named)).collect()
    })
}

proptest! {
    #[test]
    fn nothing_is_lost_and_the_order_means_nothing(units in roll(), seed in any::<u64>()) {
        let all = heads(&units);
        let area: i64 = units.iter().map(|unit| unit.area.hundredths()).sum();
        prop_assert_eq!(all.iter().map(|head| head.area).sum::<i64>(), area);
        prop_assert!(all.len() <= units.len());
        prop_assert_eq!(all.iter().map(|head| head.units.len()).sum::<usize>(), units.len());
        for head in &all {
            if let Voter::Owner(owner) = head.voter {
                prop_assert!(head.owners.contains(&owner));
            }
        }
        let mut other = units;
        let key = |unit: &OwnedUnit| unit.unit.0.cast_unsigned().wrapping_mul(seed | 1).rotate_left(17);
        other.sort_by_key(key);
        for unit in &mut other {
            unit.owners.reverse();
        }
        prop_assert_eq!(heads(&other), all);
    }
}
