//! Edits that wait to be let through: their table on the desk, and one of them with what it would change.

use axum::extract::{Form, Path, State};
use axum::response::Response;
use domain::permission::Action;
use domain::text::Reason;
use domain::version::VersionKind;
use leptos::prelude::*;
use serde::Deserialize;
use service::Error;
use service::text::{TextCase, WaitingLine, text_case, text_decline, text_let_go};

use super::difference::difference;
use crate::dates::Moment;
use crate::fail::Fail;
use crate::form::{ErrorSummary, LinesField, Problems};
use crate::link::{parse, to};
use crate::pages::desk::gate;
use crate::pages::matter::by_whom;
use crate::parts::{Icon, Prose};
use crate::redirect::see_other;
use crate::render::words;
use crate::shell::{Meta, Tab, no_store, page};
use crate::state::App;
use crate::unsent::unsent_page;
use crate::viewer::Viewer;
use crate::words::fill;
use crate::words::terms::Term;

/// The edits that wait, on the desk's page of what waits.
pub(in crate::pages) fn waiting(lines: Vec<WaitingLine>, acts: bool) -> Option<AnyView> {
    let words = words();
    let (w, c) = (words.text, words.civil);
    if lines.is_empty() {
        return None;
    }
    let rows: Vec<_> = lines
        .into_iter()
        .map(|line| {
            let at = line.at;
            let look = acts.then(|| {
                let of = format!(" {}", line.title);
                view! {
                    <a
                        class="btn btn-secondary btn-small"
                        href=to(format!("/desk/texts/{}", line.number))
                    >
                        {c.desk_look}<span class="visually-hidden">{of}</span>
                    </a>
                }
            });
            view! {
                <tr>
                    <td><Moment at=at/></td>
                    <th scope="row">{line.title}</th>
                    <td>{look}</td>
                </tr>
            }
        })
        .collect();
    Some(
        view! {
            <section class="section" aria-labelledby="texts">
                <h2 id="texts">{w.desk_waiting}</h2>
                <table class="table-desk">
                    <caption class="visually-hidden">{w.desk_waiting}</caption>
                    <thead>
                        <tr>
                            <th scope="col">{c.desk_since}</th>
                            <th scope="col">{c.desk_what}</th>
                            <th scope="col">{c.desk_look}</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </section>
        }
        .into_any(),
    )
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Typed {
    /// `let` or `decline`.
    act: String,
    /// The edit that was read.
    edit: String,
    reason: String,
}

pub(super) async fn show(
    State(app): State<App>,
    viewer: Viewer,
    Path(number): Path<String>,
) -> Result<Response, Fail> {
    case_page(&app, &viewer, parse(&number)?, String::new(), Problems::default()).await
}

pub(super) async fn decide(
    State(app): State<App>,
    viewer: Viewer,
    Path(number): Path<String>,
    Form(typed): Form<Typed>,
) -> Result<Response, Fail> {
    let actor = gate(&viewer, Action::ReportDecide)?;
    let number = parse(&number)?;
    // Without a number it is none that waits: the page is looked at again.
    let edit = typed.edit.parse().unwrap_or(0);
    let done = match typed.act.as_str() {
        "let" => text_let_go(&app.hall, actor, number, edit).await.map(|_| "text_let_go"),
        "" | "decline" => {
            let declined = text_decline(&app.hall, actor, number, edit, &typed.reason).await;
            declined.map(|()| "text_declined")
        }
        _ => Err(Error::NotFound),
    };
    match done {
        Ok(flash) => Ok(see_other("/desk/reports", Some(flash))),
        Err(error) => {
            let problems = Problems::kept(error)?;
            // Another member was quicker: nothing waits any more, and a reason that was typed is shown.
            if problems.is_refused() && text_case(&app.hall, actor, number).await.is_err() {
                let (title, back) = (viewer.words().text.desk_title, "/desk/reports".to_owned());
                return Ok(unsent_page(&app, &viewer, title, back, typed.reason, problems));
            }
            case_page(&app, &viewer, number, typed.reason, problems).await
        }
    }
}

async fn case_page(
    app: &App,
    viewer: &Viewer,
    number: i64,
    reason: String,
    problems: Problems,
) -> Result<Response, Fail> {
    let actor = gate(viewer, Action::ReportDecide)?;
    let case = text_case(&app.hall, actor, number).await?;
    let meta = Meta {
        title: viewer.words().text.desk_title.to_owned(),
        tab: Tab::Desk,
        narrow: true,
        problems: problems.clone(),
        ..Meta::default()
    };
    Ok(no_store(page(app, viewer, meta, move || case_view(&case, reason, problems))))
}

fn case_view(case: &TextCase, reason: String, problems: Problems) -> impl IntoView + use<> {
    let words = words();
    let (w, c) = (words.text, words.civil);
    let action = to(format!("/desk/texts/{}", case.number));
    let at = case.at;
    let note = case
        .note
        .clone()
        .map(|note| view! { <blockquote class="quote"><Prose text=note/></blockquote> });
    let asks = match (case.kind, case.households) {
        (VersionKind::Change, n) if n > 0 => {
            Some(view! { <p>{fill(w.look_asks, &[("n", &n)])}</p> })
        }
        _ => None,
    };
    view! {
        <div class="page-head">
            <a class="crumb" href=to("/desk/reports")><Icon name="chevron"/>{c.desk_title}</a>
            <h1>{w.desk_title}</h1>
            <p class="page-lead">
                <a class="text-link" href=to(format!("/proposals/{}", case.number))>
                    {case.title.clone()}
                </a>
            </p>
            <p class="row-meta">
                <span class="tag tag-sky">{case.kind.word(words.lang)}</span>
                {by_whom(&case.who)}" · "<Moment at=at/>
            </p>
        </div>
        <ErrorSummary problems=problems.clone() labels=vec![("reason", w.reason)]/>
        <section class="section" aria-labelledby="changes">
            <h2 id="changes">{w.look_title}</h2>
            {note}
            {difference(&case.changes)}
            {asks}
        </section>
        <form class="section" method="post" action=action.clone()>
            <p class="field-hint">{w.desk_lead}</p>
            <input type="hidden" name="edit" value=case.id/>
            <button class="btn btn-primary btn-block" name="act" value="let">{w.let_go}</button>
        </form>
        <form class="section" method="post" action=action novalidate>
            <h2>{w.decline}</h2>
            <p class="soft">{w.decline_hint}</p>
            <input type="hidden" name="edit" value=case.id/>
            <LinesField
                name="reason"
                label=w.reason
                hint=w.reason_hint
                value=reason
                max=Reason::MAX
                rows=3
                problems=problems
            />
            <button class="btn btn-danger" name="act" value="decline">{w.decline_go}</button>
        </form>
    }
}
