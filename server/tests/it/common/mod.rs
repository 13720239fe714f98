//! A server for tests: the whole router over a fresh database, asked without a network.
//!
//! ```ignore
//! mod common;
//! use common::TestApp;
//!
//! #[tokio::test]
//! async fn neighbours_see_it() {
//!     for app in TestApp::each().await {                       // SQLite and PostgreSQL
//!         let page = app.get("/proposals").await;              // nobody
//!         assert_eq!(page.status, 200, "{}", app.name);
//!         let form = [("stance", "for"), ("body", "我家也支持")];
//!         let answer = app.post_form("/proposals/1/posts", &form).as_(&app.world.resident).await;
//!         assert_eq!(answer.location(), "/proposals/1");
//!     }
//! }
//! ```
#![allow(
    dead_code,
    unreachable_pub,
    reason = "each test compiles it for itself and uses its own part"
)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::wrong_self_convention,
    reason = "tests read as sentences, and one that can't have its ground says so and ends"
)]

pub mod picture;
pub mod routes;

use std::collections::HashMap;
use std::future::{Future, IntoFuture};
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex};

use app::App;
use app::state::Site;
use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Request, StatusCode, header};
use axum::response::Response;
use domain::ids::PersonId;
use domain::time::Timestamp;
use http_body_util::BodyExt as _;
use service::people::SignedIn;
use service::testing::{self, TestDb, World};
use tower::ServiceExt as _;

/// Scheme and host of the test's site, sent as `Origin` by default.
pub const ORIGIN: &str = "http://127.0.0.1:3000";

/// The whole server over a fresh database with the small community of [`World`].
pub struct TestApp {
    /// `sqlite` or `postgresql`: say it in a failing test's message.
    pub name: &'static str,
    /// The database with its hall and clock.
    pub db: TestDb,
    /// The people and places.
    pub world: World,
    router: Router,
    /// Tokens by person and the time at which they were got: a moved clock asks for new ones.
    tokens: Mutex<HashMap<(PersonId, Timestamp), String>>,
}

impl TestApp {
    /// One on each database.
    pub async fn each() -> Vec<Self> {
        let mut all = Vec::new();
        for db in testing::databases().await {
            all.push(Self::start(db).await);
        }
        all
    }

    /// One on SQLite alone, for what doesn't touch the database.
    pub async fn sqlite() -> Self {
        Self::start(testing::sqlite().await).await
    }

    /// Over `db`, which is empty, with [`World::new`].
    pub async fn start(db: TestDb) -> Self {
        let world = World::new(&db.hall).await;
        Self::with_world(db, world)
    }

    /// Over `db` with the people and places that are in it already.
    pub fn with_world(db: TestDb, world: World) -> Self {
        Self::built(db, world, false, ORIGIN, app::pages::routes())
    }

    /// As a demo.
    pub async fn demo(db: TestDb) -> Self {
        let world = World::new(&db.hall).await;
        Self::built(db, world, true, ORIGIN, app::pages::routes())
    }

    /// With other pages than those of the app, or another address.
    pub fn built(db: TestDb, world: World, demo: bool, base_url: &str, pages: Router<App>) -> Self {
        let site = Site { base_url: base_url.to_owned(), demo, assets: server::web::addresses() };
        let app = App { hall: db.hall.clone(), site: Arc::new(site) };
        let router = server::web::router_with(pages, app, None);
        Self { name: db.name, db, world, router, tokens: Mutex::default() }
    }

    /// A second server on the same database.
    pub async fn second(&self) -> Router {
        let hall = self.db.second_hall().await;
        let site =
            Site { base_url: ORIGIN.to_owned(), demo: false, assets: server::web::addresses() };
        server::web::router(App { hall, site: Arc::new(site) }, None)
    }

    /// GET.
    pub fn get(&self, path: impl Into<String>) -> Call<'_> {
        self.call(Method::GET, path)
    }

    /// POST of a form, with `Origin` as our own pages send it.
    pub fn post_form(&self, path: impl Into<String>, fields: &[(&str, &str)]) -> Call<'_> {
        let form = url_encoded(fields);
        self.post(path).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded").body(form)
    }

    /// POST of an empty form.
    pub fn post(&self, path: impl Into<String>) -> Call<'_> {
        self.call(Method::POST, path).header(header::ORIGIN, ORIGIN)
    }

    /// Any method, without `Origin`.
    pub fn call(&self, method: Method, path: impl Into<String>) -> Call<'_> {
        Call {
            app: self,
            method,
            path: path.into(),
            headers: HeaderMap::new(),
            cookies: Vec::new(),
            body: Vec::new(),
            person: None,
        }
    }

    /// A visitor's GET of a stream, of which the body is read as it comes.
    pub async fn stream(&self, path: &str) -> Response {
        let mut request = Request::new(Body::empty());
        *request.uri_mut() = path.parse().expect("an address");
        request.headers_mut().insert(header::HOST, HeaderValue::from_static("127.0.0.1:3000"));
        let peer: SocketAddr = ([192, 0, 2, 7], 40_000).into();
        request.extensions_mut().insert(ConnectInfo(peer));
        self.router.clone().oneshot(request).await.expect("the router answers")
    }

    /// Sends a request as it is.
    pub async fn send(&self, request: Request<Body>) -> Answer {
        answer(self.router.clone(), request).await
    }

    /// The token of a session of that person.
    pub async fn token(&self, person: PersonId) -> String {
        let key = (person, self.db.hall.now());
        if let Some(token) = self.tokens.lock().unwrap().get(&key) {
            return token.clone();
        }
        let token = service::session::session_open(&self.db.hall, person, "test", None, true)
            .await
            .expect("a session");
        self.tokens.lock().unwrap().insert(key, token.clone());
        token
    }
}

