//! `parse_xml`: XML as a property bag.
//!
//! Elements, attributes and text count; comments, instructions, document types and `CDATA` sections are skipped, as the
//! page says. Names keep their prefixes. Entities are those that XML itself declares (XML 1.0, section 4.6).

use arrow::array::ArrayRef;
use schema::Type;

use crate::{
    Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status,
    kernel::{Args, KernelError, MAX_TEXT, each_text_or_null, json},
};

/// `parse_xml(xml)`.
pub static FUNCTION: Function = Function {
    name: "parse_xml",
    aliases: &[],
    section: Section::Dynamic,
    doc: "parse-xml-function",
    summary: "XML as a property bag: attributes as members with `@` before their names, text among others as `#text`, elements of one name as an array; null if it is no XML.",
    params: &[Param::required("xml", ParamType::Exact(Type::String))],
    returns: Returns::Fixed(Type::Dynamic),
    result_name: ResultName::FirstArgument,
    nulls: Nulls::Custom("What is no XML, an empty text too, gives null."),
    cost: Cost::PerDistinct,
    status: Status::Full,
    eval: Eval::Kernel(parse_xml),
    examples: &[
        Example::gives("Text", r#"parse_xml("<e>text</e>")"#, r#"dynamic({"e":"text"})"#),
        Example::gives("An empty element", r#"parse_xml("<e/>")"#, r#"dynamic({"e":null})"#),
        Example::gives("An attribute", r#"parse_xml('<e name="value" />')"#, r#"dynamic({"e":{"@name":"value"}})"#),
        Example::gives(
            "An attribute and text",
            r#"parse_xml('<e name="value">text</e>')"#,
            r##"dynamic({"e":{"@name":"value","#text":"text"}})"##,
        ),
        Example::gives(
            "Elements",
            r#"parse_xml("<e> <a>text</a> <b>text</b> </e>")"#,
            r#"dynamic({"e":{"a":"text","b":"text"}})"#,
        ),
        Example::gives("Elements of one name", r#"parse_xml("<e> <a>x</a> <a>y</a> </e>")"#, r#"dynamic({"e":{"a":["x","y"]}})"#),
        Example::gives(
            "Text and elements",
            r#"parse_xml("<e> text <a>x</a> </e>")"#,
            r##"dynamic({"e":{"#text":"text","a":"x"}})"##,
        ),
        Example::gives("A number", r#"gettype(parse_xml("<d>118.0</d>").d)"#, r#""real""#),
        Example::gives("Digits that are no number", r#"parse_xml("<d>007</d>")"#, r#"dynamic({"d":"007"})"#),
        Example::gives(
            "With a declaration and comments",
            r#"parse_xml('<?xml version="1.0"?><!-- c --><e><!-- d -->x</e>')"#,
            r#"dynamic({"e":"x"})"#,
        ),
        Example::gives(
            "Entities",
            r#"parse_xml('<e a="&quot;&#65;">&lt;&amp;</e>')"#,
            r##"dynamic({"e":{"@a":"\"A","#text":"<&"}})"##,
        ),
        Example::gives(
            "An event",
            r#"parse_xml('<DataItem><Data Name="A">1</Data><Data Name="B">x</Data></DataItem>').DataItem.Data[1]['#text']"#,
            r#"dynamic("x")"#,
        ),
        Example::gives("Not closed", r#"parse_xml("<e>")"#, "dynamic(null)"),
        Example::gives("No XML", r#"parse_xml("text")"#, "dynamic(null)"),
        Example::gives("Null", "parse_xml(dynamic(null))", "dynamic(null)"),
    ],
};

/// Elements within each other that are followed; deeper ones give null, as [`json::MAX_DEPTH`] does for what is read back.
const MAX_OPEN: usize = 60;

fn parse_xml(args: &Args) -> Result<ArrayRef, KernelError> {
    let texts = args.texts(0)?;
    Ok(each_text_or_null(args, |row, out| {
        let text = texts.text(row);
        text.len() <= MAX_TEXT && Reader { rest: text, open: Vec::new() }.document(out).is_some()
    }))
}

/// An element that is being read.
#[derive(Debug, Default)]
struct Element<'a> {
    name: &'a str,
    /// Attributes, texts (named `#text`) and elements, with their JSON.
    members: Vec<(String, String)>,
}

impl Element<'_> {
    /// The element as JSON; members of one name become an array at the place of the first.
    fn write(&self, out: &mut String) {
        match self.members.as_slice() {
            [] => out.push_str("null"),
            [(name, value)] if name == TEXT => out.push_str(value),
            members => {
                out.push('{');
                let mut written: Vec<&str> = Vec::new();
                for (name, value) in members {
                    if written.contains(&name.as_str()) {
                        continue;
                    }
                    if !written.is_empty() {
                        out.push(',');
                    }
                    written.push(name);
                    json::quote(name, out);
                    out.push(':');
                    let same: Vec<&str> =
                        members.iter().filter(|(other, _)| other == name).map(|(_, value)| value.as_str()).collect();
                    if same.len() > 1 { json::write_array(same, out) } else { out.push_str(value) }
                }
                out.push('}');
            }
        }
    }
}

const TEXT: &str = "#text";

struct Reader<'a> {
    rest: &'a str,
    open: Vec<Element<'a>>,
}

impl<'a> Reader<'a> {
    /// One element, around which only spaces, comments and the like may stand.
    fn document(mut self, out: &mut String) -> Option<()> {
        let mut root = None;
        while !self.rest.is_empty() {
            let closed = match self.rest.find('<') {
                Some(0) => self.markup()?,
                Some(at) => self.text(at)?,
                None => self.text(self.rest.len())?,
            };
            if let Some(element) = closed {
                match self.open.last_mut() {
                    Some(parent) => parent.members.push((element.name.to_owned(), json_of(&element))),
                    None if root.is_none() => root = Some(element),
                    None => return None,
                }
            } else if root.is_some() && !self.open.is_empty() {
                return None;
            }
        }
        let root = root.filter(|_| self.open.is_empty())?;
        out.push('{');
        json::quote(root.name, out);
        out.push(':');
        root.write(out);
        out.push('}');
        Some(())
    }

    /// Text up to `end`; only spaces may stand outside the root.
    fn text(&mut self, end: usize) -> Option<Option<Element<'a>>> {
        let (text, rest) = self.rest.split_at_checked(end)?;
        self.rest = rest;
        let text = text.trim_matches([' ', '\t', '\r', '\n']);
        if text.is_empty() {
            return Some(None);
        }
        let value = scalar(&decoded(text)?);
        self.open.last_mut()?.members.push((TEXT.to_owned(), value));
        Some(None)
    }

    /// Whatever begins with `<`; the element if it ends one.
    fn markup(&mut self) -> Option<Option<Element<'a>>> {
        for (start, end) in [("<!--", "-->"), ("<?", "?>"), ("<![CDATA[", "]]>")] {
            if let Some(rest) = self.rest.strip_prefix(start) {
                self.rest = rest.split_once(end)?.1;
                return Some(None);
            }
        }
        if let Some(rest) = self.rest.strip_prefix("<!DOCTYPE") {
            // Declarations of its own stand in brackets.
            let end = rest.find(['>', '['])?;
            let rest = rest.get(end..)?;
            self.rest = if rest.starts_with('[') { rest.split_once(']')?.1.split_once('>')?.1 } else { rest.get(1..)? };
            return Some(None);
        }
        if let Some(rest) = self.rest.strip_prefix("</") {
            let (name, rest) = rest.split_once('>')?;
            self.rest = rest;
            let element = self.open.pop()?;
            return (element.name == name.trim_end()).then_some(Some(element));
        }
        self.rest = self.rest.strip_prefix('<')?;
        self.start()
    }

    /// The start of an element, after its `<`.
    fn start(&mut self) -> Option<Option<Element<'a>>> {
        let mut element = Element { name: self.name()?, members: Vec::new() };
        loop {
            let spaces = self.rest.len();
            self.rest = self.rest.trim_start_matches([' ', '\t', '\r', '\n']);
            if let Some(rest) = self.rest.strip_prefix("/>") {
                self.rest = rest;
                return Some(Some(element));
            }
            if let Some(rest) = self.rest.strip_prefix('>') {
                self.rest = rest;
                self.open.push(element);
                return (self.open.len() <= MAX_OPEN).then_some(None);
            }
            if self.rest.len() == spaces {
                return None;
            }
            let name = format!("@{}", self.name()?);
            let value = self.rest.trim_start().strip_prefix('=')?.trim_start();
            let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
            let (value, rest) = value.get(1..)?.split_once(quote)?;
            self.rest = rest;
            if element.members.iter().any(|(other, _)| *other == name) || value.contains('<') {
                return None;
            }
            element.members.push((name, scalar(&decoded(value)?)));
        }
    }

    /// A name: letters, digits and what XML allows beside them.
    fn name(&mut self) -> Option<&'a str> {
        let of_name = |c: char| c.is_alphanumeric() || matches!(c, '_' | ':' | '-' | '.' | '\u{b7}');
        let end = self.rest.find(|c| !of_name(c)).unwrap_or(self.rest.len());
        let (name, rest) = self.rest.split_at_checked(end)?;
        self.rest = rest;
        name.chars().next().filter(|c| c.is_alphabetic() || matches!(c, '_' | ':'))?;
        Some(name)
    }
}

fn json_of(element: &Element) -> String {
    let mut json = String::new();
    element.write(&mut json);
    json
}

/// A text as JSON: a number where it is spelt as one and keeps its digits, else a string.
fn scalar(text: &str) -> String {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let number = [whole, fraction].iter().all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()))
        && (whole == "0" || !whole.starts_with('0'))
        && digits.len() <= 15;
    if number {
        return text.to_owned();
    }
    let mut quoted = String::new();
    json::quote(text, &mut quoted);
    quoted
}

