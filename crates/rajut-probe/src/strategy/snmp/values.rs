//! What a device told: names and their values, in the order of a walk.

use crate::codec::snmp::{Oid, Value};

/// What a device told. A name has one value: the first that was told.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Values(Vec<(Oid, Value)>);

impl FromIterator<(Oid, Value)> for Values {
    fn from_iter<T: IntoIterator<Item = (Oid, Value)>>(told: T) -> Self {
        let mut list: Vec<(Oid, Value)> = told.into_iter().collect();
        // A stable sort is fast on what is sorted already, as a walk is.
        list.sort_by(|a, b| a.0.cmp(&b.0));
        list.dedup_by(|later, first| later.0 == first.0);
        Self(list)
    }
}

impl Values {
    /// How many.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether nothing was told.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = (&Oid, &Value)> {
        self.0.iter().map(|(name, value)| (name, value))
    }

    /// The value of a name.
    pub fn get(&self, name: &[u32]) -> Option<&Value> {
        let found = self.0.binary_search_by(|(other, _)| other.arcs().cmp(name));
        found.ok().map(|place| &self.0[place].1)
    }

    /// The first that comes after a name.
    pub fn after(&self, name: &Oid) -> Option<(&Oid, &Value)> {
        let place = self.0.partition_point(|(other, _)| other <= name);
        self.0.get(place).map(|(name, value)| (name, value))
    }

    /// What stands below a name: the rest of each name, and its value.
    pub fn under<'a>(&'a self, root: &'a [u32]) -> impl Iterator<Item = (&'a [u32], &'a Value)> + Clone {
        let start = self.0.partition_point(|(name, _)| name.arcs() < root);
        self.0[start..]
            .iter()
            .map_while(move |(name, value)| name.arcs().strip_prefix(root).map(|rest| (rest, value)))
    }

    /// Adds what was told later.
    pub fn join(self, later: Self) -> Self {
        self.0.into_iter().chain(later.0).collect()
    }
}
