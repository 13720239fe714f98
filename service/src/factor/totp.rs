//! An authenticator app: six digits of every half minute (RFC 6238 with SHA-1, as all apps have it).

use domain::ids::PersonId;
use domain::role::Actor;
use domain::time::{HOUR_MS, Timestamp};
use entities::totp;
use qrcode::render::svg;
use qrcode::{EcLevel, QrCode};
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter, Set};
use totp_rs::{Algorithm, Secret, TOTP};

use super::{SetUp, may_change, open_in_txn, record_in_txn, recovery, removed_in_txn};
use crate::error::{Error, Problem, Refusal, Result};
use crate::hall::Hall;
use crate::seal::Column;
use crate::session;

/// Digits of a code.
pub const DIGITS: usize = 6;
/// Seconds of a time step (RFC 6238, 5.2).
const STEP_S: i64 = 30;
/// Steps before and after the present one that are taken too: clocks differ, and people type slowly.
const SKEW: i64 = 1;
/// Bytes of a secret (RFC 4226, section 4).
const SECRET_LEN: usize = 20;
/// So long a secret that was shown can be confirmed.
const BEGUN_MS: i64 = HOUR_MS;
/// Begins what is sealed of a secret that is not confirmed; a stored secret is base32 and has no colon.
const BEGUN: &str = "begun:";

/// A secret that is shown to be put into the app. Nothing is stored before a code fits, so that whoever
/// changes to another phone keeps the old one until then.
#[derive(Clone, PartialEq, Eq)]
pub struct Begun {
    /// Base32 in groups of four, to be typed.
    pub secret: String,
    /// `otpauth://totp/…` as a QR code: an `<svg>`.
    pub qr: String,
    /// The same secret sealed, for this person and an hour: the form brings it back.
    pub sealed: String,
}

impl std::fmt::Debug for Begun {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Begun").finish_non_exhaustive()
    }
}

/// Begins to set up an app, also in the place of one that is set up. `issuer` is the hall's name and
/// `account` the sign-in name, as the app shows them.
///
/// # Errors
/// [`Denied::StepUp`](domain::permission::Denied::StepUp) for somebody who has a factor, until it was
/// shown again.
pub async fn factor_totp_begin(
    hall: &Hall,
    actor: &Actor,
    issuer: &str,
    account: &str,
) -> Result<Begun> {
    may_change(hall.db.read(), actor).await?;
    let mut secret = [0; SECRET_LEN];
    hall.dice.fill(&mut secret);
    let base32 = Secret::Raw(secret.to_vec()).to_encoded().to_string();
    let until = hall.now().plus_ms(BEGUN_MS).0;
    let text = format!("{BEGUN}{}:{until}:{base32}", actor.person);
    let sealed = hall.seal.close(Column::TotpSecret, &text)?;
    begun(&base32, sealed, issuer, account)
}

/// Shows a begun set-up again, after a code that didn't fit.
///
/// # Errors
/// [`Refusal::FactorBegunOver`] when it was sealed for somebody else or over an hour ago.
pub fn factor_totp_begun(
    hall: &Hall,
    actor: &Actor,
    sealed: &str,
    issuer: &str,
    account: &str,
) -> Result<Begun> {
    let base32 = unseal(hall, actor.person, sealed)?;
    begun(&base32, sealed.to_owned(), issuer, account)
}

