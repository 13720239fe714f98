//! Who answered what.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

/// An answer to a statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Choice {
    /// 不同意
    Disagree,
    /// 跳过: seen, and neither.
    Pass,
    /// 同意
    Agree,
}

impl Choice {
    /// 1, -1, or 0 for a pass: as in published files.
    #[must_use]
    pub const fn value(self) -> i64 {
        match self {
            Self::Disagree => -1,
            Self::Pass => 0,
            Self::Agree => 1,
        }
    }

    /// The answer of that number.
    #[must_use]
    pub const fn from_value(value: i64) -> Option<Self> {
        match value {
            -1 => Some(Self::Disagree),
            0 => Some(Self::Pass),
            1 => Some(Self::Agree),
            _ => None,
        }
    }
}

/// Participants × statements; a cell is empty where somebody hasn't seen a statement.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Matrix {
    statements: Vec<i64>,
    participants: Vec<i64>,
    rows: Vec<Vec<Option<Choice>>>,
}

impl Matrix {
    /// Puts answers (participant, statement, choice) into their cells. Participants and statements stand
    /// by their numbers; whoever answered nothing is no participant. Answers to other statements are
    /// left out, and of two answers to one statement the later counts.
    #[must_use]
    pub fn new(
        statements: impl IntoIterator<Item = i64>,
        answers: impl IntoIterator<Item = (i64, i64, Choice)>,
    ) -> Self {
        let statements: BTreeSet<i64> = statements.into_iter().collect();
        let statements: Vec<i64> = statements.into_iter().collect();
        let mut rows: BTreeMap<i64, Vec<Option<Choice>>> = BTreeMap::new();
        for (participant, statement, choice) in answers {
            let Ok(column) = statements.binary_search(&statement) else { continue };
            let row = rows.entry(participant).or_insert_with(|| vec![None; statements.len()]);
            if let Some(cell) = row.get_mut(column) {
                *cell = Some(choice);
            }
        }
        let (participants, rows) = rows.into_iter().unzip();
        Self { statements, participants, rows }
    }

    /// Numbers of the statements, in the order of the columns.
    #[must_use]
    pub fn statements(&self) -> &[i64] {
        &self.statements
    }

    /// Numbers of the participants, in the order of the rows.
    #[must_use]
    pub fn participants(&self) -> &[i64] {
        &self.participants
    }

    /// The rows: a cell a statement.
    #[must_use]
    pub fn rows(&self) -> &[Vec<Option<Choice>>] {
        &self.rows
    }

    /// The same answers under participants numbered 1, 2, 3 … in the order of what they answered, which
    /// says nothing about who they are or when they came.
    #[must_use]
    pub fn without_names(&self) -> Self {
        let mut rows = self.rows.clone();
        rows.sort();
        let participants = (1..).take(rows.len()).collect();
        Self { statements: self.statements.clone(), participants, rows }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_find_their_cells() {
        let answers = [
            (9, 2, Choice::Agree),
            (3, 1, Choice::Pass),
            (9, 2, Choice::Disagree),
            (4, 77, Choice::Agree),
        ];
        let matrix = Matrix::new([2, 1], answers);
        assert_eq!(matrix.statements(), [1, 2]);
        assert_eq!(matrix.participants(), [3, 9]);
        assert_eq!(
            matrix.rows(),
            [vec![Some(Choice::Pass), None], vec![None, Some(Choice::Disagree)]]
        );
    }

    #[test]
    fn numbers_without_names_come_from_the_answers_alone() {
        let one = Matrix::new([1], [(7, 1, Choice::Agree), (8, 1, Choice::Disagree)]);
        let other = Matrix::new([1], [(7, 1, Choice::Disagree), (8, 1, Choice::Agree)]);
        assert_eq!(one.without_names(), other.without_names());
        assert_eq!(one.without_names().participants(), [1, 2]);
    }
}
