//! Settings from variables of the environment: `XIAOYUAN_…`.

use serde::de::DeserializeOwned;

use crate::secret::Secret;
use crate::settings::{Given, SettingsError, read_addr};

const PREFIX: &str = "XIAOYUAN_";
/// Variables that are for the tests and for scripts around the program, not for the program.
const NOT_OURS: &[&str] = &["XIAOYUAN_TEST_", "XIAOYUAN_BIN"];
/// The settings file; a flag's default rather than a setting.
const CONFIG: &str = "XIAOYUAN_CONFIG";

type Put = fn(&mut Given, &str) -> Result<(), String>;

/// Every variable and what it sets.
const VARIABLES: &[(&str, Put)] = &[
    ("XIAOYUAN_DATABASE", |given, text| put(&mut given.database, text)),
    ("XIAOYUAN_ADDR", |given, text| {
        given.addr = Some(read_addr(text)?);
        Ok(())
    }),
    ("XIAOYUAN_BASE_URL", |given, text| put(&mut given.base_url, text)),
    ("XIAOYUAN_DEMO", |given, text| yes_or_no(&mut given.demo, text)),
    ("XIAOYUAN_EXPOSE_DEMO", |given, text| yes_or_no(&mut given.expose_demo, text)),
    ("XIAOYUAN_TRUSTED_PROXY", |given, text| put(&mut given.trusted_proxy, text)),
    ("XIAOYUAN_KEY", |given, text| {
        given.key = Some(Secret::new(text));
        Ok(())
    }),
    ("XIAOYUAN_KEY_FILE", |given, text| put(&mut given.key_file, text)),
    ("XIAOYUAN_MAIL_HOST", |given, text| put(&mut given.mail.host, text)),
    ("XIAOYUAN_MAIL_PORT", |given, text| number(&mut given.mail.port, text)),
    ("XIAOYUAN_MAIL_USER", |given, text| put(&mut given.mail.user, text)),
    ("XIAOYUAN_MAIL_PASSWORD", |given, text| {
        given.mail.password = Some(Secret::new(text));
        Ok(())
    }),
    ("XIAOYUAN_MAIL_TLS", |given, text| put(&mut given.mail.tls, text)),
    ("XIAOYUAN_MAIL_FROM", |given, text| put(&mut given.mail.from, text)),
    ("XIAOYUAN_MAIL_FOLDER", |given, text| put(&mut given.mail.folder, text)),
    ("XIAOYUAN_FILES_FOLDER", |given, text| put(&mut given.files.folder, text)),
    ("XIAOYUAN_FILES_ENDPOINT", |given, text| put(&mut given.files.endpoint, text)),
    ("XIAOYUAN_FILES_BUCKET", |given, text| put(&mut given.files.bucket, text)),
    ("XIAOYUAN_FILES_REGION", |given, text| put(&mut given.files.region, text)),
    ("XIAOYUAN_FILES_KEY_ID", |given, text| put(&mut given.files.key_id, text)),
    ("XIAOYUAN_FILES_SECRET", |given, text| {
        given.files.secret = Some(Secret::new(text));
        Ok(())
    }),
    ("XIAOYUAN_LOG_LEVEL", |given, text| put(&mut given.log.level, text)),
    ("XIAOYUAN_LOG_FORMAT", |given, text| put(&mut given.log.format, text)),
];

/// The names of all variables.
#[must_use]
pub fn names() -> Vec<&'static str> {
    VARIABLES.iter().map(|(name, _)| *name).chain([CONFIG]).collect()
}

/// Reads the settings among `variables`; those of other programs are passed over.
///
/// # Errors
/// When a variable with our prefix is unknown, or a value can't be taken.
pub fn given(
    variables: impl IntoIterator<Item = (String, String)>,
) -> Result<Given, SettingsError> {
    let mut given = Given::default();
    let mut unknown = Vec::new();
    for (name, value) in variables {
        let ours = name.starts_with(PREFIX)
            && name != CONFIG
            && !NOT_OURS.iter().any(|other| name.starts_with(other));
        if !ours {
            continue;
        }
        match VARIABLES.iter().find(|(known, _)| *known == name) {
            Some((_, put)) => put(&mut given, &value)
                .map_err(|message| SettingsError::Variable { name, message })?,
            None => unknown.push(name),
        }
    }
    if unknown.is_empty() {
        Ok(given)
    } else {
        unknown.sort();
        Err(SettingsError::UnknownVariables(unknown))
    }
}

/// Takes a text as the settings file would.
fn put<T: DeserializeOwned>(place: &mut Option<T>, text: &str) -> Result<(), String> {
    let text = serde::de::value::StrDeserializer::<serde::de::value::Error>::new(text);
    *place = Some(T::deserialize(text).map_err(|error| error.to_string())?);
    Ok(())
}

fn number(place: &mut Option<u16>, text: &str) -> Result<(), String> {
    *place = Some(text.parse().map_err(|_| format!("{text:?} is not a port"))?);
    Ok(())
}

fn yes_or_no(place: &mut Option<bool>, text: &str) -> Result<(), String> {
    *place = Some(match text {
        "true" | "1" | "yes" => true,
        "false" | "0" | "no" | "" => false,
        _ => return Err(format!("{text:?} is neither true nor false")),
    });
    Ok(())
}
