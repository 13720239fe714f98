//! Where somebody's answers lie among the groups: in integers alone, so that the same answers lie at the
//! same place when the groups are made and when they are read again.

use serde::{Deserialize, Serialize};

use crate::axes::divide;
use crate::matrix::Choice;

/// Means and loadings are counted in millionths.
pub(crate) const UNIT: i64 = 1_000_000;

/// A place on the two axes, in thousandths.
pub(crate) type Place = [i64; 2];

/// How answers become a place, and a place a group. It holds no answer of anybody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Model {
    pub(crate) statements: Vec<i64>,
    pub(crate) means: Vec<i64>,
    pub(crate) loadings: Vec<[i64; 2]>,
    /// The middle of each cluster.
    pub(crate) centres: Vec<Place>,
    /// The shown group of each cluster; none for those that are too small.
    pub(crate) shown: Vec<Option<usize>>,
    /// Answers without which somebody has no place.
    pub(crate) enough: usize,
}

impl Model {
    /// The shown group, from 0, of somebody who gave these answers (statement, choice); none where they
    /// answered too little, or alike with too few.
    #[must_use]
    pub fn group_of(&self, answers: &[(i64, Choice)]) -> Option<usize> {
        let mut row = vec![None; self.statements.len()];
        for (statement, choice) in answers {
            let column = self.statements.binary_search(statement).ok();
            if let Some(cell) = column.and_then(|column| row.get_mut(column)) {
                *cell = Some(*choice);
            }
        }
        self.group_of_row(&row)
    }

    pub(crate) fn group_of_row(&self, row: &[Option<Choice>]) -> Option<usize> {
        let cluster = nearest(&self.centres, self.place(row)?)?;
        self.shown.get(cluster).copied().flatten()
    }

    /// The place of a row that has answers enough.
    pub(crate) fn place(&self, row: &[Option<Choice>]) -> Option<Place> {
        let seen = row.iter().flatten().count();
        if seen == 0 || seen < self.enough {
            return None;
        }
        let mut sums = [0_i128; 2];
        for ((cell, mean), loading) in row.iter().zip(&self.means).zip(&self.loadings) {
            let Some(choice) = cell else { continue };
            let off = i128::from(choice.value() * UNIT - mean);
            for (sum, loading) in sums.iter_mut().zip(loading) {
                *sum += off * i128::from(*loading);
            }
        }
        // Who answered few would lie near the middle for that alone: √(statements / answers) mends it.
        let scale = thousandths_root(row.len(), seen);
        Some(sums.map(|sum| scaled(sum, scale)))
    }
}

/// The index of the nearest of some places; of equally near ones the first.
pub(crate) fn nearest(centres: &[Place], place: Place) -> Option<usize> {
    (0..centres.len()).min_by_key(|at| centres.get(*at).map(|centre| distance2(*centre, place)))
}

/// The square of a distance.
pub(crate) fn distance2(one: Place, other: Place) -> i128 {
    one.iter().zip(other).map(|(a, b)| i128::from(a - b).pow(2)).sum()
}

fn thousandths_root(statements: usize, seen: usize) -> i64 {
    let ratio = (statements as u64).saturating_mul(UNIT.unsigned_abs()) / (seen.max(1) as u64);
    i64::try_from(ratio.isqrt()).unwrap_or(i64::MAX)
}

/// From millionths of millionths, times thousandths, to thousandths.
fn scaled(sum: i128, scale: i64) -> i64 {
    let whole = i64::try_from(sum / i128::from(UNIT)).unwrap_or_default();
    divide(whole.saturating_mul(scale), UNIT)
}
