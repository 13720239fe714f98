//! What a community can set for itself, with the defaults of the field.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use time::Date;

use crate::calendar::{Calendar, parse_date};
use crate::category::Category;
use crate::named::named_enum;
use crate::place::ScopeKind;

named_enum! {
    /// When the committee looks at a matter before it is published.
    Moderation {
        /// 先看后发: at each one.
        Before = "before",
        /// 新邻居先看后发: at those of members admitted less than [`NEW_MEMBER_DAYS`] ago.
        NewMembers = "new_members",
        /// 先发后看: at none.
        After = "after",
    }
}

named_enum! {
    /// When somebody looks at a post before it is shown.
    TalkModeration {
        /// 先发后看: at none.
        After = "after",
        /// 头三条先看后发: at a member's first [`FIRST_POSTS`].
        FirstPosts = "first_posts",
        /// 先看后发: at each one.
        Before = "before",
    }
}

/// Posts of a new member at which somebody looks first, where the community wants it.
pub const FIRST_POSTS: u64 = 3;

/// Days for which a member counts as new.
pub const NEW_MEMBER_DAYS: i64 = 30;

named_enum! {
    /// The one colour that stands out: each keeps its contrast in light and dark.
    Accent {
        /// 枣红
        Jujube = "jujube",
        /// 松绿
        Pine = "pine",
        /// 靛蓝
        Indigo = "indigo",
        /// 赭石
        Ochre = "ochre",
        /// 青黛
        Teal = "teal",
    }
}

/// A community's settings; a field that is missing takes its default, an unknown one is refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CommunitySettings {
    /// Whether the committee looks at a matter before it is published.
    pub moderation: Moderation,
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
    /// The colour that stands out.
    pub accent: Accent,
    /// Categories that the form doesn't offer.
    pub hidden_categories: Vec<Category>,
    /// Days off of its own, on top of the national ones, as `2026-12-31`.
    pub days_off: Vec<String>,
    /// Days on which it works although the nation rests.
    pub days_on: Vec<String>,
    /// Whether somebody looks at a post before it is shown.
    pub talk_moderation: TalkModeration,
    /// Words at which the writer is asked to put it another way: they warn, and never remove.
    pub watch_words: Vec<String>,
    /// Posts in a row within an hour, after which others are given the word.
    pub turn_posts: u32,
    /// Households whose reports fold a post until somebody has looked.
    pub fold_households: u32,
    /// Households that can make a correction count as a change of what is asked.
    pub contest_households: u32,
    /// Calendar days in which the proposer of a matter that is to be merged can object.
    pub merge_object_days: u32,
    /// Calendar days in which a merge can be undone.
    pub merge_undo_days: u32,
    /// Working days for the answer to a question to the committee.
    pub question_days: u32,
    /// Voices from which on a matter has opinion groups.
    pub opinion_voices: u32,
    /// Days for which what was taken down is kept for the oversight board
    /// (网络安全法 Art 23: records are kept for at least six months).
    pub removed_days: u32,
    /// Whether people are asked for a telephone number when they join.
    pub ask_phone: bool,
    /// Whether people who hold no slip may ask to be let in.
    pub join_requests: bool,
    /// The most that one entrance lead may vouch for in a day.
    pub vouches_a_day: u32,
    /// Days for which the roll keeps who had lived in a household after an account was closed.
    pub kept_days: u32,
}

impl Default for CommunitySettings {
    fn default() -> Self {
        Self {
            moderation: Moderation::Before,
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
            accent: Accent::Jujube,
            hidden_categories: Vec::new(),
            days_off: Vec::new(),
            days_on: Vec::new(),
            talk_moderation: TalkModeration::After,
            watch_words: Vec::new(),
            turn_posts: 3,
            fold_households: 3,
            contest_households: 3,
            merge_object_days: 7,
            merge_undo_days: 14,
            question_days: 5,
            opinion_voices: 30,
            removed_days: 365,
            ask_phone: false,
            join_requests: true,
            vouches_a_day: 5,
            kept_days: 1_095,
        }
    }
}

impl CommunitySettings {
    /// The nation's calendar with the community's own days off and days worked.
    #[must_use]
    pub fn calendar<'a>(&self, national: &'a Calendar) -> Cow<'a, Calendar> {
        if self.days_off.is_empty() && self.days_on.is_empty() {
            return Cow::Borrowed(national);
        }
        // What can't be read was refused when the settings were kept.
        let days = |texts: &[String]| -> Vec<Date> {
            texts.iter().filter_map(|text| parse_date(text).ok()).collect()
        };
        Cow::Owned(national.with_own(&days(&self.days_off), &days(&self.days_on)))
    }

    /// Whether the form for a new matter offers a category.
    #[must_use]
    pub fn offers(&self, category: Category) -> bool {
        !self.hidden_categories.contains(&category)
    }

    /// Whether the committee looks first at a matter of a member admitted so long ago.
    #[must_use]
    pub const fn first_check(&self, member_for_days: i64) -> bool {
        match self.moderation {
            Moderation::Before => true,
            Moderation::NewMembers => member_for_days < NEW_MEMBER_DAYS,
            Moderation::After => false,
        }
    }

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
