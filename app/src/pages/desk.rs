//! `/desk`: what is due, what waits for whom, and how the year went.

use axum::Router;
use axum::extract::{Query, State};
use axum::response::Response;
use axum::routing::get;
use domain::permission::{Action, Target, permit};
use domain::proposal::{State as Stands, Verdict};
use domain::time::{DAY_MS, Timestamp};
use leptos::prelude::*;
use serde::Deserialize;
use service::views::desk::{
    CalendarYear, DeskQuestion, DeskRow, DeskView, Known, Pile, YearSum, desk, desk_permit,
};

use crate::dates::Day;
use crate::fail::Fail;
use crate::link::to;
use crate::parts::{Icon, NextPage, StateTag};
use crate::render::{cx, words};
use crate::shell::{Meta, Tab, page};
use crate::state::App;
use crate::viewer::Viewer;
use crate::words::terms::Term;
use crate::words::{Words, desk::DeskWords, fill};

/// The addresses.
pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/desk", get(show))
        .merge(super::desk_matter::routes())
        .merge(super::desk_mail::routes())
}

/// The gate of every act: for those who don't see the desk it isn't there, for those who only read
/// it the act is forbidden.
pub(super) fn gate(viewer: &Viewer, action: Action) -> Result<&domain::role::Actor, Fail> {
    let actor = desk_permit(viewer.actor())?;
    permit(Some(actor), action, &Target::community(actor.community))?;
    Ok(actor)
}

/// Whether who looks may act, or only read.
pub(super) fn acts(viewer: &Viewer) -> bool {
    gate(viewer, Action::WorkManage).is_ok()
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    pile: String,
    after: Option<String>,
}

async fn show(
    State(app): State<App>,
    viewer: Viewer,
    Query(asked): Query<Asked>,
) -> Result<Response, Fail> {
    let pile = Pile::from_name(&asked.pile).unwrap_or_default();
    let view = desk(&app.hall, viewer.actor(), pile, asked.after.as_deref()).await?;
    let meta =
        Meta { title: viewer.words().desk.title.to_owned(), tab: Tab::Desk, ..Meta::default() };
    let reads_only = !acts(&viewer);
    Ok(page(&app, &viewer, meta, move || body(view, reads_only)))
}

fn body(view: DeskView, reads_only: bool) -> impl IntoView {
    let w = words().desk;
    let (today, late) = (view.count(Pile::Today), view.count(Pile::Overdue));
    let lead = if today + late == 0 {
        w.lead_clear.to_owned()
    } else {
        fill(w.lead, &[("today", &today), ("late", &late)])
    };
    let calendar: Vec<_> = view.calendar.into_iter().map(calendar_notice).collect();
    let (year, next, pile) = (view.year, view.next.clone(), view.pile);
    let chips = chips(&view);
    let questions = questions(&view.questions);
    view! {
        {crate::desk_nav::nav("matters")}
        <div class="page-head"><h1>{w.title}</h1><p class="page-lead">{lead}</p></div>
        {calendar}
        {reads_only.then(read_only)}
        {questions}
        {chips}
        {table(view.rows)}
        {next.map(|after| view! {
            <NextPage href=to(format!("/desk?pile={}&after={after}", pile.as_str())) word=w.next_page/>
        })}
        {year_sum(year)}
    }
}

/// Questions to the committee that wait for its answer.
fn questions(questions: &[DeskQuestion]) -> Option<AnyView> {
    let w = words().talk;
    let each = |it: &DeskQuestion| {
        let late = it
            .late
            .then(|| view! { <span class="late"><Icon name="flag"/>{w.desk_late}</span>" " });
        let href = format!("/proposals/{}/posts/{}?reply={}#reply", it.number, it.post, it.post);
        view! {
            <li class="row">
                <h3 class="row-title"><a href=to(href)>{it.title.clone()}</a></h3>
                <p class="row-meta">{late}{w.desk_due}" "<Day at=it.due/>" · "{w.desk_go}</p>
            </li>
        }
    };
    (!questions.is_empty()).then(|| {
        let rows: Vec<_> = questions.iter().map(each).collect();
        view! {
            <section class="section" aria-labelledby="questions">
                <h2 id="questions">{w.desk_title}</h2>
                <ul class="row-list">{rows}</ul>
            </section>
        }
        .into_any()
    })
}

