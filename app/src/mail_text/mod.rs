//! The mails to those who follow a matter: subject, text and HTML from the same words.

mod html;
#[cfg(test)]
mod tests;

use domain::time::Timestamp;
use service::mail::{Because, Letter};

use crate::dates;
use crate::words::mail::{MailWords, news, step};
use crate::words::terms::Term;
use crate::words::{Lang, fill};

/// A mail, ready to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailText {
    /// Subject: the community, the matter's title and what happened; nothing about a person.
    pub subject: String,
    /// The plain text.
    pub text: String,
    /// The same as HTML, whole in itself.
    pub html: String,
}

/// What both bodies say, in the order in which they say it.
#[derive(Debug)]
struct Said {
    lang: Lang,
    words: &'static MailWords,
    community: String,
    hall: &'static str,
    title: String,
    /// Why the reader is told, before the step.
    lead: &'static str,
    /// What happened.
    step: String,
    /// By when what comes next, with the comma before it; empty when nothing is due.
    due: String,
    reason: Option<String>,
    /// By whom and when.
    signed: Option<String>,
    button: &'static str,
    address: String,
    why: &'static str,
    stop: String,
}

/// The mail of a letter. `base_url` is the site's scheme and host, `now` the time of sending.
#[must_use]
pub fn mail_text(letter: &Letter, base_url: &str, now: Timestamp) -> MailText {
    let said = said(letter, base_url, now);
    let news = news(&letter.kind, said.lang);
    let subject = fill(
        said.words.subject,
        &[("community", &letter.community), ("news", &news), ("title", &letter.title)],
    );
    MailText { subject, text: text(&said), html: html::html(said) }
}

/// The address behind a mail's last link: shown by GET, stopped by POST.
#[must_use]
pub fn stop_address(base_url: &str, token: &str) -> String {
    format!("{base_url}/follow/{token}")
}

fn said(letter: &Letter, base_url: &str, now: Timestamp) -> Said {
    let lang = if letter.language == "en" { Lang::En } else { Lang::Zh };
    let words: &MailWords = lang_words(lang);
    let (lead, why) = match letter.because {
        Because::Raised => (words.raised, words.why_raised),
        Because::Cosigned => (words.cosigned, words.why_cosigned),
        Because::Follows => (words.follows, words.why_follows),
    };
    let day = |at: Timestamp| dates::day(at.local_date(), now.local_date(), lang);
    let (button, address) = where_to(letter, words, base_url);
    Said {
        lang,
        words,
        community: letter.community.clone(),
        hall: crate::words::Words::of(lang).site.hall,
        title: letter.title.clone(),
        lead,
        step: step_words(letter, words, lang),
        due: letter
            .due
            .map(|at| {
                format!("{}{}", words.comma, fill(due_words(letter, words), &[("day", &day(at))]))
            })
            .unwrap_or_default(),
        reason: letter.reason.clone(),
        signed: letter.role.map(|role| {
            fill(words.signed, &[("role", &role.word(lang)), ("day", &day(letter.at))])
        }),
        button,
        address,
        why,
        stop: stop_address(base_url, &letter.token),
    }
}

const fn lang_words(lang: Lang) -> &'static MailWords {
    match lang {
        Lang::Zh => &MailWords::ZH,
        Lang::En => &MailWords::EN,
    }
}

fn step_words(letter: &Letter, words: &MailWords, lang: Lang) -> String {
    let step = step(&letter.kind, lang);
    let handed = match letter.kind.as_str() {
        "refer" => Some(words.handed),
        "reopen" => Some(words.handed_again),
        _ => None,
    };
    if let (Some(handed), Some(receiver)) = (handed, &letter.receiver) {
        return fill(handed, &[("receiver", receiver)]);
    }
    match (letter.kind.as_str(), letter.verdict, letter.route, letter.merged_into) {
        ("decide", Some(verdict), ..) => fill(words.verdict, &[("verdict", &verdict.word(lang))]),
        ("not_accept", _, Some(route), _) => {
            fill(words.right_way, &[("step", &step), ("route", &route.word(lang))])
        }
        (_, _, Some(route), _) => {
            let by = letter.receiver.as_deref().unwrap_or_else(|| route.word(lang));
            fill(words.route, &[("step", &step), ("route", &by)])
        }
        ("merge", _, _, Some(into)) => fill(words.merged, &[("n", &into)]),
        _ => step.to_owned(),
    }
}

fn due_words(letter: &Letter, words: &MailWords) -> &'static str {
    match letter.kind.as_str() {
        "publish" => words.cosign_until,
        "open_ballot" => words.vote_until,
        "suspend" => words.look_again,
        "refer" | "resume" | "extended" | "reopen" => words.done_by,
        "complete" => words.review_until,
        _ => words.next_by,
    }
}

/// The button's word, and where it leads.
fn where_to(letter: &Letter, words: &MailWords, base_url: &str) -> (&'static str, String) {
    let matter = format!("{base_url}/proposals/{}", letter.number);
    match (letter.kind.as_str(), letter.ballot) {
        ("open_ballot", Some(ballot)) => (words.see_vote, format!("{base_url}/ballots/{ballot}")),
        (_, Some(ballot)) => (words.see_result, format!("{base_url}/ballots/{ballot}")),
        ("complete", None) => (words.see_review, matter),
        (_, None) => (words.see, matter),
    }
}

fn text(said: &Said) -> String {
    let words = said.words;
    let mut parts = vec![
        format!("{} {}", said.community, said.hall),
        said.title.clone(),
        format!("{}{}{}{}", said.lead, said.step, said.due, words.full_stop),
    ];
    if let Some(reason) = &said.reason {
        let signed = said.signed.as_ref().map(|signed| format!("\n{signed}")).unwrap_or_default();
        parts.push(format!("{reason}{signed}"));
    }
    parts.push(format!("{}\n{}", said.button, said.address));
    parts.push(format!("-- \n{}\n{}\n{}", said.why, words.stop_text, said.stop));
    parts.join("\n\n") + "\n"
}
