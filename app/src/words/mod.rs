//! The one catalogue of interface words: zh-CN first, en second.
//!
//! A group of words is a struct with a field a word, so that a word that is missing in a language
//! doesn't compile. Words with a place for a value are templates: `{n}`, filled by [`fill`].

pub mod account;
pub mod actions;
pub mod ballot;
pub mod civil;
pub mod communities;
pub mod desk;
pub mod finding;
pub mod flash;
pub mod home;
pub mod household;
pub mod joining;
pub mod mail;
pub mod matter;
pub mod merging;
pub mod opinions;
pub mod own;
pub mod own_data;
pub mod people;
pub mod photo;
pub mod places;
pub mod privacy;
pub mod proposal;
pub mod raise;
pub mod roll;
pub mod security;
pub mod settings;
pub mod site;
pub mod slip;
pub mod summing;
pub mod talk;
pub mod terms;
pub mod text;

use account::AccountWords;
use ballot::BallotWords;
use civil::CivilWords;
use communities::CommunitiesWords;
use desk::DeskWords;
use finding::FindingWords;
use home::HomeWords;
use household::HouseholdWords;
use joining::JoiningWords;
use mail::MailWords;
use matter::MatterWords;
use merging::MergingWords;
use opinions::OpinionsWords;
use own::OwnWords;
use people::PeopleWords;
use photo::PhotoWords;
use places::PlacesWords;
use privacy::PrivacyWords;
use proposal::ProposalWords;
use raise::RaiseWords;
use roll::RollWords;
use security::SecurityWords;
use settings::SettingsWords;
use site::SiteWords;
use slip::SlipWords;
use summing::SummingWords;
use talk::TalkWords;
use text::TextWords;

/// A language of the interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub enum Lang {
    /// zh-CN.
    #[default]
    Zh,
    /// English.
    En,
}

impl Lang {
    /// The BCP 47 tag.
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Self::Zh => "zh-CN",
            Self::En => "en",
        }
    }

    /// One of the two.
    #[must_use]
    pub const fn pick(self, zh: &'static str, en: &'static str) -> &'static str {
        match self {
            Self::Zh => zh,
            Self::En => en,
        }
    }
}

/// All words in one language.
#[derive(Debug)]
pub struct Words {
    /// The language.
    pub lang: Lang,
    /// Frame of every page, errors and forms in general.
    pub site: &'static SiteWords,
    /// Signing in, and one's own page.
    pub account: &'static AccountWords,
    /// Ballots.
    pub ballot: &'static BallotWords,
    /// Keeping the talk civil.
    pub civil: &'static CivilWords,
    /// The list of communities.
    pub communities: &'static CommunitiesWords,
    /// Searching, following places, and what is new.
    pub finding: &'static FindingWords,
    /// The first page.
    pub home: &'static HomeWords,
    /// One's own household, and helping.
    pub household: &'static HouseholdWords,
    /// Joining without a slip.
    pub joining: &'static JoiningWords,
    /// Raising, listing and co-signing matters.
    pub proposal: &'static ProposalWords,
    /// Writing a matter.
    pub raise: &'static RaiseWords,
    /// The second factor, and one's devices.
    pub security: &'static SecurityWords,
    /// The community's settings.
    pub settings: &'static SettingsWords,
    /// The roll's import, and owners.
    pub roll: &'static RollWords,
    /// The committee's desk.
    pub desk: &'static DeskWords,
    /// Mails, and the page that stops them.
    pub mail: &'static MailWords,
    /// Slips.
    pub slip: &'static SlipWords,
    /// A matter's page.
    pub matter: &'static MatterWords,
    /// The talk about a matter.
    pub summing: &'static SummingWords,
    /// The talk about a matter.
    pub talk: &'static TalkWords,
    /// A matter's text and its versions.
    pub text: &'static TextWords,
    /// Merging one matter into another.
    pub merging: &'static MergingWords,
    /// Opinion groups.
    pub opinions: &'static OpinionsWords,
    /// One's own account.
    pub own: &'static OwnWords,
    /// What is kept, and consent to it.
    pub privacy: &'static PrivacyWords,
    /// Photos and plans.
    pub photo: &'static PhotoWords,
    /// People, roles, looks and the record.
    pub people: &'static PeopleWords,
    /// Places and households on the desk.
    pub places: &'static PlacesWords,
}

