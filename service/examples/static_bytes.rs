//! Serves a file's bytes from memory and nothing else, as fast as axum does it: what a page's rate is
//! measured against. `static_bytes HOST:PORT FILE`.
#![allow(clippy::unwrap_used, reason = "a measurement at the terminal ends where it can't measure")]

use axum::Router;
use axum::body::Bytes;
use axum::http::header;
use axum::routing::get;
use axum::serve::ListenerExt as _;

#[tokio::main]
async fn main() {
    let mut arguments = std::env::args().skip(1);
    let (addr, file) = (arguments.next().unwrap(), arguments.next().unwrap());
    let bytes = Bytes::from(std::fs::read(file).unwrap());
    let answer =
        move || async move { ([(header::CONTENT_TYPE, "text/html; charset=utf-8")], bytes) };
    let listener = tokio::net::TcpListener::bind(addr).await.unwrap();
    // As the server does: without it small answers wait for acknowledgements.
    let listener = listener.tap_io(|stream| stream.set_nodelay(true).unwrap());
    axum::serve(listener, Router::new().route("/", get(answer))).await.unwrap();
}
