//! XML read as a stream of small pieces: the root's start, each of its children as a tree, the root's end.
//!
//! Memory is bounded by [`MAX_PIECE_BYTES`], however long the document is. Entities are never expanded: the five of XML and
//! character references are what they stand for, any other stays as it is written, and a document type is passed over. Tags that do
//! not fit together are mended: an end tag closes what is open inside its element, and one that closes nothing is passed over.
//!
//! Must not know what a report says. Start with [`Pieces::next`].

use std::cell::Cell;
use std::collections::VecDeque;
use std::io::{self, BufRead, BufReader, Read};
use std::rc::Rc;
use std::sync::Arc;

use mail_parser::decoders::charsets::map::charset_decoder;
use quick_xml::Reader;
use quick_xml::events::{BytesDecl, BytesRef, BytesStart, Event};

use super::element::Element;

/// Longest child of the root, in bytes of XML: a record has some hundred, one with a hundred signatures some ten thousand.
pub(super) const MAX_PIECE_BYTES: usize = 1 << 20;
/// Elements inside elements beyond which they are passed over; a report nests five deep.
const MAX_DEPTH: usize = 32;
/// Elements inside elements beyond which the document is refused: each end tag is looked for among them.
const MAX_OPEN: usize = 256;

/// What an XML document is made of.
#[derive(Debug)]
pub(super) enum Piece {
    /// The root begins. A file may hold several documents, one after another.
    Root,
    /// A child of the root, whole; the line it ends in, and its length in bytes.
    Child(Element, u64, usize),
    /// The root ends.
    End,
}

/// Why a document is not read to its end.
#[derive(Debug)]
pub(super) enum Broken {
    /// It ends inside an element.
    Truncated,
    /// A child of the root is longer than [`MAX_PIECE_BYTES`].
    TooLong,
    /// More than [`MAX_OPEN`] elements are open, at a line.
    TooDeep(u64),
    /// Not XML, at a line.
    Syntax(String, u64),
    /// It cannot be read.
    Io(io::Error),
}

/// Reads the pieces of XML documents.
pub(super) struct Pieces<R> {
    /// The root's name. What stands around a root of that name is passed over: some reports are wrapped in an element more.
    root: &'static str,
    /// True once a root has ended and no other has begun.
    whole: bool,
    reader: Reader<Metered<R>>,
    meter: Rc<Meter>,
    buffer: Vec<u8>,
    charset: Option<fn(&[u8]) -> String>,
    /// Open elements, the root first. Those nested too deep have a name only.
    open: Vec<(Vec<u8>, Option<Element>)>,
    ready: VecDeque<Piece>,
}

impl<R: Read> Pieces<R> {
    pub(super) fn new(input: R, root: &'static str) -> Self {
        let meter = Rc::new(Meter { line: Cell::new(1), ..Meter::default() });
        let mut reader =
            Reader::from_reader(Metered { inner: BufReader::with_capacity(1 << 16, input), meter: Rc::clone(&meter) });
        let config = reader.config_mut();
        config.allow_dangling_amp = true;
        config.allow_unmatched_ends = true;
        config.check_end_names = false;
        let (buffer, open, ready) = (Vec::new(), Vec::new(), VecDeque::new());
        Self { root, whole: false, reader, meter, buffer, charset: None, open, ready }
    }

    /// The next piece, or `None` at the end.
    pub(super) fn next(&mut self) -> Result<Option<Piece>, Broken> {
        loop {
            if let Some(piece) = self.ready.pop_front() {
                return Ok(Some(piece));
            }
            // Between the children of the root nothing is kept.
            if self.open.len() <= 1 {
                self.meter.since.set(0);
            }
            if !self.event()? {
                return if self.open.is_empty() { Ok(None) } else { Err(Broken::Truncated) };
            }
        }
    }

