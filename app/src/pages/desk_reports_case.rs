//! `/desk/reports/{number}` and `/desk/reports/{number}/{id}`: one text before those who decide: reported,
//! waiting, or simply to be removed.

use axum::extract::State;
use axum::response::Response;
use axum::routing::get;
use axum::{Form, Router};
use domain::permission::Action;
use domain::talk::PostState;
use domain::text::Reason;
use leptos::prelude::*;
use serde::Deserialize;
use service::civil::{
    CaseView, OpenReport, ReportDecision, Settled, case_view, post_decline, post_release,
    removal_make, report_decide,
};
use service::{Error, Problem};

use super::about::About;
use super::desk::gate;
use super::report::kinds;
use crate::dates::Moment;
use crate::fail::Fail;
use crate::form::{ErrorSummary, LinesField, Problems};
use crate::link::to;
use crate::parts::{Icon, Prose, name_of};
use crate::photos::PhotoList;
use crate::redirect::see_other;
use crate::render::words;
use crate::shell::{Meta, Tab, no_store, page};
use crate::state::App;
use crate::unsent::Unsent;
use crate::viewer::Viewer;
use crate::words::civil::plain;

/// The addresses.
pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/desk/reports/{number}", get(show).post(decide))
        .route("/desk/reports/{number}/{id}", get(show).post(decide))
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct Typed {
    /// `keep`, `remove`, `release` or `decline`.
    act: String,
    kind: String,
    reason: String,
    answer: String,
    /// Names the text that was read.
    seen: String,
}

async fn show(State(app): State<App>, viewer: Viewer, about: About) -> Result<Response, Fail> {
    case_page(&app, &viewer, about, Typed::default(), Problems::default()).await
}

async fn decide(
    State(app): State<App>,
    viewer: Viewer,
    about: About,
    Form(typed): Form<Typed>,
) -> Result<Response, Fail> {
    let actor = gate(&viewer, Action::ReportDecide)?;
    let About { number, post } = about;
    let hall = &app.hall;
    let Typed { act, kind, reason, answer, seen } = &typed;
    let done = match (act.as_str(), post) {
        ("keep", _) => {
            let decision = ReportDecision::Dismissed { answer };
            report_decide(hall, actor, number, post, seen, decision)
                .await
                .map(|()| "report_answered")
        }
        ("" | "remove", _) if kind.is_empty() => removal_without_kind(reason),
        ("remove", _) => {
            removal_make(hall, actor, number, post, kind, reason).await.map(|_| "text_removed")
        }
        ("release", Some(id)) => {
            post_release(hall, actor, number, id, seen).await.map(|()| "post_released")
        }
        ("decline", Some(id)) => {
            post_decline(hall, actor, number, id, seen, kind, reason).await.map(|_| "post_declined")
        }
        _ => Err(Error::NotFound),
    };
    match done {
        Ok(flash) => Ok(see_other("/desk/reports", Some(flash))),
        Err(error) => {
            let problems = Problems::kept(error)?;
            case_page(&app, &viewer, about, typed, problems).await
        }
    }
}

/// Here the kind is asked for, together with whatever else is wrong.
fn removal_without_kind(reason: &str) -> Result<&'static str, Error> {
    let mut problems = service::error::Problems::default();
    problems.note("kind", Problem::Choose);
    problems.text("reason", Reason::parse(reason));
    problems.done().map(|()| "")
}

async fn case_page(
    app: &App,
    viewer: &Viewer,
    About { number, post }: About,
    typed: Typed,
    problems: Problems,
) -> Result<Response, Fail> {
    let actor = gate(viewer, Action::ReportDecide)?;
    let case = case_view(&app.hall, actor, number, post).await?;
    let w = viewer.words().civil;
    let head = if post.is_some() { w.case_title } else { w.case_title_matter };
    let meta = Meta {
        title: head.to_owned(),
        tab: Tab::Desk,
        narrow: true,
        problems: problems.clone(),
        ..Meta::default()
    };
    Ok(no_store(page(app, viewer, meta, move || {
        let w = words().civil;
        let labels = vec![("kind", w.kind), ("reason", w.reason), ("answer", w.case_keep_label)];
        let back = match case.post {
            Some(post) => format!("/proposals/{}/posts/{post}", case.number),
            None => format!("/proposals/{}", case.number),
        };
        // Settled or taken down meanwhile, it has no form for a reason any more.
        let typed_text = if typed.act == "keep" { &typed.answer } else { &typed.reason };
        let over = case.gone || (typed.act == "keep" && case.open.is_empty());
        let unsent = over.then(|| view! { <Unsent text=typed_text.clone()/> });
        view! {
            <ErrorSummary problems=problems.clone() labels/>
            {unsent}
            <div class="page-head">
                <a class="crumb" href=to("/desk/reports")><Icon name="chevron"/>{w.desk_title}</a>
                <h1>{head}</h1>
                <p class="page-lead"><a href=to(back)>{case.title.clone()}</a></p>
            </div>
            {text(&case)}
            {reports(&case)}
            {acts(&case, &typed, &problems)}
        }
    })))
}

