//! What typed text may look like: paragraphs, lists, bold and links, in the signs of Markdown.
//!
//! A full Markdown reader takes away what neighbours write without meaning it: `[通知]: 明天开会` is a
//! definition to it, `3*4*5` an emphasis, an indented line code. Here a sign that isn't one of the few is
//! a letter like any other, so that no word is ever lost. The result is a tree of texts: whoever shows it
//! escapes them, and no typed mark can become one of the page's.

/// A part of a text, one under the other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Block {
    /// Lines that belong together.
    Paragraph(Vec<Vec<Inline>>),
    /// A list.
    List {
        /// The first number, where it is a numbered one.
        first: Option<u32>,
        /// Its items.
        items: Vec<Vec<Inline>>,
    },
}

/// A part of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Inline {
    /// Text as it was typed.
    Text(String),
    /// Text that matters more.
    Strong(String),
    /// A way to another page.
    Link {
        /// What it says: the address itself where nothing else was given.
        text: String,
        /// `http://…` or `https://…`.
        url: String,
        /// Where it leads: the host's name, in ASCII.
        host: String,
    },
}

/// Reads a text that was cleaned by [`crate::text::clean`].
#[must_use]
pub fn parse(text: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    for line in text.lines() {
        let line = line.trim();
        if line.is_empty() {
            // The next line begins anew: an empty paragraph waits for it.
            if !matches!(blocks.last(), None | Some(Block::Paragraph(_)))
                || matches!(blocks.last(), Some(Block::Paragraph(lines)) if !lines.is_empty())
            {
                blocks.push(Block::Paragraph(Vec::new()));
            }
            continue;
        }
        match marker(line) {
            Some((number, rest)) => match blocks.last_mut() {
                Some(Block::List { first, items }) if first.is_some() == number.is_some() => {
                    items.push(inline(rest));
                }
                _ => blocks.push(Block::List { first: number, items: vec![inline(rest)] }),
            },
            None => match blocks.last_mut() {
                Some(Block::Paragraph(lines)) => lines.push(inline(line)),
                _ => blocks.push(Block::Paragraph(vec![inline(line)])),
            },
        }
    }
    blocks.retain(|block| !matches!(block, Block::Paragraph(lines) if lines.is_empty()));
    blocks
}

/// The text alone, a line a paragraph's line or item: for mails and lists.
#[must_use]
pub fn plain(text: &str) -> String {
    let mut lines = Vec::new();
    for block in parse(text) {
        match block {
            Block::Paragraph(found) => lines.extend(found.iter().map(|line| words(line))),
            Block::List { first, items } => {
                for (place, item) in (0..).zip(&items) {
                    let mark = first.map_or_else(
                        || "- ".to_owned(),
                        |first| format!("{}. ", first.saturating_add(place)),
                    );
                    lines.push(mark + &words(item));
                }
            }
        }
    }
    lines.join("\n")
}

fn words(line: &[Inline]) -> String {
    let word = |part: &Inline| match part {
        Inline::Text(text) | Inline::Strong(text) => text.clone(),
        Inline::Link { text, url, .. } if text == url => url.clone(),
        Inline::Link { text, url, .. } => format!("{text}（{url}）"),
    };
    line.iter().map(word).collect()
}

/// A list's mark at the beginning of a line, and what follows.
fn marker(line: &str) -> Option<(Option<u32>, &str)> {
    for mark in ["- ", "* ", "• ", "·  "] {
        if let Some(rest) = line.strip_prefix(mark) {
            return (!rest.trim().is_empty()).then(|| (None, rest.trim()));
        }
    }
    let digits = line.len() - line.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    // Up to three digits: `2026. 3. 1` is a day.
    if digits == 0 || digits > 3 {
        return None;
    }
    let (number, rest) = line.split_at(digits);
    let rest = rest.strip_prefix(". ").or_else(|| rest.strip_prefix('、'))?.trim();
    (!rest.is_empty()).then_some((number.parse().ok(), rest))
}

