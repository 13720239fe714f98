//! What an import would do, row by row: kept sealed, since it holds rooms and names.

use domain::roll::{Field, RowProblem};
use serde::{Deserialize, Serialize};

/// What becomes of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// It adds a household or a unit.
    Added,
    /// It changes a unit.
    Changed,
    /// It is left out: nothing is wrong with it.
    LeftOut,
    /// It is left out until it is mended.
    Problem,
}

/// Why, or what more is to be known of a row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Note {
    /// The roll says the same already.
    Same,
    /// It repeats an earlier row, or adds an owner to it.
    Repeats(u32),
    /// What has to be mended.
    Mend(RowProblem),
    /// The area changes: before and after, in 0.01 m².
    Area(i64, i64),
    /// The owners change.
    Owners,
    /// Who votes changes.
    Representative,
    /// An owner's telephone number changes.
    Phone,
    /// The name of an owner in an earlier row. `same`: taken as the same person, since both have the same
    /// telephone number or none.
    Namesake {
        /// The earlier row.
        row: u32,
        /// Whether they count as one.
        same: bool,
    },
}

/// A row of the report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// Its number in the file.
    pub row: u32,
    /// What becomes of it.
    pub verdict: Verdict,
    /// 小院, 楼门 and room as they will stand on the roll; empty where they aren't understood.
    pub place: String,
    /// Names of the owners; empty for households.
    pub owners: String,
    /// Area in 0.01 m².
    pub area: Option<i64>,
    /// Why, and what more is to be known.
    pub notes: Vec<Note>,
}

/// The whole report.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Report {
    /// Which column was taken for what: the heading as it stands in the file.
    pub columns: Vec<(Field, String)>,
    /// Courtyards that are added.
    pub courtyards: Vec<String>,
    /// Entrances that are added: courtyard and name.
    pub entrances: Vec<(String, String)>,
    /// Every row, by its number.
    pub lines: Vec<Line>,
}

/// Sums of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Sums {
    /// Rows of the file that say something.
    pub total: i64,
    /// Rows that add something.
    pub added: i64,
    /// Rows that change something.
    pub changed: i64,
    /// All other rows.
    pub left_out: i64,
}

impl Report {
    /// Its sums.
    #[must_use]
    pub fn sums(&self) -> Sums {
        let mut sums = Sums::default();
        for line in &self.lines {
            sums.total += 1;
            match line.verdict {
                Verdict::Added => sums.added += 1,
                Verdict::Changed => sums.changed += 1,
                Verdict::LeftOut | Verdict::Problem => sums.left_out += 1,
            }
        }
        sums
    }
}
