//! A small community for tests.

use domain::ids::{CommunityId, CourtyardId, EntranceId, HouseholdId, PersonId};
use domain::place::Scope;
use domain::role::Role;
use domain::settings::{CommunitySettings, Moderation};

use crate::hall::Hall;
use crate::people::{self, SignedIn};
use crate::setup::{
    NewPerson, community_found, courtyard_add, entrance_add, household_add_many, person_admit_many,
    role_grant,
};

/// Everybody's password in a [`World`].
pub const PASSWORD: &str = "枣树下的石桌";
/// Its hash: hashing it anew for each test would cost more than the tests.
const PASSWORD_HASH: &str = "$argon2id$v=19$m=19456,t=2,p=1$Zm9yIHRlc3RzIGFsb25lLg$GS42Du6nqk7GfnttjvtHmUPwx5rQESnAlbG4aU727BY";

/// How a [`World`] is to be.
#[derive(Debug, Clone)]
pub struct Plan {
    /// Settings of the community.
    pub settings: CommunitySettings,
    /// Households in each of the four entrances; at least 3.
    pub households: usize,
}

impl Default for Plan {
    /// The usual settings without a first check, and 6 households an entrance: 12 a courtyard, 24 in all.
    fn default() -> Self {
        Self {
            settings: CommunitySettings {
                moderation: Moderation::After,
                ..CommunitySettings::default()
            },
            households: 6,
        }
    }
}

/// 枣树湾社区 in small: two courtyards with two entrances each. Every household has one adult, its
/// representative; the first household has two.
///
/// Sign-in names are `resident`, `second`, `council`, `lead`, `member`, `head`, `oversight`, `guest`,
/// `stranger`, and `n1`, `n2`, … of the others.
#[derive(Debug, Clone)]
pub struct World {
    /// The community.
    pub community: CommunityId,
    /// Its two courtyards.
    pub courtyards: [CourtyardId; 2],
    /// Their entrances: two of the first courtyard, two of the second.
    pub entrances: [EntranceId; 4],
    /// Representative of the first household of the first entrance.
    pub resident: SignedIn,
    /// Second adult of the same household.
    pub second_adult: SignedIn,
    /// 议事员 of the first courtyard, living in the first entrance.
    pub council_member: SignedIn,
    /// 楼门长 of the first entrance, living there.
    pub entrance_lead: SignedIn,
    /// 居委会委员, living in the last entrance.
    pub committee_member: SignedIn,
    /// 居委会主任, living elsewhere.
    pub committee_head: SignedIn,
    /// 居务监督委员会, living in the last entrance.
    pub oversight: SignedIn,
    /// With an account of this community and no verified household.
    pub no_household: SignedIn,
    /// A resident of another community.
    pub stranger: SignedIn,
    /// Representatives of all other households, entrance by entrance.
    pub neighbours: Vec<SignedIn>,
}

impl World {
    /// As [`Plan::default`] has it.
    pub async fn new(hall: &Hall) -> Self {
        Self::planned(hall, Plan::default()).await
    }

    /// The same with the committee's first check.
    pub async fn with_first_check(hall: &Hall) -> Self {
        let settings =
            CommunitySettings { moderation: Moderation::Before, ..CommunitySettings::default() };
        Self::planned(hall, Plan { settings, ..Plan::default() }).await
    }

