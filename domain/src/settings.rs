//! What a community can set for itself, with the defaults of the field.

use serde::{Deserialize, Serialize};

use crate::place::ScopeKind;

/// A community's settings; a field that is missing takes its default, an unknown one is refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CommunitySettings {
    /// Whether the committee looks at a proposal before it is published.
    pub first_check: bool,
    /// Households needed to co-sign a matter of an entrance.
    pub threshold_entrance: u32,
    /// Households needed to co-sign a matter of a courtyard.
    pub threshold_courtyard: u32,
    /// Households needed to co-sign a matter of the whole community.
    pub threshold_community: u32,
    /// Calendar days for co-signing.
    pub cosign_days: u32,
    /// Working days for the first check.
    pub first_check_days: u32,
    /// Working days for the answer.
    pub answer_days: u32,
    /// Calendar days until the session.
    pub session_days: u32,
    /// Working days from a decision to its referral.
    pub referral_days: u32,
    /// Working days for the work.
    pub work_days: u32,
    /// Calendar days in which neighbours review.
    pub review_days: u32,
    /// Working days for a follow-up after 不满意.
    pub follow_up_days: u32,
    /// Calendar days in which results and their carrying out are public
    /// (居民委员会组织法, 2025 revision, Art 34: at least 15).
    pub notice_days: u32,
    /// 备案 numbers and the like for the footer, each a line.
    pub footer: Vec<String>,
    /// The committee's telephone, as written on the noticeboard.
    pub phone: String,
}

impl Default for CommunitySettings {
    fn default() -> Self {
        Self {
            first_check: true,
            threshold_entrance: 3,
            threshold_courtyard: 10,
            threshold_community: 30,
            cosign_days: 30,
            first_check_days: 2,
            answer_days: 5,
            session_days: 30,
            referral_days: 5,
            work_days: 15,
            review_days: 15,
            follow_up_days: 3,
            notice_days: 15,
            footer: Vec::new(),
            phone: String::new(),
        }
    }
}

impl CommunitySettings {
    /// Households needed to co-sign a matter of that scope.
    #[must_use]
    pub const fn threshold(&self, scope: ScopeKind) -> u32 {
        match scope {
            ScopeKind::Entrance => self.threshold_entrance,
            ScopeKind::Courtyard => self.threshold_courtyard,
            ScopeKind::Community => self.threshold_community,
        }
    }
}
