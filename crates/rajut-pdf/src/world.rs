//! What Typst may see while it sets one paper: the embedded templates, the data, the emblem. No file system, no
//! packages, no network, no clock.

use std::sync::LazyLock;

use typst::diag::{FileError, FileResult};
use typst::foundations::{Bytes, Datetime, Duration};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt, World};

use crate::fonts::FONTS;

/// Path of the data of the paper.
pub const DATA: &str = "data.json";

/// Path of the emblem, if there is one.
pub const EMBLEM: &str = "emblem";

/// Path of the QR code, if there is one: a byte of grey for each module.
pub const MARK: &str = "mark";

/// Every template, by file name. The folder `templates/` holds the files; a paper's own file imports the shared
/// ones.
const TEMPLATES: [(&str, &str); 15] = [
    ("letter.typ", include_str!("../templates/letter.typ")),
    ("words.typ", include_str!("../templates/words.typ")),
    ("report.typ", include_str!("../templates/report.typ")),
    ("order.typ", include_str!("../templates/order.typ")),
    (
        "order_addendum.typ",
        include_str!("../templates/order_addendum.typ"),
    ),
    ("task_letter.typ", include_str!("../templates/task_letter.typ")),
    (
        "disposition_sheet.typ",
        include_str!("../templates/disposition_sheet.typ"),
    ),
    (
        "complaint_list.typ",
        include_str!("../templates/complaint_list.typ"),
    ),
    ("visit_record.typ", include_str!("../templates/visit_record.typ")),
    (
        "minutes_of_work.typ",
        include_str!("../templates/minutes_of_work.typ"),
    ),
    ("team_report.typ", include_str!("../templates/team_report.typ")),
    ("final_report.typ", include_str!("../templates/final_report.typ")),
    ("procedure.typ", include_str!("../templates/procedure.typ")),
    (
        "blank_checklist.typ",
        include_str!("../templates/blank_checklist.typ"),
    ),
    ("flowchart.typ", include_str!("../templates/flowchart.typ")),
];

static LIBRARY: LazyLock<LazyHash<Library>> =
    LazyLock::new(|| LazyHash::new(<Library as LibraryExt>::default()));

/// The embedded templates, parsed once per process.
static SOURCES: LazyLock<Vec<Source>> = LazyLock::new(|| {
    TEMPLATES
        .iter()
        .map(|(name, text)| Source::new(file_id(name), (*text).to_owned()))
        .collect()
});

/// The id of a file of the world. Typst keeps ids for the life of the process, so only the few fixed names above
/// may be asked for.
pub fn file_id(name: &str) -> FileId {
    let path = VirtualPath::new(name).expect("the names of this crate's files are plain");
    RootedPath::new(VirtualRoot::Project, path).intern()
}

/// The world of one render.
pub struct PaperWorld {
    main: FileId,
    own: Option<Source>,
    data: (FileId, Bytes),
    emblem: (FileId, Option<Bytes>),
    mark: (FileId, Option<Bytes>),
}

impl PaperWorld {
    /// A world in which `template` is to be set with `data` (JSON).
    pub fn new(template: &str, data: Vec<u8>, emblem: Option<Bytes>, mark: Option<Bytes>) -> Self {
        Self {
            main: file_id(template),
            own: None,
            data: (file_id(DATA), Bytes::new(data)),
            emblem: (file_id(EMBLEM), emblem),
            mark: (file_id(MARK), mark),
        }
    }

    /// The same with other text in the place of the main template.
    #[cfg(test)]
    pub fn with_text(template: &str, text: &str) -> Self {
        let mut world = Self::new(template, b"{}".to_vec(), None, None);
        world.own = Some(Source::new(world.main, text.to_owned()));
        world
    }
}

impl World for PaperWorld {
    fn library(&self) -> &LazyHash<Library> {
        &LIBRARY
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &FONTS.book
    }

    fn main(&self) -> FileId {
        self.main
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        self.own
            .iter()
            .chain(SOURCES.iter())
            .find(|source| source.id() == id)
            .cloned()
            .ok_or_else(|| not_found(id))
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        if self.data.0 == id {
            return Ok(self.data.1.clone());
        }
        [&self.emblem, &self.mark]
            .into_iter()
            .find(|(file, _)| *file == id)
            .and_then(|(_, bytes)| bytes.clone())
            .ok_or_else(|| not_found(id))
    }

    fn font(&self, index: usize) -> Option<Font> {
        FONTS.fonts.get(index).cloned()
    }

    /// There is no today: a paper's date is part of its data.
    fn today(&self, _offset: Option<Duration>) -> Option<Datetime> {
        None
    }
}

fn not_found(id: FileId) -> FileError {
    FileError::NotFound(id.vpath().get_without_slash().into())
}
