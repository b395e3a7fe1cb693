//! What is done with alerts and incidents, as forms say it: taken, assigned, closed with a verdict, opened again.

use access::Fields;
use desk::{AlertEdit, Fault};
use maud::{Markup, html};

use crate::component::Field;

/// The verdicts, with the words that people choose by.
pub(crate) const VERDICTS: [(&str, &str); 5] = [
    ("", "Choose …"),
    ("true_positive", "True positive: it was an attack"),
    ("benign_positive", "Benign positive: it happened, and may"),
    ("false_positive", "False positive: the rule is wrong"),
    ("undetermined", "Undetermined"),
];

/// Verdict and comment; `form` makes their ids unique in the page.
pub(crate) fn verdict_fields(form: &str) -> Markup {
    let (verdict, comment) = (format!("{form}-verdict"), format!("{form}-comment"));
    html! {
        (Field { name: "verdict", id: &verdict, label: "Verdict", ..Field::default() }.select(&VERDICTS))
        (Field { name: "comment", id: &comment, label: "Comment", help: "Why, for the record.", ..Field::default() }.area(3, false))
    }
}

/// What a form asks for, and how it is told: `Closed` 3 alerts.
///
/// # Errors
/// Where the form asks for nothing that is known, or closes without a verdict.
pub(crate) fn edit(fields: &Fields, who: &str) -> Result<(AlertEdit, &'static str), Fault> {
    let text = |name: &str| fields.get(name).map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned);
    let status = |status: &str| Some(status.to_owned());
    match fields.get("action").unwrap_or_default() {
        "mine" => {
            Ok((AlertEdit { status: status("in_progress"), assignee: Some(who.to_owned()), ..AlertEdit::default() }, "Took"))
        }
        "assign" => match text("assignee") {
            Some(name) => {
                Ok((AlertEdit { status: status("in_progress"), assignee: Some(name), ..AlertEdit::default() }, "Assigned"))
            }
            None => Ok((AlertEdit { assignee: Some(String::new()), ..AlertEdit::default() }, "Took everybody from")),
        },
        "close" => {
            let verdict = text("verdict").ok_or_else(|| Fault::input("closing takes a verdict: say what it turned out to be"))?;
            let edit = AlertEdit { status: status("closed"), verdict: Some(verdict), comment: text("comment"), assignee: None };
            Ok((edit, "Closed"))
        }
        "reopen" => {
            Ok((AlertEdit { status: status("in_progress"), comment: text("comment"), ..AlertEdit::default() }, "Opened again"))
        }
        "comment" => {
            let comment = text("comment").ok_or_else(|| Fault::input("there is no comment"))?;
            Ok((AlertEdit { comment: Some(comment), ..AlertEdit::default() }, "Commented on"))
        }
        other => Err(Fault::input(format!("`{other}` is nothing that can be done with alerts"))),
    }
}
