//! Made answers of camps that are known.
#![allow(dead_code, unreachable_pub, reason = "shared by the tests")]

use opinions::{Choice, Matrix};

/// A seeded generator (xorshift64*): the same numbers everywhere.
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    /// A number under `end`.
    pub fn under(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) % end
    }

    pub fn shuffled(&mut self, count: usize) -> Vec<usize> {
        let mut order: Vec<usize> = (0..count).collect();
        for at in (1..count).rev() {
            order.swap(at, self.under(at as u64 + 1) as usize);
        }
        order
    }
}

/// Answers, and the camp of each participant (by number).
pub struct Made {
    pub statements: Vec<i64>,
    pub answers: Vec<(i64, i64, Choice)>,
    pub camps: Vec<usize>,
}

impl Made {
    pub fn matrix(&self) -> Matrix {
        Matrix::new(self.statements.iter().copied(), self.answers.iter().copied())
    }
}

/// People in camps: each camp has an opinion on each statement, and each person strays from it in `noise`
/// of a hundred answers, and hasn't seen `unseen` of a hundred statements.
pub fn made(
    seed: u64,
    camps: usize,
    people: usize,
    statements: usize,
    noise: u64,
    unseen: u64,
) -> Made {
    let mut dice = Dice::new(seed);
    let opinion = |camp: usize, statement: usize| {
        // Statements 0, 4, 8 … are common ground; over the others each camp differs from every other.
        let agrees = statement.is_multiple_of(4) || (camp + 1) >> (statement % 4 - 1) & 1 == 1;
        if agrees { Choice::Agree } else { Choice::Disagree }
    };
    let mut answers = Vec::new();
    let mut of = Vec::new();
    for person in 0..people {
        let camp = person % camps;
        of.push(camp);
        for statement in 0..statements {
            if dice.under(100) < unseen {
                continue;
            }
            let choice = match dice.under(100) {
                roll if roll < noise => {
                    [Choice::Agree, Choice::Disagree, Choice::Pass][dice.under(3) as usize]
                }
                _ => opinion(camp, statement),
            };
            answers.push((person as i64, statement as i64, choice));
        }
    }
    Made { statements: (0..statements as i64).collect(), answers, camps: of }
}

/// The adjusted Rand index of two groupings (Hubert, Arabie 1985): 1 when they are the same, about 0 when
/// they have nothing to do with each other.
pub fn agreement(one: &[usize], other: &[usize]) -> f64 {
    let pairs = |count: u64| (count * count.saturating_sub(1) / 2) as f64;
    let size = |of: &[usize]| of.iter().max().map_or(0, |most| most + 1);
    let mut cells = vec![vec![0_u64; size(other)]; size(one)];
    for (left, right) in one.iter().zip(other) {
        cells[*left][*right] += 1;
    }
    let rows: f64 = cells.iter().map(|row| pairs(row.iter().sum())).sum();
    let columns: f64 =
        (0..size(other)).map(|at| pairs(cells.iter().map(|row| row[at]).sum())).sum();
    let both: f64 = cells.iter().flatten().map(|count| pairs(*count)).sum();
    let expected = rows * columns / pairs(one.len() as u64);
    let most = f64::midpoint(rows, columns);
    if (most - expected).abs() < f64::EPSILON { 1.0 } else { (both - expected) / (most - expected) }
}
