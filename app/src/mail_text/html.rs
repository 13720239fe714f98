//! The HTML of a mail: one column, colours inline because many readers drop the style sheet.

use leptos::prelude::*;

use super::Said;

/// For readers that keep it; every rule only betters the inline ones.
const DARK: &str = ":root{color-scheme:light dark;supported-color-schemes:light dark}\
@media (prefers-color-scheme:dark){.m-ground{background:#151816!important}\
.m-card{background:#1d211f!important;border-color:#363c38!important}\
.m-ink{color:#eceae4!important}.m-soft{color:#b4b8b1!important}.m-link{color:#f2998f!important}\
.m-btn{background:#f2998f!important;color:#2a0f0c!important}}";
const BODY: &str = "margin:0;padding:0;background:#faf8f4;-webkit-text-size-adjust:100%";
const GROUND: &str = "background:#faf8f4;padding:24px 12px;\
font-family:system-ui,'PingFang SC','Microsoft YaHei',sans-serif";
const CARD: &str = "max-width:560px;margin:0 auto;padding:24px 20px;background:#ffffff;\
border:1px solid #d9d4c9;border-radius:10px";
const HIDDEN: &str = "display:none;max-height:0;overflow:hidden";
const BRAND: &str = "margin:0 0 20px;font-size:15px;line-height:1.5;color:#454c48";
const TITLE: &str = "margin:0 0 12px;font-size:24px;line-height:1.35;font-weight:600;color:#1e2320";
const STEP: &str = "margin:0 0 16px;font-size:17px;line-height:1.7;color:#1e2320";
const QUOTE: &str = "margin:0 0 24px;padding:0 0 0 14px;border-left:4px solid #1f6146;\
font-size:17px;line-height:1.7;color:#454c48";
const SMALL: &str = "font-size:15px";
const ACT: &str = "margin:0 0 24px";
const BUTTON: &str = "display:inline-block;padding:13px 24px;background:#9c2b23;color:#ffffff;\
border-radius:6px;font-size:17px;line-height:22px;font-weight:600;text-decoration:none";
const FINE: &str = "margin:0;font-size:15px;line-height:1.6;color:#454c48";
const FOOT: &str = "max-width:560px;margin:0 auto;padding:20px 20px 0";
const LINK: &str = "color:#9c2b23";
const LONG_LINK: &str = "color:#9c2b23;word-break:break-all";

pub(super) fn html(said: Said) -> String {
    let w = said.words;
    let preview = format!("{}{}{}", said.step, said.due, w.full_stop);
    let quote = said.reason.map(|reason| {
        let lines: Vec<_> = reason.lines().map(|line| view! { {line.to_owned()}<br/> }).collect();
        let signed = said.signed.map(|signed| view! { <span style=SMALL>{signed}</span> });
        view! { <p class="m-soft" style=QUOTE>{lines}{signed}</p> }
    });
    let stop = said.stop.map(|stop| {
        view! { " "<a class="m-link" href=stop style=LINK>{w.stop_link}</a> }
    });
    let page = view! {
        <html lang=said.lang.tag()>
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1"/>
                <meta name="color-scheme" content="light dark"/>
                <meta name="supported-color-schemes" content="light dark"/>
                <title>{said.title.clone()}</title>
                <style>{DARK}</style>
            </head>
            <body class="m-ground" style=BODY>
                <div class="m-ground" style=GROUND>
                    <main class="m-card" style=CARD>
                        <div style=HIDDEN>{preview}</div>
                        <p class="m-soft" style=BRAND>
                            <b class="m-link" style=LINK>{said.community}</b>
                            " "
                            {said.hall}
                        </p>
                        <h1 class="m-ink" style=TITLE>{said.title}</h1>
                        <p class="m-ink" style=STEP>
                            {said.lead}
                            <b>{said.step}</b>
                            {said.due}
                            {w.full_stop}
                        </p>
                        {quote}
                        <p style=ACT>
                            <a class="m-btn" href=said.address.clone() style=BUTTON>{said.button}</a>
                        </p>
                        <p class="m-soft" style=FINE>
                            {w.copy}
                            <br/>
                            <a class="m-link" href=said.address.clone() style=LONG_LINK>
                                {said.address.clone()}
                            </a>
                        </p>
                    </main>
                    <div style=FOOT>
                        <p class="m-soft" style=FINE>
                            {said.why}
                            {stop}
                        </p>
                    </div>
                </div>
            </body>
        </html>
    };
    // `<!>` marks a border for scripts, which a mail doesn't have; what people wrote is escaped.
    format!("<!doctype html>{}", page.to_html().replace("<!>", ""))
}
