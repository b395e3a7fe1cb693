//! What Elasticsearch takes a field for, by its dotted path: data files in `fields/`, one a schema.
//!
//! Must not know documents or queries. Start with [`FieldTypes::of`].

use std::{collections::HashMap, sync::LazyLock};

/// The files, each with its name for messages.
const FILES: [(&str, &str); 2] =
    [("ecs.toml", include_str!("../fields/ecs.toml")), ("o365.toml", include_str!("../fields/o365.toml"))];

/// The type of a field in Elasticsearch, as far as it matters to a query.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum FieldType {
    /// Text compared as a whole; every field nobody says otherwise of.
    #[default]
    Keyword,
    /// The same, one value for a whole index: without ranges.
    ConstantKeyword,
    /// Text searched by its words.
    Text,
    /// A whole number.
    Long,
    /// A number.
    Double,
    /// True or false.
    Boolean,
    /// A moment.
    Date,
    /// An IP address.
    Ip,
    /// An object all of whose values are keywords, found by the object's own name too.
    Flattened,
    /// A list of objects that a query must enter by `name:{ ... }`.
    Nested,
    /// A place on the earth.
    GeoPoint,
}

/// The name of each type in a file.
const NAMES: [(&str, FieldType); 10] = [
    ("boolean", FieldType::Boolean),
    ("constant_keyword", FieldType::ConstantKeyword),
    ("date", FieldType::Date),
    ("double", FieldType::Double),
    ("flattened", FieldType::Flattened),
    ("geo_point", FieldType::GeoPoint),
    ("ip", FieldType::Ip),
    ("long", FieldType::Long),
    ("nested", FieldType::Nested),
    ("text", FieldType::Text),
];
/// The list of keywords that have words beside them.
const WORDS: &str = "words";
/// What the second field of a keyword is called that holds its words.
const TEXT: &str = ".text";

/// What is wrong with a file of field types.
#[derive(Debug, thiserror::Error)]
pub enum FieldFileError {
    /// No TOML of lists of texts.
    #[error("not a file of field types: {0}")]
    Toml(#[from] toml::de::Error),
    /// A key that is no type.
    #[error("there is no type of field `{0}`")]
    UnknownType(String),
    /// A path given twice.
    #[error("the field `{0}` has two types")]
    Twice(String),
}

/// The types of fields by their paths.
#[derive(Debug, Clone, Default)]
pub struct FieldTypes {
    exact: HashMap<String, FieldType>,
    /// With `*`, longest first.
    patterns: Vec<(String, FieldType)>,
    words: Vec<String>,
}

impl FieldTypes {
    /// The schemas shipped with the program.
    #[must_use]
    pub fn builtin() -> &'static Self {
        static BUILTIN: LazyLock<FieldTypes> = LazyLock::new(|| {
            let mut types = FieldTypes::default();
            for (_, text) in FILES {
                // A test reads each of them.
                let _ = types.add(text);
            }
            types
        });
        &BUILTIN
    }

    /// Adds what a file says.
    ///
    /// # Errors
    /// The text is no such file.
    pub fn add(&mut self, text: &str) -> Result<(), FieldFileError> {
        let file: std::collections::BTreeMap<String, Vec<String>> = toml::from_str(text)?;
        for (name, paths) in file {
            if name == WORDS {
                self.words.extend(paths);
                continue;
            }
            let Some(&(_, ty)) = NAMES.iter().find(|(known, _)| *known == name) else {
                return Err(FieldFileError::UnknownType(name));
            };
            for path in paths {
                if path.contains('*') {
                    self.patterns.push((path, ty));
                } else if self.exact.insert(path.clone(), ty).is_some() {
                    return Err(FieldFileError::Twice(path));
                }
            }
        }
        self.patterns.sort_by_key(|(pattern, _)| std::cmp::Reverse(pattern.len()));
        Ok(())
    }

