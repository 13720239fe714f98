//! A community's settings as the committee types them: what can be taken, and what is wrong with the
//! rest.

use std::collections::{BTreeMap, BTreeSet};

use time::Date;

use crate::calendar::parse_date;
use crate::category::Category;
use crate::settings::{Accent, CommunitySettings, Moderation, TalkModeration};
use crate::text::{TextError, clean, count};

/// Characters of a community's name.
pub const NAME_MAX: usize = 30;
/// Characters of the telephone as it is shown.
pub const PHONE_MAX: usize = 40;
/// Lines of the footer.
pub const FOOTER_LINES: usize = 5;
/// Characters of each.
pub const FOOTER_MAX: usize = 60;
/// Words at which a writer is warned.
pub const WORDS_MAX: usize = 200;
/// Characters of each.
pub const WORD_MAX: usize = 20;
/// Days in each of the two lists.
pub const DAYS_MAX: usize = 60;

/// What the committee can change of its community.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changeable {
    /// 社区.
    pub name: String,
    /// Settings.
    pub settings: CommunitySettings,
}

/// The fields by name, as a browser sends them. Names are those of [`CommunitySettings`], and `name`;
/// `category` stands once for each category that is offered, `footer`, `days_off` and `days_on` hold
/// lines.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SettingsForm(BTreeMap<String, Vec<String>>);

/// What is wrong with a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SettingsProblem {
    /// Empty or too long.
    Text(TextError),
    /// Not a whole number of that range.
    Number {
        /// The least.
        min: u32,
        /// The most.
        max: u32,
    },
    /// Not one of the choices.
    Unknown,
    /// None was chosen where one is needed.
    Choose,
    /// A line that is no day as `2026-12-31`, counted from 1.
    NotADay {
        /// Which.
        line: usize,
    },
    /// A day that stands in a list, or in both lists, already.
    DayTwice {
        /// Which line, from 1.
        line: usize,
    },
    /// More lines than are kept.
    Lines {
        /// The most.
        max: usize,
    },
}

/// What a number is about: the settings page puts those of a group together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Group {
    /// Households needed to co-sign.
    Thresholds,
    /// Days until something is due.
    Clocks,
    /// How people join and leave.
    People,
    /// The forum.
    Talk,
}

/// A number among the settings.
#[derive(Debug, Clone, Copy)]
pub struct NumberField {
    /// Its name.
    pub name: &'static str,
    /// Where it belongs.
    pub group: Group,
    /// The least.
    pub min: u32,
    /// The most.
    pub max: u32,
    /// Reads it.
    pub read: fn(&CommunitySettings) -> u32,
    place: fn(&mut CommunitySettings) -> &mut u32,
}

macro_rules! numbers {
    ($($group:ident $name:ident $min:literal $max:literal),+ $(,)?) => {
        /// Every number among the settings, in the order in which it is shown.
        pub const NUMBERS: &[NumberField] = &[$(NumberField {
            name: stringify!($name),
            group: Group::$group,
            min: $min,
            max: $max,
            read: |settings| settings.$name,
            place: |settings| &mut settings.$name,
        }),+];
    };
}

numbers! {
    Thresholds threshold_entrance 1 500,
    Thresholds threshold_courtyard 1 1000,
    Thresholds threshold_community 1 3000,
    Clocks cosign_days 7 90,
    Clocks first_check_days 1 10,
    Clocks answer_days 1 20,
    Clocks session_days 7 90,
    Clocks referral_days 1 20,
    Clocks work_days 5 60,
    Clocks review_days 7 60,
    Clocks follow_up_days 1 10,
    // 居民委员会组织法 (2025 revision) Art 34: what was decided is public for at least 15 days.
    Clocks notice_days 15 90,
    Clocks question_days 1 15,
    Clocks merge_object_days 3 30,
    Clocks merge_undo_days 7 60,
    Talk turn_posts 2 20,
    Talk fold_households 2 50,
    Talk contest_households 2 50,
    Talk opinion_voices 10 1000,
    // 网络安全法 Art 23: at least six months.
    Talk removed_days 183 3650,
    People vouches_a_day 1 50,
    People kept_days 30 3650,
}

