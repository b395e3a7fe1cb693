//! Texts as words, the way Elasticsearch's standard analyser makes them: cut at Unicode's word boundaries, in small letters.
//!
//! Authority: <https://www.elastic.co/docs/reference/text-analysis/analysis-standard-analyzer>, Unicode Standard Annex 29.
//! Scripts without spaces are cut into characters, as the analyser does with ideographs.

/// The words of a text in order.
pub(crate) fn words(text: &str) -> Vec<String> {
    let characters: Vec<char> = text.chars().collect();
    let mut words = Vec::new();
    let mut word = String::new();
    for (at, &character) in characters.iter().enumerate() {
        if is_ideograph(character) {
            finish(&mut word, &mut words);
            words.push(character.to_string());
        } else if character.is_alphanumeric() || character == '_' || is_mark(character) || joins(&characters, at) {
            word.extend(character.to_lowercase());
        } else {
            finish(&mut word, &mut words);
        }
    }
    finish(&mut word, &mut words);
    words
}

fn finish(word: &mut String, words: &mut Vec<String>) {
    let word = std::mem::take(word);
    if word.chars().any(char::is_alphanumeric) {
        words.push(word);
    }
}

/// Characters that part no word between two letters, or between two digits (rules WB6, WB7, WB11, WB12).
fn joins(characters: &[char], at: usize) -> bool {
    let beside = |is: fn(char) -> bool| {
        let before = at.checked_sub(1).and_then(|before| characters.get(before));
        before.is_some_and(|&before| is(before)) && characters.get(at + 1).is_some_and(|&after| is(after))
    };
    match characters[at] {
        '.' | '\'' | '\u{2019}' => beside(char::is_alphabetic) || beside(|character| character.is_numeric()),
        ',' | ';' => beside(|character| character.is_numeric()),
        '\u{b7}' => beside(char::is_alphabetic),
        _ => false,
    }
}

/// Marks that belong to the letter before them.
const fn is_mark(character: char) -> bool {
    matches!(character, '\u{300}'..='\u{36f}' | '\u{200d}' | '\u{fe0f}')
}

const fn is_ideograph(character: char) -> bool {
    matches!(character, '\u{3040}'..='\u{309f}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{2fa1f}')
}

/// Whether the wanted words stand in `words` one after the other, with at most `slop` steps to bring them together.
pub(crate) fn near(words: &[String], wanted: &[String], slop: usize) -> bool {
    let Some((first, rest)) = wanted.split_first() else { return false };
    let places = |word: &str| -> Vec<usize> {
        words.iter().enumerate().filter(|(_, found)| *found == word).map(|(place, _)| place).collect()
    };
    // Each word's distance from where it would stand if the phrase began at the first place; the spread is what it takes.
    places(first).into_iter().any(|start| {
        let (mut low, mut high) = (0_isize, 0_isize);
        rest.iter().enumerate().all(|(position, word)| {
            let home = start.cast_signed() + position.cast_signed() + 1;
            let shift = places(word).into_iter().map(|place| place.cast_signed() - home).min_by_key(|shift| shift.unsigned_abs());
            shift.is_some_and(|shift| {
                low = low.min(shift);
                high = high.max(shift);
                (high - low).unsigned_abs() <= slop
            })
        })
    })
}

/// Whether two words differ in at most `edits` characters: put in, left out, changed, or two neighbours exchanged.
pub(crate) fn alike(a: &str, b: &str, edits: usize) -> bool {
    /// Longer words are compared as a whole.
    const LONGEST: usize = 256;
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    if a.len().abs_diff(b.len()) > edits {
        return false;
    }
    if a.len() > LONGEST || b.len() > LONGEST {
        return a == b;
    }
    let mut before_last: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for (i, left) in a.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, right) in b.iter().enumerate() {
            let changed = last[j] + usize::from(left != right);
            let mut best = changed.min(last[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && *left == b[j - 1] && a[i - 1] == *right {
                best = best.min(before_last[j - 1] + 1);
            }
            row.push(best);
        }
        before_last = std::mem::replace(&mut last, row);
    }
    last.last().is_some_and(|&distance| distance <= edits)
}

#[cfg(test)]
mod tests {
    use super::{alike, near, words};

    #[test]
    fn texts_are_cut_at_word_boundaries() {
        let table = [
            ("The QUICK, brown fox!", "the quick brown fox"),
            ("mail.example.com can't", "mail.example.com can't"),
            ("3.14 1,000 a,b x_y", "3.14 1,000 a b x_y"),
            ("a-b/c@d", "a b c d"),
            ("Ünïcode 日本", "ünïcode 日 本"),
            ("... ___", ""),
        ];
        for (text, expected) in table {
            assert_eq!(words(text).join(" "), expected, "{text}");
        }
    }

    #[test]
    fn phrases_stand_in_order_or_near() {
        let text = words("the quick brown fox jumps");
        assert!(near(&text, &words("quick brown"), 0));
        assert!(!near(&text, &words("quick fox"), 0));
        assert!(near(&text, &words("quick fox"), 1));
        assert!(!near(&text, &words(""), 0));
    }

    #[test]
    fn fuzzy_words_differ_in_few_characters() {
        assert!(alike("quikc", "quick", 1));
        assert!(!alike("quikc", "quack", 1));
        assert!(alike("quikc", "quack", 2));
        assert!(!alike("a", "abcd", 2));
    }
}
