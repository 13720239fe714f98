//! Typed text as it is shown: paragraphs, lists, bold, and links that say where they lead.

use domain::rich::{Block, Inline, parse};
use leptos::prelude::*;

/// A typed text in the few signs of [`domain::rich`]. Everything is escaped as text; links follow nobody's
/// standing (`nofollow`), tell nobody where one comes from, and open in the same window.
#[component]
pub(crate) fn RichText(
    /// The text.
    text: String,
) -> impl IntoView {
    let blocks: Vec<_> = parse(&text).into_iter().map(block).collect();
    view! { <div class="prose">{blocks}</div> }
}

fn block(block: Block) -> AnyView {
    match block {
        Block::Paragraph(lines) => {
            lines.into_iter().map(|line| view! { <p>{inline(line)}</p> }).collect_view().into_any()
        }
        Block::List { first, items } => {
            let items: Vec<_> =
                items.into_iter().map(|item| view! { <li>{inline(item)}</li> }).collect();
            match first {
                Some(first) => view! { <ol start=first>{items}</ol> }.into_any(),
                None => view! { <ul>{items}</ul> }.into_any(),
            }
        }
    }
}

fn inline(parts: Vec<Inline>) -> Vec<AnyView> {
    parts
        .into_iter()
        .map(|part| match part {
            Inline::Text(text) => text.into_any(),
            Inline::Strong(text) => view! { <strong>{text}</strong> }.into_any(),
            Inline::Link { text, url, host } => {
                // An address as it stands says by itself where it leads.
                let leads = (text != url)
                    .then(|| view! { <span class="soft">{format!("（{host}）")}</span> });
                view! { <a href=url rel="nofollow ugc noopener noreferrer">{text}</a>{leads} }
                    .into_any()
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn html(text: &str) -> String {
        let text = text.to_owned();
        Owner::new().with(|| view! { <RichText text=text/> }.to_html())
    }

    #[test]
    fn typed_marks_stay_text() {
        let html = html("<img src=x onerror=alert(1)>\n**<b>**\n- </div><script>1</script>");
        assert!(
            !html.contains("<img") && !html.contains("<script") && !html.contains("<b>"),
            "{html}"
        );
        assert!(html.contains("<strong>&lt;b&gt;</strong>"), "{html}");
    }

    #[test]
    fn links_follow_nobody_and_say_their_host() {
        let html = html("[图纸](https://town.example/\"x) [图](https://town.example/a?b=1&c=2)");
        assert!(html.contains("rel=\"nofollow ugc noopener noreferrer\""), "{html}");
        assert!(html.contains("town.example"), "{html}");
        assert_eq!(html.matches("<a ").count(), 2, "{html}");
        assert_eq!(html.matches("rel=\"nofollow").count(), 2, "{html}");
        assert!(!html.contains("href=\"https://town.example/\"x"), "{html}");
    }
}