impl FromIterator<(String, String)> for SettingsForm {
    fn from_iter<I: IntoIterator<Item = (String, String)>>(fields: I) -> Self {
        let mut form = Self::default();
        for (name, value) in fields {
            form.0.entry(name).or_default().push(value);
        }
        form
    }
}

impl SettingsForm {
    /// The form that shows what is in force.
    #[must_use]
    pub fn of(now: &Changeable) -> Self {
        let settings = &now.settings;
        let numbers = NUMBERS.iter().map(|field| (field.name, (field.read)(settings).to_string()));
        let offered = Category::ALL.iter().filter(|category| settings.offers(**category));
        let ticks = [("ask_phone", settings.ask_phone), ("join_requests", settings.join_requests)];
        let texts = [
            ("name", now.name.clone()),
            ("phone", settings.phone.clone()),
            ("footer", settings.footer.join("\n")),
            ("moderation", settings.moderation.as_str().to_owned()),
            ("accent", settings.accent.as_str().to_owned()),
            ("talk_moderation", settings.talk_moderation.as_str().to_owned()),
            ("watch_words", settings.watch_words.join("\n")),
            ("days_off", settings.days_off.join("\n")),
            ("days_on", settings.days_on.join("\n")),
        ];
        texts
            .into_iter()
            .chain(numbers)
            .chain(offered.map(|category| ("category", category.as_str().to_owned())))
            .chain(ticks.into_iter().filter(|(_, on)| *on).map(|(name, _)| (name, "1".to_owned())))
            .map(|(name, value)| (name.to_owned(), value))
            .collect()
    }

    /// Every field with its values, by name.
    pub fn fields(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().flat_map(|(name, values)| {
            values.iter().map(move |value| (name.as_str(), value.as_str()))
        })
    }

    /// What was typed into a field; empty where it is missing.
    #[must_use]
    pub fn typed(&self, name: &str) -> &str {
        self.0.get(name).and_then(|values| values.first()).map_or("", String::as_str)
    }

    /// Whether a value of a field was chosen.
    #[must_use]
    pub fn chose(&self, name: &str, value: &str) -> bool {
        self.0.get(name).is_some_and(|values| values.iter().any(|one| one == value))
    }

