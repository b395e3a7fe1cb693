//! The logo that mailboxes show beside messages of the domain (BIMI, draft-brand-indicators-for-message-identification): the record at
//! `default._bimi`, the picture, and the certificate that says whose it is.

mod logo;
mod record;

pub use logo::{LogoFault, MOST_LOGO, inspect};
pub use record::{BimiFault, BimiRecord};

use super::{Asking, FetchError, MOST_RECORDS, Texts};

/// What is published of BIMI.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bimi {
    /// What stands at `default._bimi` of the domain.
    pub texts: Texts,
    /// Those of the texts that are meant as BIMI records.
    pub records: Vec<BimiRecord>,
    /// The picture of the first record; `None` where it names none.
    pub logo: Option<Page>,
    /// The certificate of the first record; `None` where it names none.
    pub certificate: Option<Page>,
}

/// A page, and what is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// Where it is.
    pub url: String,
    /// What is wrong with it, in words, or why there is none.
    pub found: Result<Vec<String>, NoPage>,
}

/// Why there is no page.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoPage {
    /// Nobody got it.
    #[error("{0}")]
    Fetch(FetchError),
    /// Another status than 200.
    #[error("the web server answers with status {0}")]
    Status(u16),
}

impl Page {
    /// Everything that keeps mailboxes from using it, in words; nothing where nobody wanted it looked at.
    #[must_use]
    pub fn problems(&self) -> Vec<String> {
        match &self.found {
            Err(NoPage::Fetch(FetchError::NotAsked(_))) => Vec::new(),
            Err(why) => vec![why.to_string()],
            Ok(faults) => faults.clone(),
        }
    }
}

impl Bimi {
    pub(super) async fn collect(asking: &Asking<'_>) -> Self {
        let texts = Texts::at(asking.resolver(), &format!("default._bimi.{}", asking.domain)).await;
        let records: Vec<BimiRecord> = texts.bytes().filter_map(BimiRecord::read).take(MOST_RECORDS).collect();
        let (mut logo, mut certificate) = (None, None);
        if let Some(first) = records.first() {
            if let Some(url) = &first.logo {
                logo = Some(page(asking, url, |body| inspect(body).iter().map(ToString::to_string).collect()).await);
            }
            if let Some(url) = &first.certificate {
                certificate = Some(page(asking, url, certificate_faults).await);
            }
        }
        Self { texts, records, logo, certificate }
    }
}

async fn page(asking: &Asking<'_>, url: &str, faults: impl Fn(&[u8]) -> Vec<String>) -> Page {
    let found = match asking.get(url).await {
        Ok(page) if page.status == 200 => Ok(faults(&page.body)),
        Ok(page) => Err(NoPage::Status(page.status)),
        Err(error) => Err(NoPage::Fetch(error)),
    };
    Page { url: url.to_owned(), found }
}

/// A mark certificate is a chain in PEM form. Who issued it, and whether it is valid, is for mailboxes to say.
fn certificate_faults(body: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(body);
    let begins = text.matches("-----BEGIN CERTIFICATE-----").count();
    let ends = text.matches("-----END CERTIFICATE-----").count();
    let mut faults = Vec::new();
    if begins == 0 {
        faults.push("it holds no certificate in PEM form".to_owned());
    } else if begins != ends {
        faults.push("a certificate in it is cut off".to_owned());
    } else if begins == 1 {
        faults.push("it holds the certificate alone; those of its issuers must follow it".to_owned());
    }
    if text.contains("PRIVATE KEY-----") {
        faults.push("it holds a PRIVATE KEY, which everybody can read there".to_owned());
    }
    faults
}
