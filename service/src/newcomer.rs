//! Somebody who makes an account: what they type, and the rows that come of it.

use domain::ids::{CommunityId, HouseholdId, PersonId};
use domain::settings::CommunitySettings;
use domain::text::Nickname;
use entities::{consent, household, person};
use sea_orm::{ActiveModelTrait, ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter, Set};

use crate::account::{DEMO_PREFIX, email_checked};
use crate::error::{Error, Problem, Problems, Result};
use crate::hall::Hall;
use crate::password::new_password_checked;
use crate::seal::Column;
use crate::setup::sign_in_name_checked;

/// Digits of a telephone number: with the country's code at most 15 (ITU-T E.164).
const PHONE_MIN: usize = 7;
const PHONE_MAX: usize = 15;

/// What somebody types to make an account. It is never printed: it holds a password.
#[derive(Clone, Default)]
pub struct NewcomerForm {
    /// 登录名 or a mail address; the latter is also where notices go, once they are asked for.
    pub name: String,
    /// New password.
    pub password: String,
    /// 您怎么称呼: what others see.
    pub nickname: String,
    /// Telephone; not looked at where the community doesn't want it, and may stay empty where it does.
    pub phone: String,
    /// Whether they declare to be 18 or over.
    pub adult: bool,
    /// Whether they consent to what is kept about them.
    pub consent: bool,
    /// `zh` or `en`: of the mails to come.
    pub language: String,
}

impl std::fmt::Debug for NewcomerForm {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewcomerForm").finish_non_exhaustive()
    }
}

/// What was typed, checked.
pub(crate) struct Draft {
    name: String,
    email: Option<String>,
    nickname: String,
    phone: Option<String>,
    password: String,
    language: String,
}

/// The same with the password hashed.
pub(crate) struct Newcomer {
    draft: Draft,
    password_hash: String,
}

impl Draft {
    /// Checks what was typed. `known` is what others know of the person besides, such as the community's
    /// name.
    ///
    /// # Errors
    /// [`Error::Invalid`] with the fields `nickname`, `name`, `password`, `phone`, `adult`, `consent`.
    pub(crate) fn of(
        form: &NewcomerForm,
        settings: &CommunitySettings,
        known: &[&str],
    ) -> Result<Self> {
        let mut problems = Problems::default();
        let nickname = problems.text("nickname", Nickname::parse(&form.nickname));
        let name = noted(&mut problems, "name", name_checked(&form.name));
        let names = [known, &[form.name.trim(), form.nickname.trim()]].concat();
        noted(&mut problems, "password", new_password_checked(&form.password, &names));
        let typed_phone = if settings.ask_phone { form.phone.as_str() } else { "" };
        let phone = noted(&mut problems, "phone", phone_checked(typed_phone));
        ticks(&mut problems, form.adult, form.consent);
        let ((name, email), nickname, phone) =
            problems.values((|| Some((name?, nickname?, phone?)))())?;
        let language = if form.language == "en" { "en" } else { "zh" }.to_owned();
        let (nickname, password) = (nickname.to_string(), form.password.clone());
        Ok(Self { name, email, nickname, phone, password, language })
    }

    /// Hashes the password: before the transaction.
    pub(crate) async fn hashed(self, hall: &Hall) -> Result<Newcomer> {
        let hash = hall.hasher.hash(self.password.clone(), hall.dice.as_ref()).await?;
        Ok(Newcomer { draft: self, password_hash: hash })
    }
}

/// Checks what was typed and hashes the password; call it before the transaction.
///
/// # Errors
/// As [`Draft::of`].
pub(crate) async fn newcomer_checked(
    hall: &Hall,
    form: &NewcomerForm,
    settings: &CommunitySettings,
    known: &[&str],
) -> Result<Newcomer> {
    Draft::of(form, settings, known)?.hashed(hall).await
}

/// Both must be ticked: accounts are for adults, and nothing is kept without consent (个人信息保护法
/// Art 13, 14).
pub(crate) fn ticks(problems: &mut Problems, adult: bool, consent: bool) {
    for (field, ticked) in [("adult", adult), ("consent", consent)] {
        if !ticked {
            problems.note(field, Problem::Tick);
        }
    }
}

/// Adds the person with their consent, without a word on the audit chain: the caller records how they
/// came. `came_by` is one of `person.came_by`.
///
/// # Errors
/// [`Error::Invalid`] with the field `name` when it is taken.
pub(crate) async fn newcomer_add_in_txn(
    hall: &Hall,
    txn: &DatabaseTransaction,
    community: CommunityId,
    new: Newcomer,
    came_by: &str,
) -> Result<PersonId> {
    let Newcomer { draft: new, password_hash } = new;
    let now = hall.now();
    let phone = new.phone.as_deref().map(|phone| hall.seal.close(Column::Phone, phone));
    let row = person::ActiveModel {
        community_id: Set(community.0),
        household_id: Set(None),
        sign_in_name: Set(new.name),
        email: Set(new.email),
        nickname: Set(new.nickname),
        password_hash: Set(Some(password_hash)),
        language: Set(new.language),
        created_at: Set(now.0),
        phone: Set(phone.transpose()?),
        adult_at: Set(Some(now.0)),
        came_by: Set(came_by.to_owned()),
        ..Default::default()
    };
    let row = row.insert(txn).await.map_err(|error| {
        if Error::is_duplicate(&error) {
            Error::field("name", Problem::Taken)
        } else {
            error.into()
        }
    })?;
    let person = PersonId(row.id);
    consent_in_txn(hall, txn, person).await?;
    Ok(person)
}