    /// Checks every field.
    ///
    /// # Errors
    /// Each field that can't be taken, with what is wrong.
    pub fn parse(&self) -> Result<Changeable, Vec<(&'static str, SettingsProblem)>> {
        let mut problems = Vec::new();
        let mut settings = CommunitySettings::default();
        for field in NUMBERS {
            match number(self.typed(field.name)) {
                Some(number) if (field.min..=field.max).contains(&number) => {
                    *(field.place)(&mut settings) = number;
                }
                _ => {
                    let NumberField { min, max, .. } = *field;
                    problems.push((field.name, SettingsProblem::Number { min, max }));
                }
            }
        }
        let mut note = |field, problem| problems.push((field, problem));
        let name = one_line(self.typed("name"));
        match count(&name) {
            0 => note("name", SettingsProblem::Text(TextError::Empty)),
            len if len > NAME_MAX => note("name", too_long(len, NAME_MAX)),
            _ => {}
        }
        settings.phone = one_line(self.typed("phone"));
        let len = count(&settings.phone);
        if len > PHONE_MAX {
            note("phone", too_long(len, PHONE_MAX));
        }
        settings.footer = lines(self.typed("footer"));
        if settings.footer.len() > FOOTER_LINES {
            note("footer", SettingsProblem::Lines { max: FOOTER_LINES });
        } else if let Some(len) =
            settings.footer.iter().map(|line| count(line)).find(|len| *len > FOOTER_MAX)
        {
            note("footer", too_long(len, FOOTER_MAX));
        }
        match Moderation::from_name(self.typed("moderation")) {
            Some(moderation) => settings.moderation = moderation,
            None => note("moderation", SettingsProblem::Unknown),
        }
        match Accent::from_name(self.typed("accent")) {
            Some(accent) => settings.accent = accent,
            None => note("accent", SettingsProblem::Unknown),
        }
        match TalkModeration::from_name(self.typed("talk_moderation")) {
            Some(moderation) => settings.talk_moderation = moderation,
            None => note("talk_moderation", SettingsProblem::Unknown),
        }
        settings.watch_words = lines(self.typed("watch_words"));
        settings.watch_words.sort();
        settings.watch_words.dedup();
        if settings.watch_words.len() > WORDS_MAX {
            note("watch_words", SettingsProblem::Lines { max: WORDS_MAX });
        } else if let Some(len) =
            settings.watch_words.iter().map(|word| count(word)).find(|len| *len > WORD_MAX)
        {
            note("watch_words", too_long(len, WORD_MAX));
        }
        let hidden = |category: &&Category| !self.chose("category", category.as_str());
        settings.hidden_categories = Category::ALL.iter().filter(hidden).copied().collect();
        if settings.hidden_categories.len() == Category::ALL.len() {
            note("category", SettingsProblem::Choose);
        }
        let mut seen = BTreeSet::new();
        for (field, place) in
            [("days_off", &mut settings.days_off), ("days_on", &mut settings.days_on)]
        {
            match days(self.typed(field), &mut seen) {
                Ok(days) => *place = days,
                Err(problem) => note(field, problem),
            }
        }
        settings.ask_phone = self.chose("ask_phone", "1");
        settings.join_requests = self.chose("join_requests", "1");
        if problems.is_empty() { Ok(Changeable { name, settings }) } else { Err(problems) }
    }
}

const fn too_long(len: usize, max: usize) -> SettingsProblem {
    SettingsProblem::Text(TextError::TooLong { len, max })
}