    /// As the plan has it.
    ///
    /// # Panics
    /// With fewer than 3 households an entrance, or when a use case fails.
    pub async fn planned(hall: &Hall, plan: Plan) -> Self {
        assert!(plan.households >= 3, "the first entrance holds three people with a part");
        let community = found(hall, "枣树湾社区", "zaoshuwan", &plan.settings).await;
        let mut courtyards = Vec::new();
        let mut entrances = Vec::new();
        let mut homes = Vec::new();
        for name in ["北柳小区", "7号院"] {
            let courtyard = courtyard_add(hall, community, name).await.expect("a courtyard");
            courtyards.push(courtyard);
            for name in ["1号楼1门", "1号楼2门"] {
                let entrance = entrance_add(hall, courtyard, name).await.expect("an entrance");
                entrances.push(entrance);
                let rooms: Vec<_> = (1..=plan.households).map(|n| format!("{n}01")).collect();
                homes.push(household_add_many(hall, entrance, &rooms).await.expect("households"));
            }
        }
        let person = |name: &str, nickname: &str, home| new(community, name, nickname, home);
        let mut admitted = vec![
            person("resident", "老槐树", Some(homes[0][0])),
            person("second", "小槐树", Some(homes[0][0])),
            person("council", "陈老师", Some(homes[0][1])),
            person("lead", "赵大姐", Some(homes[0][2])),
            person("member", "小周", Some(homes[3][0])),
            person("head", "孙主任", None),
            person("oversight", "何师傅", Some(homes[3][1])),
            person("guest", "新来的", None),
        ];
        let with_a_part = admitted.len();
        let taken: Vec<_> = admitted.iter().filter_map(|person| person.household).collect();
        let others = homes.iter().flatten().filter(|home| !taken.contains(home));
        for (n, home) in (1..).zip(others) {
            admitted.push(person(&format!("n{n}"), &format!("邻居{n}"), Some(*home)));
        }
        let ids = person_admit_many(hall, admitted).await.expect("people");
        let grants = [
            (2, Role::CouncilMember, Scope::Courtyard(courtyards[0])),
            (3, Role::EntranceLead, Scope::Entrance(entrances[0])),
            (4, Role::CommitteeMember, Scope::Community(community)),
            (5, Role::CommitteeHead, Scope::Community(community)),
            (6, Role::OversightBoard, Scope::Community(community)),
        ];
        for (person, role, scope) in grants {
            role_grant(hall, ids[person], role, scope, None).await.expect("a role");
        }
        let stranger = stranger(hall).await;
        let mut neighbours = Vec::new();
        for id in &ids[with_a_part..] {
            neighbours.push(signed_in(hall, *id).await);
        }
        Self {
            community,
            courtyards: courtyards.try_into().expect("two courtyards"),
            entrances: entrances.try_into().expect("four entrances"),
            resident: signed_in(hall, ids[0]).await,
            second_adult: signed_in(hall, ids[1]).await,
            council_member: signed_in(hall, ids[2]).await,
            entrance_lead: signed_in(hall, ids[3]).await,
            committee_member: signed_in(hall, ids[4]).await,
            committee_head: signed_in(hall, ids[5]).await,
            oversight: signed_in(hall, ids[6]).await,
            no_household: signed_in(hall, ids[7]).await,
            stranger: signed_in(hall, stranger).await,
            neighbours,
        }
    }

    /// The representatives of all households in a scope: one each.
    #[must_use]
    pub fn representatives(&self, scope: Scope) -> Vec<&SignedIn> {
        let with_a_part = [
            &self.resident,
            &self.council_member,
            &self.entrance_lead,
            &self.committee_member,
            &self.oversight,
        ];
        let all = with_a_part.into_iter().chain(&self.neighbours);
        all.filter(|person| person.actor.home.is_some_and(|home| scope.contains(&home))).collect()
    }

    /// A person as they are now: after a role or a home has changed.
    ///
    /// # Panics
    /// When there is no such person.
    pub async fn again(hall: &Hall, person: &SignedIn) -> SignedIn {
        signed_in(hall, person.actor.person).await
    }
}

async fn found(hall: &Hall, name: &str, slug: &str, settings: &CommunitySettings) -> CommunityId {
    community_found(hall, name, "柳荫街道", "槐安区", Some(slug), settings)
        .await
        .expect("a community")
}

async fn stranger(hall: &Hall) -> PersonId {
    let community = found(hall, "槐安里社区", "huaianli", &CommunitySettings::default()).await;
    let courtyard = courtyard_add(hall, community, "南院").await.expect("a courtyard");
    let entrance = entrance_add(hall, courtyard, "1门").await.expect("an entrance");
    let homes = household_add_many(hall, entrance, &["101".to_owned()]).await.expect("a household");
    let person = new(community, "stranger", "外乡人", Some(homes[0]));
    person_admit_many(hall, vec![person]).await.expect("a stranger")[0]
}

fn new(community: CommunityId, name: &str, nickname: &str, home: Option<HouseholdId>) -> NewPerson {
    NewPerson {
        community,
        household: home,
        sign_in_name: name.to_owned(),
        nickname: nickname.to_owned(),
        email: None,
        password_hash: Some(PASSWORD_HASH.to_owned()),
        consented: true,
    }
}

async fn signed_in(hall: &Hall, id: PersonId) -> SignedIn {
    let mut person = people::load(hall.db.read(), id, hall.now()).await.expect("the person");
    // As after a second factor that was shown just now.
    person.actor.stepped_up = true;
    person
}
