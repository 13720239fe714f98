//! `/proposals/behalf-paper` and `/proposals/{n}/behalf`: the slip on which a neighbour says yes to having a
//! matter raised for them. It is printed and kept on paper; the hall holds only that there is one.

use axum::extract::{Path, State};
use axum::response::Response;
use leptos::prelude::*;
use service::views::matter::matter_view;

use super::may_submit;
use crate::fail::Fail;
use crate::link::to;
use crate::render::cx;
use crate::shell::sheet;
use crate::state::App;
use crate::viewer::Viewer;
use crate::words::fill;

/// Without a matter: for one that is being written.
pub(super) async fn blank(State(app): State<App>, viewer: Viewer) -> Result<Response, Fail> {
    may_submit(&viewer)?;
    Ok(paper(&app, &viewer, None, "/proposals/new".to_owned()))
}

/// With the number and title of one that was sent, to whoever may read it.
pub(super) async fn of_matter(
    State(app): State<App>,
    viewer: Viewer,
    Path(number): Path<i64>,
) -> Result<Response, Fail> {
    let actor = &viewer.require()?.actor;
    let view = matter_view(&app.hall, viewer.community.id, Some(actor), number, None).await?;
    let matter =
        fill(viewer.words().raise.paper_matter_no, &[("n", &number), ("title", &view.title)]);
    Ok(paper(&app, &viewer, Some(matter), format!("/proposals/{number}")))
}

fn paper(app: &App, viewer: &Viewer, matter: Option<String>, back: String) -> Response {
    let title = viewer.words().raise.paper_title.to_owned();
    sheet(app, viewer, title, move || {
        let cx = cx();
        let words = cx.words();
        let w = words.raise;
        let gap = words.lang.pick("", " ");
        let hall = format!("{}{gap}{}", cx.viewer.community.name, words.site.hall);
        let lines: Vec<_> = [
            (w.paper_matter, matter),
            (w.paper_who, None),
            (w.paper_sign, None),
            (w.paper_helper, None),
            (w.paper_day, None),
        ]
        .into_iter()
        .map(|(label, filled)| {
            view! {
                <div class="paper-line">
                    <dt>{label}</dt>
                    <dd>{filled}</dd>
                </div>
            }
        })
        .collect();
        view! {
            <header class="sheet-head">
                <p>{w.paper_print}</p>
                <p><a class="btn btn-secondary" href=to(back)>{w.paper_back}</a></p>
            </header>
            <main class="paper">
                <h1>{w.paper_title}</h1>
                <p>{fill(w.paper_text, &[("hall", &hall)])}</p>
                <dl>{lines}</dl>
                <p class="paper-keep">{w.paper_keep}</p>
            </main>
        }
    })
}
