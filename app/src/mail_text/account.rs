//! The mails about one's own account: a way back in, and word that the password or the
//! address was changed.

use domain::time::Timestamp;
use service::mail::{AccountNews, Letter};

use super::{Said, lang, lang_words};
use crate::dates::moment;
use crate::words::{Words, fill};

/// Subject and body. The subject says nothing of the reader.
pub(super) fn said(
    letter: &Letter,
    news: &AccountNews,
    base_url: &str,
    now: Timestamp,
) -> (String, Said) {
    let lang = lang(letter);
    let w = Words::of(lang).own;
    let hall = format!("{base_url}{}", letter.prefix);
    let (title, lead, step, after, button, address, why) = match news {
        AccountNews::Reset { sign_in_name, token } => (
            w.mail_reset,
            w.mail_reset_lead,
            sign_in_name.clone(),
            w.mail_reset_after,
            w.mail_reset_go,
            format!("{hall}/reset/{token}"),
            w.mail_reset_why,
        ),
        AccountNews::PasswordChanged { at } => (
            w.mail_changed,
            w.mail_changed_lead,
            moment(*at, now, lang),
            w.mail_changed_after,
            w.mail_changed_go,
            format!("{hall}/reset"),
            w.mail_changed_why,
        ),
        AccountNews::EmailChanged { at } => (
            w.mail_moved,
            w.mail_changed_lead,
            moment(*at, now, lang),
            w.mail_moved_after,
            w.mail_moved_go,
            format!("{hall}/me/security"),
            w.mail_moved_why,
        ),
    };
    let subject = fill(w.mail_subject, &[("community", &letter.community), ("news", &title)]);
    let said = Said {
        lang,
        words: lang_words(lang),
        community: letter.community.clone(),
        hall: Words::of(lang).site.hall,
        title: title.to_owned(),
        lead,
        step,
        due: after.to_owned(),
        reason: None,
        signed: None,
        button,
        address,
        why,
        stop: None,
    };
    (subject, said)
}
