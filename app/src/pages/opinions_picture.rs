//! The picture of a matter's opinions: what all groups agree on first, then what divides them, then how it is
//! computed. Numbers are people in groups; nobody is shown alone.

use leptos::prelude::*;
use service::opinion::{Counts, Picture, PictureLine};

use super::opinions::Sheet;
use crate::parts::Icon;
use crate::render::words;
use crate::words::fill;
use crate::words::opinions::group;

pub(super) fn picture(sheet: &Sheet) -> AnyView {
    let w = words().opinions;
    let view = &sheet.view;
    let inside = match &view.picture {
        Some(picture) => drawn(view.voices, picture),
        None => {
            let left = view.needed.saturating_sub(view.voices);
            let head = fill(w.under_head, &[("n", &left)]);
            let values: [(&str, &dyn std::fmt::Display); 2] =
                [("voices", &view.voices), ("needed", &view.needed)];
            view! {
                <div class="opinion-under">
                    <h3>{head.clone()}</h3>
                    <progress class="progress-bar" aria-label=head value=view.voices.to_string() max=view.needed.to_string()></progress>
                    <p>{fill(w.under_text, &values)}</p>
                </div>
            }
            .into_any()
        }
    };
    view! {
        <section class="section" aria-labelledby="picture">
            <h2 class="section-head" id="picture">{w.picture_head}</h2>
            {inside}
            {how()}
        </section>
    }
    .into_any()
}

/// What `voices` people's answers come to.
pub(super) fn drawn(voices: u32, picture: &Picture) -> AnyView {
    let all = words();
    let w = all.opinions;
    let sizes: Vec<String> = picture
        .groups
        .iter()
        .enumerate()
        .map(|(at, size)| fill(w.group_size, &[("group", &group(at, all.lang)), ("n", size)]))
        .collect();
    let several = sizes.len() > 1;
    let groups = if several {
        let list = sizes.join(all.lang.pick("、", ", "));
        fill(w.groups_many, &[("n", &sizes.len()), ("list", &list)])
    } else {
        w.groups_one.to_owned()
    };
    let weak = (several && picture.distinct < WEAK).then(|| view! { <p class="soft">{w.weak}</p> });
    let others = (picture.others > 0)
        .then(|| view! { <p class="soft">{fill(w.others, &[("n", &picture.others)])}</p> });
    let mine = picture.mine.filter(|_| several).map(|at| {
        let text = fill(w.mine, &[("group", &group(at, all.lang))]);
        view! { <p class="notice notice-info"><Icon name="person"/><span>{text}</span></p> }
    });
    let (against, agreed): (Vec<_>, Vec<_>) = picture.common.iter().partition(|line| line.against);
    let list = |lines: &[&PictureLine]| -> Vec<_> {
        lines.iter().map(|line| sentence(line, several)).collect()
    };
    let agreed = if agreed.is_empty() {
        view! { <p class="soft">{w.common_none}</p> }.into_any()
    } else {
        view! { <ol class="plain opinion-list">{list(&agreed)}</ol> }.into_any()
    };
    let against = (!against.is_empty()).then(|| {
        view! {
            <h3 class="opinion-head">{w.against_head}</h3>
            <ol class="plain opinion-list">{list(&against)}</ol>
        }
    });
    let apart: Vec<&PictureLine> = picture.apart.iter().collect();
    let apart = several.then(|| {
        let inside = if apart.is_empty() {
            view! { <p class="soft">{w.apart_none}</p> }.into_any()
        } else {
            view! { <ol class="plain opinion-list">{list(&apart)}</ol> }.into_any()
        };
        view! {
            <h3 class="opinion-head">{w.apart_head}</h3>
            {inside}
        }
    });
    let open: Vec<&PictureLine> = picture.open.iter().collect();
    let open = (!open.is_empty()).then(|| {
        view! {
            <details class="more">
                <summary>{fill(w.open_head, &[("n", &open.len())])}</summary>
                <ol class="more-body plain opinion-list">{list(&open)}</ol>
            </details>
        }
    });
    view! {
        <p>{fill(w.voices, &[("n", &voices)])}" "{groups}</p>
        {weak}
        {others}
        {mine}
        <h3 class="opinion-head">{w.common_head}</h3>
        {agreed}
        {against}
        {apart}
        {open}
    }
    .into_any()
}

