//! `/`: what waits for the viewer, what was done, what is being talked about.

use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;
use domain::time::Timestamp;
use leptos::prelude::*;
use service::views::home::{HomeView, Waiting, YearFigures, home_view};
use service::views::matter_row::{Figure, MatterRow};
use service::views::news::{News, NewsKind, POSTS_MAX};

use crate::dates::{Moment, left};
use crate::fail::Fail;
use crate::link::to;
use crate::matter_row::{Row, place_words};
use crate::parts::Icon;
use crate::render::{cx, words};
use crate::shell::{Meta, Tab, page};
use crate::state::App;
use crate::viewer::Viewer;
use crate::words::fill;

/// The address.
pub(super) fn routes() -> Router<App> {
    Router::new().route("/", get(show))
}

async fn show(State(app): State<App>, viewer: Viewer) -> Result<Response, Fail> {
    let home = home_view(&app.hall, viewer.community.id, viewer.signed_in.as_ref()).await?;
    let meta =
        Meta { title: viewer.words().home.title.to_owned(), tab: Tab::Home, ..Meta::default() };
    Ok(page(&app, &viewer, meta, move || view! { <Home home=home/> }))
}

#[component]
fn Home(home: HomeView) -> impl IntoView {
    let all = home.year.all;
    view! {
        <Head/>
        <Acts/>
        <div class="two">
            <div class="section">
                {home.waiting.map(|waiting| view! { <WaitingList waiting=waiting/> })}
                {(!home.news.is_empty()).then(|| view! { <NewsList news=home.news/> })}
                <Talking rows=home.talking all=all/>
            </div>
            <div class="section">
                <Year year=home.year/>
                <Done rows=home.done/>
            </div>
        </div>
    }
}

/// A visitor is told what this is; whoever is signed in is greeted.
#[component]
fn Head() -> impl IntoView {
    let cx = cx();
    let words = cx.words();
    let w = words.home;
    match cx.viewer.signed_in.as_ref() {
        Some(signed_in) => {
            let hello = fill(w.hello, &[("name", &signed_in.nickname)]);
            view! { <div class="page-head"><h1>{hello}</h1></div> }.into_any()
        }
        None => view! {
            <section class="hero">
                <h1>{w.hero_title}</h1>
                <p>{w.hero_text}</p>
                {cx.viewer.is_nobody().then(|| view! {
                    <div class="btn-row">
                        <a class="btn btn-primary" href=to("/proposals/new")>{w.raise}</a>
                        <a class="btn btn-secondary" href=to("/sign-in")>{words.site.sign_in}</a>
                    </div>
                })}
                <Branch/>
            </section>
        }
        .into_any(),
    }
}

/// A branch of the jujube tree.
#[component]
fn Branch() -> impl IntoView {
    view! {
        <svg class="hero-art" viewBox="0 0 290 210" width="290" height="210" aria-hidden="true">
            <path class="art-wood" d="M290 18C246 30 214 34 176 58 148 76 120 82 84 84M214 40c-6 24-20 42-22 74M150 72c-8 18-8 30-18 48"></path>
            <path class="art-leaf" d="M84 84c-18-14-38-14-52 0 16 12 36 12 52 0zM112 82c-6-20-2-34 14-44 8 18 2 34-14 44zM176 58c-10-18-8-34 6-46 10 16 8 34-6 46zM232 34c0 18 10 30 28 34 2-18-10-30-28-34zM206 72c12 16 28 20 42 12-10-16-26-20-42-12zM132 120c-18 2-30 14-32 32 18-2 30-14 32-32z"></path>
            <g class="art-fruit">
                <ellipse cx="190" cy="134" rx="14" ry="18"></ellipse>
                <ellipse cx="150" cy="106" rx="12" ry="15.5"></ellipse>
                <ellipse cx="219" cy="112" rx="11" ry="14"></ellipse>
            </g>
            <path class="art-wood" d="M150 72c2 8 0 12 0 18M206 72c6 10 12 16 13 26"></path>
        </svg>
    }
}

/// The three main acts; shown first where the text is large.
#[component]
fn Acts() -> impl IntoView {
    let w = words().home;
    let act = |href: &'static str, icon: &'static str, word: &'static str| {
        view! {
            <li>
                <a class="choice-button" href=to(href)>
                    <Icon name=icon/>
                    <span class="choice-name">{word}</span>
                </a>
            </li>
        }
    };
    view! {
        <ul class="acts">
            {act("/proposals/new", "plus", w.raise)}
            {act("/ballots", "ballot", w.vote)}
            {act("/proposals", "home", w.read)}
        </ul>
    }
}

