//! Tables as people write them, and worse: whatever stands in them is read, changed in the lines it is about, and changed back.

use std::{fs, path::Path};

use proptest::prelude::*;
use spoofwatch_rotation::{Entry, OpenDkimConf, OpenDkimTables, OwnTable, RspamdMaps, SignerTable, Switched};

const KEYS: [&str; 9] = [
    "s1._domainkey.example.com example.com:s1:/k/s1.pem",
    "s1._domainkey.example.com\texample.com:s1:/k/s1.pem # why",
    "main example.com:s1:/k/s1.pem",
    "s2._domainkey.example.com example.com:s2:/k/s2.pem",
    "all %:s1:/k/%.pem",
    "inline example.com:s1:MIIE",
    "# example.com",
    "main",
    "ä : : : #",
];
const SIGNING: [&str; 6] = [
    "*@example.com s1._domainkey.example.com",
    "*@example.com main",
    "*@example.com all # why",
    "*@* inline:%",
    "",
    "*@example.net s1._domainkey.example.com:@example.net",
];
const CONF: [&str; 6] =
    ["Domain example.com", "Selector s1", "KeyFile /k/s1.pem", "selector\ts1 # ours", "Domain a, example.com", "Syslog yes"];
const MAP: [&str; 5] = ["example.com s1", "example.net s1", "EXAMPLE.com\ts1 # why", "example.com s2", "example.com"];
const OWN: [&str; 4] = [
    "[[sign]]\ndomain = 'example.com' # why\nselector = \"s1\"\nkey = '/k/s1.pem'",
    "[[sign]]\nkey = \"/k/\\u00e4.pem\"\nselector = 'e1'\ndomain = \"example.com\"\nheaders = [\n\"From\",\n]",
    "# a comment",
    "[[sign]]\ndomain = 'example.net'\nselector = \"s1\"\nkey = '/k/s1.pem'",
];

/// Lines in any order, and one time in four with something spoilt.
fn text(lines: &'static [&'static str]) -> impl Strategy<Value = String> {
    let end = prop::sample::select(vec!["\n", "\n", "\r\n"]);
    let spoil = prop::option::weighted(0.25, (any::<prop::sample::Index>(), any::<char>()));
    (prop::collection::vec(prop::sample::select(lines), 0..6), end, spoil).prop_map(|(lines, end, spoil)| {
        let mut text = lines.join(end);
        if let Some((at, letter)) = spoil {
            let at = at.index(text.chars().count() + 1);
            let at = text.char_indices().nth(at).map_or(text.len(), |(at, _)| at);
            text.insert(at, letter);
        }
        text
    })
}

fn entry(selector: &str) -> Entry {
    Entry { domain: "example.com".into(), selector: selector.into(), file: format!("/k/{selector}.pem").into() }
}

fn tables(folder: &Path, texts: &[String; 5]) -> Vec<Box<dyn SignerTable>> {
    let [keys, signing, conf, map, own] = texts;
    let write = |name: &str, text: &str| {
        fs::write(folder.join(name), text).unwrap();
        folder.join(name)
    };
    vec![
        Box::new(OpenDkimTables { key_table: write("keys", keys), signing_table: write("signing", signing), patterns: true }),
        Box::new(OpenDkimConf { config: write("conf", conf) }),
        Box::new(RspamdMaps { selector_map: write("selectors", map), path_map: None, path: "/k/$selector.pem".into() }),
        Box::new(OwnTable { table: write("own", own) }),
    ]
}

/// What is in the folder.
fn contents(folder: &Path) -> Vec<(String, String)> {
    let names = ["keys", "signing", "conf", "selectors", "own"];
    names.iter().map(|name| ((*name).to_owned(), fs::read_to_string(folder.join(name)).unwrap())).collect()
}

/// The lines that are about no selector or key of ours.
fn others(contents: &[(String, String)]) -> Vec<(String, String)> {
    let ours = |line: &&str| ["s1", "s2", "KeyFile", "key ="].iter().any(|word| line.contains(word));
    let lines = |(name, text): &(String, String)| {
        text.lines().filter(|line| !ours(line)).map(|line| (name.clone(), line.to_owned())).collect::<Vec<_>>()
    };
    contents.iter().flat_map(lines).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_switch_changes_its_lines_and_back_again(
        texts in [text(&KEYS), text(&SIGNING), text(&CONF), text(&MAP), text(&OWN)]
    ) {
        let folder = tempfile::tempdir().unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let (old, new) = (entry("s1"), entry("s2"));
            for table in tables(folder.path(), &texts) {
                let before = contents(folder.path());
                let both = table.entries("example.com").await.unwrap_or_default().iter().any(|it| it.is_at("example.com", "s2"));
                let can = table.check(Some(&old), &new).await.is_ok();
                match table.switch(Some(&old), Some(&new)).await {
                    Err(_) => assert_eq!(contents(folder.path()), before),
                    Ok(_) if both => {}
                    Ok(done) => {
                        assert!(can, "{table:?}");
                        assert_eq!(others(&contents(folder.path())), others(&before), "{table:?}");
                        let entries = table.entries("example.com").await.unwrap();
                        assert!(entries.iter().any(|it| it.is(&new)) && !entries.iter().any(|it| it.is_at("example.com", "s1")));
                        assert_eq!(table.switch(Some(&old), Some(&new)).await.unwrap(), Switched::Already);
                        assert_eq!(done, Switched::Made);
                        let _ = table.uses(&new.file).await;
                    }
                }
            }
        });
    }
}

#[tokio::test]
async fn a_page_of_the_guide_shows_tables_that_are_read() {
    let guide = include_str!("../../../../docs/guide/dkim-rotation.md");
    let block = guide
        .split("```toml\n")
        .skip(1)
        .filter_map(|rest| rest.split("```").next())
        .find(|block| block.contains("[[sign]]"))
        .unwrap();
    let folder = tempfile::tempdir().unwrap();
    let table = folder.path().join("signing.toml");
    fs::write(&table, block).unwrap();
    let own = OwnTable { table };
    assert_eq!(own.entries("example.com").await.unwrap().len(), 2);
}