    /// Takes one event; false at the end of the input.
    fn event(&mut self) -> Result<bool, Broken> {
        let mut buffer = std::mem::take(&mut self.buffer);
        buffer.clear();
        let event = match self.reader.read_event_into(&mut buffer) {
            Ok(event) => event,
            Err(error) => match self.broken(error) {
                // Some compressors leave out how their output ends, which takes nothing from a report that is whole.
                Broken::Io(cause) if self.whole && cause.kind() == io::ErrorKind::UnexpectedEof => return Ok(false),
                broken => return Err(broken),
            },
        };
        match event {
            Event::Eof => return Ok(false),
            Event::Decl(declaration) => self.declared(&declaration),
            Event::Start(_) if self.open.len() >= MAX_OPEN => return Err(Broken::TooDeep(self.meter.line.get())),
            Event::Start(tag) => self.start(&tag),
            Event::Empty(tag) => {
                self.start(&tag);
                self.end(tag.name().as_ref());
            }
            Event::End(tag) => self.end(tag.name().as_ref()),
            Event::Text(text) => self.text(&text),
            Event::CData(text) => self.text(&text),
            Event::GeneralRef(reference) => self.reference(&reference),
            Event::Comment(_) | Event::PI(_) | Event::DocType(_) => {}
        }
        self.buffer = buffer;
        Ok(true)
    }

    fn broken(&self, error: quick_xml::Error) -> Broken {
        match error {
            quick_xml::Error::Io(_) if self.meter.over.get() => Broken::TooLong,
            quick_xml::Error::Io(cause) => {
                Broken::Io(Arc::try_unwrap(cause).unwrap_or_else(|cause| io::Error::new(cause.kind(), cause.to_string())))
            }
            // All that the reader says of syntax while names are not compared is that the input ends inside markup, but for
            // what follows `<!`.
            other => Broken::Syntax(other.to_string(), self.meter.line.get()),
        }
    }

    fn declared(&mut self, declaration: &BytesDecl<'_>) {
        let encoding = declaration.encoding().and_then(Result::ok);
        self.charset = encoding.and_then(|name| charset_decoder(&name));
    }

    /// Bytes as text: UTF-8 if they are, else what the document declares, else with U+FFFD for what is no character.
    fn decode(&self, bytes: &[u8]) -> String {
        match (std::str::from_utf8(bytes), self.charset) {
            (Ok(text), _) => text.to_owned(),
            (Err(_), Some(decode)) => decode(bytes),
            (Err(_), None) => String::from_utf8_lossy(bytes).into_owned(),
        }
    }

    fn start(&mut self, tag: &BytesStart<'_>) {
        if self.open.is_empty() {
            if !tag.local_name().as_ref().eq_ignore_ascii_case(self.root.as_bytes()) {
                return;
            }
            self.whole = false;
            self.ready.push_back(Piece::Root);
        }
        let element = (self.open.len() < MAX_DEPTH).then(|| {
            let mut attributes = tag.html_attributes();
            let attributes = attributes.with_checks(false).filter_map(Result::ok);
            let attributes = attributes.filter(|attribute| !attribute.key.as_ref().starts_with(b"xmlns"));
            let attributes = attributes.map(|attribute| {
                let value = self.decode(&attribute.value);
                let value = quick_xml::escape::unescape(&value).map_or_else(|_| value.clone(), std::borrow::Cow::into_owned);
                (self.decode(attribute.key.as_ref()), value)
            });
            Element { name: self.decode(tag.local_name().as_ref()), attributes: attributes.collect(), ..Element::default() }
        });
        self.open.push((tag.name().as_ref().to_vec(), element));
    }

    /// Closes the innermost open element of that name and all that is open inside it.
    fn end(&mut self, name: &[u8]) {
        let Some(at) = self.open.iter().rposition(|(open, _)| open == name) else { return };
        while self.open.len() > at {
            let Some((_, element)) = self.open.pop() else { return };
            let Some(mut element) = element else { continue };
            element.text = element.text.trim().to_owned();
            match self.open.as_mut_slice() {
                [] => {
                    self.whole = true;
                    self.ready.push_back(Piece::End);
                }
                [_] => self.ready.push_back(Piece::Child(element, self.meter.line.get(), self.meter.since.get())),
                [.., (_, Some(parent))] => parent.children.push(element),
                [.., (_, None)] => {}
            }
        }
    }