/// Says that who looks can't act here.
pub(super) fn read_only() -> impl IntoView {
    let w = words().desk;
    view! { <p class="notice notice-info"><Icon name="info"/><span>{w.read_only}</span></p> }
}

/// Says loudly what the calendar doesn't know.
fn calendar_notice(known: CalendarYear) -> Option<impl IntoView> {
    let w = words().desk;
    let (class, head, text) = match known.known {
        Known::Yes => return None,
        Known::Missing => ("notice notice-warn", w.calendar_missing, w.calendar_missing_text),
        Known::Provisional => {
            ("notice notice-warn", w.calendar_provisional, w.calendar_provisional_text)
        }
    };
    let head = fill(head, &[("year", &known.year)]);
    Some(view! {
        <p class=class role="alert"><Icon name="clock"/><span><strong>{head}</strong>" "{text}</span></p>
    })
}

const fn pile_word(pile: Pile, w: &DeskWords) -> &'static str {
    match pile {
        Pile::Todo => w.pile_todo,
        Pile::Overdue => w.pile_overdue,
        Pile::Today => w.pile_today,
        Pile::Others => w.pile_others,
        Pile::OnHold => w.pile_on_hold,
        Pile::New => w.pile_new,
    }
}

fn chips(view: &DeskView) -> impl IntoView + use<> {
    let w = words().desk;
    let chips: Vec<_> = Pile::ALL
        .iter()
        .map(|pile| {
            let here = (*pile == view.pile).then_some("page");
            let text = format!("{} {}", pile_word(*pile, w), view.count(*pile));
            let href = to(format!("/desk?pile={}", pile.as_str()));
            view! { <a class="chip" href=href aria-current=here>{text}</a> }
        })
        .collect();
    let mail = format!("{} {}", w.pile_mail, view.dead_mails);
    view! {
        <nav class="chips" aria-label=w.piles>
            {chips}
            <a class="chip" href=to("/desk/mail")>{mail}</a>
        </nav>
    }
}

fn table(rows: Vec<DeskRow>) -> impl IntoView {
    let w = words().desk;
    if rows.is_empty() {
        return view! {
            <div class="empty">
                <Icon name="check"/>
                <h2>{w.empty_title}</h2>
                <p>{w.empty_text}</p>
            </div>
        }
        .into_any();
    }
    let rows: Vec<_> = rows.into_iter().map(row).collect();
    view! {
        <table class="table-desk">
            <caption class="visually-hidden">{w.caption}</caption>
            <thead>
                <tr>
                    <th scope="col">{w.col_due}</th>
                    <th scope="col">{w.col_matter}</th>
                    <th scope="col">{w.col_state}</th>
                    <th scope="col">{w.col_place}</th>
                    <th scope="col">{w.col_who}</th>
                    <th scope="col">{w.col_next}</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </table>
    }
    .into_any()
}

fn row(row: DeskRow) -> impl IntoView {
    let all = words();
    let name = row.state.name();
    let href = to(format!("/desk/{}", row.number));
    let due = due_cell(row.due, row.late, row.provisional);
    let next = next_act(&row, all.desk);
    let who = who(&row, all);
    view! {
        <tr>
            <td>{due}</td>
            <th scope="row"><a href=href>{row.title}</a></th>
            <td><StateTag state=name/></td>
            <td>{row.place}</td>
            <td>{who}</td>
            <td data-label=all.desk.col_next>{next}</td>
        </tr>
    }
}

