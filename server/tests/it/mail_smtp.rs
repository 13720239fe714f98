//! Mail over a real SMTP server on loopback, which keeps what it accepts in a folder.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that can't go on says so and ends")]

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use crate::common::{ORIGIN, TestApp};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use domain::time::{HOUR_MS, MINUTE_MS, Timestamp};
use server::mail::{PostOffice, deliver};
use server::settings::{MailSettings, MailTls, MailWay, Smtp};
use service::account::email_set;
use service::clock::ManualClock;
use service::db::Db;
use service::dice::{Dice, SystemDice};
use service::matter::{self, By, Said, Shown};
use service::proposal::{ProposalForm, proposal_submit};
use service::setup::{NewPerson, person_admit_many};
use service::views::desk::dead_mails;
use service::{Hall, notice};
use tokio::sync::watch;

/// The database of the child that is killed.
const CHILD_DATABASE: &str = "XIAOYUAN_TEST_CHILD_DATABASE";
/// Its time, Unix ms.
const CHILD_NOW: &str = "XIAOYUAN_TEST_CHILD_NOW";
const KILLED: usize = 300;

fn variable(name: &str) -> String {
    std::env::var(name)
        .unwrap_or_else(|_| panic!("{name} is not set: run through scripts/with-services.sh"))
}

fn smtp() -> MailSettings {
    let addr: SocketAddr = variable("XIAOYUAN_TEST_SMTP").parse().unwrap();
    let way = MailWay::Smtp(Smtp {
        host: addr.ip().to_string(),
        port: addr.port(),
        user: None,
        password: None,
        tls: MailTls::None,
    });
    MailSettings { way, from: "小院议事厅 <hall@hall.example>".to_owned() }
}

fn post_office() -> PostOffice {
    PostOffice::open(&smtp(), ORIGIN).unwrap()
}

/// Something in an address that no other test has.
fn mark() -> String {
    hex::encode(SystemDice.bytes16())
}

/// What the server has accepted for addresses that hold `mark`.
fn accepted(folder: &Path, mark: &str) -> Vec<Mail> {
    let mut paths: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| {
            path.file_name().is_some_and(|name| !name.as_encoded_bytes().starts_with(b"."))
        })
        .collect();
    paths.sort();
    let mails = paths.iter().map(|path| std::fs::read_to_string(path).unwrap());
    // The folder holds other tests' mails too.
    mails.filter(|mail| mail.contains(mark)).map(|mail| Mail::parse(&mail)).collect()
}

fn received(mark: &str) -> Vec<Mail> {
    accepted(Path::new(&variable("XIAOYUAN_TEST_MAILDIR")), mark)
}

/// A message taken apart.
#[derive(Debug)]
struct Mail {
    /// By lower-case name, unfolded.
    headers: BTreeMap<String, String>,
    /// Content types and decoded bodies.
    parts: Vec<(String, String)>,
}

impl Mail {
    fn parse(raw: &str) -> Self {
        let raw = raw.replace("\r\n", "\n");
        let (head, body) = raw.split_once("\n\n").unwrap();
        let own = headers(head);
        let boundary = own["content-type"].split("boundary=\"").nth(1).unwrap();
        let boundary = boundary.split('"').next().unwrap();
        let mark = format!("--{boundary}");
        let parts = body.split(&mark).skip(1).filter(|p| !p.starts_with("--"));
        let parts = parts.map(|part| {
            let (head, body) = part.trim_start().split_once("\n\n").unwrap();
            let headers = headers(head);
            (headers["content-type"].clone(), decode(&headers["content-transfer-encoding"], body))
        });
        Self { parts: parts.collect(), headers: own }
    }

    fn subject(&self) -> String {
        let words = self.headers["subject"].split(' ').map(|word| {
            let inner = word.strip_prefix("=?utf-8?b?").and_then(|w| w.strip_suffix("?="));
            inner.map_or(word.as_bytes().to_vec(), |word| STANDARD.decode(word).unwrap())
        });
        String::from_utf8(words.collect::<Vec<_>>().concat()).unwrap()
    }
}

