//! A report as one page of HTML that stands alone: no script, nothing loaded, every text of others escaped. Readable on a telephone and on a wall.

mod escape;
mod sections;

use super::Report;

/// How it looks, in light and in dark.
const STYLE: &str = include_str!("html/page.css");

/// The page.
#[must_use]
pub fn html(report: &Report) -> String {
    let mut out = String::from(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n",
    );
    out.push_str(&format!("<title>{} Mail security check</title>\n<style>\n", escape::escaped(&report.sentence())));
    out.push_str(STYLE);
    out.push_str("</style>\n</head>\n<body>\n");
    sections::head(report, &mut out);
    out.push_str("<main>\n");
    sections::summary(report, &mut out);
    if let Some(changes) = &report.changes {
        sections::changes(changes, &mut out);
    }
    for (at, domain) in report.domains.iter().enumerate() {
        sections::domain(at, domain, &mut out);
    }
    if let Some(tenant) = &report.tenant {
        sections::tenant(tenant, &mut out);
    }
    sections::baseline(&report.baseline, &mut out);
    out.push_str("</main>\n</body>\n</html>\n");
    out
}

#[cfg(test)]
mod tests {
    use super::html;
    use crate::report::sample;

    #[test]
    fn a_page_of_one_domain() {
        insta::assert_snapshot!(html(&sample::small()));
    }

    #[test]
    fn hostile_text_in_every_field_never_becomes_markup() {
        let page = html(&sample::hostile());
        for markup in ["<script", "<img", "onerror=alert(1)>", "</code><script"] {
            assert!(!page.contains(markup), "{markup}");
        }
        assert!(page.contains(
            "&lt;/code&gt;&lt;script&gt;alert(1)&lt;/script&gt;&lt;img src=x onerror=alert(1)&gt; &quot;&#39;&amp;amp;"
        ));
        assert!(
            !page.chars().any(|letter| letter != '\n' && (letter.is_control() || letter == '\u{202e}' || letter == '\u{200b}'))
        );
    }

    /// How bright a colour is (WCAG 2.2, relative luminance).
    fn luminance(colour: &str) -> f64 {
        let part = |at: usize| {
            let value = f64::from(u8::from_str_radix(&colour[at..at + 2], 16).unwrap()) / 255.0;
            if value <= 0.039_28 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * part(1) + 0.7152 * part(3) + 0.0722 * part(5)
    }

    #[test]
    fn every_colour_of_words_can_be_read_on_every_ground() {
        let themes: Vec<&str> =
            super::STYLE.split(":root {").skip(1).filter_map(|rest| rest.split_once('}')).map(|(theme, _)| theme).collect();
        assert_eq!(themes.len(), 2);
        for theme in themes {
            let of = |name: &str| luminance(theme.split_once(&format!("--{name}: ")).unwrap().1.split(';').next().unwrap());
            let contrast = |a: &str, b: &str| (of(a).max(of(b)) + 0.05) / (of(a).min(of(b)) + 0.05);
            for words in ["ink", "quiet", "link", "good", "doubtful", "bad", "critical", "high", "medium", "low"] {
                for ground in ["paper", "card", "code"] {
                    assert!(contrast(words, ground) >= 4.5, "{words} on {ground}: {}", contrast(words, ground));
                }
            }
            for ground in ["critical", "high", "medium", "low", "informational", "good"] {
                assert!(contrast("badge", ground) >= 4.5, "badge on {ground}");
            }
        }
    }

    #[test]
    fn every_element_that_is_opened_is_closed() {
        for report in [sample::small(), sample::report(), sample::hostile()] {
            let page = html(&report);
            let mut open: Vec<&str> = Vec::new();
            for tag in page.split('<').skip(1).filter_map(|rest| rest.split_once('>')).map(|(tag, _)| tag) {
                let name = tag.trim_start_matches('/').split_ascii_whitespace().next().unwrap_or_default();
                match name {
                    "!DOCTYPE" | "meta" => {}
                    name if tag.starts_with('/') => assert_eq!(open.pop(), Some(name)),
                    name => open.push(name),
                }
            }
            assert_eq!(open, Vec::<&str>::new());
        }
    }

    proptest::proptest! {
        #![proptest_config(proptest::test_runner::Config { cases: 64, failure_persistence: None, ..Default::default() })]

        #[test]
        fn no_text_becomes_markup(text in "\\PC{0,40}|[<>&\"'`/a-z= \\x00-\\x1f]{0,40}") {
            let mut report = sample::small();
            let plain = html(&report).matches('<').count();
            report.domains[0].findings[0].facts[0].seen.clone_from(&text);
            report.domains[0].findings[0].publish[0].value.clone_from(&text);
            report.domains[0].findings[0].title = text.replace('`', "");
            proptest::prop_assert_eq!(html(&report).matches('<').count(), plain);
        }
    }

    #[test]
    fn links_lead_to_what_is_there() {
        let page = html(&sample::report());
        for target in page.split("href=\"#").skip(1).filter_map(|rest| rest.split_once('"')).map(|(target, _)| target) {
            assert!(page.contains(&format!("id=\"{target}\"")), "{target}");
        }
    }
}
