//! `parse_path`: the parts of a file path.

use arrow::array::ArrayRef;
use schema::Type;

use crate::{
    Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status,
    kernel::{Args, KernelError, each_text_or_null, json},
};

/// `parse_path(path)`.
pub static FUNCTION: Function = Function {
    name: "parse_path",
    aliases: &[],
    section: Section::String,
    doc: "parse-path-function",
    summary: "The parts of a Windows, Unix or `file://` path as a property bag.",
    params: &[Param::required("path", ParamType::Exact(Type::String))],
    returns: Returns::Fixed(Type::Dynamic),
    result_name: ResultName::None,
    nulls: Nulls::Custom("A null text is empty."),
    cost: Cost::PerDistinct,
    status: Status::Full,
    eval: Eval::Kernel(parse_path),
    examples: &[
        Example::gives(
            "Windows",
            r#"parse_path(@"C:\temp\file.txt")"#,
            r#"dynamic({"Scheme":"","RootPath":"C:","DirectoryPath":"C:\\temp","DirectoryName":"temp","Filename":"file.txt","Extension":"txt","AlternateDataStreamName":""})"#,
        ),
        Example::gives(
            "Relative",
            r#"parse_path(@"temp\file.txt")"#,
            r#"dynamic({"Scheme":"","RootPath":"","DirectoryPath":"temp","DirectoryName":"temp","Filename":"file.txt","Extension":"txt","AlternateDataStreamName":""})"#,
        ),
        Example::gives(
            "A scheme and a stream",
            r#"parse_path("file://C:/temp/file.txt:some.exe")"#,
            r#"dynamic({"Scheme":"file","RootPath":"C:","DirectoryPath":"C:/temp","DirectoryName":"temp","Filename":"file.txt","Extension":"txt","AlternateDataStreamName":"some.exe"})"#,
        ),
        Example::gives(
            "A share",
            r#"parse_path(@"\\shared\users\temp\file.txt.gz")"#,
            r#"dynamic({"Scheme":"","RootPath":"","DirectoryPath":"\\\\shared\\users\\temp","DirectoryName":"temp","Filename":"file.txt.gz","Extension":"gz","AlternateDataStreamName":""})"#,
        ),
        Example::gives(
            "Unix",
            r#"parse_path("/usr/lib/temp/file.txt")"#,
            r#"dynamic({"Scheme":"","RootPath":"","DirectoryPath":"/usr/lib/temp","DirectoryName":"temp","Filename":"file.txt","Extension":"txt","AlternateDataStreamName":""})"#,
        ),
        Example::gives("A name alone", r#"tostring(parse_path("invoice.pdf.exe").Extension)"#, r#""exe""#),
        Example::gives("Null", "tostring(parse_path(dynamic(null)).Filename)", r#""""#),
    ],
};

fn parse_path(args: &Args) -> Result<ArrayRef, KernelError> {
    let paths = args.texts(0)?;
    Ok(each_text_or_null(args, |row, out| {
        let parts = Path::parse(paths.text(row)).parts();
        out.push('{');
        for (number, (name, part)) in parts.into_iter().enumerate() {
            if number > 0 {
                out.push(',');
            }
            json::quote(name, out);
            out.push(':');
            json::quote(part, out);
        }
        out.push('}');
        true
    }))
}

struct Path<'a> {
    scheme: &'a str,
    root: &'a str,
    directory: &'a str,
    filename: &'a str,
    stream: &'a str,
}

impl<'a> Path<'a> {
    fn parse(text: &'a str) -> Self {
        let (scheme, path) = text.split_once("://").unwrap_or(("", text));
        let (directory, name) = match path.rfind(['/', '\\']) {
            Some(at) => (&path[..at], &path[at + 1..]),
            None => ("", path),
        };
        let (filename, stream) = name.split_once(':').unwrap_or((name, ""));
        // A long path, \\?\C:\..., has its drive behind the prefix.
        let local = path.strip_prefix(r"\\?\").unwrap_or(path);
        let drive = local.get(..2).filter(|start| start.starts_with(|c: char| c.is_ascii_alphabetic()) && start.ends_with(':'));
        Self { scheme, root: drive.unwrap_or(""), directory, filename, stream }
    }

    fn parts(&self) -> [(&'static str, &'a str); 7] {
        let name_start = self.directory.rfind(['/', '\\']).map_or(0, |at| at + 1);
        let extension = self.filename.rfind('.').map_or("", |at| &self.filename[at + 1..]);
        [
            ("Scheme", self.scheme),
            ("RootPath", self.root),
            ("DirectoryPath", self.directory),
            ("DirectoryName", &self.directory[name_start..]),
            ("Filename", self.filename),
            ("Extension", extension),
            ("AlternateDataStreamName", self.stream),
        ]
    }
}
