//! The made-up community's places and people.

use std::collections::HashMap;

use domain::ids::{CommunityId, CourtyardId, EntranceId, HouseholdId, PersonId};
use domain::place::Scope;
use domain::role::Role;
use domain::settings::CommunitySettings;
use service::account::DEMO_PREFIX;
use service::setup::{self, NewPerson};
use service::{Hall, Result};

/// A courtyard: its buildings, the entrances of each, and the households of each entrance.
struct Plan {
    name: &'static str,
    buildings: u32,
    entrances: u32,
    households: u32,
}

/// 1,286 households: 47 × 15 + 9 in 北柳小区, 24 × 18 in 家属院, 7 × 20 in 7号院.
const PLANS: [Plan; 3] = [
    Plan { name: "北柳小区", buildings: 12, entrances: 4, households: 15 },
    Plan { name: "家属院", buildings: 8, entrances: 3, households: 18 },
    Plan { name: "7号院", buildings: 7, entrances: 1, households: 20 },
];
/// The entrance of the lift, with nine households.
const SMALL: (&str, &str, u32) = ("北柳小区", "5号楼2单元", 9);

/// Of so many households of an entrance, one has a member who joined: 4 of 5.
const JOINED: (usize, usize) = (4, 5);

/// Somebody with a name in the story.
struct Named {
    key: &'static str,
    sign_in_name: &'static str,
    nickname: &'static str,
    courtyard: &'static str,
    entrance: &'static str,
    role: Option<(Role, Where)>,
}

/// What place a role is held for.
enum Where {
    Entrance,
    Courtyard,
    Community,
}

const fn named(
    key: &'static str,
    sign_in_name: &'static str,
    nickname: &'static str,
    courtyard: &'static str,
    entrance: &'static str,
    role: Option<(Role, Where)>,
) -> Named {
    Named { key, sign_in_name, nickname, courtyard, entrance, role }
}

/// The people of the story; those whose sign-in name starts with `demo-` are offered for a tap.
static PEOPLE: [Named; 16] = [
    named("liu", "demo-resident", "桂兰阿姨", "7号院", "2号楼1单元", None),
    named(
        "chen",
        "demo-council",
        "陈志远",
        "北柳小区",
        "4号楼2单元",
        Some((Role::CouncilMember, Where::Courtyard)),
    ),
    named(
        "zhao",
        "demo-lead",
        "赵秀英",
        "北柳小区",
        "3号楼1单元",
        Some((Role::EntranceLead, Where::Entrance)),
    ),
    named(
        "sun",
        "demo-committee",
        "孙敏",
        "北柳小区",
        "1号楼1单元",
        Some((Role::CommitteeHead, Where::Community)),
    ),
    named(
        "he",
        "demo-oversight",
        "何建国",
        "家属院",
        "1号楼2单元",
        Some((Role::OversightBoard, Where::Community)),
    ),
    named(
        "li",
        "li-jing",
        "李静",
        "家属院",
        "2号楼1单元",
        Some((Role::CommitteeMember, Where::Community)),
    ),
    named(
        "ding",
        "ding-gong",
        "丁工",
        "家属院",
        "6号楼2单元",
        Some((Role::CouncilMember, Where::Courtyard)),
    ),
    named("xiaoman", "xiaoman", "小满妈妈", "北柳小区", "3号楼2单元", None),
    named("zhou", "lao-zhou", "五楼老周", "北柳小区", "5号楼2单元", None),
    named("driver", "ye-ban", "夜班司机", "北柳小区", "4号楼1单元", None),
    named("hu", "hu-jie", "胡姐", "北柳小区", "5号楼2单元", None),
    named("fang", "xiao-fang", "小方", "北柳小区", "3号楼1单元", None),
    named("wang", "wang-shifu", "王师傅", "家属院", "4号楼1单元", None),
    named("tian", "tian-daye", "田大爷", "家属院", "5号楼3单元", None),
    named("guo", "guo-nainai", "郭奶奶", "家属院", "2号楼1单元", None),
    named("ma", "ma-laoshi", "马老师", "7号院", "3号楼1单元", None),
];

const SURNAMES: [&str; 16] = [
    "张", "王", "李", "赵", "刘", "陈", "杨", "黄", "周", "吴", "徐", "孙", "马", "朱", "胡", "林",
];
const CALLED: [&str; 9] =
    ["师傅", "阿姨", "老师", "大姐", "大哥", "奶奶", "爷爷", "家里人", "家老二"];

