//! The text that people signed: which kind of version a change makes, when it may be made, and who stands
//! behind the text after it.
//!
//! A matter's text has numbers 1, 2, 3 …. A co-sign names the number that its household stands behind. It
//! counts while the matter still asks the same: from the number of the last change on ([`stands`]).

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::ids::{CourtyardId, EntranceId};
use crate::named::named_enum;
use crate::place::Scope;
use crate::proposal::StateName;

named_enum! {
    /// What a version is to the one before it.
    VersionKind {
        /// The text that was sent first.
        First = "first",
        /// Edited before anybody co-signed.
        Free = "free",
        /// 小改动: mends or explains, and asks the same.
        Correction = "correction",
        /// 改了要做的事: asks something else, so that each household is asked again.
        Change = "change",
    }
}

named_enum! {
    /// How far a version has come, where the community looks first.
    VersionState {
        /// It is, or was, the matter's text.
        Shown = "shown",
        /// The committee looks at it first.
        Waiting = "waiting",
        /// The committee didn't let it through.
        Declined = "declined",
    }
}

named_enum! {
    /// A part of a matter's text.
    Part {
        /// Title.
        Title = "title",
        /// 现状
        Situation = "situation",
        /// 建议
        Suggestion = "suggestion",
        /// Category.
        Category = "category",
        /// 小院 and 楼门.
        Place = "place",
        /// Where, in words.
        Spot = "spot",
        /// Whom it concerns.
        Scope = "scope",
    }
}

/// A matter's text, whole: what a household signs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Text {
    /// Title.
    pub title: String,
    /// 现状.
    pub situation: String,
    /// 建议.
    pub suggestion: String,
    /// A [`Category`](crate::category::Category)'s name.
    pub category: String,
    /// 小院.
    pub courtyard: CourtyardId,
    /// 楼门.
    pub entrance: Option<EntranceId>,
    /// Where, in words.
    pub spot: Option<String>,
    /// Whom it concerns.
    pub scope: Scope,
}

impl Text {
    /// The parts in which another text differs, in the order of [`Part::ALL`].
    #[must_use]
    pub fn changed(&self, other: &Self) -> Vec<Part> {
        let differs = |part: &Part| match part {
            Part::Title => self.title != other.title,
            Part::Situation => self.situation != other.situation,
            Part::Suggestion => self.suggestion != other.suggestion,
            Part::Category => self.category != other.category,
            Part::Place => (self.courtyard, self.entrance) != (other.courtyard, other.entrance),
            Part::Spot => self.spot != other.spot,
            Part::Scope => self.scope != other.scope,
        };
        Part::ALL.iter().copied().filter(differs).collect()
    }
}

/// Why an edit was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum EditRefused {
    /// The text is the same as before.
    #[error("nothing was changed")]
    Unchanged,
    /// Somebody has co-signed: whether it still asks the same has to be said.
    #[error("say whether it still asks the same")]
    Unsaid,
}

/// Why something about a matter's text can't be done as things stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum TextRefusal {
    /// The matter's text is as it is, where the matter stands.
    #[error("the text of this matter can't be changed any more")]
    Closed,
    /// The household's co-sign stands behind the text as it is: it is asked nothing.
    #[error("your household is not asked about this text")]
    NotAsked,
    /// It is no correction, or everyone was asked since.
    #[error("this is no correction that can still be contested")]
    NotOpen,
    /// The household doesn't stand behind the text from before it.
    #[error("your household does not stand behind the text from before this correction")]
    NotBehind,
    /// The household has said so already.
    #[error("your household has said so already")]
    Contested,
    /// The household has not said so.
    #[error("your household has not said so")]
    NotContested,
    /// No edit of this matter waits, or was declined.
    #[error("no edit of this text waits")]
    NothingWaits,
}

/// Which kind an edit is. Before the first co-sign it is free. After it the author says whether the same is
/// still asked; whom it concerns can't be altered without asking, for another circle then co-signs.
///
/// # Errors
/// [`EditRefused`] for one that changes nothing, or of which the author has not said which it is.
pub fn edit_kind(
    changed: &[Part],
    cosigned: bool,
    said: Option<VersionKind>,
) -> Result<VersionKind, EditRefused> {
    if changed.is_empty() {
        return Err(EditRefused::Unchanged);
    }
    if !cosigned {
        return Ok(VersionKind::Free);
    }
    match said {
        Some(VersionKind::Change) => Ok(VersionKind::Change),
        Some(VersionKind::Correction) if changed.contains(&Part::Scope) => Ok(VersionKind::Change),
        Some(VersionKind::Correction) => Ok(VersionKind::Correction),
        Some(VersionKind::First | VersionKind::Free) | None => Err(EditRefused::Unsaid),
    }
}

/// Which kind a version is that waited to be let through. Somebody may have co-signed in the meantime: what
/// was free then was never said to ask the same, so each household is asked.
#[must_use]
pub const fn shown_kind(kind: VersionKind, cosigned: bool) -> VersionKind {
    match kind {
        VersionKind::Free if cosigned => VersionKind::Change,
        kind => kind,
    }
}

/// Whether a matter's text may be edited, contested and kept in a state. A returned matter is mended and
/// sent again; with an open ballot and after the decision the text is what was voted on.
#[must_use]
pub const fn takes_edits(state: StateName) -> bool {
    matches!(
        state,
        StateName::Submitted | StateName::Cosigning | StateName::Accepted | StateName::Deliberating
    )
}

