//! How cases went, for build servers: a report in JUnit's form, a suite for each rule.
//!
//! Source: the schema that Jenkins' xUnit plugin publishes (`junit-10.xsd`), which GitLab, GitHub's actions and Azure Pipelines read alike.

use std::io;

use quick_xml::{
    Writer,
    events::{BytesDecl, BytesText, Event},
};

use super::{Tested, Verdict};

/// The report. The cases of a rule stand together.
pub(crate) fn junit(tested: &[Tested]) -> io::Result<String> {
    let mut writer = Writer::new_with_indent(Vec::new(), b' ', 2);
    writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    let all = Counts::of(tested);
    let suites = tested.chunk_by(|one, other| one.test.rule.key == other.test.rule.key);
    let root = writer.create_element("testsuites").with_attribute(("name", "spoofwatch rules test"));
    // The schema knows `skipped` of a suite alone.
    let known = all.attributes().into_iter().filter(|(name, _)| *name != "skipped");
    let root = known.fold(root, |root, (name, value)| root.with_attribute((name, value.as_str())));
    root.write_inner_content(|writer| {
        for suite in suites {
            self::suite(writer, suite)?;
        }
        Ok(())
    })?;
    let mut text = writer.into_inner();
    text.push(b'\n');
    Ok(String::from_utf8_lossy(&text).into_owned())
}

/// How many cases there are, and how they went.
struct Counts {
    tests: usize,
    failures: usize,
    errors: usize,
    skipped: usize,
    micros: i64,
}

impl Counts {
    fn of(tested: &[Tested]) -> Self {
        let count = |wanted: fn(&Verdict) -> bool| tested.iter().filter(|one| wanted(&one.verdict)).count();
        Self {
            tests: tested.len(),
            failures: count(|verdict| matches!(verdict, Verdict::Failed(_))),
            errors: count(|verdict| matches!(verdict, Verdict::Broken(_))),
            skipped: count(|verdict| matches!(verdict, Verdict::Skipped(_))),
            micros: tested.iter().map(|one| one.took).sum(),
        }
    }

    fn attributes(&self) -> [(&'static str, String); 5] {
        [
            ("tests", self.tests.to_string()),
            ("failures", self.failures.to_string()),
            ("errors", self.errors.to_string()),
            ("skipped", self.skipped.to_string()),
            ("time", seconds(self.micros)),
        ]
    }
}

fn suite(writer: &mut Writer<Vec<u8>>, tested: &[Tested]) -> io::Result<()> {
    let Some(first) = tested.first() else { return Ok(()) };
    let name = clean(&first.test.rule.name);
    let suite = writer.create_element("testsuite").with_attribute(("name", name.as_str()));
    let counts = Counts::of(tested).attributes();
    let suite = counts.into_iter().fold(suite, |suite, (name, value)| suite.with_attribute((name, value.as_str())));
    suite.write_inner_content(|writer| tested.iter().try_for_each(|one| case(writer, one)))?;
    Ok(())
}

fn case(writer: &mut Writer<Vec<u8>>, tested: &Tested) -> io::Result<()> {
    let (name, class) = (clean(&tested.test.case.name), clean(&tested.test.rule.key));
    let (file, line) = (clean(&tested.test.file.display().to_string()), tested.test.case.line.to_string());
    let time = seconds(tested.took);
    let case = writer.create_element("testcase").with_attributes([
        ("name", name.as_str()),
        ("classname", class.as_str()),
        ("file", file.as_str()),
        ("line", line.as_str()),
        ("time", time.as_str()),
    ]);
    let (kind, lines): (&str, Vec<String>) = match &tested.verdict {
        Verdict::Passed => return case.write_empty().map(drop),
        Verdict::Skipped(reason) => {
            let reason = clean(reason);
            return case
                .write_inner_content(|writer| {
                    writer.create_element("skipped").with_attribute(("message", reason.as_str())).write_empty().map(drop)
                })
                .map(drop);
        }
        Verdict::Failed(complaints) => ("failure", complaints.iter().map(ToString::to_string).collect()),
        Verdict::Broken(faults) => ("error", faults.iter().map(ToString::to_string).collect()),
    };
    let message = clean(lines.iter().find_map(|line| line.lines().next()).unwrap_or_default());
    let text = clean(&lines.join("\n"));
    case.write_inner_content(|writer| {
        let told = writer.create_element(kind).with_attributes([("message", message.as_str()), ("type", kind)]);
        told.write_text_content(BytesText::new(&text)).map(drop)
    })
    .map(drop)
}

fn seconds(micros: i64) -> String {
    format!("{}.{:03}", micros / 1_000_000, micros / 1000 % 1000)
}

/// A text without the characters that XML cannot have (XML 1.0, production 2).
fn clean(text: &str) -> String {
    let good =
        |letter: char| matches!(letter, '\t' | '\n' | '\r' | '\u{20}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..);
    text.chars().map(|letter| if good(letter) { letter } else { '\u{fffd}' }).collect()
}
