//! Keeping it civil: what is covered in a text, words that warn, reports, removals and the one appeal.
//!
//! What is taken down leaves its row ([`kept`]), so that no read can give it away; it is kept sealed, for the
//! oversight board alone, as long as the settings say (网络安全法 Art 23).

mod appeal;
mod kept;
mod remove;
mod report;
mod seen;
mod sweep;
mod view;
mod wait;

pub use domain::mask::{Found, Masked, mask};

pub(crate) use appeal::appeals_end_in_txn;
pub use appeal::{AppealDecision, KeptPhoto, Looked, appeal_decide, appeal_file, removed_look};
pub(crate) use kept::names_cover_in_txn;
pub use kept::{Kept, KeptEdit, KeptMatter, KeptPost, KeptText, REMOVED_TITLE};
pub use remove::{matter_text_stands, removal_make};
pub use report::{ReportDecision, report_decide, report_file};
pub use sweep::{removals_catch_up, removals_purge};
pub use view::{
    AppealView, CaseView, DeskReports, OpenReport, OwnReport, RemovedLine, ReportedLine, Settled,
    WaitingPost, appeal_view, case_view, desk_removed, desk_reports, own_removed, own_reports,
    report_view, text_removal,
};
pub use wait::{post_decline, post_release};

use domain::civil::watched;
use domain::mask::mask_but;
use domain::settings::CommunitySettings;

use crate::error::{Problem, Problems, Result};

/// A text as it is kept: telephone, ID-card and room numbers are covered, but for the community's own
/// telephone. It is cleaned first, as the text types do: or a sign that is dropped later could hide a number.
#[must_use]
pub fn covered(settings: &CommunitySettings, text: &str) -> String {
    mask_but(&domain::text::clean(text), &settings.phone).text
}

/// Asks the writer once to put watched words another way; `anyway` is their second press. `texts` are
/// fields' names with what was typed.
///
/// # Errors
/// [`Error::Invalid`](crate::Error::Invalid) with [`Problem::WatchedWords`] at each field that holds one;
/// [`watched`] names the words.
pub fn check_words(
    settings: &CommunitySettings,
    texts: &[(&'static str, &str)],
    anyway: bool,
) -> Result<()> {
    let mut problems = Problems::default();
    for (field, text) in texts {
        if !anyway && !watched(text, &settings.watch_words).is_empty() {
            problems.note(field, Problem::WatchedWords);
        }
    }
    problems.done()
}
