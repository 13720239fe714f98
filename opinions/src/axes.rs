//! The two directions in which answers differ most: principal components of the participant × statement
//! matrix, where an answer that is missing is the statement's mean.

use nalgebra::{DMatrix, SymmetricEigen};

use crate::matrix::Choice;
use crate::model::UNIT;

/// A component that explains a smaller part than this of all difference is none.
const NOTHING: f64 = 1e-9;

/// Each statement's mean answer, in millionths.
pub(crate) fn means(rows: &[Vec<Option<Choice>>], statements: usize) -> Vec<i64> {
    let mut sums = vec![(0_i64, 0_i64); statements];
    for row in rows {
        for (cell, (sum, count)) in row.iter().zip(&mut sums) {
            if let Some(choice) = cell {
                *sum += choice.value();
                *count += 1;
            }
        }
    }
    sums.into_iter()
        .map(|(sum, count)| if count == 0 { 0 } else { divide(sum * UNIT, count) })
        .collect()
}

/// Each statement's loading on the first and the second component, in millionths.
pub(crate) fn loadings(rows: &[Vec<Option<Choice>>], means: &[i64]) -> Vec<[i64; 2]> {
    let size = means.len();
    let mut sums = vec![0_i128; size * size];
    for row in rows {
        let seen: Vec<(usize, i64)> = row
            .iter()
            .zip(means)
            .enumerate()
            .filter_map(|(at, (cell, mean))| cell.map(|it| (at, it.value() * UNIT - mean)))
            .collect();
        for (left, one) in &seen {
            for (right, other) in &seen {
                if let Some(sum) = sums.get_mut(left * size + right) {
                    *sum += i128::from(*one) * i128::from(*other);
                }
            }
        }
    }
    // Whole sums: the order of the participants leaves no trace in them.
    let whole: i128 = (0..size).filter_map(|at| sums.get(at * size + at)).sum();
    if whole == 0 {
        return vec![[0; 2]; size];
    }
    let scaled: Vec<f64> = sums.iter().map(|sum| float(*sum) / float(whole)).collect();
    let eigen = SymmetricEigen::new(DMatrix::from_row_slice(size, size, &scaled));
    let mut order: Vec<usize> = (0..size).collect();
    let value = |at: usize| eigen.eigenvalues.get(at).copied().unwrap_or_default();
    order.sort_by(|left, right| value(*right).total_cmp(&value(*left)).then(left.cmp(right)));
    let component = |place: usize, statement: usize| -> i64 {
        let Some(at) = order.get(place).copied().filter(|at| value(*at) > NOTHING) else {
            return 0;
        };
        let loading = eigen.eigenvectors.get((statement, at)).copied().unwrap_or_default();
        whole_number(loading * float(i128::from(UNIT)))
    };
    (0..size).map(|statement| [component(0, statement), component(1, statement)]).collect()
}

#[expect(clippy::cast_precision_loss, reason = "the sums are ratios from here on")]
const fn float(number: i128) -> f64 {
    number as f64
}

#[expect(clippy::cast_possible_truncation, reason = "a loading lies between -1 and 1")]
fn whole_number(number: f64) -> i64 {
    if number.is_finite() { number.round() as i64 } else { 0 }
}

/// Division rounded to the nearest, halves away from zero: what is mirrored stays mirrored.
pub(crate) const fn divide(number: i64, by: i64) -> i64 {
    let half = by / 2;
    if number < 0 { -((-number + half) / by) } else { (number + half) / by }
}
