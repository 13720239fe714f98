//! One mail to one person.

use sea_orm::entity::prelude::*;

/// One mail to one person.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "mail")]
pub struct Model {
    /// Row.
    #[sea_orm(primary_key)]
    pub id: i64,
    /// The event that caused it; none for mails about the account.
    pub notice_id: Option<i64>,
    /// To whom.
    pub person_id: i64,
    /// Where to.
    pub address: String,
    /// Stable Message-ID.
    pub message_id: String,
    /// `waiting`, `sent` or `dead`.
    pub state: String,
    /// Tries so far.
    pub attempts: i64,
    /// Not before, Unix ms.
    pub next_at: i64,
    /// Unix ms; 0 when nobody is sending it.
    pub leased_until: i64,
    /// What the other side said.
    pub last_error: Option<String>,
    /// Unix ms.
    pub created_at: i64,
    /// Unix ms.
    pub sent_at: Option<i64>,
    /// `notice` for a step of a matter, else what the mail is about.
    pub kind: String,
    /// What it says, sealed; for mails that no notice caused.
    pub data: Option<String>,
}

/// Joins are written where they are read.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
