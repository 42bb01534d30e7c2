//! Finishing a step whose form the procedure describes.

use std::collections::BTreeMap;

use rajut_core::flow::{Command, Place};
use rajut_core::id::RunId;
use rajut_core::journal::PersonalValue;
use rajut_core::procedure::{ExitCode, FieldKind, StepId};
use rajut_core::run::{Report, Run, Target};

use crate::act::Done;
use crate::{App, AppError, Key, Who};

impl App {
    /// Finishes a step, or does one actor's part of it. Names of people outside the register come in clear and
    /// leave here as commitments.
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

    async fn run_of(&self, place: Place) -> Result<RunId, AppError> {
        Ok(match place {
            Place::Run(run) => run,
            Place::Target(target) => self.find::<Target>(target.0).await?.run,
            Place::Report(report) => self.find::<Report>(report.0).await?.run,
        })
    }
}
