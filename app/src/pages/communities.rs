//! `/communities`: the halls of this server, by 街道.

use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;
use leptos::prelude::*;
use service::views::communities::{ListedCommunity, MatterSums, Subdistrict, communities};

use crate::fail::Fail;
use crate::link;
use crate::parts::Icon;
use crate::render::{cx, words};
use crate::shell::{Meta, page};
use crate::state::App;
use crate::viewer::Viewer;
use crate::words::communities::CommunitiesWords;

/// The address.
pub(super) fn routes() -> Router<App> {
    Router::new().route("/communities", get(list))
}

async fn list(State(app): State<App>, viewer: Viewer) -> Result<Response, Fail> {
    let found = communities(&app.hall).await?;
    let meta = Meta { title: viewer.words().communities.title.to_owned(), ..Meta::default() };
    Ok(page(&app, &viewer, meta, move || view! { <Halls found=found/> }))
}

#[component]
fn Halls(found: Vec<Subdistrict>) -> impl IntoView {
    let w = words().communities;
    let parts: Vec<_> = (1..)
        .zip(found)
        .map(|(n, subdistrict)| view! { <Part n=n subdistrict=subdistrict/> })
        .collect();
    view! {
        <div class="page-head">
            <h1>{w.title}</h1>
            <p class="page-lead">{w.lead}</p>
        </div>
        {parts}
    }
}

#[component]
fn Part(n: usize, subdistrict: Subdistrict) -> impl IntoView {
    let w = words().communities;
    let gap = words().lang.pick("", " ");
    let title = format!("{}{gap}{}", subdistrict.district, subdistrict.name);
    let id = format!("h-{n}");
    let heading = view! { <h2 id=id.clone()>{title.clone()}</h2> };
    let sum = (subdistrict.communities.len() > 1).then(|| {
        view! { <tr><th scope="row">{w.sum}</th>{cells(subdistrict.sums, w)}</tr> }
    });
    let rows: Vec<_> = subdistrict.communities.into_iter().map(|it| row(it, w)).collect();
    view! {
        <section class="section" aria-labelledby=id>
            <div class="section-head">{heading}</div>
            <table class="table-desk">
                <caption class="visually-hidden">{title}</caption>
                <thead>
                    <tr>
                        <th scope="col">{w.name}</th>
                        <th scope="col" class="num">{w.talking}</th>
                        <th scope="col" class="num">{w.doing}</th>
                        <th scope="col" class="num">{w.done}</th>
                        <th scope="col" class="num">{w.overdue}</th>
                    </tr>
                </thead>
                <tbody>{rows}{sum}</tbody>
            </table>
        </section>
    }
}

fn row(community: ListedCommunity, w: &'static CommunitiesWords) -> impl IntoView {
    let here = community.id == cx().viewer.community.id;
    view! {
        <tr>
            <th scope="row">
                <a class="target" href=link::with(&community.prefix, "/")>{community.name}</a>
                {here.then(|| view! { " "<span class="tag tag-soft">{w.here}</span> })}
            </th>
            {cells(community.sums, w)}
        </tr>
    }
}

fn cells(sums: MatterSums, w: &'static CommunitiesWords) -> impl IntoView {
    let late = sums.overdue > 0;
    view! {
        <td class="num" data-label=w.talking>{sums.talking}</td>
        <td class="num" data-label=w.doing>{sums.doing}</td>
        <td class="num" data-label=w.done>{sums.done}</td>
        <td class="num" data-label=w.overdue>
            {late.then(|| view! { <span class="late"><Icon name="flag"/>{sums.overdue}</span> })}
            {(!late).then_some(sums.overdue)}
        </td>
    }
}
