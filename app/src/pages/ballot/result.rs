//! The result: the sentence first, then bars with the numbers in them and marks where enough begins, then the rule,
//! then everything that one needs to count it again.

use domain::ballot::{BallotKind, Effect, Majority, Quorum, Test};
use leptos::prelude::*;
use service::ballot::Tally;
use service::views::ballots::BallotPage;

use super::rule::{amount, majority, needed, public_notice, quorum, source, unit, who};
use super::{Found, choice_word};
use crate::dates::Moment;
use crate::link::to;
use crate::parts::Icon;
use crate::render::{cx, words};
use crate::words::ballot::BallotWords;
use crate::words::fill;

/// The page of a counted ballot.
pub(super) fn result(
    ballot: BallotPage,
    tally: Tally,
    asked: Option<(Found, String)>,
) -> impl IntoView {
    let w = words().ballot;
    let effect = ballot.kind.rule().effect;
    let note = match effect {
        Effect::Intent => Some((w.intent_note, None)),
        Effect::Advisory => Some((w.advisory_note, Some(ballot.matter))),
        Effect::Binding if !tally.outcome.valid => Some((w.invalid_note, Some(ballot.matter))),
        Effect::Binding => None,
    };
    let note = note.map(|(text, matter)| {
        let link =
            matter.map(|number| view! { <a href=to(format!("/proposals/{number}"))>{w.go_on}</a> });
        view! { <p class="notice notice-info"><Icon name="info"/><span>{text}" "{link}</span></p> }
    });
    view! {
        {sentence(ballot.kind, &tally, w)}
        <Bars kind=ballot.kind members=ballot.electors tally=tally.clone()/>
        {note}
        <ResultRules ballot=ballot.clone() tally=tally.clone()/>
        <Recount ballot=ballot tally=tally asked=asked/>
    }
}

fn sentence(kind: BallotKind, tally: &Tally, w: &'static BallotWords) -> impl IntoView + use<> {
    let (yes, no) = (tally.counts.yes, tally.counts.no);
    let advisory = kind.rule().effect == Effect::Advisory;
    let outcome = tally.outcome;
    let (class, icon, text) = if advisory && outcome.participated == 0 {
        ("result-sentence result-fail", "pause", w.nobody)
    } else if advisory {
        match yes.cmp(&no) {
            std::cmp::Ordering::Greater => ("result-sentence result-pass", "check", w.more_yes),
            std::cmp::Ordering::Less => ("result-sentence result-fail", "cross", w.more_no),
            std::cmp::Ordering::Equal => ("result-sentence result-fail", "pause", w.even),
        }
    } else if !outcome.valid {
        ("result-sentence result-fail", "pause", w.invalid)
    } else if outcome.passed {
        ("result-sentence result-pass", "check", w.passed)
    } else {
        ("result-sentence result-fail", "cross", w.rejected)
    };
    let (u, part) = (unit(kind, w), amount(outcome.participated));
    let small = if outcome.valid {
        fill(w.passed_small, &[("part", &part), ("u", &u), ("yes", &amount(yes))])
    } else {
        let quorum = amount(outcome.quorum);
        fill(w.invalid_small, &[("quorum", &quorum), ("part", &part), ("u", &u)])
    };
    view! { <p class=class><Icon name=icon/>{text}<small>{small}</small></p> }
}

/// A share in hundredths of a per cent, rounded down: integers only.
fn share(part: u64, whole: u64) -> u128 {
    if whole == 0 { 0 } else { u128::from(part) * 10_000 / u128::from(whole) }
}

/// Hundredths of a per cent as an attribute: `46.50%`.
fn percent(hundredths: u128) -> String {
    format!("{}.{:02}%", hundredths / 100, hundredths % 100)
}

/// A part of a bar: where it begins and ends, its look, and the number in it.
struct Part {
    class: &'static str,
    from: u128,
    to: u128,
    label: String,
}

/// A mark where enough begins.
struct Tick {
    at: u128,
    label: String,
}

fn plot(alt: String, parts: Vec<Part>, tick: Option<Tick>) -> impl IntoView {
    let parts: Vec<_> = parts
        .into_iter()
        .filter(|part| part.to > part.from)
        .map(|part| {
            let width = part.to - part.from;
            // Under a tenth of the bar the number would not fit; the key has it.
            let number = (width >= 1_000).then(|| {
                view! { <text class="bar-num" x=percent(part.from + 150) y="24">{part.label}</text> }
            });
            view! {
                <rect class=part.class x=percent(part.from) y="0" width=percent(width) height="36"></rect>
                {number}
            }
        })
        .collect();
    let tick = tick.map(|tick| {
        let anchor = match tick.at {
            6_000.. => "end",
            1_500.. => "middle",
            _ => "start",
        };
        let x = percent(tick.at);
        view! {
            <line class="bar-tick" x1=x.clone() x2=x.clone() y1="-4" y2="42"></line>
            <text class="bar-tick-label" x=x y="60" text-anchor=anchor>{tick.label}</text>
        }
    });
    view! {
        <svg class="bar-plot" width="100%" height="64" role="img" aria-label=alt>
            <rect class="bar-ground" x="0" y="0" width="100%" height="36"></rect>
            {parts}
            {tick}
        </svg>
    }
}

