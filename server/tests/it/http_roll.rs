//! The roll's pages over HTTP: files sent, looked at, confirmed, undone; and files that are too large.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use std::net::SocketAddr;

use crate::common::{Answer, ORIGIN, TestApp};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

const BOUNDARY: &str = "courtyard";

const OWNERS: &str = "地址,业主,建筑面积\n\
    北柳小区1-1-101,张三,60\n\
    北柳小区1-1-102,李四、王五,61\n\
    北柳小区1-1-103,=cmd,不详\n";

fn multipart(kind: &str, file: &[u8]) -> Vec<u8> {
    let mut body = format!(
        "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"kind\"\r\n\r\n{kind}\r\n\
         --{BOUNDARY}\r\nContent-Disposition: form-data; name=\"courtyard_id\"\r\n\r\n\r\n\
         --{BOUNDARY}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"名册.csv\"\r\n\
         Content-Type: text/csv\r\n\r\n"
    )
    .into_bytes();
    body.extend_from_slice(file);
    body.extend_from_slice(format!("\r\n--{BOUNDARY}--\r\n").as_bytes());
    body
}

async fn send(app: &TestApp, kind: &str, file: &[u8]) -> Answer {
    app.post("/desk/roll")
        .header("content-type", &format!("multipart/form-data; boundary={BOUNDARY}"))
        .body(multipart(kind, file))
        .as_(&app.world.committee_head)
        .await
}

#[tokio::test]
async fn a_file_is_looked_at_confirmed_and_undone() {
    for app in TestApp::each().await {
        let head = &app.world.committee_head;
        let form = app.get("/desk/roll").as_(head).await.text();
        assert!(form.contains("multipart/form-data"), "{}", app.name);
        let sent = send(&app, "owners", OWNERS.as_bytes()).await;
        assert_eq!(sent.status, 303, "{}: {}", app.name, sent.text());
        let import = sent.location().to_owned();

        // Opened, it shows numbers; a row only as an answer.
        let shown = app.get(import.as_str()).as_(head).await;
        assert!(shown.text().contains("名册.csv"), "{}", app.name);
        assert!(!shown.text().contains("张三"), "{}", app.name);
        let look = app.post_form(format!("{import}/look"), &[]).as_(head).await.text();
        assert!(look.contains("张三") && look.contains("1号楼1门 101"), "{}", app.name);
        assert!(look.contains("面积请只写数字"), "{}", app.name);
        let only = app.post_form(format!("{import}/look"), &[("show", "problems")]).as_(head).await;
        assert!(!only.text().contains("张三"), "{}", app.name);

        let csv = app.post(format!("{import}/report.csv")).as_(head).await;
        assert_eq!(csv.header("content-type"), "text/csv; charset=utf-8");
        assert!(csv.header("content-disposition").starts_with("attachment"));
        assert!(csv.body.starts_with(b"\xEF\xBB\xBF"), "{}", app.name);

        let confirmed = app.post(format!("{import}/confirm")).as_(head).await;
        assert_eq!(confirmed.location(), import, "{}", app.name);
        let again = app.post(format!("{import}/confirm")).as_(head).await;
        assert_eq!(again.status, 303, "{}: once more does nothing", app.name);
        let done = loop {
            let page = app.get(import.as_str()).as_(head).await;
            if page.header("refresh").is_empty() {
                break page.text();
            }
            tokio::task::yield_now().await;
        };
        assert!(done.contains("撤回这次导入"), "{}", app.name);
        let owners = app.get("/desk/owners").as_(head).await.text();
        assert!(owners.contains("121.00"), "{}", app.name);
        assert!(!owners.contains("张三"), "{}", app.name);
        let names = app.post_form("/desk/owners/look", &[]).as_(head).await.text();
        assert!(names.contains("李四、王五") && names.contains("还没有选代表"), "{}", app.name);
        let undone = app.post(format!("{import}/undo")).as_(head).await;
        assert_eq!(undone.status, 303, "{}", app.name);
        let owners = app.get("/desk/owners").as_(head).await.text();
        assert!(owners.contains("名册上还没有业主"), "{}", app.name);
    }
}

