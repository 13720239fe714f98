//! A form that can't come back as it was, since what it is about has changed: what was typed is shown all the
//! same, to be read and copied.

use axum::response::Response;
use leptos::prelude::*;

use crate::form::{ErrorSummary, Problems};
use crate::link::to;
use crate::parts::Prose;
use crate::render::words;
use crate::shell::{Meta, page};
use crate::state::App;
use crate::viewer::Viewer;

/// What was typed into a form that the page hasn't got any more.
#[component]
pub fn Unsent(
    /// The text.
    text: String,
) -> impl IntoView {
    let w = words().site;
    (!text.trim().is_empty()).then(|| {
        view! {
            <section class="section" aria-labelledby="unsent">
                <h2 id="unsent">{w.unsent}</h2>
                <p class="field-hint">{w.unsent_hint}</p>
                <blockquote class="quote"><Prose text/></blockquote>
            </section>
        }
    })
}

/// A page of nothing but that: why the form `title` can't be sent, what was typed, and the way to the page
/// `back` (a bare path).
pub fn unsent_page(
    app: &App,
    viewer: &Viewer,
    title: &'static str,
    back: String,
    text: String,
    problems: Problems,
) -> Response {
    let meta = Meta {
        title: title.to_owned(),
        narrow: true,
        problems: problems.clone(),
        ..Meta::default()
    };
    page(app, viewer, meta, move || {
        view! {
            <ErrorSummary problems labels=Vec::new()/>
            <div class="page-head"><h1>{title}</h1></div>
            <Unsent text/>
            <p><a class="btn btn-secondary" href=to(back)>{words().site.back}</a></p>
        }
    })
}