/// Since which version the same is asked, after a version of that kind.
#[must_use]
pub const fn asks_after(asks: i64, number: i64, kind: VersionKind) -> i64 {
    match kind {
        VersionKind::Change => number,
        VersionKind::First | VersionKind::Free | VersionKind::Correction => asks,
    }
}

/// Whether a co-sign counts: its household stands behind a text that asks what is asked now.
#[must_use]
pub const fn stands(cosign: i64, asks: i64) -> bool {
    cosign >= asks
}

/// Whether a version is a correction that can still be found to alter what is asked: it is shown, nobody
/// has found so, and no later change has asked everyone again.
#[must_use]
pub const fn is_open_correction(
    kind: VersionKind,
    state: VersionState,
    number: i64,
    asks: i64,
) -> bool {
    matches!((kind, state), (VersionKind::Correction, VersionState::Shown)) && number > asks
}

/// Whether a household may contest the correction `number`: it stands behind a text from before it, and
/// that text still counted.
#[must_use]
pub const fn may_contest(cosign: i64, number: i64, asks: i64) -> bool {
    stands(cosign, asks) && cosign < number
}

/// Whether so many households make a contested correction a change.
#[must_use]
pub fn contest_decides(households: u64, needed: u32) -> bool {
    households >= u64::from(needed.max(1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::CommunityId;

    fn text() -> Text {
        Text {
            title: "西门路灯坏了三盏".to_owned(),
            situation: "晚上看不清台阶。".to_owned(),
            suggestion: "换成感应灯。".to_owned(),
            category: "lighting".to_owned(),
            courtyard: CourtyardId(1),
            entrance: None,
            spot: None,
            scope: Scope::Courtyard(CourtyardId(1)),
        }
    }

    #[test]
    fn what_differs_is_named_in_order() {
        let old = text();
        let every = Text {
            title: String::new(),
            situation: String::new(),
            suggestion: String::new(),
            category: String::new(),
            courtyard: CourtyardId(2),
            entrance: Some(EntranceId(3)),
            spot: Some("西门".to_owned()),
            scope: Scope::Community(CommunityId(1)),
        };
        assert_eq!(old.changed(&every), Part::ALL);
        assert!(old.changed(&old.clone()).is_empty());
        let entrance = Text { entrance: Some(EntranceId(3)), ..old.clone() };
        assert_eq!(old.changed(&entrance), [Part::Place]);
    }

    #[test]
    fn the_kind_of_an_edit() {
        use VersionKind::{Change, Correction, First, Free};
        let words: &[Part] = &[Part::Title, Part::Suggestion];
        let scope: &[Part] = &[Part::Scope];
        for (changed, cosigned, said, expected) in [
            (words, false, None, Ok(Free)),
            (words, false, Some(Change), Ok(Free)),
            (scope, false, None, Ok(Free)),
            (words, true, None, Err(EditRefused::Unsaid)),
            (words, true, Some(First), Err(EditRefused::Unsaid)),
            (words, true, Some(Free), Err(EditRefused::Unsaid)),
            (words, true, Some(Correction), Ok(Correction)),
            (words, true, Some(Change), Ok(Change)),
            (scope, true, Some(Correction), Ok(Change)),
            (scope, true, None, Err(EditRefused::Unsaid)),
            (&[], false, None, Err(EditRefused::Unchanged)),
            (&[], true, Some(Change), Err(EditRefused::Unchanged)),
        ] {
            assert_eq!(edit_kind(changed, cosigned, said), expected, "{changed:?} {said:?}");
        }
        assert_eq!(shown_kind(Free, true), Change);
        assert_eq!(shown_kind(Free, false), Free);
        assert_eq!(shown_kind(Correction, true), Correction);
    }

    #[test]
    fn edited_until_it_is_voted_on() {
        let open: Vec<_> = StateName::ALL.iter().filter(|state| takes_edits(**state)).collect();
        assert_eq!(
            open,
            [
                &StateName::Submitted,
                &StateName::Cosigning,
                &StateName::Accepted,
                &StateName::Deliberating
            ]
        );
    }

    #[test]
    fn who_stands_behind_it() {
        use VersionKind::{Change, Correction, Free};
        assert_eq!(asks_after(1, 2, Free), 1);
        assert_eq!(asks_after(1, 2, Correction), 1);
        assert_eq!(asks_after(1, 3, Change), 3);
        assert!(stands(3, 3) && stands(4, 3) && !stands(2, 3));
    }

    #[test]
    fn who_contests_which_correction() {
        use VersionKind::{Change, Correction};
        use VersionState::{Shown, Waiting};
        assert!(is_open_correction(Correction, Shown, 2, 1));
        assert!(!is_open_correction(Correction, Shown, 2, 2), "found already");
        assert!(!is_open_correction(Correction, Shown, 2, 3), "everyone was asked since");
        assert!(!is_open_correction(Correction, Waiting, 2, 1));
        assert!(!is_open_correction(Change, Shown, 2, 1));
        assert!(may_contest(1, 2, 1));
        assert!(!may_contest(2, 2, 1), "co-signed with the correction in it");
        assert!(!may_contest(1, 3, 2), "has not answered the change before it");
        assert!(!contest_decides(2, 3) && contest_decides(3, 3) && contest_decides(1, 0));
    }
}
