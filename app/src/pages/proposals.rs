//! `/proposals`: every matter, by place, category and step, with a search.

use axum::Router;
use axum::extract::{Query, State};
use axum::response::Response;
use axum::routing::get;
use domain::category::Category;
use domain::ids::CourtyardId;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use service::place_follow::{Followed, place_follows};
use service::places::{CourtyardPlaces, courtyards};
use service::views::proposal_list::{
    Cursor, ListFilter, Place, ProposalList, StateGroup, proposal_list,
};

use crate::fail::Fail;
use crate::link::to;
use crate::matter_row::Row;
use crate::parts::Icon;
use crate::render::{cx, words};
use crate::search_box::{Pick, SearchBox};
use crate::shell::{Meta, Tab, page};
use crate::state::App;
use crate::viewer::Viewer;
use crate::words::fill;
use crate::words::proposal::ProposalWords;
use crate::words::terms::Term;

/// The address.
pub(super) fn routes() -> Router<App> {
    Router::new().route("/proposals", get(show))
}

/// What the address asks for; what it names wrongly is left out.
#[derive(Debug, Clone, Default, Deserialize, Serialize)]
#[serde(default)]
struct Asked {
    #[serde(skip_serializing_if = "String::is_empty")]
    q: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    state: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    place: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    category: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    mine: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    after: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    before: String,
}

impl Asked {
    fn filter(&self) -> ListFilter {
        let cursor = match (Place::from_text(&self.after), Place::from_text(&self.before)) {
            (Some(place), _) => Cursor::After(place),
            (None, Some(place)) => Cursor::Before(place),
            (None, None) => Cursor::Front,
        };
        ListFilter {
            q: self.q.trim().to_owned(),
            group: StateGroup::from_name(&self.state),
            category: Category::from_name(&self.category),
            courtyard: self.place.parse().ok().map(CourtyardId),
            mine: !self.mine.is_empty(),
            cursor,
        }
    }

    /// The address that asks for the same, but for a change; it begins at the front unless the
    /// change says where.
    fn with(&self, change: impl FnOnce(&mut Self)) -> String {
        let mut asked = Self { after: String::new(), before: String::new(), ..self.clone() };
        change(&mut asked);
        match serde_urlencoded::to_string(&asked) {
            Ok(query) if !query.is_empty() => format!("/proposals?{query}"),
            _ => "/proposals".to_owned(),
        }
    }
}

async fn show(
    State(app): State<App>,
    viewer: Viewer,
    Query(asked): Query<Asked>,
) -> Result<Response, Fail> {
    let filter = asked.filter();
    let me = viewer.actor().map(|actor| actor.person);
    let list = proposal_list(&app.hall, viewer.community.id, me, &filter).await?;
    let places = courtyards(&app.hall, viewer.community.id).await?;
    let follows = match me {
        Some(me) if filter.category.is_some() || filter.courtyard.is_some() => {
            Some(place_follows(&app.hall, me).await?)
        }
        _ => None,
    };
    let meta = Meta {
        title: viewer.words().proposal.list_title.to_owned(),
        tab: Tab::Home,
        ..Meta::default()
    };
    Ok(page(&app, &viewer, meta, move || {
        let w = words().proposal;
        view! {
            <div class="page-head"><h1>{w.list_title}</h1></div>
            <Filters asked=asked.clone() filter=filter.clone() places=places.clone()/>
            {follows.and_then(|follows| follow(&asked, &filter, &places, &follows))}
            <States asked=asked.clone() filter=filter.clone()/>
            <List asked=asked filter=filter list=list/>
        }
    }))
}

/// Following what the list is filtered by.
fn follow(
    asked: &Asked,
    filter: &ListFilter,
    places: &[CourtyardPlaces],
    follows: &[Followed],
) -> Option<AnyView> {
    let mut shown = Vec::new();
    if let Some(place) = places.iter().find(|place| Some(place.id) == filter.courtyard) {
        shown.push((Followed::Courtyard(place.id), place.name.clone()));
    }
    if let Some(category) = filter.category {
        let name = category.word(words().lang).to_owned();
        shown.push((Followed::Category(category), name));
    }
    super::follow_places::buttons(follows, shown, &asked.with(|_| {}))
}

/// Search, place and category; the step and whose stay as they are. Among one's own the list itself looks,
/// which knows what isn't published too.
#[component]
fn Filters(asked: Asked, filter: ListFilter, places: Vec<CourtyardPlaces>) -> impl IntoView {
    let words = words();
    let w = words.proposal;
    let picked = filter.category.is_some() || filter.courtyard.is_some();
    let places = places.into_iter().map(|place| {
        let picked = filter.courtyard == Some(place.id);
        (place.id.to_string(), place.name, picked)
    });
    let places = places.collect();
    let categories = super::search::categories(filter.category);
    let kept = [("state", asked.state), ("mine", asked.mine)]
        .into_iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| view! { <input type="hidden" name=name value=value/> })
        .collect::<Vec<_>>();
    view! {
        <form method="get" action=to(if filter.mine { "/proposals" } else { "/search" }) role="search">
            {kept}
            <SearchBox
                label=w.list_search
                hint=w.list_search_hint
                value=filter.q
                go=w.list_find
                class="btn btn-secondary"
            />
            <details class="more" open=picked>
                <summary>{w.list_pick}</summary>
                <div class="more-body form-grid">
                    <Pick name="place" label=w.list_place all=w.list_place_all options=places/>
                    <Pick
                        name="category"
                        label=w.list_category
                        all=w.list_category_all
                        options=categories
                    />
                    <div><button class="btn btn-secondary">{w.list_show}</button></div>
                </div>
            </details>
        </form>
    }
}

