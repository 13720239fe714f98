//! `/privacy`: what is kept, why, for how long and who sees it; and consent, given or taken back by one press.

use axum::extract::State;
use axum::response::Response;
use axum::routing::{get, post};
use axum::{Form, Router};
use domain::consent;
use leptos::prelude::*;
use serde::Deserialize;
use service::consent::{consent_give, consent_withdraw};

use crate::dates::day;
use crate::fail::Fail;
use crate::link::to;
use crate::parts::Icon;
use crate::redirect::see_other;
use crate::render::cx;
use crate::shell::{Meta, page};
use crate::state::App;
use crate::viewer::Viewer;
use crate::words::fill;

/// The addresses.
pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/privacy", get(show))
        .route("/me/consent/give", post(give))
        .route("/me/consent/withdraw", post(withdraw))
}

#[derive(Debug, Deserialize)]
struct Asked {
    #[serde(default)]
    version: i64,
}

async fn show(State(app): State<App>, viewer: Viewer) -> Response {
    let meta =
        Meta { title: viewer.words().privacy.title.to_owned(), narrow: true, ..Meta::default() };
    page(&app, &viewer, meta, || view! { <PrivacyPage/> })
}

async fn give(
    State(app): State<App>,
    viewer: Viewer,
    Form(asked): Form<Asked>,
) -> Result<Response, Fail> {
    consent_give(&app.hall, &viewer.require()?.actor, asked.version).await?;
    Ok(see_other("/privacy", Some("consent_given")))
}

async fn withdraw(State(app): State<App>, viewer: Viewer) -> Result<Response, Fail> {
    consent_withdraw(&app.hall, &viewer.require()?.actor).await?;
    Ok(see_other("/privacy", Some("consent_withdrawn")))
}

#[component]
fn PrivacyPage() -> impl IntoView {
    let cx = cx();
    let w = cx.words().privacy;
    let community = &cx.viewer.community;
    let since = day(consent::SINCE, cx.viewer.now.local_date(), cx.words().lang);
    let version: [(&str, &dyn std::fmt::Display); 2] = [("n", &consent::VERSION), ("day", &since)];
    let account_long = fill(w.account_long, &[("days", &community.settings.kept_days)]);
    let kept = [
        (w.account, w.account_what, w.account_why, account_long, w.account_who),
        (w.home, w.home_what, w.home_why, w.home_long.to_owned(), w.home_who),
        (w.said, w.said_what, w.said_why, w.said_long.to_owned(), w.said_who),
        (w.signs, w.signs_what, w.signs_why, w.signs_long.to_owned(), w.signs_who),
    ];
    let kept: Vec<_> = kept
        .into_iter()
        .map(|(title, what, why, long, who)| {
            view! {
                <section class="section prose">
                    <h2>{title}</h2>
                    <p>{what}</p>
                    <ul>
                        <li><b>{w.why}</b>" "{why}</li>
                        <li><b>{w.long}</b>" "{long}</li>
                        <li><b>{w.who}</b>" "{who}</li>
                    </ul>
                </section>
            }
        })
        .collect();
    let rights = [w.right_read, w.right_copy, w.right_withdraw, w.right_share, w.right_ask];
    let rights: Vec<_> = rights.into_iter().map(|right| view! { <li>{right}</li> }).collect();
    view! {
        <div class="page-head">
            <h1>{w.title}</h1>
            <p class="page-lead">{w.lead}</p>
            <p class="soft">
                {fill(w.version, &version)}" "{fill(w.keeper, &[("community", &community.name)])}
            </p>
        </div>
        {kept}
        <section class="section prose">
            <h2>{w.rights}</h2>
            <ul>{rights}</ul>
        </section>
        <Consent/>
    }
}

/// Both buttons side by side, of one size; the one that would change nothing can't be pressed.
#[component]
fn Consent() -> impl IntoView {
    let cx = cx();
    let w = cx.words().privacy;
    let me = cx.viewer.signed_in.clone()?;
    let stands = me.actor.consented;
    let how = if stands { w.stands } else { w.stands_not };
    let class = if stands { "notice notice-ok" } else { "notice notice-info" };
    let icon = if stands { "check" } else { "info" };
    let through = me.helper.is_some().then(|| {
        view! { <p>{fill(w.through, &[("name", &me.nickname)])}</p> }
    });
    Some(view! {
        <section class="section set" aria-labelledby="consent">
            <h2 id="consent">{w.consent}</h2>
            <p class=class><Icon name=icon/><span>{how}</span></p>
            {through}
            <form method="post" action=to("/me/consent/give")>
                <input type="hidden" name="version" value=consent::VERSION.to_string()/>
                <div class="btn-row">
                    <button class="btn btn-secondary" disabled=stands>{w.give}</button>
                    <button
                        class="btn btn-secondary"
                        formaction=to("/me/consent/withdraw")
                        disabled=!stands
                    >
                        {w.withdraw}
                    </button>
                </div>
            </form>
        </section>
    })
}
