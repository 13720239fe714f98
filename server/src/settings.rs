//! Settings: a flag beats a variable `XIAOYUAN_…`, which beats the file, which beats the default.
//!
//! A name that nobody knows is refused, in the file and among the variables: a mistyped setting must
//! not be silently without effect.

use std::net::{IpAddr, Ipv4Addr, SocketAddr, ToSocketAddrs as _};
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde::de::{Deserializer, Error as _};

use crate::env;
use crate::key::{self, KeyPlace};
use crate::secret::Secret;
use crate::settings_files::{FilesPlace, GivenFiles};

/// The file that is read when none is named and it is there.
pub const DEFAULT_FILE: &str = "xiaoyuan.toml";

/// Neither each step of a migration nor a table that is there already is news to whoever starts the server.
const DEFAULT_LOG_LEVEL: &str = "info,sea_orm_migration=warn,sqlx=warn";

/// Why the settings can't be taken.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// The file can't be read.
    #[error("{path}: {error}")]
    Unreadable {
        /// Which file.
        path: PathBuf,
        /// Why.
        error: std::io::Error,
    },
    /// The file holds something that is not a setting. The message names place and key, never the
    /// value of a secret.
    #[error("{path}: {message}")]
    File {
        /// Which file.
        path: PathBuf,
        /// What is wrong, with the line.
        message: String,
    },
    /// Variables that nobody knows.
    #[error("unknown: {}; known are {}", .0.join(", "), env::names().join(", "))]
    UnknownVariables(Vec<String>),
    /// A variable whose value can't be taken.
    #[error("{name}: {message}")]
    Variable {
        /// Which variable.
        name: String,
        /// What is wrong.
        message: String,
    },
    /// A demo lets everyone in with one tap, so it doesn't leave this machine by mistake.
    #[error(
        "a demo lets everyone sign in as anyone, and {0} can be reached from other machines: \
         add --yes-expose-demo (or expose_demo = true) if that is what you want, \
         or take a loopback address such as 127.0.0.1:3000"
    )]
    ExposedDemo(SocketAddr),
    /// `base_url` is not one.
    #[error("base_url: {0} must start with http:// or https:// and name a host, without a path")]
    BaseUrl(String),
    /// A mail setting lacks another.
    #[error("mail: {0}")]
    Mail(&'static str),
    /// A setting of the files lacks another.
    #[error("files: {0}")]
    Files(&'static str),
}

/// How mail travels to the SMTP server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MailTls {
    /// In the clear: only for a server on this machine.
    None,
    /// In the clear, then encrypted before anything is said (RFC 3207).
    #[default]
    StartTls,
    /// Encrypted from the first byte (RFC 8314).
    Tls,
}

/// How mail leaves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MailWay {
    /// To an SMTP server.
    Smtp(Smtp),
    /// Into a folder, a file `.eml` each.
    Folder(PathBuf),
}

/// An SMTP server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Smtp {
    /// Host name.
    pub host: String,
    /// Port.
    pub port: u16,
    /// Account, where it asks for one.
    pub user: Option<String>,
    /// Its password.
    pub password: Option<Secret>,
    /// Encryption.
    pub tls: MailTls,
}

/// Mail settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailSettings {
    /// How it leaves.
    pub way: MailWay,
    /// The sender, as in `From:`.
    pub from: String,
}

/// How the log is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// Lines for people.
    #[default]
    Text,
    /// A JSON object a line, for programs.
    Json,
}

/// All settings, complete.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// `sqlite://FILE?mode=rwc` or `postgres://…`.
    pub database: String,
    /// Where the server listens.
    pub addr: SocketAddr,
    /// Scheme and host as people type them, without a slash at the end.
    pub base_url: String,
    /// Whether this is a demo.
    pub demo: bool,
    /// Mail.
    pub mail: MailSettings,
    /// What is logged: a level, or directives as `tracing_subscriber::EnvFilter` reads them.
    pub log_level: String,
    /// How it is written.
    pub log_format: LogFormat,
    /// The proxy whose `X-Forwarded-For` is believed.
    pub trusted_proxy: Option<IpAddr>,
    /// Where the key that seals names and telephone numbers comes from.
    pub key: KeyPlace,
    /// Where photos and plans are kept.
    pub files: FilesPlace,
}