/// A due day: overdue with word and icon, else the day, and whether it can still move.
pub(super) fn due_cell(due: Option<Timestamp>, late: bool, provisional: bool) -> impl IntoView {
    let cx = cx();
    let w = cx.words().desk;
    let now = cx.viewer.now;
    let Some(due) = due else {
        return view! { <span class="field-hint">{w.no_due}</span> }.into_any();
    };
    if late {
        let days = (now.0 - due.0) / DAY_MS;
        let text =
            if days > 0 { fill(w.late_days, &[("n", &days)]) } else { w.late_today.to_owned() };
        return view! { <span class="late"><Icon name="flag"/>{text}</span> }.into_any();
    }
    let today = due.local_date() == now.local_date();
    view! {
        {today.then_some(w.today)}
        {(!today).then(|| view! { <Day at=due/> })}
        {provisional.then(|| view! { " "<span class="tag tag-amber">{w.may_move}</span> })}
    }
    .into_any()
}

fn who(row: &DeskRow, all: &Words) -> String {
    let w = all.desk;
    match (&row.receiver, &row.state) {
        (Some(receiver), _) => receiver.clone(),
        (
            None,
            Stands::InProgress { route }
            | Stands::Suspended { route, .. }
            | Stands::Completed { route },
        ) => route.word(all.lang).to_owned(),
        (None, Stands::Returned) => w.with_author.to_owned(),
        (None, Stands::Cosigning { .. } | Stands::Balloting { .. }) => w.with_neighbours.to_owned(),
        _ => w.with_committee.to_owned(),
    }
}

fn next_act(row: &DeskRow, w: &DeskWords) -> String {
    if row.follow_ups > 0 {
        return fill(w.next_follow_up, &[("n", &row.follow_ups)]);
    }
    match &row.state {
        Stands::Submitted => w.next_submitted,
        Stands::Returned => w.next_returned,
        Stands::Cosigning { .. } => return fill(w.next_cosigning, &[("n", &row.cosigns)]),
        Stands::Accepted { .. } => w.next_accepted,
        Stands::Deliberating => w.next_deliberating,
        Stands::Balloting { .. } => w.next_balloting,
        Stands::Decided { verdict: Verdict::NotAdopted, .. } | Stands::Reviewed { .. } => {
            w.next_public
        }
        Stands::Decided { .. } => w.next_decided,
        Stands::InProgress { .. } => w.next_doing,
        Stands::Suspended { .. } => w.next_on_hold,
        Stands::Completed { .. } => w.next_completed,
        _ => "",
    }
    .to_owned()
}

fn year_sum(year: YearSum) -> impl IntoView {
    let w = words().desk;
    let figure = |label: &'static str, percent: Option<String>, of: String| {
        view! {
            <div>
                <dt>{label}</dt>
                <dd>{percent.unwrap_or_else(|| w.year_none.to_owned())}" "<small class="figure-of">{of}</small></dd>
            </div>
        }
    };
    let reviews = year.reviews;
    let percent = |n: Option<u32>| n.map(|n| format!("{n}%"));
    let of = |part: u32| fill(w.year_of_reviews, &[("part", &part), ("whole", &reviews.given)]);
    view! {
        <section class="section" aria-labelledby="year">
            <h2 class="section-head" id="year">{w.year_title}</h2>
            <p class="field-hint">{w.year_note}</p>
            <dl class="figures">
                {figure(
                    w.year_answered,
                    year.answered_percent().map(|n| format!("{n}%")),
                    fill(w.year_of, &[("part", &year.answers_in_time), ("whole", &year.answers_due)]),
                )}
                {figure(w.year_solved, percent(reviews.solved_percent()), of(reviews.solved))}
                {figure(
                    w.year_satisfied,
                    percent(reviews.satisfied_percent()),
                    of(reviews.satisfied + reviews.fairly),
                )}
            </dl>
        </section>
    }
}
