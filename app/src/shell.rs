//! The frame around every page.

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use leptos::prelude::*;

use crate::parts::Icon;
use crate::render::{Cx, cx, to_html};
use crate::state::App;
use crate::viewer::{Size, Theme, Viewer};
use crate::words::fill;

/// Which of the main links a page belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Tab {
    /// 议事
    Home,
    /// 提一件
    New,
    /// 投票
    Ballots,
    /// 我的
    Me,
    /// Desk.
    Desk,
    /// None of them.
    #[default]
    None,
}

/// Facts of a page that its frame needs.
#[derive(Debug, Clone, Default)]
pub struct Meta {
    /// Title, before the hall's name.
    pub title: String,
    /// Which main link it belongs to.
    pub tab: Tab,
    /// Whether its text is set in one narrow column.
    pub narrow: bool,
    /// Whether it has islands, and so needs the small script.
    pub alive: bool,
    /// HTTP status; 200 when none.
    pub status: Option<StatusCode>,
}

/// Renders a page.
pub fn page<V: IntoView + 'static>(
    app: &App,
    viewer: &Viewer,
    meta: Meta,
    body: impl FnOnce() -> V + 'static,
) -> Response {
    let status = meta.status.unwrap_or(StatusCode::OK);
    let cx = Cx { site: app.site.clone(), viewer: viewer.clone() };
    let html = to_html(cx, move || frame(meta, body));
    let headers = [(header::CONTENT_TYPE, "text/html; charset=utf-8")];
    (status, headers, format!("<!doctype html>{html}")).into_response()
}

fn frame<V: IntoView + 'static>(meta: Meta, body: impl FnOnce() -> V) -> impl IntoView {
    let cx = cx();
    let words = cx.words();
    let prefs = cx.viewer.prefs;
    let assets = cx.site.assets.clone();
    let gap = words.lang.pick("", " ");
    let title = format!("{} · {}{gap}{}", meta.title, cx.viewer.community.name, words.site.hall);
    let size = (prefs.size == Size::Large).then_some("large");
    let theme = match prefs.theme {
        Theme::Device => None,
        Theme::Light => Some("light"),
        Theme::Dark => Some("dark"),
    };
    let main_class = if meta.narrow { "page page-narrow" } else { "page" };
    let boot = meta.alive.then(|| {
        view! {
            <script
                type="module"
                src=assets.boot.clone()
                data-client=assets.client.clone()
                data-wasm=assets.wasm.clone()
            ></script>
        }
    });
    view! {
        <html lang=words.lang.tag() data-size=size data-theme=theme>
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover"/>
                <meta name="color-scheme" content="light dark"/>
                <meta name="referrer" content="same-origin"/>
                <title>{title}</title>
                <link rel="stylesheet" href=assets.css.clone()/>
                {boot}
            </head>
            <body>
                <a class="skip" href="#main">{words.site.skip}</a>
                <Header tab=meta.tab/>
                <main class=main_class id="main" tabindex="-1">
                    <Flash/>
                    {body()}
                </main>
                <Footer/>
            </body>
        </html>
    }
}

