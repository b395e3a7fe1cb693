//! `parse_command_line`: the arguments of a command line.

use arrow::array::ArrayRef;
use datafusion_expr::Expr;
use schema::Type;

use crate::{
    Call, CallError, Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status,
    apply::kernel_call,
    kernel::{Args, KernelError, each_text_or_null, json},
};

/// `parse_command_line(command_line, parser_type)`.
pub static FUNCTION: Function = Function {
    name: "parse_command_line",
    aliases: &[],
    section: Section::String,
    doc: "parse-command-line-function",
    summary: "The arguments of a Windows command line, taken apart as `CommandLineToArgvW` does.",
    params: &[
        Param::required("command_line", ParamType::Exact(Type::String)),
        Param::required("parser_type", ParamType::Constant(Type::String)),
    ],
    returns: Returns::Fixed(Type::Dynamic),
    result_name: ResultName::None,
    nulls: Nulls::Custom("A null text is empty."),
    cost: Cost::PerDistinct,
    status: Status::Full,
    eval: Eval::Rewrite(rewrite),
    examples: &[
        Example::gives(
            "Quotes",
            r#"parse_command_line("echo \"hello world!\"", "windows")"#,
            r#"dynamic(["echo","hello world!"])"#,
        ),
        Example::gives(
            "Backslashes",
            r#"parse_command_line(@'app a\\b c\\d', "windows")"#,
            r#"dynamic(["app","a\\\\b","c\\\\d"])"#,
        ),
        Example::gives(
            "A path in quotes",
            r#"parse_command_line(@'"C:\Program Files\a.exe" /x  /y', "windows")"#,
            r#"dynamic(["C:\\Program Files\\a.exe","/x","/y"])"#,
        ),
        Example::gives("Quotes inside quotes", r#"parse_command_line(@'a "b\"c"', "windows")"#, r#"dynamic(["a","b\"c"])"#),
        Example::gives("Empty", r#"parse_command_line("", "windows")"#, "dynamic([])"),
        Example::gives("Null", r#"parse_command_line(dynamic(null), "windows")"#, "dynamic([])"),
        Example::fails("Another system", r#"parse_command_line("ls", "unix")"#, "K0204"),
    ],
};

static KERNEL: Function =
    Function { name: "windows_arguments", section: Section::Internal, eval: Eval::Kernel(parse_command_line), ..FUNCTION };

fn rewrite(call: &Call) -> Result<Expr, CallError> {
    match call.args[1].as_text() {
        Some(parser) if parser.eq_ignore_ascii_case("windows") => {
            Ok(kernel_call(&KERNEL, call.args[..1].to_vec(), Type::Dynamic))
        }
        _ => Err(CallError::ArgumentValue {
            function: FUNCTION.name,
            position: 2,
            parameter: "parser_type",
            problem: "must be `windows`".to_owned(),
        }),
    }
}

fn parse_command_line(args: &Args) -> Result<ArrayRef, KernelError> {
    let texts = args.texts(0)?;
    Ok(each_text_or_null(args, |row, out| {
        let quoted = arguments(texts.text(row)).into_iter().map(|argument| {
            let mut text = String::new();
            json::quote(&argument, &mut text);
            text
        });
        json::write_array(quoted, out);
        true
    }))
}

/// Source: Microsoft's page on `CommandLineToArgvW`: backslashes escape only before a quotation mark.
fn arguments(line: &str) -> Vec<String> {
    let line = line.trim_matches([' ', '\t']);
    if line.is_empty() {
        return Vec::new();
    }
    let (program, rest) = match line.strip_prefix('"') {
        Some(quoted) => quoted.split_once('"').unwrap_or((quoted, "")),
        None => line.split_once([' ', '\t']).unwrap_or((line, "")),
    };
    let mut all = vec![program.to_owned()];
    let mut rest = rest.trim_start_matches([' ', '\t']);
    while !rest.is_empty() {
        let (argument, after) = argument(rest);
        all.push(argument);
        rest = after.trim_start_matches([' ', '\t']);
    }
    all
}

/// The argument at the start of `text`, and what follows it.
fn argument(text: &str) -> (String, &str) {
    let mut out = String::new();
    let (mut quoted, mut backslashes) = (false, 0);
    for (at, character) in text.char_indices() {
        match character {
            '\\' => {
                backslashes += 1;
                continue;
            }
            '"' => {
                out.extend(std::iter::repeat_n('\\', backslashes / 2));
                if backslashes % 2 == 1 {
                    out.push('"');
                } else {
                    quoted = !quoted;
                }
            }
            ' ' | '\t' if !quoted => {
                out.extend(std::iter::repeat_n('\\', backslashes));
                return (out, &text[at..]);
            }
            _ => {
                out.extend(std::iter::repeat_n('\\', backslashes));
                out.push(character);
            }
        }
        backslashes = 0;
    }
    out.extend(std::iter::repeat_n('\\', backslashes));
    (out, "")
}
