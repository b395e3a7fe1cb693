//! Fields as a feedback report has them: a name and a value a line, long ones folded, in any order, some more than once.
//!
//! Source: RFC 5965, section 3.1, which takes the syntax of RFC 5322. Must not know what a field means.

/// Fields that are read; a report has about twenty.
const MAX_FIELDS: usize = 1_000;

/// The fields of a report in their order, names lower-case.
#[derive(Debug, Default)]
pub(super) struct Fields {
    fields: Vec<(String, String)>,
}

impl Fields {
    /// Reads what looks like fields and passes over what does not.
    pub(super) fn parse(text: &str) -> Self {
        let mut fields = Self::default();
        for line in text.lines() {
            if line.starts_with([' ', '\t']) {
                if let Some((_, value)) = fields.fields.last_mut() {
                    value.push(' ');
                    value.push_str(line.trim());
                }
            } else if let Some((name, value)) = line.split_once(':')
                && fields.fields.len() < MAX_FIELDS
            {
                fields.add(name, value);
            }
        }
        fields
    }

    pub(super) fn add(&mut self, name: &str, value: &str) {
        self.fields.push((name.trim().to_ascii_lowercase(), value.trim().to_owned()));
    }

    /// The first value of a field that has one; `""` without.
    pub(super) fn one(&self, name: &str) -> &str {
        let mut named = self.fields.iter().filter(|(field, _)| field == name).map(|(_, value)| value.trim());
        named.find(|value| !value.is_empty()).unwrap_or_default()
    }

    /// Every value of a field.
    pub(super) fn all<'f>(&'f self, name: &'f str) -> impl Iterator<Item = &'f str> {
        let named = self.fields.iter().filter(move |(field, _)| field == name);
        named.map(|(_, value)| value.trim()).filter(|value| !value.is_empty())
    }

    /// The words of every value of a field, which commas or blanks separate.
    pub(super) fn words<'f>(&'f self, name: &'f str) -> impl Iterator<Item = &'f str> {
        self.all(name).flat_map(|value| value.split([',', ' ', ';'])).filter(|word| !word.is_empty())
    }

    /// The names, each once, in the order of their first.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        let before = |index: usize, name: &str| self.fields.iter().take(index).any(|(other, _)| other == name);
        self.fields.iter().enumerate().filter(move |(index, (name, _))| !before(*index, name)).map(|(_, (name, _))| name.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::Fields;

    #[test]
    fn fields_are_unfolded_and_found_by_name() {
        let fields = Fields::parse("\r\nA: one\r\n two\r\nb:\r\nB: x, y\r\nnot a field\r\nB: z\r\n");
        assert_eq!(fields.one("a"), "one two");
        assert_eq!(fields.all("b").collect::<Vec<_>>(), ["x, y", "z"]);
        assert_eq!(fields.words("b").collect::<Vec<_>>(), ["x", "y", "z"]);
        assert_eq!(fields.names().collect::<Vec<_>>(), ["a", "b"]);
        assert_eq!(fields.one("c"), "");
    }
}
