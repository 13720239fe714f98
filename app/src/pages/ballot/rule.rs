//! A ballot's rule in words: who votes, when it is valid, when it passes, and where that is written.

use domain::ballot::{BallotKind, Effect, Majority, Quorum, Test};
use leptos::prelude::*;
use service::ballot::Voters;
use service::views::ballots::{BallotPage, Stage};

use crate::dates::{Day, Moment};
use crate::render::cx;
use crate::words::ballot::BallotWords;
use crate::words::{Lang, fill};

/// 户 or 人: what is counted.
pub(in crate::pages) fn unit(kind: BallotKind, w: &BallotWords) -> &'static str {
    match Voters::of(kind) {
        Some(Voters::Households) => w.unit_household,
        _ => w.unit_person,
    }
}

/// A number with a comma between the thousands.
pub(in crate::pages) fn amount(n: u64) -> String {
    let digits = n.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Who votes, how many they are.
pub(super) fn who(ballot: &BallotPage, w: &BallotWords) -> String {
    let template = match Voters::of(ballot.kind) {
        Some(Voters::Households) => w.who_households,
        Some(Voters::People) => w.who_people,
        Some(Voters::Council) => w.who_council,
        None => w.who_other,
    };
    let place = ballot.place.as_deref().unwrap_or(w.whole);
    fill(template, &[("place", &place), ("n", &amount(ballot.electors))])
}

/// When enough take part.
pub(super) fn quorum(kind: BallotKind, members: u64, w: &BallotWords) -> String {
    let quorum = match kind.rule().test {
        Test::Heads { quorum, .. } => quorum,
        Test::HeadsAndArea { .. } => return w.by_area.to_owned(),
        Test::Approvals => return w.quorum_none.to_owned(),
    };
    let template = match quorum {
        Quorum::None => w.quorum_none,
        Quorum::MoreThanHalf => w.quorum_half,
        Quorum::AtLeastTwoThirds => w.quorum_two_thirds,
        Quorum::All => w.quorum_all,
    };
    fill(template, &[("u", &unit(kind, w)), ("n", &amount(quorum.smallest(members)))])
}

/// When enough agree.
pub(super) fn majority(kind: BallotKind, w: &BallotWords) -> String {
    let template = match kind.rule().test {
        Test::Heads { majority, .. } => majority_template(majority, w),
        Test::HeadsAndArea { .. } => w.by_area,
        Test::Approvals => w.by_approvals,
    };
    fill(template, &[("u", &unit(kind, w))])
}

fn majority_template(majority: Majority, w: &BallotWords) -> &'static str {
    match majority {
        Majority::MoreYesThanNo => w.majority_more,
        Majority::MoreThanHalf => w.majority_half,
        Majority::AtLeastThreeQuarters => w.majority_three_quarters,
        Majority::All => w.majority_all,
    }
}

/// The least number of votes for that passes when `participated` took part; none where it hangs on the votes against.
pub(super) fn needed(majority: Majority, participated: u64) -> Option<u64> {
    match majority {
        Majority::MoreYesThanNo => None,
        Majority::MoreThanHalf => Some(participated / 2 + 1),
        Majority::AtLeastThreeQuarters => Some((participated - participated / 4).max(1)),
        Majority::All => Some(participated.max(1)),
    }
}

/// The article.
pub(super) fn source(kind: BallotKind, lang: Lang) -> &'static str {
    let source = kind.rule().source;
    match lang {
        Lang::Zh => source.zh(),
        Lang::En => source.en(),
    }
}

/// The rules of a ballot that isn't counted.
pub(super) fn rules(ballot: &BallotPage) -> impl IntoView + use<> {
    let cx = cx();
    let words = cx.words();
    let w = words.ballot;
    let effect = match ballot.kind.rule().effect {
        Effect::Binding => None,
        Effect::Intent => Some(w.intent_note),
        Effect::Advisory => Some(w.source_straw),
    };
    let opened = (ballot.stage != Stage::Open)
        .then(|| view! { <dt>{w.opened}</dt><dd><Moment at=ballot.opens_at/></dd> });
    view! {
        <section class="section" aria-labelledby="rule">
            <h2 id="rule" class="section-head">{w.rules_head}</h2>
            <dl class="kv">
                {opened}
                <dt>{w.closes}</dt>
                <dd><Moment at=ballot.closes_at/></dd>
                <dt>{w.who}</dt>
                <dd>{who(ballot, w)}</dd>
                <dt>{w.valid_when}</dt>
                <dd>{quorum(ballot.kind, ballot.electors, w)}</dd>
                <dt>{w.passes_when}</dt>
                <dd>{majority(ballot.kind, w)}</dd>
                <dt>{w.source}</dt>
                <dd>{source(ballot.kind, words.lang)}</dd>
                {effect.map(|effect| view! { <dt>{w.effect}</dt><dd>{effect}</dd> })}
            </dl>
        </section>
    }
}

/// First and last day on which a result hangs on the board (居民委员会组织法 Art 34: at least 15 days).
pub(super) fn public_notice(ballot: &BallotPage) -> impl IntoView + use<> {
    let cx = cx();
    let w = cx.words().ballot;
    let days = i64::from(cx.viewer.community.settings.notice_days);
    let binding = ballot.kind.rule().effect == Effect::Binding;
    let (from, to) = (ballot.closes_at, ballot.closes_at.plus_days(days));
    binding.then(|| {
        view! {
            <dt>{w.public_until}</dt>
            <dd><Day at=from/> " — " <Day at=to/></dd>
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_set_apart() {
        for (n, text) in [
            (0, "0"),
            (7, "7"),
            (999, "999"),
            (1_000, "1,000"),
            (1_286, "1,286"),
            (50_000, "50,000"),
            (1_234_567, "1,234,567"),
        ] {
            assert_eq!(amount(n), text);
        }
    }

    #[test]
    fn what_is_said_to_suffice_is_what_the_rule_takes() {
        use Majority::{All, AtLeastThreeQuarters, MoreThanHalf};
        for majority in [MoreThanHalf, AtLeastThreeQuarters, All] {
            for participated in 1..200 {
                let need = needed(majority, participated).unwrap();
                assert!(majority.reached(need, 0, participated), "{majority:?} {participated}");
                assert!(
                    !majority.reached(need - 1, 0, participated),
                    "{majority:?} {participated}"
                );
            }
        }
    }
}
