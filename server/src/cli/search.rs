//! `search rebuild`: the index made anew from what the tables hold.

use std::process::ExitCode;

use service::search::search_rebuild_telling;

use super::out::{say, tell};
use super::{CliError, setup};
use crate::settings::Settings;

/// After so many more one hears how far it is.
const TOLD_EACH: u64 = 50_000;

pub(super) async fn rebuild(settings: &Settings) -> Result<ExitCode, CliError> {
    let hall = setup::open(settings).await?;
    let mut next = TOLD_EACH;
    let rebuilt = search_rebuild_telling(&hall, &mut |matters, posts| {
        if matters + posts >= next {
            next = matters + posts + TOLD_EACH;
            tell(format_args!("  {matters} matters, {posts} posts so far"));
        }
    })
    .await;
    hall.db.close().await.map_err(service::Error::from)?;
    let (matters, posts) = rebuilt?;
    say(format_args!("{matters} matters and {posts} posts can be found"));
    Ok(ExitCode::SUCCESS)
}
