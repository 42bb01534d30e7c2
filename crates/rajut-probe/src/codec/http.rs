//! HTTP/1.1 (RFC 9112), as far as one question and its answer need it. The head is read by httparse; how long the body is
//! and what it holds is decided here, bounded whatever the other side promises.

use super::Malformed;

/// Octets of a head that are read.
pub const MOST_HEAD: usize = 64 << 10;
const MOST_HEADERS: usize = 100;

/// The head of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// The status (RFC 9110 section 15).
    pub status: u16,
    /// Where it leads, by its own words.
    pub location: Option<String>,
    /// How the length of its body is told.
    pub body: BodyLength,
}

/// How long a body is (RFC 9112 section 6.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BodyLength {
    /// So many octets.
    Octets(u64),
    /// In chunks, each behind its length.
    Chunks,
    /// Until the connection ends.
    UntilEnd,
}

/// A GET. Host and path hold no spaces or line ends: they come from a parsed address.
pub fn encode_get(host: &str, path: &str) -> Vec<u8> {
    format!(
        "GET {path} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: rajut\r\nAccept: */*\r\nConnection: close\r\n\r\n"
    )
    .into_bytes()
}

/// Reads a head and its length, or nothing when there is more of it to come.
pub fn parse_head(bytes: &[u8]) -> Result<Option<(Head, usize)>, Malformed> {
    let mut headers = [httparse::EMPTY_HEADER; MOST_HEADERS];
    let mut response = httparse::Response::new(&mut headers);
    let length = match response.parse(bytes).map_err(|_| Malformed::Encoding)? {
        httparse::Status::Complete(length) => length,
        httparse::Status::Partial if bytes.len() >= MOST_HEAD => return Err(Malformed::Encoding),
        httparse::Status::Partial => return Ok(None),
    };
    let status = response.code.ok_or(Malformed::Encoding)?;
    let all = |name: &str| -> Vec<&str> {
        let named = response
            .headers
            .iter()
            .filter(|it| it.name.eq_ignore_ascii_case(name));
        named
            .filter_map(|it| std::str::from_utf8(it.value).ok())
            .map(str::trim)
            .collect()
    };
    let chunked = all("transfer-encoding")
        .iter()
        .any(|it| it.eq_ignore_ascii_case("chunked"));
    let lengths = all("content-length");
    let body = match (status, chunked, &lengths[..]) {
        (100..=199 | 204 | 304, ..) => BodyLength::Octets(0),
        (_, true, _) => BodyLength::Chunks,
        (_, false, []) => BodyLength::UntilEnd,
        (_, false, [first, rest @ ..]) => {
            // Two lengths that differ are an attack (RFC 9112 section 6.3).
            if rest.iter().any(|it| it != first) {
                return Err(Malformed::Encoding);
            }
            BodyLength::Octets(first.parse().map_err(|_| Malformed::Encoding)?)
        }
    };
    let location = all("location").first().map(|it| (*it).to_owned());
    Ok(Some((
        Head {
            status,
            location,
            body,
        },
        length,
    )))
}

/// A body that comes in pieces; no more than `most` octets of it are kept.
#[derive(Debug)]
pub struct Body {
    length: BodyLength,
    most: usize,
    kept: Vec<u8>,
    /// What came and is not understood yet: the line of a chunk.
    rest: Vec<u8>,
    /// What is left of the chunk, with the line end behind it.
    chunk: u64,
    done: bool,
}

impl Body {
    /// An empty one.
    pub fn new(length: BodyLength, most: usize) -> Self {
        Self {
            length,
            most,
            kept: Vec::new(),
            rest: Vec::new(),
            chunk: 0,
            done: length == BodyLength::Octets(0),
        }
    }

    /// Takes a piece in. Whatever stands behind the end of the body is left alone.
    pub fn take(&mut self, piece: &[u8]) -> Result<(), Malformed> {
        match self.length {
            BodyLength::UntilEnd => self.keep(piece),
            BodyLength::Octets(left) => {
                let taken = piece.len().min(usize::try_from(left).unwrap_or(usize::MAX));
                self.keep(&piece[..taken]);
                let left = left - taken as u64;
                self.length = BodyLength::Octets(left);
                self.done |= left == 0;
            }
            BodyLength::Chunks => {
                self.rest.extend(piece);
                self.chunks()?;
            }
        }
        self.done |= self.kept.len() >= self.most;
        Ok(())
    }