fn inline(line: &str) -> Vec<Inline> {
    let mut parts = Vec::new();
    let mut text = String::new();
    let mut rest = line;
    while let Some(c) = rest.chars().next() {
        let found = match c {
            '*' => strong(rest),
            '[' => named_link(rest),
            'h' | 'H' => bare_link(rest, &text),
            _ => None,
        };
        match found {
            Some((part, used)) => {
                if !text.is_empty() {
                    parts.push(Inline::Text(std::mem::take(&mut text)));
                }
                parts.push(part);
                rest = rest.get(used..).unwrap_or_default();
            }
            None => {
                text.push(c);
                rest = rest.get(c.len_utf8()..).unwrap_or_default();
            }
        }
    }
    if !text.is_empty() {
        parts.push(Inline::Text(text));
    }
    parts
}

/// `**…**` around something; gives how many bytes it took.
fn strong(rest: &str) -> Option<(Inline, usize)> {
    let inside = rest.strip_prefix("**")?;
    let (text, _) = inside.split_once("**")?;
    let edge = text.starts_with([' ', '*']) || text.ends_with([' ', '*']);
    (!text.is_empty() && !edge).then(|| (Inline::Strong(text.to_owned()), text.len() + 4))
}

/// `[text](address)`.
fn named_link(rest: &str) -> Option<(Inline, usize)> {
    let (text, after) = rest.strip_prefix('[')?.split_once("](")?;
    let (url, _) = after.split_once(')')?;
    if text.trim().is_empty() || text.contains(['[', ']']) {
        return None;
    }
    let used = text.len() + url.len() + 4;
    let host = host(url)?;
    // Its words may not say that it leads somewhere else.
    let said = bare_host(text);
    let text = match said {
        Some(said) if said != host => url.to_owned(),
        _ => text.trim().to_owned(),
    };
    Some((Inline::Link { text, url: url.to_owned(), host }, used))
}

/// The host that a link's words name, where they look like an address.
fn bare_host(text: &str) -> Option<String> {
    let text = text.trim();
    match host(text) {
        Some(host) => Some(host),
        None if text.contains('.') && !text.contains(char::is_whitespace) => {
            host(&format!("https://{text}"))
        }
        None => None,
    }
}

/// An address as it stands, when it doesn't stand inside a Latin word.
fn bare_link(rest: &str, before: &str) -> Option<(Inline, usize)> {
    if before.chars().last().is_some_and(|c| c.is_ascii_alphanumeric()) {
        return None;
    }
    scheme(rest)?;
    let inside = |c: char| c.is_ascii_graphic() && !matches!(c, '<' | '>' | '"' | '(' | ')' | '*');
    let end = rest.find(|c| !inside(c)).unwrap_or(rest.len());
    let url = rest.get(..end)?.trim_end_matches(['.', ',', ';', ':', '!', '?', '\'']);
    let host = host(url)?;
    Some((Inline::Link { text: url.to_owned(), url: url.to_owned(), host }, url.len()))
}

/// What follows `http://` or `https://`.
fn scheme(url: &str) -> Option<&str> {
    ["https://", "http://"].into_iter().find_map(|scheme| {
        let head = url.get(..scheme.len())?;
        head.eq_ignore_ascii_case(scheme).then(|| url.get(scheme.len()..).unwrap_or_default())
    })
}