/// Notes the consent to the version in force.
pub(crate) async fn consent_in_txn(
    hall: &Hall,
    txn: &DatabaseTransaction,
    person: PersonId,
) -> Result<()> {
    let row = consent::ActiveModel {
        person_id: Set(person.0),
        version: Set(domain::consent::VERSION),
        given_at: Set(hall.now().0),
        ..Default::default()
    };
    consent::Entity::insert(row).exec_without_returning(txn).await?;
    person::Entity::update_many()
        .set(person::ActiveModel {
            consent_version: Set(Some(domain::consent::VERSION)),
            ..Default::default()
        })
        .filter(person::Column::Id.eq(person.0))
        .exec(txn)
        .await?;
    Ok(())
}

/// Puts a person who has no household into one; its first adult becomes its representative (户代表).
///
/// # Errors
/// [`Refusal::HasHousehold`](crate::Refusal::HasHousehold) when they have one by now.
pub(crate) async fn house_in_txn(
    txn: &DatabaseTransaction,
    person: PersonId,
    household: HouseholdId,
) -> Result<()> {
    let housed = person::Entity::update_many()
        .set(person::ActiveModel { household_id: Set(Some(household.0)), ..Default::default() })
        .filter(person::Column::Id.eq(person.0))
        .filter(person::Column::HouseholdId.is_null())
        .filter(person::Column::ClosedAt.is_null())
        .exec(txn)
        .await?;
    if housed.rows_affected == 0 {
        return Err(crate::Refusal::HasHousehold.into());
    }
    household::Entity::update_many()
        .set(household::ActiveModel {
            representative_id: Set(Some(person.0)),
            ..Default::default()
        })
        .filter(household::Column::Id.eq(household.0))
        .filter(household::Column::RepresentativeId.is_null())
        .exec(txn)
        .await?;
    Ok(())
}

fn noted<T>(problems: &mut Problems, field: &'static str, parsed: Result<T, Problem>) -> Option<T> {
    parsed.map_err(|problem| problems.note(field, problem)).ok()
}

/// A sign-in name, and the mail address that it is where it has an `@`.
fn name_checked(typed: &str) -> Result<(String, Option<String>), Problem> {
    let name = crate::setup::sign_in_name(typed);
    // The people whom a demo offers are signed in without a password.
    if name.starts_with(DEMO_PREFIX) {
        return Err(Problem::Taken);
    }
    if name.contains('@') {
        let email = email_checked(&name)?;
        return email.map(|email| (email.clone(), Some(email))).ok_or(Problem::Email);
    }
    Ok((sign_in_name_checked(&name)?, None))
}

/// A telephone number: digits, with a `+` before the country's code; spaces and hyphens are dropped.
/// Empty is none.
pub(crate) fn phone_checked(typed: &str) -> Result<Option<String>, Problem> {
    let phone: String = crate::setup::sign_in_name(typed)
        .chars()
        .filter(|c| !c.is_whitespace() && !"-–—()（）".contains(*c))
        .collect();
    if phone.is_empty() {
        return Ok(None);
    }
    let digits = phone.strip_prefix('+').unwrap_or(&phone);
    let right = (PHONE_MIN..=PHONE_MAX).contains(&digits.len());
    let good = right && digits.bytes().all(|b| b.is_ascii_digit());
    if good { Ok(Some(phone)) } else { Err(Problem::Phone) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::text::TextError;

    #[test]
    fn a_name_with_an_at_is_a_mail_address() {
        for (typed, expected) in [
            ("liuguilan", Ok(("liuguilan", None))),
            (" Guilan@Example.org", Ok(("guilan@example.org", Some("guilan@example.org")))),
            ("guilan@", Err(Problem::Email)),
            ("刘@桂兰", Err(Problem::Email)),
            ("demo-liu", Err(Problem::Taken)),
            ("Ｄemo-liu", Err(Problem::Taken)),
            ("", Err(Problem::Text(TextError::Empty))),
        ] {
            let expected = expected.map(|(name, email): (&str, Option<&str>)| {
                (name.to_owned(), email.map(str::to_owned))
            });
            assert_eq!(name_checked(typed), expected, "{typed}");
        }
    }

    #[test]
    fn telephone_numbers_are_kept_as_digits() {
        for (typed, expected) in [
            ("", Ok(None)),
            ("138 0000 0000", Ok(Some("13800000000"))),
            ("１３８－００００-0000", Ok(Some("13800000000"))),
            ("(010) 6400-0000", Ok(Some("01064000000"))),
            ("+86 13800000000", Ok(Some("+8613800000000"))),
            ("12345", Err(Problem::Phone)),
            ("1234567890123456", Err(Problem::Phone)),
            ("1380000000a", Err(Problem::Phone)),
            ("138+0000000", Err(Problem::Phone)),
        ] {
            assert_eq!(phone_checked(typed), expected.map(|it| it.map(str::to_owned)), "{typed}");
        }
    }
}
