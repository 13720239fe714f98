//! The kinds of ballot and the rule that each of them follows.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A kind of ballot: who may vote, when it is valid, when it passes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum BallotKind {
    /// 意见征询: anyone verified in scope; binds nobody.
    #[serde(rename = "straw")]
    Straw,
    /// 议事会决议: the council members.
    #[serde(rename = "council")]
    Council,
    /// 居民会议, by person: all residents of 18 and over.
    #[serde(rename = "residents")]
    ResidentsByPerson,
    /// 居民会议, by household: one representative a household.
    #[serde(rename = "households")]
    ResidentsByHousehold,
    /// 居民代表会议: committee members and residents' representatives.
    #[serde(rename = "representatives")]
    Representatives,
    /// Owners on an ordinary matter, by heads and by area; here an enquiry into their intent only.
    #[serde(rename = "owners_ordinary")]
    OwnersOrdinary,
    /// Owners on a matter of Civil Code Art 278 items 6–8, by heads and by area; intent only.
    #[serde(rename = "owners_special")]
    OwnersSpecial,
    /// Everyone named must agree, as the affected owners of Civil Code Art 279 must.
    #[serde(rename = "unanimous")]
    Unanimous,
    /// Approval voting on projects that share one fund.
    #[serde(rename = "project_selection")]
    ProjectSelection,
}

/// When enough of the electorate has taken part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quorum {
    /// Any number, none included.
    None,
    /// 过半数: strictly more than half (Civil Code Art 1259: 超过 leaves the number itself out).
    MoreThanHalf,
    /// 三分之二以上: two thirds or more (Civil Code Art 1259: 以上 includes the number itself).
    AtLeastTwoThirds,
    /// Everyone.
    All,
}

impl Quorum {
    /// The smallest number of `members` that reaches this quorum.
    #[must_use]
    pub fn smallest(self, members: u64) -> u64 {
        match self {
            Self::None => 0,
            // For u64::MAX members half is 2^63 - 1, so adding one can't overflow.
            Self::MoreThanHalf => members / 2 + 1,
            // ceil(2m/3) = m - floor(m/3), which needs no wider integer.
            Self::AtLeastTwoThirds => members - members / 3,
            Self::All => members,
        }
    }
}

/// When those who agree are enough.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Majority {
    /// More for than against; abstentions weigh nothing.
    MoreYesThanNo,
    /// Strictly more than half of those taking part.
    MoreThanHalf,
    /// Three quarters or more of those taking part.
    AtLeastThreeQuarters,
    /// Every one of those taking part, and at least one.
    All,
}

impl Majority {
    /// Whether `yes` for and `no` against, with `participated` (abstentions included), is enough.
    #[must_use]
    pub fn reached(self, yes: u64, no: u64, participated: u64) -> bool {
        let (y, part) = (u128::from(yes), u128::from(participated));
        match self {
            Self::MoreYesThanNo => yes > no,
            Self::MoreThanHalf => 2 * y > part,
            // 0 of 0 is three quarters of nothing: nobody agreed to anything.
            Self::AtLeastThreeQuarters => part > 0 && 4 * y >= 3 * part,
            Self::All => part > 0 && yes == participated,
        }
    }
}

/// What is counted, and against what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Test {
    /// One vote each.
    Heads {
        /// How many must take part.
        quorum: Quorum,
        /// How many must agree.
        majority: Majority,
    },
    /// By heads and by area; both must be reached (Civil Code Art 278).
    HeadsAndArea {
        /// How much of each must take part.
        quorum: Quorum,
        /// How much of each must agree.
        majority: Majority,
    },
    /// Approvals of projects, most first until the fund is used up; the ballot itself sets the quorum.
    Approvals,
}

/// What a passed ballot of this kind does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// 决议: binds.
    Binding,
    /// 意向征询: shows what the owners intend; their binding vote runs in the city's own system
    /// (北京市物业管理条例 Art 35).
    Intent,
    /// Informs, binds nobody.
    Advisory,
}

/// Where a rule comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Source {
    /// The community's own setting.
    #[serde(rename = "community_setting")]
    CommunitySetting,
    /// 居民委员会组织法 (2025 revision, in force 2026-01-01) Art 26–27.
    #[serde(rename = "residents_committee_law_26_27")]
    ResidentsCommitteeLaw26To27,
    /// 居民委员会组织法 (2025 revision, in force 2026-01-01) Art 28–29.
    #[serde(rename = "residents_committee_law_28_29")]
    ResidentsCommitteeLaw28To29,
    /// 民法典 Art 278 paragraph 2, ordinary matters.
    #[serde(rename = "civil_code_278")]
    CivilCode278Ordinary,
    /// 民法典 Art 278 paragraph 2, matters of items 6–8.
    #[serde(rename = "civil_code_278_items_6_8")]
    CivilCode278Special,
    /// 民法典 Art 279.
    #[serde(rename = "civil_code_279")]
    CivilCode279,
}

