//! k-means and silhouettes of places on a plane, in integers. Places are sorted and each has a weight, the
//! number of people there: so the order in which people came can't matter.

use crate::model::{Place, distance2, nearest};

/// Starts that are tried for each number of clusters, besides the one that spreads farthest.
const STARTS: usize = 8;
/// Rounds after which k-means stops in any case.
const ROUNDS: usize = 100;
/// Fixed, so that everyone who computes it again gets the same.
const SEED: u64 = 0x5851_F42D_4C95_7F2D;

/// A place where `weight` people are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Point {
    pub(crate) place: Place,
    pub(crate) weight: i64,
}

/// Places with their weights, sorted.
pub(crate) fn points(places: &[Place]) -> Vec<Point> {
    let mut sorted = places.to_vec();
    sorted.sort_unstable();
    let mut points: Vec<Point> = Vec::new();
    for place in sorted {
        match points.last_mut() {
            Some(last) if last.place == place => last.weight += 1,
            _ => points.push(Point { place, weight: 1 }),
        }
    }
    points
}

/// Clusters of points.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Clusters {
    pub(crate) centres: Vec<Place>,
    /// Each point's cluster.
    pub(crate) labels: Vec<usize>,
    /// People in each cluster.
    pub(crate) sizes: Vec<i64>,
}

/// The best of some starts: the one with the least sum of squares; of equal ones the first.
pub(crate) fn k_means(points: &[Point], k: usize) -> Clusters {
    let mut dice = SplitMix(SEED);
    let starts = (0..STARTS).map(|_| spread(points, k, &mut dice));
    let tries = std::iter::once(farthest(points, k)).chain(starts);
    let (_, found) = tries.map(|start| settle(points, start)).fold(
        (i128::MAX, None),
        |(least, best), (cost, clusters)| match best {
            Some(best) if least <= cost => (least, Some(best)),
            _ => (cost, Some(clusters)),
        },
    );
    found.unwrap_or(Clusters { centres: Vec::new(), labels: Vec::new(), sizes: Vec::new() })
}

fn settle(points: &[Point], mut centres: Vec<Place>) -> (i128, Clusters) {
    for _ in 0..ROUNDS {
        let moved = middles(points, &labels(points, &centres), &centres);
        if moved == centres {
            break;
        }
        centres = moved;
    }
    // An empty cluster is none.
    let taken = labels(points, &centres);
    centres = (0..centres.len())
        .filter(|at| taken.contains(at))
        .filter_map(|at| centres.get(at).copied())
        .collect();
    let labels = labels(points, &centres);
    let mut sizes = vec![0; centres.len()];
    let mut cost = 0;
    for (point, label) in points.iter().zip(&labels) {
        if let (Some(size), Some(centre)) = (sizes.get_mut(*label), centres.get(*label)) {
            *size += point.weight;
            cost += distance2(point.place, *centre) * i128::from(point.weight);
        }
    }
    (cost, Clusters { centres, labels, sizes })
}

fn labels(points: &[Point], centres: &[Place]) -> Vec<usize> {
    points.iter().map(|point| nearest(centres, point.place).unwrap_or_default()).collect()
}

fn middles(points: &[Point], labels: &[usize], centres: &[Place]) -> Vec<Place> {
    let mut sums = vec![([0_i64; 2], 0_i64); centres.len()];
    for (point, label) in points.iter().zip(labels) {
        let Some((sum, weight)) = sums.get_mut(*label) else { continue };
        for (sum, part) in sum.iter_mut().zip(point.place) {
            *sum += part * point.weight;
        }
        *weight += point.weight;
    }
    let middle = |((sum, weight), before): ((Place, i64), &Place)| match weight {
        0 => *before,
        weight => sum.map(|sum| crate::axes::divide(sum, weight)),
    };
    sums.into_iter().zip(centres).map(middle).collect()
}

/// Starts with the first place, then always with the one that is farthest from those chosen.
fn farthest(points: &[Point], k: usize) -> Vec<Place> {
    let mut chosen: Vec<Place> = points.first().map(|point| point.place).into_iter().collect();
    while chosen.len() < k {
        let Some(next) = points.iter().rev().max_by_key(|point| apart(&chosen, point.place)) else {
            break;
        };
        chosen.push(next.place);
    }
    chosen
}

