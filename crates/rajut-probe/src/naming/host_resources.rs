//! HOST-RESOURCES-MIB (RFC 2790), and UCD-SNMP-MIB where a device has no memory in the former.

use std::collections::BTreeMap;

use rajut_core::check::device::{Memory, Named, Processor, Storage};

use super::family::Family;
use super::rows::percent;
use super::text::{integer, lossy, number, some_text};
use crate::codec::snmp::{Oid, Value};
use crate::strategy::snmp::Values;

const STORAGE_ENTRY: &[u32] = &[1, 3, 6, 1, 2, 1, 25, 2, 3, 1];
const STORAGE_USED: u32 = 6;
const MEMORY_SIZE: &[u32] = &[1, 3, 6, 1, 2, 1, 25, 2, 2, 0];
const PROCESSOR_LOAD: &[u32] = &[1, 3, 6, 1, 2, 1, 25, 3, 3, 1, 2];
const DEVICE_DESCR: &[u32] = &[1, 3, 6, 1, 2, 1, 25, 3, 2, 1, 3];
/// hrStorageTypes.
const STORAGE_TYPES: &[u32] = &[1, 3, 6, 1, 2, 1, 25, 2, 1];
/// hrFSTypes, which some agents give in their place.
const FS_TYPES: &[u32] = &[1, 3, 6, 1, 2, 1, 25, 3, 9];
const UCD_MEMORY: &[u32] = &[1, 3, 6, 1, 4, 1, 2021, 4];
const UCD_IDLE: &[u32] = &[1, 3, 6, 1, 4, 1, 2021, 11, 11, 0];
const UCD_DISK: &[u32] = &[1, 3, 6, 1, 4, 1, 2021, 9, 1];

#[derive(Debug, Default)]
struct Row {
    kind: Vec<u32>,
    descr: String,
    unit: i64,
    size: i64,
    used: Option<i64>,
}

impl Row {
    fn total(&self) -> i64 {
        self.size.saturating_mul(self.unit)
    }

    fn used(&self) -> Option<i64> {
        self.used.map(|used| used.saturating_mul(self.unit))
    }
}

/// What HOST-RESOURCES-MIB and UCD-SNMP-MIB tell.
#[derive(Debug)]
pub(super) struct HostResources {
    processors: Vec<Processor>,
    memory: Vec<Memory>,
    storage: Vec<Storage>,
}

impl HostResources {
    pub(super) fn read(family: &Family, told: &Values) -> Self {
        let rules = &family.host_resources;
        let rows = storage_rows(told);
        let mut memory = Vec::new();
        if !rules.no_memory {
            memory = memory_of(family, &rows, told);
            if memory.is_empty() {
                memory = ucd_memory(told);
            }
        }
        let mut storage = Vec::new();
        if !rules.no_storage {
            storage = rows
                .iter()
                .filter(|(_, row)| is_storage(family, row))
                .map(|(index, row)| Storage {
                    descr: row.descr.clone(),
                    kind: kind_name(&row.kind),
                    percent: row.used().and_then(|used| percent(used, row.total())),
                    total: Some(row.total()),
                    used: row.used(),
                    oids: vec![used_oid(*index)],
                })
                .collect();
            if storage.is_empty() {
                storage = ucd_disks(told);
            }
        }
        Self {
            processors: if rules.no_processors {
                Vec::new()
            } else {
                processors(family, told)
            },
            memory,
            storage,
        }
    }

    /// Adds what the family's own rows did not tell already.
    pub(super) fn add_to(self, named: &mut Named) {
        if named.processors.is_empty() {
            named.processors = self.processors;
        }
        named.memory.extend(self.memory);
        named.storage.extend(self.storage);
    }
}

fn storage_rows(told: &Values) -> BTreeMap<u32, Row> {
    let mut rows: BTreeMap<u32, Row> = BTreeMap::new();
    for (rest, value) in told.under(STORAGE_ENTRY) {
        let &[column, index] = rest else { continue };
        let row = rows.entry(index).or_default();
        match (column, value) {
            (2, Value::ObjectId(kind)) => row.kind = kind.arcs().to_vec(),
            (3, _) => row.descr = some_text(value).unwrap_or_default(),
            (4, _) => row.unit = integer(value).unwrap_or(0),
            // Sizes above 2^31 arrive as negative numbers from agents that have only 31 bits.
            (5, _) => row.size = integer(value).map_or(0, unwrapped),
            (STORAGE_USED, _) => row.used = integer(value).map(unwrapped),
            _ => {}
        }
    }
    rows
}

fn unwrapped(number: i64) -> i64 {
    if number < 0 {
        number.saturating_add(1 << 32)
    } else {
        number
    }
}

fn used_oid(index: u32) -> String {
    Oid::new(STORAGE_ENTRY).child(&[STORAGE_USED, index]).to_string()
}

