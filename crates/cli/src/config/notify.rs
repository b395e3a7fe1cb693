//! The table `notify` of the configuration file: whom alerts are told to, a table for each by its name.

use std::path::PathBuf;

use detect::notify::Shape;
use rules::model::Severity;
use toml::de::DeValue;

use super::{
    Config, Set,
    value::{Entry, Problem},
};

/// Somebody to be told of alerts.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Notify {
    /// The form in which they are told.
    pub(crate) shape: Shape,
    /// Where it goes. That of a webhook is a secret, and is shown nowhere.
    pub(crate) url: String,
    /// Whose messages of e-mail are.
    pub(crate) from: Option<String>,
    /// Whom they are for.
    pub(crate) to: Vec<String>,
    /// A file with the password of the mail server's user.
    pub(crate) password_file: Option<PathBuf>,
    /// A file with the authorities that vouch for the server, PEM.
    pub(crate) ca_file: Option<PathBuf>,
    /// Only alerts at least so severe.
    pub(crate) severity: Option<String>,
    /// Only alerts of these rules, by key or name; empty: of all.
    pub(crate) rules: Vec<String>,
}

impl Notify {
    /// A target of which no more is said than its form and where it is.
    pub(crate) fn at(shape: Shape, url: &str) -> Self {
        Self {
            shape,
            url: url.to_owned(),
            from: None,
            to: Vec::new(),
            password_file: None,
            ca_file: None,
            severity: None,
            rules: Vec::new(),
        }
    }
}

const KEYS: [&str; 8] = ["shape", "url", "from", "to", "password-file", "ca-file", "severity", "rules"];
/// Letters that the name of a target may have.
const LONGEST_NAME: usize = 64;

pub(super) fn read(config: &mut Config, entry: &Entry) -> Result<(), Problem> {
    let DeValue::Table(targets) = entry.value.get_ref() else {
        return Err(entry.problem("`notify` is a table: a table `[notify.NAME]` for each target, with `shape` and `url`"));
    };
    for (name, value) in targets.iter() {
        let entry = entry.of(value);
        let fits = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_');
        if name.get_ref().is_empty() || name.get_ref().len() > LONGEST_NAME || !name.get_ref().chars().all(fits) {
            return Err(entry.problem("the name of a target has letters, digits, `-` and `_`"));
        }
        config.notify.insert(name.get_ref().to_string(), entry.set(target(&entry)?));
    }
    Ok(())
}

fn target(entry: &Entry) -> Result<Notify, Problem> {
    let DeValue::Table(parts) = entry.value.get_ref() else {
        return Err(entry
            .problem("a target is a table: the lines `shape = \"email\"` and `url = \"smtps://user@mail.example\"`, for one"));
    };
    let (mut shape, mut url) = (None, None);
    let mut notify = Notify::at(Shape::Generic, "");
    for (key, value) in parts.iter() {
        let entry = entry.of(value);
        match key.get_ref().as_ref() {
            "shape" => shape = Some(entry.one_of("shape", &Shape::ALL)?),
            "url" => url = Some(entry.text("url")?.to_owned()),
            "from" => notify.from = Some(entry.text("from")?.to_owned()),
            "to" => notify.to = entry.texts("to")?,
            "password-file" => notify.password_file = Some(entry.path("password-file")?),
            "ca-file" => notify.ca_file = Some(entry.path("ca-file")?),
            "severity" => {
                let name = entry.text("severity")?;
                let known = Severity::parse(name);
                let wrong = || entry.problem("`severity` is informational, low, medium, high or critical");
                notify.severity = Some(known.ok_or_else(wrong).map(|_| name.to_lowercase())?);
            }
            "rules" => notify.rules = entry.texts("rules")?,
            _ => return Err(Problem::unknown_key(key, "key of a target", KEYS.into_iter())),
        }
    }
    let (Some(shape), Some(url)) = (shape, url) else {
        return Err(entry.problem("a target needs a `shape` and a `url`"));
    };
    Ok(Notify { shape, url, ..notify })
}

/// A line a target, without its address.
pub(super) fn shown(config: &Config) -> Vec<(String, usize)> {
    let line = |(name, set): (&String, &Set<Notify>)| {
        let Notify { shape, to, severity, rules, .. } = &set.value;
        let mut text = format!("{name}: {}", shape.name());
        for (word, values) in
            [("to", to.clone()), ("from severity", severity.iter().cloned().collect()), ("rules", rules.clone())]
        {
            if !values.is_empty() {
                text.push_str(&format!(", {word} {}", values.join(" ")));
            }
        }
        (text, set.line)
    };
    config.notify.iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    fn read(text: &str) -> Result<Config, String> {
        Config::read(text, Path::new("/etc")).map_err(|found| format!("{found:?}"))
    }

    #[test]
    fn a_target_is_a_table_and_its_address_is_not_shown() -> Result<(), String> {
        let config = read(
            "[notify.soc]\nshape = \"email\"\nurl = \"smtps://me@mail.example\"\nfrom = \"a@contoso.example\"\n\
             to = [\"soc@contoso.example\"]\npassword-file = \"mail.password\"\nseverity = \"High\"\nrules = [\"key\"]\n\
             [notify.chat]\nshape = \"slack\"\nurl = \"https://hooks.example/secret\"\n",
        )?;
        let soc = config.notify.get("soc").ok_or("no target")?;
        assert_eq!(soc.value.password_file.as_deref(), Some(Path::new("/etc/mail.password")));
        assert_eq!(soc.value.severity.as_deref(), Some("high"));
        let shown: Vec<String> = shown(&config).into_iter().map(|(text, _)| text).collect();
        assert_eq!(shown, ["chat: slack", "soc: email, to soc@contoso.example, from severity high, rules key"]);
        Ok(())
    }

    #[test]
    fn what_is_wrong_with_a_target_is_told() {
        for (text, part) in [
            ("notify = 1", "for each target"),
            ("[notify.\"a b\"]\nshape = \"slack\"\nurl = \"https://a.example\"", "letters, digits"),
            ("[notify.a]\nshape = \"slack\"", "needs a `shape` and a `url`"),
            ("[notify.a]\nshape = \"pigeon\"\nurl = \"x\"", "generic"),
            ("[notify.a]\nshape = \"slack\"\nurl = \"x\"\nseverity = \"grave\"", "informational, low"),
            ("[notify.a]\nshape = \"slack\"\nurl = \"x\"\npassword = \"x\"", "password"),
        ] {
            assert!(read(text).is_err_and(|told| told.contains(part)), "{text}");
        }
    }
}
