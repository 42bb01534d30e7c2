//! A body that does not wait for ever: a client keeps its place by sending.
//!
//! A client has so much patience in store. Waiting for it spends the store, and every byte that comes earns a little
//! back: who sends nothing is cut after the whole of it, and who sends a byte now and then hardly later. What the
//! program itself takes to deal with a part is not counted.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::BoxError;
use axum::body::Bytes;
use hyper::body::{Body, Frame, SizeHint};
use tokio::time::{Instant, Sleep, sleep_until};

use super::Limits;

/// Says of a request whether its body was given up.
#[derive(Debug, Clone, Default)]
pub struct SlowBody(Arc<AtomicBool>);

impl SlowBody {
    /// Whether the client took too long.
    pub fn was_given_up(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// The client took too long.
#[derive(Debug)]
struct TooSlow;

impl fmt::Display for TooSlow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the body came too slowly")
    }
}

impl std::error::Error for TooSlow {}

/// How long a client is still waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Patience {
    left: Duration,
    most: Duration,
    bytes_per_second: u32,
}

impl Patience {
    pub(super) fn new(limits: Limits) -> Self {
        Self {
            left: limits.pause,
            most: limits.pause,
            bytes_per_second: limits.bytes_per_second.max(1),
        }
    }

    /// What is left after so many bytes came for which one waited so long.
    pub(super) fn after(self, waited: Duration, bytes: usize) -> Self {
        let bytes = u32::try_from(bytes).unwrap_or(u32::MAX);
        let earned = Duration::from_secs(1).saturating_mul(bytes) / self.bytes_per_second;
        let left = self.left.saturating_sub(waited).saturating_add(earned);
        Self {
            left: left.min(self.most),
            ..self
        }
    }
}

/// A body whose sender has limited time.
pub(super) struct Paced<B> {
    body: B,
    patience: Patience,
    /// Since when the next part is waited for, and until when.
    waiting: Option<(Instant, Pin<Box<Sleep>>)>,
    slow: SlowBody,
}

impl<B> Paced<B> {
    pub(super) fn new(body: B, limits: Limits, slow: SlowBody) -> Self {
        Self {
            body,
            patience: Patience::new(limits),
            waiting: None,
            slow,
        }
    }
}

impl<B> Body for Paced<B>
where
    B: Body<Data = Bytes, Error: Into<BoxError>> + Unpin,
{
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        match Pin::new(&mut self.body).poll_frame(cx) {
            Poll::Ready(Some(Ok(frame))) => {
                let waited = self.waiting.take().map(|(since, _)| since.elapsed());
                let bytes = frame.data_ref().map_or(0, Bytes::len);
                self.patience = self.patience.after(waited.unwrap_or_default(), bytes);
                Poll::Ready(Some(Ok(frame)))
            }
            Poll::Ready(Some(Err(error))) => Poll::Ready(Some(Err(error.into()))),
            Poll::Ready(None) => Poll::Ready(None),
            Poll::Pending => {
                let left = self.patience.left;
                let (_, end) = self.waiting.get_or_insert_with(|| {
                    let now = Instant::now();
                    (now, Box::pin(sleep_until(now + left)))
                });
                if end.as_mut().poll(cx).is_pending() {
                    return Poll::Pending;
                }
                self.slow.0.store(true, Ordering::Relaxed);
                Poll::Ready(Some(Err(Box::new(TooSlow))))
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How long a client is waited for that sends so many bytes every so often; `None` for ever.
    fn lasts(every: Duration, bytes: usize) -> Option<Duration> {
        let limits = Limits::default();
        let mut patience = Patience::new(limits);
        for round in 1..10_000 {
            if patience.left <= every {
                return Some(every * round);
            }
            patience = patience.after(every, bytes);
        }
        None
    }

    #[test]
    fn who_sends_keeps_a_place_and_who_drips_loses_it() {
        let limits = Limits::default();
        let pause = limits.pause;
        for (every, bytes, most) in [
            (pause, 0, pause),
            (pause / 4, 1, pause * 2),
            (Duration::from_secs(1), 1, pause * 2),
            (Duration::from_secs(10), 1_000, pause * 3),
        ] {
            let lasted = lasts(every, bytes).unwrap();
            assert!(lasted <= most, "{bytes} bytes every {every:?}: {lasted:?}");
        }
        // A phone at the edge of the network, and one that is gone for a while after each part.
        assert_eq!(lasts(Duration::from_secs(8), 4_000), None);
        assert_eq!(lasts(Duration::from_secs(25), 8_000), None);
        // What was sent at once is no licence to wait for long.
        let patience = Patience::new(limits).after(Duration::ZERO, 1 << 30);
        assert_eq!(patience.left, pause);
    }
}
