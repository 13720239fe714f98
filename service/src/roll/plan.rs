//! What a file would do to the roll as it stands: the same for the dry run and for the import itself.

use std::collections::HashMap;

use domain::roll::{Entry, Field, Mend, NamedOwner, Owned, RollKind, RowProblem, room_key};
use serde::{Deserialize, Serialize};

use super::ground::{Ground, OwnerNow, UnitNow};
use super::report::{Line, Note, Report, Verdict};
use super::site::{At, Sites};
use crate::error::Result;
use crate::seal::{Column, Seal};

/// A file, read: kept sealed until it is taken in.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(super) struct Taken {
    /// Which column was taken for what.
    pub(super) columns: Vec<(Field, String)>,
    /// The courtyard of rows that don't say.
    pub(super) courtyard: Option<i64>,
    /// Rows that can be taken.
    pub(super) entries: Vec<Entry>,
    /// What can't be taken.
    pub(super) problems: Vec<RowProblem>,
    /// Rows that say nothing new, with the earlier row.
    pub(super) repeated: Vec<(u32, u32)>,
}

/// A household to be added.
#[derive(Debug)]
pub(super) struct HouseholdAdd {
    pub(super) entrance: At,
    pub(super) room: String,
}

/// A unit to be added, with the owners' places among the plan's owners.
#[derive(Debug)]
pub(super) struct UnitAdd {
    pub(super) entrance: At,
    pub(super) room: String,
    pub(super) area: i64,
    pub(super) owners: Vec<At>,
    pub(super) representative: Option<At>,
}

/// A unit to be changed.
#[derive(Debug)]
pub(super) struct UnitChange {
    pub(super) was: UnitNow,
    pub(super) area: i64,
    pub(super) owners: Vec<At>,
    pub(super) representative: Option<At>,
}

/// An owner to be added.
#[derive(Debug)]
pub(super) struct OwnerAdd {
    pub(super) name: String,
    pub(super) name_index: String,
    pub(super) phone: Option<String>,
    pub(super) phone_index: Option<String>,
}

/// An owner's new telephone number.
#[derive(Debug)]
pub(super) struct PhoneChange {
    pub(super) owner: i64,
    pub(super) phone: String,
    pub(super) phone_index: String,
}

/// All that is to be written, and the report of it.
#[derive(Debug)]
pub(super) struct Plan {
    pub(super) courtyards: Vec<String>,
    pub(super) entrances: Vec<(At, String)>,
    pub(super) households: Vec<HouseholdAdd>,
    pub(super) units: Vec<UnitAdd>,
    pub(super) changes: Vec<UnitChange>,
    pub(super) owners: Vec<OwnerAdd>,
    pub(super) phones: Vec<PhoneChange>,
    pub(super) report: Report,
}

/// Plans. Pure but for the keyed hashes; some hundred milliseconds for 50,000 rows, so call it off the
/// async threads.
pub(super) fn plan(seal: &Seal, kind: RollKind, mut ground: Ground, taken: Taken) -> Result<Plan> {
    let sites = Sites::new(&mut ground, taken.courtyard);
    let mut planner = Planner::new(seal, ground, sites);
    let mut lines = Vec::with_capacity(taken.entries.len());
    for entry in taken.entries {
        let line = match kind {
            RollKind::Households => planner.household(&entry),
            RollKind::Owners => planner.unit(&entry)?,
        };
        let headed = |mut line: Line| {
            for note in &mut line.notes {
                if let Note::Mend(problem) = note {
                    let known = taken.columns.iter().find(|(field, _)| *field == problem.field);
                    problem.heading = known.map(|(_, text)| text.clone()).unwrap_or_default();
                }
            }
            line
        };
        lines.push(headed(line));
    }
    lines.extend(taken.repeated.into_iter().map(|(row, first)| {
        line(row, Verdict::LeftOut, String::new(), vec![Note::Repeats(first)])
    }));
    for problem in taken.problems {
        match lines.last_mut().filter(|last| last.row == problem.row) {
            Some(last) => last.notes.push(Note::Mend(problem)),
            None => {
                let (row, notes) = (problem.row, vec![Note::Mend(problem)]);
                lines.push(line(row, Verdict::Problem, String::new(), notes));
            }
        }
    }
    lines.sort_by_key(|line| line.row);
    Ok(planner.done(taken.columns, lines))
}

fn line(row: u32, verdict: Verdict, place: String, notes: Vec<Note>) -> Line {
    Line { row, verdict, place, owners: String::new(), area: None, notes }
}

