//! Texts of rules written into the folder of the data directory: whole or not at all, never elsewhere, with who wrote them and why.

use std::{
    io::Write as _,
    path::{Path, PathBuf},
};

use desk::Fault;
use rules::Rule;
use state::RuleText;

use super::{Context, LONGEST, trial, view};
use crate::{desk::told, watch::found_text, write};

/// The most characters of a comment.
const LONGEST_COMMENT: usize = 2_000;
/// Letters of a file's name.
const LONGEST_NAME: usize = 80;
/// Names with a number that are tried where others have the same.
const TRIES: u32 = 10_000;

/// The file that can be written over to change a rule: it stands alone there, below the folder of rules.
pub(super) fn file_of(desk: &Context, rule: &Rule) -> Option<PathBuf> {
    let rules = &desk.house.rules;
    let path = &rule.origin.source.path;
    let below = rules.below(path)?;
    let alone = rules.live().all.iter().filter(|other| other.origin.source.path == *path).count() == 1;
    alone.then(|| rules.folder().map(|folder| folder.join(below)))?
}

/// The folder in which rules are kept.
pub(super) fn folder(desk: &Context) -> Result<PathBuf, Fault> {
    desk.house.rules.folder().map(Path::to_owned).ok_or_else(|| Fault::Refused {
        reason: format!(
            "rules are read from elsewhere and are changed there: `serve` was told --rules, and {} is not among them",
            desk.data().join("rules").display()
        ),
    })
}

/// Saves a text and has it watched from now on.
pub(super) async fn save(
    desk: &Context,
    key: &str,
    text: &str,
    seen: u64,
    (comment, who): (&str, &str),
) -> Result<String, Fault> {
    if text.len() > LONGEST {
        return Err(Fault::Limit { reason: format!("a rule has at most {LONGEST} bytes") });
    }
    if comment.chars().count() > LONGEST_COMMENT {
        return Err(Fault::Limit { reason: format!("a comment has at most {LONGEST_COMMENT} characters") });
    }
    let folder = folder(desk)?;
    // What is wrong with it is found out before anybody has to wait.
    let tried = trial::of(desk, key, text).await?;
    if !tried.ok {
        let worst = tried.problems.into_iter().find(|problem| problem.severity == "error");
        return Err(worst.map_or_else(|| Fault::input("the text cannot be run"), |problem| Fault::Input(Box::new(problem))));
    }
    let _changing = desk.house.rules.changing.lock().await;
    let (path, name) = if key.is_empty() {
        let path = fresh(&folder, &tried.name, trial::ending(None, text))?;
        (path, tried.key.clone())
    } else {
        let known = super::rule(desk, key)?;
        let path = file_of(desk, &known).ok_or_else(|| Fault::Refused {
            reason: format!("{} stands in {} and is changed there", known.name, known.origin.source.path),
        })?;
        let present = view::versions(desk, &known).await?;
        let latest = present.first().map_or(0, |version| version.number);
        if latest != seen {
            let by = present.first().map(|version| version.who.clone()).filter(|who| !who.is_empty());
            let by = by.map_or_else(String::new, |who| format!(" by {who}"));
            return Err(Fault::Conflict {
                reason: format!(
                    "the rule was changed{by} meanwhile: it is at version {latest}, and this text was made from version {seen}"
                ),
            });
        }
        // What was there is not lost, even where nobody has saved it here.
        desk.state().keep_rule_text(&found_text(&known, desk.house.started)).await?;
        (path, key.to_owned())
    };
    put(desk, &path, &name, text, (comment, who)).await?;
    desk.house.read_rules_held().await.map_err(told)?;
    Ok(name)
}

/// Writes a text to its file and keeps it as a version of its rule.
pub(super) async fn put(desk: &Context, path: &Path, key: &str, text: &str, (comment, who): (&str, &str)) -> Result<(), Fault> {
    let (target, body) = (path.to_owned(), text.to_owned());
    let written = tokio::task::spawn_blocking(move || {
        if let Some(parent) = target.parent() {
            std::fs::create_dir_all(parent)?;
        }
        write::atomically(&target, |file| Ok(file.write_all(body.as_bytes())?))?;
        // The name is on disk, too, when this is.
        target.parent().map_or(Ok(()), |parent| std::fs::File::open(parent)?.sync_all())?;
        Ok::<(), crate::failure::Failure>(())
    });
    written.await.map_err(Fault::internal)?.map_err(|failure| Fault::Unavailable { reason: failure.words() })?;
    let version = trial::read(&path.display().to_string(), text).rule.and_then(|rule| rule.version.clone()).unwrap_or_default();
    let kept = RuleText {
        rule_key: key.to_owned(),
        number: 0,
        at: desk.now(),
        actor: who.to_owned(),
        comment: comment.trim().to_owned(),
        version,
        body: text.to_owned(),
    };
    desk.state().keep_rule_text(&kept).await?;
    Ok(())
}

/// A file that is not there yet, with a name of a rule's words.
pub(super) fn fresh(folder: &Path, name: &str, ending: &str) -> Result<PathBuf, Fault> {
    let stem = stem(name);
    let numbered = (1..TRIES).map(|number| match number {
        1 => format!("{stem}.{ending}"),
        number => format!("{stem}-{number}.{ending}"),
    });
    let mut free = numbered.map(|name| folder.join(name)).filter(|path| path.symlink_metadata().is_err());
    free.next().ok_or_else(|| Fault::Limit { reason: format!("there are too many files like {stem}.{ending}") })
}

/// Letters, digits and dashes of a name: nothing that means something in a path.
pub(super) fn stem(name: &str) -> String {
    let mut out = String::new();
    for letter in name.chars() {
        match letter {
            letter if letter.is_ascii_alphanumeric() => out.push(letter.to_ascii_lowercase()),
            _ if out.is_empty() || out.ends_with('-') => {}
            _ => out.push('-'),
        }
        if out.len() >= LONGEST_NAME {
            break;
        }
    }
    match out.trim_end_matches('-') {
        "" => "rule".to_owned(),
        stem => stem.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_files_name_means_nothing_in_a_path() {
        assert_eq!(stem("Own domain fails DMARC!"), "own-domain-fails-dmarc");
        for hostile in ["../../etc/passwd", "/etc/passwd", "..", ".hidden", "a\\b", "a\0b", "", "💥"] {
            let name = stem(hostile);
            assert!(
                !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-'),
                "{hostile}: {name}"
            );
        }
        assert!(stem(&"long ".repeat(100)).len() <= LONGEST_NAME);
    }

    #[test]
    fn a_name_that_is_taken_gets_a_number() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("a.yaml"), "").unwrap();
        assert!(fresh(folder.path(), "A", "yaml").unwrap().ends_with("a-2.yaml"));
    }
}
