//! `/desk/mail`: undelivered mail, with a button that sends it again.

use axum::Router;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use axum::routing::{get, post};
use domain::permission::Action;
use leptos::prelude::*;
use serde::Deserialize;
use service::desk::mail_resend;
use service::views::desk::{DeadMail, DeadMails, dead_mails};

use super::desk::{acts, gate, read_only};
use crate::dates::Moment;
use crate::fail::Fail;
use crate::link::{parse, to};
use crate::parts::{Icon, NextPage, name_of};
use crate::redirect::see_other;
use crate::render::words;
use crate::shell::{Meta, Tab, page};
use crate::state::App;
use crate::viewer::Viewer;
use crate::words::fill;

/// The addresses.
pub(super) fn routes() -> Router<App> {
    Router::new().route("/desk/mail", get(show)).route("/desk/mail/{id}/resend", post(resend))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    before: Option<String>,
}

async fn show(
    State(app): State<App>,
    viewer: Viewer,
    Query(asked): Query<Asked>,
) -> Result<Response, Fail> {
    let before = asked.before.and_then(|before| before.parse().ok());
    let mails = dead_mails(&app.hall, viewer.actor(), before).await?;
    let title = viewer.words().desk.mail_title.to_owned();
    let meta = Meta { title, tab: Tab::Desk, ..Meta::default() };
    let acts = acts(&viewer);
    Ok(page(&app, &viewer, meta, move || body(mails, acts)))
}

async fn resend(
    State(app): State<App>,
    viewer: Viewer,
    Path(id): Path<String>,
) -> Result<Response, Fail> {
    let actor = gate(&viewer, Action::MailResend)?;
    let id = parse(&id)?;
    mail_resend(&app.hall, actor, id).await?;
    Ok(see_other("/desk/mail", Some("resent")))
}

fn body(mails: DeadMails, acts: bool) -> impl IntoView {
    let w = words().desk;
    let empty = mails.rows.is_empty().then(|| {
        view! {
            <div class="empty">
                <Icon name="mail"/>
                <h2>{w.mail_none}</h2>
                <p>{w.mail_none_text}</p>
                <a class="btn btn-secondary" href=to("/desk")>{w.title}</a>
            </div>
        }
    });
    let rows: Vec<_> = mails.rows.into_iter().map(|mail| row(mail, acts)).collect();
    view! {
        {crate::desk_nav::nav("mail")}
        <div class="page-head">
            <a class="crumb" href=to("/desk")><Icon name="chevron"/>{w.title}</a>
            <h1>{w.mail_title}</h1>
            <p class="page-lead">{w.mail_lead}</p>
        </div>
        {(!acts).then(read_only)}
        {empty}
        <div>{rows}</div>
        {mails.next.map(|before| view! {
            <NextPage href=to(format!("/desk/mail?before={before}")) word=w.next_page/>
        })}
    }
}

fn row(mail: DeadMail, acts: bool) -> impl IntoView {
    let w = words().desk;
    let name = name_of(&mail.name);
    let resend = acts.then(|| {
        view! {
            <form method="post" action=to(format!("/desk/mail/{}/resend", mail.id))>
                <button class="btn btn-secondary btn-small">
                    {w.mail_resend}
                    <span class="visually-hidden">{format!(" {name}")}</span>
                </button>
            </form>
        }
    });
    view! {
        <div class="device">
            <div>
                <p>
                    <b>{name.clone()}</b>
                    " "{mail.address}
                </p>
                <p>
                    <a href=to(format!("/desk/{}", mail.number))>{mail.title}</a>
                    " · "
                    <Moment at=mail.created_at/>
                    " · "
                    {fill(w.mail_tries, &[("n", &mail.attempts)])}
                </p>
                {mail.last_error.map(|error| view! { <p>{fill(w.mail_error, &[("error", &error)])}</p> })}
            </div>
            {resend}
        </div>
    }
}