/// Settings as one source gives them: everything may be missing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Given {
    /// See [`Settings::database`].
    pub database: Option<String>,
    /// See [`Settings::addr`].
    #[serde(default, deserialize_with = "addr_given")]
    pub addr: Option<SocketAddr>,
    /// See [`Settings::base_url`].
    pub base_url: Option<String>,
    /// See [`Settings::demo`].
    pub demo: Option<bool>,
    /// Whether a demo may be reached from other machines.
    pub expose_demo: Option<bool>,
    /// See [`Settings::trusted_proxy`].
    pub trusted_proxy: Option<IpAddr>,
    /// The key itself: 32 bytes in base64. See [`Settings::key`].
    pub key: Option<Secret>,
    /// A file that holds it. See [`Settings::key`].
    pub key_file: Option<PathBuf>,
    /// The section `[mail]`.
    #[serde(default)]
    pub mail: GivenMail,
    /// The section `[files]`.
    #[serde(default)]
    pub files: GivenFiles,
    /// The section `[log]`.
    #[serde(default)]
    pub log: GivenLog,
}

/// The section `[mail]` as one source gives it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GivenMail {
    /// See [`Smtp::host`]; without it mails go to the folder.
    pub host: Option<String>,
    /// See [`Smtp::port`].
    pub port: Option<u16>,
    /// See [`Smtp::user`].
    pub user: Option<String>,
    /// See [`Smtp::password`].
    pub password: Option<Secret>,
    /// See [`Smtp::tls`].
    pub tls: Option<MailTls>,
    /// See [`MailSettings::from`].
    pub from: Option<String>,
    /// See [`MailWay::Folder`].
    pub folder: Option<PathBuf>,
}

/// The section `[log]` as one source gives it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GivenLog {
    /// See [`Settings::log_level`].
    pub level: Option<String>,
    /// See [`Settings::log_format`].
    pub format: Option<LogFormat>,
}

/// Reads `HOST:PORT`. Of a name that has several addresses, as `localhost` does, an IPv4 one is taken.
///
/// # Errors
/// In words, when it is neither an address nor a name that this machine knows.
pub fn read_addr(text: &str) -> Result<SocketAddr, String> {
    let found: Vec<_> =
        text.to_socket_addrs().map_err(|error| format!("{text:?}: {error}"))?.collect();
    let of_name = || found.iter().find(|addr| addr.is_ipv4()).or(found.first());
    of_name().copied().ok_or_else(|| format!("{text:?} has no address"))
}

fn addr_given<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<SocketAddr>, D::Error> {
    let text = String::deserialize(deserializer)?;
    read_addr(&text).map(Some).map_err(D::Error::custom)
}

impl Given {
    /// Reads a file's text.
    ///
    /// # Errors
    /// [`SettingsError::File`] with the line and the key.
    pub fn of_toml(text: &str, path: &Path) -> Result<Self, SettingsError> {
        toml::from_str(text).map_err(|error: toml::de::Error| {
            // The error's own text quotes the line, and with it a secret that stands there.
            let line = error.span().map(|span| text[..span.start].matches('\n').count() + 1);
            let place = line.map(|line| format!("line {line}: ")).unwrap_or_default();
            let message = format!("{place}{}", error.message());
            SettingsError::File { path: path.to_owned(), message }
        })
    }

    /// Reads the file that was named, or [`DEFAULT_FILE`] when it is there.
    ///
    /// # Errors
    /// When the file can't be read or holds something unknown.
    pub fn of_file(named: Option<&Path>) -> Result<Self, SettingsError> {
        let path = named.unwrap_or(Path::new(DEFAULT_FILE));
        match std::fs::read_to_string(path) {
            Ok(text) => Self::of_toml(&text, path),
            Err(error) if named.is_none() && error.kind() == std::io::ErrorKind::NotFound => {
                Ok(Self::default())
            }
            Err(error) => Err(SettingsError::Unreadable { path: path.to_owned(), error }),
        }
    }

    /// Takes from `weaker` what is missing here.
    #[must_use]
    pub fn or(self, weaker: Self) -> Self {
        Self {
            database: self.database.or(weaker.database),
            addr: self.addr.or(weaker.addr),
            base_url: self.base_url.or(weaker.base_url),
            demo: self.demo.or(weaker.demo),
            expose_demo: self.expose_demo.or(weaker.expose_demo),
            trusted_proxy: self.trusted_proxy.or(weaker.trusted_proxy),
            key: self.key.or(weaker.key),
            key_file: self.key_file.or(weaker.key_file),
            mail: GivenMail {
                host: self.mail.host.or(weaker.mail.host),
                port: self.mail.port.or(weaker.mail.port),
                user: self.mail.user.or(weaker.mail.user),
                password: self.mail.password.or(weaker.mail.password),
                tls: self.mail.tls.or(weaker.mail.tls),
                from: self.mail.from.or(weaker.mail.from),
                folder: self.mail.folder.or(weaker.mail.folder),
            },
            files: self.files.or(weaker.files),
            log: GivenLog {
                level: self.log.level.or(weaker.log.level),
                format: self.log.format.or(weaker.log.format),
            },
        }
    }

