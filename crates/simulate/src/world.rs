//! Everything that is decided before the first message: people, words, verdicts, the period and what happens in it.

use std::collections::BTreeMap;

use crate::Error;
use crate::authentication::{Mix, Verdicts};
use crate::cast::Cast;
use crate::data;
use crate::outcome::{OutcomeId, Outcomes};
use crate::random::Weighted;
use crate::sheet::{Desk, Sheet};
use crate::stream::Stream;
use crate::template::{Template, Words};
use crate::timeline::Timeline;
use crate::window::Window;

/// What mail between people is made of.
#[derive(Debug)]
pub(crate) struct PersonMail {
    /// Subjects by language.
    pub(crate) subjects: BTreeMap<String, Vec<Template>>,
    pub(crate) urls: Vec<Template>,
    pub(crate) files: Vec<Template>,
    pub(crate) file_weights: Weighted,
    pub(crate) internal: Mix,
    pub(crate) outbound: Mix,
    pub(crate) outbound_unsigned: Mix,
    pub(crate) inbox: OutcomeId,
    pub(crate) external: OutcomeId,
    pub(crate) external_failed: OutcomeId,
    pub(crate) junk_spam: OutcomeId,
}

/// The world.
#[derive(Debug)]
pub(crate) struct World {
    pub(crate) words: Words,
    pub(crate) verdicts: Verdicts,
    pub(crate) outcomes: Outcomes,
    pub(crate) cast: Cast,
    pub(crate) window: Window,
    pub(crate) timeline: Timeline,
    pub(crate) person_mail: PersonMail,
}

impl World {
    /// Builds it, and the sheets of `streams` in their order.
    pub(crate) fn load(seed: u64, days: u32, end: i64, streams: &[&Stream]) -> Result<(Self, Vec<Sheet>), Error> {
        let words = Words::load()?;
        let mut verdicts = Verdicts::load()?;
        let outcomes = Outcomes::load()?;
        let cast = Cast::load(seed, &words, &verdicts)?;
        let mut sheets = Vec::new();
        for stream in streams {
            let mut desk = Desk { words: &words, verdicts: &mut verdicts, outcomes: &outcomes, cast: &cast };
            sheets.push(stream.sheet.map_or_else(|| Ok(Sheet::default()), |file| Sheet::load(file, &mut desk))?);
        }
        let person_mail = PersonMail::load(&words, &verdicts, &outcomes)?;
        let window = Window::new(seed, days, end, &cast.sites);
        let timeline = Timeline::new(&window);
        Ok((Self { words, verdicts, outcomes, cast, window, timeline, person_mail }, sheets))
    }
}

impl PersonMail {
    fn load(words: &Words, verdicts: &Verdicts, outcomes: &Outcomes) -> Result<Self, Error> {
        let mut subjects = BTreeMap::new();
        for set in data::SUBJECTS.read::<data::Subjects>()?.set {
            subjects.insert(set.language, words.templates(data::SUBJECTS, &set.templates)?);
        }
        let mail: data::PersonMail = data::PERSON_MAIL.read()?;
        let files = mail.file.iter().map(|file| words.template(data::PERSON_MAIL, &file.template)).collect::<Result<_, _>>()?;
        let profile = |name| verdicts.profile(data::AUTHENTICATION, name);
        let outcome = |key| outcomes.id(data::OUTCOMES, key);
        Ok(Self {
            subjects,
            urls: words.templates(data::PERSON_MAIL, &mail.urls)?,
            files,
            file_weights: Weighted::new(mail.file.iter().map(|file| file.weight)),
            internal: profile("internal")?,
            outbound: profile("outbound")?,
            outbound_unsigned: profile("outbound_unsigned")?,
            inbox: outcome("inbox")?,
            external: outcome("external")?,
            external_failed: outcome("external_failed")?,
            junk_spam: outcome("junk_spam")?,
        })
    }

    /// Subjects in a language, or in English where there are none.
    pub(crate) fn subjects(&self, language: &str) -> &[Template] {
        self.subjects.get(language).or_else(|| self.subjects.get("en")).map_or(&[], Vec::as_slice)
    }
}
