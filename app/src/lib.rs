//! The Leptos app: pages, forms and words, rendered on the server.
//!
//! A page is plain server code: its handler calls use cases, and its view is rendered once, to the
//! end. Only what must react in the browser is an island.
// Views are types of what stands in them: the longest pages nest deeper than 128.
#![recursion_limit = "256"]
#![allow(clippy::needless_pass_by_value, reason = "components take their props by value")]

pub mod acting_bar;
pub mod consent_bar;
pub mod cookie;
pub mod dates;
pub mod desk_nav;
pub mod devices;
pub mod fail;
pub mod form;
pub mod hints;
pub mod link;
pub mod mail_text;
pub mod matter_row;
pub mod own_page;
pub mod pages;
pub mod parts;
pub mod photos;
pub mod plans;
pub mod redirect;
pub mod render;
pub mod rich;
pub mod search_box;
pub mod shell;
pub mod state;
pub mod step_up_note;
pub mod unsent;
pub mod upload;
pub mod viewer;
pub mod words;

pub use fail::Fail;
pub use state::App;