/// Sets up the app with a first code from it. On a person's first factor it makes their recovery codes.
///
/// # Errors
/// [`Refusal::FactorBegunOver`]; [`Error::Invalid`] with the field `code` and [`Problem::FactorCode`];
/// [`Denied::StepUp`](domain::permission::Denied::StepUp) as [`factor_totp_begin`], and
/// [`Denied::SignIn`](domain::permission::Denied::SignIn) when the session is over.
pub async fn factor_totp_confirm(
    hall: &Hall,
    actor: &Actor,
    token: &str,
    sealed: &str,
    typed: &str,
) -> Result<SetUp> {
    let base32 = unseal(hall, actor.person, sealed)?;
    let wrong = || Error::field("code", Problem::FactorCode);
    let typed = digits(typed).ok_or_else(wrong)?;
    let now = hall.now();
    let step = fitting_step(&base32, &typed, now, i64::MIN)?.ok_or_else(wrong)?;
    let row = totp::ActiveModel {
        person_id: Set(actor.person.0),
        secret: Set(hall.seal.close(Column::TotpSecret, &base32)?),
        created_at: Set(now.0),
        confirmed_at: Set(Some(now.0)),
        last_step: Set(step),
    };
    let txn = hall.db.begin().await?;
    open_in_txn(&txn, actor).await?;
    let replaced = OnConflict::column(totp::Column::PersonId)
        .update_columns([
            totp::Column::Secret,
            totp::Column::CreatedAt,
            totp::Column::ConfirmedAt,
            totp::Column::LastStep,
        ])
        .to_owned();
    totp::Entity::insert(row).on_conflict(replaced).exec_without_returning(&txn).await?;
    let recovery = recovery::first_in_txn(hall, &txn, actor.person).await?;
    let token = session::factor_shown_in_txn(hall, &txn, token).await?;
    let kind = Some("totp");
    record_in_txn(hall, &txn, actor.audit_name(), "factor_add", actor.person, kind).await?;
    txn.commit().await?;
    Ok(SetUp { token, recovery })
}

/// Removes the app.
///
/// # Errors
/// [`Refusal::LastFactor`] for who holds a duty and has nothing else; [`Error::NotFound`] when there is
/// none; [`Denied::StepUp`](domain::permission::Denied::StepUp) until the factor was shown again.
pub async fn factor_totp_remove(hall: &Hall, actor: &Actor) -> Result<()> {
    let txn = hall.db.begin().await?;
    open_in_txn(&txn, actor).await?;
    let removed = totp::Entity::delete_by_id(actor.person.0).exec(&txn).await?;
    if removed.rows_affected == 0 {
        return Err(Error::NotFound);
    }
    removed_in_txn(hall, &txn, actor.person).await?;
    let kind = Some("totp");
    record_in_txn(hall, &txn, actor.audit_name(), "factor_remove", actor.person, kind).await?;
    txn.commit().await?;
    Ok(())
}

/// Uses a code up; gives whether it was good. A code counts once: whoever saw it over a shoulder comes too
/// late, also at the same instant.
pub(super) async fn use_in_txn(
    hall: &Hall,
    txn: &DatabaseTransaction,
    person: PersonId,
    typed: &str,
) -> Result<bool> {
    let Some(typed) = digits(typed) else { return Ok(false) };
    let row = totp::Entity::find_by_id(person.0).one(txn).await?;
    let Some(row) = row.filter(|row| row.confirmed_at.is_some()) else { return Ok(false) };
    let base32 = hall.seal.open(Column::TotpSecret, &row.secret)?;
    let Some(step) = fitting_step(&base32, &typed, hall.now(), row.last_step)? else {
        return Ok(false);
    };
    let used = totp::Entity::update_many()
        .col_expr(totp::Column::LastStep, Expr::value(step))
        .filter(totp::Column::PersonId.eq(person.0))
        .filter(totp::Column::Secret.eq(row.secret))
        .filter(totp::Column::LastStep.lt(step))
        .exec(txn)
        .await?;
    Ok(used.rows_affected == 1)
}

/// The time step, later than `last`, whose code is `typed`.
fn fitting_step(base32: &str, typed: &str, now: Timestamp, last: i64) -> Result<Option<i64>> {
    let totp = generator(base32)?;
    let present = now.0.div_euclid(1_000 * STEP_S);
    let fits = |step: &i64| {
        let seconds = u64::try_from(step * STEP_S).ok();
        // Each is compared in full, so that the time taken tells nothing.
        *step > last && seconds.is_some_and(|seconds| same(&totp.generate(seconds), typed))
    };
    Ok((present - SKEW..=present + SKEW).find(fits))
}

fn generator(base32: &str) -> Result<TOTP> {
    let broken = |error: &dyn std::fmt::Display| Error::Broken(format!("a TOTP secret: {error}"));
    let secret = Secret::Encoded(base32.to_owned()).to_bytes().map_err(|error| broken(&error))?;
    let step = STEP_S.unsigned_abs();
    TOTP::new(Algorithm::SHA1, DIGITS, 0, step, secret).map_err(|error| broken(&error))
}

