//! Mail on its way out: the outbox's letters become messages, and leave by SMTP or into a folder.

mod deliver;
mod message;

use std::path::PathBuf;
use std::time::Duration;

use domain::time::Timestamp;
use lettre::message::Mailbox;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::Tls;
use lettre::transport::smtp::{AsyncSmtpTransportBuilder, Error as SmtpError, PoolConfig};
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use service::mail::Letter;

use crate::settings::{MailSettings, MailTls, MailWay, Smtp};

pub use deliver::deliver;

type SmtpTransport = AsyncSmtpTransport<Tokio1Executor>;

/// Mails on their way at the same time.
pub(crate) const AT_ONCE: u32 = 4;
/// How long the SMTP server may take for each of its answers.
const ANSWER: Duration = Duration::from_secs(20);
/// How long a mail may take in all.
const WHOLE: Duration = Duration::from_secs(60);
/// Answers that speak of this hall's account and not of the reader's address
/// (RFC 4954, 6; RFC 3207, 4): to be mended here, and then tried again.
const OURS: [u16; 5] = [523, 530, 534, 535, 538];

/// Why a post office can't be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The sender is not an address.
    #[error("mail.from: {from} is not an address such as 小院议事厅 <hall@example.org>: {error}")]
    From {
        /// As it was set.
        from: String,
        /// What is wrong.
        error: lettre::address::AddressError,
    },
    /// The SMTP server's name can't be used.
    #[error("mail.host: {0}")]
    Smtp(#[from] SmtpError),
    /// The folder can't be made.
    #[error("{path}: {error}")]
    Folder {
        /// Which folder.
        path: PathBuf,
        /// Why.
        error: std::io::Error,
    },
}

/// A mail that was not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{said}")]
pub struct NotTaken {
    /// Whether it never will be.
    pub permanent: bool,
    /// What the other side said.
    pub said: String,
    /// The SMTP answer's code, if there was one: the only part that is fit for a log.
    pub code: Option<u16>,
}

/// Sends letters from this hall.
#[derive(Debug, Clone)]
pub struct PostOffice {
    way: Way,
    from: Mailbox,
    base_url: String,
}

#[derive(Debug, Clone)]
enum Way {
    Smtp(SmtpTransport),
    Folder(PathBuf),
}

impl PostOffice {
    /// Opens it; nobody is called yet. `base_url` is the site's scheme and host.
    ///
    /// # Errors
    /// [`OpenError`] when a setting can't be used.
    pub fn open(settings: &MailSettings, base_url: &str) -> Result<Self, OpenError> {
        let from = settings
            .from
            .parse()
            .map_err(|error| OpenError::From { from: settings.from.clone(), error })?;
        let way = match &settings.way {
            MailWay::Smtp(smtp) => Way::Smtp(transport(smtp)?),
            MailWay::Folder(path) => {
                std::fs::create_dir_all(path)
                    .map_err(|error| OpenError::Folder { path: path.clone(), error })?;
                Way::Folder(path.clone())
            }
        };
        Ok(Self { way, from, base_url: base_url.to_owned() })
    }

    /// The sender's domain: it ends Message-IDs.
    #[must_use]
    pub fn host(&self) -> &str {
        self.from.email.domain()
    }

    /// Sends a letter.
    ///
    /// # Errors
    /// [`NotTaken`] with what the other side said.
    pub async fn send(&self, letter: &Letter, now: Timestamp) -> Result<(), NotTaken> {
        let message = message::message(letter, &self.from, &self.base_url, now)
            .map_err(|error| NotTaken::new(true, &error))?;
        match &self.way {
            Way::Smtp(smtp) => match tokio::time::timeout(WHOLE, smtp.send(message)).await {
                Ok(answer) => answer.map(|_| ()).map_err(|error| NotTaken::by_smtp(&error)),
                Err(elapsed) => Err(NotTaken::new(false, &elapsed)),
            },
            Way::Folder(path) => {
                put(path, letter, &message).await.map_err(|error| NotTaken::new(false, &error))
            }
        }
    }
}

impl NotTaken {
    fn new(permanent: bool, error: &dyn std::fmt::Display) -> Self {
        Self { permanent, said: error.to_string(), code: None }
    }

    fn by_smtp(error: &SmtpError) -> Self {
        let code = error.status().map(u16::from);
        let ours = code.is_some_and(|code| OURS.contains(&code));
        let mut said = error.to_string();
        let mut source = std::error::Error::source(error);
        while let Some(cause) = source {
            let cause_said = cause.to_string();
            if !said.contains(&cause_said) {
                said = format!("{said}: {cause_said}");
            }
            source = cause.source();
        }
        Self { permanent: error.is_permanent() && !ours, said, code }
    }
}

fn transport(smtp: &Smtp) -> Result<SmtpTransport, SmtpError> {
    let builder: AsyncSmtpTransportBuilder = match smtp.tls {
        MailTls::None => SmtpTransport::builder_dangerous(&smtp.host).tls(Tls::None),
        MailTls::StartTls => SmtpTransport::starttls_relay(&smtp.host)?,
        MailTls::Tls => SmtpTransport::relay(&smtp.host)?,
    };
    let builder = builder
        .port(smtp.port)
        .timeout(Some(ANSWER))
        .pool_config(PoolConfig::new().max_size(AT_ONCE).idle_timeout(WHOLE));
    let builder = match (&smtp.user, &smtp.password) {
        (Some(user), Some(password)) => {
            builder.credentials(Credentials::new(user.clone(), password.reveal().to_owned()))
        }
        _ => builder,
    };
    Ok(builder.build())
}

/// Writes a message into the folder. It appears whole; the same letter again takes the same name.
async fn put(folder: &std::path::Path, letter: &Letter, message: &Message) -> std::io::Result<()> {
    let name: String = letter
        .message_id
        .chars()
        .take_while(|c| *c != '@')
        .filter(|c| c.is_ascii_alphanumeric() || *c == '.')
        .collect();
    let aside = folder.join(format!(".{name}.part"));
    tokio::fs::write(&aside, message.formatted()).await?;
    tokio::fs::rename(&aside, folder.join(format!("{name}.eml"))).await
}
