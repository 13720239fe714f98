//! A matter as a row of a list.

use domain::place::ScopeKind;
use domain::proposal::{State, StateName, Verdict};
use domain::time::Timestamp;
use leptos::prelude::*;
use service::views::matter_row::{Figure, MatterRow, PlaceNames};

use crate::dates;
use crate::link::to;
use crate::parts::{Icon, StateTag};
use crate::render::{cx, words};
use crate::words::terms::Term;
use crate::words::{Lang, fill};

/// A matter as a row: title, state, place and category, and the one number that matters now.
#[component]
pub fn Row(
    /// The matter.
    row: MatterRow,
    /// Level of the title's heading: 2 where the list is the page, 3 below a section's heading.
    level: u8,
) -> impl IntoView {
    let lang = words().lang;
    let link = view! { <a href=to(format!("/proposals/{}", row.number))>{row.title}</a> };
    let title = if level == 2 {
        view! { <h2 class="row-title">{link}</h2> }.into_any()
    } else {
        view! { <h3 class="row-title">{link}</h3> }.into_any()
    };
    // An archived matter that neighbours were asked about was done: that is what they look for.
    let state = match (row.state, row.figure) {
        (State::Archived, Figure::Satisfied(_)) => {
            view! { <StateTag state=StateName::Reviewed/> }.into_any()
        }
        (state, _) => view! { <Tag state=state/> }.into_any(),
    };
    let new = new_mark(row.updated_at);
    let late = row.overdue_days.map(late_number);
    let number = late.or_else(|| figure(row.figure));
    view! {
        <li class="row">
            {title}
            <p class="row-meta">
                {new}
                {state}
                {place_words(&row.place, lang)}" · "{row.category.word(lang)}
            </p>
            {number}
        </li>
    }
}

/// 新: what came after the visit before this one; never for a visitor.
#[must_use]
pub fn new_mark(at: Timestamp) -> Option<AnyView> {
    let cx = cx();
    let visit = cx.viewer.signed_in.as_ref().and_then(|me| me.visit_at)?;
    (at > visit)
        .then(|| view! { <span class="new-mark">{cx.words().finding.new_mark}</span> }.into_any())
}

/// A state's tag, with what a list says beyond the state's own word.
#[component]
pub fn Tag(
    /// Where the matter stands.
    state: State,
) -> impl IntoView {
    let w = words().proposal;
    match state {
        State::Merged { into } => {
            let text = fill(w.row_merged, &[("n", &into)]);
            view! { <span class="tag tag-soft">{text}</span> }.into_any()
        }
        State::Decided { verdict: Verdict::NotAdopted, .. } => {
            view! { <span class="tag tag-soft">{w.row_not_adopted}</span> }.into_any()
        }
        state => view! { <StateTag state=state.name()/> }.into_any(),
    }
}

/// A place in words: `北柳小区 5号楼2单元`, or `全社区` where a matter concerns all of it.
#[must_use]
pub fn place_words(place: &PlaceNames, lang: Lang) -> String {
    match (&place.scope, &place.entrance) {
        (ScopeKind::Community, _) => ScopeKind::Community.word(lang).to_owned(),
        (_, Some(entrance)) => format!("{} {entrance}", place.courtyard),
        (_, None) => place.courtyard.clone(),
    }
}

fn late_number(days: i64) -> AnyView {
    let text = fill(words().proposal.row_late, &[("n", &days)]);
    view! {
        <p class="row-number row-number-late"><Icon name="flag"/>" "{strong_number(&text)}</p>
    }
    .into_any()
}

/// The number in words; none where there is nothing to count.
fn figure(figure: Figure) -> Option<AnyView> {
    let cx = cx();
    let words = cx.words();
    let w = words.proposal;
    let text = match figure {
        Figure::Cosigns { have, needed, .. } => {
            fill(w.row_cosigns, &[("n", &std::cmp::max(i64::from(needed) - have, 0))])
        }
        Figure::Posts(n) => fill(w.row_posts, &[("n", &n)]),
        Figure::Closes(at) => {
            dates::left(at, cx.viewer.now, words.lang).unwrap_or_else(|| w.row_ended.to_owned())
        }
        Figure::WorkingDay(0) => w.row_first_day.to_owned(),
        Figure::WorkingDay(n) => fill(w.row_working_day, &[("n", &n)]),
        Figure::LooksAgain(day) => {
            let text = fill(w.row_looks_again, &[("m", &u8::from(day.month())), ("d", &day.day())]);
            return Some(view! { <p class="row-number">{text}</p> }.into_any());
        }
        Figure::Satisfied(percent) => fill(w.row_satisfied, &[("n", &percent)]),
        Figure::Households(n) => fill(w.row_households, &[("n", &n)]),
        Figure::Reasons => w.row_reasons.to_owned(),
        Figure::None => return None,
    };
    Some(view! { <p class="row-number">{strong_number(&text)}</p> }.into_any())
}

/// A text with its first number set in bold.
fn strong_number(text: &str) -> AnyView {
    let (before, number, after) = split_number(text);
    let number = (!number.is_empty()).then(|| view! { <b>{number.to_owned()}</b> });
    view! { {before.to_owned()}{number}{after.to_owned()} }.into_any()
}

/// What stands before the first number, the number with its percent sign, and the rest.
fn split_number(text: &str) -> (&str, &str, &str) {
    let in_number = |c: char| c.is_ascii_digit() || c == '%';
    let start = text.find(|c: char| c.is_ascii_digit()).unwrap_or(text.len());
    let (before, rest) = text.split_at(start);
    let end = rest.find(|c| !in_number(c)).unwrap_or(rest.len());
    let (number, after) = rest.split_at(end);
    (before, number, after)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_is_found() {
        assert_eq!(split_number("还差 3 户"), ("还差 ", "3", " 户"));
        assert_eq!(split_number("满意 91%"), ("满意 ", "91%", ""));
        assert_eq!(split_number("34 条讨论"), ("", "34", " 条讨论"));
        assert_eq!(split_number("看理由"), ("看理由", "", ""));
    }

    #[test]
    fn a_place_is_said_as_wide_as_the_matter() {
        let place = |scope, entrance: Option<&str>| PlaceNames {
            courtyard: "北柳小区".to_owned(),
            entrance: entrance.map(ToOwned::to_owned),
            scope,
        };
        for (place, words) in [
            (place(ScopeKind::Community, Some("1门")), "全社区"),
            (place(ScopeKind::Courtyard, None), "北柳小区"),
            (place(ScopeKind::Entrance, Some("1门")), "北柳小区 1门"),
        ] {
            assert_eq!(place_words(&place, Lang::Zh), words);
        }
    }
}
