//! `audit verify`: the whole chain, entry by entry.

use std::process::ExitCode;

use service::audit::{Head, Verdict};

use super::out::say;
use super::{CliError, setup};
use crate::settings::Settings;

pub(super) async fn verify(settings: &Settings) -> Result<ExitCode, CliError> {
    let db = setup::connect(settings).await?;
    let verdict = service::audit::verify(&db).await;
    db.close().await.map_err(service::Error::from)?;
    Ok(match verdict? {
        Verdict::Whole(Head { seq, hash }) => {
            say(format_args!("whole: {seq} entries, head {hash}"));
            ExitCode::SUCCESS
        }
        Verdict::Broken(broken) => {
            say(format_args!("broken at entry {}: {}", broken.seq, broken.why));
            ExitCode::FAILURE
        }
        Verdict::HeadDiffers { found, stored } => {
            say(format_args!(
                "cut off: the entries end at {} ({}), but the head says {} ({})",
                found.seq, found.hash, stored.seq, stored.hash
            ));
            ExitCode::FAILURE
        }
    })
}