/// A text with its references resolved; `None` for one that names nothing.
fn decoded(text: &str) -> Option<std::borrow::Cow<'_, str>> {
    if !text.contains('&') {
        return Some(text.into());
    }
    let mut parts = text.split('&');
    let mut decoded = parts.next()?.to_owned();
    for part in parts {
        let (name, rest) = part.split_once(';')?;
        decoded.push(match name {
            "lt" => '<',
            "gt" => '>',
            "amp" => '&',
            "quot" => '"',
            "apos" => '\'',
            _ => {
                let digits = name.strip_prefix('#')?;
                let code = match digits.strip_prefix('x') {
                    Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                    None => digits.parse().ok()?,
                };
                char::from_u32(code)?
            }
        });
        decoded.push_str(rest);
    }
    Some(decoded.into())
}

#[cfg(test)]
mod tests {
    use super::Reader;

    fn parsed(text: &str) -> Option<String> {
        let mut out = String::new();
        Reader { rest: text, open: Vec::new() }.document(&mut out).map(|()| out)
    }

    #[test]
    fn broken_documents_are_null() {
        let broken = [
            "",
            " ",
            "<",
            "<e",
            "<e>",
            "</e>",
            "<e></f>",
            "<e/><f/>",
            "<e/>text",
            "<e a>x</e>",
            "<e a=b/>",
            "<e a='1' a='2'/>",
            "<e a='1'b='2'/>",
            "<e>&nbsp;</e>",
            "<e>&#xd800;</e>",
            "<!-- <e/>",
            "<1/>",
            "<e a='<'/>",
        ];
        for text in broken {
            assert_eq!(parsed(text), None, "{text}");
        }
    }

    #[test]
    fn depth_is_bounded() {
        let nested = |depth: usize| format!("{}{}", "<e>".repeat(depth), "</e>".repeat(depth));
        assert!(parsed(&nested(super::MAX_OPEN)).is_some());
        assert_eq!(parsed(&nested(100_000)), None);
    }

    #[test]
    fn a_document_type_is_skipped() {
        assert_eq!(parsed("<!DOCTYPE e [<!ELEMENT e ANY>]><e>x</e>").as_deref(), Some(r#"{"e":"x"}"#));
        assert_eq!(parsed("<!DOCTYPE e><e>x</e> <!-- end -->").as_deref(), Some(r#"{"e":"x"}"#));
    }
}
