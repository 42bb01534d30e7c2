//! The door: the sockets behind which the pages stand, their certificate, and an end for clients that keep them waiting.
//!
//! Hides listening, TLS, and how long a client may take. It must not know what is asked for: each request goes to the
//! router with a [`Line`] that says from where it came and whether it was encrypted.
//!
//! With a certificate every listener speaks both HTTPS and HTTP: a TLS client sends its greeting first, and its first
//! byte is none that a plain request begins with. What may be answered in clear is for the router to say.

mod authority;
mod bounds;
mod certificate;
mod connection;
mod crowd;
mod fault;
mod slow;
#[cfg(test)]
mod tests;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, mpsc, watch};
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;

pub use authority::Trust;
pub use bounds::HostName;
pub use certificate::{Certificates, Source};
pub use fault::Fault;
pub use slow::SlowBody;

use connection::Seat;
use crowd::Crowd;

/// How long to wait where the system gives no more sockets.
const OUT_OF_SOCKETS: Duration = Duration::from_secs(1);

/// From where a request came.
#[derive(Debug, Clone, Copy)]
pub struct Line {
    /// The other end.
    pub peer: SocketAddr,
    /// Whether nobody in between could read or change it.
    pub encrypted: bool,
}

/// How long a client may take.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// To agree on keys.
    pub handshake: Duration,
    /// To send the head of a request; as long an idle connection is kept.
    pub head: Duration,
    /// Without sending anything of a body.
    pub pause: Duration,
    /// So many bytes of a body earn a second of patience, up to `pause`.
    pub bytes_per_second: u32,
    /// Without taking anything of an answer.
    pub unread: Duration,
    /// So many at once; others wait to be let in.
    pub connections: usize,
    /// So many of one address, or of one network of IPv6; more are closed at once. Not asked of this machine itself,
    /// and of nobody behind a proxy, who all come from one address.
    pub of_one: usize,
}

impl Default for Limits {
    /// A phone at the edge of the network gets through; a thousand sockets that send nothing do not keep others out
    /// for longer than half a minute.
    fn default() -> Self {
        Self {
            handshake: Duration::from_secs(10),
            head: Duration::from_secs(30),
            pause: Duration::from_secs(30),
            bytes_per_second: 256,
            unread: Duration::from_mins(1),
            connections: 2048,
            // Whole offices come by one address.
            of_one: 512,
        }
    }
}

/// The listeners, and the connections that came in by them.
pub struct Door {
    ending: watch::Sender<bool>,
    listening: JoinSet<()>,
    /// Closed once the last connection has ended.
    open: mpsc::Receiver<()>,
    places: Arc<Semaphore>,
    most: usize,
}

impl Door {
    /// Lets clients in; with certificates both encrypted and in clear.
    pub fn open(
        listeners: Vec<TcpListener>,
        router: &Router,
        certificates: Option<&Arc<Certificates>>,
        limits: Limits,
    ) -> Result<Self, Fault> {
        let acceptor = certificates
            .map(|certificates| certificates.server_config().map(TlsAcceptor::from))
            .transpose()?;
        let (ending, ended) = watch::channel(false);
        let (alive, open) = mpsc::channel(1);
        let places = Arc::new(Semaphore::new(limits.connections));
        let crowd = Crowd::default();
        let mut listening = JoinSet::new();
        for listener in listeners {
            let seat = Seat {
                router: router.clone(),
                acceptor: acceptor.clone(),
                limits,
                ending: ended.clone(),
            };
            let places = Arc::clone(&places);
            listening.spawn(let_in(listener, seat, places, crowd.clone(), alive.clone()));
        }
        Ok(Self {
            ending,
            listening,
            open,
            places,
            most: limits.connections,
        })
    }

    /// Counts the connections that are open.
    pub fn counter(&self) -> impl Fn() -> usize + Send + Sync + use<> {
        let (places, most) = (Arc::clone(&self.places), self.most);
        move || most.saturating_sub(places.available_permits())
    }

    /// Lets nobody in any more and waits until the requests that run are answered, at most for `patience`. Whether all
    /// were.
    pub async fn close(mut self, patience: Duration) -> bool {
        self.ending.send_replace(true);
        while self.listening.join_next().await.is_some() {}
        tokio::time::timeout(patience, self.open.recv()).await.is_ok()
    }
}

/// Gives each connection a task of its own until the door closes.
async fn let_in(
    listener: TcpListener,
    seat: Seat,
    places: Arc<Semaphore>,
    crowd: Crowd,
    alive: mpsc::Sender<()>,
) {
    let mut ending = seat.ending.clone();
    let limits = seat.limits;
    let next = async || -> Option<(TcpStream, SocketAddr, _)> {
        loop {
            match listener.accept().await {
                // Whoever comes when all places are taken waits, and with them those behind.
                Ok((stream, peer)) => {
                    let most = if peer.ip().to_canonical().is_loopback() {
                        usize::MAX
                    } else {
                        limits.of_one
                    };
                    let Some(seated) = crowd.seat(peer.ip(), most) else {
                        tracing::debug!(peer = %peer.ip(), "holds too many connections");
                        continue;
                    };
                    let place = Arc::clone(&places).acquire_owned().await.ok()?;
                    return Some((stream, peer, (place, seated)));
                }
                Err(error) if is_of_one(&error) => {}
                Err(error) => {
                    tracing::error!(%error, "no connection can be taken; it is tried again");
                    tokio::time::sleep(OUT_OF_SOCKETS).await;
                }
            }
        }
    };
    loop {
        let came = tokio::select! {
            came = next() => came,
            _ = ending.wait_for(|ended| *ended) => return,
        };
        let Some((stream, peer, place)) = came else {
            return;
        };
        let (seat, alive) = (seat.clone(), alive.clone());
        tokio::spawn(async move {
            seat.answer(stream, peer).await;
            drop((place, alive));
        });
    }
}

/// Whether a client was gone before it was let in, which says nothing of the listener.
fn is_of_one(error: &std::io::Error) -> bool {
    use std::io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(
        error.kind(),
        ConnectionRefused | ConnectionAborted | ConnectionReset
    )
}
