//! A page as HTML that stands alone: no script, nothing loaded, every word of the message escaped.

use super::page::{Block, Section, Tone, Words};

/// How it looks, in light and in dark.
const STYLE: &str = include_str!("page.css");
/// Longest text of a cell; a message of megabytes makes no page of megabytes.
const LONGEST: usize = 4_000;

/// The page.
pub(super) fn html(title: &str, sections: &[Section]) -> String {
    let mut out = format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{0}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<main>\n<h1>{0}</h1>\n",
        escaped(title)
    );
    for section in sections.iter().filter(|section| !section.blocks.is_empty()) {
        out.push_str(&format!("<section>\n<h2>{}</h2>\n", escaped(section.title)));
        for block in &section.blocks {
            self::block(block, &mut out);
        }
        out.push_str("</section>\n");
    }
    out.push_str("</main>\n</body>\n</html>\n");
    out
}

fn block(block: &Block, out: &mut String) {
    match block {
        Block::Facts(facts) => {
            out.push_str("<dl>\n");
            for (name, words) in facts {
                out.push_str(&format!("<dt>{}</dt><dd>{}</dd>\n", escaped(name), shown(words)));
            }
            out.push_str("</dl>\n");
        }
        Block::Table { columns, rows } => {
            let heads: String = columns.iter().map(|name| format!("<th scope=\"col\">{}</th>", escaped(name))).collect();
            out.push_str(&format!("<div class=\"wide\"><table>\n<thead><tr>{heads}</tr></thead>\n<tbody>\n"));
            for row in rows {
                let cells: String = row.iter().map(|words| format!("<td>{}</td>", shown(words))).collect();
                out.push_str(&format!("<tr>{cells}</tr>\n"));
            }
            out.push_str("</tbody>\n</table></div>\n");
        }
        Block::Line(words) => out.push_str(&format!("<p>{}</p>\n", shown(words))),
    }
}

fn shown(words: &Words) -> String {
    let text = escaped(&words.text);
    match words.tone {
        Tone::Plain => text,
        Tone::Good => format!("<span class=\"good\">{text}</span>"),
        Tone::Bad => format!("<span class=\"bad\">{text}</span>"),
        Tone::Doubtful => format!("<span class=\"doubtful\">{text}</span>"),
    }
}

/// A text that is nothing but text; controls and marks that turn the direction of writing are drawn.
fn escaped(text: &str) -> String {
    let harmless = crate::term::harmless(text, LONGEST);
    let mut out = String::with_capacity(harmless.len());
    for letter in harmless.chars() {
        match letter {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            _ => out.push(letter),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{Block, Section, Words, html};

    #[test]
    fn what_a_message_says_is_shown_and_never_run() {
        let mut section = Section::new("Message");
        let words = Words::plain("</dd><script>alert(1)</script> \" onload='x' \u{202e}cod");
        section.add(Block::Facts(vec![("Subject".to_owned(), words)]));
        let page = html("a <b>", &[section]);
        assert!(page.contains("&lt;/dd&gt;&lt;script&gt;alert(1)&lt;/script&gt; &quot; onload=&#39;x&#39; \u{fffd}cod"));
        assert!(page.contains("<title>a &lt;b&gt;</title>") && !page.contains("<script"));
    }

    #[test]
    fn a_section_without_anything_is_left_out() {
        assert!(!html("t", &[Section::new("Links")]).contains("Links"));
    }
}
