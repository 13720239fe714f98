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
mod first_button;
mod live_talk;
mod passkey;
mod talk_text;
mod text_area;
mod words;

#[cfg(feature = "hydrate")]
#[cfg_attr(not(feature = "forms"), allow(dead_code, reason = "the larger half uses the rest"))]
mod browser;
#[cfg(feature = "hydrate")]
#[cfg_attr(not(feature = "forms"), allow(dead_code, reason = "the larger half uses the rest"))]
mod form_dom;
#[cfg(all(feature = "hydrate", feature = "forms"))]
mod picture;

// Of long forms: the everyday half of the browser is carried without them.
#[cfg(any(not(feature = "hydrate"), feature = "forms"))]
mod counter;
#[cfg(any(not(feature = "hydrate"), feature = "forms"))]
mod draft_keeper;
#[cfg(any(not(feature = "hydrate"), feature = "forms"))]
mod photo_pick;
#[cfg(any(not(feature = "hydrate"), feature = "forms"))]
mod pin_pick;
#[cfg(any(not(feature = "hydrate"), feature = "forms"))]
mod raise_steps;
#[cfg(any(not(feature = "hydrate"), feature = "forms"))]
mod similar;
#[cfg(any(not(feature = "hydrate"), feature = "forms"))]
mod typing_hints;

pub use cosign::CosignButton;
pub use countdown::{Countdown, CountdownWords, countdown_text};
pub use first_button::FirstButton;
pub use live_talk::{LiveTalk, LiveWords};
pub use passkey::{PasskeyAct, PasskeyButton, PasskeyWords};
pub use talk_text::{TalkText, TalkWords};
pub use text_area::TextArea;

#[cfg(any(not(feature = "hydrate"), feature = "forms"))]
pub use {
    counter::Counter,
    draft_keeper::{DraftKeeper, KeeperWords},
    photo_pick::{PhotoPick, PhotoPickWords, PickedPhoto},
    pin_pick::{BUTTON_WIDTH, PinPick, PinPickWords, PinPlan, pin_of, pin_text},
    raise_steps::{RaiseSteps, StepsWords},
    similar::{SIMILAR_MAX, Similar, SimilarLine, SimilarWords},
    typing_hints::{HintWords, TypingHints},
};
