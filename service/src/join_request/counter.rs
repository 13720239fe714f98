//! At the counter: the committee lets somebody in at once.

use domain::ids::{HouseholdId, PersonId};
use domain::permission::{Action, Target, permit};
use domain::role::Actor;
use domain::text::Nickname;
use entities::{join_request, person};
use sea_orm::{ActiveModelTrait, DatabaseTransaction, Set};

use super::decide::typed_household;
use super::{RequestState, Way, lock_household_in_txn, record_in_txn};
use crate::community::community_load;
use crate::error::{Error, Problems, Result};
use crate::hall::Hall;
use crate::helper::{find_in_txn, name_in_txn};
use crate::newcomer::{
    Newcomer, NewcomerForm, consent_in_txn, house_in_txn, newcomer_add_in_txn, newcomer_checked,
    ticks,
};

/// What the sign-in names of people without a phone begin with; nobody signs in with them.
pub const NO_PHONE: &str = "no-phone-";

/// What the committee types at the counter.
#[derive(Debug, Clone, Default)]
pub struct CounterForm {
    /// The account. For somebody without any phone the name and the password stay empty. The ticks are
    /// for what they declared and consented to on paper.
    pub account: NewcomerForm,
    /// Whether they have no phone, and so no way to sign in.
    pub no_phone: bool,
    /// Row of the 楼门.
    pub entrance: String,
    /// Room.
    pub room: String,
    /// 代办人: sign-in name or nickname of a member who acts for them; may be empty.
    pub helper: String,
}

/// Admits somebody who stands at the counter to a household, with an account or without any phone.
///
/// # Errors
/// [`Error::Denied`] for others than the committee; [`Error::Invalid`] with the fields of
/// [`NewcomerForm`], `entrance`, `room` and `helper`.
pub async fn counter_admit(hall: &Hall, actor: &Actor, form: &CounterForm) -> Result<PersonId> {
    permit(Some(actor), Action::RollChange, &Target::community(actor.community))?;
    let account = account(hall, actor, form).await;

    let txn = hall.db.begin().await?;
    // All that is wrong is told at once, whatever of it was looked at first.
    let mut fields = Vec::new();
    let account = gather(&mut fields, account)?;
    let found = typed_household(&txn, actor, &form.entrance, &form.room).await;
    let home = gather(&mut fields, found)?;
    let helper = match form.helper.trim() {
        "" => None,
        typed => gather(&mut fields, find_in_txn(&txn, actor, typed).await)?,
    };
    let (Some(account), Some(home), true) = (account, home, fields.is_empty()) else {
        return Err(Error::Invalid(fields));
    };
    let home = lock_household_in_txn(&txn, home.id).await?;
    let person = match account {
        Account::Full(new) => {
            let came_by = Way::Counter.as_str();
            newcomer_add_in_txn(hall, &txn, actor.community, *new, came_by).await?
        }
        Account::NoPhone(nickname) => no_phone_in_txn(hall, &txn, actor, nickname).await?,
    };
    house_in_txn(&txn, person, HouseholdId(home.id)).await?;
    if let Some(helper) = &helper {
        name_in_txn(&txn, actor, person, Some(helper)).await?;
    }
    let now = hall.now();
    let row = join_request::ActiveModel {
        community_id: Set(actor.community.0),
        person_id: Set(person.0),
        entrance_id: Set(home.entrance_id),
        household_id: Set(Some(home.id)),
        room: Set(home.room),
        state: Set(RequestState::Admitted.as_str().to_owned()),
        way: Set(Some(Way::Counter.as_str().to_owned())),
        created_at: Set(now.0),
        decided_by: Set(Some(actor.person.0)),
        decided_at: Set(Some(now.0)),
        ..Default::default()
    }
    .insert(&txn)
    .await?;
    let helped = helper.map(|row| format!(" helper:{}", row.id)).unwrap_or_default();
    let after = format!("person:{person} household:{}{helped}", home.id);
    record_in_txn(hall, &txn, actor.audit_name(), "counter_admit", row.id, after).await?;
    txn.commit().await?;
    Ok(person)
}

enum Account {
    Full(Box<Newcomer>),
    NoPhone(Nickname),
}

/// The account as far as it can be judged before the transaction.
async fn account(hall: &Hall, actor: &Actor, form: &CounterForm) -> Result<Account> {
    if form.no_phone {
        let mut problems = Problems::default();
        let nickname = problems.text("nickname", Nickname::parse(&form.account.nickname));
        ticks(&mut problems, form.account.adult, form.account.consent);
        return Ok(Account::NoPhone(problems.values(nickname)?));
    }
    let community = community_load(hall, actor.community).await?;
    let known = [community.name.as_str(), community.subdistrict.as_str()];
    let new = newcomer_checked(hall, &form.account, &community.settings, &known).await?;
    Ok(Account::Full(Box::new(new)))
}

/// Takes what can be taken, and keeps what is wrong with the rest.
fn gather<T>(fields: &mut Vec<crate::FieldError>, got: Result<T>) -> Result<Option<T>> {
    match got {
        Ok(value) => Ok(Some(value)),
        Err(Error::Invalid(more)) => {
            fields.extend(more);
            Ok(None)
        }
        Err(other) => Err(other),
    }
}

async fn no_phone_in_txn(
    hall: &Hall,
    txn: &DatabaseTransaction,
    actor: &Actor,
    nickname: Nickname,
) -> Result<PersonId> {
    let now = hall.now();
    let row = person::ActiveModel {
        community_id: Set(actor.community.0),
        sign_in_name: Set(format!("{NO_PHONE}{}", hex::encode(hall.dice.bytes16()))),
        nickname: Set(nickname.to_string()),
        language: Set("zh".to_owned()),
        created_at: Set(now.0),
        adult_at: Set(Some(now.0)),
        came_by: Set(Way::Counter.as_str().to_owned()),
        ..Default::default()
    };
    let person = PersonId(row.insert(txn).await?.id);
    consent_in_txn(hall, txn, person).await?;
    Ok(person)
}