/// Below this silhouette, in thousandths, the structure is weak (Kaufman, Rousseeuw 1990).
const WEAK: i64 = 500;

/// A sentence, with a bar of each group's answers.
fn sentence(line: &PictureLine, several: bool) -> impl IntoView + use<> {
    let all = words();
    let bars: Vec<_> = line
        .groups
        .iter()
        .enumerate()
        .map(|(at, counts)| {
            let name = if several { group(at, all.lang) } else { all.opinions.everyone };
            bar(name, *counts, line.against)
        })
        .collect();
    // The sentences of a file from elsewhere have numbers alone.
    let said = if line.body.is_empty() {
        fill(all.opinions.read_sentence, &[("n", &line.number)])
    } else {
        line.body.clone()
    };
    view! {
        <li class="opinion-line">
            <p class="opinion-said">{said}</p>
            {bars}
        </li>
    }
}

fn bar(name: &'static str, counts: Option<Counts>, against: bool) -> AnyView {
    let w = words().opinions;
    let Some(counts) = counts else {
        let text = fill(w.few, &[("group", &name)]);
        return view! { <p class="bar-label">{text}</p> }.into_any();
    };
    let (template, count) =
        if against { (w.line_disagree, counts.disagree) } else { (w.line_agree, counts.agree) };
    let answered = counts.answered();
    let label = fill(template, &[("group", &name), ("n", &count), ("m", &answered)]);
    let everything = fill(
        w.line_all,
        &[("agree", &counts.agree), ("disagree", &counts.disagree), ("pass", &counts.pass)],
    );
    let parts =
        [("bar-for", counts.agree), ("bar-against", counts.disagree), ("bar-abstain", counts.pass)];
    let mut before = 0;
    let parts: Vec<_> = parts
        .into_iter()
        .map(|(class, count)| {
            let (from, to) = (share(before, answered), share(before + count, answered));
            before += count;
            // Under a tenth of the bar a number would not fit; the line under it has all of them.
            let number = (to - from >= 1_000 && class != "bar-abstain").then(|| {
                view! { <text class="bar-num" x=percent(from + 150) y="19">{count}</text> }
            });
            (count > 0).then(|| {
                view! {
                    <rect class=class x=percent(from) y="0" width=percent(to - from) height="28"></rect>
                    {number}
                }
            })
        })
        .collect();
    view! {
        <div class="opinion-bar">
            <p class="bar-label"><b>{label}</b></p>
            <svg class="bar-plot opinion-plot" width="100%" height="28" aria-hidden="true">
                <rect class="bar-ground" x="0" y="0" width="100%" height="28"></rect>
                {parts}
            </svg>
            <p class="opinion-key num">{everything}</p>
        </div>
    }
    .into_any()
}

/// A share in hundredths of a percent.
fn share(count: u32, of: u32) -> u32 {
    count * 10_000 / of.max(1)
}

fn percent(hundredths: u32) -> String {
    format!("{}.{:02}%", hundredths / 100, hundredths % 100)
}

fn how() -> impl IntoView {
    let w = words().opinions;
    view! {
        <details class="more">
            <summary>{w.how_head}</summary>
            <div class="more-body prose">
                <p>{w.how_1}</p>
                <p>{w.how_2}</p>
                <p>{w.how_3}</p>
                <p>{w.how_4}</p>
            </div>
        </details>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_percents() {
        for (count, of, text) in [
            (0, 8, "0.00%"),
            (1, 8, "12.50%"),
            (1, 3, "33.33%"),
            (8, 8, "100.00%"),
            (0, 0, "0.00%"),
        ] {
            assert_eq!(percent(share(count, of)), text);
        }
    }
}
