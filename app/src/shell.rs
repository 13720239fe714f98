//! The frame around every page.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use leptos::prelude::*;

use crate::acting_bar::ActingBar;
use crate::consent_bar::ConsentBar;
use crate::form::Problems;
use crate::link::{self, to};
use crate::parts::Icon;
use crate::render::{Cx, cx, to_html};
use crate::state::App;
use crate::viewer::{Elsewhere, Size, Theme, Viewer};
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
    /// Whether its address is a secret: no other page learns it, and nothing keeps the page.
    pub secret: bool,
    /// HTTP status; 200 when none.
    pub status: Option<StatusCode>,
    /// Why the page's form came back: its status, where no other is given, and how long to wait.
    pub problems: Problems,
}

/// The referrer policy of a page whose address is a secret: where it leads to learns the origin alone.
/// `no-referrer` would tell no more, but forms of such a page would say `Origin: null` (Fetch, 3.2), and
/// over plain http nothing else says that they are ours.
const SECRET_POLICY: &str = "strict-origin";

/// Renders a page.
pub fn page<V: IntoView + 'static>(
    app: &App,
    viewer: &Viewer,
    meta: Meta,
    body: impl FnOnce() -> V + 'static,
) -> Response {
    let status = meta.status.or_else(|| meta.problems.status()).unwrap_or(StatusCode::OK);
    let (secret, wait) = (meta.secret, meta.problems.retry_after_s());
    let cx = Cx { site: app.site.clone(), viewer: viewer.clone() };
    let html = to_html(cx, move || frame(meta, body));
    let mut response = html_response(status, &html);
    if let Some(seconds) = wait {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    if secret {
        let headers = response.headers_mut();
        headers.insert(header::REFERRER_POLICY, HeaderValue::from_static(SECRET_POLICY));
        return no_store(response);
    }
    response
}

/// Renders sheets for the printer: black on white, without the frame, kept by nobody.
pub fn sheet<V: IntoView + 'static>(
    app: &App,
    viewer: &Viewer,
    title: String,
    body: impl FnOnce() -> V + 'static,
) -> Response {
    let cx = Cx { site: app.site.clone(), viewer: viewer.clone() };
    let (lang, css) = (viewer.words().lang.tag(), app.site.assets.css.clone());
    let html = to_html(cx, move || {
        view! {
            <html lang=lang data-theme="light">
                <head>
                    <meta charset="utf-8"/>
                    <meta name="viewport" content="width=device-width, initial-scale=1"/>
                    <meta name="referrer" content=SECRET_POLICY/>
                    <title>{title}</title>
                    <link rel="stylesheet" href=css/>
                </head>
                <body class="sheet">{body()}</body>
            </html>
        }
    });
    no_store(html_response(StatusCode::OK, &html))
}

/// Lets neither the browser nor anything on the way keep the answer: it holds what is for one person, or
/// was typed, or is a secret.
#[must_use]
pub fn no_store(mut response: Response) -> Response {
    let no_store = HeaderValue::from_static("no-store");
    response.headers_mut().insert(header::CACHE_CONTROL, no_store);
    response
}

fn html_response(status: StatusCode, html: &str) -> Response {
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
    let referrer = if meta.secret { SECRET_POLICY } else { "same-origin" };
    let main_class = if meta.narrow { "page page-narrow" } else { "page" };
    let boot = meta.alive.then(|| {
        view! {
            <script
                type="module"
                src=assets.boot.clone()
                data-client=assets.client.clone()
                data-wasm=assets.wasm.clone()
                data-forms=assets.forms.clone()
                data-forms-wasm=assets.forms_wasm.clone()
            ></script>
        }
    });
    let accent = cx.viewer.community.settings.accent.as_str();
    view! {
        <html lang=words.lang.tag() data-size=size data-theme=theme data-accent=accent>
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover"/>
                <meta name="color-scheme" content="light dark"/>
                <meta name="referrer" content=referrer/>
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
    let nobody = cx.viewer.is_nobody();
    let elsewhere = cx.viewer.elsewhere.clone();
    let visitor = elsewhere.clone().map(|it| view! { <Visitor it=it/> });
    let desk = cx.viewer.actor().is_some_and(domain::role::Actor::sees_desk);
    let large = cx.viewer.prefs.size == Size::Large;
    let (size_value, size_word) =
        if large { ("usual", w.size_usual) } else { ("large", w.size_large) };
    // Three words don't fit a phone's header; the list has a search field too.
    let search_class = if desk { "head-tool head-tool-wide" } else { "head-tool" };
    let brand = format!("{}#brand", cx.site.assets.icons);
    let link = move |which: Tab, href: &'static str, icon: &'static str, word: &'static str| {
        let class = if which == Tab::New { "tab tab-main" } else { "tab" };
        // What a visitor raises or keeps lies in their own community.
        let own = elsewhere.as_ref().filter(|_| matches!(which, Tab::New | Tab::Me));
        let href = own.map_or_else(|| to(href), |own| link::with(&own.prefix, href));
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
            {visitor}
            <ConsentBar/>
            <ActingBar/>
            <div class="site-head-in">
                <a class="brand" href=to("/")>
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
                    {desk.then(|| view! { <a class="head-tool" href=to("/desk") aria-current=(tab == Tab::Desk).then_some("page")><Icon name="desk"/>{w.desk}</a> })}
                    {nobody.then(|| view! {
                        <a class="head-tool head-tool-wide" href=to("/sign-in")><Icon name="person"/>{w.sign_in}</a>
                    })}
                    <a class=search_class href=to("/search#q")><Icon name="search"/>{w.search}</a>
                    <form method="post" action=to("/prefs/size")>
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

/// Says to a person of another community that they are a visitor here, and leads back.
#[component]
fn Visitor(it: Elsewhere) -> impl IntoView {
    let cx = cx();
    let w = cx.words().site;
    let text =
        fill(w.visitor, &[("home", &it.community), ("community", &cx.viewer.community.name)]);
    view! {
        <p class="visitor-bar">
            <span>{text}</span>
            <a href=link::with(&it.prefix, "/")>{w.visitor_home}</a>
        </p>
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
                    <li><a href=to("/proposals")>{w.foot_all}</a></li>
                    <li><a href=to("/ballots")>{w.tab_ballots}</a></li>
                    {cx.viewer.community.has_others.then(|| view! {
                        <li><a href=to("/communities")>{words.communities.foot}</a></li>
                    })}
                </ul>
                <ul class="foot-links">
                    <li>
                        <form method="post" action=to("/prefs/lang")>
                            <input type="hidden" name="back" value=here.clone()/>
                            <button name="lang" value=lang lang=lang_tag>{w.language}</button>
                        </form>
                    </li>
                    <li>
                        <form method="post" action=to("/prefs/theme")>
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
