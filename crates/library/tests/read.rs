//! What a file must look like to be a function, form by form, and where what is wrong with one is found.

use spoofwatch_library::{Library, SavedFunction, read};

/// The function of a text with only one name.
fn one(file: &str, text: &str) -> Result<SavedFunction, String> {
    let mut functions = read(file, file, text);
    match (functions.pop(), functions.len()) {
        (Some(function), 0) => Ok(function),
        (_, others) => Err(format!("{} functions", others + 1)),
    }
}

/// Where the first fault of a text is, and what it says.
fn fault(file: &str, text: &str) -> Result<String, String> {
    let function = one(file, text)?;
    match function.definition() {
        Ok(_) => Err("no fault".to_owned()),
        Err(findings) => Ok(findings
            .first()
            .map(|first| format!("{} {}", function.source.place(first.span), first.message))
            .unwrap_or_default()),
    }
}

#[test]
fn a_query_is_a_function_without_parameters() -> Result<(), String> {
    let function = one("Recent.kql", "EmailEvents | where Timestamp > ago(1d)\n")?;
    assert_eq!((function.signature().as_str(), function.summary.as_str()), ("Recent()", ""));
    Ok(())
}

#[test]
fn a_comment_at_the_top_declares_parameters() -> Result<(), String> {
    let text = "\n// Mail.\n// summary: Mail of a sender.\n// parameters: (T:(Sender:string, *),\n//   who:string = \"(a)\")\n\nT | where Sender == who";
    assert!(fault("SentBy.kql", text)?.contains("SentBy.kql:4:"), "a star beside columns is no schema");
    let text = text.replace(", *", "");
    let function = one("SentBy.kql", &text)?;
    assert_eq!(function.signature(), "SentBy(T:(Sender:string), who:string = \"(a)\")");
    assert_eq!(function.summary, "Mail of a sender.");
    Ok(())
}

#[test]
fn further_names_are_functions_too() {
    let names: Vec<String> = read("a.kql", "a.kql", "// also: b, c\nprint 1").into_iter().map(|function| function.name).collect();
    assert_eq!(names, ["a", "b", "c"]);
}

#[test]
fn a_let_is_a_function_under_the_files_name() -> Result<(), String> {
    let function = one("Twice.kql", "let k = 2;\nlet twice = (x:long) { x * k };\n")?;
    assert_eq!(function.signature(), "Twice(x:long)");
    assert_eq!(function.definition().map(|definition| definition.before.len()).unwrap_or_default(), 1);
    Ok(())
}

#[test]
fn a_command_names_its_function() -> Result<(), String> {
    let text = "// kept\n.create-or-alter function ifnotexists with (folder = \"a)\", docstring = 'What it gives')\n  ['my f'](n:long = 3) { range x from 1 to n step 1 }\n";
    let function = one("other.kql", text)?;
    assert_eq!((function.name.as_str(), function.summary.as_str()), ("my f", "What it gives"));
    assert_eq!(function.signature(), "my f(n:long = 3)");
    Ok(())
}

const PARSER: &str = "ParserName: vimX\nEquivalentBuiltInParser: _Im_X\nDescription: |\n  Events of X.\n  More.\nParserParams:\n  - Name: since\n    Type: datetime\n    Default: datetime(null)\n  - Name: who\n    Type: string\n    Default: '*'\n  - Name: T\n    Type: table:(*)\n  - Name: pack\n    Type: bool\n    Default: False\nParserQuery: |\n  T\n  | where who == '*'\nReferences: []\n";

#[test]
fn a_published_parser_has_its_own_names_and_parameters() -> Result<(), String> {
    let functions = read("file.yaml", "file.yaml", PARSER);
    let signatures: Vec<String> = functions.iter().map(SavedFunction::signature).collect();
    let parameters = "(since:datetime = datetime(null), who:string = \"*\", T:(*), pack:bool = false)";
    assert_eq!(signatures, [format!("vimX{parameters}"), format!("_Im_X{parameters}")]);
    assert_eq!(functions.first().map(|function| function.summary.as_str()), Some("Events of X."));
    Ok(())
}

#[test]
fn yaml_without_a_function_is_none() {
    assert!(read("rule.yaml", "rule.yaml", "name: x\nquery: T\n").is_empty());
}

#[test]
fn faults_have_the_place_of_their_file() -> Result<(), String> {
    for (file, text, place) in [
        ("a.kql", "// parameters: (x:long\n// )\nT |\n", "a.kql:3:4 "),
        ("a.kql", "// parameters: x:long\nT", "a.kql:1:15 "),
        ("a.kql", "// parameters: (x)\nT", "a.kql:1:16 "),
        ("a.kql", ".create function A(x:long) {\n  T | where )\n}", "a.kql:2:13 "),
        ("a.kql", ".create table A (x:long)", "a.kql:1:1 "),
        ("a.kql", "let a = 1;\nlet b = 2;", "a.kql:2:5 "),
        ("a.yaml", "FunctionName: A\nFunctionQuery: |\n    T\n    | take )\n", "a.yaml:4:12 "),
        ("a.yaml", "FunctionQuery: [\n", "a.yaml:1:1 "),
        ("a.kql", "", "a.kql:1:1 "),
    ] {
        let found = fault(file, text).map_err(|error| format!("{text}: {error}"))?;
        assert!(found.starts_with(place) && found.len() > place.len(), "{text:?} gives {found:?}, and {place}is wanted");
    }
    Ok(())
}

#[test]
fn every_shipped_function_can_be_read_and_says_what_it_gives() {
    for function in Library::shipped().iter() {
        if let Err(findings) = function.definition() {
            panic!("{}", function.source.drawn(findings));
        }
        assert!(!function.summary.is_empty(), "{} has no summary", function.name);
    }
}
