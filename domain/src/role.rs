//! Roles that people hold for a place and a time.

use serde::{Deserialize, Serialize};

use crate::ids::{CommunityId, PersonId};
use crate::named::named_enum;
use crate::place::{Address, Scope};

named_enum! {
    /// What somebody is in their community besides being a resident.
    Role {
        /// 户代表: casts the household's vote.
        HouseholdRep = "household_rep",
        /// 居民代表
        ResidentRep = "resident_rep",
        /// 议事员
        CouncilMember = "council_member",
        /// 楼门长
        EntranceLead = "entrance_lead",
        /// 小巷管家
        LaneSteward = "lane_steward",
        /// 网格员
        GridWorker = "grid_worker",
        /// 居委会主任
        CommitteeHead = "committee_head",
        /// 居委会委员
        CommitteeMember = "committee_member",
        /// 居务监督委员会: reads everything, decides nothing.
        OversightBoard = "oversight_board",
        /// 业主
        Owner = "owner",
        /// 物业
        PropertyManager = "property_manager",
        /// 产权单位
        TitleUnit = "title_unit",
        /// 责任规划师
        NeighbourhoodPlanner = "neighbourhood_planner",
    }
}

/// A role with the place that it is held for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoleGrant {
    /// The role.
    pub role: Role,
    /// For which place.
    pub scope: Scope,
}

/// Who acts: a signed-in person as the rules see them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Actor {
    /// The person.
    pub person: PersonId,
    /// Their community.
    pub community: CommunityId,
    /// Their verified household; without it one reads and may not post.
    pub home: Option<Address>,
    /// Roles held now, less those whose second factor was not shown yet.
    pub roles: Vec<RoleGrant>,
    /// Whether duties are held that come into force only with the second factor.
    pub duty_waits: bool,
    /// Whether the second factor was shown within the last ten minutes.
    pub stepped_up: bool,
    /// Whether the consent in its present version is in force.
    pub consented: bool,
    /// 代办人: the helper by whose hand this person acts.
    pub through: Option<PersonId>,
}

impl Role {
    /// Whether the role decides for others or reads everything, so that it needs a second factor.
    #[must_use]
    pub const fn is_duty(self) -> bool {
        matches!(self, Self::CommitteeHead | Self::CommitteeMember | Self::OversightBoard)
    }
}

impl Actor {
    /// The name in the audit chain; a helper's hand is named.
    #[must_use]
    pub fn audit_name(&self) -> String {
        match self.through {
            Some(helper) => format!("person:{} through person:{helper}", self.person),
            None => format!("person:{}", self.person),
        }
    }

    /// Whether the actor holds the role now, for any place.
    #[must_use]
    pub fn has(&self, role: Role) -> bool {
        self.roles.iter().any(|grant| grant.role == role)
    }

    /// Whether the actor sits on the committee.
    #[must_use]
    pub fn is_committee(&self) -> bool {
        self.has(Role::CommitteeMember) || self.has(Role::CommitteeHead)
    }

    /// Whether the actor may see the committee's desk.
    #[must_use]
    pub fn sees_desk(&self) -> bool {
        self.is_committee() || self.has(Role::OversightBoard)
    }

    /// The role in which the actor is shown on a timeline: the most telling one.
    #[must_use]
    pub fn shown_role(&self) -> Option<Role> {
        [
            Role::CommitteeHead,
            Role::CommitteeMember,
            Role::OversightBoard,
            Role::CouncilMember,
            Role::EntranceLead,
            Role::ResidentRep,
        ]
        .into_iter()
        .find(|role| self.has(*role))
    }
}
