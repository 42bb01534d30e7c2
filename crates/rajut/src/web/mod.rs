//! The pages and the API of the program: what use cases do and tell, for browsers and for other programs.
//!
//! Hides HTTP, HTML, sessions and the words on the screen. It decides nothing: every act goes through one use case, and
//! whether it is allowed is said by the rules. Every route stands in one table ([`routes`]) with the right it needs; the
//! router is built from that table.
//!
//! People sign in with accounts; in the demo whoever comes chooses one of the sample people. Without a certificate the
//! pages answer on this machine alone, or to a proxy that has one; how connections come in is the door's business.

mod acts;
mod api;
mod assets;
mod beginning;
mod duty;
mod failure;
mod failure_page;
mod field;
mod form;
mod frame;
mod gate;
mod guard;
mod health;
mod live;
mod metrics;
mod pages;
mod reach;
mod routes;
mod serve;
mod session;
mod show;
#[cfg(test)]
mod tests;
mod upload;
mod visitor;

use std::path::PathBuf;
use std::sync::Arc;

use fluent_bundle::{FluentArgs, FluentValue};
use jiff::civil::Date;
use rajut_app::{App, Context, Entropy};
use tokio::sync::Semaphore;

use crate::jobs::Ledger;
use crate::words::Words;
use beginning::Beginning;
use duty::Duty;
use metrics::Metrics;
use reach::Reach;

pub use serve::{NotServed, ServeArguments, serve};

/// How many papers are set at once: each takes a processor for itself.
const PAPERS_AT_ONCE: usize = 2;

/// How one becomes somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// By an account.
    Live,
    /// By choosing one of the sample people.
    Demo,
}

/// What every handler works with.
pub struct Web {
    app: App,
    mode: Mode,
    reach: Reach,
    entropy: Entropy,
    papers: Semaphore,
    feed: Arc<live::Feed>,
    metrics: Metrics,
    jobs: Arc<Ledger>,
    anchors: PathBuf,
    beginning: Beginning,
    /// The journal is checked by one at a time: it is read whole.
    checking: Semaphore,
}

impl Web {
    /// `anchors` is the file in which the end of the journal is written down.
    fn new(app: App, mode: Mode, reach: Reach, entropy: Entropy, anchors: PathBuf) -> Self {
        let papers = Semaphore::new(PAPERS_AT_ONCE);
        Self {
            app,
            mode,
            reach,
            entropy,
            papers,
            feed: Arc::new(live::Feed::new()),
            metrics: Metrics::default(),
            jobs: Arc::default(),
            anchors,
            beginning: Beginning::default(),
            checking: Semaphore::new(1),
        }
    }

    /// The date on the agency's wall.
    fn today(&self, context: &Context) -> Date {
        context.agency.zone.date(self.app.now())
    }

    /// Posts and people today.
    fn duty<'c>(&self, context: &'c Context) -> Duty<'c> {
        Duty::on(context, self.today(context))
    }
}

/// The sentence of a key with its arguments; numbers choose their form of the word.
fn say(words: &Words, key: &str, args: &[(&'static str, FluentValue<'_>)]) -> String {
    words.say_args(key, &args.iter().cloned().collect::<FluentArgs<'_>>())
}
