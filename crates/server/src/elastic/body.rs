//! Bodies as they come: decompressed, bounded, and cut into lines.

use std::{io::Write as _, time::Duration};

use axum::{
    body::{Body, BodyDataStream, Bytes},
    http::{HeaderMap, StatusCode, header},
};
use flate2::write::{MultiGzDecoder, ZlibDecoder};
use futures::StreamExt as _;

use super::{Limits, answer::Fault};
use crate::intake::Refusal;

/// How long a sender may pause within a body.
const IDLE: Duration = Duration::from_secs(30);
/// Bytes that are decompressed at a time: deflate makes at most a thousand times as many of them (RFC 1951), which bounds what is held.
const SLICE: usize = 2048;
/// Bytes of a line. Elasticsearch takes 100 MB for all.
const LONGEST_LINE: usize = 32 << 20;

/// A body, line by line.
pub(super) struct Lines {
    chunks: BodyDataStream,
    decoder: Decoder,
    limits: Limits,
    /// Bytes that came, and that they were decompressed to.
    came: u64,
    expanded: u64,
    /// What of the chunk is still to be decompressed.
    waiting: Bytes,
    text: Vec<u8>,
    /// Where the next line begins in the text, and up to where there is no line feed.
    begin: usize,
    searched: usize,
    ended: bool,
}

/// What a body is compressed with.
enum Decoder {
    Plain,
    Gzip(MultiGzDecoder<Vec<u8>>),
    Zlib(ZlibDecoder<Vec<u8>>),
}

impl Lines {
    /// # Errors
    /// When the body is said to be longer than is taken, or compressed with something else.
    pub(super) fn new(headers: &HeaderMap, body: Body, limits: Limits) -> Result<Self, Fault> {
        let length = headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
        if length.is_some_and(|length| length > limits.body) {
            return Err(too_large(limits.body));
        }
        let encoding =
            headers.get(header::CONTENT_ENCODING).map(|value| value.to_str().unwrap_or("?").trim().to_ascii_lowercase());
        let decoder = match encoding.as_deref() {
            None | Some("" | "identity") => Decoder::Plain,
            Some("gzip" | "x-gzip") => Decoder::Gzip(MultiGzDecoder::new(Vec::new())),
            Some("deflate") => Decoder::Zlib(ZlibDecoder::new(Vec::new())),
            Some(_) => {
                let reason = "the body is compressed with something that is not read here: use gzip, or none";
                return Err(Fault::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "illegal_argument_exception", reason));
            }
        };
        Ok(Self {
            chunks: body.into_data_stream(),
            decoder,
            limits,
            came: 0,
            expanded: 0,
            waiting: Bytes::new(),
            text: Vec::new(),
            begin: 0,
            searched: 0,
            ended: false,
        })
    }

    /// The next line, without its end; `None` at the end of the body. The last line need not be terminated.
    pub(super) async fn next(&mut self) -> Result<Option<Bytes>, Fault> {
        loop {
            let fresh = self.text.get(self.searched..).unwrap_or_default();
            if let Some(place) = fresh.iter().position(|byte| *byte == b'\n') {
                let end = self.searched + place;
                let line = Bytes::copy_from_slice(self.text.get(self.begin..end).unwrap_or_default());
                self.begin = end + 1;
                self.searched = self.begin;
                return Ok(Some(line));
            }
            self.searched = self.text.len();
            if self.ended {
                let rest = Bytes::copy_from_slice(self.text.get(self.begin..).unwrap_or_default());
                self.begin = self.text.len();
                return Ok((!rest.is_empty()).then_some(rest));
            }
            self.more().await?;
        }
    }

    /// The whole body as one line.
    pub(super) async fn whole(mut self) -> Result<Bytes, Fault> {
        while !self.ended {
            self.more().await?;
        }
        Ok(Bytes::from(self.text))
    }

    /// Takes the next bytes.
    async fn more(&mut self) -> Result<(), Fault> {
        if self.begin > 0 {
            self.text.drain(..self.begin);
            self.searched -= self.begin;
            self.begin = 0;
        }
        if self.waiting.is_empty() {
            match tokio::time::timeout(IDLE, self.chunks.next()).await {
                Ok(Some(Ok(chunk))) => self.waiting = chunk,
                Ok(Some(Err(error))) => {
                    return Err(Fault::argument(format!("the body broke off: {error}; nothing of it was stored")));
                }
                Ok(None) => return self.end(),
                Err(_) => {
                    let reason = "the body did not go on for 30 s; nothing of it was stored";
                    return Err(Fault::new(StatusCode::REQUEST_TIMEOUT, "timeout_exception", reason));
                }
            }
            self.came = self.came.saturating_add(self.waiting.len() as u64);
            if self.came > self.limits.body {
                return Err(too_large(self.limits.body));
            }
        }
        let slice = match &self.decoder {
            Decoder::Plain => self.waiting.len(),
            Decoder::Gzip(_) | Decoder::Zlib(_) => self.waiting.len().min(SLICE),
        };
        let slice = self.waiting.split_to(slice);
        let written = match &mut self.decoder {
            Decoder::Plain => {
                self.text.extend_from_slice(&slice);
                Ok(slice.len())
            }
            Decoder::Gzip(decoder) => decoder.write_all(&slice).map(|()| take(&mut self.text, decoder.get_mut())),
            Decoder::Zlib(decoder) => decoder.write_all(&slice).map(|()| take(&mut self.text, decoder.get_mut())),
        };
        self.grown(written)
    }

    fn end(&mut self) -> Result<(), Fault> {
        self.ended = true;
        let written = match &mut self.decoder {
            Decoder::Plain => Ok(0),
            Decoder::Gzip(_) | Decoder::Zlib(_) if self.came == 0 => Ok(0),
            Decoder::Gzip(decoder) => decoder.try_finish().map(|()| take(&mut self.text, decoder.get_mut())),
            Decoder::Zlib(decoder) => decoder.try_finish().map(|()| take(&mut self.text, decoder.get_mut())),
        };
        self.grown(written)
    }

    fn grown(&mut self, written: std::io::Result<usize>) -> Result<(), Fault> {
        let written = written.map_err(|error| Fault::argument(format!("the body cannot be decompressed: {error}")))?;
        self.expanded = self.expanded.saturating_add(written as u64);
        if self.expanded > self.limits.expanded {
            return Err(too_large(self.limits.expanded));
        }
        if self.text.len() - self.begin > LONGEST_LINE && !self.text.get(self.searched..).unwrap_or_default().contains(&b'\n') {
            return Err(too_large(LONGEST_LINE as u64));
        }
        Ok(())
    }
}