fn headers(head: &str) -> BTreeMap<String, String> {
    let unfolded = head.replace("\n ", " ").replace("\n\t", " ");
    let lines = unfolded.lines().filter_map(|line| line.split_once(": "));
    lines.map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned())).collect()
}

fn decode(encoding: &str, body: &str) -> String {
    match encoding {
        "base64" => {
            let joined: String = body.split_whitespace().collect();
            String::from_utf8(STANDARD.decode(joined).unwrap()).unwrap()
        }
        "quoted-printable" => {
            let joined = body.replace("=\n", "");
            let mut bytes = Vec::new();
            let mut rest = joined.as_bytes();
            while let Some((first, after)) = rest.split_first() {
                if *first == b'=' {
                    bytes.extend(hex::decode(&after[..2]).unwrap());
                    rest = &after[2..];
                } else {
                    bytes.push(*first);
                    rest = after;
                }
            }
            String::from_utf8(bytes).unwrap()
        }
        _ => body.to_owned(),
    }
}

/// A matter raised by the resident, who gets its mails at `address`, and one step to tell.
async fn one_step(app: &TestApp, address: &str) -> i64 {
    let (hall, world) = (&app.db.hall, &app.world);
    email_set(hall, &world.resident.actor, address, "zh", service::testing::PASSWORD)
        .await
        .unwrap();
    let form = ProposalForm {
        title: "电动车充电棚".to_owned(),
        situation: "楼道里充电不安全，外面又没有地方可以充电。".to_owned(),
        suggestion: "请在北墙边搭一个带插座和喷淋的充电棚。".to_owned(),
        category: "charging_fire".to_owned(),
        courtyard_id: world.courtyards[0].to_string(),
        entrance_id: String::new(),
        spot: String::new(),
        scope: "courtyard".to_owned(),
        willing: false,
        on_behalf: String::new(),
        ..ProposalForm::default()
    };
    let number = proposal_submit(hall, &world.resident.actor, &form).await.unwrap();
    notice::notices_skip(hall).await.unwrap();
    announce(app, number).await;
    number
}

async fn announce(app: &TestApp, number: i64) {
    let hall = &app.db.hall;
    let row = matter::by_number(hall.db.read(), app.world.community, number).await.unwrap();
    let by = By::Person(&app.world.committee_member.actor);
    let txn = hall.db.begin().await.unwrap();
    let said = Said::reason("街道吹哨，消防和供电都来看过了。");
    matter::show_in_txn(hall, &txn, &row, Shown::note("progress"), by, &said).await.unwrap();
    txn.commit().await.unwrap();
}

async fn send(app: &TestApp) -> usize {
    let (_go_on, stop) = watch::channel(false);
    deliver(&app.db.hall, &post_office(), &stop).await.unwrap()
}