/// By what two owners are one: name and telephone number, or the name where neither has a number.
type Identity = (String, Option<String>);

struct Planner<'a> {
    seal: &'a Seal,
    ground: Ground,
    sites: Sites,
    identities: HashMap<Identity, At>,
    /// Row and identity of the first owner of a name in this file.
    first_of_name: HashMap<String, (u32, Identity)>,
    taken: HashMap<(At, String), u32>,
    households: Vec<HouseholdAdd>,
    units: Vec<UnitAdd>,
    changes: Vec<UnitChange>,
    owners: Vec<OwnerAdd>,
    phones: Vec<PhoneChange>,
}

impl<'a> Planner<'a> {
    fn new(seal: &'a Seal, ground: Ground, sites: Sites) -> Self {
        let mut identities = HashMap::with_capacity(ground.owners.len());
        let mut known: Vec<_> = ground.owners.iter().collect();
        // Of twins that an older import left the first counts.
        known.sort_unstable_by_key(|(id, _)| **id);
        for (id, owner) in known {
            let identity = (owner.name_index.clone(), owner.phone_index.clone());
            identities.entry(identity).or_insert(At::Known(*id));
        }
        Self {
            seal,
            ground,
            sites,
            identities,
            first_of_name: HashMap::new(),
            taken: HashMap::new(),
            households: Vec::new(),
            units: Vec::new(),
            changes: Vec::new(),
            owners: Vec::new(),
            phones: Vec::new(),
        }
    }

    /// The entrance and room of a row, and its line; or the line that says why it is left out.
    fn place(&mut self, entry: &Entry) -> std::result::Result<(At, String, Line), Line> {
        let problem = |field, mend, other_row| {
            let heading = String::new();
            let problem = RowProblem { row: entry.row, field, heading, mend, other_row };
            line(entry.row, Verdict::Problem, String::new(), vec![Note::Mend(problem)])
        };
        let entrance = self.sites.entrance(&entry.place);
        let entrance = entrance.map_err(|(field, mend)| problem(field, mend, None))?;
        let room = entry.place.room.clone().unwrap_or_default();
        let shown = format!("{} {room}", self.sites.shown(entrance));
        match self.taken.insert((entrance, room_key(&room)), entry.row) {
            None => {}
            Some(first) if entry.owned.is_none() => {
                self.taken.insert((entrance, room_key(&room)), first);
                return Err(line(entry.row, Verdict::LeftOut, shown, vec![Note::Repeats(first)]));
            }
            Some(first) => {
                self.taken.insert((entrance, room_key(&room)), first);
                return Err(problem(Field::Room, Mend::SameUnit, Some(first)));
            }
        }
        Ok((entrance, room, line(entry.row, Verdict::Added, shown, Vec::new())))
    }

    fn household(&mut self, entry: &Entry) -> Line {
        let (entrance, room, mut line) = match self.place(entry) {
            Ok(found) => found,
            Err(line) => return line,
        };
        let known = |id| self.ground.households.contains_key(&(id, room_key(&room)));
        if matches!(entrance, At::Known(id) if known(id)) {
            line.verdict = Verdict::LeftOut;
            line.notes.push(Note::Same);
        } else {
            self.households.push(HouseholdAdd { entrance, room });
        }
        line
    }

    fn unit(&mut self, entry: &Entry) -> Result<Line> {
        let Some(owned) = &entry.owned else {
            return Ok(line(entry.row, Verdict::LeftOut, String::new(), Vec::new()));
        };
        let (entrance, room, mut line) = match self.place(entry) {
            Ok(found) => found,
            Err(line) => return Ok(line),
        };
        line.owners = owned.names();
        line.area = Some(owned.area.hundredths());
        let now = match entrance {
            At::Known(id) => self.ground.units.get(&(id, room_key(&room))).cloned(),
            At::New(_) => None,
        };
        let mut owners = Vec::with_capacity(owned.owners.len());
        for owner in &owned.owners {
            owners.push(self.owner(owner, now.as_ref(), &mut line)?);
        }
        let representative = named(owned, &owners);
        let area = owned.area.hundredths();
        match now {
            None => self.units.push(UnitAdd { entrance, room, area, owners, representative }),
            Some(was) => self.change(was, area, owners, representative, &mut line),
        }
        Ok(line)
    }

