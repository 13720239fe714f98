//! Settings: where they come from, which wins, and what is refused.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use server::env;
use server::settings::{Given, LogFormat, MailTls, MailWay, SettingsError};

fn file(text: &str) -> Result<Given, SettingsError> {
    Given::of_toml(text, Path::new("xiaoyuan.toml"))
}

fn variables(pairs: &[(&str, &str)]) -> Result<Given, SettingsError> {
    env::given(pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())))
}

#[test]
fn a_flag_beats_a_variable_beats_the_file_beats_the_default() {
    let all =
        file("database = 'sqlite://file'\nbase_url = 'https://file.example'\ndemo = true").unwrap();
    let some = variables(&[
        ("XIAOYUAN_DATABASE", "sqlite://variable"),
        ("XIAOYUAN_BASE_URL", "https://variable.example/"),
        ("PATH", "/bin"),
    ])
    .unwrap();
    let flag = Given { database: Some("sqlite://flag".into()), ..Given::default() };
    let settings = flag.or(some).or(all).complete().unwrap();
    assert_eq!(settings.database, "sqlite://flag");
    assert_eq!(settings.base_url, "https://variable.example");
    assert!(settings.demo);
    assert_eq!(settings.addr, SocketAddr::from(([127, 0, 0, 1], 3000)));
    assert_eq!(settings.log_level, "info,sea_orm_migration=warn,sqlx=warn");
    assert_eq!(settings.mail.way, MailWay::Folder(PathBuf::from("data/mail")));
    assert_eq!(settings.mail.from, "小院议事厅 <xiaoyuan@variable.example>");
}

#[test]
fn an_address_may_be_a_name() {
    let local = SocketAddr::from(([127, 0, 0, 1], 8080));
    assert_eq!(file("addr = 'localhost:8080'").unwrap().addr, Some(local));
    assert_eq!(variables(&[("XIAOYUAN_ADDR", "localhost:8080")]).unwrap().addr, Some(local));
    assert_eq!(file("addr = '[::1]:80'").unwrap().addr, "[::1]:80".parse().ok());
    for wrong in ["localhost", "8080", "", "127.0.0.1:99999"] {
        assert!(file(&format!("addr = '{wrong}'")).is_err(), "{wrong}");
    }
}

#[test]
fn a_secret_that_is_no_text_is_not_quoted() {
    let refused = file("[mail]\npassword = 987654").unwrap_err().to_string();
    assert!(refused.contains("quotation marks") && !refused.contains("987654"), "{refused}");
}

#[test]
fn the_example_is_taken_and_says_the_defaults() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../xiaoyuan.example.toml");
    let text = std::fs::read_to_string(&path).unwrap();
    let settings = file(&text).unwrap().complete().unwrap();
    assert_eq!(settings, Given::default().complete().unwrap());

    // What is commented out is an example: it must be taken too, and name every setting.
    let all: String = text
        .lines()
        .filter_map(|line| match line.strip_prefix("# ") {
            Some(rest)
                if rest
                    .split_once(" = ")
                    .is_some_and(|(key, _)| key.is_ascii() && !key.contains(' ')) =>
            {
                Some(rest)
            }
            Some(_) => None,
            None => Some(line),
        })
        .filter(|line| *line != "database = \"sqlite://data/xiaoyuan.sqlite3?mode=rwc\"")
        .map(|line| format!("{line}\n"))
        .collect();
    let settings = file(&all).unwrap().complete().unwrap();
    assert!(settings.database.starts_with("postgres://"));
    let MailWay::Smtp(smtp) = settings.mail.way else { panic!("{all}") };
    assert_eq!((smtp.port, smtp.tls), (587, MailTls::StartTls));
    for name in env::names() {
        assert!(text.contains(name) || name == "XIAOYUAN_CONFIG", "{name} is missing");
    }
}

#[test]
fn what_nobody_knows_is_refused() {
    for text in [
        "databse = 'x'",
        "[mail]\nhots = 'x'",
        "[log]\nlevle = 'x'",
        "[files]\nbuckte = 'x'",
        "[web]",
    ] {
        let error = file(text).unwrap_err().to_string();
        assert!(error.contains("unknown field") && error.contains("line"), "{error}");
    }
    let error = variables(&[("XIAOYUAN_DATABSE", "x"), ("XIAOYUAN_TEST_SMTP", "x")]).unwrap_err();
    assert!(
        matches!(&error, SettingsError::UnknownVariables(names) if names == &["XIAOYUAN_DATABSE"])
    );
    assert!(error.to_string().contains("XIAOYUAN_DATABASE"), "{error}");
}