#[component]
fn Bars(kind: BallotKind, members: u64, tally: Tally) -> impl IntoView {
    let w = words().ballot;
    let u = unit(kind, w);
    let part = tally.outcome.participated;
    view! {
        <div class="bars">
            <div class="bar">
                <p class="bar-label">
                    <span><b>{w.bar_part}</b></span>
                    <span class="num">{format!("{} / {} {u}", amount(part), amount(members))}</span>
                </p>
                {turnout(kind, members, &tally, w)}
            </div>
            <div class="bar">
                <p class="bar-label">
                    <span><b>{fill(w.bar_choices, &[("u", &u)])}</b></span>
                    <span class="num">{format!("{} {u}", amount(part))}</span>
                </p>
                {choices(kind, &tally, w)}
                <ul class="bar-key">
                    {key("stance-for", "check", w.yes, tally.counts.yes, u)}
                    {key("stance-against", "cross", w.no, tally.counts.no, u)}
                    {key("soft", "pause", w.abstain, tally.counts.abstain, u)}
                </ul>
            </div>
        </div>
    }
}

fn key(
    class: &'static str,
    icon: &'static str,
    word: &'static str,
    count: u64,
    u: &'static str,
) -> impl IntoView {
    view! { <li class=class><Icon name=icon/><span>{word}" "<b class="num">{amount(count)}</b>" "{u}</span></li> }
}

fn turnout(
    kind: BallotKind,
    members: u64,
    tally: &Tally,
    w: &'static BallotWords,
) -> impl IntoView + use<> {
    let u = unit(kind, w);
    let (part, least) = (tally.outcome.participated, tally.outcome.quorum);
    let template = match kind.rule().test {
        Test::Heads { quorum: Quorum::MoreThanHalf, .. } => Some(w.tick_half),
        Test::Heads { quorum: Quorum::AtLeastTwoThirds, .. } => Some(w.tick_two_thirds),
        Test::Heads { quorum: Quorum::All, .. } => Some(w.tick_all),
        _ => None,
    };
    let tick = template.map(|template| Tick {
        at: share(least, members),
        label: fill(template, &[("n", &amount(least)), ("u", &u)]),
    });
    let alt = if tick.is_some() { w.bar_part_alt } else { w.bar_part_alt_any };
    let alt = fill(
        alt,
        &[
            ("all", &amount(members)),
            ("part", &amount(part)),
            ("quorum", &amount(least)),
            ("u", &u),
        ],
    );
    let shown = Part {
        class: "bar-part",
        from: 0,
        to: share(part, members),
        label: format!("{} {u}", amount(part)),
    };
    plot(alt, vec![shown], tick)
}

fn choices(kind: BallotKind, tally: &Tally, w: &'static BallotWords) -> impl IntoView + use<> {
    let u = unit(kind, w);
    let counts = &tally.counts;
    let whole = tally.outcome.participated;
    let mut counted = 0;
    let parts =
        [("bar-for", counts.yes), ("bar-against", counts.no), ("bar-abstain", counts.abstain)].map(
            |(class, count)| {
                let from = share(counted, whole);
                counted += count;
                Part { class, from, to: share(counted, whole), label: amount(count) }
            },
        );
    let rule = match kind.rule().test {
        Test::Heads { majority, .. } => Some(majority),
        _ => None,
    };
    let need = rule.and_then(|majority| needed(majority, whole)).filter(|_| whole > 0);
    let mark = match rule {
        Some(Majority::MoreThanHalf) => Some((5_000, w.tick_half)),
        Some(Majority::AtLeastThreeQuarters) => Some((7_500, w.tick_three_quarters)),
        Some(Majority::All) => Some((10_000, w.tick_all)),
        _ => None,
    };
    let tick = mark.zip(need).map(|((at, template), need)| Tick {
        at,
        label: fill(template, &[("n", &amount(need)), ("u", &u)]),
    });
    let alt = if tick.is_some() { w.bar_choices_alt } else { w.bar_choices_alt_any };
    let alt = fill(
        alt,
        &[
            ("yes", &amount(counts.yes)),
            ("no", &amount(counts.no)),
            ("abstain", &amount(counts.abstain)),
            ("need", &need.map(amount).unwrap_or_default()),
            ("u", &u),
        ],
    );
    plot(alt, Vec::from(parts), tick)
}

