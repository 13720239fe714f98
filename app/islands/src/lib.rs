//! What is alive in the browser, and nothing else; compiled for both sides.
//!
//! Each island is a whole form or text before any script runs: the server renders it (feature `ssr`), and
//! the browser's half (feature `hydrate`) wakes it where scripts are allowed. Islands take their words as
//! props, so that the catalogue of words never travels to the browser. They use no router and no server
//! functions, and show nothing that the server has not said.
#![allow(clippy::needless_pass_by_value, reason = "the props of a component are its own")]
#![allow(unreachable_pub, reason = "what `#[component]` writes is public in a private module")]
// The lints can't see that `#[island]` and `#[wasm_bindgen]` make bindings for the browser by themselves.
#![cfg_attr(
    feature = "hydrate",
    allow(unsafe_code, missing_docs, reason = "bindings for the browser that macros write")
)]

mod cosign;
mod countdown;
mod live_talk;
mod passkey;
mod reply;
mod text_area;
mod words;

#[cfg(feature = "hydrate")]
mod browser;

pub use cosign::CosignButton;
pub use countdown::{Countdown, CountdownWords, countdown_text};
pub use live_talk::{LiveTalk, LiveWords};
pub use passkey::{PasskeyAct, PasskeyButton, PasskeyWords};
pub use reply::{ReplyForm, ReplyWords};
pub use text_area::TextArea;
