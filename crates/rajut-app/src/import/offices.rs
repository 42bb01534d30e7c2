//! Lines of offices.

use rajut_core::id::OfficeId;
use rajut_core::register::Office;

use super::entry::{Column, Entry, Row};
use super::names::Names;
use super::predecessors;
use super::value::{date, free, maybe, needed};

impl Entry for Office {
    type Id = OfficeId;
    type Context = Names;

    const COLUMNS: &'static [Column] = &[
        Column::new("code", &["kode", "kode perangkat daerah", "kode opd"]).required(),
        Column::new(
            "name",
            &["nama", "nama perangkat daerah", "perangkat daerah", "opd"],
        )
        .required(),
        Column::new("alias", &["singkatan", "nama singkat", "sebutan"]),
        Column::new("parent", &["induk", "kode induk", "di bawah"]),
        Column::new("ended_on", &["berakhir", "tanggal berakhir", "dihapus"]),
        Column::new("predecessors", &["sebelumnya", "asal"]),
    ];

    fn id(&self) -> OfficeId {
        self.id
    }

    fn key(&self) -> String {
        self.code.to_lowercase()
    }

    fn blank(id: OfficeId) -> Self {
        Self {
            id,
            code: String::new(),
            name: String::new(),
            alias: String::new(),
            parent: None,
            predecessors: Vec::new(),
            ended_on: None,
        }
    }

    fn declare(names: &mut Names, key: &str, id: OfficeId) {
        names.offices.add(key, id);
    }

    fn above(&self) -> Option<OfficeId> {
        self.parent
    }

    fn fill(&mut self, row: &mut Row<'_>, names: &Names) {
        if self.code.is_empty() {
            self.code = Self::key_of(row).unwrap_or_default();
        }
        row.set(&mut self.name, "name", |text| needed(text, 200));
        row.set(&mut self.alias, "alias", |text| free(text, 100));
        row.set(&mut self.parent, "parent", |text| {
            maybe(text, |text| names.offices.id(text))
        });
        row.set(&mut self.ended_on, "ended_on", |text| maybe(text, date));
        let id = self.id;
        row.set(&mut self.predecessors, "predecessors", |text| {
            predecessors::read(text, id, names)
        });
    }

    fn cells(&self, names: &Names) -> Vec<String> {
        vec![
            self.code.clone(),
            self.name.clone(),
            self.alias.clone(),
            names.offices.maybe_code(self.parent),
            self.ended_on.map(|day| day.to_string()).unwrap_or_default(),
            predecessors::write(&self.predecessors, names),
        ]
    }
}
