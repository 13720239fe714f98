//! The groups that answers make, what all of them agree on, and what divides them.

use std::cmp::Reverse;

use serde::{Deserialize, Serialize};

use crate::axes::{loadings, means};
use crate::cluster::{Clusters, k_means, points, silhouettes};
use crate::matrix::{Choice, Matrix};
use crate::model::{Model, Place};
use crate::{ANSWERS_ENOUGH, GROUPS_MAX, HIDDEN_UNDER};

/// How much further one group must agree than another, in thousandths, before a statement divides them.
const APART: u32 = 250;

/// By how much a further group must raise the silhouette, in thousandths.
const GAIN: i64 = 50;

/// Answers of one group to one statement, in people.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// 同意
    pub agree: u32,
    /// 不同意
    pub disagree: u32,
    /// 跳过
    pub pass: u32,
}

impl Counts {
    /// Everyone who answered.
    #[must_use]
    pub const fn answered(self) -> u32 {
        self.agree + self.disagree + self.pass
    }

    /// How likely one of the group agrees, in thousandths: (agree + 1) / (answered + 2), so that few
    /// answers say less.
    const fn agrees(self) -> u32 {
        (self.agree + 1) * 1_000 / (self.answered() + 2)
    }

    const fn disagrees(self) -> u32 {
        (self.disagree + 1) * 1_000 / (self.answered() + 2)
    }

    const fn note(&mut self, choice: Choice) {
        match choice {
            Choice::Agree => self.agree += 1,
            Choice::Disagree => self.disagree += 1,
            Choice::Pass => self.pass += 1,
        }
    }
}

/// A statement, and each group's answers to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// The statement's number.
    pub statement: i64,
    /// By group; none where fewer than [`HIDDEN_UNDER`] of the group answered.
    pub groups: Vec<Option<Counts>>,
}

/// A statement to which more than half of every group say the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Common {
    /// The statement's number.
    pub statement: i64,
    /// Whether they agree with it, or disagree.
    pub agree: bool,
    /// The least of the groups' shares, in thousandths.
    pub least: u32,
}

/// A statement that divides the groups.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Apart {
    /// The statement's number.
    pub statement: i64,
    /// By how much the group that agrees most agrees more than the one that agrees least, in thousandths.
    pub spread: u32,
}

/// What is shown of the answers: numbers of people in groups, and nobody alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Map {
    /// Everyone who answered anything.
    pub voices: u32,
    /// People in each group, the largest first.
    pub groups: Vec<u32>,
    /// Voices in no group: they answered too little, or alike with fewer than [`HIDDEN_UNDER`].
    pub others: u32,
    /// How well the groups keep apart (silhouette), in thousandths; 0 where there is one group.
    pub distinct: i64,
    /// Every statement.
    pub statements: Vec<Tally>,
    /// What all groups agree on, then what all disagree with; each by the least of the groups' shares,
    /// highest first, then by number.
    pub common: Vec<Common>,
    /// What divides the groups, the most first, then by number.
    pub apart: Vec<Apart>,
    /// Statements that are neither, or have too few answers, by number.
    pub open: Vec<i64>,
}

/// A map, and what it was read from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Found {
    /// What is shown.
    pub map: Map,
    /// How somebody finds their own group.
    pub model: Model,
}

impl Found {
    /// The shown group of each participant of the matrix that this was found in.
    #[must_use]
    pub fn groups_of(&self, matrix: &Matrix) -> Vec<Option<usize>> {
        matrix.rows().iter().map(|row| self.model.group_of_row(row)).collect()
    }
}

