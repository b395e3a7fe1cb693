//! Compressed inputs: gzip (with several members too), zstd (several frames), zip and tar (every member).
//!
//! Telemetry is compressed once, or once more inside an archive; deeper nesting is refused. What expands beyond the limits
//! of [`Options`](crate::Options) is stopped where it does.

use std::io::{BufReader, Read, Seek, SeekFrom};

use ::zip::ZipArchive;
use flate2::read::MultiGzDecoder;

use super::Reading;
use crate::SourceError;
use crate::bytes::Stream;
use crate::output::Outcome;

/// Layers of compression that are unpacked. A tar archive is none.
const MAX_LAYERS: u32 = 2;
/// Tar archives inside each other that are read.
const MAX_TARS: u32 = 2;
/// Bytes of a member's name in a tar archive that are read.
const MAX_NAME: u64 = 8 << 10;
/// The largest zstd window that is accepted, as a power of two: 128 MiB, the format's own recommendation for decoders.
const ZSTD_WINDOW: u32 = 27;

/// What an input is wrapped in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Container {
    Gzip,
    Zstd,
    Zip,
    Tar,
}

impl Reading<'_, '_> {
    pub(super) fn container(&mut self, source: &str, container: Container, stream: Stream<'_>, layers: u32) -> Outcome {
        if container == Container::Tar {
            return self.tar(source, stream, layers);
        }
        if layers == MAX_LAYERS {
            return Err(SourceError::Nested { source_name: source.to_owned() }.into());
        }
        if container == Container::Zip {
            return self.zip(source, stream, layers);
        }
        let compressed: Box<dyn Read + '_> =
            if layers == 0 { Box::new(self.budget.count(stream.into_reader())) } else { stream.into_reader() };
        let unpacked: Box<dyn Read + '_> = match container {
            Container::Zstd => {
                let decoder = ::zstd::stream::read::Decoder::new(compressed).and_then(|mut decoder| {
                    decoder.window_log_max(ZSTD_WINDOW)?;
                    Ok(decoder)
                });
                Box::new(self.budget.limit(decoder.map_err(|cause| SourceError::from_read(source, cause))?, "zstd"))
            }
            Container::Gzip | Container::Zip | Container::Tar => {
                Box::new(self.budget.limit(MultiGzDecoder::new(BufReader::with_capacity(1 << 17, compressed)), "gzip"))
            }
        };
        self.stream(source, Stream::Pipe(unpacked), layers + 1)
    }

    /// Every member in the archive's order; one that cannot be read does not keep the others from being read.
    fn zip(&mut self, source: &str, stream: Stream<'_>, layers: u32) -> Outcome {
        let read_fault = |cause| SourceError::from_read(source, cause);
        let zip_fault = |cause| SourceError::Zip { source_name: source.to_owned(), cause };
        let mut file = stream.into_file().map_err(read_fault)?;
        if layers == 0 {
            let bytes = file.seek(SeekFrom::End(0)).and_then(|bytes| file.rewind().map(|()| bytes)).map_err(read_fault)?;
            self.budget.set_compressed(bytes);
        }
        let mut archive = ZipArchive::new(BufReader::new(file)).map_err(zip_fault)?;
        for index in 0..archive.len() {
            let budget = self.budget.clone();
            let outcome = match archive.by_index(index) {
                Ok(member) if member.is_dir() => continue,
                Ok(member) => {
                    let name = member.name().map_or_else(|_| format!("member {}", index + 1), |name| name.to_string());
                    if name.starts_with("__MACOSX/") {
                        continue;
                    }
                    let unpacked = Stream::Pipe(Box::new(budget.limit(member, "zip")));
                    self.stream(&format!("{source}!{name}"), unpacked, layers + 1)
                }
                Err(cause) => Err(SourceError::Zip { source_name: format!("{source}!member {}", index + 1), cause }.into()),
            };
            self.output.settle(outcome)?;
        }
        Ok(())
    }

    /// Every file in the archive's order. What a member says of its size is read past, never held.
    fn tar(&mut self, source: &str, stream: Stream<'_>, layers: u32) -> Outcome {
        if self.tars == MAX_TARS {
            return Err(SourceError::Nested { source_name: source.to_owned() }.into());
        }
        let fault = |cause| SourceError::from_read(source, cause);
        let mut archive = ::tar::Archive::new(BufReader::with_capacity(1 << 17, stream.into_reader()));
        // A name longer than its field stands in a member of its own, before the one it names.
        let mut long_name = None;
        for entry in archive.entries().map_err(fault)?.raw(true) {
            let mut entry = entry.map_err(fault)?;
            let kind = entry.header().entry_type();
            if kind.is_gnu_longname() || kind.is_pax_local_extensions() {
                let mut text = Vec::new();
                entry.by_ref().take(MAX_NAME).read_to_end(&mut text).map_err(fault)?;
                long_name = named(&text, kind.is_gnu_longname()).or(long_name);
                continue;
            }
            let name = long_name.take().unwrap_or_else(|| String::from_utf8_lossy(&entry.header().path_bytes()).into_owned());
            let hidden = name.rsplit('/').next().is_some_and(|last| last.starts_with('.'));
            if !kind.is_file() || hidden {
                continue;
            }
            self.tars += 1;
            let outcome = self.stream(&format!("{source}!{name}"), Stream::Pipe(Box::new(&mut entry)), layers);
            self.tars -= 1;
            self.output.settle(outcome)?;
        }
        Ok(())
    }
}

/// A name that stands apart: all of the text in GNU's form, the value of `path` in that of POSIX.1-2001 (`27 path=...`).
fn named(text: &[u8], gnu: bool) -> Option<String> {
    let text = String::from_utf8_lossy(text);
    if gnu {
        return Some(text.trim_end_matches('\0').to_owned());
    }
    text.lines().find_map(|line| line.split_once(' ')?.1.strip_prefix("path=").map(str::to_owned))
}
