//! Words of one's own household and of helpers (代办人).

use super::words;

words! {
    /// One's own household, and helping.
    HouseholdWords {
        r_not_representative: "户代表由现在的户代表来换；换不了的，请居委会办。" / "The present representative names the next one; where that can't be, the committee does.",
        r_votes: "您家正在投票，两次表决之间才能换户代表。" / "Your household votes just now: its representative is changed between ballots.",
    }
}
