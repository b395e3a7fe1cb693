//! The commands of README.md and `docs/guide` do what the pages say: every `sh` block is run over simulated mail, and a `text`
//! block behind one is what it prints. Commands of other programs that a reader types (`cargo`, `pbpaste`) are played.
#![expect(clippy::disallowed_methods, reason = "the path of the shell is this one's with our program before it")]

use std::{
    fs,
    io::Write as _,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use flate2::{Compression, write::GzEncoder};

use crate::common::{Outcome, Place, finished, messages};

/// A block of a page: the line it begins at, what its fence says, its text.
struct Block {
    line: usize,
    language: String,
    text: String,
}

/// The fenced blocks of a page, also those inside lists.
fn blocks(page: &str) -> Vec<Block> {
    let mut found: Vec<Block> = Vec::new();
    let mut open: Option<(String, usize)> = None;
    for (number, line) in page.lines().enumerate() {
        let bare = line.trim_start();
        let ticks: String = bare.chars().take_while(|c| *c == '`').collect();
        match &open {
            Some((fence, _)) if bare == fence => open = None,
            Some((_, indent)) => {
                let text = line.get(*indent..).unwrap_or_else(|| line.trim_start());
                if let Some(block) = found.last_mut() {
                    block.text.push_str(text);
                    block.text.push('\n');
                }
            }
            None if ticks.len() >= 3 => {
                let language = bare[ticks.len()..].trim().to_owned();
                found.push(Block { line: number + 1, language, text: String::new() });
                open = Some((ticks, line.len() - bare.len()));
            }
            None => {}
        }
    }
    found
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// README.md and the pages of the guide.
fn pages() -> Outcome<Vec<(String, String)>> {
    let mut paths = vec![root().join("README.md")];
    for entry in fs::read_dir(root().join("docs/guide"))? {
        paths.push(entry?.path());
    }
    paths.retain(|path| path.extension().is_some_and(|kind| kind == "md"));
    paths.sort();
    let named = |path: &PathBuf| path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    paths.iter().map(|path| Ok((named(path), fs::read_to_string(path)?))).collect()
}

fn gzip(text: &str) -> Outcome<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(text.as_bytes())?;
    Ok(encoder.finish()?)
}

/// A directory with what the pages speak of: a program on the path, data, exports, rules, cases.
fn reader() -> Outcome<Place> {
    let place = Place::new()?;
    let played = |name: &str, script: &str| -> Outcome {
        place.file(&format!("bin/{name}"), format!("#!/bin/sh\n{script}\n"))?;
        Ok(fs::set_permissions(place.path(&format!("bin/{name}")), fs::Permissions::from_mode(0o755))?)
    };
    played("spoofwatch", &format!("exec '{}' \"$@\"", env!("CARGO_BIN_EXE_spoofwatch")))?;
    played("pbpaste", "echo 'EmailEvents | count'")?;
    for other in ["cargo", "git", "cd"] {
        played(other, "")?;
    }
    for data in ["spoofwatch-data", "spoofwatch-demo"] {
        place
            .run(&["--data", data, "simulate", "--days", "2", "--messages", "200", "--seed", "7", "--as-of", "2026-11-20"])?
            .good()?;
    }
    let csv = place.run(&["hunt", "--format", "csv", "EmailEvents | take 20"])?.good()?;
    place.file("EmailEvents.csv", &csv)?;
    place.file("Downloads/EmailEvents.csv", &csv)?;
    place.file("exports/EmailEvents.json.gz", gzip(&messages(&["a", "b"]))?)?;
    place.file("mail-2026-11-20.json.gz", gzip(&messages(&["c"]).replace('{', "{\"Type\":\"EmailEvents\","))?)?;
    place.file("blob.gz", gzip(&messages(&["d"]))?)?;
    place.run(&["hunt", "--format", "parquet", "-o", "exports/EmailEvents.parquet", "EmailEvents"])?.good()?;
    let query = "EmailEvents | summarize Messages = count() by bin(Timestamp, 1d) | render timechart";
    for report in ["rfc7489.xml", "several.zip", "tls.json"] {
        let text = fs::read(root().join("crates/sources/tests/reports").join(report))?;
        place.file(&format!("reports/{report}"), text)?;
    }
    place.file("dkim-failure-trend.yaml", format!("name: DKIM failure trend\nquery: |\n  {query}\n"))?;
    place.file("hunt.kql", query)?;
    let case = "## DKIM\n\n```kql\nprint x = 1\n```\n\n| x:long |\n| ------ |\n| 1      |\n";
    place.file("cases/dkim.md", case)?;
    letters(&place)?;
    Ok(place)
}

/// Messages in every form they are put in, and a zone file that answers in place of the DNS.
fn letters(place: &Place) -> Outcome {
    let letter = |number: u32| {
        format!(
            "Received: from mail.contoso.example (mail.contoso.example [192.0.2.25]) by mx.fabrikam.example; Fri, 20 Nov 2026 10:0{number}:00 +0000\n\
             From: Kim <kim@contoso.example>\nTo: lee@fabrikam.example\nSubject: Figures {number}\n\
             Date: Fri, 20 Nov 2026 10:0{number}:00 +0000\nMessage-ID: <{number}@contoso.example>\n\nSee https://contoso.example/{number}\n"
        )
    };
    for (name, number) in
        [("message.eml", 0), ("suspicious.eml", 1), ("exported/a.eml", 2), ("Maildir/new/1", 3), ("case-17.msg", 4)]
    {
        place.file(name, letter(number))?;
    }
    place.file("inbox.mbox", format!("From kim@contoso.example Fri Nov 20 10:05:00 2026\n{}\n", letter(5)))?;
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    archive.start_file("b.eml", zip::write::SimpleFileOptions::default())?;
    archive.write_all(letter(6).as_bytes())?;
    place.file("mail.zip", archive.finish()?.into_inner())?;
    let zone = "contoso.example. TXT \"v=spf1 ip4:192.0.2.0/24 -all\"\n_dmarc.contoso.example. TXT \"v=DMARC1; p=reject\"\n\
                parked.example. A 192.0.2.80\n";
    place.file("dns.zone", zone)?;
    place.file(
        "spoofwatch-data/spoofwatch.toml",
        "[mail]\nzone = \"../dns.zone\"\n\n[check]\nnon-sending = [\"parked.example\"]\n",
    )
}

/// What a block prints, on both of its outputs in the order of the outputs.
fn run(place: &Place, text: &str) -> Outcome<String> {
    // A month of mail as the page has it would take minutes.
    let text = text.replace("--messages 100000", "--messages 100");
    let path = format!("{}:{}", place.path("bin").display(), std::env::var("PATH").unwrap_or_default());
    let mut command = Command::new("sh");
    command.args(["-e", "-c", &text]).current_dir(place.path("")).env("PATH", path).env("HOME", place.path(""));
    command.env_remove("SPOOFWATCH_DATA").stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let run = finished(command.spawn()?)?;
    if run.status == Some(0) { Ok(run.err + &run.out) } else { Err(format!("{text}{}{}", run.err, run.out).into()) }
}

#[test]
fn every_command_of_the_guide_runs_and_prints_what_is_shown() -> Outcome {
    let place = reader()?;
    let (mut faults, mut commands) = (Vec::new(), 0);
    for (page, text) in pages()? {
        let blocks = blocks(&text);
        for (position, block) in blocks.iter().enumerate().filter(|(_, block)| block.language == "sh") {
            // Building and testing the program is not for its tests.
            if !block.text.contains("spoofwatch") {
                continue;
            }
            commands += block.text.matches("spoofwatch ").count();
            let at = format!("{page}:{}", block.line);
            match (run(&place, &block.text), blocks.get(position + 1).filter(|next| next.language == "text")) {
                (Err(error), _) => faults.push(format!("{at}: {error}")),
                (Ok(printed), Some(shown)) if printed != shown.text => {
                    faults.push(format!("{at}: the page shows\n{}and this is printed\n{printed}", shown.text));
                }
                (Ok(_), _) => {}
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert!(commands > 20, "{commands} commands were found");
    Ok(())
}

#[test]
fn the_error_that_the_guide_shows_is_drawn_so() -> Outcome {
    let place = Place::new()?;
    place.file("rule.yaml", "name: A rule\nquery: |\n  EmailEvents\n  | where Subjct == ''\n")?;
    let drawn = place.run(&["hunt", "--file", "rule.yaml"])?.failed(1)?;
    let page = fs::read_to_string(root().join("docs/guide/errors.md"))?;
    let shown = blocks(&page).into_iter().find(|block| block.text.starts_with("error[")).ok_or("no error is shown")?;
    assert_eq!(drawn, shown.text);
    Ok(())
}
