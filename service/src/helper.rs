//! 代办人: a member who acts for a resident without a phone. Whatever they do says so.

use domain::ids::PersonId;
use domain::permission::{Action, Denied, Target, permit};
use domain::role::Actor;
use entities::{person, session};
use sea_orm::{ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter, QuerySelect, Set};

use crate::audit::{Record, append_in_txn};
use crate::error::{Error, Problem, Refusal, Result};
use crate::hall::Hall;
use crate::join_request::NO_PHONE;
use crate::session::token_hash;
use crate::setup::sign_in_name;

/// Names the helper of a person, or ends their help. `helper` is the sign-in name or the nickname of a
/// member; empty for nobody.
///
/// # Errors
/// [`Error::Denied`] for others than the committee; [`Error::NotFound`] when the helped person isn't of
/// the community; [`Refusal::OnOneself`] when somebody would name themselves; [`Error::Invalid`] with the
/// field `helper` when nobody, or more than one, has the name, or the helped person signs in by themselves.
pub async fn helper_set(
    hall: &Hall,
    actor: &Actor,
    helped: PersonId,
    helper: Option<&str>,
) -> Result<()> {
    permit(Some(actor), Action::RollChange, &Target::community(actor.community))?;
    let txn = hall.db.begin().await?;
    let row = person::Entity::find_by_id(helped.0).lock_exclusive().one(&txn).await?;
    let open =
        |row: &person::Model| row.community_id == actor.community.0 && row.closed_at.is_none();
    let row = row.filter(open).ok_or(Error::NotFound)?;
    let helper = match helper.map(str::trim).filter(|typed| !typed.is_empty()) {
        Some(typed) => Some(find_in_txn(&txn, actor, typed).await?),
        None => None,
    };
    name_in_txn(&txn, actor, helped, helper.as_ref()).await?;
    // A helper speaks and votes for somebody: for those alone who can't do it themselves.
    if helper.is_some() && row.password_hash.is_some() && !row.sign_in_name.starts_with(NO_PHONE) {
        return Err(Error::field("helper", Problem::SignsIn));
    }
    let word = |id: Option<i64>| id.map(|id| format!("helper:{id}"));
    let record = Record {
        actor: actor.audit_name(),
        action: "helper_set".to_owned(),
        subject: format!("person:{helped}"),
        before: word(row.helper_id),
        after: word(helper.map(|helper| helper.id)),
        reason: None,
    };
    append_in_txn(&txn, hall.now(), record).await?;
    txn.commit().await?;
    Ok(())
}

/// The one member whom a typed sign-in name or nickname means. They must have a way to sign in.
pub(crate) async fn find_in_txn(
    txn: &DatabaseTransaction,
    actor: &Actor,
    typed: &str,
) -> Result<person::Model> {
    let unknown = || Error::field("helper", Problem::NoPerson);
    let members = || {
        person::Entity::find()
            .filter(person::Column::CommunityId.eq(actor.community.0))
            .filter(person::Column::HouseholdId.is_not_null())
            .filter(person::Column::SignInName.not_like(format!("{NO_PHONE}%")))
            .filter(person::Column::ClosedAt.is_null())
    };
    let by_name = members().filter(person::Column::SignInName.eq(sign_in_name(typed)));
    if let Some(row) = by_name.one(txn).await? {
        return Ok(row);
    }
    let by_nickname = members().filter(person::Column::Nickname.eq(typed)).limit(2);
    let mut rows = by_nickname.all(txn).await?;
    // Of two with one nickname neither is guessed: the sign-in name tells them apart.
    if rows.len() > 1 { Err(unknown()) } else { rows.pop().ok_or_else(unknown) }
}

/// Notes the helper. Whoever names helpers is not named by themselves: a helper casts votes.
pub(crate) async fn name_in_txn(
    txn: &DatabaseTransaction,
    actor: &Actor,
    helped: PersonId,
    helper: Option<&person::Model>,
) -> Result<()> {
    if helper.is_some_and(|helper| [actor.person.0, helped.0].contains(&helper.id)) {
        return Err(Refusal::OnOneself.into());
    }
    person::Entity::update_many()
        .set(person::ActiveModel {
            helper_id: Set(helper.map(|helper| helper.id)),
            ..Default::default()
        })
        .filter(person::Column::Id.eq(helped.0))
        .exec(txn)
        .await?;
    // What was begun under the one before ends with them.
    session::Entity::update_many()
        .set(session::ActiveModel { acting_for: Set(None), ..Default::default() })
        .filter(session::Column::ActingFor.eq(helped.0))
        .exec(txn)
        .await?;
    Ok(())
}