fn take(text: &mut Vec<u8>, decoded: &mut Vec<u8>) -> usize {
    let bytes = decoded.len();
    text.append(decoded);
    bytes
}

fn too_large(limit: u64) -> Fault {
    Fault::refusal(&Refusal::TooLarge { limit })
}

#[cfg(test)]
mod tests {
    use flate2::{
        Compression,
        write::{GzEncoder, ZlibEncoder},
    };

    use super::*;

    type Outcome<T = ()> = Result<T, Box<dyn std::error::Error>>;

    async fn read(encoding: &'static str, body: Vec<u8>, limits: Limits) -> Result<Vec<String>, u16> {
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_ENCODING, header::HeaderValue::from_static(encoding));
        // As it comes over a wire: in pieces that end anywhere.
        let pieces: Vec<Result<Vec<u8>, std::io::Error>> = body.chunks(7).map(|piece| Ok(piece.to_vec())).collect();
        let body = Body::from_stream(futures::stream::iter(pieces));
        let mut lines = Lines::new(&headers, body, limits).map_err(|fault| fault.status.as_u16())?;
        let mut read = Vec::new();
        while let Some(line) = lines.next().await.map_err(|fault| fault.status.as_u16())? {
            read.push(String::from_utf8_lossy(&line).into_owned());
        }
        Ok(read)
    }

    const LIMITS: Limits = Limits { body: 10_000, expanded: 100_000 };

    #[tokio::test]
    async fn lines_are_read_however_they_are_compressed() -> Outcome {
        let text = "{\"index\":{}}\n{\"a\":1}\n\nlast";
        let expected = Ok(["{\"index\":{}}", "{\"a\":1}", "", "last"].map(str::to_owned).to_vec());
        assert_eq!(read("identity", text.into(), LIMITS).await, expected);
        let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
        gzip.write_all(text.as_bytes())?;
        assert_eq!(read("gzip", gzip.finish()?, LIMITS).await, expected);
        let mut zlib = ZlibEncoder::new(Vec::new(), Compression::fast());
        zlib.write_all(text.as_bytes())?;
        assert_eq!(read("deflate", zlib.finish()?, LIMITS).await, expected);
        assert_eq!(read("gzip", Vec::new(), LIMITS).await, Ok(Vec::new()));
        Ok(())
    }

    #[tokio::test]
    async fn what_is_too_large_or_broken_is_refused() -> Outcome {
        assert_eq!(read("br", Vec::new(), LIMITS).await, Err(415));
        assert_eq!(read("gzip", b"no gzip at all".to_vec(), LIMITS).await, Err(400));
        assert_eq!(read("identity", vec![b'\n'; 10_001], LIMITS).await, Err(413));
        let mut bomb = GzEncoder::new(Vec::new(), Compression::best());
        bomb.write_all(&vec![b'\n'; 200_000])?;
        let bomb = bomb.finish()?;
        assert!(bomb.len() < 1_000);
        assert_eq!(read("gzip", bomb.clone(), LIMITS).await, Err(413));
        let cut = bomb.get(..bomb.len() - 4).unwrap_or_default().to_vec();
        assert_eq!(read("gzip", cut, Limits { expanded: 1 << 20, ..LIMITS }).await, Err(400));
        Ok(())
    }
}