pub(super) const fn group_word(group: StateGroup, w: &ProposalWords) -> &'static str {
    match group {
        StateGroup::Cosigning => w.group_cosigning,
        StateGroup::Talking => w.group_talking,
        StateGroup::Balloting => w.group_balloting,
        StateGroup::Doing => w.group_doing,
        StateGroup::Done => w.group_done,
        StateGroup::Closed => w.group_closed,
    }
}

/// The steps as links.
#[component]
fn States(asked: Asked, filter: ListFilter) -> impl IntoView {
    let cx = cx();
    let w = cx.words().proposal;
    let chip = |href: String, here: bool, word: &'static str| {
        view! { <a class="chip" href=to(href) aria-current=here.then_some("page")>{word}</a> }
    };
    let all = asked.with(|asked| {
        asked.state.clear();
        asked.mine.clear();
    });
    let mut chips = vec![chip(all, filter.group.is_none() && !filter.mine, w.list_all)];
    if cx.viewer.signed_in.is_some() {
        let href = asked.with(|asked| {
            asked.state.clear();
            asked.mine = "1".to_owned();
        });
        chips.push(chip(href, filter.mine, w.list_mine));
    }
    chips.extend(StateGroup::ALL.into_iter().map(|group| {
        let href = asked.with(|asked| {
            asked.mine.clear();
            asked.state = group.as_str().to_owned();
        });
        chip(href, filter.group == Some(group), group_word(group, w))
    }));
    view! { <nav class="chips" aria-label=w.list_states>{chips}</nav> }
}

#[component]
fn List(asked: Asked, filter: ListFilter, list: ProposalList) -> impl IntoView {
    if list.rows.is_empty() {
        return view! { <Empty filter=filter/> }.into_any();
    }
    let w = words().proposal;
    let before = list.before.map(|at| asked.with(|asked| asked.before = at.to_string()));
    let after = list.after.map(|at| asked.with(|asked| asked.after = at.to_string()));
    let pager = (before.is_some() || after.is_some()).then(|| {
        view! {
            <nav class="pager" aria-label=w.list_pages>
                {before.clone().map(|href| view! {
                    <a class="btn btn-secondary btn-small" href=to(href) rel="prev">
                        <Icon name="chevron"/>{w.list_prev}
                    </a>
                })}
                {after.clone().map(|href| view! {
                    <a class="btn btn-secondary btn-small" href=to(href) rel="next">
                        {w.list_next}
                        <svg class="icon icon-end" width="24" height="24" aria-hidden="true">
                            <use href=format!("{}#chevron", cx().site.assets.icons)></use>
                        </svg>
                    </a>
                })}
            </nav>
        }
    });
    // Only a list of one page knows how many there are without counting.
    let count = if pager.is_some() {
        w.list_order.to_owned()
    } else {
        fill(w.list_count, &[("n", &list.rows.len())])
    };
    let rows: Vec<_> = list.rows.into_iter().map(|row| view! { <Row row=row level=2/> }).collect();
    view! {
        <p class="list-count" role="status">{count}</p>
        <ul class="row-list">{rows}</ul>
        {pager}
    }
    .into_any()
}

/// Why there is nothing, and what to do.
#[component]
fn Empty(filter: ListFilter) -> impl IntoView {
    let words = words();
    let w = words.proposal;
    let filtered =
        filter.group.is_some() || filter.category.is_some() || filter.courtyard.is_some();
    let (title, text) = if !filter.q.is_empty() {
        (fill(w.empty_found, &[("q", &filter.q)]), w.empty_found_text)
    } else if filtered {
        (w.empty_filter.to_owned(), w.empty_filter_text)
    } else if filter.mine {
        (w.empty_mine.to_owned(), w.empty_mine_text)
    } else {
        (w.empty_all.to_owned(), w.empty_all_text)
    };
    view! {
        <div class="empty">
            <Icon name="search"/>
            <h2>{title}</h2>
            <p>{text}</p>
            <a class="btn btn-primary" href=to("/proposals/new")>{words.home.raise}</a>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_keep_what_was_asked_and_begin_at_the_front() {
        let asked = Asked {
            q: "电 梯&x".to_owned(),
            state: "done".to_owned(),
            after: "1-2".to_owned(),
            ..Asked::default()
        };
        let href = asked.with(|asked| asked.state.clear());
        assert_eq!(href, "/proposals?q=%E7%94%B5+%E6%A2%AF%26x");
        assert_eq!(Asked::default().with(|_| {}), "/proposals");
    }

    #[test]
    fn what_is_named_wrongly_is_left_out() {
        let asked = Asked {
            state: "nonsense".to_owned(),
            place: "x".to_owned(),
            category: "y".to_owned(),
            after: "1".to_owned(),
            before: "2-z".to_owned(),
            ..Asked::default()
        };
        assert_eq!(asked.filter(), ListFilter::default());
    }
}
