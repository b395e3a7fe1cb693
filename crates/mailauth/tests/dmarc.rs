//! DMARC by cases: a file holds a zone and what messages come to in it. The form is told in `tests/dmarc/README.md`.

#![expect(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "cases are files; one that cannot be read is a defect of the test"
)]

use std::path::{Path, PathBuf};

use serde::Deserialize;
use spoofwatch_mailauth::{
    dkim::{Dkim, DkimResult},
    dmarc::{self, Discovery},
    dns::Zone,
    spf::{Identity, Spf, SpfResult},
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    zone: String,
    case: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    authors: Vec<String>,
    /// `RESULT DOMAIN`.
    spf: Option<String>,
    #[serde(default)]
    dkim: Vec<String>,
    #[serde(default)]
    public_suffix_list: bool,
    result: String,
    domain: Option<String>,
    policy: Option<String>,
    tag: Option<String>,
    policy_domain: Option<String>,
    organizational_domain: Option<String>,
    aligned: Option<Vec<String>>,
    /// Words of the reason.
    reason: Option<String>,
}

#[test]
fn cases() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/dmarc");
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|kind| kind == "toml"));
    assert!(files.len() >= 4, "the cases are gone");
    let wrong: Vec<String> = files.iter().flat_map(|path| run(path)).collect();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

fn run(path: &Path) -> Vec<String> {
    let file: File =
        toml::from_str(&std::fs::read_to_string(path).unwrap()).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let zone = Zone::parse(&file.zone).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let place = path.file_name().unwrap_or_default().to_string_lossy();
    file.case
        .iter()
        .flat_map(|case| {
            differences(case, &zone).into_iter().map(|words| format!("{place}: {}: {words}", case.name)).collect::<Vec<_>>()
        })
        .collect()
}

fn differences(case: &Case, zone: &Zone) -> Vec<String> {
    let discovery = if case.public_suffix_list { Discovery::PublicSuffixList } else { Discovery::TreeWalk };
    let spf = case.spf.as_deref().map(spf);
    let dkim: Vec<Dkim> = case.dkim.iter().map(|text| dkim(text)).collect();
    let found = futures::executor::block_on(dmarc::evaluate(&case.authors, spf.as_ref(), &dkim, zone, discovery));
    let author = found.authors.iter().find(|author| Some(&author.domain) == found.domain.as_ref());
    let mut wrong = Vec::new();
    let mut check = |what: &str, wanted: Option<&str>, is: Option<String>| {
        if let Some(wanted) = wanted
            && is.as_deref().unwrap_or("nothing") != wanted
        {
            wrong.push(format!(
                "{what} is {}, and should be {wanted} ({})",
                is.unwrap_or_else(|| "nothing".to_owned()),
                found.reason
            ));
        }
    };
    check("the result", Some(&case.result), Some(found.result.as_str().to_owned()));
    check("the domain", case.domain.as_deref(), found.domain.clone());
    check("the policy", case.policy.as_deref(), found.policy.map(|policy| policy.as_str().to_owned()));
    check("the tag", case.tag.as_deref(), author.and_then(|author| author.policy_tag).map(str::to_owned));
    check("the policy's domain", case.policy_domain.as_deref(), author.and_then(|author| author.policy_domain.clone()));
    check(
        "the organizational domain",
        case.organizational_domain.as_deref(),
        author.and_then(|author| author.organizational_domain.clone()),
    );
    let aligned =
        author.map(|author| author.dkim_aligned.iter().chain(&author.spf_aligned).cloned().collect::<Vec<_>>().join(" "));
    check("what is aligned", case.aligned.as_ref().map(|names| names.join(" ")).as_deref(), aligned);
    if let Some(words) = case.reason.as_deref().filter(|words| !found.reason.contains(*words)) {
        wrong.push(format!("the reason is `{}`, without `{words}`", found.reason));
    }
    wrong
}

fn spf(text: &str) -> Spf {
    let (result, domain) = text.split_once(' ').unwrap();
    let results = [
        SpfResult::None,
        SpfResult::Neutral,
        SpfResult::Pass,
        SpfResult::Fail,
        SpfResult::Softfail,
        SpfResult::Temperror,
        SpfResult::Permerror,
    ];
    Spf {
        result: results.into_iter().find(|known| known.as_str() == result).unwrap(),
        domain: domain.to_owned(),
        identity: Identity::Mailfrom,
        reason: "as the case has it".to_owned(),
        record: None,
        mechanism: None,
        decided_by: None,
        explanation: None,
        lookups: 0,
        void_lookups: 0,
    }
}

fn dkim(text: &str) -> Dkim {
    let (result, domain) = text.split_once(' ').unwrap();
    let results = [
        DkimResult::Pass,
        DkimResult::Fail,
        DkimResult::Policy,
        DkimResult::Neutral,
        DkimResult::Temperror,
        DkimResult::Permerror,
    ];
    Dkim {
        result: results.into_iter().find(|known| known.as_str() == result).unwrap(),
        domain: Some(domain.to_owned()),
        selector: Some("s1".to_owned()),
        identity: None,
        algorithm: None,
        canonicalization: None,
        signed_headers: Vec::new(),
        body_length: None,
        signed_at: None,
        expires_at: None,
        tag: None,
        key_bits: None,
        testing: false,
        strict: false,
        key_name: None,
        reason: "as the case has it".to_owned(),
    }
}
