//! Every dependency can be had under a licence that deny.toml allows.
//!
//! Source: the SPDX specification, annex on licence expressions. `/`, found in old manifests, is `OR`.

use std::collections::BTreeMap;

use anyhow::bail;
use toml::Table;

use super::metadata::Package;
use crate::toml_text;

pub(super) fn check(rules: &Table, packages: &[Package]) -> anyhow::Result<Vec<String>> {
    let allowed = toml_text::texts(toml_text::at(rules, &["licenses", "allow"]));
    let mut exceptions: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    let listed = toml_text::at(rules, &["licenses", "exceptions"]).and_then(toml::Value::as_array);
    for exception in listed.into_iter().flatten().filter_map(toml::Value::as_table) {
        let name = exception.get("crate").and_then(toml::Value::as_str).unwrap_or_default();
        exceptions.entry(name).or_default().extend(toml_text::texts(exception.get("allow")));
    }
    let mut complaints = Vec::new();
    for Package { name, version, licence, .. } in packages {
        let also = exceptions.remove(name.as_str()).unwrap_or_default();
        let fine = |id: &str| allowed.contains(&id) || also.contains(&id);
        match satisfied(licence, &fine) {
            Ok(true) => {}
            Ok(false) => complaints.push(format!("{name} {version}: deny.toml does not allow its licence, {licence}")),
            Err(error) => complaints.push(format!("{name} {version}: licence `{licence}`: {error}")),
        }
        // Two versions of one crate share their exception.
        exceptions.insert(name, also);
    }
    let unused = exceptions.keys().filter(|name| packages.iter().all(|package| package.name != **name));
    complaints.extend(unused.map(|name| format!("deny.toml: the exception for {name} is not needed")));
    Ok(complaints)
}

/// Whether an expression can be satisfied with the licences that are fine.
fn satisfied(expression: &str, fine: &dyn Fn(&str) -> bool) -> anyhow::Result<bool> {
    let spaced = expression.replace('/', " OR ").replace('(', " ( ").replace(')', " ) ");
    let mut words = Words { words: &spaced.split_whitespace().collect::<Vec<_>>() };
    let result = words.any(fine)?;
    if !words.words.is_empty() {
        bail!("not understood from `{}` on", words.words.join(" "));
    }
    Ok(result)
}

/// What is left of an expression.
struct Words<'a> {
    words: &'a [&'a str],
}

impl<'a> Words<'a> {
    fn next(&mut self) -> Option<&'a str> {
        let (first, rest) = self.words.split_first()?;
        self.words = rest;
        Some(first)
    }

    fn take(&mut self, word: &str) -> bool {
        let found = self.words.first() == Some(&word);
        if found {
            self.next();
        }
        found
    }

    fn any(&mut self, fine: &dyn Fn(&str) -> bool) -> anyhow::Result<bool> {
        let mut result = self.all(fine)?;
        while self.take("OR") {
            result |= self.all(fine)?;
        }
        Ok(result)
    }

    fn all(&mut self, fine: &dyn Fn(&str) -> bool) -> anyhow::Result<bool> {
        let mut result = self.one(fine)?;
        while self.take("AND") {
            result &= self.one(fine)?;
        }
        Ok(result)
    }

    fn one(&mut self, fine: &dyn Fn(&str) -> bool) -> anyhow::Result<bool> {
        match self.next() {
            Some("(") => {
                let result = self.any(fine)?;
                if !self.take(")") {
                    bail!("a bracket is never closed");
                }
                Ok(result)
            }
            None | Some(")" | "AND" | "OR" | "WITH") => bail!("a licence is missing"),
            Some(id) if self.take("WITH") => match self.next() {
                Some(exception) => Ok(fine(&format!("{id} WITH {exception}"))),
                None => bail!("`WITH` names no exception"),
            },
            Some(id) => Ok(fine(id)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Package, check, satisfied};

    fn fine(id: &str) -> bool {
        ["MIT", "ISC", "Apache-2.0 WITH LLVM-exception"].contains(&id)
    }

    #[test]
    fn an_expression_holds_if_the_allowed_licences_satisfy_it() {
        for (expression, expected) in [
            ("MIT", true),
            ("GPL-3.0", false),
            ("MIT OR GPL-3.0", true),
            ("MIT/GPL-3.0", true),
            ("MIT AND GPL-3.0", false),
            ("GPL-3.0 OR MIT AND ISC", true),
            ("(GPL-3.0 OR MIT) AND ISC", true),
            ("Apache-2.0 WITH LLVM-exception", true),
            ("Apache-2.0", false),
        ] {
            assert!(satisfied(expression, &fine).is_ok_and(|found| found == expected), "{expression}");
        }
    }

    #[test]
    fn what_is_no_expression_is_refused() {
        for expression in ["", "MIT OR", "(MIT", "MIT ISC", "MIT)", "MIT WITH"] {
            assert!(satisfied(expression, &fine).is_err(), "{expression}");
        }
    }

    #[test]
    fn an_exception_is_for_one_crate_and_must_be_needed() -> anyhow::Result<()> {
        let rules = "[licenses]\nallow = ['MIT']\nexceptions = [\n\
                     { crate = 'a', allow = ['MPL-2.0'] },\n{ crate = 'gone', allow = ['MPL-2.0'] },\n]";
        let package = |name: &str| Package {
            name: name.to_owned(),
            version: "1.0.0".to_owned(),
            licence: "MPL-2.0".to_owned(),
            users: Vec::new(),
        };
        assert_eq!(
            check(&rules.parse()?, &[package("a"), package("b")])?,
            ["b 1.0.0: deny.toml does not allow its licence, MPL-2.0", "deny.toml: the exception for gone is not needed"]
        );
        Ok(())
    }
}
