//! A micro-proposal (微提案).

use sea_orm::entity::prelude::*;

/// A micro-proposal (微提案).
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "proposal")]
pub struct Model {
    /// Row.
    #[sea_orm(primary_key)]
    pub id: i64,
    /// Community.
    pub community_id: i64,
    /// Public number, given when it is sent.
    pub number: Option<i64>,
    /// Proposer.
    pub author_id: i64,
    /// Title.
    pub title: String,
    /// 现状.
    pub situation: String,
    /// 建议.
    pub suggestion: String,
    /// `domain::category::Category`.
    pub category: String,
    /// Where: courtyard.
    pub courtyard_id: i64,
    /// Where: entrance.
    pub entrance_id: Option<i64>,
    /// Where, in words.
    pub spot: Option<String>,
    /// Whom it concerns.
    pub scope_kind: String,
    /// The scope's place.
    pub scope_place: i64,
    /// 1 when the author is willing to help.
    pub willing: i64,
    /// 代提: for whom it was entered, in the words shown.
    pub on_behalf: Option<String>,
    /// `domain::proposal::StateName`.
    pub state: String,
    /// `domain::proposal::State` as JSON.
    pub state_data: String,
    /// 1 when 复议 was asked for.
    pub contested: i64,
    /// 1 when the work was opened again.
    pub reopened: i64,
    /// Counted up by each change, against lost updates.
    pub version: i64,
    /// Since when in this state, Unix ms.
    pub since: i64,
    /// When the next act is due, Unix ms.
    pub due_at: Option<i64>,
    /// 1 when the due day leans on a provisional calendar year.
    pub due_provisional: i64,
    /// Households that co-sign, kept.
    pub cosigns: i64,
    /// Posts shown, kept.
    pub posts: i64,
    /// The committee's latest public answer.
    pub answer: Option<String>,
    /// `domain::proposal::Verdict` of it.
    pub answer_verdict: Option<String>,
    /// In what role.
    pub answer_role: Option<String>,
    /// Unix ms.
    pub answer_at: Option<i64>,
    /// Unix ms.
    pub created_at: i64,
    /// Unix ms.
    pub published_at: Option<i64>,
    /// Unix ms of the latest step or post.
    pub updated_at: i64,
    /// The helper (代办人) by whose hand it was done.
    pub through_id: Option<i64>,
    /// The version of the text that stands now.
    pub text_version: i64,
    /// The version since which the same is asked: co-signs of older ones don't count.
    pub asks_version: i64,
    /// 代提: 1 when the neighbour's yes is held on paper.
    pub behalf_yes: i64,
    /// The plan on which the pin is set.
    pub plan_id: Option<i64>,
    /// Ten-thousandths of the plan's width, from its left edge.
    pub pin_x: Option<i64>,
    /// Ten-thousandths of the plan's height, from its upper edge.
    pub pin_y: Option<i64>,
    /// Unix ms when its text was taken down.
    pub hidden_at: Option<i64>,
    /// Why; shown to everyone.
    pub hidden_reason: Option<String>,
}

/// Joins are written where they are read.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
