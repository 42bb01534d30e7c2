//! A connection on which everything - opening it, the handshake of TLS, each octet - must be done by one moment, however
//! slowly the other side lets it drip. It blocks its thread.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{IpAddr, SocketAddr, TcpStream, ToSocketAddrs as _};
use std::sync::Arc;
use std::sync::mpsc::channel;
use std::time::{Duration, Instant};

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, ClientConnection, DigitallySignedStruct, SignatureScheme, StreamOwned};
use socket2::{Domain, Protocol, Socket, Type};

/// A moment by which all must be done.
#[derive(Debug, Clone, Copy)]
pub struct Deadline {
    begun: Instant,
    patience: Duration,
}

impl Deadline {
    /// So long from now.
    pub fn after(patience: Duration) -> Self {
        Self {
            begun: now(),
            patience,
        }
    }

    /// How much of the time has passed.
    pub fn passed(&self) -> Duration {
        now().saturating_duration_since(self.begun)
    }

    /// How much of it is left. The system takes no shorter patience than a microsecond.
    pub(super) fn left(&self) -> io::Result<Duration> {
        let left = self.patience.checked_sub(self.passed());
        left.filter(|left| *left >= Duration::from_micros(1))
            .ok_or_else(|| ErrorKind::TimedOut.into())
    }
}

/// A TCP connection with a deadline.
#[derive(Debug)]
pub struct Line {
    stream: TcpStream,
    deadline: Deadline,
}

impl Line {
    /// Opens it.
    pub fn open(source: Option<IpAddr>, to: SocketAddr, deadline: Deadline) -> io::Result<Self> {
        let socket = Socket::new(Domain::for_address(to), Type::STREAM, Some(Protocol::TCP))?;
        if let Some(source) = source {
            socket.bind(&SocketAddr::new(source, 0).into())?;
        }
        socket.connect_timeout(&to.into(), deadline.left()?)?;
        let stream = socket.into();
        Ok(Self { stream, deadline })
    }
}

impl Read for Line {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.stream.set_read_timeout(Some(self.deadline.left()?))?;
        self.stream.read(buffer)
    }
}

impl Write for Line {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        self.stream.set_write_timeout(Some(self.deadline.left()?))?;
        self.stream.write(buffer)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.stream.flush()
    }
}

/// A connection with TLS, and what the other side showed of itself. Whether that is to be trusted is not decided here.
#[derive(Debug)]
pub struct SecureLine {
    stream: StreamOwned<ClientConnection, Line>,
}

impl SecureLine {
    /// Does the handshake. Whatever certificate is shown is taken, but its key must be the other side's.
    pub fn handshake(line: Line, name: ServerName<'static>) -> io::Result<Self> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ClientConfig::builder_with_provider(Arc::clone(&provider))
            .with_safe_default_protocol_versions()
            .map_err(io::Error::other)?
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(Shown(provider)))
            .with_no_client_auth();
        let connection = ClientConnection::new(Arc::new(config), name).map_err(io::Error::other)?;
        let mut stream = StreamOwned::new(connection, line);
        while stream.conn.is_handshaking() {
            stream.conn.complete_io(&mut stream.sock)?;
        }
        Ok(Self { stream })
    }

    /// The certificates that were shown, the server's first, in DER.
    pub fn certificates(&self) -> Vec<CertificateDer<'static>> {
        let shown = self.stream.conn.peer_certificates().unwrap_or_default();
        shown.iter().map(|it| it.clone().into_owned()).collect()
    }

    /// The version of TLS, by its usual name.
    pub fn version(&self) -> &'static str {
        match self.stream.conn.protocol_version() {
            Some(rustls::ProtocolVersion::TLSv1_3) => "TLS 1.3",
            Some(rustls::ProtocolVersion::TLSv1_2) => "TLS 1.2",
            _ => "TLS",
        }
    }
}

impl Read for SecureLine {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self.stream.read(buffer) {
            // Many servers end without the word of goodbye: what was read was authenticated, and lengths are checked.
            Err(error) if error.kind() == ErrorKind::UnexpectedEof => Ok(0),
            read => read,
        }
    }
}

impl Write for SecureLine {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        self.stream.write(buffer)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.stream.flush()
    }
}

/// Takes every certificate, so that it can be looked at.
#[derive(Debug)]
struct Shown(Arc<CryptoProvider>);

impl ServerCertVerifier for Shown {
    fn verify_server_cert(
        &self,
        _certificate: &CertificateDer<'_>,
        _between: &[CertificateDer<'_>],
        _name: &ServerName<'_>,
        _ocsp: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(
            message,
            certificate,
            signed,
            &self.0.signature_verification_algorithms,
        )
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(
            message,
            certificate,
            signed,
            &self.0.signature_verification_algorithms,
        )
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}

/// The addresses of a name, by the system's own way. That way knows no deadline: who asks gives up, and its thread ends
/// when the system does.
pub fn resolve(host: &str, port: u16, deadline: Deadline) -> io::Result<Vec<SocketAddr>> {
    if let Ok(address) = host.parse::<IpAddr>() {
        return Ok(vec![SocketAddr::new(address, port)]);
    }
    let (told, asked) = channel();
    let name = host.to_owned();
    std::thread::Builder::new()
        .name("resolve".to_owned())
        .spawn(move || {
            let found = (name.as_str(), port).to_socket_addrs().map(Iterator::collect);
            // Nobody waits any more: then nobody is told.
            let _ = told.send(found);
        })?;
    let left = deadline.left()?;
    asked
        .recv_timeout(left)
        .unwrap_or_else(|_| Err(ErrorKind::TimedOut.into()))
}

#[expect(
    clippy::disallowed_methods,
    reason = "the network rim measures time; nobody above it does"
)]
fn now() -> Instant {
    Instant::now()
}