    fn chunks(&mut self) -> Result<(), Malformed> {
        while !self.done && !self.rest.is_empty() {
            if self.chunk > 0 {
                let taken = self
                    .rest
                    .len()
                    .min(usize::try_from(self.chunk).unwrap_or(usize::MAX));
                // The last two octets are the line end of the chunk.
                let content = taken.min(usize::try_from(self.chunk.saturating_sub(2)).unwrap_or(usize::MAX));
                let piece: Vec<u8> = self.rest.drain(..taken).collect();
                self.keep(&piece[..content]);
                self.chunk -= taken as u64;
                self.done |= self.kept.len() >= self.most;
                continue;
            }
            match httparse::parse_chunk_size(&self.rest).map_err(|_| Malformed::Encoding)? {
                httparse::Status::Partial if self.rest.len() > 1024 => return Err(Malformed::Encoding),
                httparse::Status::Partial => return Ok(()),
                httparse::Status::Complete((_, 0)) => self.done = true,
                httparse::Status::Complete((line, size)) => {
                    self.rest.drain(..line);
                    self.chunk = size.checked_add(2).ok_or(Malformed::Encoding)?;
                }
            }
        }
        Ok(())
    }

    fn keep(&mut self, piece: &[u8]) {
        let room = self.most.saturating_sub(self.kept.len());
        self.kept.extend(&piece[..piece.len().min(room)]);
    }

    /// Whether it is whole, or as much of it is kept as is kept at all.
    pub fn is_done(&self) -> bool {
        self.done
    }

    /// Whether the end of the connection is a proper end.
    pub fn may_end(&self) -> bool {
        self.done || self.length == BodyLength::UntilEnd
    }

    /// What is kept of it.
    pub fn kept(&self) -> &[u8] {
        &self.kept
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn head(text: &str) -> Result<Option<(Head, usize)>, Malformed> {
        parse_head(text.as_bytes())
    }

    #[test]
    fn a_head_tells_how_long_its_body_is() {
        for (headers, body) in [
            ("Content-Length: 5\r\n", BodyLength::Octets(5)),
            (
                "content-length: 5\r\nContent-Length: 5\r\n",
                BodyLength::Octets(5),
            ),
            (
                "Transfer-Encoding: Chunked\r\nContent-Length: 5\r\n",
                BodyLength::Chunks,
            ),
            ("", BodyLength::UntilEnd),
        ] {
            let text = format!("HTTP/1.1 200 OK\r\n{headers}\r\nhalo");
            let (found, length) = head(&text).unwrap().unwrap();
            assert_eq!(
                (found.status, found.body, &text[length..]),
                (200, body, "halo"),
                "{headers}"
            );
        }
        let (moved, _) = head("HTTP/1.0 301 x\r\nLocation: /baru\r\nContent-Length: 0\r\n\r\n")
            .unwrap()
            .unwrap();
        assert_eq!(moved.location.as_deref(), Some("/baru"));
        assert_eq!(
            head("HTTP/1.1 204 x\r\nContent-Length: 7\r\n\r\n")
                .unwrap()
                .unwrap()
                .0
                .body,
            BodyLength::Octets(0)
        );
        assert_eq!(head("HTTP/1.1 200 O"), Ok(None));
        for wrong in [
            "SSH-2.0-OpenSSH\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n",
        ] {
            assert_eq!(head(wrong), Err(Malformed::Encoding), "{wrong}");
        }
        let endless = format!("HTTP/1.1 200 OK\r\nX: {}", "a".repeat(MOST_HEAD));
        assert_eq!(head(&endless), Err(Malformed::Encoding));
    }

    #[test]
    fn a_body_is_bounded_whatever_is_promised() {
        let mut body = Body::new(BodyLength::Octets(u64::MAX), 10);
        body.take(&[b'x'; 50]).unwrap();
        assert!(body.is_done() && body.kept().len() == 10);
        let mut body = Body::new(BodyLength::Chunks, 10);
        body.take(b"ffffffff\r\n").unwrap();
        assert!(!body.is_done() && !body.may_end());
        body.take(&[b'x'; 50]).unwrap();
        assert!(body.is_done() && body.kept().len() == 10);
        let mut body = Body::new(BodyLength::Chunks, 10);
        assert!(body.take(b"fffffffffffffffff\r\n").is_err());
        assert!(Body::new(BodyLength::Chunks, 10).take(b"bukan\r\n").is_err());
    }

    proptest! {
        #[test]
        fn chunks_are_joined_however_they_come(parts in prop::collection::vec("[a-z]{1,20}", 0..8), cut in 1_usize..9) {
            let chunks = parts.iter().map(|part| format!("{:x};ext=1\r\n{part}\r\n", part.len()));
            let text: String = chunks.chain(["0\r\n\r\n".to_owned()]).collect();
            let mut body = Body::new(BodyLength::Chunks, 1000);
            for piece in text.as_bytes().chunks(cut) {
                body.take(piece).unwrap();
            }
            prop_assert!(body.is_done());
            let joined = parts.concat();
            prop_assert_eq!(body.kept(), joined.as_bytes());
        }

        #[test]
        fn any_bytes_are_read_without_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = parse_head(&bytes);
            let mut body = Body::new(BodyLength::Chunks, 50);
            let _ = body.take(&bytes);
            prop_assert!(body.kept().len() <= 50);
        }
    }
}