/// The places by name, and the people by key.
pub(super) struct Cast {
    /// The community.
    pub(super) community: CommunityId,
    /// 小院 by name.
    pub(super) courtyards: HashMap<String, CourtyardId>,
    /// 楼门 by courtyard and name.
    pub(super) entrances: HashMap<(CourtyardId, String), EntranceId>,
    /// The people of the story by key.
    pub(super) people: HashMap<&'static str, PersonId>,
    /// Everybody with an account.
    pub(super) neighbours: Vec<Neighbour>,
}

/// Somebody who lives here.
pub(super) struct Neighbour {
    /// Who.
    pub(super) person: PersonId,
    /// Where.
    pub(super) entrance: EntranceId,
    /// The courtyard of it.
    pub(super) courtyard: CourtyardId,
    /// Whether the story knows them by name.
    pub(super) named: bool,
    /// Whether the sign-in page offers them.
    pub(super) offered: bool,
}

impl Neighbour {
    fn lives_in(&self, scope: Scope) -> bool {
        match scope {
            Scope::Entrance(entrance) => self.entrance == entrance,
            Scope::Courtyard(courtyard) => self.courtyard == courtyard,
            Scope::Community(_) => true,
        }
    }
}

impl Cast {
    /// Neighbours in a scope who have no name in the story, starting at the `from`-th of them.
    pub(super) fn neighbours(
        &self,
        scope: Scope,
        from: usize,
    ) -> impl Iterator<Item = PersonId> + use<'_> {
        let inside = move |n: &&Neighbour| !n.named && n.lives_in(scope);
        let count = self.neighbours.iter().filter(inside).count().max(1);
        self.neighbours
            .iter()
            .filter(inside)
            .cycle()
            .skip(from % count)
            .take(count)
            .map(|n| n.person)
    }

    /// Everybody in a scope who may vote in the story: all but those whom the sign-in page offers.
    pub(super) fn voters(&self, scope: Scope) -> impl Iterator<Item = PersonId> + use<'_> {
        let here = self.neighbours.iter().filter(move |n| n.lives_in(scope)).map(|n| n.person);
        here.filter(|person| !self.is_offered(*person))
    }

    /// Whether the sign-in page offers this person: their votes and reviews are left to visitors.
    pub(super) fn is_offered(&self, person: PersonId) -> bool {
        self.neighbours.iter().any(|n| n.offered && n.person == person)
    }

    /// A courtyard by its name.
    pub(super) fn courtyard(&self, name: &str) -> Option<CourtyardId> {
        self.courtyards.get(name).copied()
    }

    /// An entrance by its courtyard and name.
    pub(super) fn entrance(&self, courtyard: CourtyardId, name: &str) -> Option<EntranceId> {
        self.entrances.get(&(courtyard, name.to_owned())).copied()
    }

    /// Somebody of the story.
    pub(super) fn person(&self, key: &str) -> Option<PersonId> {
        self.people.get(key).copied()
    }
}

/// Founds the community with its places, households, members and roles.
///
/// # Errors
/// As the use cases that it calls.
pub(super) async fn found(hall: &Hall) -> Result<Cast> {
    let settings = CommunitySettings {
        footer: vec!["演示用备案号：京ICP备00000000号".to_owned()],
        phone: "010-0000 0000".to_owned(),
        ..CommunitySettings::default()
    };
    let community = setup::community_found(
        hall,
        "枣树湾社区",
        "柳荫街道",
        "槐安区",
        Some("zaoshuwan"),
        &settings,
    )
    .await?;
    let mut cast = Cast {
        community,
        courtyards: HashMap::new(),
        entrances: HashMap::new(),
        people: HashMap::new(),
        neighbours: Vec::new(),
    };
    let mut count = 0;
    for plan in &PLANS {
        let courtyard = setup::courtyard_add(hall, community, plan.name).await?;
        cast.courtyards.insert(plan.name.to_owned(), courtyard);
        for building in 1..=plan.buildings {
            for unit in 1..=plan.entrances {
                let name = format!("{building}号楼{unit}单元");
                let entrance = setup::entrance_add(hall, courtyard, &name).await?;
                let small = SMALL.0 == plan.name && SMALL.1 == name;
                let doors = if small { SMALL.2 } else { plan.households };
                let homes = setup::household_add_many(hall, entrance, &rooms(doors)).await?;
                for (named, person) in
                    admit_named(hall, community, plan.name, &name, &homes).await?
                {
                    cast.people.insert(named.key, person);
                    let offered = named.sign_in_name.starts_with(DEMO_PREFIX);
                    cast.neighbours.push(Neighbour {
                        person,
                        entrance,
                        courtyard,
                        named: true,
                        offered,
                    });
                }
                for person in admit_neighbours(hall, community, &homes, small, count).await? {
                    count += 1;
                    cast.neighbours.push(Neighbour {
                        person,
                        entrance,
                        courtyard,
                        named: false,
                        offered: false,
                    });
                }
                cast.entrances.insert((courtyard, name), entrance);
            }
        }
    }
    grant_roles(hall, &cast).await?;
    Ok(cast)
}

