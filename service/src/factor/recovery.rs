//! Recovery codes: ten for the day when the phone is lost, each good for one time.

use domain::ids::PersonId;
use domain::permission::{Action, Target, permit};
use domain::role::Actor;
use domain::slip::Code;
use entities::recovery_code;
use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, PaginatorTrait, QueryFilter,
    Set,
};
use sha2::{Digest as _, Sha256};

use super::{has_factor, open_in_txn, record_in_txn};
use crate::error::{Error, Result};
use crate::hall::Hall;

/// Codes in a set.
pub const CODES: usize = 10;

/// Makes a new set in the place of the old one, and gives it: it is known this once. The codes look like
/// those on slips: 63 random bits and a check sign.
///
/// # Errors
/// [`Denied::StepUp`](domain::permission::Denied::StepUp) until the factor was shown again, and
/// [`Error::NotFound`] for somebody without one: there is nothing to recover.
pub async fn factor_recovery_renew(hall: &Hall, actor: &Actor) -> Result<Vec<String>> {
    permit(Some(actor), Action::AccountOwn, &Target::community(actor.community))?;
    let txn = hall.db.begin().await?;
    open_in_txn(&txn, actor).await?;
    if !has_factor(&txn, actor.person).await? {
        return Err(Error::NotFound);
    }
    let codes = make_in_txn(hall, &txn, actor.person).await?;
    record_in_txn(hall, &txn, actor.audit_name(), "recovery_renew", actor.person, None).await?;
    txn.commit().await?;
    Ok(codes)
}

/// Codes that were not used yet.
pub(super) async fn left(db: &impl ConnectionTrait, person: PersonId) -> Result<u64> {
    let left = recovery_code::Entity::find()
        .filter(recovery_code::Column::PersonId.eq(person.0))
        .filter(recovery_code::Column::UsedAt.is_null())
        .count(db)
        .await?;
    Ok(left)
}

/// A first set, for somebody who has no unused code.
pub(super) async fn first_in_txn(
    hall: &Hall,
    txn: &DatabaseTransaction,
    person: PersonId,
) -> Result<Vec<String>> {
    if left(txn, person).await? > 0 { Ok(Vec::new()) } else { make_in_txn(hall, txn, person).await }
}

async fn make_in_txn(
    hall: &Hall,
    txn: &DatabaseTransaction,
    person: PersonId,
) -> Result<Vec<String>> {
    forget_in_txn(txn, person).await?;
    let mut codes = Vec::with_capacity(CODES);
    while codes.len() < CODES {
        if let Some(code) = Code::from_random(&hall.dice.bytes32()) {
            codes.push(code.printed());
        }
    }
    let rows = codes.iter().map(|code| recovery_code::ActiveModel {
        person_id: Set(person.0),
        code_hash: Set(hash(code)),
        used_at: Set(None),
    });
    recovery_code::Entity::insert_many(rows).exec_without_returning(txn).await?;
    Ok(codes)
}

pub(super) async fn forget_in_txn(txn: &DatabaseTransaction, person: PersonId) -> Result<()> {
    recovery_code::Entity::delete_many()
        .filter(recovery_code::Column::PersonId.eq(person.0))
        .exec(txn)
        .await?;
    Ok(())
}

/// Uses a code up; gives whether it was good.
pub(super) async fn use_in_txn(
    hall: &Hall,
    txn: &DatabaseTransaction,
    person: PersonId,
    typed: &str,
) -> Result<bool> {
    let Ok(code) = Code::parse(typed) else { return Ok(false) };
    let used = recovery_code::Entity::update_many()
        .col_expr(recovery_code::Column::UsedAt, Expr::value(hall.now().0))
        .filter(recovery_code::Column::PersonId.eq(person.0))
        .filter(recovery_code::Column::CodeHash.eq(hash(&code.printed())))
        .filter(recovery_code::Column::UsedAt.is_null())
        .exec(txn)
        .await?;
    Ok(used.rows_affected == 1)
}

/// What is stored of a code: its SHA-256, hex. It has 63 random bits, so nothing slower is needed.
fn hash(printed: &str) -> String {
    hex::encode(Sha256::digest(printed.as_bytes()))
}
