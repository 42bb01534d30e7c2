//! Checking a chain record by record, naming what was done to it.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Hash, Record};

/// A point of the chain kept outside the database: on paper, in a backup, in a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Anchor {
    /// The last record at that time.
    pub seq: i64,
    /// Its hash.
    pub hash: Hash,
    /// When the anchor was taken.
    pub at: Timestamp,
}

/// How far from its place a moved record is looked for.
const REACH: i64 = 64;

/// What is wrong at one place of the journal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Fault {
    /// The record concerned.
    pub seq: i64,
    /// What was found.
    #[serde(flatten)]
    pub kind: FaultKind,
}

/// The ways in which a journal can be tampered with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[serde(tag = "fault", rename_all = "snake_case")]
pub enum FaultKind {
    /// The content does not match its hash.
    Changed,
    /// Records `seq` to `until` are missing.
    Removed {
        /// The last one missing.
        until: i64,
    },
    /// The record stood at another place.
    Moved {
        /// Where it was written.
        from: i64,
    },
    /// The record is whole in itself but does not follow the one before it: something was put in, taken
    /// out or rewritten here.
    Unlinked,
    /// Records stand after the one that the head names.
    Inserted,
    /// The head names a record that is not the last one.
    HeadDiffers {
        /// The sequence that the head names.
        head: i64,
    },
    /// The anchor names a record that is no longer there.
    TailCut {
        /// When the anchor was taken.
        anchored_at: Timestamp,
    },
    /// The record at the anchor has another hash: the chain was built anew.
    Rebuilt {
        /// When the anchor was taken.
        anchored_at: Timestamp,
    },
    /// The record cannot be read at all.
    Unreadable {
        /// Why.
        why: String,
    },
    /// A state row is not what its records give.
    StateDiffers {
        /// The stream, `kind/id`.
        stream: String,
        /// Which part differs.
        what: String,
    },
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seq = self.seq;
        match &self.kind {
            FaultKind::Changed => write!(f, "record {seq} was changed: its content does not match its hash"),
            FaultKind::Removed { until } if *until == seq => write!(f, "record {seq} was removed"),
            FaultKind::Removed { until } => write!(f, "records {seq} to {until} were removed"),
            FaultKind::Moved { from } => write!(f, "record {seq} was moved here from {from}"),
            FaultKind::Unlinked => write!(f, "record {seq} does not follow the one before it"),
            FaultKind::Inserted => write!(f, "record {seq} stands after the head: it was inserted"),
            FaultKind::HeadDiffers { head } => {
                write!(f, "the head names record {head}, the journal ends at {seq}")
            }
            FaultKind::TailCut { anchored_at } => {
                write!(
                    f,
                    "record {seq} was there on {anchored_at} and is gone: the tail was cut"
                )
            }
            FaultKind::Rebuilt { anchored_at } => {
                write!(
                    f,
                    "record {seq} differs from its anchor of {anchored_at}: the chain was rebuilt"
                )
            }
            FaultKind::Unreadable { why } => write!(f, "record {seq} cannot be read: {why}"),
            FaultKind::StateDiffers { stream, what } => {
                write!(f, "state of {stream} is not what its records give: {what}")
            }
        }
    }
}

/// Checks records in order of `seq` as they stream by.
///
/// Memory grows with the faults found, not with the journal.
#[derive(Debug, Default)]
pub struct Verifier {
    last: Option<(i64, Hash)>,
    pending: Vec<Record>,
    anchors: Vec<Anchor>,
    faults: Vec<Fault>,
    checked: i64,
}

impl Verifier {
    /// A verifier that also holds the chain against `anchors`.
    pub fn new(anchors: Vec<Anchor>) -> Self {
        Self {
            anchors,
            ..Self::default()
        }
    }

    /// How many records were checked.
    pub fn checked(&self) -> i64 {
        self.checked
    }

    /// Notes a record whose columns could not even be read.
    pub fn unreadable(&mut self, seq: i64, why: String) {
        self.faults.push(Fault {
            seq,
            kind: FaultKind::Unreadable { why },
        });
        self.last = Some((seq, Hash::GENESIS));
    }