    fn change(
        &mut self,
        was: UnitNow,
        area: i64,
        mut owners: Vec<At>,
        representative: Option<At>,
        line: &mut Line,
    ) {
        if was.area != area {
            line.notes.push(Note::Area(was.area, area));
        }
        owners.sort_unstable();
        let same_owners = was.owners.iter().map(|id| At::Known(*id)).eq(owners.iter().copied());
        if !same_owners {
            line.notes.push(Note::Owners);
        }
        // A file that names nobody leaves who was named before, while they own the unit.
        let before = was.representative.map(At::Known);
        let representative =
            representative.or_else(|| before.filter(|before| owners.contains(before)));
        if representative != before {
            line.notes.push(Note::Representative);
        }
        let unit_changes = was.area != area || !same_owners || representative != before;
        let changes = line.notes.iter().any(|note| !matches!(note, Note::Namesake { .. }));
        line.verdict = if changes { Verdict::Changed } else { Verdict::LeftOut };
        if unit_changes {
            self.changes.push(UnitChange { was, area, owners, representative });
        } else if !changes {
            line.notes.push(Note::Same);
        }
    }

    /// The owner whom a row means: one of the unit's, one of the community's, or a new one.
    fn owner(&mut self, owner: &NamedOwner, unit: Option<&UnitNow>, line: &mut Line) -> Result<At> {
        let name_index = self.seal.index(Column::OwnerName, &owner.name)?;
        let phone_index = match &owner.phone {
            Some(phone) => Some(self.seal.index(Column::OwnerPhone, phone)?),
            None => None,
        };
        let mine = unit.and_then(|unit| {
            let named = |id: &&i64| {
                self.ground.owners.get(id).is_some_and(|owner| owner.name_index == name_index)
            };
            unit.owners.iter().find(named).copied()
        });
        if let Some(id) = mine
            && self.same_owner(id, owner, phone_index.as_deref(), line)
        {
            return Ok(At::Known(id));
        }
        let identity = (name_index, phone_index);
        self.note_namesake(&identity, line);
        if let Some(known) = self.identities.get(&identity) {
            return Ok(*known);
        }
        let at = At::New(self.owners.len());
        self.owners.push(OwnerAdd {
            name: owner.name.clone(),
            name_index: identity.0.clone(),
            phone: owner.phone.clone(),
            phone_index: identity.1.clone(),
        });
        self.identities.insert(identity, at);
        Ok(at)
    }

    /// Whether an owner of the unit is the one whom the row names: their number may be new where no other
    /// unit rests on it.
    fn same_owner(
        &mut self,
        id: i64,
        said: &NamedOwner,
        phone_index: Option<&str>,
        line: &mut Line,
    ) -> bool {
        let Some(OwnerNow { phone_index: known, units, .. }) = self.ground.owners.get_mut(&id)
        else {
            return false;
        };
        let (Some(phone), Some(index)) = (&said.phone, phone_index) else { return true };
        if known.as_deref() == Some(index) {
            return true;
        }
        if known.is_some() && *units > 1 {
            return false;
        }
        *known = Some(index.to_owned());
        line.notes.push(Note::Phone);
        self.phones.push(PhoneChange {
            owner: id,
            phone: phone.clone(),
            phone_index: index.to_owned(),
        });
        true
    }

    fn note_namesake(&mut self, identity: &Identity, line: &mut Line) {
        match self.first_of_name.get(&identity.0) {
            None => {
                self.first_of_name.insert(identity.0.clone(), (line.row, identity.clone()));
            }
            // The same name and number: nobody doubts it.
            Some((_, first)) if first == identity && identity.1.is_some() => {}
            Some((row, first)) => {
                line.notes.push(Note::Namesake { row: *row, same: first == identity });
            }
        }
    }

    fn done(self, columns: Vec<(Field, String)>, lines: Vec<Line>) -> Plan {
        let entrances = self.sites.new_entrances.iter();
        let entrances = entrances.map(|(courtyard, name)| {
            (self.sites.courtyard_name(*courtyard).to_owned(), name.clone())
        });
        let entrances = entrances.collect();
        let report =
            Report { columns, courtyards: self.sites.new_courtyards.clone(), entrances, lines };
        Plan {
            courtyards: self.sites.new_courtyards,
            entrances: self.sites.new_entrances,
            households: self.households,
            units: self.units,
            changes: self.changes,
            owners: self.owners,
            phones: self.phones,
            report,
        }
    }
}

/// Who votes, among the owners.
fn named(owned: &Owned, owners: &[At]) -> Option<At> {
    let name = owned.representative.as_ref()?;
    let at = owned.owners.iter().position(|owner| owner.name == *name)?;
    owners.get(at).copied()
}
