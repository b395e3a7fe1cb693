//! The editor that code is written in, and what is wrong with a text.

use desk::Problem;
use maud::{Markup, html};

/// What is wrong with a text, each with its place; `id` is that of the list.
#[must_use]
pub fn problems(id: &str, problems: &[Problem]) -> Markup {
    html! {
        ul.problems id=(id) {
            @for problem in problems {
                li.(tone(&problem.severity)) {
                    @if problem.line > 0 {
                        button.place type="button" data-start=(problem.start) data-end=(problem.end) { "Line " (problem.line) ":" (problem.column) }
                    }
                    span.sr-only { (problem.severity) ": " }
                    span dir="auto" { (problem.message) }
                    @if !problem.help.is_empty() { span.soft dir="auto" { (problem.help) } }
                    @if !problem.code.is_empty() { code.soft { (problem.code) } }
                }
            }
        }
    }
}

fn tone(severity: &str) -> &'static str {
    match severity {
        "error" => "bad",
        "warning" => "warn",
        _ => "info",
    }
}

/// A field that code is written in. Without scripts it is a field of text; `editor.js` makes the rest.
#[derive(Debug, Clone, Copy, Default)]
pub struct Editor<'a> {
    /// The name under which the text is sent, and its id.
    pub name: &'a str,
    /// What a screen reader calls it.
    pub label: &'a str,
    /// The text.
    pub value: &'a str,
    /// What is wrong with it.
    pub problems: &'a [Problem],
    /// How many lines high it is at first.
    pub rows: u32,
    /// The address that gives colours and problems of a text.
    pub look: &'a str,
    /// The address that says what may stand at the cursor; empty: nothing is completed.
    pub complete: &'a str,
    /// What is shown while it is empty.
    pub placeholder: &'a str,
}

impl Editor<'_> {
    /// The field.
    #[must_use]
    pub fn render(&self) -> Markup {
        let list = format!("{}-problems", self.name);
        let hint = format!("{}-hint", self.name);
        html! {
            div.editor data-editor data-look=(self.look) data-complete=(self.complete) {
                div.editor-box {
                    pre.editor-paper aria-hidden="true" {}
                    textarea.editor-text #(self.name) name=(self.name) rows=(self.rows) spellcheck="false" autocomplete="off" autocapitalize="off"
                        wrap="off" dir="ltr" aria-label=(self.label) aria-describedby={ (hint) " " (list) } placeholder=(self.placeholder)
                        { "\n" (self.value) }
                }
                p.editor-hint.soft.small.js-only id=(hint) {
                    @if !self.complete.is_empty() { span { kbd { "Ctrl" } "+" kbd { "Space" } " completes" } " " }
                    span { kbd { "Ctrl" } "+" kbd { "Enter" } " runs" } " "
                    span { kbd { "Ctrl" } "+" kbd { "/" } " comments" } " "
                    span { kbd { "Tab" } " leaves" }
                }
                (problems(&list, self.problems))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_editor_is_a_field_that_is_tied_to_its_problems() {
        let problems =
            [Problem { severity: "error".to_owned(), message: "<x>".to_owned(), line: 2, column: 1, ..Problem::default() }];
        let shown = Editor { name: "q", label: "Query", value: "</textarea><script>", problems: &problems, ..Editor::default() }
            .render()
            .into_string();
        assert!(shown.contains("aria-describedby=\"q-hint q-problems\""), "{shown}");
        assert!(
            shown.contains("\n&lt;/textarea&gt;&lt;script&gt;</textarea>")
                && shown.contains("Line 2:1")
                && shown.contains("&lt;x&gt;")
        );
    }
}