#[tokio::test]
async fn a_mail_arrives_whole_and_stops_in_one_click() {
    for app in TestApp::each().await {
        let mark = mark();
        let number = one_step(&app, &format!("reader-{mark}@example.cn")).await;
        assert_eq!(send(&app).await, 1, "{}", app.name);
        let mails = received(&mark);
        let [mail] = &mails[..] else { panic!("{}: {} mails", app.name, mails.len()) };

        assert_eq!(mail.subject(), "[枣树湾社区] 电动车充电棚：办理有进展", "{}", app.name);
        let header = |name: &str| mail.headers.get(name).map(String::as_str).unwrap_or_default();
        assert!(header("from").ends_with("<hall@hall.example>"), "{}", header("from"));
        assert!(header("message-id").ends_with("@hall.example>"), "{}", header("message-id"));
        // The hall's clock: Monday 2026-03-02 at 9:00 in China.
        assert_eq!(header("date"), "Mon, 02 Mar 2026 01:00:00 +0000", "{}", app.name);
        for (name, expected) in [
            ("list-unsubscribe-post", "List-Unsubscribe=One-Click"),
            ("list-id", "<matters.hall.example>"),
            ("auto-submitted", "auto-generated"),
            ("in-reply-to", &format!("<matter.{number}@hall.example>")),
            ("references", &format!("<matter.{number}@hall.example>")),
            ("mime-version", "1.0"),
        ] {
            assert_eq!(header(name), expected, "{}: {name}", app.name);
        }
        assert!(header("content-type").starts_with("multipart/alternative"), "{}", app.name);
        let [text, html] = &mail.parts[..] else { panic!("{:?}", mail.parts) };
        assert!(text.0.starts_with("text/plain; charset=utf-8"), "{}", text.0);
        assert!(html.0.starts_with("text/html; charset=utf-8"), "{}", html.0);
        for (_, body) in [text, html] {
            assert!(body.contains("街道吹哨，消防和供电都来看过了。"), "{body}");
            assert!(body.contains(&format!("{ORIGIN}/proposals/{number}")), "{body}");
            assert!(body.contains(&format!("{ORIGIN}/follow/")), "{body}");
            assert!(!body.contains(&mark), "no personal data: {body}");
        }

        let link = header("list-unsubscribe").trim_matches(['<', '>']);
        let path = link.strip_prefix(ORIGIN).unwrap().to_owned();
        // Opened by a scanner, as often as it likes: nothing changes.
        for _ in 0..2 {
            let page = app.get(&path).await;
            assert_eq!(page.status, 200, "{}", app.name);
            assert_eq!(page.headers["cache-control"], "no-store", "{}", app.name);
            let text = page.text();
            assert!(text.contains("电动车充电棚") && text.contains("不再收这件事的信"), "{text}");
        }
        announce(&app, number).await;
        assert_eq!(send(&app).await, 1, "{}: opening stopped nothing", app.name);

        announce(&app, number).await;
        // As mail providers post: from nowhere, signed in as nobody.
        let stop = app
            .call(axum::http::Method::POST, &path)
            .header(axum::http::header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body("List-Unsubscribe=One-Click")
            .await;
        assert_eq!(stop.status, 200, "{}: no redirect", app.name);
        assert!(stop.text().contains("不再发信了"), "{}", app.name);
        assert_eq!(send(&app).await, 0, "{}", app.name);
        assert!(
            app.get(&path).await.text().contains("不再发信了"),
            "{}: not from a cache",
            app.name
        );
        let unknown = app.get("/follow/0f6c").await;
        assert_eq!(unknown.status, 404, "{}", app.name);
        assert!(unknown.text().contains("这个链接用不了了"), "{}", app.name);
        assert_eq!(received(&mark).len(), 2, "{}", app.name);
    }
}

#[tokio::test]
async fn what_is_put_off_is_tried_again_and_what_is_refused_is_shown_to_the_committee() {
    for app in TestApp::each().await {
        let mark = mark();
        one_step(&app, &format!("defer-{mark}@example.cn")).await;
        for minutes in [2, 7] {
            assert_eq!(send(&app).await, 1, "{}", app.name);
            assert_eq!(send(&app).await, 0, "{}: it waits", app.name);
            assert!(received(&mark).is_empty(), "{}", app.name);
            app.db.clock.advance_ms(minutes * MINUTE_MS);
        }
        assert_eq!(send(&app).await, 1, "{}", app.name);
        assert_eq!(received(&mark).len(), 1, "{}", app.name);

        let (hall, world) = (&app.db.hall, &app.world);
        let refused = format!("reject-{mark}@example.cn");
        email_set(hall, &world.resident.actor, &refused, "zh", service::testing::PASSWORD)
            .await
            .unwrap();
        assert_eq!(send(&app).await, 1, "{}: the old address is told", app.name);
        announce(&app, 1).await;
        assert_eq!(send(&app).await, 1, "{}", app.name);
        app.db.clock.advance_ms(48 * HOUR_MS);
        assert_eq!(send(&app).await, 0, "{}: dead at once", app.name);
        let dead = dead_mails(hall, Some(&world.committee_member.actor), None).await.unwrap();
        let [dead] = &dead.rows[..] else { panic!("{}: {dead:?}", app.name) };
        let said = dead.last_error.as_deref().unwrap();
        assert!(said.contains("550") && said.contains("No such mailbox"), "{said}");
        service::desk::mail_resend(hall, &world.committee_member.actor, dead.id).await.unwrap();
        email_set(
            hall,
            &world.resident.actor,
            &format!("good-{mark}@example.cn"),
            "zh",
            service::testing::PASSWORD,
        )
        .await
        .unwrap();
        // The mail that is sent again, and word to the address of before, which still takes none.
        assert_eq!(send(&app).await, 2, "{}", app.name);
        assert_eq!(received(&mark).len(), 3, "{}: to the mended address", app.name);
    }
}

#[tokio::test]
async fn a_server_that_nobody_answers_on_costs_nothing_but_time() {
    let app = TestApp::sqlite().await;
    let mark = mark();
    one_step(&app, &format!("reader-{mark}@example.cn")).await;
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let MailWay::Smtp(mut away) = smtp().way else { unreachable!() };
    away.port = free.port();
    let away = MailSettings { way: MailWay::Smtp(away), ..smtp() };
    let (_go_on, stop) = watch::channel(false);
    let post = PostOffice::open(&away, ORIGIN).unwrap();
    assert_eq!(deliver(&app.db.hall, &post, &stop).await.unwrap(), 1);
    app.db.clock.advance_ms(2 * MINUTE_MS);
    assert_eq!(send(&app).await, 1);
    assert_eq!(received(&mark).len(), 1);
}

#[tokio::test]
async fn without_an_smtp_server_mails_go_into_a_folder() {
    let app = TestApp::sqlite().await;
    let mark = mark();
    one_step(&app, &format!("reader-{mark}@example.cn")).await;
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().join("mail");
    let settings = MailSettings { way: MailWay::Folder(folder.clone()), ..smtp() };
    let (_go_on, stop) = watch::channel(false);
    let post = PostOffice::open(&settings, ORIGIN).unwrap();
    assert_eq!(deliver(&app.db.hall, &post, &stop).await.unwrap(), 1);
    let mails = accepted(&folder, &mark);
    assert_eq!(mails.len(), 1);
    assert_eq!(mails[0].subject(), "[枣树湾社区] 电动车充电棚：办理有进展");
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 1, "nothing is left aside");
}