/// Starts drawn as in k-means++ (Arthur, Vassilvitskii 2007): the farther from those chosen, the likelier.
fn spread(points: &[Point], k: usize, dice: &mut SplitMix) -> Vec<Place> {
    let mut chosen: Vec<Place> = Vec::new();
    while chosen.len() < k {
        let chance = |point: &Point| {
            let far = if chosen.is_empty() { 1 } else { apart(&chosen, point.place) };
            far * i128::from(point.weight)
        };
        let whole: i128 = points.iter().map(chance).sum();
        if whole == 0 {
            break;
        }
        let mut left = i128::from(dice.next()) * (whole >> 32).max(1) % whole;
        let drawn = points.iter().find(|point| {
            left -= chance(point);
            left < 0
        });
        let Some(drawn) = drawn.or_else(|| points.last()) else { break };
        let place = drawn.place;
        chosen.push(place);
    }
    chosen
}

fn apart(chosen: &[Place], place: Place) -> i128 {
    chosen.iter().map(|at| distance2(*at, place)).min().unwrap_or_default()
}

/// The mean silhouette (Rousseeuw 1987) of people in each of some clusterings, in thousandths: 1000 where
/// everyone is at home in their cluster, 0 and less where clusters run into each other.
pub(crate) fn silhouettes(points: &[Point], found: &[Clusters]) -> Vec<i64> {
    let people: i64 = points.iter().map(|point| point.weight).sum();
    let mut sums = vec![0_i64; found.len()];
    for (at, point) in points.iter().enumerate() {
        let mut far: Vec<Vec<i64>> =
            found.iter().map(|clusters| vec![0; clusters.centres.len()]).collect();
        for (place, other) in points.iter().enumerate() {
            let distance = distance2(point.place, other.place).unsigned_abs().isqrt();
            let distance = i64::try_from(distance).unwrap_or(i64::MAX) * other.weight;
            for (far, clusters) in far.iter_mut().zip(found) {
                if let Some(sum) = clusters.labels.get(place).and_then(|it| far.get_mut(*it)) {
                    *sum += distance;
                }
            }
        }
        for ((far, clusters), sum) in far.iter().zip(found).zip(&mut sums) {
            let own = clusters.labels.get(at).copied().unwrap_or_default();
            *sum += one_silhouette(far, &clusters.sizes, own) * point.weight;
        }
    }
    sums.into_iter().map(|sum| crate::axes::divide(sum, people.max(1))).collect()
}

fn one_silhouette(far: &[i64], sizes: &[i64], own: usize) -> i64 {
    let mean = |at: usize, but: i64| match (far.get(at), sizes.get(at)) {
        (Some(sum), Some(size)) if *size > but => Some(sum / (size - but)),
        _ => None,
    };
    let inside = mean(own, 1);
    let outside = (0..far.len()).filter(|at| *at != own).filter_map(|at| mean(at, 0)).min();
    match (inside, outside) {
        (Some(inside), Some(outside)) if inside.max(outside) > 0 => {
            (outside - inside) * 1_000 / inside.max(outside)
        }
        // Alone in a cluster: neither at home nor away, by the same paper.
        _ => 0,
    }
}

/// SplitMix64 (Steele, Lea, Flood 2014).
struct SplitMix(u64);

impl SplitMix {
    /// The upper half of the next number: 32 bits.
    fn next(&mut self) -> u32 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        u32::try_from((mixed ^ (mixed >> 31)) >> 32).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_heaps_are_two_clusters_at_home() {
        let places = [[0, 0], [1, 0], [0, 1], [1_000, 1_000], [1_001, 1_000], [0, 0]];
        let points = points(&places);
        assert_eq!(points.first(), Some(&Point { place: [0, 0], weight: 2 }));
        let found = k_means(&points, 2);
        let mut sizes = found.sizes.clone();
        sizes.sort_unstable();
        assert_eq!(sizes, [2, 4]);
        assert!(silhouettes(&points, &[found])[0] > 990);
    }

    #[test]
    fn more_clusters_than_places_leave_none_empty() {
        let found = k_means(&points(&[[5, 5]; 9]), 3);
        assert_eq!(found.sizes, [9]);
    }

    #[test]
    fn no_places_no_clusters() {
        assert!(k_means(&[], 2).centres.is_empty());
    }
}