    /// The type of the field at a path.
    #[must_use]
    pub fn of(&self, path: &str) -> FieldType {
        if let Some(&ty) = self.exact.get(path) {
            return ty;
        }
        if self.words_of(path).is_some() {
            return FieldType::Text;
        }
        self.patterns.iter().find(|(pattern, _)| matches(pattern, path)).map(|&(_, ty)| ty).unwrap_or_default()
    }

    /// The keyword whose words a path names: `user_agent.original` for `user_agent.original.text`.
    #[must_use]
    pub fn words_of<'p>(&self, path: &'p str) -> Option<&'p str> {
        path.strip_suffix(TEXT).filter(|base| self.words.iter().any(|known| known == base))
    }

    /// The nearest list of objects that a path leads into, itself left out.
    #[must_use]
    pub fn nested_above<'p>(&self, path: &'p str) -> Option<&'p str> {
        let mut rest = path;
        while let Some((above, _)) = rest.rsplit_once('.') {
            if self.of(above) == FieldType::Nested {
                return Some(above);
            }
            rest = above;
        }
        None
    }
}

/// Whether a path is of a pattern; `*` stands for any characters.
fn matches(pattern: &str, path: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = parts.next().and_then(|first| path.strip_prefix(first)) else { return false };
    let parts: Vec<&str> = parts.collect();
    let Some((last, middle)) = parts.split_last() else { return rest.is_empty() };
    for part in middle {
        match rest.find(part) {
            Some(at) => rest = rest.get(at + part.len()..).unwrap_or(""),
            None => return false,
        }
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::{FILES, FieldFileError, FieldType, FieldTypes, matches};

    #[test]
    fn the_files_that_are_shipped_can_be_read() {
        let mut types = FieldTypes::default();
        for (name, text) in FILES {
            assert!(types.add(text).is_ok(), "{name}: {:?}", FieldTypes::default().add(text).err());
        }
    }

    #[test]
    fn a_path_has_the_type_of_its_file_or_is_a_keyword() {
        let types = FieldTypes::builtin();
        let table = [
            ("event.action", FieldType::Keyword),
            ("event.dataset", FieldType::ConstantKeyword),
            ("@timestamp", FieldType::Date),
            ("source.ip", FieldType::Ip),
            ("o365.audit.Parameters.Enabled", FieldType::Keyword),
            ("o365.audit.Members", FieldType::Flattened),
            ("labels.env", FieldType::Flattened),
            ("source.geo.location", FieldType::GeoPoint),
            ("user_agent.original", FieldType::Keyword),
            ("user_agent.original.text", FieldType::Text),
            ("nobody.knows.text", FieldType::Keyword),
        ];
        for (path, expected) in table {
            assert_eq!(types.of(path), expected, "{path}");
        }
    }

    #[test]
    fn lists_of_objects_are_found_above_a_path() {
        let types = FieldTypes::builtin();
        let items = "o365.audit.ExchangeAggregatedFolders.FolderItems";
        assert_eq!(types.nested_above(&format!("{items}.Id")), Some(items));
        assert_eq!(types.nested_above(items), Some("o365.audit.ExchangeAggregatedFolders"));
        assert_eq!(types.nested_above("o365.audit.ExchangeAggregatedFolders"), None);
    }

    #[test]
    fn what_is_wrong_with_a_file_is_named() {
        let message = |text: &str| FieldTypes::default().add(text).map_err(|error| error.to_string());
        assert_eq!(message("short = ['a']"), Err("there is no type of field `short`".to_owned()));
        assert_eq!(message("long = ['a']\ndate = ['a']"), Err("the field `a` has two types".to_owned()));
        assert!(matches!(FieldTypes::default().add("long = 5"), Err(FieldFileError::Toml(_))));
    }

    #[test]
    fn stars_stand_for_anything() {
        for (pattern, path, expected) in
            [("a.*", "a.b.c", true), ("*.geo.location", "x.geo.location", true), ("a*c", "abd", false), ("a", "a", true)]
        {
            assert_eq!(matches(pattern, path), expected, "{pattern} {path}");
        }
    }
}