fn kind_number(kind: &[u32]) -> Option<u32> {
    match kind.strip_prefix(STORAGE_TYPES)? {
        [number] => Some(*number),
        _ => None,
    }
}

fn kind_name(kind: &[u32]) -> String {
    const STORAGES: [&str; 10] = [
        "hrStorageOther",
        "hrStorageRam",
        "hrStorageVirtualMemory",
        "hrStorageFixedDisk",
        "hrStorageRemovableDisk",
        "hrStorageFloppyDisk",
        "hrStorageCompactDisc",
        "hrStorageRamDisk",
        "hrStorageFlashMemory",
        "hrStorageNetworkDisk",
    ];
    const FILE_SYSTEMS: [&str; 23] = [
        "hrFSOther",
        "hrFSUnknown",
        "hrFSBerkeleyFFS",
        "hrFSSys5FS",
        "hrFSFat",
        "hrFSHPFS",
        "hrFSHFS",
        "hrFSMFS",
        "hrFSNTFS",
        "hrFSVNode",
        "hrFSJournaled",
        "hrFSiso9660",
        "hrFSRockRidge",
        "hrFSNFS",
        "hrFSNetware",
        "hrFSAFS",
        "hrFSDFS",
        "hrFSAppleshare",
        "hrFSRFS",
        "hrFSDGCFS",
        "hrFSBFS",
        "hrFSFAT32",
        "hrFSLinuxExt2",
    ];
    let place = |rest: &[u32]| usize::try_from(*rest.first()?).ok()?.checked_sub(1);
    let storage = kind
        .strip_prefix(STORAGE_TYPES)
        .and_then(place)
        .and_then(|it| STORAGES.get(it));
    let file_system = || {
        kind.strip_prefix(FS_TYPES)
            .and_then(place)
            .and_then(|it| FILE_SYSTEMS.get(it))
    };
    storage
        .or_else(file_system)
        .map_or_else(|| Oid::new(kind).to_string(), |name| (*name).to_owned())
}

/// Whether a row is a storage that holds something: not memory, not a window into the kernel.
fn is_storage(family: &Family, row: &Row) -> bool {
    let memory = matches!(kind_number(&row.kind), Some(1..=3)) || row.kind.is_empty();
    let kernel = !row.descr.contains("mounted on")
        && ["/dev", "/proc", "/sys", "/kern"].iter().any(|place| {
            row.descr == *place
                || row
                    .descr
                    .strip_prefix(place)
                    .is_some_and(|rest| rest.starts_with('/'))
        })
        && !row.descr.starts_with("/dev/shm");
    let hidden = family
        .host_resources
        .not_storage
        .as_ref()
        .is_some_and(|it| it.0.is_match(&row.descr));
    let pseudo = row.descr.contains("devfs") || row.descr.contains("procfs");
    !memory && !kernel && !hidden && !pseudo && row.total() > 0
}

/// What a row of memory is, by its name or its type.
fn memory_class(family: &Family, row: &Row) -> Option<&'static str> {
    const KERNEL: [&str; 2] = ["UMA: ", "MALLOC: "];
    match row.descr.as_str() {
        "Physical memory" | "Real memory" => return Some("system"),
        "Virtual memory" => return Some("virtual"),
        "Memory buffers" => return Some("buffers"),
        "Cached memory" => return Some("cached"),
        "Shared memory" => return Some("shared"),
        "Swap space" => return Some("swap"),
        descr if KERNEL.iter().any(|it| descr.starts_with(it)) => return None,
        _ => {}
    }
    let also = family
        .host_resources
        .also_memory
        .as_ref()
        .is_some_and(|it| it.0.is_match(&row.descr));
    match kind_number(&row.kind)? {
        1 if also && row.descr.contains("Buffers") => Some("buffers"),
        1 if also => Some("system"),
        2 => Some("system"),
        3 if row.descr.contains("procfs") => None,
        3 if row.descr.to_lowercase().contains("swap") => Some("swap"),
        3 => Some("virtual"),
        _ => None,
    }
}

fn memory_of(family: &Family, rows: &BTreeMap<u32, Row>, told: &Values) -> Vec<Memory> {
    let by_name = |name: &str| rows.values().find(|row| row.descr == name);
    let physical = by_name("Physical memory")
        .map(Row::total)
        .filter(|&total| total > 0);
    let installed = told
        .get(MEMORY_SIZE)
        .and_then(integer)
        .map(|kib| kib.saturating_mul(1024));
    // Linux counts buffers and cache as used, though they are given back at once. FreeBSD, which tells its real
    // memory apart, does not.
    let lent = [by_name("Memory buffers"), by_name("Cached memory")]
        .into_iter()
        .flatten()
        .filter_map(Row::used)
        .sum::<i64>();
    let linux = by_name("Real memory").is_none();
    let mut memory = Vec::new();
    for (index, row) in rows {
        let Some(class) = memory_class(family, row) else {
            continue;
        };
        let Some(mut used) = row.used() else { continue };
        let mut total = row.total();
        if matches!(class, "buffers" | "cached" | "shared")
            && let Some(physical) = physical
        {
            total = physical;
        }
        // bsnmpd gives as size what is in use; how much there is stands in hrMemorySize.
        if row.descr.ends_with("Real Memory Metrics") {
            total = installed.unwrap_or(total);
        }
        if row.descr == "Physical memory" && linux && used > lent {
            used -= lent;
        }
        if total > 0 {
            memory.push(amounts(&row.descr, class, total, used, used_oid(*index)));
        }
    }
    memory
}

