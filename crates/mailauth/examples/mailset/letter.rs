//! The text of a message: a header as senders write it, a body in plain text and HTML, perhaps a file.

use std::fmt::Write as _;

use base64::{Engine, prelude::BASE64_STANDARD};

/// How large a message without a file is to be, in bytes, with one signature.
const BYTES: usize = 4096;

/// What a signature and the lines that MTAs add take of that.
const OTHERS: usize = 1400;

const WORDS: &[&str] = &[
    "the",
    "quarterly",
    "invoice",
    "meeting",
    "moves",
    "to",
    "Thursday",
    "and",
    "our",
    "new",
    "office",
    "has",
    "a",
    "room",
    "with",
    "view",
    "please",
    "find",
    "delivery",
    "dates",
    "below",
    "for",
    "your",
    "order",
    "of",
    "paper",
    "we",
    "thank",
    "you",
    "team",
    "will",
    "answer",
    "questions",
    "about",
    "project",
    "plan",
    "before",
    "end",
    "week",
    "is",
    "attached",
    "report",
    "on",
    "results",
    "in",
    "every",
    "region",
];

/// A message on its way to its text.
#[derive(Debug, Clone)]
pub(crate) struct Letter {
    /// Names and values, folded; the topmost first.
    pub fields: Vec<(String, String)>,
    pub body: String,
}

/// Who writes to whom, and when.
#[derive(Debug)]
pub(crate) struct Envelope<'a> {
    pub from: &'a str,
    pub to: &'a str,
    /// Names the message among all, and is where its words come from.
    pub number: usize,
    /// In seconds since 1970.
    pub at: i64,
    /// Bytes of a file with it; 0 is none.
    pub attached: usize,
}

impl Letter {
    pub(crate) fn new(envelope: &Envelope<'_>) -> Self {
        let mut words = Words(envelope.number as u64);
        let domain = envelope.from.rsplit('@').next().unwrap_or_default();
        let name = envelope.from.split('@').next().unwrap_or_default();
        let number = envelope.number;
        let boundary = format!("=_part_{number:08x}");
        let form = if envelope.attached > 0 { "mixed" } else { "alternative" };
        let fields = [
            ("From", format!("\"{name} at {domain}\" <{}>", envelope.from)),
            ("To", format!("Bob <{}>", envelope.to)),
            ("Subject", words.sentence(7)),
            ("Date", date(envelope.at)),
            ("Message-ID", format!("<{number:012x}.{}@{domain}>", envelope.at)),
            ("MIME-Version", "1.0".to_owned()),
            ("Content-Type", format!("multipart/{form};\r\n\tboundary=\"{boundary}\"")),
            ("List-Unsubscribe", format!("<https://{domain}/unsubscribe/{number:012x}>,\r\n <mailto:unsubscribe@{domain}>")),
            ("X-Mailer", "Example Mailer 7.2".to_owned()),
        ];
        let fields: Vec<_> = fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        let mut body = String::new();
        let part = |body: &mut String, kind: &str, text: &str| {
            let _ = write!(
                body,
                "--{boundary}\r\nContent-Type: text/{kind}; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n{text}\r\n"
            );
        };
        let left = BYTES - OTHERS - 460;
        part(&mut body, "plain", &words.lines(left * 2 / 5, "", ""));
        let link = format!("<p><a href=\"https://www.{domain}/offer/{number}\">{}</a></p>\r\n", words.sentence(3));
        part(&mut body, "html", &format!("<html><body>\r\n{}{link}</body></html>\r\n", words.lines(left * 3 / 5, "<p>", "</p>")));
        if envelope.attached > 0 {
            let _ = write!(body, "--{boundary}\r\nContent-Type: application/pdf; name=\"report-{number}.pdf\"\r\n");
            let _ = write!(
                body,
                "Content-Disposition: attachment; filename=\"report-{number}.pdf\"\r\nContent-Transfer-Encoding: base64\r\n\r\n"
            );
            let file: Vec<u8> = b"%PDF-1.7\n".iter().copied().chain((0..envelope.attached).map(|_| words.byte())).collect();
            for line in BASE64_STANDARD.encode(file).as_bytes().chunks(76) {
                body.push_str(&String::from_utf8_lossy(line));
                body.push_str("\r\n");
            }
        }
        let _ = write!(body, "--{boundary}--\r\n");
        Self { fields, body }
    }

    /// Puts a field on top.
    pub(crate) fn put(&mut self, name: &str, value: &str) {
        self.fields.insert(0, (name.to_owned(), value.to_owned()));
    }

    pub(crate) fn replace(&mut self, name: &str, value: &str) {
        for (_, old) in self.fields.iter_mut().filter(|(other, _)| other == name) {
            value.clone_into(old);
        }
    }

    pub(crate) fn field(&self, name: &str) -> &str {
        self.fields.iter().find(|(other, _)| other == name).map_or("", |(_, value)| value)
    }

    pub(crate) fn text(&self) -> String {
        let mut text = String::new();
        for (name, value) in &self.fields {
            let _ = write!(text, "{name}: {value}\r\n");
        }
        text.push_str("\r\n");
        text.push_str(&self.body);
        text
    }
}

/// Words at random, the same every time.
struct Words(u64);

impl Words {
    /// `SplitMix64`.
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ self.0 >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ mixed >> 31
    }

    fn byte(&mut self) -> u8 {
        self.next().to_le_bytes()[0]
    }

    fn word(&mut self) -> &'static str {
        let at = usize::try_from(self.next() % WORDS.len() as u64).unwrap_or_default();
        WORDS[at]
    }

    fn sentence(&mut self, words: usize) -> String {
        (0..words).map(|_| self.word()).collect::<Vec<_>>().join(" ")
    }

    fn lines(&mut self, bytes: usize, before: &str, after: &str) -> String {
        let mut text = String::new();
        while text.len() < bytes {
            let _ = write!(text, "{before}{}{after}\r\n", self.sentence(11));
        }
        text
    }
}

/// As RFC 5322 section 3.3 writes a moment, in UTC.
pub(crate) fn date(at: i64) -> String {
    const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    const DAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
    let (day, second) = (at.div_euclid(86_400), at.rem_euclid(86_400));
    let weekday = DAYS[usize::try_from(day.rem_euclid(7)).unwrap_or_default()];
    // Days to a date of the proleptic Gregorian calendar, in years that begin in March.
    let since = day + 719_468;
    let (era, of_era) = (since.div_euclid(146_097), since.rem_euclid(146_097));
    let of_year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let year_day = of_era - (365 * of_year + of_year / 4 - of_year / 100);
    let shifted = (5 * year_day + 2) / 153;
    let month = if shifted < 10 { shifted + 2 } else { shifted - 10 };
    let year = era * 400 + of_year + i64::from(month < 2);
    let month_day = year_day - (153 * shifted + 2) / 5 + 1;
    let name = MONTHS[usize::try_from(month).unwrap_or_default()];
    format!("{weekday}, {month_day:02} {name} {year} {:02}:{:02}:{:02} +0000", second / 3600, second / 60 % 60, second % 60)
}
