//! Matters like the one that is being written: shown before it is sent, and never in its way.
#![allow(unreachable_pub, reason = "what `#[component]` writes is public in a private module")]

use domain::category::Category;
use domain::ids::CourtyardId;
use domain::proposal::StateName;
use islands::{SIMILAR_MAX, SimilarLine, SimilarWords};
use leptos::prelude::*;
use service::Hall;
use service::proposal::ProposalForm;
use service::search::{SimilarMatter, SimilarTo, similar};

use crate::link::{to, with};
use crate::matter_row::place_words;
use crate::render::words;
use crate::viewer::Viewer;
use crate::words::terms::Term;

/// From this score on, of [`domain::similarity`], two matters are the same to anybody who reads their titles.
const THE_SAME: i64 = 500;

/// What the similar matters are looked for by.
fn asked(form: &ProposalForm) -> SimilarTo {
    SimilarTo {
        title: form.title.clone(),
        text: [form.situation.as_str(), &form.suggestion].join("\n"),
        category: Category::from_name(&form.category),
        courtyard: form.courtyard_id.parse().ok().map(CourtyardId),
    }
}

/// Matters like it, the most similar first. A search that fails is no reason to lose what was typed.
pub(super) async fn found(hall: &Hall, viewer: &Viewer, form: &ProposalForm) -> Vec<SimilarLine> {
    let found = similar(hall, viewer.community.id, &asked(form)).await.unwrap_or_default();
    lines(viewer, found)
}

/// Matters that are the same to all appearance, still open, and not among those that the writer has `seen`.
pub(super) async fn unseen(
    hall: &Hall,
    viewer: &Viewer,
    form: &ProposalForm,
    seen: &str,
) -> Vec<SimilarLine> {
    let seen: Vec<i64> = seen.split(',').filter_map(|number| number.parse().ok()).collect();
    let mut found = similar(hall, viewer.community.id, &asked(form)).await.unwrap_or_default();
    found.retain(|it| it.score >= THE_SAME && is_open(it.state) && !seen.contains(&it.number));
    lines(viewer, found)
}

/// Whether something is still to come of it.
const fn is_open(state: StateName) -> bool {
    matches!(
        state,
        StateName::Cosigning
            | StateName::Accepted
            | StateName::Deliberating
            | StateName::Balloting
            | StateName::Decided
            | StateName::InProgress
            | StateName::Suspended
    )
}

fn lines(viewer: &Viewer, found: Vec<SimilarMatter>) -> Vec<SimilarLine> {
    let lang = viewer.words().lang;
    let line = |it: SimilarMatter| SimilarLine {
        number: u32::try_from(it.number).unwrap_or(0),
        title: it.title,
        state: it.state.word(lang).to_owned(),
        place: place_words(&it.place, lang),
        url: with(&viewer.community.prefix, &format!("/proposals/{}", it.number)),
        cosign: it.state == StateName::Cosigning,
    };
    found.into_iter().take(SIMILAR_MAX).map(line).collect()
}

/// The numbers of those that were shown, with the ones before.
pub(super) fn with_seen(seen: &str, lines: &[SimilarLine]) -> String {
    let shown = lines.iter().map(|line| line.number.to_string());
    let before = seen.split(',').filter(|it| !it.is_empty()).map(ToOwned::to_owned);
    before.chain(shown).collect::<Vec<_>>().join(",")
}

/// The island that shows them while the title is being written. `looked`: whether they were asked for, so that
/// finding none is said as well.
#[component]
pub(super) fn WhileTyping(lines: Vec<SimilarLine>, looked: bool) -> impl IntoView {
    let w = words().raise;
    let own = |text: &str| text.to_owned();
    let words = SimilarWords {
        title: own(w.similar_title),
        lead: own(w.similar_lead),
        number: own(w.similar_number),
        cosign: own(w.similar_cosign),
        open: own(w.similar_open),
        none: own(if looked { w.similar_none } else { "" }),
    };
    let address = to("/proposals/similar");
    view! { <islands::Similar address=address found=lines words=words/> }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_seen_adds_up() {
        let line = |number| SimilarLine {
            number,
            title: String::new(),
            state: String::new(),
            place: String::new(),
            url: String::new(),
            cosign: false,
        };
        assert_eq!(with_seen("", &[line(4), line(9)]), "4,9");
        assert_eq!(with_seen(",3", &[line(4)]), "3,4");
        assert_eq!(with_seen("3", &[]), "3");
    }

    #[test]
    fn what_is_over_is_no_reason_to_ask() {
        for (state, open) in [
            (StateName::Cosigning, true),
            (StateName::Suspended, true),
            (StateName::Merged, false),
            (StateName::Archived, false),
            (StateName::Withdrawn, false),
        ] {
            assert_eq!(is_open(state), open, "{state:?}");
        }
    }
}
