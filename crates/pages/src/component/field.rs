//! Fields of forms: label, field, help, and what is wrong with it, tied together for those who do not see them.

use maud::{Markup, html};

/// A field by its name, with its words. Ended by what kind it is: [`Field::text`], [`Field::select`] ...
#[derive(Debug, Clone, Copy, Default)]
pub struct Field<'a> {
    /// The name under which it is sent; within one page it stands once, unless `id` says otherwise.
    pub name: &'a str,
    /// The id where `name` stands in several forms of a page; empty: the name.
    pub id: &'a str,
    /// What people read.
    pub label: &'a str,
    /// What may help to fill it in; may be empty.
    pub help: &'a str,
    /// What is wrong with what was sent; empty: nothing.
    pub error: &'a str,
    /// What is in it.
    pub value: &'a str,
    /// Whether it must be filled in.
    pub required: bool,
    /// The key that puts the caret into it, such as `/`; empty: none.
    pub key: &'a str,
}

/// A choice of a [`Field::select`]: what is sent, and what people read.
pub type Choice<'a> = (&'a str, &'a str);

impl Field<'_> {
    /// One line. `kind` is the type of HTML: `text`, `search`, `password`, `number`, `date`, `email`, `url`.
    #[must_use]
    pub fn text(&self, kind: &str) -> Markup {
        self.around(&html! {
            input #(self.id()) type=(kind) name=(self.name) value=(self.value) required[self.required] dir="auto" spellcheck="false"
                aria-describedby=[self.described()] aria-invalid=[self.invalid()] data-key=[self.key()];
        })
    }

    /// Several lines; `mono` for text of machines.
    #[must_use]
    pub fn area(&self, rows: u32, mono: bool) -> Markup {
        // A line end right after the tag is left out by browsers: one more keeps a value that begins with one.
        self.around(&html! {
            textarea #(self.id()) .mono[mono] name=(self.name) rows=(rows) required[self.required] dir="auto" spellcheck="false"
                aria-describedby=[self.described()] aria-invalid=[self.invalid()] data-key=[self.key()] { "\n" (self.value) }
        })
    }

    /// One of some choices.
    #[must_use]
    pub fn select(&self, choices: &[Choice<'_>]) -> Markup {
        self.around(&html! {
            select #(self.id()) name=(self.name) required[self.required] aria-describedby=[self.described()]
                aria-invalid=[self.invalid()] data-key=[self.key()] {
                @for (value, words) in choices { option value=(value) selected[*value == self.value] { (words) } }
            }
        })
    }

    /// A box that is ticked or not; sent as `on`.
    #[must_use]
    pub fn tick(&self, ticked: bool) -> Markup {
        html! {
            div.field.tick {
                label {
                    input #(self.id()) type="checkbox" name=(self.name) checked[ticked] aria-describedby=[self.described()]
                        data-key=[self.key()];
                    span { (self.label) }
                }
                (self.notes())
            }
        }
    }

    fn around(&self, field: &Markup) -> Markup {
        html! {
            div.field {
                label for=(self.id()) { (self.label) }
                (field)
                (self.notes())
            }
        }
    }

    fn notes(&self) -> Markup {
        html! {
            @if !self.help.is_empty() { p.field-help id={ (self.id()) "-help" } { (self.help) } }
            @if !self.error.is_empty() { p.field-error id={ (self.id()) "-error" } { (self.error) } }
        }
    }

    fn id(&self) -> &str {
        if self.id.is_empty() { self.name } else { self.id }
    }

    fn key(&self) -> Option<&str> {
        (!self.key.is_empty()).then_some(self.key)
    }

    fn invalid(&self) -> Option<&'static str> {
        (!self.error.is_empty()).then_some("true")
    }

    fn described(&self) -> Option<String> {
        let notes = [("error", self.error), ("help", self.help)];
        let ids: Vec<String> =
            notes.iter().filter(|(_, text)| !text.is_empty()).map(|(kind, _)| format!("{}-{kind}", self.id())).collect();
        (!ids.is_empty()).then(|| ids.join(" "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_is_tied_to_its_field() {
        let field = Field {
            name: "owner",
            label: "Owner",
            help: "Who answers for it.",
            error: "Say who.",
            value: "\"><script>",
            ..Field::default()
        };
        let text = field.text("text").into_string();
        assert!(text.contains("<label for=\"owner\">Owner</label>"), "{text}");
        assert!(text.contains("aria-describedby=\"owner-error owner-help\" aria-invalid=\"true\""), "{text}");
        assert!(text.contains("value=\"&quot;&gt;&lt;script&gt;\""), "{text}");
    }

    #[test]
    fn a_text_that_begins_with_a_line_end_keeps_it() {
        let field = Field { name: "query", label: "Query", value: "\nEmailEvents", ..Field::default() };
        assert!(field.area(3, true).into_string().contains(">\n\nEmailEvents</textarea>"));
    }

    #[test]
    fn the_chosen_one_is_selected() {
        let field = Field { name: "verdict", label: "Verdict", value: "b", ..Field::default() };
        assert!(field.select(&[("a", "A"), ("b", "B")]).into_string().contains("<option value=\"b\" selected>B</option>"));
    }
}