    fn text(&mut self, bytes: &[u8]) {
        let text = self.decode(bytes);
        self.append(&text);
    }

    fn append(&mut self, text: &str) {
        // Text of the root itself is the white space between its children, and there is no end to it.
        if self.open.len() > 1
            && let Some((_, Some(element))) = self.open.last_mut()
        {
            element.text.push_str(text);
        }
    }

    fn reference(&mut self, reference: &BytesRef<'_>) {
        let name = self.decode(reference);
        let text = match name.as_str() {
            "amp" => "&".to_owned(),
            "lt" => "<".to_owned(),
            "gt" => ">".to_owned(),
            "quot" => "\"".to_owned(),
            "apos" => "'".to_owned(),
            other => match reference.resolve_char_ref() {
                Ok(Some(character)) => character.to_string(),
                _ => format!("&{other};"),
            },
        };
        self.append(&text);
    }
}

/// What has been read.
#[derive(Debug, Default)]
struct Meter {
    line: Cell<u64>,
    /// Bytes since the root's last child ended.
    since: Cell<usize>,
    /// True once that was too much.
    over: Cell<bool>,
}

/// Counts lines and bytes, and ends the reading where a piece is too long.
struct Metered<R> {
    inner: BufReader<R>,
    meter: Rc<Meter>,
}

impl<R: Read> Read for Metered<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let available = self.fill_buf()?;
        let count = available.len().min(buffer.len());
        if let (Some(to), Some(from)) = (buffer.get_mut(..count), available.get(..count)) {
            to.copy_from_slice(from);
        }
        self.consume(count);
        Ok(count)
    }
}