#[component]
fn ResultRules(ballot: BallotPage, tally: Tally) -> impl IntoView {
    let words = words();
    let w = words.ballot;
    let kind = ballot.kind;
    let outcome = tally.outcome;
    let rule = match kind.rule().test {
        Test::Heads { majority, .. } => Some(majority),
        _ => None,
    };
    let need = rule
        .and_then(|rule| needed(rule, outcome.participated))
        .map(|need| fill(w.majority_needs, &[("n", &amount(need)), ("u", &unit(kind, w))]));
    // A poll decides nothing, so nothing is enough or short.
    let binding = kind.rule().effect != Effect::Advisory;
    let comma = words.lang.pick("，", ", ");
    let judged = move |enough| binding.then(|| view! { {comma} {verdict(enough, w)} });
    let agreed = rule
        .is_some_and(|rule| rule.reached(tally.counts.yes, tally.counts.no, outcome.participated));
    view! {
        <section class="section" aria-labelledby="rule">
            <h2 id="rule" class="section-head">{w.rules_head_result}</h2>
            <dl class="kv">
                <dt>{w.opened}</dt>
                <dd><Moment at=ballot.opens_at/></dd>
                <dt>{w.closes}</dt>
                <dd><Moment at=ballot.closes_at/></dd>
                <dt>{w.who}</dt>
                <dd>{who(&ballot, w)}</dd>
                <dt>{w.valid_when}</dt>
                <dd>{quorum(kind, ballot.electors, w)} {judged(outcome.valid)}</dd>
                <dt>{w.passes_when}</dt>
                <dd>
                    {majority(kind, w)} {need} {outcome.valid.then(|| judged(agreed))}
                </dd>
                <dt>{w.source}</dt>
                <dd>{source(kind, words.lang)}</dd>
                {public_notice(&ballot)}
            </dl>
        </section>
    }
}

fn verdict(enough: bool, w: &'static BallotWords) -> impl IntoView {
    view! { <strong>{if enough { w.enough } else { w.short }}</strong> }
}

/// Everything that one needs to count again.
#[component]
fn Recount(ballot: BallotPage, tally: Tally, asked: Option<(Found, String)>) -> impl IntoView {
    let cx = cx();
    let w = cx.words().ballot;
    let file = to(format!("/ballots/{}/result.json", ballot.number));
    let command = format!("xiaoyuan verify result-{}.json", ballot.number);
    let (found, typed) = asked.unzip();
    let answer = found.map(|found| answer(&found, w));
    view! {
        <section class="section" aria-labelledby="recount">
            <h2 id="recount" class="section-head">{w.recount_head}</h2>
            <div class="prose"><p>{w.recount_text}</p></div>
            {answer}
            <form method="get" class="section" action=to(format!("/ballots/{}#recount", ballot.number))>
                <label class="field-label" for="tracker">{w.tracker}</label>
                <div class="search">
                    <input
                        class="input code"
                        id="tracker"
                        name="tracker"
                        value=typed.unwrap_or_default()
                        placeholder="3f2a-91bc-…"
                        autocomplete="off"
                        autocapitalize="off"
                        spellcheck="false"
                    />
                    <button class="btn btn-secondary">{w.find}</button>
                </div>
            </form>
            <div class="btn-row">
                <a class="btn btn-secondary" href=file download=format!("result-{}.json", ballot.number)>
                    {w.download}
                </a>
            </div>
            <details class="more">
                <summary>{w.how}</summary>
                <div class="more-body prose">
                    <p>{w.how_text}</p>
                    <p class="code">{command}</p>
                    <p>{w.how_paper}</p>
                </div>
            </details>
            <dl class="kv small section">
                <dt>{w.root}</dt>
                <dd class="code">{tally.root.to_string()}</dd>
                <dt>{w.audit_head}</dt>
                <dd class="code">{tally.audit_head.to_string()}</dd>
                <dt>{w.electorate}</dt>
                <dd class="code">{ballot.electorate_digest}</dd>
            </dl>
        </section>
    }
}

fn answer(found: &Found, w: &'static BallotWords) -> impl IntoView + use<> {
    let (class, icon, text) = match found {
        Found::Paper(choice) => {
            ("notice notice-ok", "check", fill(w.found, &[("choice", &choice_word(choice, w))]))
        }
        Found::NoPaper => ("notice notice-warn", "flag", w.not_found.to_owned()),
        Found::NotATracker => ("notice notice-warn", "info", w.not_a_tracker.to_owned()),
    };
    view! { <p class=class role="status"><Icon name=icon/><span>{text}</span></p> }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_fill_the_bar_without_gaps() {
        for (part, whole, text) in [
            (0, 0, "0.00%"),
            (598, 1_286, "46.50%"),
            (644, 1_286, "50.07%"),
            (31, 38, "81.57%"),
            (38, 38, "100.00%"),
            (u64::MAX, u64::MAX, "100.00%"),
        ] {
            assert_eq!(percent(share(part, whole)), text);
        }
    }
}
