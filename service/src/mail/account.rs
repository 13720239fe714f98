//! Mails about somebody's own account: sent at once, to them alone, and never with a word of it in the
//! subject.

use domain::ids::{MailId, PersonId};
use domain::time::Timestamp;
use entities::mail;
use sea_orm::{
    ConnectionTrait, DatabaseTransaction, EntityTrait, FromQueryResult, Set, Statement, Value,
};

use super::{About, Letter};
use crate::error::{Error, Result};
use crate::hall::Hall;
use crate::reset::RESET_MS;
use crate::seal::Column;

/// `mail.kind` of a way back in.
const RESET: &str = "reset";
/// `mail.kind` of the word that the password was changed.
const PASSWORD: &str = "password";
/// `mail.kind` of the word that the address was changed.
const EMAIL: &str = "email";

/// What somebody is told about their account.
#[derive(Clone, PartialEq, Eq)]
pub enum AccountNews {
    /// Here is a way back in. It is never printed: it holds a secret.
    Reset {
        /// The name to sign in with: who forgot a password may have forgotten this too.
        sign_in_name: String,
        /// Secret of the link.
        token: String,
    },
    /// The password was changed.
    PasswordChanged {
        /// When.
        at: Timestamp,
    },
    /// Mail goes to another address from now on, or nowhere; this is the one before.
    EmailChanged {
        /// When.
        at: Timestamp,
    },
}

impl std::fmt::Debug for AccountNews {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Reset { .. } => "Reset",
            Self::PasswordChanged { .. } => "PasswordChanged",
            Self::EmailChanged { .. } => "EmailChanged",
        })
    }
}

/// Leaves a mail with a way back in; earlier ones that still wait are dropped, for their link is over.
pub(crate) async fn reset_in_txn(
    hall: &Hall,
    txn: &DatabaseTransaction,
    person: PersonId,
    address: &str,
    token: &str,
) -> Result<()> {
    use sea_orm::{ColumnTrait as _, QueryFilter as _};
    mail::Entity::delete_many()
        .filter(mail::Column::PersonId.eq(person.0))
        .filter(mail::Column::Kind.eq(RESET))
        .filter(mail::Column::State.eq("waiting"))
        .exec(txn)
        .await?;
    let data = hall.seal.close(Column::MailData, token)?;
    write_in_txn(hall, txn, person, address, RESET, Some(data)).await
}

/// Leaves a mail that says that the password was changed.
pub(crate) async fn password_changed_in_txn(
    hall: &Hall,
    txn: &DatabaseTransaction,
    person: PersonId,
    address: &str,
) -> Result<()> {
    write_in_txn(hall, txn, person, address, PASSWORD, None).await
}

/// Leaves a mail at the address before that says that mail goes elsewhere from now on.
pub(crate) async fn email_changed_in_txn(
    hall: &Hall,
    txn: &DatabaseTransaction,
    person: PersonId,
    old_address: &str,
) -> Result<()> {
    write_in_txn(hall, txn, person, old_address, EMAIL, None).await
}

async fn write_in_txn(
    hall: &Hall,
    txn: &DatabaseTransaction,
    person: PersonId,
    address: &str,
    kind: &str,
    data: Option<String>,
) -> Result<()> {
    let now = hall.now().0;
    let row = mail::ActiveModel {
        notice_id: Set(None),
        person_id: Set(person.0),
        address: Set(address.to_owned()),
        message_id: Set(format!("<account.{}>", hex::encode(hall.dice.bytes16()))),
        state: Set("waiting".to_owned()),
        attempts: Set(0),
        next_at: Set(now),
        leased_until: Set(0),
        last_error: Set(None),
        created_at: Set(now),
        sent_at: Set(None),
        kind: Set(kind.to_owned()),
        data: Set(data),
        ..Default::default()
    };
    mail::Entity::insert(row).exec_without_returning(txn).await?;
    Ok(())
}

#[derive(Debug, FromQueryResult)]
pub(super) struct Row {
    pub(super) id: i64,
    attempts: i64,
    kind: String,
    data: Option<String>,
    address: String,
    message_id: String,
    created_at: i64,
    language: String,
    sign_in_name: String,
    community: String,
    community_id: i64,
    slug: Option<String>,
    first_id: i64,
}

/// What these mails need, in one statement; links that are over by now are missing.
pub(super) async fn rows_in_txn(
    txn: &DatabaseTransaction,
    ids: &[i64],
    now: Timestamp,
) -> Result<Vec<Row>> {
    let places: Vec<String> = (2..).take(ids.len()).map(|n| format!("${n}")).collect();
    let sql = format!(
        "SELECT m.id, m.attempts, m.kind, m.data, m.address, m.message_id, m.created_at, \
           p.language, p.sign_in_name, c.name AS community, c.id AS community_id, c.slug, \
           (SELECT MIN(id) FROM community) AS first_id \
         FROM mail m JOIN person p ON p.id = m.person_id JOIN community c ON c.id = p.community_id \
         WHERE m.notice_id IS NULL AND p.closed_at IS NULL \
           AND (m.kind <> '{RESET}' OR m.created_at > $1) AND m.id IN ({}) ORDER BY m.id",
        places.join(", ")
    );
    let since = now.plus_ms(-RESET_MS).0;
    let values = std::iter::once(since).chain(ids.iter().copied()).map(Value::from);
    let statement = Statement::from_sql_and_values(txn.get_database_backend(), sql, values);
    Ok(Row::find_by_statement(statement).all(txn).await?)
}

impl Row {
    pub(super) fn letter(self, hall: &Hall, lease: i64) -> Result<Letter> {
        let news = match (self.kind.as_str(), &self.data) {
            (RESET, Some(sealed)) => AccountNews::Reset {
                sign_in_name: self.sign_in_name,
                token: hall.seal.open(Column::MailData, sealed)?,
            },
            (PASSWORD, _) => AccountNews::PasswordChanged { at: Timestamp(self.created_at) },
            (EMAIL, _) => AccountNews::EmailChanged { at: Timestamp(self.created_at) },
            (kind, _) => return Err(Error::unknown("kind of mail", kind)),
        };
        Ok(Letter {
            id: MailId(self.id),
            lease,
            attempts: self.attempts,
            address: self.address,
            message_id: self.message_id,
            language: self.language,
            prefix: crate::community::prefix(self.community_id, self.slug, self.first_id).1,
            community: self.community,
            about: About::Account(news),
        })
    }
}