/// Sends a request to a router.
pub async fn answer(router: Router, request: Request<Body>) -> Answer {
    let response = router.oneshot(request).await.expect("the router answers");
    let (head, mut body) = response.into_parts();
    let stream = head.headers.get(header::CONTENT_TYPE).is_some_and(|it| it == "text/event-stream");
    let body = if stream {
        // A stream has no end: its first event stands for it.
        let frame = body.frame().await.expect("an event").expect("a whole event");
        frame.into_data().expect("data")
    } else {
        axum::body::to_bytes(body, usize::MAX).await.expect("a whole body")
    };
    Answer { status: head.status, headers: head.headers, body: body.to_vec() }
}

/// A request under construction; await it.
pub struct Call<'a> {
    app: &'a TestApp,
    method: Method,
    path: String,
    headers: HeaderMap,
    cookies: Vec<String>,
    body: Vec<u8>,
    person: Option<PersonId>,
}

impl Call<'_> {
    /// Signed in as that person.
    #[must_use]
    pub fn as_(mut self, person: &SignedIn) -> Self {
        self.person = Some(person.actor.person);
        self
    }

    /// Signed in as that person, or as nobody.
    #[must_use]
    pub fn as_maybe(mut self, person: Option<&SignedIn>) -> Self {
        self.person = person.map(|person| person.actor.person);
        self
    }

    /// As an island asks: for JSON.
    #[must_use]
    pub fn json(self) -> Self {
        self.header(header::ACCEPT, "application/json")
    }

    /// Sets a header.
    #[must_use]
    pub fn header(mut self, name: impl TryInto<HeaderName>, value: &str) -> Self {
        let name = name.try_into().ok().expect("a header's name");
        self.headers.insert(name, HeaderValue::from_str(value).expect("a header's value"));
        self
    }

    /// Leaves a header out.
    #[must_use]
    pub fn without(mut self, name: HeaderName) -> Self {
        self.headers.remove(name);
        self
    }

    /// Adds a cookie.
    #[must_use]
    pub fn cookie(mut self, name: &str, value: &str) -> Self {
        self.cookies.push(format!("{name}={value}"));
        self
    }

    /// Sets the body.
    #[must_use]
    pub fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self
    }

    async fn send(mut self) -> Answer {
        if let Some(person) = self.person {
            let token = self.app.token(person).await;
            self.cookies.push(format!("xiaoyuan={token}"));
        }
        let mut request = Request::new(Body::from(self.body));
        *request.method_mut() = self.method;
        *request.uri_mut() = self.path.parse().expect("an address");
        *request.headers_mut() = self.headers;
        request.headers_mut().insert(header::HOST, HeaderValue::from_static("127.0.0.1:3000"));
        if !self.cookies.is_empty() {
            let cookies = self.cookies.join("; ");
            request.headers_mut().insert(header::COOKIE, cookies.parse().expect("cookies"));
        }
        let peer: SocketAddr = ([192, 0, 2, 7], 40_000).into();
        request.extensions_mut().insert(ConnectInfo(peer));
        self.app.send(request).await
    }
}

impl<'a> IntoFuture for Call<'a> {
    type Output = Answer;
    type IntoFuture = Pin<Box<dyn Future<Output = Answer> + Send + 'a>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.send())
    }
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    /// Status.
    pub status: StatusCode,
    /// Headers.
    pub headers: HeaderMap,
    /// Body.
    pub body: Vec<u8>,
}

impl Answer {
    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8(self.body.clone()).expect("UTF-8")
    }

    /// The body as JSON.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("no JSON: {}", self.text()))
    }

    /// A header's text; empty when it is missing.
    pub fn header(&self, name: impl AsRef<str>) -> &str {
        self.headers.get(name.as_ref()).map_or("", |value| value.to_str().expect("a text"))
    }

    /// Where it leads.
    pub fn location(&self) -> &str {
        self.header("location")
    }

    /// The value that a cookie is set to.
    pub fn cookie(&self, name: &str) -> Option<&str> {
        self.headers
            .get_all(header::SET_COOKIE)
            .iter()
            .filter_map(|line| line.to_str().ok()?.split(';').next()?.split_once('='))
            .find(|(key, _)| *key == name)
            .map(|(_, value)| value)
    }
}

fn url_encoded(fields: &[(&str, &str)]) -> String {
    use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
    let encoded = |text| utf8_percent_encode(text, NON_ALPHANUMERIC);
    let pairs = fields.iter().map(|(key, value)| format!("{}={}", encoded(key), encoded(value)));
    pairs.collect::<Vec<_>>().join("&")
}
