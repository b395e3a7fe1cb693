//! A declared file without its compression.

use std::{
    fs::File,
    io::{BufReader, Read, Seek, SeekFrom},
};

use flate2::read::MultiGzDecoder;
use zip::ZipArchive;

use crate::{
    Options, SourceError,
    bytes::{Budget, Stream, Utf16},
    format::sniff::{self, Container},
};

/// Layers of compression that are unpacked.
const MAX_LAYERS: u32 = 2;

/// What is done with each file once it is unpacked.
type Each<'e> = dyn FnMut(&str, Stream<'_>) -> Result<(), SourceError> + 'e;

/// Hands the file to `each`, or every member of an archive.
pub(super) fn each(name: &str, mut file: File, options: &Options, each: &mut Each<'_>) -> Result<(), SourceError> {
    let fault = |cause| SourceError::from_read(name, cause);
    let budget = Budget::new(options);
    budget.set_compressed(file.seek(SeekFrom::End(0)).and_then(|bytes| file.rewind().map(|()| bytes)).map_err(fault)?);
    unpacked(name, Stream::File(file), &budget, 0, each)
}

fn unpacked(name: &str, stream: Stream<'_>, budget: &Budget, layers: u32, each: &mut Each<'_>) -> Result<(), SourceError> {
    let fault = |cause| SourceError::from_read(name, cause);
    let (head, stream) = stream.peek().map_err(fault)?;
    let Some(container) = sniff::container(&head) else { return each(name, as_utf8(name, &head, stream)?) };
    if layers == MAX_LAYERS {
        return Err(SourceError::Nested { source_name: name.to_owned() });
    }
    match container {
        Container::Gzip => {
            let unzipped = MultiGzDecoder::new(BufReader::new(stream.into_reader()));
            unpacked(name, Stream::Pipe(Box::new(budget.limit(unzipped, "gzip"))), budget, layers + 1, each)
        }
        Container::Zstd => {
            let decoder = zstd::stream::read::Decoder::new(stream.into_reader()).map_err(fault)?;
            unpacked(name, Stream::Pipe(Box::new(budget.limit(decoder, "zstd"))), budget, layers + 1, each)
        }
        Container::Zip => {
            let zip_fault = |cause| SourceError::Zip { source_name: name.to_owned(), cause };
            let mut archive = ZipArchive::new(BufReader::new(stream.into_file().map_err(fault)?)).map_err(zip_fault)?;
            for index in 0..archive.len() {
                let member = archive.by_index(index).map_err(zip_fault)?;
                if !member.is_dir() {
                    let inner = format!("{name}!member {}", index + 1);
                    unpacked(&inner, Stream::Pipe(Box::new(budget.limit(member, "zip"))), budget, layers + 1, each)?;
                }
            }
            Ok(())
        }
        // Kusto's `externaldata` reads gzip and zip and no tar.
        Container::Tar => Err(SourceError::Format { source_name: name.to_owned() }),
    }
}

/// Text of UTF-16 as UTF-8, and without its mark.
fn as_utf8<'s>(name: &str, head: &[u8], stream: Stream<'s>) -> Result<Stream<'s>, SourceError> {
    let wide = if head.starts_with(b"PAR1") { None } else { sniff::utf16(head) };
    let mark = wide.map_or(if head.starts_with(sniff::UTF8_MARK) { 3 } else { 0 }, |(mark, _)| mark);
    if mark == 0 && wide.is_none() {
        return Ok(stream);
    }
    let mut reader = stream.into_reader();
    std::io::copy(&mut reader.by_ref().take(mark), &mut std::io::sink()).map_err(|cause| SourceError::from_read(name, cause))?;
    Ok(Stream::Pipe(match wide {
        Some((_, big_endian)) => Box::new(Utf16::new(reader, big_endian)),
        None => reader,
    }))
}
