//! A small piece of XML as a tree: names without their namespace, text without the white space around it.
//!
//! Must not know what a report says. [`super::xml`] makes them, no larger than its limits allow.

use crate::json;

/// An element with what is in it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Element {
    /// Its name without a prefix, as it is written.
    pub(super) name: String,
    /// Attributes but for declarations of namespaces.
    pub(super) attributes: Vec<(String, String)>,
    /// All text directly in it, trimmed when it ends.
    pub(super) text: String,
    pub(super) children: Vec<Element>,
}

impl Element {
    /// Whether it has that name; reports spell names in the case they like.
    pub(super) fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name)
    }

    /// The first child of a name.
    pub(super) fn child(&self, name: &str) -> Option<&Element> {
        self.children.iter().find(|child| child.is(name))
    }

    /// Every child of a name.
    pub(super) fn all<'e>(&'e self, name: &'e str) -> impl Iterator<Item = &'e Element> {
        self.children.iter().filter(move |child| child.is(name))
    }

    /// The text of the first child of a name that has some; `""` without.
    pub(super) fn text_of(&self, name: &str) -> &str {
        self.children
            .iter()
            .filter(|child| child.is(name))
            .map(|child| child.text.as_str())
            .find(|text| !text.is_empty())
            .unwrap_or_default()
    }

    /// The children whose names are none of these.
    pub(super) fn others<'e>(&'e self, known: &'e [&'e str]) -> impl Iterator<Item = &'e Element> {
        self.children.iter().filter(|child| !known.iter().any(|name| child.is(name)))
    }

    /// Whether it says nothing at all.
    pub(super) fn is_empty(&self) -> bool {
        self.text.is_empty() && self.attributes.is_empty() && self.children.iter().all(Element::is_empty)
    }

    /// Appends it as JSON: text alone as a string; else an object of its children, several of one name as an array, its
    /// attributes with `@` before their names and its text as `#text`.
    pub(super) fn write_json(&self, out: &mut String) {
        if self.children.is_empty() && self.attributes.is_empty() {
            return json::quote(&self.text, out);
        }
        let mut object = Object::begin(out);
        for (name, value) in &self.attributes {
            object.text(&format!("@{name}"), value);
        }
        if !self.text.is_empty() {
            object.text("#text", &self.text);
        }
        object.elements(&self.children.iter().collect::<Vec<_>>());
        object.end();
    }

    /// Appends it as XML, to show a record that is refused.
    pub(super) fn write_xml(&self, out: &mut String) {
        let escaped = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;");
        out.push_str(&format!("<{}", self.name));
        for (name, value) in &self.attributes {
            out.push_str(&format!(" {name}=\"{}\"", escaped(value).replace('"', "&quot;")));
        }
        out.push_str(&format!(">{}", escaped(&self.text)));
        for child in &self.children {
            child.write_xml(out);
        }
        out.push_str(&format!("</{}>", self.name));
    }
}

/// A JSON object being written.
pub(super) struct Object<'o> {
    out: &'o mut String,
    empty: bool,
}

impl<'o> Object<'o> {
    pub(super) fn begin(out: &'o mut String) -> Self {
        out.push('{');
        Self { out, empty: true }
    }

    /// Begins a member, and gives the place for its value.
    pub(super) fn member(&mut self, name: &str) -> &mut String {
        if !std::mem::take(&mut self.empty) {
            self.out.push(',');
        }
        json::quote(name, self.out);
        self.out.push(':');
        self.out
    }

    pub(super) fn text(&mut self, name: &str, value: &str) {
        json::quote(value, self.member(name));
    }

    /// A member for each name among the elements, in the order of their first.
    pub(super) fn elements(&mut self, elements: &[&Element]) {
        for (index, element) in elements.iter().enumerate() {
            if elements.iter().take(index).any(|before| before.name == element.name) {
                continue;
            }
            let same: Vec<_> = elements.iter().skip(index).filter(|other| other.name == element.name).collect();
            let out = self.member(&element.name);
            if let [only] = same.as_slice() {
                only.write_json(out);
                continue;
            }
            out.push('[');
            for (index, one) in same.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                one.write_json(out);
            }
            out.push(']');
        }
    }

    pub(super) fn end(self) {
        self.out.push('}');
    }
}

#[cfg(test)]
mod tests {
    use super::Element;

    fn leaf(name: &str, text: &str) -> Element {
        Element { name: name.to_owned(), text: text.to_owned(), ..Element::default() }
    }

    #[test]
    fn several_children_of_one_name_are_an_array() {
        let parent = Element { children: vec![leaf("a", "1"), leaf("b", "\"2\""), leaf("a", "3")], ..leaf("x", "") };
        let mut json = String::new();
        parent.write_json(&mut json);
        assert_eq!(json, r#"{"a":["1","3"],"b":"\"2\""}"#);
    }

    #[test]
    fn attributes_and_text_have_names_of_their_own() {
        let parent = Element { attributes: vec![("id".to_owned(), "7".to_owned())], ..leaf("x", "y") };
        let (mut json, mut xml) = (String::new(), String::new());
        parent.write_json(&mut json);
        parent.write_xml(&mut xml);
        assert_eq!((json.as_str(), xml.as_str()), (r##"{"@id":"7","#text":"y"}"##, r#"<x id="7">y</x>"#));
    }
}
