//! Looks at what only those may see whose duty it is. Each is recorded before anything is shown.

use domain::ids::PersonId;
use domain::permission::{Action, Target, permit};
use domain::role::Actor;
use entities::{household, person};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, DatabaseTransaction, EntityTrait, IntoActiveModel, QueryFilter,
    QuerySelect, Set,
};
use serde::Deserialize;

use crate::audit::{Record, append_in_txn};
use crate::error::{Error, Problem, Problems, Result};
use crate::hall::Hall;
use crate::join_request::NO_PHONE;
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
    /// What they sign in with; none for those without a telephone.
    pub sign_in_name: Option<String>,
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
    let signs_in = !row.sign_in_name.starts_with(NO_PHONE);
    let details = Details {
        sign_in_name: signs_in.then_some(row.sign_in_name),
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

/// What is typed to record real name and telephone. The form never shows what is there, so that an empty
/// field leaves it.
#[derive(Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct DetailsForm {
    /// 真实姓名; empty leaves what is there.
    pub real_name: String,
    /// Telephone; empty leaves what is there.
    pub phone: String,
    /// Anything when the recorded name is to be deleted.
    pub real_name_gone: String,
    /// Anything when the recorded number is to be deleted.
    pub phone_gone: String,
}

impl std::fmt::Debug for DetailsForm {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DetailsForm").finish_non_exhaustive()
    }
}

/// Records real name and telephone number of a person on the roll, or deletes them.
///
/// # Errors
/// [`Error::Denied`], [`Error::NotFound`] in another community, [`Error::Invalid`] with the fields
/// `real_name` and `phone`.
pub async fn person_details_set(
    hall: &Hall,
    actor: &Actor,
    id: PersonId,
    form: &DetailsForm,
) -> Result<()> {
    permit(Some(actor), Action::RollChange, &Target::community(actor.community))?;
    let mut problems = Problems::default();
    let real_name = domain::text::clean(&form.real_name);
    let len = domain::text::count(&real_name);
    if len > NAME_MAX {
        let error = domain::text::TextError::TooLong { len, max: NAME_MAX };
        problems.note("real_name", Problem::Text(error));
    }
    let phone: String = form.phone.chars().filter(|c| !c.is_whitespace() && *c != '-').collect();
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
    // What is typed stands in for what is there; a tick beside it has nothing else to delete.
    let next = |column, text: &str, gone: &str, kept: Option<String>| match (text, gone) {
        ("", "") => Ok(kept),
        ("", _) => Ok(None),
        (text, _) => hall.seal.close(column, text).map(Some),
    };
    let real_name =
        next(Column::RealName, &real_name, &form.real_name_gone, row.real_name.clone())?;
    let phone = next(Column::Phone, &phone, &form.phone_gone, row.phone.clone())?;
    let after = kinds(real_name.is_some(), phone.is_some());
    let mut changed = row.into_active_model();
    changed.real_name = Set(real_name);
    changed.phone = Set(phone);
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