impl Words {
    /// The words of a language.
    #[must_use]
    pub const fn of(lang: Lang) -> &'static Self {
        match lang {
            Lang::Zh => &Self {
                lang: Lang::Zh,
                site: &SiteWords::ZH,
                account: &AccountWords::ZH,
                ballot: &BallotWords::ZH,
                civil: &CivilWords::ZH,
                communities: &CommunitiesWords::ZH,
                finding: &FindingWords::ZH,
                home: &HomeWords::ZH,
                household: &HouseholdWords::ZH,
                joining: &JoiningWords::ZH,
                proposal: &ProposalWords::ZH,
                raise: &RaiseWords::ZH,
                security: &SecurityWords::ZH,
                settings: &SettingsWords::ZH,
                roll: &RollWords::ZH,
                desk: &DeskWords::ZH,
                mail: &MailWords::ZH,
                matter: &MatterWords::ZH,
                merging: &MergingWords::ZH,
                summing: &SummingWords::ZH,
                talk: &TalkWords::ZH,
                text: &TextWords::ZH,
                opinions: &OpinionsWords::ZH,
                own: &OwnWords::ZH,
                privacy: &PrivacyWords::ZH,
                slip: &SlipWords::ZH,
                people: &PeopleWords::ZH,
                photo: &PhotoWords::ZH,
                places: &PlacesWords::ZH,
            },
            Lang::En => &Self {
                lang: Lang::En,
                site: &SiteWords::EN,
                account: &AccountWords::EN,
                ballot: &BallotWords::EN,
                civil: &CivilWords::EN,
                communities: &CommunitiesWords::EN,
                finding: &FindingWords::EN,
                home: &HomeWords::EN,
                household: &HouseholdWords::EN,
                joining: &JoiningWords::EN,
                proposal: &ProposalWords::EN,
                raise: &RaiseWords::EN,
                security: &SecurityWords::EN,
                settings: &SettingsWords::EN,
                roll: &RollWords::EN,
                desk: &DeskWords::EN,
                mail: &MailWords::EN,
                matter: &MatterWords::EN,
                merging: &MergingWords::EN,
                summing: &SummingWords::EN,
                talk: &TalkWords::EN,
                text: &TextWords::EN,
                opinions: &OpinionsWords::EN,
                own: &OwnWords::EN,
                privacy: &PrivacyWords::EN,
                slip: &SlipWords::EN,
                people: &PeopleWords::EN,
                photo: &PhotoWords::EN,
                places: &PlacesWords::EN,
            },
        }
    }
}

/// Puts values into a template's places.
#[must_use]
pub fn fill(template: &str, values: &[(&str, &dyn std::fmt::Display)]) -> String {
    let mut text = template.to_owned();
    for (name, value) in values {
        text = text.replace(&format!("{{{name}}}"), &value.to_string());
    }
    text
}

/// Declares a group of words: a struct, and its values in both languages.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($field:ident: $zh:literal / $en:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug)]
        pub struct $name {
            $(#[doc = $zh] pub $field: &'static str),+
        }

        impl $name {
            /// zh-CN.
            pub const ZH: Self = Self { $($field: $zh),+ };
            /// English.
            pub const EN: Self = Self { $($field: $en),+ };

            /// Every word as (name, zh-CN, en), for tests of the whole catalogue.
            pub const ALL: &'static [(&'static str, &'static str, &'static str)] =
                &[$((stringify!($field), $zh, $en)),+];
        }
    };
}

pub(crate) use words;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filled_by_name() {
        assert_eq!(fill("还差 {n} 户，剩 {d} 天", &[("n", &3), ("d", &"2")]), "还差 3 户，剩 2 天");
    }
}
