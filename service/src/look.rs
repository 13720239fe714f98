//! Looks at what only those may see whose duty it is. Each is recorded before anything is shown.

use domain::ids::PersonId;
use domain::permission::{Action, Target, permit};
use domain::role::Actor;
use entities::{household, person};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, DatabaseTransaction, EntityTrait, IntoActiveModel, QueryFilter,
    QuerySelect, Set,
};

use crate::audit::{Record, append_in_txn};
use crate::error::{Error, Problem, Problems, Result};
use crate::hall::Hall;
use crate::seal::Column;

/// Why somebody looks, by its name in forms and in the record.
pub const REASONS: &[&str] = &["contact", "check", "emergency"];
/// Characters of a real name.
const NAME_MAX: usize = 30;
/// Signs of a telephone number.
const PHONE: std::ops::RangeInclusive<usize> = 5..=20;

/// What the roll holds about a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Details {
    /// Room of the household.
    pub room: Option<String>,
    /// Real name, where it was recorded.
    pub real_name: Option<String>,
    /// Telephone number, where it was recorded.
    pub phone: Option<String>,
}

/// Shows what the roll holds about a person, after noting who looked and why.
///
/// # Errors
/// [`Error::Denied`] for those whose duty it isn't; [`Error::NotFound`] in another community;
/// [`Error::Invalid`] with the field `reason`.
pub async fn look_person(
    hall: &Hall,
    actor: &Actor,
    id: PersonId,
    reason: &str,
) -> Result<Details> {
    permit(Some(actor), Action::RollLook, &Target::community(actor.community))?;
    let mut problems = Problems::default();
    let known = |name: &str| REASONS.iter().find(|known| **known == name).copied();
    let reason = problems.choice("reason", reason, known);
    let reason = problems.values(reason)?;
    let txn = hall.db.begin().await?;
    let row = of_community(&txn, actor, id).await?;
    let room = match row.household_id {
        Some(home) => household::Entity::find_by_id(home).one(&txn).await?.map(|home| home.room),
        None => None,
    };
    let open = |column, sealed: Option<String>| {
        sealed.map(|sealed| hall.seal.open(column, &sealed)).transpose()
    };
    let details = Details {
        room,
        real_name: open(Column::RealName, row.real_name)?,
        phone: open(Column::Phone, row.phone)?,
    };
    looked_in_txn(hall, &txn, actor, format!("person:{id}"), Some(reason)).await?;
    txn.commit().await?;
    Ok(details)
}

/// Notes a look at `subject` (`person:3`, `entrance:12`): the last thing in a transaction.
///
/// # Errors
/// [`Error::Db`] when the database fails.
pub async fn looked_in_txn(
    hall: &Hall,
    txn: &DatabaseTransaction,
    actor: &Actor,
    subject: String,
    reason: Option<&str>,
) -> Result<()> {
    let record = Record {
        actor: actor.audit_name(),
        action: "roll_look".to_owned(),
        subject,
        reason: reason.map(str::to_owned),
        ..Record::default()
    };
    append_in_txn(txn, hall.now(), record).await?;
    Ok(())
}

/// Records real name and telephone number of a person on the roll; empty for none.
///
/// # Errors
/// [`Error::Denied`], [`Error::NotFound`] in another community, [`Error::Invalid`] with the fields
/// `real_name` and `phone`.
pub async fn person_details_set(
    hall: &Hall,
    actor: &Actor,
    id: PersonId,
    real_name: &str,
    phone: &str,
) -> Result<()> {
    permit(Some(actor), Action::RollChange, &Target::community(actor.community))?;
    let mut problems = Problems::default();
    let real_name = domain::text::clean(real_name);
    let len = domain::text::count(&real_name);
    if len > NAME_MAX {
        let error = domain::text::TextError::TooLong { len, max: NAME_MAX };
        problems.note("real_name", Problem::Text(error));
    }
    let phone: String = phone.chars().filter(|c| !c.is_whitespace() && *c != '-').collect();
    let digits = phone.strip_prefix('+').unwrap_or(&phone);
    let good = PHONE.contains(&digits.len()) && digits.chars().all(|c| c.is_ascii_digit());
    if !phone.is_empty() && !good {
        problems.note("phone", Problem::Phone);
    }
    problems.done()?;
    let txn = hall.db.begin().await?;
    let row = of_community(&txn, actor, id).await?;
    let kinds = |name: bool, phone: bool| {
        let kinds: Vec<_> =
            [(name, "real name"), (phone, "phone")].into_iter().filter(|kind| kind.0).collect();
        let kinds: Vec<_> = kinds.into_iter().map(|kind| kind.1).collect();
        (!kinds.is_empty()).then(|| kinds.join(" "))
    };
    let before = kinds(row.real_name.is_some(), row.phone.is_some());
    let after = kinds(!real_name.is_empty(), !phone.is_empty());
    let close =
        |column, text: &str| (!text.is_empty()).then(|| hall.seal.close(column, text)).transpose();
    let mut changed = row.into_active_model();
    changed.real_name = Set(close(Column::RealName, &real_name)?);
    changed.phone = Set(close(Column::Phone, &phone)?);
    changed.update(&txn).await?;
    let record = Record {
        actor: actor.audit_name(),
        action: "person_details_set".to_owned(),
        subject: format!("person:{id}"),
        before,
        after,
        reason: None,
    };
    append_in_txn(&txn, hall.now(), record).await?;
    txn.commit().await?;
    Ok(())
}

async fn of_community(
    txn: &DatabaseTransaction,
    actor: &Actor,
    id: PersonId,
) -> Result<person::Model> {
    let row = person::Entity::find_by_id(id.0)
        .filter(person::Column::CommunityId.eq(actor.community.0))
        .filter(person::Column::ClosedAt.is_null())
        .lock_exclusive()
        .one(txn)
        .await?;
    row.ok_or(Error::NotFound)
}
