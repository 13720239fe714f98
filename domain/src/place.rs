//! Places and scopes: 街道 > 社区 > 小院 > 楼门 > 户.

use serde::{Deserialize, Serialize};

use crate::ids::{CommunityId, CourtyardId, EntranceId, HouseholdId};

/// Where a household is: its way up through the places.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Address {
    /// 户.
    pub household: HouseholdId,
    /// 楼门.
    pub entrance: EntranceId,
    /// 小院.
    pub courtyard: CourtyardId,
    /// 社区.
    pub community: CommunityId,
}

/// Whom a matter concerns, and so who may co-sign it and vote on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "scope", content = "place", rename_all = "snake_case")]
pub enum Scope {
    /// 楼门.
    Entrance(EntranceId),
    /// 小院.
    Courtyard(CourtyardId),
    /// 社区.
    Community(CommunityId),
}

/// A scope without its place: what a form offers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ScopeKind {
    /// 楼门.
    Entrance,
    /// 小院.
    Courtyard,
    /// 社区.
    Community,
}

impl ScopeKind {
    /// From the narrowest to the widest.
    pub const ALL: [Self; 3] = [Self::Entrance, Self::Courtyard, Self::Community];

    /// Its name in addresses, forms and the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Entrance => "entrance",
            Self::Courtyard => "courtyard",
            Self::Community => "community",
        }
    }

    /// The kind of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }

    /// This kind of scope around an address.
    #[must_use]
    pub const fn around(self, address: &Address) -> Scope {
        match self {
            Self::Entrance => Scope::Entrance(address.entrance),
            Self::Courtyard => Scope::Courtyard(address.courtyard),
            Self::Community => Scope::Community(address.community),
        }
    }
}

impl Scope {
    /// Its kind.
    #[must_use]
    pub const fn kind(self) -> ScopeKind {
        match self {
            Self::Entrance(_) => ScopeKind::Entrance,
            Self::Courtyard(_) => ScopeKind::Courtyard,
            Self::Community(_) => ScopeKind::Community,
        }
    }

    /// The place's row.
    #[must_use]
    pub const fn place(self) -> i64 {
        match self {
            Self::Entrance(id) => id.0,
            Self::Courtyard(id) => id.0,
            Self::Community(id) => id.0,
        }
    }

    /// A scope from its two columns.
    #[must_use]
    pub const fn from_parts(kind: ScopeKind, place: i64) -> Self {
        match kind {
            ScopeKind::Entrance => Self::Entrance(EntranceId(place)),
            ScopeKind::Courtyard => Self::Courtyard(CourtyardId(place)),
            ScopeKind::Community => Self::Community(CommunityId(place)),
        }
    }

    /// Whether a household at `address` belongs to it.
    #[must_use]
    pub fn contains(self, address: &Address) -> bool {
        match self {
            Self::Entrance(id) => address.entrance == id,
            Self::Courtyard(id) => address.courtyard == id,
            Self::Community(id) => address.community == id,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_hold_the_households_below_them() {
        let home = Address {
            household: HouseholdId(1),
            entrance: EntranceId(2),
            courtyard: CourtyardId(3),
            community: CommunityId(4),
        };
        for kind in ScopeKind::ALL {
            let scope = kind.around(&home);
            assert!(scope.contains(&home), "{kind:?}");
            assert_eq!(Scope::from_parts(scope.kind(), scope.place()), scope);
            assert_eq!(ScopeKind::from_name(kind.as_str()), Some(kind));
        }
        assert!(!Scope::Entrance(EntranceId(9)).contains(&home));
        assert!(!Scope::Courtyard(CourtyardId(2)).contains(&home));
    }
}
