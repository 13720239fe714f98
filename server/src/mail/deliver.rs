//! The worker's round: notices become mails, mails are leased, sent, and marked.

use std::sync::Mutex;
use std::sync::PoisonError;

use futures::StreamExt;
use service::mail::{Letter, mail_failed, mail_give_back, mail_lease, mail_sent};
use service::notice::notices_expand;
use service::{Hall, Result};
use tokio::sync::watch;

use super::{AT_ONCE, PostOffice};

/// Mails written in one transaction.
const BATCH: u64 = 500;
/// Mails leased together.
const LEASED: u64 = 16;
/// For how long: more than [`LEASED`] mails can take.
const LEASE_MS: i64 = 5 * domain::time::MINUTE_MS;

/// Sends all that is due now, until nothing is left or `stop` says so; gives the number of tries.
/// What was leased and not tried is given back.
///
/// # Errors
/// When the database fails; what was sent in that moment may be sent again, under the same
/// Message-ID.
pub async fn deliver(
    hall: &Hall,
    post: &PostOffice,
    stop: &watch::Receiver<bool>,
) -> Result<usize> {
    notices_expand(hall, post.host(), BATCH).await?;
    let mut tried = 0;
    while !*stop.borrow() {
        let letters = mail_lease(hall, LEASED, LEASE_MS).await?;
        if letters.is_empty() {
            break;
        }
        let count = letters.len();
        let left = round(hall, post, stop, letters).await?;
        tried += count - left;
    }
    Ok(tried)
}

/// Tries the leased letters; gives the number of those that were not tried.
async fn round(
    hall: &Hall,
    post: &PostOffice,
    stop: &watch::Receiver<bool>,
    letters: Vec<Letter>,
) -> Result<usize> {
    let untried = Mutex::new(Vec::new());
    let outcomes: Vec<Result<()>> = futures::stream::iter(letters)
        .map(|letter| async {
            if *stop.borrow() {
                untried.lock().unwrap_or_else(PoisonError::into_inner).push(letter);
                return Ok(());
            }
            try_one(hall, post, &letter).await
        })
        .buffer_unordered(AT_ONCE as usize)
        .collect()
        .await;
    let untried = untried.into_inner().unwrap_or_else(PoisonError::into_inner);
    mail_give_back(hall, &untried).await?;
    outcomes.into_iter().collect::<Result<Vec<()>>>()?;
    Ok(untried.len())
}

async fn try_one(hall: &Hall, post: &PostOffice, letter: &Letter) -> Result<()> {
    match post.send(letter, hall.now()).await {
        Ok(()) => mail_sent(hall, letter).await,
        Err(refused) => {
            tracing::warn!(
                mail = letter.id.0,
                code = refused.code,
                permanent = refused.permanent,
                "a mail was not taken"
            );
            mail_failed(hall, letter, refused.permanent, &refused.said).await
        }
    }
}
