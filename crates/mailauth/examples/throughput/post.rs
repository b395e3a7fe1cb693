//! Messages as `mailset` wrote them, with what each should come to.

use std::{error::Error, fs, net::IpAddr, path::Path};

use spoofwatch_mailauth::verify::{Arrival, Verdicts};

/// The columns of verdicts.
pub(crate) const METHODS: [&str; 4] = ["spf", "dkim", "arc", "dmarc"];

/// A message, how it arrives, and what each method should come to.
#[derive(Debug)]
pub(crate) struct Post {
    pub file: String,
    pub text: Vec<u8>,
    pub client: IpAddr,
    pub arrival: Arrival,
    pub expected: [String; METHODS.len()],
}

impl Post {
    /// All of a set.
    pub(crate) fn load(folder: &Path, set: &str) -> Result<Vec<Self>, Box<dyn Error>> {
        let table = fs::read_to_string(folder.join(format!("{set}.tsv")))?;
        table.lines().skip(1).map(|line| Self::read(folder, line)).collect()
    }

    fn read(folder: &Path, line: &str) -> Result<Self, Box<dyn Error>> {
        let cells: Vec<_> = line.split('\t').collect();
        let [file, _, ip, helo, mail_from, _, spf, dkim, arc, dmarc] = cells[..] else {
            return Err(format!("`{line}` does not have ten cells").into());
        };
        let text = fs::read(folder.join(file))?;
        let client = ip.parse()?;
        // Signatures are from the hour in which the set was made, and do not end.
        let arrival = Arrival {
            client: Some(client),
            helo: Some(helo.to_owned()),
            mail_from: Some(mail_from.to_owned()),
            now: i64::from(u32::MAX),
        };
        let expected = [spf, dkim, arc, dmarc].map(ToOwned::to_owned);
        Ok(Self { file: file.to_owned(), text, client, arrival, expected })
    }

    /// What each method came to, written as it was expected.
    pub(crate) fn found(&self, verdicts: &Verdicts) -> [String; METHODS.len()] {
        let dkim: Vec<_> = verdicts.dkim.iter().map(|dkim| dkim.result.as_str()).collect();
        [
            verdicts.spf.result.as_str().to_owned(),
            if dkim.is_empty() { "none".to_owned() } else { dkim.join(",") },
            verdicts.arc.as_ref().map_or("none", |arc| arc.result.as_str()).to_owned(),
            verdicts.dmarc.as_ref().map_or("none", |dmarc| dmarc.result.as_str()).to_owned(),
        ]
    }
}