#[tokio::test]
async fn a_worker_told_to_stop_gives_back_its_mails() {
    let app = TestApp::sqlite().await;
    let mark = mark();
    one_step(&app, &format!("reader-{mark}@example.cn")).await;
    let (_stop, stopped) = watch::channel(true);
    assert_eq!(deliver(&app.db.hall, &post_office(), &stopped).await.unwrap(), 0);
    assert_eq!(send(&app).await, 1);
    assert_eq!(received(&mark).len(), 1);
}

/// A process of its own sends many mails and is killed in the middle (SIGKILL: no handler runs).
/// Another goes on once the leases are over, and every mail has arrived.
#[tokio::test]
async fn killed_in_the_middle_nothing_is_lost() {
    for app in TestApp::each().await {
        let mark = mark();
        let (hall, world) = (&app.db.hall, &app.world);
        let number = one_step(&app, "").await;
        let readers = (0..KILLED).map(|n| NewPerson {
            community: world.community,
            household: None,
            sign_in_name: format!("reader{n}"),
            nickname: format!("读者{n}"),
            email: Some(format!("reader{n}-{mark}@example.cn")),
            password_hash: None,
            consented: true,
        });
        let ids = person_admit_many(hall, readers.collect()).await.unwrap();
        let row = matter::by_number(hall.db.read(), world.community, number).await.unwrap();
        let txn = hall.db.begin().await.unwrap();
        for id in ids {
            matter::follow_in_txn(hall, &txn, row.id, id).await.unwrap();
        }
        txn.commit().await.unwrap();
        notice::notices_skip(hall).await.unwrap();
        announce(&app, number).await;

        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "mail_smtp::child_that_is_killed", "--ignored", "--nocapture"])
            .env(CHILD_DATABASE, &app.db.url)
            .env(CHILD_NOW, hall.now().0.to_string())
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        while received(&mark).len() < KILLED / 10 {
            assert!(child.try_wait().unwrap().is_none(), "{}: it ended too soon", app.name);
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        child.kill().unwrap();
        child.wait().unwrap();
        let before = received(&mark).len();
        assert!(before < KILLED, "{}: killed too late to test anything", app.name);

        app.db.clock.advance_ms(10 * MINUTE_MS);
        send(&app).await;
        let mut times: BTreeMap<String, usize> = BTreeMap::new();
        for mail in received(&mark) {
            *times.entry(mail.headers["message-id"].clone()).or_default() += 1;
        }
        assert_eq!(times.len(), KILLED, "{}: every mail, under its own Message-ID", app.name);
        let twice = times.values().filter(|times| **times > 1).count();
        assert!(twice <= 16, "{}: only what was under way comes twice, not {twice}", app.name);
        assert_eq!(send(&app).await, 0, "{}", app.name);
    }
}

