//! Figures of a row of samples. Hides the arithmetic; knows nothing of what is good or bad.

use super::{Measured, Sample};

/// What a row of samples comes to.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Statistics {
    /// Questions sent.
    pub sent: usize,
    /// Questions answered in time. An answer that came twice counts once.
    pub received: usize,
    /// `1 - received / sent`, percent; nothing when nothing was sent.
    pub loss_percent: Option<f64>,
    /// Round-trip times; nothing when nothing was received.
    pub round_trip: Option<RoundTrip>,
    /// Mean of `|RTT(i) - RTT(i-1)|` over consecutive questions that were both answered, microseconds;
    /// nothing below two such pairs.
    pub jitter_us: Option<f64>,
}

/// Round-trip times in microseconds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RoundTrip {
    /// The shortest.
    pub min_us: u64,
    /// The mean.
    pub avg_us: f64,
    /// The longest.
    pub max_us: u64,
    /// Standard deviation of the population.
    pub stddev_us: f64,
}

impl Statistics {
    /// The figures of `samples`, which stand in the order of sending.
    pub fn of(samples: &[Sample]) -> Self {
        let answered: Vec<u64> = samples.iter().filter_map(|sample| sample.rtt_us).collect();
        let steps: Vec<u64> = samples
            .windows(2)
            .filter_map(|pair| Some(pair[1].rtt_us?.abs_diff(pair[0].rtt_us?)))
            .collect();
        Self {
            sent: samples.len(),
            received: answered.len(),
            loss_percent: (!samples.is_empty()).then(|| {
                let lost = samples.len() - answered.len();
                100.0 * float(lost as u64) / float(samples.len() as u64)
            }),
            round_trip: RoundTrip::of(&answered),
            jitter_us: (steps.len() >= 2).then(|| mean(&steps)),
        }
    }

    /// The figures as measures: `delay` (the mean), `delay_min`, `delay_max`, `delay_stddev` and `jitter` in
    /// ms, `loss` in percent. What is not known is left out.
    pub fn measures(&self) -> Vec<Measured> {
        let mut measures = Vec::new();
        if let Some(rtt) = self.round_trip {
            measures.push(Measured::new("delay", "ms", rtt.avg_us / 1000.0));
            measures.push(Measured::new("delay_min", "ms", float(rtt.min_us) / 1000.0));
            measures.push(Measured::new("delay_max", "ms", float(rtt.max_us) / 1000.0));
            measures.push(Measured::new("delay_stddev", "ms", rtt.stddev_us / 1000.0));
        }
        if let Some(jitter) = self.jitter_us {
            measures.push(Measured::new("jitter", "ms", jitter / 1000.0));
        }
        if let Some(loss) = self.loss_percent {
            measures.push(Measured::new("loss", "percent", loss));
        }
        measures
    }
}

impl RoundTrip {
    fn of(answered: &[u64]) -> Option<Self> {
        let avg_us = mean(answered);
        let spread: f64 = answered.iter().map(|&rtt| (float(rtt) - avg_us).powi(2)).sum();
        Some(Self {
            min_us: *answered.iter().min()?,
            avg_us,
            max_us: *answered.iter().max()?,
            stddev_us: (spread / float(answered.len() as u64)).sqrt(),
        })
    }
}

fn mean(values: &[u64]) -> f64 {
    values.iter().map(|&value| float(value)).sum::<f64>() / float(values.len() as u64)
}

#[expect(
    clippy::cast_precision_loss,
    reason = "exact below 2^53, which is 285 years of microseconds"
)]
fn float(value: u64) -> f64 {
    value as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn row(rtts: &[Option<u64>]) -> Vec<Sample> {
        rtts.iter()
            .enumerate()
            .map(|(i, &rtt_us)| Sample {
                offset_us: i as u64 * 1000,
                rtt_us,
            })
            .collect()
    }

    fn near(got: f64, want: f64) {
        assert!((got - want).abs() < 1e-9, "{got} is not {want}");
    }

    #[test]
    fn four_of_five_answered() {
        let got = Statistics::of(&row(&[Some(1000), Some(3000), None, Some(2000), Some(6000)]));
        assert_eq!((got.sent, got.received), (5, 4));
        near(got.loss_percent.unwrap(), 20.0);
        let rtt = got.round_trip.unwrap();
        assert_eq!((rtt.min_us, rtt.max_us), (1000, 6000));
        near(rtt.avg_us, 3000.0);
        near(rtt.stddev_us, 3_500_000.0_f64.sqrt());
        // |3000-1000| and |6000-2000|; the pairs across the lost one do not count.
        near(got.jitter_us.unwrap(), 3000.0);
    }

    #[test]
    fn jitter_is_absent_below_two_consecutive_pairs() {
        assert_eq!(Statistics::of(&row(&[Some(1), Some(2)])).jitter_us, None);
        assert_eq!(
            Statistics::of(&row(&[Some(1), None, Some(2), None, Some(3)])).jitter_us,
            None
        );
        assert_eq!(
            Statistics::of(&row(&[Some(1), Some(2), None, Some(9)])).jitter_us,
            None
        );
        assert_eq!(
            Statistics::of(&row(&[Some(7), Some(7), Some(7)])).jitter_us,
            Some(0.0)
        );
    }

    #[test]
    fn nothing_sent_and_nothing_received_are_not_the_same() {
        let none = Statistics::of(&[]);
        assert_eq!(
            (none.loss_percent, none.round_trip, none.jitter_us),
            (None, None, None)
        );
        assert!(none.measures().is_empty());
        let silent = Statistics::of(&row(&[None, None]));
        assert_eq!((silent.loss_percent, silent.round_trip), (Some(100.0), None));
        assert_eq!(silent.measures(), [Measured::new("loss", "percent", 100.0)]);
    }

    proptest! {
        #[test]
        fn figures_stay_in_their_bounds(rtts in prop::collection::vec(prop::option::of(0_u64..10_000_000), 1..60)) {
            let got = Statistics::of(&row(&rtts));
            let loss = got.loss_percent.unwrap();
            prop_assert!((0.0..=100.0).contains(&loss));
            prop_assert_eq!(loss.to_bits() == 100.0_f64.to_bits(), got.round_trip.is_none());
            if let Some(rtt) = got.round_trip {
                let (min, max) = (float(rtt.min_us), float(rtt.max_us));
                prop_assert!(min <= rtt.avg_us + 1e-6 && rtt.avg_us <= max + 1e-6);
                prop_assert!(rtt.stddev_us <= (max - min) / 2.0 + 1e-6);
                prop_assert!(got.jitter_us.is_none_or(|jitter| jitter <= max - min + 1e-6));
            }
        }
    }
}
