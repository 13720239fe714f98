//! Passkeys (W3C Web Authentication, level 3): a key in somebody's phone or computer that signs what this
//! very site asks, after a finger, a face or the screen's lock.

use domain::ids::{PasskeyId, PersonId};
use domain::role::Actor;
use domain::text::{self, TextError};
use domain::time::MINUTE_MS;
use entities::{ceremony, passkey};
use passkey_auth::{
    AuthenticationResponse, AuthenticationState, Challenge, CredentialId, PasskeyCredential,
    RegistrationResponse, RegistrationState,
};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait,
    QueryFilter, Set,
};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use sha2::{Digest as _, Sha256};

use super::{SetUp, may_change, open_in_txn, record_in_txn, recovery, removed_in_txn};
use crate::error::{Error, Problem, Refusal, Result};
use crate::hall::Hall;
use crate::session;

pub use super::party::Party;

/// A ceremony must be over after so long.
const CEREMONY_MS: i64 = 5 * MINUTE_MS;
/// Passkeys of one person.
const MOST: usize = 10;
/// Characters of a label.
pub const LABEL_MAX: usize = 20;

/// What the browser is asked, and the token by which its answer is known again.
#[derive(Clone, PartialEq, Eq)]
pub struct Asked {
    /// Comes back with the answer; works once, for five minutes, for the person who asked.
    pub ceremony: String,
    /// For `parseCreationOptionsFromJSON` or `parseRequestOptionsFromJSON`.
    pub options: serde_json::Value,
}

impl std::fmt::Debug for Asked {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Asked").finish_non_exhaustive()
    }
}

/// A browser's answer: what its credential's `toJSON()` gives (level 3, 5.1).
#[derive(Deserialize)]
struct Credential<R> {
    id: String,
    response: R,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Attestation {
    attestation_object: String,
    #[serde(rename = "clientDataJSON")]
    client_data: String,
    #[serde(default)]
    transports: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Assertion {
    authenticator_data: String,
    signature: String,
    #[serde(rename = "clientDataJSON")]
    client_data: String,
    #[serde(default)]
    user_handle: Option<String>,
}

/// Asks for a new passkey. `site` is the hall's name and `account` the sign-in name, as the browser shows
/// them.
///
/// # Errors
/// [`Denied::StepUp`](domain::permission::Denied::StepUp) for somebody who has a factor, until it was
/// shown again; [`Refusal::FactorBegunOver`] for an eleventh.
pub async fn factor_passkey_begin(
    hall: &Hall,
    actor: &Actor,
    party: &Party,
    site: &str,
    account: &str,
) -> Result<Asked> {
    may_change(hall.db.read(), actor).await?;
    let known = credentials(hall.db.read(), actor.person).await?;
    if known.len() >= MOST {
        return Err(Error::field("label", Problem::Number { min: 0, max: 10 }));
    }
    let known: Vec<CredentialId> = known.into_iter().map(|known| known.id).collect();
    let handle = user_handle(hall, actor.person);
    let (mut options, mut state) =
        party.webauthn(site).start_registration(&handle, account, account, &known);
    let challenge = challenge(hall);
    options.challenge = challenge.to_b64url();
    state.challenge = challenge;
    // The ceremony's own end is kept beside it, by the hall's clock.
    state.created_at = 0;
    let options = serde_json::to_value(options)?;
    begin(hall, actor.person, REGISTER, serde_json::to_string(&state)?, options).await
}

/// Takes the new passkey; it counts as shown. `answer` is the credential's JSON. On a person's first
/// factor it makes their recovery codes.
///
/// # Errors
/// [`Error::Invalid`] with the field `label`, or `passkey` and [`Problem::Passkey`];
/// [`Refusal::FactorBegunOver`] for a ceremony that is over, used, or somebody else's;
/// [`Refusal::PasskeyTaken`].
pub async fn factor_passkey_finish(
    hall: &Hall,
    actor: &Actor,
    party: &Party,
    token: &str,
    done: Done<'_>,
    label: &str,
) -> Result<SetUp> {
    let label =
        label_checked(label).map_err(|error| Error::field("label", Problem::Text(error)))?;
    may_change(hall.db.read(), actor).await?;
    let state: RegistrationState = take(hall, actor.person, REGISTER, done.ceremony).await?;
    let read: Credential<Attestation> = read(done.answer)?;
    let response = RegistrationResponse {
        id: read.id,
        transports: read.response.transports,
        attestation_object: read.response.attestation_object,
        client_data_json: read.response.client_data,
    };
    let credential = party
        .webauthn("")
        .finish_registration(&state, &response)
        .map_err(|error| refused(&error))?;
    let now = hall.now();
    let row = passkey::ActiveModel {
        person_id: Set(actor.person.0),
        credential: Set(credential.id.to_b64url()),
        data: Set(serde_json::to_string(&credential)?),
        label: Set(label),
        created_at: Set(now.0),
        used_at: Set(None),
        ..Default::default()
    };
    let txn = hall.db.begin().await?;
    open_in_txn(&txn, actor).await?;
    row.insert(&txn).await.map_err(|error| {
        if Error::is_duplicate(&error) { Refusal::PasskeyTaken.into() } else { Error::from(error) }
    })?;
    let recovery = recovery::first_in_txn(hall, &txn, actor.person).await?;
    let token = session::factor_shown_in_txn(hall, &txn, token).await?;
    let kind = Some("passkey");
    record_in_txn(hall, &txn, actor.audit_name(), "factor_add", actor.person, kind).await?;
    txn.commit().await?;
    Ok(SetUp { token, recovery })
}

/// A browser's answer to what it was asked.
#[derive(Clone, Copy)]
pub struct Done<'a> {
    /// [`Asked::ceremony`].
    pub ceremony: &'a str,
    /// The credential's JSON.
    pub answer: &'a str,
}

impl std::fmt::Debug for Done<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Done").finish_non_exhaustive()
    }
}