/// Finds the groups, where at least `least` people answered; none with fewer, or without statements.
#[must_use]
pub fn find(matrix: &Matrix, least: u32) -> Option<Found> {
    let voices = count(matrix.rows().len());
    if voices == 0 || voices < least {
        return None;
    }
    let mut model = axes(matrix);
    let places: Vec<Option<Place>> = matrix.rows().iter().map(|row| model.place(row)).collect();
    let placed: Vec<Place> = places.into_iter().flatten().collect();
    let (clusters, distinct) = best(&placed);
    model.shown = shown(&clusters);
    model.centres = clusters.centres;
    let groups = model.shown.iter().flatten().count();
    let (sizes, statements) = tallies(matrix, &model, groups);
    let others = voices - sizes.iter().sum::<u32>();
    let (common, apart, open) = sort(&statements);
    let map = Map { voices, groups: sizes, others, distinct, statements, common, apart, open };
    Some(Found { map, model })
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// The axes, with signs fixed by the people: the longer tail of each lies on its positive side.
fn axes(matrix: &Matrix) -> Model {
    let means = means(matrix.rows(), matrix.statements().len());
    let loadings = loadings(matrix.rows(), &means);
    let mut model = Model {
        statements: matrix.statements().to_vec(),
        means,
        loadings,
        centres: Vec::new(),
        shown: Vec::new(),
        enough: ANSWERS_ENOUGH.min(matrix.statements().len().div_ceil(2)),
    };
    let places: Vec<Place> = matrix.rows().iter().filter_map(|row| model.place(row)).collect();
    for axis in 0..2 {
        let along = |place: &Place| i128::from(place.get(axis).copied().unwrap_or_default());
        let tail: i128 = places.iter().map(|place| along(place).pow(3)).sum();
        let first = model.loadings.iter().filter_map(|it| it.get(axis)).find(|it| **it != 0);
        if tail < 0 || (tail == 0 && first.is_some_and(|it| *it < 0)) {
            for loading in model.loadings.iter_mut().filter_map(|it| it.get_mut(axis)) {
                *loading = -*loading;
            }
        }
    }
    model
}

/// Two to five clusters, of which at least two are large enough to be shown: those with the best
/// silhouette, where people who aren't shown count as nought. Fewer are taken when more gain less than
/// [`GAIN`]. Where there are none, everyone is one.
fn best(placed: &[Place]) -> (Clusters, i64) {
    let points = points(placed);
    let mut found: Vec<Clusters> =
        (2..=GROUPS_MAX.min(points.len())).map(|k| k_means(&points, k)).collect();
    found.retain(|clusters| shown(clusters).iter().flatten().count() >= 2);
    let distinct = silhouettes(&points, &found);
    let mut kept: Vec<(Clusters, i64, i64)> = found
        .into_iter()
        .zip(distinct)
        .map(|(clusters, distinct)| {
            let large = clusters.sizes.iter().filter(|size| **size >= i64::from(HIDDEN_UNDER));
            let worth = distinct * large.sum::<i64>() / clusters.sizes.iter().sum::<i64>().max(1);
            (clusters, distinct, worth)
        })
        .filter(|(_, distinct, _)| *distinct > 0)
        .collect();
    let most = kept.iter().map(|(_, _, worth)| *worth).max().unwrap_or_default();
    kept.retain(|(_, _, worth)| worth + GAIN > most);
    match kept.into_iter().next() {
        Some((clusters, distinct, _)) => (clusters, distinct),
        None => (k_means(&points, 1), 0),
    }
}

/// The number of each cluster among those that are shown: the largest first, then by place.
fn shown(clusters: &Clusters) -> Vec<Option<usize>> {
    let size = |at: &usize| clusters.sizes.get(*at).copied().unwrap_or_default();
    let mut order: Vec<usize> = (0..clusters.sizes.len()).collect();
    order.retain(|at| size(at) >= i64::from(HIDDEN_UNDER));
    order.sort_by_key(|at| (Reverse(size(at)), clusters.centres.get(*at).copied()));
    (0..clusters.sizes.len()).map(|at| order.iter().position(|shown| *shown == at)).collect()
}

fn tallies(matrix: &Matrix, model: &Model, groups: usize) -> (Vec<u32>, Vec<Tally>) {
    let mut sizes = vec![0; groups];
    let mut counts = vec![vec![Counts::default(); groups]; matrix.statements().len()];
    for row in matrix.rows() {
        let Some(group) = model.group_of_row(row) else { continue };
        if let Some(size) = sizes.get_mut(group) {
            *size += 1;
        }
        for (cell, counts) in row.iter().zip(&mut counts) {
            if let (Some(choice), Some(counts)) = (cell, counts.get_mut(group)) {
                counts.note(*choice);
            }
        }
    }
    let enough = |counts: Counts| (counts.answered() >= HIDDEN_UNDER).then_some(counts);
    let tally = |(statement, counts): (&i64, Vec<Counts>)| Tally {
        statement: *statement,
        groups: counts.into_iter().map(enough).collect(),
    };
    (sizes, matrix.statements().iter().zip(counts).map(tally).collect())
}

fn sort(statements: &[Tally]) -> (Vec<Common>, Vec<Apart>, Vec<i64>) {
    let (mut common, mut apart, mut open) = (Vec::new(), Vec::new(), Vec::new());
    for tally in statements {
        let statement = tally.statement;
        let known: Option<Vec<Counts>> = tally.groups.iter().copied().collect();
        let Some(known) = known.filter(|known| !known.is_empty()) else {
            open.push(statement);
            continue;
        };
        let least = |share: fn(Counts) -> u32| known.iter().map(|it| share(*it)).min().unwrap_or(0);
        let most = known.iter().map(|it| it.agrees()).max().unwrap_or(0);
        let (agree, disagree) = (least(Counts::agrees), least(Counts::disagrees));
        let all = |half: fn(&Counts) -> u32| known.iter().all(|it| 2 * half(it) > it.answered());
        if all(|it| it.agree) {
            common.push(Common { statement, agree: true, least: agree });
        } else if all(|it| it.disagree) {
            common.push(Common { statement, agree: false, least: disagree });
        } else if most - agree >= APART {
            apart.push(Apart { statement, spread: most - agree });
        } else {
            open.push(statement);
        }
    }
    common.sort_by_key(|it| (!it.agree, Reverse(it.least), it.statement));
    apart.sort_by_key(|it| (Reverse(it.spread), it.statement));
    (common, apart, open)
}