    /// Fills in the defaults and checks what hangs together.
    ///
    /// # Errors
    /// When settings contradict each other, or a demo would leave this machine.
    pub fn complete(self) -> Result<Settings, SettingsError> {
        let addr = self.addr.unwrap_or(SocketAddr::from((Ipv4Addr::LOCALHOST, 3000)));
        let demo = self.demo.unwrap_or(false);
        if demo && !addr.ip().is_loopback() && !self.expose_demo.unwrap_or(false) {
            return Err(SettingsError::ExposedDemo(addr));
        }
        let base_url = match self.base_url {
            Some(url) => check_base_url(url)?,
            None => default_base_url(addr),
        };
        let database =
            self.database.unwrap_or_else(|| "sqlite://data/xiaoyuan.sqlite3?mode=rwc".to_owned());
        let key = match (self.key, self.key_file) {
            (Some(key), _) => KeyPlace::Given(key),
            (None, Some(file)) => KeyPlace::File(file),
            (None, None) => KeyPlace::File(key::usual_file(&database)),
        };
        Ok(Settings {
            files: self.files.complete(&database)?,
            database,
            key,
            addr,
            mail: complete_mail(self.mail, &base_url)?,
            base_url,
            demo,
            log_level: self.log.level.unwrap_or_else(|| DEFAULT_LOG_LEVEL.to_owned()),
            log_format: self.log.format.unwrap_or_default(),
            trusted_proxy: self.trusted_proxy,
        })
    }
}

impl Settings {
    /// Notes where the server listens in the end, when it was free to choose its port.
    pub fn listens_on(&mut self, addr: SocketAddr) {
        if self.base_url == default_base_url(self.addr) {
            self.base_url = default_base_url(addr);
        }
        self.addr = addr;
    }
}

/// Where this machine reaches the server itself.
fn default_base_url(addr: SocketAddr) -> String {
    if addr.ip().is_unspecified() {
        format!("http://{}:{}", Ipv4Addr::LOCALHOST, addr.port())
    } else {
        format!("http://{addr}")
    }
}

fn check_base_url(url: String) -> Result<String, SettingsError> {
    let trimmed = url.trim_end_matches('/');
    let host = trimmed.strip_prefix("https://").or_else(|| trimmed.strip_prefix("http://"));
    match host {
        Some(host) if !host.is_empty() && !host.contains(['/', '?', '#', ' ', '@']) => {
            Ok(trimmed.to_owned())
        }
        _ => Err(SettingsError::BaseUrl(url)),
    }
}

fn complete_mail(given: GivenMail, base_url: &str) -> Result<MailSettings, SettingsError> {
    let way = match given.host {
        Some(host) => {
            if given.user.is_some() != given.password.is_some() {
                return Err(SettingsError::Mail("user and password go together"));
            }
            let tls = given.tls.unwrap_or_default();
            let usual = match tls {
                MailTls::None => 25,
                MailTls::StartTls => 587,
                MailTls::Tls => 465,
            };
            let port = given.port.unwrap_or(usual);
            MailWay::Smtp(Smtp { host, port, user: given.user, password: given.password, tls })
        }
        None if given.port.is_some() || given.user.is_some() || given.password.is_some() => {
            return Err(SettingsError::Mail("port, user and password need a host"));
        }
        None => MailWay::Folder(given.folder.unwrap_or_else(|| PathBuf::from("data/mail"))),
    };
    let from = given.from.unwrap_or_else(|| {
        let host = base_url.split("://").nth(1).unwrap_or("localhost");
        let host = host.rsplit_once(':').map_or(host, |(host, _)| host);
        // An address that is a number makes no domain.
        let domain = if host.parse::<Ipv4Addr>().is_ok() || host.starts_with('[') {
            "localhost"
        } else {
            host
        };
        format!("小院议事厅 <xiaoyuan@{domain}>")
    });
    Ok(MailSettings { way, from })
}
