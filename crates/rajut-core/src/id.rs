//! Identifiers: `UUIDv7` (RFC 9562), written as text everywhere.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::{Builder, Uuid};

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0, f)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Uuid::from_str(text).map(Self)
            }
        }

        impl From<Uuid> for $name {
            fn from(id: Uuid) -> Self {
                Self(id)
            }
        }
    )+};
}

ids! {
    /// One act, as its idempotency key: the same key twice is one act.
    ActId,
    /// A run: one execution of one version of a procedure.
    RunId,
    /// A team within a run.
    TeamId,
    /// A site in a run's scope.
    TargetId,
    /// One attempt at a site by a team.
    VisitId,
    /// A finding within a visit.
    FindingId,
    /// A repair that could not be done at once.
    FollowUpId,
    /// A complaint.
    ComplaintId,
    /// One cause to which complaints attach.
    IncidentId,
    /// A report of a team and batch, or the final report.
    ReportId,
    /// A numbered paper.
    DocumentId,
    /// An organisation served (perangkat daerah).
    OfficeId,
    /// A place.
    SiteId,
    /// A thing on the network.
    DeviceId,
    /// A connection.
    LinkId,
    /// A service that people use and that depends on sites.
    ServiceId,
    /// A person.
    PersonId,
    /// A post (jabatan).
    PostId,
    /// A dated holding of a post by a person.
    AssignmentId,
    /// What one network check saw.
    ObservationId,
    /// The key with which a laptop signs what it measured.
    LaptopKeyId,
    /// An order to work on days off.
    OvertimeId,
    /// One look at personal values, or their erasure.
    AccessId,
    /// A phone that is remembered.
    PhoneId,
    /// A token with which a program acts for its owner.
    TokenId,
    /// Somebody signed in.
    SessionId,
}

/// Makes fresh ids from an instant and a seed: the same two give the same ids, in order.
///
/// The rim passes 32 bytes from the operating system; a test passes a constant.
#[derive(Debug, Clone)]
pub struct FreshIds {
    at: Timestamp,
    seed: [u8; 32],
    made: u64,
}

impl FreshIds {
    /// A dispenser for one decision taken at `at`.
    pub fn new(at: Timestamp, seed: [u8; 32]) -> Self {
        Self { at, seed, made: 0 }
    }

    /// The next id.
    pub fn fresh<T: From<Uuid>>(&mut self) -> T {
        let bytes = self.bytes(b"id");
        let mut random = [0_u8; 10];
        random.copy_from_slice(&bytes[..10]);
        let millis = u64::try_from(self.at.as_millisecond()).unwrap_or(0);
        T::from(Builder::from_unix_timestamp_millis(millis, &random).into_uuid())
    }

    /// 16 fresh bytes that salt a commitment.
    pub fn salt(&mut self) -> [u8; 16] {
        let bytes = self.bytes(b"salt");
        let mut salt = [0_u8; 16];
        salt.copy_from_slice(&bytes[..16]);
        salt
    }

    fn bytes(&mut self, purpose: &[u8]) -> [u8; 32] {
        let mut hash = Sha256::new();
        hash.update(purpose);
        hash.update(self.seed);
        hash.update(self.made.to_be_bytes());
        self.made += 1;
        hash.finalize().into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fresh_ids_are_uuid_v7_ordered_by_time_and_repeatable() {
        let early = Timestamp::from_millisecond(1_700_000_000_000).unwrap();
        let late = Timestamp::from_millisecond(1_700_000_000_001).unwrap();
        let a: RunId = FreshIds::new(early, [7; 32]).fresh();
        let b: RunId = FreshIds::new(late, [7; 32]).fresh();
        assert_eq!(a.0.get_version_num(), 7);
        assert!(a < b);
        assert_eq!(a, FreshIds::new(early, [7; 32]).fresh::<RunId>());
        let mut ids = FreshIds::new(early, [7; 32]);
        assert_ne!(ids.fresh::<RunId>(), ids.fresh::<RunId>());
    }
}
