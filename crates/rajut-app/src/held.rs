//! A network that stays open between looks.

use std::sync::Arc;

use rajut_core::check::Observation;
use rajut_core::clock::Clock;
use rajut_core::id::FreshIds;
use rajut_probe::network::Network;
use rajut_probe::{Permitted, Prober, Settings};

use crate::AppError;

/// A network that stays open between looks. The network blocks its thread: a look takes it to one made for
/// that and puts it back, whatever becomes of what was seen.
#[derive(Debug)]
pub struct Held<N>(Option<N>);

impl<N: Network + Send + 'static> Held<N> {
    /// Holds an open network.
    pub fn new(network: N) -> Self {
        Self(Some(network))
    }

    /// The network between two looks; nothing when a look was broken off in the middle.
    pub fn get_mut(&mut self) -> Option<&mut N> {
        self.0.as_mut()
    }

    /// One look.
    pub(crate) async fn check(
        &mut self,
        clock: Arc<dyn Clock>,
        mut ids: FreshIds,
        targets: Permitted,
        settings: Settings,
    ) -> Result<Vec<Observation>, AppError> {
        let mut network = self.0.take().ok_or_else(|| {
            AppError::Network("the network was lost in an earlier look; restart the program".to_owned())
        })?;
        let look = tokio::task::spawn_blocking(move || {
            let seen = Prober.check(&mut network, clock.as_ref(), &mut ids, &targets, &settings);
            (network, seen)
        });
        let (network, seen) = look.await.map_err(|error| AppError::Network(error.to_string()))?;
        self.0 = Some(network);
        seen.map_err(|error| AppError::Network(error.to_string()))
    }
}
