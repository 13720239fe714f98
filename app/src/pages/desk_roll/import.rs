//! `/desk/roll/imports/{id}`: an import's numbers, and what can be done with it; never its rows.

use axum::Router;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, header};
use axum::response::Response;
use axum::routing::{get, post};
use domain::ids::RollImportId;
use domain::permission::Action;
use domain::roll::RollKind;
use leptos::prelude::*;
use service::roll::{
    Done, ImportRow, ImportState, roll_confirm, roll_drop, roll_import_view, roll_undo,
};

use crate::dates::{Moment, moment};
use crate::desk_nav::nav;
use crate::fail::Fail;
use crate::link::{parse, to};
use crate::pages::desk::gate;
use crate::parts::Icon;
use crate::redirect::see_other;
use crate::render::{cx, words};
use crate::shell::{Meta, Tab, page};
use crate::state::App;
use crate::viewer::Viewer;
use crate::words::fill;

/// The addresses.
pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/desk/roll/imports/{id}", get(show))
        .route("/desk/roll/imports/{id}/confirm", post(confirm))
        .route("/desk/roll/imports/{id}/undo", post(undo))
        .route("/desk/roll/imports/{id}/drop", post(throw_away))
}

/// An import's page.
pub(super) fn address(id: RollImportId) -> String {
    format!("/desk/roll/imports/{id}")
}

async fn show(
    State(app): State<App>,
    viewer: Viewer,
    Path(id): Path<String>,
) -> Result<Response, Fail> {
    let actor = gate(&viewer, Action::RollLook)?;
    let row = roll_import_view(&app.hall, actor, parse(&id)?).await?;
    let meta =
        Meta { title: viewer.words().roll.title.to_owned(), tab: Tab::Desk, ..Meta::default() };
    let runs = row.state == ImportState::Running;
    let mut response = page(&app, &viewer, meta, move || body(row));
    if runs {
        // The page renews itself without a script.
        response.headers_mut().insert(header::REFRESH, HeaderValue::from_static("1"));
    }
    Ok(response)
}

async fn confirm(
    State(app): State<App>,
    viewer: Viewer,
    Path(id): Path<String>,
) -> Result<Response, Fail> {
    let actor = gate(&viewer, Action::RollImport)?;
    let id = parse(&id)?;
    roll_confirm(&app.hall, actor, id).await?;
    Ok(see_other(&address(id), None))
}

async fn undo(
    State(app): State<App>,
    viewer: Viewer,
    Path(id): Path<String>,
) -> Result<Response, Fail> {
    let actor = gate(&viewer, Action::RollImport)?;
    let id = parse(&id)?;
    roll_undo(&app.hall, actor, id).await?;
    Ok(see_other(&address(id), Some("roll_undone")))
}

async fn throw_away(
    State(app): State<App>,
    viewer: Viewer,
    Path(id): Path<String>,
) -> Result<Response, Fail> {
    let actor = gate(&viewer, Action::RollImport)?;
    roll_drop(&app.hall, actor, parse(&id)?).await?;
    Ok(see_other("/desk/roll", Some("roll_dropped")))
}

/// Where an import stands.
pub(super) fn state_tag(state: ImportState) -> impl IntoView {
    let w = words().roll;
    let (class, word) = match state {
        ImportState::Checked => ("tag tag-amber", w.st_checked),
        ImportState::Running => ("tag tag-sky", w.st_running),
        ImportState::Done => ("tag tag-pine", w.st_done),
        ImportState::Failed => ("tag tag-amber", w.st_failed),
        ImportState::Dropped => ("tag tag-soft", w.st_dropped),
        ImportState::Undone => ("tag tag-soft", w.st_undone),
    };
    view! { <span class=class>{word}</span> }
}

