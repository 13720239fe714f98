//! Chance that is the same for the same seed: SplitMix64 (Steele, Lea and Flood 2014), integers only.

/// A row of numbers that look like chance.
#[derive(Debug, Clone)]
pub(super) struct Chance(u64);

impl Chance {
    /// The row of one of several things that are made from one seed: each has its own, whatever the others draw.
    pub(super) const fn new(seed: u64, thing: u64) -> Self {
        let mut chance = Self(seed.wrapping_mul(0xD129_0F22_43B5_E1A3) ^ thing);
        chance.0 ^= chance.next() << 1;
        chance
    }

    const fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// From 0 to below `n`, each as likely; 0 where `n` is.
    pub(super) fn below(&mut self, n: usize) -> usize {
        let n = u64::try_from(n).unwrap_or(u64::MAX).max(1);
        usize::try_from(self.next() % n).unwrap_or_default()
    }

    /// From 0 to below `n`, the small ones far more often, as words are.
    pub(super) fn small(&mut self, n: usize) -> usize {
        let most = self.below(n) + 1;
        self.below(most)
    }

    /// Once in `n` times.
    pub(super) fn once_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }

    /// One of some, each as likely; nothing of none.
    pub(super) fn one<'a, T>(&mut self, of: &'a [T]) -> Option<&'a T> {
        of.get(self.below(of.len()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_and_another_another() {
        let row = |seed, thing| {
            let mut chance = Chance::new(seed, thing);
            (0..8).map(|_| chance.below(1_000_000)).collect::<Vec<_>>()
        };
        assert_eq!(row(1, 1), row(1, 1));
        assert_ne!(row(1, 1), row(2, 1));
        assert_ne!(row(1, 1), row(1, 2));
    }

    #[test]
    fn each_number_comes_and_small_ones_more_often() {
        let mut chance = Chance::new(7, 0);
        let (mut even, mut small) = ([0_u32; 10], [0_u32; 10]);
        for _ in 0..10_000 {
            even[chance.below(10)] += 1;
            small[chance.small(10)] += 1;
        }
        assert!(even.iter().all(|count| (850..1_150).contains(count)), "{even:?}");
        assert!(small.windows(2).all(|pair| pair[0] > pair[1]), "{small:?}");
        assert!(small[9] > 0);
        assert_eq!(chance.below(0), 0);
    }
}
