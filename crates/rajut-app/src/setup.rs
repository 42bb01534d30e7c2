//! Setting a database up: settings and procedures, then the first people.

use std::collections::BTreeMap;

use jiff::civil::Date;
use rajut_core::act::Act;
use rajut_core::calendar::Calendar;
use rajut_core::check::Thresholds;
use rajut_core::check::checklist::Checklist;
use rajut_core::complaint::{Causes, ServiceLevels};
use rajut_core::flow::{Agency, EntryEdit, Facts, Procedures, Records, edit_entries, signable};
use rajut_core::number::Templates;
use rajut_core::procedure::{Approval, LintCode, Procedure, VersionAct, VersionEvent};
use rajut_core::register::{Edit, Setting, SettingKind};

use crate::context::{procedure_stream, setting_stream};
use crate::{AgencyFile, App, AppError, Key, Who, lint_procedure};

/// The texts with which a database begins. Each can be replaced by a dated version later.
#[derive(Debug, Clone)]
pub struct Defaults {
    /// The agency's own file.
    pub agency: String,
    /// Settings by kind.
    pub settings: Vec<(SettingKind, String)>,
    /// Procedures.
    pub procedures: Vec<String>,
}

impl Defaults {
    /// What is shipped, with this agency file.
    pub fn shipped(agency: &str) -> Self {
        Self {
            agency: agency.to_owned(),
            settings: vec![
                (
                    SettingKind::Calendar,
                    rajut_core::calendar::default_calendar().to_owned(),
                ),
                (SettingKind::Thresholds, Thresholds::SHIPPED.to_owned()),
                (SettingKind::Checklist, Checklist::SHIPPED.to_owned()),
                (
                    SettingKind::Numbers,
                    include_str!("../../../data/numbers.toml").to_owned(),
                ),
                (
                    SettingKind::ServiceLevels,
                    include_str!("../../../data/service-levels.toml").to_owned(),
                ),
                (SettingKind::Causes, Causes::SHIPPED.to_owned()),
            ],
            procedures: vec![
                include_str!("../../../procedures/pemeliharaan-jaringan.toml").to_owned(),
                include_str!("../../../procedures/penanganan-pengaduan.toml").to_owned(),
            ],
        }
    }

    /// The set-up of the demo agency.
    pub fn demo() -> Self {
        Self::shipped(include_str!("../../../data/demo/agency.toml"))
    }

    /// Why the faults of the shipped papers are accepted in the demo, where nobody signs anything.
    pub fn demo_reasons() -> BTreeMap<LintCode, String> {
        let why = "PERAGAAN: naskah contoh dipakai apa adanya, bukan pengesahan";
        LintCode::ACCEPTABLE.map(|code| (code, why.to_owned())).into()
    }

    /// The procedures as read.
    pub(crate) fn parsed(&self) -> Result<Vec<Procedure>, AppError> {
        let read = |text: &String| {
            Procedure::parse(text).map_err(|error| AppError::procedure_file("procedure", error))
        };
        self.procedures.iter().map(read).collect()
    }

    fn check(&self) -> Result<(), AppError> {
        AgencyFile::parse(&self.agency).map_err(|error| AppError::invalid("agency", error))?;
        self.settings
            .iter()
            .try_for_each(|(kind, text)| check_setting(*kind, text))
    }
}

/// Whether a text can be a setting of its kind.
pub(crate) fn check_setting(kind: SettingKind, text: &str) -> Result<(), AppError> {
    match kind {
        SettingKind::Calendar => Calendar::parse(text)
            .map(drop)
            .map_err(|e| AppError::invalid("calendar", e)),
        SettingKind::Thresholds => Thresholds::read(text)
            .map(drop)
            .map_err(|e| AppError::invalid("thresholds", e)),
        SettingKind::Checklist => Checklist::read(text)
            .map(drop)
            .map_err(|e| AppError::invalid("checklist", e)),
        SettingKind::Numbers => Templates::parse(text)
            .map(drop)
            .map_err(|e| AppError::invalid("numbers", e)),
        SettingKind::ServiceLevels => ServiceLevels::parse(text)
            .map(drop)
            .map_err(|e| AppError::invalid("service_levels", e)),
        SettingKind::Causes => Causes::parse(text)
            .map(drop)
            .map_err(|e| AppError::invalid("causes", e)),
        SettingKind::Agency => AgencyFile::parse(text)
            .map(drop)
            .map_err(|e| AppError::invalid("agency", e)),
    }
}

impl App {
    /// Sets an empty database up. The procedures take effect on `from`. Faults E01 to E03 that stand on their
    /// papers are accepted by a person's reason each, or the set-up is refused with a list of them.
    pub async fn set_up(
        &self,
        defaults: &Defaults,
        from: Date,
        accepted: &BTreeMap<LintCode, String>,
    ) -> Result<(), AppError> {
        self.set_up_under(Key::default(), defaults, from, accepted).await
    }