/// Compares in a time that doesn't tell how much is the same.
fn same(a: &str, b: &str) -> bool {
    let differ = a.bytes().zip(b.bytes()).fold(0, |sum, (a, b)| sum | (a ^ b));
    a.len() == b.len() && differ == 0
}

/// A typed code as six ASCII digits: full-width ones and spaces are as good.
pub(super) fn digits(typed: &str) -> Option<String> {
    let mut found = String::with_capacity(DIGITS);
    for c in typed.chars().filter(|c| !c.is_whitespace()) {
        let c = match c {
            '０'..='９' => char::from_digit(u32::from(c) - u32::from('０'), 10)?,
            c => c,
        };
        if !c.is_ascii_digit() || found.len() == DIGITS {
            return None;
        }
        found.push(c);
    }
    (found.len() == DIGITS).then_some(found)
}

fn unseal(hall: &Hall, person: PersonId, sealed: &str) -> Result<String> {
    let over = || Error::from(Refusal::FactorBegunOver);
    let text = hall.seal.open(Column::TotpSecret, sealed).map_err(|_| over())?;
    let mut parts = text.strip_prefix(BEGUN).ok_or_else(over)?.splitn(3, ':');
    let mut next = || parts.next().ok_or_else(over);
    let (whose, until, base32) = (next()?, next()?, next()?);
    let in_time = until.parse().is_ok_and(|until: i64| hall.now().0 < until);
    if whose == person.to_string() && in_time { Ok(base32.to_owned()) } else { Err(over()) }
}

fn begun(base32: &str, sealed: String, issuer: &str, account: &str) -> Result<Begun> {
    let (issuer, account) = (encoded(issuer), encoded(account));
    // The form that all apps read: https://github.com/google/google-authenticator/wiki/Key-Uri-Format
    let uri = format!(
        "otpauth://totp/{issuer}:{account}?secret={base32}&issuer={issuer}\
         &algorithm=SHA1&digits={DIGITS}&period={STEP_S}"
    );
    let code = QrCode::with_error_correction_level(&uri, EcLevel::L)
        .map_err(|error| Error::Broken(format!("a QR code: {error}")))?;
    let image = code.render::<svg::Color<'_>>().min_dimensions(240, 240).build();
    // Inside a page there is no XML declaration.
    let qr = image.find("<svg").map_or(image.as_str(), |at| &image[at..]).to_owned();
    let groups: Vec<&str> =
        base32.as_bytes().chunks(4).filter_map(|group| std::str::from_utf8(group).ok()).collect();
    Ok(Begun { secret: groups.join(" "), qr, sealed })
}

/// Percent-encoded: all but RFC 3986's unreserved characters.
fn encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6238, appendix B, SHA-1: the last six of its eight digits.
    #[test]
    fn the_vectors_of_the_rfc() {
        let base32 = Secret::Raw(b"12345678901234567890".to_vec()).to_encoded().to_string();
        for (seconds, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            let at = Timestamp(seconds * 1_000);
            let step = seconds / 30;
            let fits = |at, last| fitting_step(&base32, code, at, last).unwrap();
            assert_eq!(fits(at, 0), Some(step), "{seconds}");
            assert_eq!(fits(at.plus_ms(30_000), 0), Some(step), "{seconds}: one step late");
            assert_eq!(fits(at.plus_ms(-30_000), 0), Some(step), "{seconds}: one step early");
            assert_eq!(fits(at.plus_ms(60_000), 0), None, "{seconds}: two steps late");
            assert_eq!(fits(at, step), None, "{seconds}: used");
        }
    }

    #[test]
    fn digits_are_read_as_they_are_typed() {
        for (typed, read) in [
            ("123456", Some("123456")),
            (" 123 456 ", Some("123456")),
            ("１２３４５６", Some("123456")),
            ("12345", None),
            ("1234567", None),
            ("12345a", None),
            ("", None),
        ] {
            assert_eq!(digits(typed).as_deref(), read, "{typed}");
        }
    }
}