impl Source {
    /// The source's name and articles in Chinese, as printed beside a result.
    #[must_use]
    pub fn zh(self) -> &'static str {
        match self {
            Self::CommunitySetting => "本社区议事规则",
            Self::ResidentsCommitteeLaw26To27 => {
                "《居民委员会组织法》(2025年修订)第二十六条、第二十七条"
            }
            Self::ResidentsCommitteeLaw28To29 => {
                "《居民委员会组织法》(2025年修订)第二十八条、第二十九条"
            }
            Self::CivilCode278Ordinary => "《民法典》第二百七十八条",
            Self::CivilCode278Special => "《民法典》第二百七十八条第一款第六项至第八项",
            Self::CivilCode279 => "《民法典》第二百七十九条",
        }
    }

    /// The same in English.
    #[must_use]
    pub fn en(self) -> &'static str {
        match self {
            Self::CommunitySetting => "Rules of this community",
            Self::ResidentsCommitteeLaw26To27 => {
                "Residents' Committee Law (2025 revision), Articles 26 and 27"
            }
            Self::ResidentsCommitteeLaw28To29 => {
                "Residents' Committee Law (2025 revision), Articles 28 and 29"
            }
            Self::CivilCode278Ordinary => "Civil Code, Article 278",
            Self::CivilCode278Special => "Civil Code, Article 278, items 6 to 8",
            Self::CivilCode279 => "Civil Code, Article 279",
        }
    }
}

/// The rule of a kind of ballot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rule {
    /// What is counted, and against what.
    pub test: Test,
    /// Days of notice before it opens: 10 for a residents' meeting (居民委员会组织法 Art 26), 3 for a council
    /// session (the communities' default), 0 where neither law nor default sets any.
    pub notice_days: u16,
    /// Where the rule comes from.
    pub source: Source,
    /// What a passed ballot does.
    pub effect: Effect,
}

impl BallotKind {
    /// Every kind, in the order in which they are offered.
    pub const ALL: [Self; 9] = [
        Self::Straw,
        Self::Council,
        Self::ResidentsByPerson,
        Self::ResidentsByHousehold,
        Self::Representatives,
        Self::OwnersOrdinary,
        Self::OwnersSpecial,
        Self::Unanimous,
        Self::ProjectSelection,
    ];

    /// The name in files, addresses and the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Straw => "straw",
            Self::Council => "council",
            Self::ResidentsByPerson => "residents",
            Self::ResidentsByHousehold => "households",
            Self::Representatives => "representatives",
            Self::OwnersOrdinary => "owners_ordinary",
            Self::OwnersSpecial => "owners_special",
            Self::Unanimous => "unanimous",
            Self::ProjectSelection => "project_selection",
        }
    }

    /// The rule that this kind follows.
    #[must_use]
    pub const fn rule(self) -> Rule {
        use Effect::{Advisory, Binding, Intent};
        use Test::{Approvals, Heads, HeadsAndArea};
        let (test, notice_days, source, effect) = match self {
            Self::Straw => (
                Heads { quorum: Quorum::None, majority: Majority::MoreYesThanNo },
                0,
                Source::CommunitySetting,
                Advisory,
            ),
            Self::Council => (
                Heads { quorum: Quorum::MoreThanHalf, majority: Majority::MoreThanHalf },
                3,
                Source::CommunitySetting,
                Binding,
            ),
            Self::ResidentsByPerson | Self::ResidentsByHousehold => (
                Heads { quorum: Quorum::MoreThanHalf, majority: Majority::MoreThanHalf },
                10,
                Source::ResidentsCommitteeLaw26To27,
                Binding,
            ),
            Self::Representatives => (
                Heads { quorum: Quorum::AtLeastTwoThirds, majority: Majority::MoreThanHalf },
                0,
                Source::ResidentsCommitteeLaw28To29,
                Binding,
            ),
            Self::OwnersOrdinary => (
                HeadsAndArea { quorum: Quorum::AtLeastTwoThirds, majority: Majority::MoreThanHalf },
                0,
                Source::CivilCode278Ordinary,
                Intent,
            ),
            Self::OwnersSpecial => (
                HeadsAndArea {
                    quorum: Quorum::AtLeastTwoThirds,
                    majority: Majority::AtLeastThreeQuarters,
                },
                0,
                Source::CivilCode278Special,
                Intent,
            ),
            Self::Unanimous => (
                Heads { quorum: Quorum::All, majority: Majority::All },
                0,
                Source::CivilCode279,
                Binding,
            ),
            Self::ProjectSelection => (Approvals, 0, Source::CommunitySetting, Binding),
        };
        Rule { test, notice_days, source, effect }
    }
}

impl fmt::Display for BallotKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A name that no kind of ballot has.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown kind of ballot {0:?}; the kinds are {kinds}", kinds = BallotKind::ALL.map(BallotKind::as_str).join(", "))]
pub struct UnknownKind(pub String);

impl FromStr for BallotKind {
    type Err = UnknownKind;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|kind| kind.as_str() == text)
            .ok_or_else(|| UnknownKind(text.to_owned()))
    }
}
