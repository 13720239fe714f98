//! A letter as a message (RFC 5322). One about a matter has the headers that let its reader stop, sort and
//! thread it.

use std::time::{Duration, UNIX_EPOCH};

use app::mail_text::{mail_text, stop_address};
use domain::time::Timestamp;
use lettre::Message;
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart};
use service::mail::{About, Letter};

/// Why a letter makes no message: it never will.
#[derive(Debug, thiserror::Error)]
pub(super) enum Unfit {
    /// The reader's address is none.
    #[error("{0}")]
    Address(#[from] lettre::address::AddressError),
    /// A part is missing.
    #[error("{0}")]
    Part(#[from] lettre::error::Error),
}

/// Makes the message. All that belongs to it but its boundary is the same at every try.
pub(super) fn message(
    letter: &Letter,
    from: &Mailbox,
    base_url: &str,
    now: Timestamp,
) -> Result<Message, Unfit> {
    let mail = mail_text(letter, base_url, now);
    let to = Mailbox::new(None, letter.address.parse()?);
    let host = from.email.domain();
    let since_1970 = Duration::from_millis(u64::try_from(now.0).unwrap_or(0));
    let mut message = Message::builder()
        .from(from.clone())
        .to(to)
        .subject(mail.subject)
        .date(UNIX_EPOCH + since_1970)
        .message_id(Some(message_id(letter, host)))
        // RFC 3834: no holiday notices, please.
        .raw_header(header("Auto-Submitted", "auto-generated".to_owned()));
    if let About::Step(news) = &letter.about {
        // All mails about a matter answer the same message, which was never sent: so they stand together.
        // Numbers run in each community by themselves.
        let of = letter.prefix.strip_prefix("/c/").map(|slug| format!(".{slug}"));
        let thread = format!("<matter{}.{}@{host}>", of.unwrap_or_default(), news.number);
        let stop = stop_address(base_url, &letter.prefix, &news.token);
        message = message
            .in_reply_to(thread.clone())
            .references(thread)
            // RFC 2919
            .raw_header(header("List-Id", format!("<matters.{host}>")))
            // RFC 2369 and RFC 8058
            .raw_header(header("List-Unsubscribe", format!("<{stop}>")))
            .raw_header(header("List-Unsubscribe-Post", "List-Unsubscribe=One-Click".to_owned()));
    }
    let message = message.multipart(MultiPart::alternative_plain_html(mail.text, mail.html))?;
    Ok(message)
}

/// The letter's Message-ID, the same at every try; one that was made without a host gets the sender's.
fn message_id(letter: &Letter, host: &str) -> String {
    match letter.message_id.strip_suffix('>') {
        Some(open) if !open.contains('@') => format!("{open}@{host}>"),
        _ => letter.message_id.clone(),
    }
}

fn header(name: &'static str, value: String) -> HeaderValue {
    HeaderValue::new(HeaderName::new_from_ascii_str(name), value)
}
