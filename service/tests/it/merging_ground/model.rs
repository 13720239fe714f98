//! The naive model: everything that matters is read from the whole past, each time anew.

use std::collections::{BTreeMap, BTreeSet};

use domain::version::VersionKind;

/// What happened, in the order in which it did.
#[derive(Debug, Clone, Copy)]
pub(super) enum Event {
    Own { matter: usize, home: usize },
    Back { matter: usize, home: usize },
    Text { matter: usize, kind: VersionKind },
    Raised { matter: usize, version: i64 },
    Contest { matter: usize, version: i64, home: usize },
    ContestBack { matter: usize, version: i64, home: usize },
    Withdrawn { matter: usize },
    Asked { merge: i64, from: usize, into: usize },
    Done { merge: i64 },
    Over { merge: i64 },
    No { merge: i64, home: usize },
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Merge {
    pub(super) id: i64,
    pub(super) from: usize,
    pub(super) into: usize,
    /// The target's text when it was done.
    pub(super) done: Option<i64>,
    pub(super) over: bool,
}

/// The whole past.
#[derive(Debug, Default, Clone)]
pub(super) struct History(pub(super) Vec<Event>);

/// A row behind a matter: the text that it stands behind, and whether it is the household's own.
pub(super) type Rows = BTreeMap<usize, (i64, bool)>;

impl History {
    /// Number of the text at a moment, and since which one the same was asked.
    pub(super) fn texts(&self, matter: usize, until: usize) -> (i64, i64) {
        let (mut text, mut asks) = (1, 1);
        for event in &self.0[..until] {
            match *event {
                Event::Text { matter: of, kind } if of == matter => {
                    text += 1;
                    if kind == VersionKind::Change {
                        asks = text;
                    }
                }
                Event::Raised { matter: of, version } if of == matter => asks = version,
                _ => {}
            }
        }
        (text, asks)
    }

    /// The newest correction that can still be found to be none.
    pub(super) fn correction(&self, matter: usize) -> Option<i64> {
        let (mut text, mut last) = (1, None);
        for event in &self.0 {
            if let Event::Text { matter: of, kind } = *event
                && of == matter
            {
                text += 1;
                if kind == VersionKind::Correction {
                    last = Some(text);
                }
            }
        }
        last.filter(|last| *last > self.now(matter).1)
    }

    /// Households that say so of a correction, whether or not they stand behind the text from before it.
    pub(super) fn contests(&self, matter: usize, version: i64) -> BTreeSet<usize> {
        let mut homes = BTreeSet::new();
        for event in &self.0 {
            match *event {
                Event::Contest { matter: of, version: what, home }
                    if (of, what) == (matter, version) =>
                {
                    homes.insert(home);
                }
                Event::ContestBack { matter: of, version: what, home }
                    if (of, what) == (matter, version) =>
                {
                    homes.remove(&home);
                }
                _ => {}
            }
        }
        homes
    }

    pub(super) fn withdrawn(&self, matter: usize) -> bool {
        let is = |event: &Event| matches!(*event, Event::Withdrawn { matter: of } if of == matter);
        self.0.iter().any(is)
    }

    /// Whether a merge that was asked for is done when it is answered.
    pub(super) fn goes(&self, merge: &Merge) -> bool {
        self.goes_on(merge.into) && !self.withdrawn(merge.from)
    }

    /// Whether it goes its own way still: neighbours co-sign it.
    pub(super) fn goes_on(&self, matter: usize) -> bool {
        !self.merged(matter) && !self.withdrawn(matter)
    }

    pub(super) fn now(&self, matter: usize) -> (i64, i64) {
        self.texts(matter, self.0.len())
    }

    pub(super) fn merges(&self) -> Vec<Merge> {
        let mut all: Vec<Merge> = Vec::new();
        for (at, event) in self.0.iter().enumerate() {
            match *event {
                Event::Asked { merge, from, into } => {
                    all.push(Merge { id: merge, from, into, done: None, over: false });
                }
                Event::Done { merge } => {
                    let one = all.iter_mut().find(|one| one.id == merge).expect("asked before");
                    one.done = Some(self.texts(one.into, at).0);
                }
                Event::Over { merge } => {
                    all.iter_mut().find(|one| one.id == merge).expect("asked before").over = true;
                }
                _ => {}
            }
        }
        all
    }

    pub(super) fn live(&self, from: usize) -> Option<Merge> {
        self.merges().into_iter().find(|one| one.from == from && !one.over)
    }

    pub(super) fn merged(&self, matter: usize) -> bool {
        self.live(matter).is_some_and(|one| one.done.is_some())
    }

    pub(super) fn said_no(&self, merge: i64, home: usize) -> bool {
        let merge_into = |matter: usize, until: usize| {
            let past = Self(self.0[..until].to_vec());
            past.merges().iter().any(|one| one.id == merge && one.into == matter && !one.over)
        };
        self.0.iter().enumerate().any(|(at, event)| match *event {
            Event::No { merge: of, home: who } => of == merge && who == home,
            Event::Back { matter, home: who } => who == home && merge_into(matter, at),
            _ => false,
        })
    }

    pub(super) fn rows(&self, matter: usize, scopes: &[Vec<bool>]) -> Rows {
        let mut rows = Rows::new();
        for (at, event) in self.0.iter().enumerate() {
            match *event {
                Event::Own { matter: of, home } if of == matter => {
                    rows.insert(home, (self.texts(matter, at).0, true));
                }
                Event::Back { matter: of, home } if of == matter => {
                    rows.remove(&home);
                }
                _ => {}
            }
        }
        for merge in self.merges().into_iter().filter(|one| one.into == matter && !one.over) {
            let Some(version) = merge.done else { continue };
            for home in self.counted(merge.from, scopes) {
                if self.said_no(merge.id, home) || !scopes[matter][home] {
                    continue;
                }
                let row = rows.entry(home).or_insert((version, false));
                if !row.1 {
                    row.0 = row.0.max(version);
                }
            }
        }
        rows
    }

    pub(super) fn counted(&self, matter: usize, scopes: &[Vec<bool>]) -> Vec<usize> {
        let asks = self.now(matter).1;
        let rows = self.rows(matter, scopes).into_iter();
        rows.filter(|(_, (version, _))| *version >= asks).map(|(home, _)| home).collect()
    }
}