/// Removes a passkey.
///
/// # Errors
/// [`Refusal::LastFactor`] for who holds a duty and has nothing else; [`Error::NotFound`] when it isn't the
/// actor's; [`Denied::StepUp`](domain::permission::Denied::StepUp) until the factor was shown again.
pub async fn factor_passkey_remove(hall: &Hall, actor: &Actor, id: PasskeyId) -> Result<()> {
    let txn = hall.db.begin().await?;
    open_in_txn(&txn, actor).await?;
    let removed = passkey::Entity::delete_by_id(id.0)
        .filter(passkey::Column::PersonId.eq(actor.person.0))
        .exec(&txn)
        .await?;
    if removed.rows_affected == 0 {
        return Err(Error::NotFound);
    }
    removed_in_txn(hall, &txn, actor.person).await?;
    let kind = Some("passkey");
    record_in_txn(hall, &txn, actor.audit_name(), "factor_remove", actor.person, kind).await?;
    txn.commit().await?;
    Ok(())
}

/// Asks whoever holds the session of `token` to show one of their passkeys.
///
/// # Errors
/// [`Denied::SignIn`](domain::permission::Denied::SignIn) when the session is over; [`Error::NotFound`] for
/// somebody without a passkey.
pub async fn factor_passkey_ask(hall: &Hall, party: &Party, token: &str) -> Result<Asked> {
    let person = session::holder(hall.db.read(), token, hall.now()).await?;
    let known = credentials(hall.db.read(), person).await?;
    if known.is_empty() {
        return Err(Error::NotFound);
    }
    let handle = user_handle(hall, person);
    let (mut options, mut state) =
        party.webauthn("").start_authentication_with_creds_for_user(&handle, &known);
    let challenge = challenge(hall);
    options.challenge = challenge.to_b64url();
    state.challenge = challenge;
    state.created_at = 0;
    let options = serde_json::to_value(options)?;
    begin(hall, person, AUTHENTICATE, serde_json::to_string(&state)?, options).await
}

/// An assertion that fits, before its counter is written.
pub(super) struct Fits {
    row: passkey::Model,
    data: String,
}

/// Judges an answer to [`factor_passkey_ask`]. The ceremony is used up, however it ends.
pub(super) async fn judge(
    hall: &Hall,
    party: &Party,
    person: PersonId,
    done: Done<'_>,
) -> Result<Fits> {
    let state: AuthenticationState = take(hall, person, AUTHENTICATE, done.ceremony).await?;
    let read: Credential<Assertion> = read(done.answer)?;
    let row = passkey::Entity::find()
        .filter(passkey::Column::PersonId.eq(person.0))
        .filter(passkey::Column::Credential.eq(&read.id))
        .one(hall.db.read())
        .await?
        .ok_or_else(|| Error::field("passkey", Problem::Passkey))?;
    let mut known: PasskeyCredential = serde_json::from_str(&row.data)?;
    let response = AuthenticationResponse {
        id: read.id,
        authenticator_data: read.response.authenticator_data,
        signature: read.response.signature,
        client_data_json: read.response.client_data,
        user_handle: read.response.user_handle,
    };
    let shown = party
        .webauthn("")
        .finish_authentication(&state, &response, &known)
        .map_err(|error| refused(&error))?;
    known.counter = shown.new_counter;
    Ok(Fits { data: serde_json::to_string(&known)?, row })
}