#[component]
fn WaitingList(waiting: Waiting) -> impl IntoView {
    let w = words().home;
    let empty = waiting.is_empty();
    let mut items = Vec::new();
    for ballot in waiting.ballots {
        let closes = Timestamp(ballot.closes_at);
        let time_left = left(closes, cx().viewer.now, words().lang);
        let text = view! {
            {time_left.map(|text| format!("{text} · "))}<Moment at=closes/>" "{w.wait_vote_until}
        };
        let href = format!("/ballots/{}", ballot.number);
        items.push(item(&href, ballot.title, "tag tag-accent", w.tag_vote, text.into_any()));
    }
    for row in waiting.cosigns {
        let missing = match row.figure {
            Figure::Cosigns { have, needed, .. } => i64::from(needed) - have,
            _ => 0,
        };
        let text = fill(w.wait_cosign, &[("n", &missing)]);
        items.push(matter(row, "tag tag-amber", w.tag_cosign, text));
    }
    for it in waiting.asked.reviews {
        let href = format!("/proposals/{}", it.number);
        let text = view! { {w.wait_review} }.into_any();
        items.push(item(&href, it.title, "tag tag-pine", w.tag_review, text));
    }
    for it in waiting.asked.summaries {
        let href = format!("/proposals/{}#summary", it.number);
        let text = view! { {w.wait_summary} }.into_any();
        items.push(item(&href, it.title, "tag tag-sky", w.tag_summary, text));
    }
    for it in waiting.asked.keeps {
        let href = format!("/proposals/{}", it.number);
        let text = view! { {words().text.wait_keep} }.into_any();
        items.push(item(&href, it.title, "tag tag-amber", words().text.tag_keep, text));
    }
    if let Some(desk) = waiting.desk.filter(|desk| desk.open > 0) {
        let template = if desk.overdue > 0 { w.wait_desk_late } else { w.wait_desk };
        let text = fill(template, &[("n", &desk.open), ("late", &desk.overdue)]);
        let title = w.desk_title.to_owned();
        items.push(item("/desk", title, "tag tag-sky", w.tag_desk, text.into_any()));
    }
    view! {
        <section class="section" aria-labelledby="h-wait">
            <div class="section-head"><h2 id="h-wait">{w.waiting}</h2></div>
            {if empty {
                view! { <p class="row-meta">{w.waiting_none}</p> }.into_any()
            } else {
                view! { <ul class="waiting">{items}</ul> }.into_any()
            }}
        </section>
    }
}

fn matter(row: MatterRow, class: &'static str, tag: &'static str, text: String) -> AnyView {
    item(&format!("/proposals/{}", row.number), row.title, class, tag, text.into_any())
}

fn item(
    href: &str,
    title: String,
    class: &'static str,
    tag: &'static str,
    text: AnyView,
) -> AnyView {
    view! {
        <li class="waiting-item">
            <h3 class="row-title"><a href=to(href)>{title}</a></h3>
            <p class="row-meta"><span class=class>{tag}</span>{text}</p>
            <Icon name="chevron"/>
        </li>
    }
    .into_any()
}

/// 上次来以后.
#[component]
fn NewsList(news: Vec<News>) -> impl IntoView {
    let words = words();
    let w = words.finding;
    let rows: Vec<_> = news
        .into_iter()
        .map(|news| {
            let what = match news.what {
                NewsKind::Published => w.new_published.to_owned(),
                NewsKind::Moved => w.new_moved.to_owned(),
                NewsKind::Posts(n) if n > POSTS_MAX => fill(w.new_posts_many, &[("n", &POSTS_MAX)]),
                NewsKind::Posts(n) => fill(w.new_posts, &[("n", &n)]),
            };
            let href = match news.what {
                NewsKind::Posts(_) => format!("/proposals/{}#talk", news.row.number),
                _ => format!("/proposals/{}", news.row.number),
            };
            view! {
                <li class="row">
                    <h3 class="row-title"><a href=to(href)>{news.row.title}</a></h3>
                    <p class="row-meta">
                        <span class="new-why">{what}</span>
                        " · "{place_words(&news.row.place, words.lang)}
                    </p>
                </li>
            }
        })
        .collect();
    view! {
        <section class="section" aria-labelledby="h-news">
            <div class="section-head"><h2 id="h-news">{w.new_title}</h2></div>
            <ul class="row-list">{rows}</ul>
        </section>
    }
}

#[component]
fn Talking(rows: Vec<MatterRow>, all: i64) -> impl IntoView {
    let w = words().home;
    let empty = rows.is_empty();
    view! {
        <section class="section" aria-labelledby="h-talk">
            <div class="section-head">
                <h2 id="h-talk">{w.talking}</h2>
                {(all > 0).then(|| view! { <a href=to("/proposals")>{fill(w.all, &[("n", &all)])}</a> })}
            </div>
            {if empty {
                view! { <p class="row-meta">{w.talking_none}</p> }.into_any()
            } else {
                rows_view(rows)
            }}
        </section>
    }
}

#[component]
fn Done(rows: Vec<MatterRow>) -> impl IntoView {
    let w = words().home;
    let empty = rows.is_empty();
    view! {
        <section class="section" aria-labelledby="h-done">
            <div class="section-head">
                <h2 id="h-done">{w.done}</h2>
                {(!empty).then(|| view! { <a href=to("/proposals?state=done")>{w.done_all}</a> })}
            </div>
            {if empty {
                view! { <p class="row-meta">{w.done_none}</p> }.into_any()
            } else {
                rows_view(rows)
            }}
        </section>
    }
}

fn rows_view(rows: Vec<MatterRow>) -> AnyView {
    let rows: Vec<_> = rows.into_iter().map(|row| view! { <Row row=row level=3/> }).collect();
    view! { <ul class="row-list">{rows}</ul> }.into_any()
}

/// The year in numbers, as far as there are any.
#[component]
fn Year(year: YearFigures) -> impl IntoView {
    let w = words().home;
    let figures: Vec<_> =
        [(w.in_time, year.in_time), (w.solved, year.solved), (w.satisfied, year.satisfied)]
            .into_iter()
            .filter_map(|(word, percent)| {
                let percent = percent?;
                Some(view! { <div><dt>{word}</dt><dd>{format!("{percent}%")}</dd></div> })
            })
            .collect();
    (!figures.is_empty()).then(|| {
        view! {
            <section class="section" aria-labelledby="h-year">
                <div class="section-head">
                    <h2 id="h-year">{fill(w.year, &[("n", &year.raised)])}</h2>
                </div>
                <dl class="figures">{figures}</dl>
            </section>
        }
    })
}