fn amounts(descr: &str, class: &str, total: i64, used: i64, oid: String) -> Memory {
    Memory {
        descr: descr.to_owned(),
        class: class.to_owned(),
        percent: percent(used, total),
        total: Some(total),
        used: Some(used),
        free: Some(total.saturating_sub(used)),
        oids: vec![oid],
    }
}

/// The memory group of UCD-SNMP-MIB, KiB.
fn ucd_memory(told: &Values) -> Vec<Memory> {
    let name = |number: u32| Oid::new(UCD_MEMORY).child(&[number, 0]);
    let get = |number| {
        told.get(name(number).arcs())
            .and_then(integer)
            .map(|kib| kib.saturating_mul(1024))
    };
    let mut memory = Vec::new();
    let Some(total) = get(5).filter(|&total| total > 0) else {
        return memory;
    };
    let (shared, buffers, cached) = (get(13), get(14), get(15));
    if let Some(free) = get(6) {
        let lent = buffers.unwrap_or(0).saturating_add(cached.unwrap_or(0));
        let used = total.saturating_sub(free);
        let used = if used > lent { used - lent } else { used };
        memory.push(amounts(
            "Physical memory",
            "system",
            total,
            used,
            name(6).to_string(),
        ));
    }
    for (number, value, descr, class) in [
        (13, shared.filter(|&shared| shared > 0), "Shared memory", "shared"),
        (14, buffers, "Memory buffers", "buffers"),
        (15, cached, "Cached memory", "cached"),
    ] {
        if let Some(used) = value {
            memory.push(amounts(descr, class, total, used, name(number).to_string()));
        }
    }
    if let (Some(total), Some(free)) = (get(3).filter(|&swap| swap > 0), get(4)) {
        memory.push(amounts(
            "Swap space",
            "swap",
            total,
            total.saturating_sub(free),
            name(4).to_string(),
        ));
    }
    memory
}

/// dskTable of UCD-SNMP-MIB, KiB.
fn ucd_disks(told: &Values) -> Vec<Storage> {
    let column = |number: u32, index: &[u32]| Oid::new(UCD_DISK).child(&[number]).child(index);
    let paths = Oid::new(UCD_DISK).child(&[2]);
    let disk = |(index, path): (&[u32], &Value)| {
        let kib = |number| told.get(column(number, index).arcs()).and_then(integer);
        let total = kib(6)?.saturating_mul(1024);
        let used = kib(8)?.saturating_mul(1024);
        (total > 0).then_some(Storage {
            descr: some_text(path)?,
            kind: "ucdDisk".to_owned(),
            percent: percent(used, total),
            total: Some(total),
            used: Some(used),
            oids: vec![column(8, index).to_string()],
        })
    };
    told.under(paths.arcs()).filter_map(disk).collect()
}

fn processors(family: &Family, told: &Values) -> Vec<Processor> {
    let mut processors: Vec<Processor> = told
        .under(PROCESSOR_LOAD)
        .filter_map(|(index, load)| {
            let name = told
                .get(Oid::new(DEVICE_DESCR).child(index).arcs())
                .and_then(some_text);
            let own = family
                .host_resources
                .processor
                .as_ref()
                .map(|it| it.render(told, index).text);
            Some(Processor {
                descr: own
                    .or_else(|| name.map(|name| processor_name(&name)))
                    .unwrap_or_else(|| "Processor".to_owned()),
                usage: number(load)?,
                oid: Oid::new(PROCESSOR_LOAD).child(index).to_string(),
            })
        })
        .collect();
    if processors.is_empty()
        && let Some(idle) = told.get(UCD_IDLE).and_then(integer)
    {
        processors.push(Processor {
            descr: "CPU".to_owned(),
            usage: lossy(i128::from(100_i64.saturating_sub(idle))),
            oid: Oid::new(UCD_IDLE).to_string(),
        });
    }
    processors
}

/// The name of a processor without its maker's ornaments.
fn processor_name(name: &str) -> String {
    let mut name = name.to_owned();
    for ornament in ["GenuineIntel:", "AuthenticAMD:", "CPU ", "(TM)", "(R)"] {
        name = name.replace(ornament, "");
    }
    let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
    if name.is_empty() {
        "Processor".to_owned()
    } else {
        name
    }
}
