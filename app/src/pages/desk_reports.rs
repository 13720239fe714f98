//! `/desk/reports`: what neighbours reported, what waits to be shown, and appeals, each with its day.

use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;
use domain::permission::Action;
use domain::time::Timestamp;
use leptos::prelude::*;
use service::civil::{DeskReports, RemovedLine, ReportedLine, WaitingPost, desk_reports};
use service::views::desk::desk_permit;

use super::desk::read_only;
use crate::dates::Moment;
use crate::fail::Fail;
use crate::link::to;
use crate::parts::Icon;
use crate::render::words;
use crate::shell::{Meta, Tab, no_store, page};
use crate::state::App;
use crate::viewer::Viewer;
use crate::words::civil::plain;
use crate::words::fill;

/// The addresses.
pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/desk/reports", get(show))
        .merge(super::desk_reports_case::routes())
        .merge(super::desk_removed::routes())
}

async fn show(State(app): State<App>, viewer: Viewer) -> Result<Response, Fail> {
    let found = desk_reports(&app.hall, desk_permit(viewer.actor())?).await?;
    let title = viewer.words().civil.desk_title.to_owned();
    let meta = Meta { title, tab: Tab::Desk, ..Meta::default() };
    let acts = viewer.may(Action::ReportDecide);
    Ok(no_store(page(&app, &viewer, meta, move || body(found, acts))))
}

fn body(found: DeskReports, acts: bool) -> impl IntoView {
    let all = words();
    let w = all.civil;
    let nothing = found.reported.is_empty()
        && found.waiting.is_empty()
        && found.appeals.is_empty()
        && found.texts.is_empty();
    let empty = nothing.then(|| {
        view! {
            <div class="empty">
                <Icon name="check"/>
                <h2>{w.desk_none}</h2>
                <p>{w.desk_none_text}</p>
            </div>
        }
    });
    let reported: Vec<_> = found.reported.into_iter().map(|line| reported(line, acts)).collect();
    let waiting: Vec<_> = found.waiting.into_iter().map(|line| waiting(line, acts)).collect();
    let appeals: Vec<_> = found.appeals.into_iter().map(appeal).collect();
    view! {
        {crate::desk_nav::nav("reports")}
        <div class="page-head">
            <a class="crumb" href=to("/desk")><Icon name="chevron"/>{all.desk.title}</a>
            <h1>{w.desk_title}</h1>
            <p class="page-lead">{w.desk_lead}</p>
        </div>
        {(!acts).then(read_only)}
        {empty}
        {table("reported", w.desk_reported, w.desk_due, reported)}
        {table("waiting", w.desk_waiting, w.desk_since, waiting)}
        {super::text::waiting(found.texts, acts)}
        {table("appeals", w.desk_appeals, w.desk_due, appeals)}
    }
}

fn table(
    id: &'static str,
    head: &'static str,
    when: &'static str,
    rows: Vec<AnyView>,
) -> Option<AnyView> {
    let w = words().civil;
    if rows.is_empty() {
        return None;
    }
    Some(
        view! {
            <section class="section" aria-labelledby=id>
                <h2 id=id>{head}</h2>
                <table class="table-desk">
                    <caption class="visually-hidden">{head}</caption>
                    <thead>
                        <tr>
                            <th scope="col">{when}</th>
                            <th scope="col">{w.desk_what}</th>
                            <th scope="col">{w.kind}</th>
                            <th scope="col">{w.desk_look}</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </section>
        }
        .into_any(),
    )
}

fn due(at: Timestamp, overdue: bool) -> AnyView {
    let w = words().civil;
    if overdue {
        view! { <span class="late"><Icon name="flag"/>{w.desk_overdue}" "<Moment at/></span> }
            .into_any()
    } else {
        view! { <Moment at/> }.into_any()
    }
}

fn line(when: AnyView, what: AnyView, kind: AnyView, act: Option<AnyView>) -> AnyView {
    view! {
        <tr>
            <td>{when}</td>
            <th scope="row">{what}</th>
            <td>{kind}</td>
            <td>{act}</td>
        </tr>
    }
    .into_any()
}

fn what(title: String, post: Option<i64>) -> AnyView {
    let w = words().civil;
    let of = if post.is_some() { w.a_post } else { w.its_text };
    view! { {title}" · "{of} }.into_any()
}

fn look(number: i64, post: Option<i64>, title: &str) -> AnyView {
    let href = match post {
        Some(post) => format!("/desk/reports/{number}/{post}"),
        None => format!("/desk/reports/{number}"),
    };
    let of = format!(" {title}");
    view! {
        <a class="btn btn-secondary btn-small" href=to(href)>
            {words().civil.desk_look}<span class="visually-hidden">{of}</span>
        </a>
    }
    .into_any()
}

fn reported(it: ReportedLine, acts: bool) -> AnyView {
    let all = words();
    let w = all.civil;
    let kinds: Vec<_> = it.kinds.iter().map(|kind| plain(*kind, all.lang)).collect();
    let folded = it.folded.then(|| view! { " "<span class="tag tag-amber">{w.desk_folded}</span> });
    let kinds = view! {
        {kinds.join(all.lang.pick("；", "; "))}
        " · "{fill(w.desk_households, &[("n", &it.households)])}
        {folded}
    };
    let act = acts.then(|| look(it.number, it.post, &it.title));
    line(due(it.due, it.overdue), what(it.title, it.post), kinds.into_any(), act)
}

fn waiting(it: WaitingPost, acts: bool) -> AnyView {
    let w = words().civil;
    let act = acts.then(|| look(it.number, Some(it.post), &it.title));
    let kind = if it.change { w.desk_change } else { w.desk_new };
    let at = it.at;
    let when = view! { <Moment at/> }.into_any();
    line(when, what(it.title, Some(it.post)), view! { {kind} }.into_any(), act)
}

fn appeal(it: RemovedLine) -> AnyView {
    let w = words().civil;
    let when = it.appeal.as_ref().map(|appeal| due(appeal.due, appeal.overdue));
    let mine = it.by_me.then(|| view! { <p class="soft">{w.desk_by_you}</p> });
    let href = to(format!("/desk/appeals/{}", it.id));
    let act = view! {
        <a class="btn btn-secondary btn-small" href=href>
            {w.desk_look}<span class="visually-hidden">{format!(" {}", it.title)}</span>
        </a>
    };
    let kind = view! { {it.reason}{mine} }.into_any();
    line(view! { {when} }.into_any(), what(it.title, it.post), kind, Some(act.into_any()))
}