impl<R: Read> BufRead for Metered<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.meter.since.get() > MAX_PIECE_BYTES {
            self.meter.over.set(true);
            return Err(io::Error::from(io::ErrorKind::FileTooLarge));
        }
        self.inner.fill_buf()
    }

    fn consume(&mut self, amount: usize) {
        let taken = self.inner.buffer().get(..amount).unwrap_or_default();
        let lines = memchr::memchr_iter(b'\n', taken).count() as u64;
        let meter = &self.meter;
        meter.line.set(meter.line.get().saturating_add(lines));
        meter.since.set(meter.since.get().saturating_add(amount));
        self.inner.consume(amount);
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::{Broken, Piece, Pieces};

    /// The children of the root as XML, and how the reading ended.
    fn children(input: impl Read) -> (Vec<String>, Option<Broken>) {
        let (mut pieces, mut found) = (Pieces::new(input, "r"), Vec::new());
        loop {
            match pieces.next() {
                Ok(None) => return (found, None),
                Ok(Some(Piece::Child(child, ..))) => {
                    let mut xml = String::new();
                    child.write_xml(&mut xml);
                    found.push(xml);
                }
                Ok(Some(_)) => {}
                Err(broken) => return (found, Some(broken)),
            }
        }
    }

    fn whole(text: &str) -> Vec<String> {
        let (found, broken) = children(text.as_bytes());
        assert!(broken.is_none(), "{text}: {broken:?}");
        found
    }

    #[test]
    fn children_of_the_root_come_one_by_one() {
        assert_eq!(whole("<?xml version='1.0'?><r> <a>1</a>\n<b x='2'><c/> t </b></r>"), ["<a>1</a>", "<b x=\"2\">t<c></c></b>"]);
        assert_eq!(whole("<r xmlns='urn:a' xmlns:p='urn:b'><p:a p:x='1'>2</p:a></r>"), ["<a p:x=\"1\">2</a>"]);
        assert_eq!(whole("<r><a>1</a></r><r><a>2</a></r>"), ["<a>1</a>", "<a>2</a>"]);
    }

    #[test]
    fn what_stands_around_the_root_is_passed_over() {
        assert_eq!(whole("junk <x:wrap a='1'><y/>\n<r><a>1</a></r></x:wrap>"), ["<a>1</a>"]);
        let unended = Pieces::new(b"<r><a>1</a></r>\n".chain(Unended), "r").next();
        assert!(matches!(unended, Ok(Some(Piece::Root))), "{unended:?}");
        let (found, broken) = children(b"<r><a>1</a></r>\n".chain(Unended));
        assert!(broken.is_none() && found == ["<a>1</a>"], "{broken:?}");
        let (found, broken) = children(b"<r><a>1</a>".chain(Unended));
        assert!(matches!(broken, Some(Broken::Io(_))) && found == ["<a>1</a>"], "{broken:?}");
    }

    /// A decompressor whose input lacks its end.
    struct Unended;

    impl Read for Unended {
        fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
            Err(std::io::Error::from(std::io::ErrorKind::UnexpectedEof))
        }
    }

    #[test]
    fn references_are_characters_and_entities_stay_unexpanded() {
        assert_eq!(whole("<r><a>&lt;&#65;&#x42;&gt; &amp; &</a></r>"), ["<a>&lt;AB> &amp; &amp;</a>"]);
        let bomb = "<!DOCTYPE r [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;'>]><r><x>&b;&b;</x></r>";
        assert_eq!(whole(bomb), ["<x>&amp;b;&amp;b;</x>"]);
        let outside = "<!DOCTYPE r [<!ENTITY f SYSTEM 'file:///etc/passwd'>]><r><x>&f;</x></r>";
        assert_eq!(whole(outside), ["<x>&amp;f;</x>"]);
    }

    #[test]
    fn comments_and_sections_of_text_are_what_they_are() {
        assert_eq!(whole("<r><!-- <a>no</a> --><a>o<!-- - -->ne<![CDATA[ <&> ]]></a></r>"), ["<a>one &lt;&amp;></a>"]);
    }

    #[test]
    fn tags_that_do_not_fit_are_mended() {
        assert_eq!(whole("<r><a><b>1</a><c>2</b></c></r>"), ["<a><b>1</b></a>", "<c>2</c>"]);
        assert_eq!(whole("<r><a><b>1</r>"), ["<a><b>1</b></a>"]);
    }

    #[test]
    fn bytes_that_are_not_utf_8_are_read_as_declared() {
        let (found, _) = children(&b"<?xml version='1.0' encoding='windows-1252'?><r><a>caf\xe9</a></r>"[..]);
        assert_eq!(found, ["<a>caf\u{e9}</a>"]);
        let (found, _) = children(&b"<r><a>caf\xe9</a></r>"[..]);
        assert_eq!(found, ["<a>caf\u{fffd}</a>"]);
    }

    #[test]
    fn what_comes_before_a_break_is_kept() {
        let (found, broken) = children(&b"<r><a>1</a><b>2</"[..]);
        assert_eq!(found, ["<a>1</a>"]);
        assert!(matches!(broken, Some(Broken::Syntax(..))), "{broken:?}");
        let (found, broken) = children(&b"<r><a>1</a>"[..]);
        assert_eq!(found, ["<a>1</a>"]);
        assert!(matches!(broken, Some(Broken::Truncated)), "{broken:?}");
    }

    #[test]
    fn a_piece_without_end_is_not_kept_in_memory() {
        let endless = b"<r><a>1</a><b>".chain(std::io::repeat(b'x'));
        let (found, broken) = children(endless);
        assert_eq!(found, ["<a>1</a>"]);
        assert!(matches!(broken, Some(Broken::TooLong)), "{broken:?}");
        let (_, broken) = children(b"<r a='".chain(std::io::repeat(b'x')));
        assert!(matches!(broken, Some(Broken::TooLong)), "{broken:?}");
    }

    #[test]
    fn deep_elements_are_passed_over_and_nesting_without_end_is_refused() {
        let nested = |depth: usize| format!("<r>{}1{}<b>2</b></r>", "<a>".repeat(depth), "</a>".repeat(depth));
        let (found, broken) = children(nested(200).as_bytes());
        assert!(broken.is_none(), "{broken:?}");
        assert_eq!(found.last().map(String::as_str), Some("<b>2</b>"));
        let (found, broken) = children(nested(100_000).as_bytes());
        assert!(matches!(broken, Some(Broken::TooDeep(1))), "{found:?} {broken:?}");
    }
}