#[tokio::test]
async fn a_file_that_is_no_roll_comes_back_with_what_to_do() {
    let app = TestApp::sqlite().await;
    let answer = send(&app, "owners", "张三,李四\n".as_bytes()).await;
    assert_eq!(answer.status, 422);
    let text = answer.text();
    assert!(text.contains("没找到表头"), "{text}");
    assert!(text.contains(r##"href="#file""##), "{text}");
    let empty = app.post("/desk/roll").as_(&app.world.committee_head).await;
    assert_eq!(empty.status, 422);
    let other = send(&app, "people", OWNERS.as_bytes()).await;
    assert_eq!(other.status, 422);
}

#[tokio::test]
async fn a_table_to_fill_in() {
    let app = TestApp::sqlite().await;
    let answer = app.get("/desk/roll/template.csv").as_(&app.world.committee_head).await;
    assert!(answer.text().starts_with("\u{FEFF}小院,楼号,单元,房号,业主"), "{}", answer.text());
}

#[tokio::test]
async fn a_file_may_be_larger_than_a_form_but_not_than_its_limit() {
    let app = TestApp::sqlite().await;
    let row = "北柳小区1-1-101,张三,60\n";
    let large = format!("地址,业主,建筑面积\n{}", row.repeat(50_000));
    assert!(large.len() > 1 << 20);
    assert_eq!(send(&app, "owners", large.as_bytes()).await.status, 303);
    let over = send(&app, "owners", &vec![b'a'; (10 << 20) + 1]).await;
    assert_eq!(over.status, 422, "{}", over.text());
    assert!(over.text().contains("10 MB"));
    let far_over = send(&app, "owners", &vec![b'a'; 11 << 20]).await;
    assert_eq!(far_over.status, 413);
    // Every other address keeps the limit of a form.
    let elsewhere = app.post_form("/desk/owners/look", &[]).body(vec![b'a'; 65 << 10]);
    assert_eq!(elsewhere.as_(&app.world.committee_head).await.status, 413);
}

/// A real connection, so that what isn't read can be seen.
async fn listen(app: &TestApp) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let router = app.second().await;
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    tokio::spawn(async move { axum::serve(listener, service).await });
    address
}

async fn begin(app: &TestApp, length: &str) -> TcpStream {
    let token = app.token(app.world.committee_head.actor.person).await;
    let mut stream = TcpStream::connect(listen(app).await).await.unwrap();
    let head = format!(
        "POST /desk/roll HTTP/1.1\r\nHost: 127.0.0.1:3000\r\nOrigin: {ORIGIN}\r\n\
         Cookie: xiaoyuan={token}\r\n\
         Content-Type: multipart/form-data; boundary={BOUNDARY}\r\n{length}\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    stream
}

/// All that comes until the other side closes.
async fn rest(stream: &mut TcpStream) -> String {
    let mut answer = Vec::new();
    let mut buffer = [0; 4096];
    // What was sent and not read can end the connection with a reset after the answer.
    while let Ok(read @ 1..) = stream.read(&mut buffer).await {
        answer.extend_from_slice(&buffer[..read]);
    }
    String::from_utf8_lossy(&answer).into_owned()
}

#[tokio::test]
async fn a_gigabyte_is_refused_before_it_is_sent() {
    let app = TestApp::sqlite().await;
    let mut stream = begin(&app, "Content-Length: 1073741824").await;
    let answer = rest(&mut stream).await;
    assert!(answer.starts_with("HTTP/1.1 413"), "{answer}");
    assert!(answer.to_lowercase().contains("connection: close"), "{answer}");
}

#[tokio::test]
async fn a_file_without_a_length_is_read_to_the_limit_and_no_further() {
    let app = TestApp::sqlite().await;
    let stream = begin(&app, "Transfer-Encoding: chunked").await;
    let (mut from, mut to) = stream.into_split();
    let sender = tokio::spawn(async move {
        let chunk = |bytes: &[u8]| {
            let mut out = format!("{:x}\r\n", bytes.len()).into_bytes();
            out.extend_from_slice(bytes);
            out.extend_from_slice(b"\r\n");
            out
        };
        let begun = multipart("owners", b"");
        let begun = &begun[..begun.len() - BOUNDARY.len() - 8];
        to.write_all(&chunk(begun)).await.unwrap();
        let more = chunk(&vec![b'a'; 64 << 10]);
        let mut sent = 0_usize;
        // A gigabyte, unless the other side ends it.
        while sent < 1 << 30 && to.write_all(&more).await.is_ok() {
            sent += 64 << 10;
        }
        sent
    });
    let mut answer = Vec::new();
    let mut buffer = [0; 4096];
    while let Ok(read @ 1..) = from.read(&mut buffer).await {
        answer.extend_from_slice(&buffer[..read]);
    }
    let sent = sender.await.unwrap();
    // The limit, and what the system keeps on the way.
    assert!(sent < 64 << 20, "{sent} bytes were taken");
    let answer = String::from_utf8_lossy(&answer);
    assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 413"), "{answer}");
}