fn body(row: ImportRow) -> impl IntoView {
    let w = words().roll;
    let kind = match row.kind {
        RollKind::Households => w.kind_households,
        RollKind::Owners => w.kind_owners,
    };
    let figure = |label: &'static str, n: i64| {
        view! { <div><dt>{label}</dt><dd>{n}" "<small class="figure-of">{fill(w.of_total, &[("n", &row.sums.total)])}</small></dd></div> }
    };
    let figures = view! {
        <dl class="figures">
            {figure(w.added, row.sums.added)}
            {figure(w.changed, row.sums.changed)}
            {figure(w.left_out, row.sums.left_out)}
        </dl>
    };
    let at = move |act: &str| to(format!("{}/{act}", address(row.id)));
    let notice = notice(&row);
    let look = row.has_report.then(|| {
        view! {
            <form class="field" method="post" action=at("look")>
                <button class="btn btn-secondary">{w.look}</button>
                <p class="field-hint">{w.look_hint}</p>
            </form>
        }
    });
    let acts = acts(&row, at);
    view! {
        {nav("roll")}
        <div class="page-head">
            <a class="crumb" href=to("/desk/roll")><Icon name="chevron"/>{w.title}</a>
            <h1>{row.file_name.clone()}</h1>
            <p class="page-lead">
                {state_tag(row.state)}" "{kind}" · "{w.sent_at}" "<Moment at=row.created_at/>
            </p>
        </div>
        {notice}
        {figures}
        {look}
        {acts}
    }
}

fn notice(row: &ImportRow) -> Option<AnyView> {
    let w = words().roll;
    let told = |class: &'static str, text: String| {
        view! { <p class=class role="status"><Icon name="info"/><span>{text}</span></p> }.into_any()
    };
    match row.state {
        ImportState::Running => Some(progress(row.progress)),
        ImportState::Checked if row.again => Some(told("notice notice-warn", w.again.to_owned())),
        ImportState::Failed => Some(told("notice notice-warn", w.failed_text.to_owned())),
        ImportState::Undone => {
            let text = fill(w.undone_text, &[("n", &row.kept.unwrap_or_default())]);
            Some(told("notice notice-info", text))
        }
        _ => None,
    }
}

fn progress(done: Option<Done>) -> AnyView {
    let w = words().roll;
    let bar = done.map(|done| {
        let text =
            fill(w.running_text, &[("n", &grouped(done.rows)), ("total", &grouped(done.total))]);
        view! {
            <p class="progress-text"><span>{text.clone()}</span></p>
            <progress
                class="progress-bar"
                value=done.rows.to_string()
                max=done.total.max(1).to_string()
                aria-label=text
            ></progress>
        }
    });
    view! {
        <div class="progress" role="status">
            {bar}
            <p class="field-hint">{w.running_wait}</p>
        </div>
    }
    .into_any()
}

/// `12,000`
fn grouped(n: u64) -> String {
    let digits = n.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

fn acts(row: &ImportRow, at: impl Fn(&str) -> String) -> Option<AnyView> {
    let cx = cx();
    let words = cx.words();
    let w = words.roll;
    match row.state {
        ImportState::Checked | ImportState::Failed => {
            let writes = row.sums.added + row.sums.changed > 0;
            let confirm = if writes {
                view! {
                    <form method="post" action=at("confirm")>
                        <button class="btn btn-primary">{w.confirm}</button>
                    </form>
                }
                .into_any()
            } else {
                view! { <p>{w.confirm_none}</p> }.into_any()
            };
            Some(
                view! {
                    <div class="btn-row">
                        {confirm}
                        <form method="post" action=at("drop")>
                            <button class="btn btn-secondary">{w.drop}</button>
                        </form>
                    </div>
                }
                .into_any(),
            )
        }
        ImportState::Done => row.undo_until.map(|until| {
            let until = moment(until, cx.viewer.now, words.lang);
            view! {
                <form method="post" action=at("undo")>
                    <p class="field-hint">{fill(w.undo_left, &[("until", &until)])}</p>
                    <button class="btn btn-danger">{w.undo}</button>
                </form>
            }
            .into_any()
        }),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn thousands_are_set_apart() {
        for (n, text) in [(0, "0"), (999, "999"), (1_000, "1,000"), (1_234_567, "1,234,567")] {
            assert_eq!(super::grouped(n), text);
        }
    }
}
