//! A person with an account, or on the roll.

use sea_orm::entity::prelude::*;

/// A person with an account, or on the roll.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "person")]
pub struct Model {
    /// Row.
    #[sea_orm(primary_key)]
    pub id: i64,
    /// Community.
    pub community_id: i64,
    /// Verified household.
    pub household_id: Option<i64>,
    /// Unique, lower case.
    pub sign_in_name: String,
    /// Where notices go, if asked for.
    pub email: Option<String>,
    /// What others see.
    pub nickname: String,
    /// argon2id in PHC form; none for a person without a password.
    pub password_hash: Option<String>,
    /// `zh` or `en`.
    pub language: String,
    /// Unix ms.
    pub created_at: i64,
    /// Sealed; for those whose duty it is.
    pub real_name: Option<String>,
    /// Sealed; only where the community asks for it.
    pub phone: Option<String>,
    /// What neighbours see: `nickname`, or `entrance` for entrance and nickname.
    pub shown_as: String,
    /// The version of the consent in force; none before it is given and after it is withdrawn.
    pub consent_version: Option<i64>,
    /// When they declared to be 18 or over, Unix ms.
    pub adult_at: Option<i64>,
    /// How they were admitted: `operator`, `slip`, `household`, `vouch` or `counter`.
    pub came_by: String,
    /// 代办人: the person who acts for them.
    pub helper_id: Option<i64>,
    /// The household in which they lived when it moved out.
    pub former_household_id: Option<i64>,
    /// When the account was closed, Unix ms; its name is gone then.
    pub closed_at: Option<i64>,
    /// When they were last here, Unix ms, to the quarter of an hour.
    pub seen_at: Option<i64>,
    /// The end of the visit before this one, Unix ms: what came after it is new to them.
    pub visit_at: Option<i64>,
}

/// Joins are written where they are read.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
