//! Correcting what is kept about oneself (个人信息保护法 Art 46): names, telephone, password.

use domain::permission::{Action, Target, permit};
use domain::role::Actor;
use domain::text::{Nickname, TextError, clean, count};
use entities::{community, person};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QuerySelect, Set,
};

use crate::audit::{Record, append_in_txn};
use crate::error::{Error, Problem, Problems, Result};
use crate::hall::Hall;
use crate::newcomer::phone_checked;
use crate::password::{PASSWORD_MAX, new_password_checked};
use crate::people::SHOWN_WITH_ENTRANCE;
use crate::reset::{known_of, password_set_in_txn};
use crate::seal::Column;
use crate::{rate, session};

/// Characters of a real name.
pub const REAL_NAME_MAX: usize = 30;
/// `person.shown_as` of those who are seen by their nickname alone.
const SHOWN_AS_NICKNAME: &str = "nickname";

/// What a person can correct about themselves.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct OwnNames {
    /// What others see.
    pub nickname: String,
    /// `nickname`, or `entrance` for entrance and nickname.
    pub shown_as: String,
    /// 真实姓名; empty for none.
    pub real_name: String,
    /// Telephone; empty for none.
    pub phone: String,
}

impl std::fmt::Debug for OwnNames {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OwnNames").finish_non_exhaustive()
    }
}

/// What is kept of the actor at present, opened.
///
/// # Errors
/// [`Error::Denied`] for a helper; [`Error::Broken`] when a sealed text can't be opened.
pub async fn own_names(hall: &Hall, actor: &Actor) -> Result<OwnNames> {
    permit(Some(actor), Action::AccountOwn, &Target::community(actor.community))?;
    let row = person::Entity::find_by_id(actor.person.0).one(hall.db.read()).await?;
    let row = row.ok_or(Error::NotFound)?;
    let open = |column, sealed: Option<String>| {
        sealed
            .map(|sealed| hall.seal.open(column, &sealed))
            .transpose()
            .map(Option::unwrap_or_default)
    };
    Ok(OwnNames {
        nickname: row.nickname,
        shown_as: row.shown_as,
        real_name: open(Column::RealName, row.real_name)?,
        phone: open(Column::Phone, row.phone)?,
    })
}

/// Corrects the actor's names. Where the community asks for no telephone numbers, real name and telephone
/// are only corrected or deleted where one is kept; none is taken down anew.
///
/// # Errors
/// [`Error::Invalid`] with the fields `nickname`, `shown_as`, `real_name`, `phone`.
pub async fn names_set(hall: &Hall, actor: &Actor, typed: &OwnNames) -> Result<()> {
    permit(Some(actor), Action::AccountOwn, &Target::community(actor.community))?;
    let mut problems = Problems::default();
    let nickname = problems.text("nickname", Nickname::parse(&typed.nickname));
    let known = [SHOWN_AS_NICKNAME, SHOWN_WITH_ENTRANCE];
    let parse = |name: &str| known.into_iter().find(|known| *known == name);
    let shown_as = problems.choice("shown_as", &typed.shown_as, parse);
    let real_name = problems.text("real_name", real_name_checked(&typed.real_name));
    let phone = match phone_checked(&typed.phone) {
        Ok(phone) => Some(phone),
        Err(problem) => {
            problems.note("phone", problem);
            None
        }
    };
    let (nickname, shown_as, real_name, phone) =
        problems.values((|| Some((nickname?, shown_as?, real_name?, phone?)))())?;
    let community = community::Entity::find_by_id(actor.community.0).one(hall.db.read()).await?;
    let community = community.ok_or(Error::NotFound)?;
    let settings: domain::settings::CommunitySettings = serde_json::from_str(&community.settings)?;
    let seal =
        |column, text: Option<String>| text.map(|text| hall.seal.close(column, &text)).transpose();

    let txn = hall.db.begin().await?;
    let row = person::Entity::find_by_id(actor.person.0)
        .filter(person::Column::ClosedAt.is_null())
        .lock_exclusive()
        .one(&txn)
        .await?
        .ok_or(Error::NotFound)?;
    let takes_name = settings.ask_phone || row.real_name.is_some();
    let takes_phone = settings.ask_phone || row.phone.is_some();
    let mut changed = row.into_active_model();
    changed.nickname = Set(nickname.to_string());
    changed.shown_as = Set(shown_as.to_owned());
    if takes_name {
        changed.real_name = Set(seal(Column::RealName, real_name)?);
    }
    if takes_phone {
        changed.phone = Set(seal(Column::Phone, phone)?);
    }
    changed.update(&txn).await?;
    record_in_txn(hall, &txn, actor, "names_set").await?;
    txn.commit().await?;
    Ok(())
}