fn one_line(text: &str) -> String {
    clean(text).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The lines that hold something.
fn lines(text: &str) -> Vec<String> {
    clean(text).lines().map(one_line).filter(|line| !line.is_empty()).collect()
}

/// A whole number, with the digits of a Chinese keyboard too.
fn number(text: &str) -> Option<u32> {
    plain(text).trim().parse().ok()
}

/// Full-width letters, digits and signs as plain ones.
fn plain(text: &str) -> String {
    let plain = |c: char| match u32::from(c) {
        wide @ 0xFF01..=0xFF5E => char::from_u32(wide - 0xFEE0).unwrap_or(c),
        _ => c,
    };
    text.chars().map(plain).collect()
}

/// Days, one a line, sorted; `seen` holds those of the other list too.
fn days(text: &str, seen: &mut BTreeSet<Date>) -> Result<Vec<String>, SettingsProblem> {
    let text = plain(text);
    let mut days = Vec::new();
    for (line, day) in (1..).zip(text.lines().map(str::trim)) {
        if day.is_empty() {
            continue;
        }
        let day = parse_date(day).map_err(|_| SettingsProblem::NotADay { line })?;
        if !seen.insert(day) {
            return Err(SettingsProblem::DayTwice { line });
        }
        days.push(day.to_string());
    }
    if days.len() > DAYS_MAX {
        return Err(SettingsProblem::Lines { max: DAYS_MAX });
    }
    days.sort();
    Ok(days)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> Changeable {
        let settings = CommunitySettings {
            phone: "010-0000 0000".to_owned(),
            footer: vec!["备案一".to_owned(), "备案二".to_owned()],
            hidden_categories: vec![Category::Dogs],
            days_off: vec!["2026-03-09".to_owned()],
            days_on: vec!["2026-03-14".to_owned()],
            moderation: Moderation::NewMembers,
            accent: Accent::Teal,
            talk_moderation: TalkModeration::FirstPosts,
            watch_words: vec!["傻".to_owned(), "滚".to_owned()],
            ask_phone: true,
            join_requests: false,
            ..CommunitySettings::default()
        };
        Changeable { name: "枣树湾社区".to_owned(), settings }
    }

    fn with(name: &str, value: &str) -> SettingsForm {
        let mut form = SettingsForm::of(&now());
        form.0.insert(name.to_owned(), vec![value.to_owned()]);
        form
    }

    #[test]
    fn what_is_shown_is_what_is_kept() {
        assert_eq!(SettingsForm::of(&now()).parse(), Ok(now()));
        let default = Changeable { name: "院".to_owned(), settings: CommunitySettings::default() };
        assert_eq!(SettingsForm::of(&default).parse(), Ok(default));
    }

    #[test]
    fn every_default_lies_in_its_range() {
        for field in NUMBERS {
            let default = (field.read)(&CommunitySettings::default());
            assert!((field.min..=field.max).contains(&default), "{}", field.name);
        }
    }

    #[test]
    fn every_number_is_bounded() {
        for field in NUMBERS {
            let NumberField { name, min, max, .. } = *field;
            let wrong = Err(vec![(name, SettingsProblem::Number { min, max })]);
            for typed in ["", "x", "-1", "1.5", &(min - 1).to_string(), &(max + 1).to_string()] {
                assert_eq!(with(name, typed).parse(), wrong, "{name} {typed}");
            }
            for number in [min, max] {
                let kept = with(name, &format!(" {number} ")).parse().unwrap();
                assert_eq!((field.read)(&kept.settings), number, "{name}");
            }
        }
        assert_eq!(with("cosign_days", "３０").parse().unwrap().settings.cosign_days, 30);
    }

    #[test]
    fn each_other_field_says_what_is_wrong() {
        use SettingsProblem::{DayTwice, Lines, NotADay, Text, Unknown};
        let long = |len, max| Text(TextError::TooLong { len, max });
        let many: String =
            (1..=61).map(|n| format!("2026-0{}-{:02}\n", 1 + n / 28, 1 + n % 28)).collect();
        for (field, typed, problem) in [
            ("name", " ", Text(TextError::Empty)),
            ("name", &"院".repeat(31), long(31, 30)),
            ("phone", &"1".repeat(41), long(41, 40)),
            ("footer", "a\nb\nc\nd\ne\nf", Lines { max: 5 }),
            ("footer", &format!("a\n{}", "b".repeat(61)), long(61, 60)),
            ("moderation", "never", Unknown),
            ("accent", "pink", Unknown),
            ("talk_moderation", "never", Unknown),
            ("watch_words", &"长".repeat(21), long(21, 20)),
            ("days_off", "2026-03-09\n\n3月10日", NotADay { line: 3 }),
            ("days_off", "2026-02-30", NotADay { line: 1 }),
            ("days_off", "2026-03-09\n2026-03-09", DayTwice { line: 2 }),
            ("days_on", "2026-03-09", DayTwice { line: 1 }),
            ("days_off", &many, Lines { max: 60 }),
        ] {
            assert_eq!(with(field, typed).parse(), Err(vec![(field, problem)]), "{field}: {typed}");
        }
        let none = SettingsForm(
            SettingsForm::of(&now()).0.into_iter().filter(|(name, _)| name != "category").collect(),
        );
        assert_eq!(none.parse(), Err(vec![("category", SettingsProblem::Choose)]));
    }

    #[test]
    fn days_are_sorted_and_full_width_ones_are_read() {
        let kept = with("days_off", "２０２６-12-31\r\n 2026-01-02 \n").parse().unwrap();
        assert_eq!(kept.settings.days_off, ["2026-01-02", "2026-12-31"]);
    }
}
