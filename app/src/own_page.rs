//! `index.html` in an export of one's own data: whole in itself, to be read without a network.

use leptos::prelude::*;
use serde_json::Value;
use service::own_data::{OwnData, Row};

use crate::dates::iso;
use crate::viewer::Viewer;
use crate::words::own_data::{column, part, value};
use crate::words::{Lang, fill};

/// Nothing is fetched: the page lies on somebody's disk.
const STYLE: &str = "body{max-width:46rem;margin:2rem auto;padding:0 1rem;\
font:1.125rem/1.7 system-ui,'PingFang SC','Microsoft YaHei',sans-serif;color:#1e2320;background:#faf8f4}\
h1{font-size:1.6rem}h2{font-size:1.25rem;margin-top:2.5rem}\
dl{margin:0 0 1rem;padding:1rem;background:#fff;border:1px solid #d9d4c9;border-radius:8px}\
dt{color:#454c48;font-size:1rem}dd{margin:0 0 .5rem;white-space:pre-wrap;overflow-wrap:anywhere}";

/// The page.
pub fn own_page(data: &OwnData, viewer: &Viewer) -> String {
    let words = viewer.words();
    let (w, lang) = (words.own, words.lang);
    let title = format!("{} · {}", w.page_title, viewer.community.name);
    let lead = fill(w.page_lead, &[("at", &shown(&Value::String(iso(data.at)), lang))]);
    let parts: Vec<_> = data
        .parts
        .iter()
        .map(|(name, rows)| {
            let title = part(name, lang).unwrap_or(name).to_owned();
            let none = rows.is_empty().then(|| view! { <p>{w.page_none}</p> });
            let rows: Vec<_> = rows.iter().map(|row| list(row, lang)).collect();
            view! { <section><h2>{title}</h2>{none}{rows}</section> }
        })
        .collect();
    let page = view! {
        <html lang=lang.tag()>
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1"/>
                <title>{title.clone()}</title>
                <style>{STYLE}</style>
            </head>
            <body>
                <h1>{title}</h1>
                <p>{lead}</p>
                {parts}
            </body>
        </html>
    };
    // `<!>` marks a border for scripts; what people wrote is escaped.
    format!("<!doctype html>{}", page.to_html().replace("<!>", ""))
}

fn list(row: &Row, lang: Lang) -> impl IntoView + use<> {
    let lines: Vec<_> = row
        .iter()
        .filter(|(_, value)| !value.is_null())
        .map(|(name, value)| {
            let title = column(name, lang).unwrap_or(name).to_owned();
            view! { <dt>{title}</dt><dd>{shown(value, lang)}</dd> }
        })
        .collect();
    view! { <dl>{lines}</dl> }
}

fn shown(stored: &Value, lang: Lang) -> String {
    let Value::String(text) = stored else { return stored.to_string() };
    match text.strip_suffix("+08:00") {
        Some(at) => at.replace('T', " "),
        None => value(text, lang).unwrap_or(text).to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_has_its_words() {
        for known in service::own_data::PARTS {
            assert!(part(known.name, Lang::Zh).is_some(), "{}", known.name);
        }
    }

    #[test]
    fn times_and_known_values_are_said() {
        for (stored, said) in [
            (Value::String("2026-03-02T09:00:00+08:00".into()), "2026-03-02 09:00:00"),
            (Value::String("yes".into()), "是"),
            (Value::String("老槐树".into()), "老槐树"),
            (Value::from(3), "3"),
        ] {
            assert_eq!(shown(&stored, Lang::Zh), said);
        }
    }
}
