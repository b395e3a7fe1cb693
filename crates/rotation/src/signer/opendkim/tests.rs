//! OpenDKIM's tables, changed and changed back.

use std::{fs, path::Path};

use super::{Entry, OpenDkimTables, SignerError, SignerTable, Switched};

const KEYS: &str = "# keys of the mail server\n\
    s1._domainkey.example.com example.com:s1:/keys/example.com.s1.pem   # since spring\n\
    main\tcontoso.com:s1:/keys/contoso.pem\n\
    all %:default:/keys/%/default.pem\n";
const SIGNING: &str = "*@example.com s1._domainkey.example.com\n\
    *@news.example.com  s1._domainkey.example.com:@example.com # newsletters\n\
    *@contoso.com main\n\
    *@*.test all\n";

struct House {
    _folder: tempfile::TempDir,
    tables: OpenDkimTables,
}

fn house(keys: &str, signing: &str) -> House {
    let folder = tempfile::tempdir().unwrap();
    let tables = OpenDkimTables {
        key_table: folder.path().join("key.table"),
        signing_table: folder.path().join("signing.table"),
        patterns: true,
    };
    fs::write(&tables.key_table, keys).unwrap();
    fs::write(&tables.signing_table, signing).unwrap();
    House { _folder: folder, tables }
}

impl House {
    fn texts(&self) -> (String, String) {
        self.tables.texts().unwrap()
    }
}

fn entry(domain: &str, selector: &str, file: &str) -> Entry {
    Entry { domain: domain.to_owned(), selector: selector.to_owned(), file: Path::new(file).to_owned() }
}

#[tokio::test]
async fn a_key_named_by_its_selector_gets_a_line_of_its_own() {
    let house = house(KEYS, SIGNING);
    let (old, new) =
        (entry("example.com", "s1", "/keys/example.com.s1.pem"), entry("example.com", "s2", "/keys/example.com.s2.pem"));
    assert_eq!(house.tables.entries("example.com").await.unwrap()[0], old);
    assert_eq!(house.tables.switch(Some(&old), Some(&new)).await.unwrap(), Switched::Made);
    let (keys, signing) = house.texts();
    assert_eq!(
        keys,
        KEYS.replace("# since spring\n", "# since spring\ns2._domainkey.example.com example.com:s2:/keys/example.com.s2.pem\n")
    );
    assert_eq!(signing, SIGNING.replace("s1._domainkey.example.com", "s2._domainkey.example.com"));
    assert_eq!(house.tables.switch(Some(&old), Some(&new)).await.unwrap(), Switched::Already);
    assert!(house.tables.uses(&old.file).await.unwrap());
    house.tables.retire(&old).await.unwrap();
    assert!(!house.tables.uses(&old.file).await.unwrap());
    house.tables.retire(&new).await.unwrap();
    assert!(house.tables.uses(&new.file).await.unwrap());
}

#[tokio::test]
async fn taken_back_the_tables_are_what_they_were() {
    let house = house(KEYS, SIGNING);
    let (old, new) = (entry("example.com", "s1", "/keys/example.com.s1.pem"), entry("example.com", "s2", "/keys/n.pem"));
    house.tables.switch(Some(&old), Some(&new)).await.unwrap();
    house.tables.switch(Some(&new), Some(&old)).await.unwrap();
    house.tables.retire(&new).await.unwrap();
    assert_eq!(house.texts(), (KEYS.to_owned(), SIGNING.to_owned()));
}

#[tokio::test]
async fn a_key_with_a_name_of_its_own_is_changed_in_place() {
    let house = house(KEYS, SIGNING);
    let (old, new) = (entry("contoso.com", "s1", "/keys/contoso.pem"), entry("contoso.com", "s2", "/keys/new.pem"));
    house.tables.switch(Some(&old), Some(&new)).await.unwrap();
    assert_eq!(house.texts().0, KEYS.replace("contoso.com:s1:/keys/contoso.pem", "contoso.com:s2:/keys/new.pem"));
    assert_eq!(house.texts().1, SIGNING);
    assert!(house.tables.entries("contoso.com").await.unwrap().contains(&new));
    house.tables.switch(Some(&new), Some(&old)).await.unwrap();
    assert_eq!(house.texts().0, KEYS);
}

#[tokio::test]
async fn a_switch_half_made_is_finished() {
    let new = entry("example.com", "s2", "/keys/n.pem");
    let half = format!("{KEYS}s2._domainkey.example.com example.com:s2:/keys/n.pem\n");
    let house = house(&half, SIGNING);
    let old = entry("example.com", "s1", "/keys/example.com.s1.pem");
    assert_eq!(house.tables.switch(Some(&old), Some(&new)).await.unwrap(), Switched::Made);
    assert_eq!(house.texts(), (half, SIGNING.replace("s1._domainkey", "s2._domainkey")));
}

#[tokio::test]
async fn the_first_key_of_a_domain_is_added_and_taken_out() {
    let house = house(KEYS, SIGNING);
    let first = entry("new.example", "s1", "/keys/new.pem");
    for expected in [Switched::Made, Switched::Already] {
        assert_eq!(house.tables.switch(None, Some(&first)).await.unwrap(), expected);
    }
    let (keys, signing) = house.texts();
    assert!(keys.ends_with("\ns1._domainkey.new.example new.example:s1:/keys/new.pem\n"));
    assert!(signing.ends_with("\n*@new.example s1._domainkey.new.example\n"));
    house.tables.switch(Some(&first), None).await.unwrap();
    house.tables.retire(&first).await.unwrap();
    assert_eq!(house.texts(), (KEYS.to_owned(), SIGNING.to_owned()));
}

#[tokio::test]
async fn what_cannot_be_switched_alone_is_refused_and_left() {
    let keys = format!("{KEYS}inline inline.example:s1:MIIEsecret\n");
    let signing = format!("{SIGNING}*@inline.example inline\n");
    let house = house(&keys, &signing);
    let to = |domain| entry(domain, "s2", "/keys/n.pem");
    let (shared, gone) = (entry("any.test", "default", "/keys/any.test/default.pem"), entry("example.com", "s9", "/k"));
    assert_eq!(house.tables.entries("any.test").await.unwrap(), std::slice::from_ref(&shared));
    let error = house.tables.switch(Some(&shared), Some(&to("any.test"))).await.unwrap_err();
    assert!(matches!(error, SignerError::Shared { .. }), "{error}");
    assert!(matches!(house.tables.check(Some(&shared), &to("any.test")).await, Err(SignerError::Shared { .. })));
    assert!(matches!(house.tables.check(Some(&gone), &to("example.com")).await, Err(SignerError::NotThere { .. })));
    let error = house.tables.switch(Some(&gone), Some(&to("example.com"))).await.unwrap_err();
    assert!(matches!(error, SignerError::NotThere { .. }), "{error}");
    let error = house.tables.entries("inline.example").await.unwrap_err();
    assert!(matches!(error, SignerError::Inline { .. }) && !error.to_string().contains("secret"), "{error}");
    assert!(house.tables.uses(Path::new("/keys/other.test/default.pem")).await.unwrap());
    assert_eq!(house.texts(), (keys, signing));
}
