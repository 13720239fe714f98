//! The browser's half: carries the islands to the browser. `boot.js` beside this crate loads it, calls
//! [`hydrate`] once, and then each island's own function by its name.
#![allow(unsafe_code, reason = "bindings for the browser that the macro writes")]

// Linked for the functions that its islands export.
use islands as _;
use wasm_bindgen::prelude::wasm_bindgen;

/// Makes ready for islands. Called once, before the first of them wakes up.
#[wasm_bindgen]
pub fn hydrate() {
    leptos::mount::hydrate_islands();
}
