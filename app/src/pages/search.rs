//! `/search`: matters and their talk by words, with filters that live in the address.

use axum::Router;
use axum::extract::{Query, State};
use axum::response::Response;
use axum::routing::get;
use domain::category::Category;
use domain::route::Route;
use domain::time::Timestamp;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use service::places::{CourtyardPlaces, places};
use service::search::{Period, Place, SearchCursor, Sort, search};
use service::views::proposal_list::StateGroup;

use super::search_found::Results;
use crate::fail::Fail;
use crate::link::to;
use crate::redirect::see_other;
use crate::render::words;
use crate::search_box::{Pick, SearchBox};
use crate::shell::{Meta, Tab, page};
use crate::state::App;
use crate::viewer::Viewer;
use crate::words::fill;
use crate::words::finding::FindingWords;
use crate::words::terms::Term;

/// The address.
pub(super) fn routes() -> Router<App> {
    Router::new().route("/search", get(show))
}

/// When a matter was raised, in words of an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Age {
    Week,
    Month,
    Year,
    Older,
}

impl Age {
    const ALL: [Self; 4] = [Self::Week, Self::Month, Self::Year, Self::Older];

    const fn as_str(self) -> &'static str {
        match self {
            Self::Week => "week",
            Self::Month => "month",
            Self::Year => "year",
            Self::Older => "older",
        }
    }

    fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|age| age.as_str() == name)
    }

    const fn word(self, w: &FindingWords) -> &'static str {
        match self {
            Self::Week => w.time_week,
            Self::Month => w.time_month,
            Self::Year => w.time_year,
            Self::Older => w.time_older,
        }
    }

    /// By whole days, so that the same address is the same question all day.
    fn period(self, now: Timestamp) -> Period {
        let today = Timestamp::start_of(now.local_date());
        let ago = |days: i64| Some(today.plus_days(-days));
        match self {
            Self::Week => Period { since: ago(7), until: None },
            Self::Month => Period { since: ago(30), until: None },
            Self::Year => Period { since: ago(365), until: None },
            Self::Older => Period { since: None, until: ago(365) },
        }
    }
}

/// What the address asks for; what it names wrongly is left out.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(default)]
pub(super) struct Asked {
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(super) q: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(super) state: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(super) place: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(super) category: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(super) route: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(super) time: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(super) sort: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(super) after: String,
}

impl Asked {
    fn place(&self) -> Option<Place> {
        // The list of matters names a courtyard by its number alone.
        let courtyard = self.place.parse().ok().map(Place::Courtyard);
        courtyard.or_else(|| Place::from_name(&self.place))
    }

    fn query(&self, now: Timestamp) -> service::search::Query {
        service::search::Query {
            text: self.q.clone(),
            state: StateGroup::from_name(&self.state),
            category: Category::from_name(&self.category),
            place: self.place(),
            route: Route::from_name(&self.route),
            period: Age::from_name(&self.time).map(|age| age.period(now)).unwrap_or_default(),
            sort: if self.sort == "new" { Sort::New } else { Sort::Best },
        }
    }

    /// The address that asks for the same, but for a change; it begins at the front unless the change
    /// says where.
    pub(super) fn with(&self, change: impl FnOnce(&mut Self)) -> String {
        let mut asked = Self { after: String::new(), ..self.clone() };
        change(&mut asked);
        match serde_urlencoded::to_string(&asked) {
            Ok(query) if !query.is_empty() => format!("/search?{query}"),
            _ => "/search".to_owned(),
        }
    }

    /// Where the list of matters shows the same, when nothing is to be looked for: nowhere, where something was
    /// chosen by which it can't be narrowed.
    fn list(&self) -> Option<String> {
        let courtyard = match self.place() {
            Some(Place::Courtyard(id)) => id.to_string(),
            Some(Place::Entrance(_)) => return None,
            None => String::new(),
        };
        if Route::from_name(&self.route).is_some() || Age::from_name(&self.time).is_some() {
            return None;
        }
        let kept = [
            ("state", self.state.as_str()),
            ("category", self.category.as_str()),
            ("place", courtyard.as_str()),
        ];
        let kept: Vec<_> = kept.into_iter().filter(|(_, value)| !value.is_empty()).collect();
        let query = serde_urlencoded::to_string(&kept).ok().filter(|query| !query.is_empty())?;
        Some(format!("/proposals?{query}"))
    }
}

async fn show(
    State(app): State<App>,
    viewer: Viewer,
    Query(mut asked): Query<Asked>,
) -> Result<Response, Fail> {
    asked.q = asked.q.trim().replace('\0', "");
    if asked.q.is_empty()
        && let Some(list) = asked.list()
    {
        return Ok(see_other(&list, None));
    }
    let query = asked.query(viewer.now);
    let cursor = SearchCursor::from_text(&asked.after);
    let found = search(&app.hall, viewer.community.id, &query, cursor).await?;
    let places = places(&app.hall, viewer.community.id).await?;
    let w = viewer.words().finding;
    let title = if asked.q.is_empty() {
        w.title.to_owned()
    } else {
        fill(w.title_found, &[("q", &asked.q)])
    };
    let meta = Meta { title, tab: Tab::Home, ..Meta::default() };
    Ok(page(&app, &viewer, meta, move || {
        view! {
            <div class="page-head"><h1>{words().finding.title}</h1></div>
            <SearchForm asked=asked.clone() query=query.clone() places=places/>
            <Results asked=asked query=query found=found/>
        }
    }))
}

