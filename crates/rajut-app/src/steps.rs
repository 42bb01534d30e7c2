//! Finishing a step whose form the procedure describes.

use std::collections::BTreeMap;

use rajut_core::flow::{Command, Place};
use rajut_core::id::RunId;
use rajut_core::journal::PersonalValue;
use rajut_core::people::Sealed;
use rajut_core::procedure::{ExitCode, FieldKind, StepId};
use rajut_core::run::{Report, Run, Target};

use crate::act::Done;
use crate::{App, AppError, Key, Who};

impl App {
    /// Finishes a step, or does one actor's part of it. Names of people outside the register come in clear and
    /// leave here as commitments: where each of joint actors must act and one before wrote the same name, as that
    /// one's. Behind their own salts two commitments to one name would never agree.
    pub async fn complete_step(
        &self,
        who: Who,
        key: Key,
        place: Place,
        step: StepId,
        exit: Option<ExitCode>,
        mut values: BTreeMap<String, String>,
    ) -> Result<Done, AppError> {
        let context = self.context().await?;
        let run: Run = self.find(self.run_of(place).await?.0).await?;
        let said_before = self.said_before(place, &step).await?;
        let (mut ids, mut personal) = (self.ids(), Vec::new());
        let fields = context
            .procedures
            .get(&run.procedure)
            .and_then(|procedure| procedure.step(&step))
            .map_or(&[][..], |step| &step.fields);
        for field in fields.iter().filter(|field| field.kind == FieldKind::Name) {
            let Some(value) = values.get_mut(&field.id) else {
                continue;
            };
            let name = value.trim();
            if name.is_empty() {
                values.remove(&field.id);
                continue;
            }
            if let Some((known, _)) = said_before
                .get(&field.id)
                .filter(|(_, before)| before.trim() == name)
            {
                *value = known.to_string();
                continue;
            }
            let sealed = PersonalValue::seal(name, &mut ids);
            *value = sealed.sealed.to_string();
            personal.push(sealed);
        }
        let command = Command::CompleteStep {
            place,
            step,
            exit,
            values,
            personal,
        };
        self.act(who, key, &command).await
    }

    /// The names that joint actors before wrote into the form of an open step, by field: commitment and name. One
    /// that was erased is absent: nobody can say any more whether another is the same.
    async fn said_before(
        &self,
        place: Place,
        step: &StepId,
    ) -> Result<BTreeMap<String, (Sealed, String)>, AppError> {
        let progress = match place {
            Place::Run(run) => Some(self.find::<Run>(run.0).await?.progress),
            Place::Target(target) => self.find::<Target>(target.0).await?.progress,
            Place::Report(report) => self.find::<Report>(report.0).await?.progress,
        };
        let sealed: BTreeMap<String, Sealed> = progress
            .iter()
            .filter_map(|progress| progress.opened(step))
            .flat_map(|open| &open.parts)
            .flat_map(|part| &part.values)
            .filter_map(|(field, value)| Some((field.clone(), Sealed::try_from(value.clone()).ok()?)))
            .collect();
        let wanted: Vec<Sealed> = sealed.values().cloned().collect();
        let names = self.store().personal(&wanted).await?;
        Ok(sealed
            .into_iter()
            .filter_map(|(field, sealed)| {
                let name = names.get(&sealed)?.clone();
                Some((field, (sealed, name)))
            })
            .collect())
    }

    async fn run_of(&self, place: Place) -> Result<RunId, AppError> {
        Ok(match place {
            Place::Run(run) => run,
            Place::Target(target) => self.find::<Target>(target.0).await?.run,
            Place::Report(report) => self.find::<Report>(report.0).await?.run,
        })
    }
}