/// Whoever has no household any more is nobody's helper; gives how many they helped.
pub(crate) async fn helping_ends_in_txn(txn: &DatabaseTransaction, people: &[i64]) -> Result<u64> {
    let ended = person::Entity::update_many()
        .set(person::ActiveModel { helper_id: Set(None), ..Default::default() })
        .filter(person::Column::HelperId.is_in(people.iter().copied()))
        .exec(txn)
        .await?;
    session::Entity::update_many()
        .set(session::ActiveModel { acting_for: Set(None), ..Default::default() })
        .filter(session::Column::PersonId.is_in(people.iter().copied()))
        .exec(txn)
        .await?;
    Ok(ended.rows_affected)
}

/// From now on the session of `token` acts for `helped`.
///
/// # Errors
/// [`Error::NotFound`] when the session's person isn't their helper.
pub async fn act_for(hall: &Hall, actor: &Actor, token: &str, helped: PersonId) -> Result<()> {
    let txn = hall.db.begin().await?;
    let own = own_session_in_txn(&txn, actor, token).await?;
    let row = person::Entity::find_by_id(helped.0).one(&txn).await?;
    let mine = |row: &person::Model| {
        row.helper_id == Some(own.person_id)
            && row.community_id == actor.community.0
            && row.closed_at.is_none()
    };
    row.filter(mine).ok_or(Error::NotFound)?;
    put_in_txn(hall, &txn, &own, Some(helped)).await?;
    txn.commit().await?;
    Ok(())
}

/// The session of `token` acts for nobody else any more; nothing happens when it did not.
///
/// # Errors
/// [`Denied::SignIn`] without a session.
pub async fn act_for_stop(hall: &Hall, actor: &Actor, token: &str) -> Result<()> {
    let txn = hall.db.begin().await?;
    let own = own_session_in_txn(&txn, actor, token).await?;
    if own.acting_for.is_some() {
        put_in_txn(hall, &txn, &own, None).await?;
        txn.commit().await?;
    }
    Ok(())
}

/// The session of the helper themselves, in whose-ever name they act at present.
async fn own_session_in_txn(
    txn: &DatabaseTransaction,
    actor: &Actor,
    token: &str,
) -> Result<session::Model> {
    let own = actor.through.unwrap_or(actor.person);
    session::Entity::find_by_id(token_hash(token))
        .filter(session::Column::PersonId.eq(own.0))
        .one(txn)
        .await?
        .ok_or_else(|| Denied::SignIn.into())
}

async fn put_in_txn(
    hall: &Hall,
    txn: &DatabaseTransaction,
    own: &session::Model,
    helped: Option<PersonId>,
) -> Result<()> {
    session::Entity::update_many()
        .set(session::ActiveModel {
            acting_for: Set(helped.map(|helped| helped.0)),
            ..Default::default()
        })
        .filter(session::Column::TokenHash.eq(own.token_hash.as_str()))
        .exec(txn)
        .await?;
    let action = if helped.is_some() { "act_for" } else { "act_for_stop" };
    let subject = helped.map_or(own.acting_for.unwrap_or_default(), |helped| helped.0);
    let record = Record {
        actor: format!("person:{}", own.person_id),
        action: action.to_owned(),
        subject: format!("person:{subject}"),
        ..Record::default()
    };
    append_in_txn(txn, hall.now(), record).await?;
    Ok(())
}

/// Somebody whom the actor helps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Helped {
    /// Row.
    pub person: PersonId,
    /// The name that others see.
    pub nickname: String,
    /// Whether they live in a household, and so can take part.
    pub housed: bool,
}

/// Whom the actor helps, in the order in which they were admitted; the same while acting for one of them.
///
/// # Errors
/// [`Error::Db`] when the database fails.
pub async fn helped_by(hall: &Hall, actor: &Actor) -> Result<Vec<Helped>> {
    use sea_orm::QueryOrder as _;
    let own = actor.through.unwrap_or(actor.person);
    let rows = person::Entity::find()
        .filter(person::Column::HelperId.eq(own.0))
        .filter(person::Column::CommunityId.eq(actor.community.0))
        .filter(person::Column::ClosedAt.is_null())
        .order_by_asc(person::Column::Id)
        .all(hall.db.read())
        .await?;
    let read = |row: person::Model| Helped {
        person: PersonId(row.id),
        nickname: row.nickname,
        housed: row.household_id.is_some(),
    };
    Ok(rows.into_iter().map(read).collect())
}