/// The field, and what narrows the search.
#[component]
fn SearchForm(
    asked: Asked,
    query: service::search::Query,
    places: Vec<CourtyardPlaces>,
) -> impl IntoView {
    let words = words();
    let w = words.finding;
    let p = words.proposal;
    let word = |word: &str| word.to_owned();
    let state = StateGroup::ALL.map(|group| {
        let shown = super::proposals::group_word(group, p);
        (word(group.as_str()), word(shown), query.state == Some(group))
    });
    let category = categories(query.category);
    let route = Route::ALL.iter().map(|route| {
        (word(route.as_str()), word(route.word(words.lang)), query.route == Some(*route))
    });
    let time =
        Age::ALL.map(|age| (word(age.as_str()), word(age.word(w)), asked.time == age.as_str()));
    let (state, route, time) = (state.to_vec(), route.collect(), time.to_vec());
    let place = place_options(&places, query.place);
    let sort =
        (query.sort == Sort::New).then(|| view! { <input type="hidden" name="sort" value="new"/> });
    let clear = query.is_filtered().then(|| {
        let href = asked.with(|asked| {
            *asked = Asked { q: asked.q.clone(), sort: asked.sort.clone(), ..Asked::default() };
        });
        view! { <a class="target" href=to(href)>{w.clear}</a> }
    });
    view! {
        <form method="get" action=to("/search") role="search">
            {sort}
            <SearchBox label=w.label hint=w.hint value=asked.q go=w.go class="btn btn-primary"/>
            <p class="field-hint">{w.lead}</p>
            <details class="more" open=query.is_filtered()>
                <summary>{w.pick}</summary>
                <div class="more-body form-grid">
                    <Pick name="state" label=w.state all=w.state_all options=state/>
                    <Pick name="category" label=p.list_category all=p.list_category_all options=category/>
                    <Pick name="place" label=p.list_place all=p.list_place_all options=place/>
                    <Pick name="route" label=w.route all=w.route_all options=route/>
                    <Pick name="time" label=w.time all=w.time_all options=time/>
                    <div class="btn-row"><button class="btn btn-secondary">{w.narrow}</button>{clear}</div>
                </div>
            </details>
        </form>
    }
}

/// The categories, for a choice among them.
pub(super) fn categories(picked: Option<Category>) -> Vec<(String, String, bool)> {
    let lang = words().lang;
    let each = |category: &Category| {
        let word = category.word(lang).to_owned();
        (category.as_str().to_owned(), word, picked == Some(*category))
    };
    Category::ALL.iter().map(each).collect()
}

/// Courtyards, each with its entrances after it.
fn place_options(places: &[CourtyardPlaces], picked: Option<Place>) -> Vec<(String, String, bool)> {
    let mut all = Vec::new();
    for courtyard in places {
        let place = Place::Courtyard(courtyard.id);
        all.push((place.to_string(), courtyard.name.clone(), picked == Some(place)));
        for entrance in &courtyard.entrances {
            let place = Place::Entrance(entrance.id);
            let name = format!("{} {}", courtyard.name, entrance.name);
            all.push((place.to_string(), name, picked == Some(place)));
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use domain::ids::{CourtyardId, EntranceId};

    use super::*;

    fn asked(place: &str) -> Asked {
        Asked { place: place.to_owned(), ..Asked::default() }
    }

    #[test]
    fn addresses_keep_what_was_asked_and_begin_at_the_front() {
        let asked = Asked {
            q: "电 梯&x".to_owned(),
            state: "done".to_owned(),
            after: "1-2".to_owned(),
            ..Asked::default()
        };
        let href = asked.with(|asked| asked.state.clear());
        assert_eq!(href, "/search?q=%E7%94%B5+%E6%A2%AF%26x");
        assert_eq!(Asked::default().with(|_| {}), "/search");
    }

    #[test]
    fn places_by_both_names() {
        let table = [
            ("3", Some(Place::Courtyard(CourtyardId(3)))),
            ("courtyard-3", Some(Place::Courtyard(CourtyardId(3)))),
            ("entrance-7", Some(Place::Entrance(EntranceId(7)))),
            ("entrance-", None),
            ("x", None),
            ("", None),
        ];
        for (name, place) in table {
            assert_eq!(asked(name).place(), place, "{name}");
        }
    }

    #[test]
    fn without_words_the_list_is_asked() {
        assert_eq!(Asked::default().list(), None);
        assert_eq!(asked("courtyard-3").list().as_deref(), Some("/proposals?place=3"));
        let state = Asked { state: "done".to_owned(), ..asked("courtyard-3") };
        assert_eq!(state.list().as_deref(), Some("/proposals?state=done&place=3"));
        // The list can't be narrowed by these: one is asked for words instead.
        for more in [
            Asked { place: "entrance-7".to_owned(), ..state.clone() },
            Asked { time: "week".to_owned(), ..state.clone() },
            Asked { route: Route::ALL[0].as_str().to_owned(), ..state },
        ] {
            assert_eq!(more.list(), None, "{more:?}");
        }
    }

    #[test]
    fn what_is_named_wrongly_is_left_out() {
        let asked = Asked {
            state: "x".to_owned(),
            category: "y".to_owned(),
            route: "z".to_owned(),
            time: "never".to_owned(),
            sort: "odd".to_owned(),
            ..asked("nowhere")
        };
        assert_eq!(asked.query(Timestamp(0)), service::search::Query::default());
    }

    #[test]
    fn an_age_is_counted_in_whole_days() {
        let noon = Timestamp::start_of(time::macros::date!(2026 - 03 - 10)).plus_ms(43_200_000);
        let since = Age::Week.period(noon).since;
        assert_eq!(since, Some(Timestamp::start_of(time::macros::date!(2026 - 03 - 03))));
        assert_eq!(Age::Older.period(noon).until, Age::Year.period(noon).since);
    }
}