#[test]
fn variables_are_read_as_what_they_are() {
    let settings = variables(&[
        ("XIAOYUAN_ADDR", "[::1]:8080"),
        ("XIAOYUAN_DEMO", "yes"),
        ("XIAOYUAN_MAIL_HOST", "smtp.example"),
        ("XIAOYUAN_MAIL_PORT", "2525"),
        ("XIAOYUAN_MAIL_TLS", "none"),
        ("XIAOYUAN_LOG_FORMAT", "json"),
        ("XIAOYUAN_TRUSTED_PROXY", "10.0.0.1"),
    ])
    .unwrap()
    .complete()
    .unwrap();
    assert_eq!(settings.addr.to_string(), "[::1]:8080");
    assert_eq!(settings.log_format, LogFormat::Json);
    assert_eq!(settings.trusted_proxy, Some("10.0.0.1".parse().unwrap()));
    let MailWay::Smtp(smtp) = settings.mail.way else { panic!() };
    assert_eq!((smtp.host.as_str(), smtp.port, smtp.tls), ("smtp.example", 2525, MailTls::None));

    for (name, value) in [
        ("XIAOYUAN_ADDR", "localhost"),
        ("XIAOYUAN_DEMO", "perhaps"),
        ("XIAOYUAN_MAIL_PORT", "x"),
        ("XIAOYUAN_MAIL_TLS", "ssl"),
    ] {
        let error = variables(&[(name, value)]).unwrap_err().to_string();
        assert!(error.starts_with(name), "{error}");
    }
}

#[test]
fn a_secret_is_never_printed() {
    const SECRET: &str = "枣树下的石桌";
    let text = format!("[mail]\nhost = 'smtp.example'\nuser = 'a'\npassword = '{SECRET}'");
    let given = file(&text).unwrap();
    let settings = given.clone().complete().unwrap();
    assert!(!format!("{given:?}{settings:?}").contains(SECRET));
    let MailWay::Smtp(smtp) = settings.mail.way else { panic!() };
    assert_eq!(smtp.password.unwrap().reveal(), SECRET);

    // Not even in the message about a mistake that stands in its line.
    for text in [
        format!("[mail]\npasword = '{SECRET}'"),
        format!("[mail]\npassword = ['{SECRET}']"),
        format!("[mail]\npassword = '{SECRET}"),
        format!("[mail]\npassword = '{SECRET}' x"),
    ] {
        let error = file(&text).unwrap_err();
        assert!(!format!("{error}{error:?}").contains(SECRET), "{error}");
    }
}

#[test]
fn a_demo_leaves_this_machine_only_when_told_twice() {
    let given = |addr: &str, exposed| Given {
        demo: Some(true),
        addr: Some(addr.parse().unwrap()),
        expose_demo: exposed,
        ..Given::default()
    };
    for addr in ["127.0.0.1:3000", "127.8.8.8:1", "[::1]:3000"] {
        assert!(given(addr, None).complete().is_ok(), "{addr}");
    }
    for addr in ["0.0.0.0:3000", "192.168.1.2:3000", "[::]:3000"] {
        for exposed in [None, Some(false)] {
            let refused = given(addr, exposed).complete();
            assert!(matches!(refused, Err(SettingsError::ExposedDemo(_))), "{addr}");
        }
        assert!(given(addr, Some(true)).complete().is_ok(), "{addr}");
    }
    let real = Given { demo: Some(false), ..given("0.0.0.0:3000", None) };
    assert_eq!(real.complete().unwrap().base_url, "http://127.0.0.1:3000");
}

#[test]
fn what_hangs_together_is_checked() {
    for url in ["hall.example", "ftp://hall.example", "https://", "https://hall.example/x"] {
        let given = Given { base_url: Some(url.into()), ..Given::default() };
        assert!(matches!(given.complete(), Err(SettingsError::BaseUrl(_))), "{url}");
    }
    for text in ["[mail]\nport = 25", "[mail]\nhost = 'x'\nuser = 'a'"] {
        let refused = file(text).unwrap().complete();
        assert!(matches!(refused, Err(SettingsError::Mail(_))), "{text}");
    }
}
