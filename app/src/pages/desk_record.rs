//! `/desk/audit`: what was done, as the committee and oversight read it.

use axum::Router;
use axum::extract::{Query, State};
use axum::response::Response;
use axum::routing::get;
use leptos::prelude::*;
use serde::Deserialize;
use service::views::record::{Hand, Line, Lines, record};

use crate::dates::Moment;
use crate::desk_nav::nav;
use crate::fail::Fail;
use crate::link::to;
use crate::parts::NextPage;
use crate::render::words;
use crate::shell::{Meta, Tab, page};
use crate::state::App;
use crate::viewer::Viewer;
use crate::words::actions::{ACTIONS, action};
use crate::words::fill;

/// The addresses.
pub(super) fn routes() -> Router<App> {
    Router::new().route("/desk/audit", get(show))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    action: String,
    before: Option<String>,
}

async fn show(
    State(app): State<App>,
    viewer: Viewer,
    Query(asked): Query<Asked>,
) -> Result<Response, Fail> {
    let before = asked.before.and_then(|before| before.parse().ok());
    let chosen = Some(asked.action).filter(|action| !action.is_empty());
    let lines = record(&app.hall, viewer.actor(), chosen.as_deref(), before).await?;
    let title = viewer.words().people.audit_title.to_owned();
    let meta = Meta { title, tab: Tab::Desk, ..Meta::default() };
    Ok(page(&app, &viewer, meta, move || body(lines, chosen.unwrap_or_default())))
}

fn body(lines: Lines, chosen: String) -> impl IntoView {
    let words = words();
    let w = words.people;
    let options: Vec<_> = ACTIONS
        .iter()
        .map(|(name, zh, en)| {
            let word = words.lang.pick(zh, en);
            view! { <option value=*name selected=chosen == *name>{word}</option> }
        })
        .collect();
    let empty = lines.lines.is_empty().then(|| view! { <p class="empty">{w.audit_none}</p> });
    let rows: Vec<_> = lines.lines.into_iter().map(row).collect();
    let next = lines.next.map(|before| {
        let pairs = [("action", chosen.clone()), ("before", before.to_string())];
        let query = serde_urlencoded::to_string(pairs).unwrap_or_default();
        view! {
            <NextPage href=to(format!("/desk/audit?{query}")) word=w.next_page/>
        }
    });
    let short: String = lines.head.hash.chars().take(16).collect();
    view! {
        {nav("audit")}
        <div class="page-head">
            <h1>{w.audit_title}</h1>
            <p class="page-lead">{w.audit_lead}</p>
            <p class="field-hint">
                {fill(w.audit_head, &[("seq", &lines.head.seq), ("hash", &short)])}
                " "
                {w.audit_verify}
            </p>
        </div>
        <form class="filter" method="get" action=to("/desk/audit")>
            <div class="field">
                <label class="field-label" for="action">{w.audit_filter}</label>
                <select class="select" id="action" name="action">
                    <option value="">{w.audit_all}</option>
                    {options}
                </select>
            </div>
            <button class="btn btn-secondary">{w.find_do}</button>
        </form>
        {empty}
        <ol class="plain">{rows}</ol>
        {next}
    }
}

fn row(line: Line) -> impl IntoView {
    let words = words();
    let w = words.people;
    let named = |name: String| if name.is_empty() { w.audit_gone.to_owned() } else { name };
    let hand = match line.hand {
        Hand::Clock => w.audit_clock.to_owned(),
        Hand::Operator => w.audit_operator.to_owned(),
        Hand::Neighbour => words.opinions.neighbour.to_owned(),
        Hand::Person(who, None) => named(who),
        Hand::Person(who, Some(helper)) => {
            let through = fill(w.audit_through, &[("who", &named(helper))]);
            format!("{} ({through})", named(who))
        }
    };
    view! {
        <li class="role-held">
            <p>
                <b>{hand}</b>
                " "
                {action(&line.action, words.lang)}
                {line.reason.map(|reason| format!(" · {reason}"))}
            </p>
            <p class="field-hint"><Moment at=line.at/>{format!(" · {} · {}", line.seq, line.subject)}</p>
        </li>
    }
}