    /// Takes the next record; they must come in ascending order of `seq`.
    pub fn push(&mut self, record: &Record) {
        self.checked += 1;
        let (expected_seq, expected_prev) = match self.last {
            None => (1, Hash::GENESIS),
            Some((seq, hash)) => (seq + 1, hash),
        };
        let gap = record.seq > expected_seq;
        if gap {
            self.faults.push(Fault {
                seq: expected_seq,
                kind: FaultKind::Removed {
                    until: record.seq - 1,
                },
            });
        }
        if record.expected_hash(record.seq, record.prev) != record.hash {
            // Perhaps it is whole, but written for another place; that is known once all were seen.
            self.pending.push(record.clone());
        } else if record.prev != expected_prev && !gap {
            self.faults.push(Fault {
                seq: record.seq,
                kind: FaultKind::Unlinked,
            });
        }
        for anchor in self.anchors.iter().filter(|anchor| anchor.seq == record.seq) {
            if anchor.hash != record.hash {
                self.faults.push(Fault {
                    seq: record.seq,
                    kind: FaultKind::Rebuilt {
                        anchored_at: anchor.at,
                    },
                });
            }
        }
        self.last = Some((record.seq, record.hash));
    }

    /// Ends the check against the stored head (`seq`, `hash`), and returns every fault in order.
    pub fn finish(mut self, head_seq: i64, head_hash: Hash) -> Vec<Fault> {
        let (last_seq, last_hash) = self.last.unwrap_or((0, Hash::GENESIS));
        for record in std::mem::take(&mut self.pending) {
            // A record is moved within its neighbourhood or not at all: looking further would let a
            // journal full of changed records cost a hash for every pair.
            let from = (record.seq - REACH).max(1);
            let moved = (from..=record.seq + REACH)
                .find(|seq| *seq != record.seq && record.expected_hash(*seq, record.prev) == record.hash);
            let kind = match moved {
                Some(from) => FaultKind::Moved { from },
                None => FaultKind::Changed,
            };
            self.faults.push(Fault {
                seq: record.seq,
                kind,
            });
        }
        if last_seq > head_seq {
            for seq in head_seq + 1..=last_seq {
                self.faults.push(Fault {
                    seq,
                    kind: FaultKind::Inserted,
                });
            }
        } else if last_seq < head_seq {
            self.faults.push(Fault {
                seq: last_seq + 1,
                kind: FaultKind::Removed { until: head_seq },
            });
        } else if last_hash != head_hash {
            self.faults.push(Fault {
                seq: last_seq,
                kind: FaultKind::HeadDiffers { head: head_seq },
            });
        }
        for anchor in &self.anchors {
            if anchor.seq > last_seq {
                self.faults.push(Fault {
                    seq: anchor.seq,
                    kind: FaultKind::TailCut {
                        anchored_at: anchor.at,
                    },
                });
            }
        }
        self.faults.sort_by_key(|fault| fault.seq);
        self.faults
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::act::{Act, Actor};
    use crate::id::{ActId, FreshIds};
    use crate::stream::{StreamKind, StreamRef};

    fn chain(n: i64) -> Vec<Record> {
        let at = Timestamp::from_millisecond(1_700_000_000_000).unwrap();
        let mut ids = FreshIds::new(at, [1; 32]);
        let mut prev = Hash::GENESIS;
        (1..=n)
            .map(|seq| {
                let record = Record {
                    seq,
                    act_key: ids.fresh::<ActId>(),
                    act: Act::DraftOrder,
                    stream: StreamRef {
                        kind: StreamKind::Run,
                        id: ids.fresh(),
                    },
                    version: 1,
                    occurred_at: at,
                    received_at: at,
                    done_by: Actor::System,
                    entered_by: Actor::System,
                    event: format!("{{\"n\":{seq}}}"),
                    prev,
                    hash: Hash::GENESIS,
                }
                .chained(seq, prev);
                prev = record.hash;
                record
            })
            .collect()
    }

    fn faults(records: &[Record], head: &Record, anchors: Vec<Anchor>) -> Vec<Fault> {
        let mut verifier = Verifier::new(anchors);
        for record in records {
            verifier.push(record);
        }
        verifier.finish(head.seq, head.hash)
    }

    fn kinds(found: &[Fault]) -> Vec<(i64, FaultKind)> {
        found
            .iter()
            .map(|fault| (fault.seq, fault.kind.clone()))
            .collect()
    }

    #[test]
    fn a_whole_chain_has_no_fault() {
        let records = chain(5);
        assert_eq!(faults(&records, &records[4], Vec::new()), []);
        assert_eq!(Verifier::new(Vec::new()).finish(0, Hash::GENESIS), []);
    }

    #[test]
    fn a_changed_record_is_named() {
        let mut records = chain(5);
        let head = records[4].clone();
        records[2].event = "{\"n\":9}".into();
        assert_eq!(
            kinds(&faults(&records, &head, Vec::new())),
            [(3, FaultKind::Changed)]
        );
    }

    #[test]
    fn a_changed_record_with_a_new_hash_breaks_the_link_after_it() {
        let mut records = chain(5);
        let head = records[4].clone();
        records[2].event = "{\"n\":9}".into();
        records[2].hash = records[2].expected_hash(3, records[2].prev);
        assert_eq!(
            kinds(&faults(&records, &head, Vec::new())),
            [(4, FaultKind::Unlinked)]
        );
    }

    #[test]
    fn a_removed_record_is_named() {
        let mut records = chain(5);
        let head = records[4].clone();
        records.remove(1);
        assert_eq!(
            kinds(&faults(&records, &head, Vec::new())),
            [(2, FaultKind::Removed { until: 2 })]
        );
    }

    #[test]
    fn a_cut_tail_is_seen_by_the_head_and_by_an_anchor() {
        let records = chain(5);
        let anchor = Anchor {
            seq: 5,
            hash: records[4].hash,
            at: records[4].received_at,
        };
        assert_eq!(
            kinds(&faults(&records[..3], &records[4], Vec::new())),
            [(4, FaultKind::Removed { until: 5 })]
        );
        assert_eq!(
            kinds(&faults(&records[..3], &records[2], vec![anchor.clone()])),
            [(
                5,
                FaultKind::TailCut {
                    anchored_at: anchor.at
                }
            )]
        );
    }

    #[test]
    fn an_inserted_record_stands_after_the_head() {
        let records = chain(5);
        assert_eq!(
            kinds(&faults(&records, &records[3], Vec::new())),
            [(5, FaultKind::Inserted)]
        );
    }

    #[test]
    fn swapped_records_are_moved() {
        let mut records = chain(5);
        let head = records[4].clone();
        records.swap(1, 2);
        records[1].seq = 2;
        records[2].seq = 3;
        let found = kinds(&faults(&records, &head, Vec::new()));
        assert!(found.contains(&(2, FaultKind::Moved { from: 3 })), "{found:?}");
        assert!(found.contains(&(3, FaultKind::Moved { from: 2 })), "{found:?}");
    }

    #[test]
    fn a_rebuilt_chain_is_found_by_its_anchor_only() {
        let records = chain(5);
        let anchor = Anchor {
            seq: 3,
            hash: records[2].hash,
            at: records[2].received_at,
        };
        let mut prev = Hash::GENESIS;
        let rebuilt: Vec<Record> = records
            .iter()
            .map(|record| {
                let mut record = record.clone();
                record.event.push(' ');
                let seq = record.seq;
                let record = record.chained(seq, prev);
                prev = record.hash;
                record
            })
            .collect();
        assert_eq!(faults(&rebuilt, &rebuilt[4], Vec::new()), []);
        assert_eq!(
            kinds(&faults(&rebuilt, &rebuilt[4], vec![anchor.clone()])),
            [(
                3,
                FaultKind::Rebuilt {
                    anchored_at: anchor.at
                }
            )]
        );
    }
}