    /// The same under a key of one's own, which says when it happened.
    ///
    /// # Errors
    /// As [`App::set_up`], and for a time to come.
    pub async fn set_up_under(
        &self,
        key: Key,
        defaults: &Defaults,
        from: Date,
        accepted: &BTreeMap<LintCode, String>,
    ) -> Result<(), AppError> {
        self.set_up_with(key, defaults, from, accepted, Vec::new()).await
    }

    /// The same with posts and people in the same act.
    pub(crate) async fn set_up_with(
        &self,
        key: Key,
        defaults: &Defaults,
        from: Date,
        accepted: &BTreeMap<LintCode, String>,
        people: Vec<EntryEdit>,
    ) -> Result<(), AppError> {
        defaults.check()?;
        let mut edits = people;
        let agency = (SettingKind::Agency, defaults.agency.clone());
        for (kind, text) in defaults.settings.iter().cloned().chain([agency]) {
            let setting = Setting {
                kind,
                version: 1,
                effective_from: from,
                text,
            };
            let event = Edit {
                before: None,
                after: setting,
            }
            .into();
            edits.push(EntryEdit {
                stream: setting_stream(kind, 1),
                event,
                new: true,
            });
        }
        let parsed = defaults.parsed()?;
        let known: Vec<&Procedure> = parsed.iter().collect();
        let found: Vec<_> = parsed
            .iter()
            .map(|procedure| lint_procedure(procedure, &known, from))
            .collect();
        let judged = parsed
            .iter()
            .map(|it| &it.code)
            .zip(found.iter().map(Vec::as_slice));
        let mut reasons = signable(judged, accepted)?;
        for procedure in &parsed {
            let drafted = VersionEvent::Drafted {
                code: procedure.code.clone(),
                version: procedure.version,
                text: procedure.source().to_owned(),
                by: None,
                on: from,
            };
            let approval = Approval {
                by: None,
                on: from,
                acknowledged: reasons.remove(&procedure.code).unwrap_or_default(),
            };
            let signed = VersionEvent::Moved(VersionAct::Approve { approval });
            let in_force = VersionEvent::Moved(VersionAct::Activate { from });
            edits.extend([drafted, signed, in_force].map(|event| EntryEdit {
                stream: procedure_stream(&procedure.code, procedure.version),
                event: event.into(),
                new: true,
            }));
        }
        // Before the first settings there is no context: the set-up decides over empty facts.
        let calendar = Calendar::parse(rajut_core::calendar::default_calendar())
            .map_err(|error| AppError::invalid("calendar", error))?;
        let (records, procedures, agency) = (Records::new(), Procedures::new(), Agency::default());
        let facts = Facts {
            records: &records,
            procedures: &procedures,
            calendar: &calendar,
            agency: &agency,
        };
        let envelope = self.envelope(Who::system(), key, Act::EditSettings);
        let changes = edit_entries(facts, envelope, self.ids(), Act::EditSettings, edits, Vec::new())?;
        self.commit(changes).await?;
        Ok(())
    }

    /// Whether the database was set up.
    pub async fn is_set_up(&self) -> Result<bool, AppError> {
        Ok(self
            .store()
            .load(setting_stream(SettingKind::Agency, 1))
            .await?
            .is_some())
    }

    /// Loads a new version of a setting, in force from a day.
    pub async fn load_setting(
        &self,
        who: Who,
        kind: SettingKind,
        effective_from: Date,
        text: &str,
    ) -> Result<u32, AppError> {
        self.load_setting_under(who, Key::default(), kind, effective_from, text)
            .await
    }

    /// The same under a key: the same key twice is one version.
    pub async fn load_setting_under(
        &self,
        who: Who,
        key: Key,
        kind: SettingKind,
        effective_from: Date,
        text: &str,
    ) -> Result<u32, AppError> {
        check_setting(kind, text)?;
        let envelope = self.envelope(who, key.without_time(), Act::EditSettings);
        if self.repeated(&envelope).await?.is_some() {
            let records = self.store().act_of(envelope.key).await?;
            let stream = records.first().map(|record| record.stream.id).unwrap_or_default();
            let known: Setting = self.find(stream).await?;
            return if (known.kind, known.text.as_str()) == (kind, text) {
                Ok(known.version)
            } else {
                Err(crate::act::used_otherwise())
            };
        }
        let context = self.context().await?;
        let mut version = 2;
        while self.store().load(setting_stream(kind, version)).await?.is_some() {
            version += 1;
        }
        let setting = Setting {
            kind,
            version,
            effective_from,
            text: text.to_owned(),
        };
        let stream = setting_stream(kind, version);
        let event = Edit {
            before: None,
            after: setting,
        }
        .into();
        let records = context.records();
        let edits = vec![EntryEdit {
            stream,
            event,
            new: true,
        }];
        let changes = edit_entries(
            context.facts(&records),
            envelope,
            self.ids(),
            Act::EditSettings,
            edits,
            Vec::new(),
        )?;
        self.commit(changes).await?;
        Ok(version)
    }
}