fn text(case: &CaseView) -> AnyView {
    let w = words().civil;
    if case.gone {
        return view! { <p class="notice notice-info"><Icon name="info"/><span>{w.case_gone}</span></p> }
            .into_any();
    }
    let parts: Vec<_> = case.text.iter().cloned().map(|text| view! { <Prose text/> }).collect();
    let change = case.change.clone().map(|text| {
        view! {
            <h3>{w.case_change}</h3>
            <blockquote class="quote"><Prose text/></blockquote>
        }
    });
    let at = case.at;
    view! {
        <section class="section" aria-labelledby="case-text">
            <h2 id="case-text">{w.case_text}</h2>
            <blockquote class="quote">
                {parts}
                <PhotoList photos=case.photos.clone() post=true/>
                <footer class="quote-role"><b>{name_of(&case.author)}</b>" · "<Moment at/></footer>
            </blockquote>
            {change}
        </section>
    }
    .into_any()
}

fn reports(case: &CaseView) -> AnyView {
    let w = words().civil;
    let open: Vec<_> = case.open.iter().map(open).collect();
    let none = open.is_empty().then(|| view! { <p class="soft">{w.case_none}</p> });
    let settled: Vec<_> = case.settled.iter().map(settled).collect();
    let earlier = (!settled.is_empty()).then(|| {
        view! {
            <h3>{w.case_settled}</h3>
            <ul class="plain-list case-list">{settled}</ul>
        }
    });
    view! {
        <section class="section" aria-labelledby="case-open">
            <h2 id="case-open">{w.case_open}</h2>
            {none}
            <ul class="plain-list case-list">{open}</ul>
            {earlier}
        </section>
    }
    .into_any()
}

fn open(it: &OpenReport) -> impl IntoView + use<> {
    let all = words();
    let w = all.civil;
    let said = it.words.clone().map(|text| view! { <p>{text}</p> });
    let late = it.overdue.then(|| view! { " "<span class="tag tag-alert">{w.desk_overdue}</span> });
    let (at, due) = (it.at, it.due);
    view! {
        <li>
            <p><b>{plain(it.kind, all.lang)}</b>{late}</p>
            {said}
            <p class="row-meta"><Moment at/>" · "{w.desk_due}" "<Moment at=due/></p>
        </li>
    }
}

fn settled(it: &Settled) -> impl IntoView + use<> {
    let all = words();
    let w = all.civil;
    let word = if it.upheld { w.answer_upheld } else { w.answer_dismissed };
    let at = it.at;
    view! {
        <li>
            <p><b>{plain(it.kind, all.lang)}</b>" · "{word}</p>
            <p>{it.answer.clone()}</p>
            <p class="row-meta"><Moment at/></p>
        </li>
    }
}

fn acts(case: &CaseView, typed: &Typed, problems: &Problems) -> Option<AnyView> {
    let w = words().civil;
    if case.mine {
        return Some(
            view! { <p class="notice notice-info"><Icon name="info"/><span>{w.case_mine}</span></p> }
                .into_any(),
        );
    }
    if case.gone {
        return None;
    }
    let action = to(match case.post {
        Some(post) => format!("/desk/reports/{}/{post}", case.number),
        None => format!("/desk/reports/{}", case.number),
    });
    if case.state == Some(PostState::Waiting) || case.change.is_some() {
        let release = view! {
            <form class="section" method="post" action=action.clone()>
                {seen(case)}
                <button class="btn btn-primary" name="act" value="release">{w.case_release}</button>
            </form>
        };
        let form = take_down(case, action, "decline", typed, problems);
        return Some(view! { {release}{form} }.into_any());
    }
    let keep = (!case.open.is_empty()).then(|| keep(case, action.clone(), typed, problems));
    let remove = take_down(case, action, "remove", typed, problems);
    Some(view! { {keep}{remove} }.into_any())
}

/// The text that is decided on is the one on this page.
fn seen(case: &CaseView) -> impl IntoView + use<> {
    view! { <input type="hidden" name="seen" value=case.seen.clone()/> }
}

fn keep(
    case: &CaseView,
    action: String,
    typed: &Typed,
    problems: &Problems,
) -> impl IntoView + use<> {
    let w = words().civil;
    view! {
        <form class="section" method="post" action=action novalidate>
            {seen(case)}
            <h2>{w.case_keep}</h2>
            <LinesField
                name="answer"
                label=w.case_keep_label
                value=typed.answer.clone()
                max=Reason::MAX
                rows=2
                problems=problems.clone()
            />
            <button class="btn btn-secondary" name="act" value="keep">{w.case_keep_go}</button>
        </form>
    }
}

/// Removing what is shown, or not showing what waits.
fn take_down(
    case: &CaseView,
    action: String,
    act: &'static str,
    typed: &Typed,
    problems: &Problems,
) -> impl IntoView + use<> {
    let w = words().civil;
    let (head, hint, go) = match act {
        "decline" => (w.case_decline, w.case_decline_hint, w.case_decline_go),
        _ => (w.case_remove, w.case_remove_hint, w.case_remove_go),
    };
    view! {
        <form class="section" method="post" action=action novalidate>
            {seen(case)}
            <h2>{head}</h2>
            <p class="soft">{hint}</p>
            {kinds(w.kind, &typed.kind, problems)}
            <LinesField
                name="reason"
                label=w.reason
                hint=w.reason_hint
                value=typed.reason.clone()
                max=Reason::MAX
                rows=3
                problems=problems.clone()
            />
            <button class="btn btn-danger" name="act" value=act>{go}</button>
        </form>
    }
}