/// A real name, without surplus space; empty is none.
fn real_name_checked(typed: &str) -> Result<Option<String>, TextError> {
    let name = clean(typed).split_whitespace().collect::<Vec<_>>().join(" ");
    match count(&name) {
        0 => Ok(None),
        len if len > REAL_NAME_MAX => Err(TextError::TooLong { len, max: REAL_NAME_MAX }),
        _ => Ok(Some(name)),
    }
}

/// Changes the actor's password. All other sessions end; `token` is the asking browser's, which stays.
///
/// # Errors
/// [`Error::Invalid`] with the field `old` when the present password is wrong, or `password`;
/// [`Error::TooOften`].
pub async fn password_change(
    hall: &Hall,
    actor: &Actor,
    old: &str,
    password: &str,
    token: &str,
) -> Result<()> {
    permit(Some(actor), Action::AccountOwn, &Target::community(actor.community))?;
    let row = confirmed(hall, actor, "old", old).await?;
    let known = known_of(hall, &row).await?;
    let known: Vec<&str> = known.iter().map(String::as_str).collect();
    new_password_checked(password, &known).map_err(|problem| Error::field("password", problem))?;
    let hash = hall.hasher.hash(password.to_owned(), hall.dice.as_ref()).await?;
    let txn = hall.db.begin().await?;
    password_set_in_txn(hall, &txn, actor.person, hash).await?;
    session::end_others_in_txn(&txn, actor.person, token).await?;
    record_in_txn(hall, &txn, actor, "password_change").await?;
    txn.commit().await?;
    Ok(())
}

/// The actor's row, once they have typed their present password again. Whoever never had one, as people of
/// a demo, can't confirm anything.
///
/// # Errors
/// [`Error::Invalid`] with `field` when nothing was typed or it is wrong; [`Error::TooOften`].
pub(crate) async fn confirmed(
    hall: &Hall,
    actor: &Actor,
    field: &'static str,
    password: &str,
) -> Result<person::Model> {
    if password.is_empty() {
        return Err(Error::field(field, Problem::Text(TextError::Empty)));
    }
    rate::take(hall, rate::PASSWORD_AGAIN, &actor.person.to_string()).await?;
    let row = person::Entity::find_by_id(actor.person.0).one(hall.db.read()).await?;
    let row = row.ok_or(Error::NotFound)?;
    let looked_at = password.len() <= PASSWORD_MAX;
    if !looked_at || !hall.hasher.fits(password.to_owned(), row.password_hash.clone()).await? {
        return Err(Error::field(field, Problem::OldPassword));
    }
    rate::give_back(hall, rate::PASSWORD_AGAIN, &actor.person.to_string()).await?;
    Ok(row)
}

async fn record_in_txn(
    hall: &Hall,
    txn: &sea_orm::DatabaseTransaction,
    actor: &Actor,
    action: &str,
) -> Result<()> {
    let record = Record {
        actor: actor.audit_name(),
        action: action.to_owned(),
        subject: format!("person:{}", actor.person),
        ..Record::default()
    };
    append_in_txn(txn, hall.now(), record).await?;
    Ok(())
}