/// Not a test of its own: the process that [`killed_in_the_middle_nothing_is_lost`] kills.
#[tokio::test]
#[ignore = "run by the test that kills it"]
async fn child_that_is_killed() {
    let Ok(database) = std::env::var(CHILD_DATABASE) else { return };
    let now = Timestamp(variable(CHILD_NOW).parse().unwrap());
    let db = Db::connect(&database).await.unwrap();
    let clock = Arc::new(ManualClock::at(now));
    let hall =
        Hall::open_with(db, service::testing::seal(), clock, Arc::new(SystemDice)).await.unwrap();
    let (_go_on, stop) = watch::channel(false);
    deliver(&hall, &post_office(), &stop).await.unwrap();
}

#[tokio::test]
async fn a_way_back_in_arrives_alone_and_names_nobody_outside() {
    for app in TestApp::each().await {
        let mark = mark();
        let (hall, world) = (&app.db.hall, &app.world);
        let address = format!("reader-{mark}@example.cn");
        email_set(hall, &world.resident.actor, &address, "zh", service::testing::PASSWORD)
            .await
            .unwrap();
        service::reset::reset_ask(hall, &address, "192.0.2.1").await.unwrap();
        assert_eq!(send(&app).await, 1, "{}", app.name);
        assert_eq!(send(&app).await, 0, "{}: once", app.name);
        let mails = received(&mark);
        let [mail] = &mails[..] else { panic!("{}: {} mails", app.name, mails.len()) };
        assert_eq!(mail.subject(), "[枣树湾社区] 重设密码", "{}", app.name);
        let header = |name: &str| mail.headers.get(name).map(String::as_str).unwrap_or_default();
        assert!(header("message-id").ends_with("@hall.example>"), "{}", header("message-id"));
        assert_eq!(header("auto-submitted"), "auto-generated", "{}", app.name);
        for none in ["list-unsubscribe", "list-id", "in-reply-to", "references"] {
            assert_eq!(header(none), "", "{}: {none}", app.name);
        }
        let (_, text) = &mail.parts[0];
        let link = text.lines().find(|line| line.contains("/reset/")).unwrap();
        let path = link.strip_prefix(ORIGIN).unwrap();
        assert_eq!(app.get(path).await.status, 200, "{}: {text}", app.name);
        let new = "门口 那棵 老槐树 今年 又开花了";
        assert_eq!(app.post_form(path, &[("password", new)]).await.status, 303, "{}", app.name);
        assert_eq!(send(&app).await, 1, "{}: word of it", app.name);
        let told: Vec<_> = received(&mark).iter().map(Mail::subject).collect();
        assert!(told.contains(&"[枣树湾社区] 您的密码改过了".to_owned()), "{}: {told:?}", app.name);
    }
}
