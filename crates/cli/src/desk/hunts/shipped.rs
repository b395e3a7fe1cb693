//! Hunts that come with the program.

use ::desk::SavedHunt;

/// The files of `content/hunts`, by name.
const FILES: [(&str, &str); 6] = [
    ("accepted-domain-temperror", include_str!("../../../../../content/hunts/accepted-domain-temperror.kql")),
    ("dkim-failure-trend", include_str!("../../../../../content/hunts/dkim-failure-trend.kql")),
    ("dkim-signing-disabled", include_str!("../../../../../content/hunts/dkim-signing-disabled.kql")),
    ("domain-findings-open", include_str!("../../../../../content/hunts/domain-findings-open.kql")),
    ("domain-scores", include_str!("../../../../../content/hunts/domain-scores.kql")),
    ("spoofed-sender", include_str!("../../../../../content/hunts/spoofed-sender.kql")),
];

/// What the ids of hunts that ship begin with.
pub(super) const SHIPPED: &str = "shipped:";

/// Hunts that come with the program: what stands in a file's first comment is what it shows.
pub(super) fn all() -> impl Iterator<Item = SavedHunt> {
    FILES.iter().map(|(name, text)| {
        let comment = text.lines().map_while(|line| line.strip_prefix("//")).map(str::trim);
        SavedHunt {
            id: format!("{SHIPPED}{name}"),
            name: rules::title(&format!("{name}.kql")),
            description: comment.collect::<Vec<_>>().join(" "),
            kind: "hunt".to_owned(),
            query: (*text).to_owned(),
            language: "kusto".to_owned(),
            shared: true,
            ..SavedHunt::default()
        }
    })
}

#[cfg(test)]
mod tests {
    use super::{FILES, all};

    #[test]
    fn every_file_is_there_with_what_it_shows() -> std::io::Result<()> {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../content/hunts");
        let mut files = Vec::new();
        for entry in std::fs::read_dir(folder)? {
            let name = entry?.file_name().to_string_lossy().into_owned();
            files.extend(name.strip_suffix(".kql").map(str::to_owned));
        }
        files.sort();
        assert_eq!(files, FILES.map(|(name, _)| name));
        assert!(all().all(|hunt| !hunt.name.is_empty() && hunt.description.ends_with('.')));
        Ok(())
    }
}