/// The host of an address that may be a link; none where the address could be read in two ways.
fn host(url: &str) -> Option<String> {
    let rest = scheme(url)?;
    if !url.chars().all(|c| c.is_ascii_graphic() && !matches!(c, '\\' | '<' | '>' | '"' | '`')) {
        return None;
    }
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let authority = rest.get(..end)?;
    let (name, port) = authority.split_once(':').unwrap_or((authority, "80"));
    // `user@host` shows one name and leads to another.
    let letters = name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-'));
    let labels = name.split('.').all(|label| !label.is_empty());
    let number = !port.is_empty() && port.bytes().all(|b| b.is_ascii_digit());
    (letters && labels && number && name.contains('.')).then(|| name.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Inline {
        Inline::Text(text.to_owned())
    }

    fn link(text: &str, url: &str, host: &str) -> Inline {
        Inline::Link { text: text.to_owned(), url: url.to_owned(), host: host.to_owned() }
    }

    #[test]
    fn lines_and_paragraphs() {
        assert_eq!(
            parse("一\n二\n\n\n三"),
            [
                Block::Paragraph(vec![vec![text("一")], vec![text("二")]]),
                Block::Paragraph(vec![vec![text("三")]]),
            ]
        );
        assert_eq!(parse(" \n\n"), []);
    }

    #[test]
    fn lists() {
        let items = |all: &[&str]| all.iter().map(|one| vec![text(one)]).collect::<Vec<_>>();
        assert_eq!(
            parse("带上：\n- 锹\n* 桶\n\n2、先挖\n3. 再种\n完"),
            [
                Block::Paragraph(vec![vec![text("带上：")]]),
                Block::List { first: None, items: items(&["锹", "桶"]) },
                Block::List { first: Some(2), items: items(&["先挖", "再种"]) },
                Block::Paragraph(vec![vec![text("完")]]),
            ]
        );
        for line in ["-1 度", "2026. 3 月", "3.5 米", "-", "1."] {
            assert_eq!(parse(line), [Block::Paragraph(vec![vec![text(line)]])], "{line}");
        }
    }

    #[test]
    fn bold_and_what_is_not() {
        assert_eq!(inline("请**周六**来"), [text("请"), Inline::Strong("周六".into()), text("来")]);
        for line in ["3*4*5", "****", "** 空 **", "**没完", "a ** b"] {
            assert_eq!(inline(line), [text(line)], "{line}");
        }
    }

    #[test]
    fn links_say_where_they_lead() {
        let town = "https://town.example/a?b=1#c";
        let found = [
            (
                "看 https://town.example/a?b=1#c。",
                vec![text("看 "), link(town, town, "town.example"), text("。")],
            ),
            ("[图纸](https://town.example/a?b=1#c)", vec![link("图纸", town, "town.example")]),
            // Words that name another host give way to the address.
            (
                "[bank.example](https://evil.example/)",
                vec![link("https://evil.example/", "https://evil.example/", "evil.example")],
            ),
            (
                "HTTP://Town.Example:8080/x，好",
                vec![
                    link(
                        "HTTP://Town.Example:8080/x",
                        "HTTP://Town.Example:8080/x",
                        "town.example",
                    ),
                    text("，好"),
                ],
            ),
        ];
        for (typed, expected) in found {
            assert_eq!(inline(typed), expected, "{typed}");
        }
    }

    #[test]
    fn what_could_be_read_in_two_ways_is_text() {
        for typed in [
            "[点我](javascript:alert(1))",
            "[点我](data:text/html,x)",
            "https://bank.example@evil.example/",
            "https://银行.example/",
            "https://a\\b.example/",
            "https://localhost/",
            "https:///x",
            "xhttps://town.example",
            "[](https://town.example/)",
            "<script>alert(1)</script>",
            "[通知]: 明天开会",
        ] {
            let found = inline(typed);
            let links = found
                .iter()
                .any(|part| matches!(part, Inline::Link { host, .. } if host != "town.example"));
            assert!(!links, "{typed}: {found:?}");
            assert_eq!(words(&found), typed, "{typed}");
        }
    }

    #[test]
    fn plain_text_keeps_every_word() {
        assert_eq!(
            plain("**好**\n- 一\n- [二](https://town.example/)"),
            "好\n- 一\n- 二（https://town.example/）"
        );
    }
}
