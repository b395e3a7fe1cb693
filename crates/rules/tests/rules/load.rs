//! Folders of rules.

use std::fs;

use spoofwatch_rules::load;

use crate::Outcome;

#[test]
fn a_folder_is_read_in_order_and_what_is_broken_costs_only_itself() -> Outcome {
    let folder = tempfile::tempdir()?;
    let write = |name: &str, text: &str| -> std::io::Result<()> {
        let path = folder.path().join(name);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent)?;
        }
        fs::write(path, text)
    };
    write("b/second.yaml", "id: s\nname: Second\nquery: T\n")?;
    write("a/first.kql", "T | take 1")?;
    write("c/again.yaml", "id: s\nname: Again\nquery: T\n")?;
    write("c/broken.yaml", "id: x\nname: X\nqueryFrequency: 1 eon\nquery: T\n")?;
    write("c/README.md", "# Not a rule")?;
    write("c/settings.yaml", "colour: blue\n")?;
    write(".git/objects/x.yaml", "id: hidden\nname: H\nquery: T\n")?;
    let reading = load(&[folder.path().to_owned()]);
    let keys: Vec<&str> = reading.rules.iter().map(|rule| rule.key.as_str()).collect();
    assert_eq!(keys, ["a/first", "s"], "the key of a bare query is its path below the folder");
    assert_eq!(reading.rules[1].name, "Second", "the first of a key stays");
    let told: Vec<&str> = reading.faults.iter().map(|fault| fault.reason.as_str()).collect();
    assert!(
        told.len() == 2 && told[0].contains("queryFrequency") && told[1].starts_with("the key `s` is that of the rule at "),
        "{told:?}"
    );
    assert_eq!(reading.faults[0].line, 3);
    Ok(())
}

#[test]
fn thousands_of_rules_come_in_the_order_of_their_names() -> Outcome {
    let folder = tempfile::tempdir()?;
    for number in 0..2_000 {
        fs::write(
            folder.path().join(format!("{number:04}.yaml")),
            format!("id: r{number:04}\nname: N\nquery: |\n  T\n  | take {number}\n"),
        )?;
    }
    let reading = load(&[folder.path().to_owned()]);
    assert_eq!(reading.rules.len(), 2_000);
    assert!(reading.rules.is_sorted_by(|left, right| left.key < right.key));
    Ok(())
}

#[test]
fn a_path_that_is_not_there_is_told() {
    let reading = load(&["no/such/file.yaml".into()]);
    assert!(reading.rules.is_empty());
    assert!(reading.faults[0].to_string().starts_with("no/such/file.yaml:1: the file cannot be read"));
}
