//! The rule pack that comes with the program.

/// Path and text of every file of the pack: rules, and beside each its guide and its cases; exclusions.
#[must_use]
pub const fn files() -> &'static [(&'static str, &'static str)] {
    crate::shipped::FILES
}

#[cfg(test)]
mod tests {
    use super::files;

    #[test]
    fn every_rule_of_the_pack_is_read_without_faults_and_has_cases() {
        let mut rules = 0;
        for (path, text) in files() {
            let stem = path.strip_suffix(".yaml").or_else(|| path.strip_suffix(".toml"));
            let Some(stem) = stem.filter(|stem| stem.contains('/') && !stem.ends_with(".tests")) else { continue };
            let reading = crate::read(path, text.as_bytes());
            assert!(reading.faults.is_empty(), "{:?}", reading.faults);
            assert_eq!(reading.rules.len(), 1, "{path}");
            let cases = format!("{stem}.tests.yaml");
            assert!(files().iter().any(|(other, _)| *other == cases), "{cases} is missing");
            rules += 1;
        }
        assert!(rules > 15, "{rules}");
    }
}
