//! 民评: whether it was solved, and how satisfied people are.

use crate::named::named_enum;

named_enum! {
    /// 满意度 of one review.
    Satisfaction {
        /// 满意
        Satisfied = "satisfied",
        /// 基本满意
        FairlySatisfied = "fairly_satisfied",
        /// 不满意: brings a follow-up within 3 working days.
        Dissatisfied = "dissatisfied",
    }
}

/// Sums over the reviews of one matter, or of a community's own work.
///
/// 解决 = confirmed solved / followed up; 满意 = (满意 + 基本满意) / followed up. Over matters,
/// never over people, households or buildings (国办函〔2026〕12号).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ReviewSum {
    /// Reviews given.
    pub given: u32,
    /// Of these, solved.
    pub solved: u32,
    /// 满意.
    pub satisfied: u32,
    /// 基本满意.
    pub fairly: u32,
    /// 不满意.
    pub dissatisfied: u32,
}

impl ReviewSum {
    /// Counts one review.
    pub fn add(&mut self, solved: bool, satisfaction: Satisfaction) {
        self.given += 1;
        self.solved += u32::from(solved);
        match satisfaction {
            Satisfaction::Satisfied => self.satisfied += 1,
            Satisfaction::FairlySatisfied => self.fairly += 1,
            Satisfaction::Dissatisfied => self.dissatisfied += 1,
        }
    }

    /// Satisfied or fairly satisfied in whole percent, rounded down; `None` before any review.
    #[must_use]
    pub fn satisfied_percent(self) -> Option<u32> {
        percent(self.satisfied + self.fairly, self.given)
    }

    /// Solved in whole percent, rounded down; `None` before any review.
    #[must_use]
    pub fn solved_percent(self) -> Option<u32> {
        percent(self.solved, self.given)
    }
}

fn percent(part: u32, whole: u32) -> Option<u32> {
    (u64::from(part) * 100).checked_div(u64::from(whole)).and_then(|p| u32::try_from(p).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percents_round_down_and_wait_for_reviews() {
        let mut sum = ReviewSum::default();
        assert_eq!(sum.satisfied_percent(), None);
        sum.add(true, Satisfaction::Satisfied);
        sum.add(true, Satisfaction::FairlySatisfied);
        sum.add(false, Satisfaction::Dissatisfied);
        assert_eq!(sum.satisfied_percent(), Some(66));
        assert_eq!(sum.solved_percent(), Some(66));
        assert_eq!((sum.given, sum.dissatisfied), (3, 1));
    }
}
