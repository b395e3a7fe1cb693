//! Writing identifiers and numbers into a text that is used again and again, without making new texts.

use crate::random::Random;

const HEX: &[u8; 16] = b"0123456789abcdef";

/// Appends `count` random hexadecimal digits.
pub(crate) fn push_hex(text: &mut String, count: usize, random: &mut Random) {
    let mut bits = 0_u64;
    for index in 0..count {
        if index % 16 == 0 {
            bits = random.u64();
        }
        text.push(char::from(HEX[(bits & 15) as usize]));
        bits >>= 4;
    }
}

/// Appends `count` random decimal digits, the first not 0.
pub(crate) fn push_digits(text: &mut String, count: usize, random: &mut Random) {
    for index in 0..count {
        let low = u32::from(index == 0);
        text.push(char::from_digit(random.between(low, 9), 10).unwrap_or('0'));
    }
}

/// Appends a number in decimal.
pub(crate) fn push_number(text: &mut String, number: u64) {
    let mut digits = [0_u8; 20];
    let mut at = digits.len();
    let mut left = number;
    loop {
        at -= 1;
        digits[at] = b'0' + u8::try_from(left % 10).unwrap_or(0);
        left /= 10;
        if left == 0 {
            break;
        }
    }
    for digit in &digits[at..] {
        text.push(char::from(*digit));
    }
}

/// Appends a random (version 4) identifier in lower case with dashes.
pub(crate) fn push_guid(text: &mut String, random: &mut Random) {
    let (high, low) = (random.u64(), random.u64());
    let bits = (u128::from(high) << 64 | u128::from(low)) & !(0xf << 76) & !(0xc << 60) | 4 << 76 | 8 << 60;
    for index in 0..32 {
        if matches!(index, 8 | 12 | 16 | 20) {
            text.push('-');
        }
        text.push(char::from(HEX[(bits >> (124 - 4 * index) & 15) as usize]));
    }
}

/// A random identifier as a text of its own.
pub(crate) fn guid(random: &mut Random) -> String {
    let mut text = String::with_capacity(36);
    push_guid(&mut text, random);
    text
}

/// Appends a date as `2026-11-20`.
pub(crate) fn push_date(text: &mut String, (year, month, day): (i64, i64, i64)) {
    for (number, width, mark) in [(year, 4, "-"), (month, 2, "-"), (day, 2, "")] {
        let number = u64::try_from(number).unwrap_or(0);
        for place in (1..width).rev() {
            if number < 10_u64.pow(place) {
                text.push('0');
            }
        }
        push_number(text, number);
        text.push_str(mark);
    }
}

/// The part of an address after its last `@`; empty when there is none.
pub(crate) fn domain(address: &str) -> &str {
    address.rsplit_once('@').map_or("", |(_, domain)| domain)
}

/// The part of an address before its last `@`.
pub(crate) fn local_part(address: &str) -> &str {
    address.rsplit_once('@').map_or(address, |(local, _)| local)
}

/// The host of an absolute URL.
pub(crate) fn host(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    rest.split(['/', '?', '#', ':']).next().unwrap_or("")
}

/// Appends a name as it stands in an address: lower case, diacritics folded, nothing but letters.
pub(crate) fn push_folded(text: &mut String, name: &str) {
    for letter in name.chars().flat_map(char::to_lowercase) {
        match letter {
            'à' | 'á' | 'â' | 'ã' | 'å' | 'ą' => text.push('a'),
            'ä' => text.push_str("ae"),
            'ç' | 'ć' | 'č' => text.push('c'),
            'è' | 'é' | 'ê' | 'ë' | 'ę' => text.push('e'),
            'ğ' => text.push('g'),
            'ì' | 'í' | 'î' | 'ï' | 'ı' => text.push('i'),
            'ł' => text.push('l'),
            'ñ' | 'ń' => text.push('n'),
            'ò' | 'ó' | 'ô' | 'õ' => text.push('o'),
            'ö' => text.push_str("oe"),
            'ş' | 'ś' => text.push('s'),
            'ß' => text.push_str("ss"),
            'ù' | 'ú' | 'û' => text.push('u'),
            'ü' => text.push_str("ue"),
            'ź' | 'ż' => text.push('z'),
            plain if plain.is_ascii_alphabetic() => text.push(plain),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{domain, guid, host, push_date, push_folded, push_number};
    use crate::random::Random;

    #[test]
    fn identifiers_are_version_4_in_lower_case() {
        let text = guid(&mut Random::new(1, "guid", 0));
        assert_eq!(text.len(), 36);
        assert_eq!(text.as_bytes()[14], b'4');
        assert!(matches!(text.as_bytes()[19], b'8' | b'9' | b'a' | b'b'), "{text}");
    }

    #[test]
    fn parts_of_addresses_and_urls() {
        assert_eq!(domain("a@b@contoso.com"), "contoso.com");
        assert_eq!(domain(""), "");
        assert_eq!(host("https://www.example.com:8080/a?b"), "www.example.com");
    }

    #[test]
    fn names_fold_to_letters_and_numbers_and_dates_print() {
        let mut text = String::new();
        push_folded(&mut text, "Łukasz Weiß-Öztürk");
        assert_eq!(text, "lukaszweissoeztuerk");
        text.clear();
        push_number(&mut text, 0);
        push_number(&mut text, 9_001);
        push_date(&mut text, (987, 1, 9));
        assert_eq!(text, "090010987-01-09");
    }
}