/// Room numbers, three to a floor: 101, 102, 103, 201 …
fn rooms(count: u32) -> Vec<String> {
    (0..count).map(|i| format!("{}{:02}", i / 3 + 1, i % 3 + 1)).collect()
}

/// Named people live in the first households of their entrance.
async fn admit_named(
    hall: &Hall,
    community: CommunityId,
    courtyard: &str,
    entrance: &str,
    homes: &[HouseholdId],
) -> Result<Vec<(&'static Named, PersonId)>> {
    let mut admitted = Vec::new();
    let here = PEOPLE.iter().filter(|p| p.courtyard == courtyard && p.entrance == entrance);
    for (person, home) in here.zip(homes) {
        let new = new_person(community, *home, person.sign_in_name, person.nickname);
        admitted.push((person, setup::person_admit(hall, new).await?));
    }
    Ok(admitted)
}

/// In most other households somebody has joined; in the lift's entrance everybody.
async fn admit_neighbours(
    hall: &Hall,
    community: CommunityId,
    homes: &[HouseholdId],
    all: bool,
    before: usize,
) -> Result<Vec<PersonId>> {
    let mut new = Vec::new();
    // The first households of an entrance are kept for people with a name in the story.
    let skipped = 2;
    for (place, home) in homes.iter().enumerate().skip(skipped) {
        if !all && place % JOINED.1 >= JOINED.0 {
            continue;
        }
        let count = before + new.len();
        let surname = SURNAMES[count % SURNAMES.len()];
        let called = CALLED[count / 3 % CALLED.len()];
        new.push(new_person(
            community,
            *home,
            &format!("neighbour-{count}"),
            &format!("{surname}{called}"),
        ));
    }
    setup::person_admit_many(hall, new).await
}

fn new_person(
    community: CommunityId,
    home: HouseholdId,
    sign_in_name: &str,
    nickname: &str,
) -> NewPerson {
    NewPerson {
        community,
        household: Some(home),
        sign_in_name: sign_in_name.to_owned(),
        nickname: nickname.to_owned(),
        email: None,
        password_hash: None,
        consented: true,
    }
}

async fn grant_roles(hall: &Hall, cast: &Cast) -> Result<()> {
    for person in &PEOPLE {
        let (Some((role, held_for)), Some(id)) = (&person.role, cast.person(person.key)) else {
            continue;
        };
        let Some(courtyard) = cast.courtyard(person.courtyard) else { continue };
        let scope = match held_for {
            Where::Community => Scope::Community(cast.community),
            Where::Courtyard => Scope::Courtyard(courtyard),
            Where::Entrance => match cast.entrance(courtyard, person.entrance) {
                Some(entrance) => Scope::Entrance(entrance),
                None => continue,
            },
        };
        setup::role_grant(hall, id, *role, scope, None).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_many_households_as_the_story_says() {
        let planned: u32 = PLANS.iter().map(|p| p.buildings * p.entrances * p.households).sum();
        assert_eq!(planned - PLANS[0].households + SMALL.2, 1_286);
    }

    #[test]
    fn rooms_are_unique() {
        let mut all = rooms(20);
        assert_eq!((all[0].as_str(), all[3].as_str()), ("101", "201"));
        all.dedup();
        assert_eq!(all.len(), 20);
    }
}
