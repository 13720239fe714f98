//! Files in an S3-compatible store: a small one, which this test serves by itself.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::put;
use service::Error;
use service::store::{FileStore, S3, hash_of, s3};
use tokio::net::TcpListener;

const SECRET: &str = "the-secret-that-signs";

type Objects = Arc<Mutex<HashMap<String, Bytes>>>;

/// Whether a request is signed (AWS Signature Version 4) by the right key, and shows its secret nowhere.
fn signed(headers: &HeaderMap) -> bool {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let by = text(header::AUTHORIZATION);
    by.starts_with("AWS4-HMAC-SHA256 Credential=the-key/")
        && by.contains("/cn-north-1/s3/aws4_request")
        && by.contains("Signature=")
        && headers.values().all(|value| !value.as_bytes().windows(6).any(|at| at == b"secret"))
}

async fn store(
    State(objects): State<Objects>,
    Path(key): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    if !signed(&headers) {
        return StatusCode::FORBIDDEN.into_response();
    }
    objects.lock().unwrap().insert(key, body);
    [(header::ETAG, "\"e\"")].into_response()
}

async fn fetch(
    State(objects): State<Objects>,
    Path(key): Path<String>,
    headers: HeaderMap,
) -> Response {
    if !signed(&headers) {
        return StatusCode::FORBIDDEN.into_response();
    }
    match objects.lock().unwrap().get(&key) {
        Some(bytes) => {
            let told =
                [(header::ETAG, "\"e\""), (header::LAST_MODIFIED, "Mon, 02 Mar 2026 01:00:00 GMT")];
            (told, bytes.clone()).into_response()
        }
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

async fn delete(
    State(objects): State<Objects>,
    Path(key): Path<String>,
    headers: HeaderMap,
) -> StatusCode {
    if !signed(&headers) {
        return StatusCode::FORBIDDEN;
    }
    objects.lock().unwrap().remove(&key);
    // As S3 does, whether it was there or not.
    StatusCode::NO_CONTENT
}

async fn serve() -> (SocketAddr, Objects) {
    let objects = Objects::default();
    let app = Router::new()
        .route("/photos/{*key}", put(store).get(fetch).delete(delete))
        .with_state(objects.clone());
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let addr = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, app).await });
    (addr, objects)
}

fn open(endpoint: &str, key_id: &str) -> Arc<dyn FileStore> {
    s3(&S3 {
        endpoint: Some(endpoint),
        bucket: "photos",
        region: "cn-north-1",
        key_id,
        secret: SECRET,
    })
    .unwrap()
}

#[tokio::test]
async fn files_go_to_the_bucket_and_come_back() {
    let (addr, objects) = serve().await;
    let store = open(&format!("http://{addr}"), "the-key");
    let bytes = vec![7; 300_000];
    let hash = hash_of(&bytes);
    assert_eq!(store.get(&hash).await.unwrap(), None);
    store.put(&hash, bytes.clone()).await.unwrap();
    let keys: Vec<_> = objects.lock().unwrap().keys().cloned().collect();
    assert_eq!(keys, [format!("{}/{hash}", &hash[..2])]);
    assert_eq!(store.get(&hash).await.unwrap(), Some(bytes));
    store.delete(&hash).await.unwrap();
    store.delete(&hash).await.unwrap();
    assert_eq!(store.get(&hash).await.unwrap(), None);
}

#[tokio::test]
async fn a_store_that_refuses_is_an_error_without_the_secret() {
    let (addr, _) = serve().await;
    let store = open(&format!("http://{addr}"), "another-key");
    let hash = hash_of(b"x");
    for refused in [store.put(&hash, b"x".to_vec()).await, store.get(&hash).await.map(|_| ())] {
        let Err(Error::Broken(told)) = refused else { panic!("{refused:?}") };
        assert!(!told.contains(SECRET), "{told}");
    }
    assert!(!format!("{store:?}").contains(SECRET), "{store:?}");
}

#[test]
fn a_store_over_tls_can_be_opened() {
    // The client is made with the one maker of TLS that this program has.
    open("https://s3.example.cn", "the-key");
}
