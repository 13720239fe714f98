//! The mails: subject, text and HTML from the same words. Most tell those who follow a matter of a step;
//! some are about the reader's own account.

mod account;
mod html;
#[cfg(test)]
mod tests;

use domain::time::Timestamp;
use service::mail::{About, Because, Letter, StepNews};

use crate::dates;
use crate::words::mail::{MailWords, news, step};
use crate::words::terms::Term;
use crate::words::{Lang, fill};

/// A mail, ready to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailText {
    /// Subject: the community and what happened, with the matter's title; nothing about a person.
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
    /// Why the reader is told, before what stands out.
    lead: &'static str,
    /// What stands out: what happened.
    step: String,
    /// What comes after it, as by when what comes next, with the comma before it; may be empty.
    due: String,
    reason: Option<String>,
    /// By whom and when.
    signed: Option<String>,
    button: &'static str,
    address: String,
    why: &'static str,
    /// Where these mails are stopped; none for those that nobody followed into.
    stop: Option<String>,
}

/// The mail of a letter. `base_url` is the site's scheme and host; the community's prefix comes after
/// it. `now` is the time of sending.
#[must_use]
pub fn mail_text(letter: &Letter, base_url: &str, now: Timestamp) -> MailText {
    let (subject, said) = match &letter.about {
        About::Step(news) => {
            let said = said(letter, news, base_url, now);
            let values: [(&str, &dyn std::fmt::Display); 3] = [
                ("community", &letter.community),
                ("news", &self::news(&news.kind, said.lang)),
                ("title", &news.title),
            ];
            (fill(said.words.subject, &values), said)
        }
        About::Account(news) => account::said(letter, news, base_url, now),
    };
    MailText { subject, text: text(&said), html: html::html(said) }
}

/// The address behind the last link of a mail about a step: shown by GET, stopped by POST.
#[must_use]
pub fn stop_address(base_url: &str, prefix: &str, token: &str) -> String {
    format!("{base_url}{prefix}/follow/{token}")
}

/// The reader's language.
fn lang(letter: &Letter) -> Lang {
    if letter.language == "en" { Lang::En } else { Lang::Zh }
}

fn said(letter: &Letter, news: &StepNews, base_url: &str, now: Timestamp) -> Said {
    let lang = lang(letter);
    let words: &MailWords = lang_words(lang);
    let (lead, why) = match news.because {
        Because::Raised => (words.raised, words.why_raised),
        Because::Cosigned => (words.cosigned, words.why_cosigned),
        Because::Follows => (words.follows, words.why_follows),
        Because::FollowsPlace => (words.follows_place, words.why_follows_place),
    };
    let day = |at: Timestamp| dates::day(at.local_date(), now.local_date(), lang);
    let (button, address) = where_to(letter, news, words, base_url);
    Said {
        lang,
        words,
        community: letter.community.clone(),
        hall: crate::words::Words::of(lang).site.hall,
        title: news.title.clone(),
        lead,
        step: step_words(news, words, lang),
        due: news
            .due
            .map(|at| {
                format!("{}{}", words.comma, fill(due_words(news, words), &[("day", &day(at))]))
            })
            .unwrap_or_default(),
        reason: news.reason.clone(),
        signed: news
            .role
            .map(|role| fill(words.signed, &[("role", &role.word(lang)), ("day", &day(news.at))])),
        button,
        address,
        why,
        stop: Some(stop_address(base_url, &letter.prefix, &news.token)),
    }
}

const fn lang_words(lang: Lang) -> &'static MailWords {
    match lang {
        Lang::Zh => &MailWords::ZH,
        Lang::En => &MailWords::EN,
    }
}

fn step_words(news: &StepNews, words: &MailWords, lang: Lang) -> String {
    let step = step(&news.kind, lang);
    let handed = match news.kind.as_str() {
        "refer" => Some(words.handed),
        "reopen" => Some(words.handed_again),
        _ => None,
    };
    if let (Some(handed), Some(receiver)) = (handed, &news.receiver) {
        return fill(handed, &[("receiver", receiver)]);
    }
    match (news.kind.as_str(), news.verdict, news.route, news.merged_into) {
        ("decide", Some(verdict), ..) => fill(words.verdict, &[("verdict", &verdict.word(lang))]),
        ("not_accept", _, Some(route), _) => {
            fill(words.right_way, &[("step", &step), ("route", &route.word(lang))])
        }
        (_, _, Some(route), _) => {
            let by = news.receiver.as_deref().unwrap_or_else(|| route.word(lang));
            fill(words.route, &[("step", &step), ("route", &by)])
        }
        ("merge", _, _, Some(into)) => fill(words.merged, &[("n", &into)]),
        ("merge_asked", _, _, Some(into)) => {
            let to_do = match news.because {
                Because::Raised => words.merge_asked,
                Because::Cosigned => words.merge_asked_others,
                Because::Follows | Because::FollowsPlace => words.merge_asked_plain,
            };
            fill(to_do, &[("n", &into)])
        }
        _ => step.to_owned(),
    }
}

fn due_words(news: &StepNews, words: &MailWords) -> &'static str {
    match news.kind.as_str() {
        "publish" => words.cosign_until,
        "open_ballot" => words.vote_until,
        "merge_asked" => words.answer_until,
        "suspend" => words.look_again,
        "refer" | "resume" | "extended" | "reopen" => words.done_by,
        "complete" => words.review_until,
        _ => words.next_by,
    }
}

/// The button's word, and where it leads.
fn where_to(
    letter: &Letter,
    news: &StepNews,
    words: &MailWords,
    base_url: &str,
) -> (&'static str, String) {
    let hall = format!("{base_url}{}", letter.prefix);
    let matter = format!("{hall}/proposals/{}", news.number);
    match (news.kind.as_str(), news.ballot) {
        ("open_ballot", Some(ballot)) => (words.see_vote, format!("{hall}/ballots/{ballot}")),
        (_, Some(ballot)) => (words.see_result, format!("{hall}/ballots/{ballot}")),
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
    let stop = said.stop.as_ref().map(|stop| format!("\n{}\n{stop}", words.stop_text));
    parts.push(format!("-- \n{}{}", said.why, stop.unwrap_or_default()));
    parts.join("\n\n") + "\n"
}