#[component]
fn Header(tab: Tab) -> impl IntoView {
    let cx = cx();
    let w = cx.words().site;
    let here = cx.viewer.here.clone();
    let signed_in = cx.viewer.signed_in.is_some();
    let desk = cx.viewer.actor().is_some_and(domain::role::Actor::sees_desk);
    let large = cx.viewer.prefs.size == Size::Large;
    let (size_value, size_word) =
        if large { ("usual", w.size_usual) } else { ("large", w.size_large) };
    // Three words don't fit a phone's header; the list has its own search field.
    let search_class = if desk { "head-tool head-tool-wide" } else { "head-tool" };
    let brand = format!("{}#brand", cx.site.assets.icons);
    let link = move |which: Tab, href: &'static str, icon: &'static str, word: &'static str| {
        let class = if which == Tab::New { "tab tab-main" } else { "tab" };
        view! {
            <a class=class href=href aria-current=(tab == which).then_some("page")>
                <Icon name=icon/>
                <span>{word}</span>
            </a>
        }
    };
    view! {
        <header class="site-head">
            {cx.site.demo.then(|| view! { <p class="demo-bar"><b>{w.demo}</b>{w.demo_note}</p> })}
            <div class="site-head-in">
                <a class="brand" href="/">
                    <svg class="brand-mark" width="32" height="32" aria-hidden="true">
                        <use href=brand></use>
                    </svg>
                    <span>
                        <span class="brand-name">{cx.viewer.community.name.clone()}</span>
                        " "
                        <span class="brand-sub">{w.hall}</span>
                    </span>
                </a>
                <nav class="tabbar" aria-label=w.main_nav>
                    {link(Tab::Home, "/", "home", w.tab_home)}
                    {link(Tab::New, "/proposals/new", "plus", w.tab_new)}
                    {link(Tab::Ballots, "/ballots", "ballot", w.tab_ballots)}
                    {link(Tab::Me, "/me", "person", w.tab_me)}
                </nav>
                <div class="head-tools">
                    {desk.then(|| view! { <a class="head-tool" href="/desk" aria-current=(tab == Tab::Desk).then_some("page")><Icon name="desk"/>{w.desk}</a> })}
                    {(!signed_in).then(|| view! {
                        <a class="head-tool head-tool-wide" href="/sign-in"><Icon name="person"/>{w.sign_in}</a>
                    })}
                    <a class=search_class href="/proposals#q"><Icon name="search"/>{w.search}</a>
                    <form method="post" action="/prefs/size">
                        <input type="hidden" name="back" value=here/>
                        <button class="head-tool" name="size" value=size_value>
                            <Icon name="text-size"/>
                            {size_word}
                        </button>
                    </form>
                </div>
            </div>
        </header>
    }
}

/// A word of thanks after an act, shown once.
#[component]
fn Flash() -> impl IntoView {
    let cx = cx();
    let text =
        cx.viewer.flash.as_deref().and_then(|key| crate::words::flash::of(key, cx.words().lang));
    text.map(|text| view! { <p class="notice notice-ok" role="status"><Icon name="check"/><span>{text}</span></p> })
}

#[component]
fn Footer() -> impl IntoView {
    let cx = cx();
    let words = cx.words();
    let w = words.site;
    let here = cx.viewer.here.clone();
    let settings = &cx.viewer.community.settings;
    let phone = (!settings.phone.is_empty())
        .then(|| view! { <p>{fill(w.foot_phone, &[("phone", &settings.phone)])}</p> });
    let record: Vec<_> =
        settings.footer.iter().map(|line| view! { <span>{line.clone()}</span>" " }).collect();
    let lang = words.lang.pick("en", "zh");
    let lang_tag = words.lang.pick("en", "zh-CN");
    let dark = cx.viewer.prefs.theme == Theme::Dark;
    let (theme, theme_word) = if dark { ("light", w.theme_light) } else { ("dark", w.theme_dark) };
    let place = format!("{}{}", cx.viewer.community.subdistrict, cx.viewer.community.name);
    view! {
        <footer class="site-foot">
            <div class="site-foot-in">
                <ul class="foot-links">
                    <li><a href="/proposals">{w.foot_all}</a></li>
                    <li><a href="/ballots">{w.tab_ballots}</a></li>
                </ul>
                <ul class="foot-links">
                    <li>
                        <form method="post" action="/prefs/lang">
                            <input type="hidden" name="back" value=here.clone()/>
                            <button name="lang" value=lang lang=lang_tag>{w.language}</button>
                        </form>
                    </li>
                    <li>
                        <form method="post" action="/prefs/theme">
                            <input type="hidden" name="back" value=here/>
                            <button name="theme" value=theme>{theme_word}</button>
                        </form>
                    </li>
                </ul>
                <p>{w.foot_help}</p>
                {phone}
                <p class="record"><span>{place}</span>" "{record}</p>
            </div>
        </footer>
    }
}
