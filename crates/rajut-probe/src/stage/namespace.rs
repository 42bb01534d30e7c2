//! A network namespace that is ours and goes away with us. Uses `ip` of iproute2.

use std::fs::File;
use std::io;
use std::os::fd::AsFd;
use std::process::Command;
use std::thread;

use rustix::thread::{LinkNameSpaceType, move_into_link_name_space};

/// A stage that cannot be built.
#[derive(Debug, thiserror::Error)]
pub enum StageError {
    /// It needs root.
    #[error(
        "farm and lab need root (CAP_NET_ADMIN and CAP_SYS_ADMIN): run `make test` as root, or `sudo make test`; the system said: {0}"
    )]
    NotRoot(String),
    /// `ip` is not installed.
    #[error("farm and lab need the program `ip` of the package iproute2, which `make test` installs")]
    NoIproute,
    /// A command failed.
    #[error("`ip {command}` failed: {said}")]
    Command {
        /// The arguments.
        command: String,
        /// What it said.
        said: String,
    },
    /// The system refused something else.
    #[error("cannot {doing}: {source}")]
    System {
        /// What we were doing.
        doing: String,
        /// What it said.
        source: io::Error,
    },
    /// The topology asks for what this stage cannot do.
    #[error("this stage cannot do it: {0}")]
    Cannot(String),
}

impl StageError {
    pub(super) fn system(doing: impl Into<String>) -> impl FnOnce(io::Error) -> Self {
        let doing = doing.into();
        move |source| match source.kind() {
            io::ErrorKind::PermissionDenied => Self::NotRoot(format!("{source}, when trying to {doing}")),
            _ => Self::System { doing, source },
        }
    }
}

/// A network namespace with its loopback up; deleted on drop.
#[derive(Debug)]
pub struct Namespace {
    name: String,
}

impl Namespace {
    /// Creates it. The name must be new on this machine.
    pub fn create(name: &str) -> Result<Self, StageError> {
        ip(&["netns", "add", name])?;
        let made = Self {
            name: name.to_owned(),
        };
        made.ip(&["link", "set", "lo", "up"])?;
        Ok(made)
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Runs `ip` inside it.
    pub(super) fn ip(&self, arguments: &[&str]) -> Result<(), StageError> {
        let mut all = vec!["-n", self.name.as_str()];
        all.extend(arguments);
        ip(&all)
    }

    /// Runs `act` on a thread of its own inside the namespace, and waits for it. Sockets opened by `act`
    /// stay in the namespace wherever they are used later.
    ///
    /// # Panics
    /// When `act` panics, so that a failed assertion inside reaches the test.
    pub fn run<T: Send>(&self, act: impl FnOnce() -> T + Send) -> Result<T, StageError> {
        let path = format!("/run/netns/{}", self.name);
        thread::scope(|scope| {
            let thread = scope.spawn(|| {
                let doing = format!("enter the network namespace {}", self.name);
                let entered = File::open(&path).and_then(|file| {
                    // Moves this thread alone, and it ends with `act`.
                    move_into_link_name_space(file.as_fd(), Some(LinkNameSpaceType::Network))
                        .map_err(io::Error::from)
                });
                entered.map_err(StageError::system(doing))?;
                Ok(act())
            });
            thread
                .join()
                .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        })
    }
}

impl Drop for Namespace {
    fn drop(&mut self) {
        // Nobody is left to hear of a failure; the name says whose it was.
        let _ = ip(&["netns", "delete", &self.name]);
    }
}

fn ip(arguments: &[&str]) -> Result<(), StageError> {
    let output = Command::new("ip")
        .args(arguments)
        .output()
        .map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => StageError::NoIproute,
            _ => StageError::System {
                doing: "run `ip`".to_owned(),
                source: error,
            },
        })?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    if said.contains("Operation not permitted") || said.contains("Permission denied") {
        return Err(StageError::NotRoot(said));
    }
    Err(StageError::Command {
        command: arguments.join(" "),
        said,
    })
}
