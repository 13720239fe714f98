//! What a search found, as rows.

#![allow(unreachable_pub, reason = "what `#[component]` writes is public in a private module")]

use domain::snippet::Segment;
use leptos::prelude::*;
use service::search::{Found, FoundMatter, FoundPost, Query, Sort};

use super::search::Asked;
use crate::link::to;
use crate::matter_row::{Tag, place_words};
use crate::parts::{Icon, StanceMark};
use crate::render::words;
use crate::words::fill;
use crate::words::terms::Term;

/// The count, the order, the rows, and the way on.
#[component]
pub(super) fn Results(asked: Asked, query: Query, found: Found) -> impl IntoView {
    let w = words().finding;
    if !found.asked {
        // Signs alone, or something chosen without a word.
        let waits = !asked.q.is_empty() || query.is_filtered();
        return waits
            .then(|| view! { <p class="notice notice-info" role="status"><Icon name="search"/><span>{w.need_words}</span></p> })
            .into_any();
    }
    if found.count == 0 {
        return none(&asked, &query);
    }
    let template = if found.more_than { w.count_more } else { w.count };
    let count = fill(template, &[("n", &grouped(found.count))]);
    let next = found.next.map(|next| asked.with(|asked| asked.after = next.to_string()));
    let pager = (next.is_some() || !asked.after.is_empty()).then(|| {
        let first = (!asked.after.is_empty()).then(|| asked.with(|_| {}));
        view! {
            <nav class="pager" aria-label=words().proposal.list_pages>
                {first.map(|href| view! {
                    <a class="btn btn-secondary btn-small" href=to(href)>{w.first}</a>
                })}
                {next.map(|href| view! {
                    <a class="btn btn-secondary btn-small" href=to(href) rel="next">{w.more}</a>
                })}
            </nav>
        }
    });
    let rows: Vec<_> = found.matters.into_iter().map(matter).collect();
    view! {
        {orders(&asked, query.sort)}
        <p class="list-count" role="status">{count}</p>
        <ul class="row-list">{rows}</ul>
        {pager}
    }
    .into_any()
}

fn orders(asked: &Asked, sort: Sort) -> AnyView {
    let w = words().finding;
    let best = asked.with(|asked| asked.sort.clear());
    let new = asked.with(|asked| "new".clone_into(&mut asked.sort));
    let here = |is: bool| is.then_some("page");
    view! {
        <nav class="chips" aria-label=w.order>
            <a class="chip" href=to(best) aria-current=here(sort == Sort::Best)>{w.best}</a>
            <a class="chip" href=to(new) aria-current=here(sort == Sort::New)>{w.newest}</a>
        </nav>
    }
    .into_any()
}

/// A number with commas between thousands.
fn grouped(n: usize) -> String {
    let digits = n.to_string();
    let mut out = String::new();
    for (i, c) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(c);
    }
    out
}

fn matter(found: FoundMatter) -> AnyView {
    let words = words();
    let w = words.finding;
    let number = found.row.number;
    let text =
        (!found.text.is_empty()).then(|| view! { <p class="found-text">{marked(found.text)}</p> });
    let posts: Vec<_> = found.posts.into_iter().map(|post| post_view(number, post)).collect();
    let more = (found.posts_more > 0).then(|| {
        let href = to(format!("/proposals/{number}#talk"));
        let word = fill(w.in_talk_more, &[("n", &found.posts_more)]);
        view! { <li><a class="found-link" href=href>{word}</a></li> }
    });
    let posts = (!posts.is_empty()).then(|| view! { <ul class="found-posts">{posts}{more}</ul> });
    view! {
        <li class="row found">
            <h2 class="row-title"><a href=to(format!("/proposals/{number}"))>{marked(found.title)}</a></h2>
            <p class="row-meta">
                <Tag state=found.row.state/>
                {place_words(&found.row.place, words.lang)}" · "{found.row.category.word(words.lang)}
            </p>
            {text}
            {posts}
        </li>
    }
    .into_any()
}

fn post_view(number: i64, post: FoundPost) -> AnyView {
    let w = words().finding;
    let href = to(format!("/proposals/{number}/posts/{}#post-{}", post.id, post.id));
    view! {
        <li>
            <a class="found-link" href=href>
                <span class="soft">{w.in_talk}</span>
                <StanceMark stance=post.stance/>
                " "
                {marked(post.text)}
            </a>
        </li>
    }
    .into_any()
}

/// A text with its hits marked; each part is escaped as every other text.
pub(super) fn marked(segments: Vec<Segment>) -> Vec<AnyView> {
    segments
        .into_iter()
        .map(|segment| {
            if segment.hit {
                view! { <mark>{segment.text}</mark> }.into_any()
            } else {
                segment.text.into_any()
            }
        })
        .collect()
}

fn none(asked: &Asked, query: &Query) -> AnyView {
    let all = words();
    let w = all.finding;
    let clear = query.is_filtered().then(|| {
        let href = asked.with(|asked| {
            *asked = Asked { q: asked.q.clone(), ..Asked::default() };
        });
        view! {
            <p>{w.none_filtered}</p>
            <a class="btn btn-secondary" href=to(href)>{w.clear}</a>
        }
    });
    view! {
        <div class="empty">
            <Icon name="search"/>
            <h2>{fill(w.none, &[("q", &asked.q)])}</h2>
            <p>{w.none_text}</p>
            {clear}
            <a class="btn btn-secondary" href=to("/proposals/new")>{all.home.raise}</a>
        </div>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::grouped;

    #[test]
    fn thousands_are_set_apart() {
        for (n, text) in [(0, "0"), (999, "999"), (1_000, "1,000"), (12_345, "12,345")] {
            assert_eq!(grouped(n), text);
        }
    }
}