/// Writes the new counter; gives whether nobody else did meanwhile.
pub(super) async fn use_in_txn(hall: &Hall, txn: &DatabaseTransaction, fits: Fits) -> Result<bool> {
    let used = passkey::Entity::update_many()
        .col_expr(passkey::Column::Data, Expr::value(fits.data))
        .col_expr(passkey::Column::UsedAt, Expr::value(hall.now().0))
        .filter(passkey::Column::Id.eq(fits.row.id))
        .filter(passkey::Column::Data.eq(fits.row.data))
        .exec(txn)
        .await?;
    Ok(used.rows_affected == 1)
}

/// Forgets the ceremonies that have run out; gives their number.
///
/// # Errors
/// [`Error::Db`] when the database fails.
pub async fn ceremonies_sweep(hall: &Hall) -> Result<u64> {
    let txn = hall.db.begin().await?;
    let swept = ceremony::Entity::delete_many()
        .filter(ceremony::Column::ExpiresAt.lte(hall.now().0))
        .exec(&txn)
        .await?;
    txn.commit().await?;
    Ok(swept.rows_affected)
}

const REGISTER: &str = "register";
const AUTHENTICATE: &str = "authenticate";

async fn begin(
    hall: &Hall,
    person: PersonId,
    kind: &str,
    state: String,
    options: serde_json::Value,
) -> Result<Asked> {
    let ceremony = hex::encode(hall.dice.bytes32());
    let row = ceremony::ActiveModel {
        token_hash: Set(hash(&ceremony)),
        person_id: Set(person.0),
        kind: Set(kind.to_owned()),
        state: Set(state),
        expires_at: Set(hall.now().plus_ms(CEREMONY_MS).0),
    };
    let txn = hall.db.begin().await?;
    ceremony::Entity::insert(row).exec_without_returning(&txn).await?;
    txn.commit().await?;
    Ok(Asked { ceremony, options })
}

/// The state of a ceremony, which is over with this.
async fn take<S: DeserializeOwned>(
    hall: &Hall,
    person: PersonId,
    kind: &str,
    token: &str,
) -> Result<S> {
    let over = || Error::from(Refusal::FactorBegunOver);
    let hash = hash(token);
    let txn = hall.db.begin().await?;
    let row = ceremony::Entity::find_by_id(&hash).one(&txn).await?;
    let ours = |row: &ceremony::Model| row.person_id == person.0 && row.kind == kind;
    let row = row.filter(ours).ok_or_else(over)?;
    let taken = ceremony::Entity::delete_by_id(hash).exec(&txn).await?;
    txn.commit().await?;
    if taken.rows_affected != 1 || row.expires_at <= hall.now().0 {
        return Err(over());
    }
    Ok(serde_json::from_str(&row.state)?)
}

async fn credentials(
    db: &impl ConnectionTrait,
    person: PersonId,
) -> Result<Vec<PasskeyCredential>> {
    let rows =
        passkey::Entity::find().filter(passkey::Column::PersonId.eq(person.0)).all(db).await?;
    rows.iter().map(|row| Ok(serde_json::from_str(&row.data)?)).collect()
}

/// A person as authenticators know them: it tells nothing about them (level 3, 14.6.1), and stays the same.
fn user_handle(hall: &Hall, person: PersonId) -> Vec<u8> {
    let mut hash = Sha256::new();
    hash.update(b"xiaoyuan passkey user");
    hash.update(hall.key.to_bytes());
    hash.update(person.0.to_be_bytes());
    hash.finalize().to_vec()
}

fn challenge(hall: &Hall) -> Challenge {
    Challenge(hall.dice.bytes32().to_vec())
}

fn hash(token: &str) -> String {
    hex::encode(Sha256::digest(token.as_bytes()))
}

fn read<R: DeserializeOwned>(answer: &str) -> Result<Credential<R>> {
    serde_json::from_str(answer).map_err(|error| {
        tracing::info!(%error, "a passkey's answer can't be read");
        Error::field("passkey", Problem::Passkey)
    })
}

/// Why an answer was refused is for the log: its sender learns nothing from it.
fn refused(error: &passkey_auth::Error) -> Error {
    tracing::info!(%error, "a passkey's answer was refused");
    Error::field("passkey", Problem::Passkey)
}

fn label_checked(typed: &str) -> Result<String, TextError> {
    let label = text::clean(typed).split_whitespace().collect::<Vec<_>>().join(" ");
    match text::count(&label) {
        0 => Err(TextError::Empty),
        len if len > LABEL_MAX => Err(TextError::TooLong { len, max: LABEL_MAX }),
        _ => Ok(label),
    }
}
