//! Small parts of pages: icons and tags.

use domain::proposal::StateName;
use domain::stance::Stance;
use leptos::prelude::*;
use service::people::ShownName;

use crate::render::{cx, words};
use crate::words::terms::Term;

/// The name of somebody as it is shown; words for whom there is none any more.
#[must_use]
pub fn name_of(name: &ShownName) -> String {
    named(name.name().unwrap_or_default())
}

/// The same of a nickname as the roll has it, which is empty once the account is closed.
#[must_use]
pub fn named(nickname: &str) -> String {
    if nickname.is_empty() { words().own.closed_person.to_owned() } else { nickname.to_owned() }
}

/// A line icon from the sprite; always with a word beside it.
#[component]
pub fn Icon(
    /// Its name in the sprite.
    name: &'static str,
) -> impl IntoView {
    let href = format!("{}#{name}", cx().site.assets.icons);
    view! {
        <svg class="icon" width="24" height="24" aria-hidden="true">
            <use href=href></use>
        </svg>
    }
}

/// The link from a list to its next page.
#[component]
pub fn NextPage(
    /// Its address, as [`to`](crate::link::to) gives it.
    href: String,
    /// Its word.
    word: &'static str,
) -> impl IntoView {
    view! {
        <nav class="pager">
            <a class="btn btn-secondary" rel="next" href=href>{word}<Icon name="chevron"/></a>
        </nav>
    }
}

/// The colour that goes with a state's word.
#[must_use]
pub const fn state_tone(state: StateName) -> &'static str {
    match state {
        StateName::Draft
        | StateName::Withdrawn
        | StateName::Merged
        | StateName::NotAccepted
        | StateName::Suspended
        | StateName::Archived => "tag tag-soft",
        StateName::Submitted | StateName::Returned | StateName::Cosigning | StateName::Accepted => {
            "tag tag-amber"
        }
        StateName::Deliberating | StateName::Decided | StateName::InProgress => "tag tag-sky",
        StateName::Balloting => "tag tag-accent",
        StateName::Completed | StateName::Reviewed => "tag tag-pine",
    }
}

/// A state's tag.
#[component]
pub fn StateTag(
    /// The state.
    state: StateName,
) -> impl IntoView {
    view! { <span class=state_tone(state)>{state.word(words().lang)}</span> }
}

/// Class and icon of a stance.
#[must_use]
pub const fn stance_look(stance: Stance) -> (&'static str, &'static str) {
    match stance {
        Stance::For => ("stance stance-for", "check"),
        Stance::Against => ("stance stance-against", "cross"),
        Stance::Question => ("stance stance-ask", "question"),
        Stance::Addition => ("stance stance-add", "add"),
    }
}

/// A stance with its mark and word.
#[component]
pub fn StanceMark(
    /// The stance.
    stance: Stance,
) -> impl IntoView {
    let (class, icon) = stance_look(stance);
    view! { <span class=class><Icon name=icon/>{stance.word(words().lang)}</span> }
}

/// A title that somebody typed, each clause kept on a line of its own where it doesn't fit beside the
/// last: Chinese has no spaces to break at, and a line may else end inside a word.
#[component]
pub fn Title(
    /// The title.
    text: String,
) -> impl IntoView {
    let clauses: Vec<_> = text.split_inclusive(CLAUSE_ENDS).map(ToOwned::to_owned).collect();
    if clauses.len() < 2 {
        return view! { {text} }.into_any();
    }
    clauses
        .into_iter()
        .map(|clause| view! { <span class="clause">{clause}</span> })
        .collect_view()
        .into_any()
}

/// Marks that end a clause.
const CLAUSE_ENDS: [char; 7] = ['，', '。', '！', '？', '：', '；', '、'];

/// A text of several lines as paragraphs.
#[component]
pub fn Prose(
    /// The text.
    text: String,
) -> impl IntoView {
    let lines: Vec<_> = text
        .split('\n')
        .filter(|line| !line.trim().is_empty())
        .map(|line| view! { <p>{line.to_owned()}</p> })
        .collect();
    view! { <div class="prose">{lines}</div> }
}
