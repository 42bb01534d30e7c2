//! One connection: the greeting, its requests, and an end when the door closes or the client takes too long.

use std::io;
use std::net::SocketAddr;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, Request};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::time::{Sleep, sleep, timeout};
use tokio_rustls::TlsAcceptor;
use tower::Service as _;

use super::slow::{Paced, SlowBody};
use super::{Limits, Line};

/// What the greeting of a TLS client begins with; no method of HTTP does.
const TLS_GREETING: u8 = 0x16;

/// What a connection is answered with.
#[derive(Clone)]
pub(super) struct Seat {
    pub router: Router,
    pub acceptor: Option<TlsAcceptor>,
    pub limits: Limits,
    pub ending: watch::Receiver<bool>,
}

impl Seat {
    /// Answers until the connection ends.
    pub(super) async fn answer(self, stream: TcpStream, peer: SocketAddr) {
        // Answers are written whole; waiting for more to send would only delay them.
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "connection gone");
            return;
        }
        let Some(acceptor) = self.acceptor.clone() else {
            let line = Line {
                peer,
                encrypted: false,
            };
            return self.speak(stream, line).await;
        };
        let mut ending = self.ending.clone();
        let greeting = timeout(self.limits.handshake, async {
            let mut first = [0];
            stream.peek(&mut first).await?;
            if first[0] == TLS_GREETING {
                let stream = acceptor.accept(stream).await?;
                Ok::<_, io::Error>(Greeted::Encrypted(Box::new(stream)))
            } else {
                Ok(Greeted::Clear(stream))
            }
        });
        let greeted = tokio::select! {
            greeted = greeting => greeted,
            _ = ending.wait_for(|ended| *ended) => return,
        };
        let line = |encrypted| Line { peer, encrypted };
        match greeted {
            Ok(Ok(Greeted::Encrypted(stream))) => self.speak(*stream, line(true)).await,
            Ok(Ok(Greeted::Clear(stream))) => self.speak(stream, line(false)).await,
            Ok(Err(error)) => tracing::debug!(%peer, %error, "no keys were agreed on"),
            Err(_) => tracing::debug!(%peer, "no greeting in time"),
        }
    }

    /// Answers HTTP requests.
    pub(super) async fn speak<S>(self, stream: S, line: Line)
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let Self {
            router,
            limits,
            mut ending,
            ..
        } = self;
        let service = service_fn(move |request| {
            let mut router = router.clone();
            let request = seated(request, line, limits);
            async move { router.call(request).await }
        });
        let stream = TokioIo::new(Taken::new(stream, limits.unread));
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(limits.head)
            .serve_connection(stream, service);
        let mut connection = pin!(connection);
        let mut told = false;
        loop {
            tokio::select! {
                ended = connection.as_mut() => {
                    if let Err(error) = ended {
                        tracing::debug!(peer = %line.peer, %error, "connection ended early");
                    }
                    return;
                }
                _ = ending.wait_for(|ended| *ended), if !told => {
                    told = true;
                    connection.as_mut().graceful_shutdown();
                }
            }
        }
    }
}

/// How a client began.
enum Greeted {
    Encrypted(Box<tokio_rustls::server::TlsStream<TcpStream>>),
    Clear(TcpStream),
}

/// A request with what the router is told of its line, and a body that does not wait for ever.
fn seated(request: Request<Incoming>, line: Line, limits: Limits) -> Request {
    let slow = SlowBody::default();
    let mark = slow.clone();
    let mut request = request.map(|body| Body::new(Paced::new(body, limits, mark)));
    let extensions = request.extensions_mut();
    extensions.insert(ConnectInfo(line.peer));
    extensions.insert(line);
    extensions.insert(slow);
    request
}

/// A stream whose other end must take what is written: whoever asks and does not read is cut.
struct Taken<S> {
    stream: S,
    unread: Duration,
    /// Runs while something waits to be taken.
    waiting: Option<Pin<Box<Sleep>>>,
}

impl<S> Taken<S> {
    fn new(stream: S, unread: Duration) -> Self {
        Self {
            stream,
            unread,
            waiting: None,
        }
    }

    /// Passes on what came of writing, or the end of the patience.
    fn within<T>(&mut self, cx: &mut Context<'_>, written: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        if written.is_ready() {
            self.waiting = None;
            return written;
        }
        let unread = self.unread;
        let waiting = self.waiting.get_or_insert_with(|| Box::pin(sleep(unread)));
        ready!(waiting.as_mut().poll(cx));
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Taken<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, into)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Taken<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(cx, bytes);
        self.within(cx, written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(cx, parts);
        self.within(cx, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let flushed = Pin::new(&mut self.stream).poll_flush(cx);
        self.within(cx, flushed)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let shut = Pin::new(&mut self.stream).poll_shutdown(cx);
        self.within(cx, shut)
    }
}
