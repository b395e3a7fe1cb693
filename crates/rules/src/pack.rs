//! The rule pack that comes with the program.

use crate::Rule;

/// Path and text of every file of the pack: rules, and beside each its guide and its cases; exclusions.
#[must_use]
pub const fn files() -> &'static [(&'static str, &'static str)] {
    crate::shipped::FILES
}

/// The rules of the pack, read.
#[must_use]
pub fn rules() -> Vec<Rule> {
    let rules = files().iter().filter(|(path, _)| is_rule(path));
    rules.flat_map(|(path, text)| crate::read(path, text.as_bytes()).rules).collect()
}

/// Whether a file of the pack is a rule: neither its cases nor what stands beside all rules.
fn is_rule(path: &str) -> bool {
    let stem = path.strip_suffix(".yaml").or_else(|| path.strip_suffix(".toml"));
    stem.is_some_and(|stem| stem.contains('/') && !stem.ends_with(".tests"))
}

#[cfg(test)]
mod tests {
    use super::files;

    #[test]
    fn every_rule_of_the_pack_is_read_without_faults_and_has_cases() {
        let mut rules = 0;
        for (path, text) in files() {
            if !super::is_rule(path) {
                continue;
            }
            let stem = path.trim_end_matches(".yaml").trim_end_matches(".toml");
            let reading = crate::read(path, text.as_bytes());
            assert!(reading.faults.is_empty(), "{:?}", reading.faults);
            assert_eq!(reading.rules.len(), 1, "{path}");
            let cases = format!("{stem}.tests.yaml");
            assert!(files().iter().any(|(other, _)| *other == cases), "{cases} is missing");
            rules += 1;
        }
        assert!(rules > 15, "{rules}");
        assert_eq!(super::rules().len(), rules);
    }
}
