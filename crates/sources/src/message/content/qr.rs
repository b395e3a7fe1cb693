//! QR codes in pictures, and what they say. A picture may be made to hurt: its size is looked at before its pixels are, and decoding it
//! takes no more memory than the limits say.

use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};

use image::{DynamicImage, GrayImage, ImageReader, Limits, imageops};

/// The widest or highest picture that is looked at.
const MOST_SIDE: u32 = 12_000;
/// Pixels of the largest picture that is looked at: a photograph of a telephone has 12 to 50 millions.
const MOST_PIXELS: u64 = 50_000_000;
/// Bytes that decoding a picture may take.
const MOST_MEMORY: u64 = 256 << 20;
/// Pixels that a code is looked for in; a larger picture is made smaller first, as a camera that looks at a screen has no more.
const SEARCHED: u64 = 1_500_000;
/// The smallest code has 21 modules a side (ISO/IEC 18004), and a module is a pixel at least.
const LEAST_SIDE: u32 = 21;
/// Codes of one picture that are read.
const MOST_CODES: usize = 10;

/// What came of looking at a picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Seen {
    /// What its codes say; mostly it has none.
    Codes(Vec<String>),
    /// It is larger than is looked at.
    TooLarge,
}

/// Looks for codes in a PNG, JPEG or GIF; anything else has none.
pub(crate) fn read(picture: &[u8]) -> Seen {
    // The decoders and the finder are others' code before hostile bytes: a fault of theirs costs this picture and nothing else.
    catch_unwind(AssertUnwindSafe(|| look(picture))).unwrap_or(Seen::Codes(Vec::new()))
}

fn look(picture: &[u8]) -> Seen {
    let reader = || ImageReader::new(Cursor::new(picture)).with_guessed_format();
    let Some((width, height)) = reader().ok().and_then(|reader| reader.into_dimensions().ok()) else {
        return Seen::Codes(Vec::new());
    };
    if width.min(height) < LEAST_SIDE {
        return Seen::Codes(Vec::new());
    }
    if width.max(height) > MOST_SIDE || u64::from(width) * u64::from(height) > MOST_PIXELS {
        return Seen::TooLarge;
    }
    let Ok(mut reader) = reader() else { return Seen::Codes(Vec::new()) };
    let mut limits = Limits::default();
    limits.max_alloc = Some(MOST_MEMORY);
    reader.limits(limits);
    let Ok(decoded) = reader.decode() else { return Seen::Codes(Vec::new()) };
    let gray = on_white(decoded);
    let gray = smaller(gray);
    let mut found = codes(gray.clone());
    if found.is_empty() {
        // Light on dark, as dark pages have them.
        let mut inverted = gray;
        imageops::invert(&mut inverted);
        found = codes(inverted);
    }
    Seen::Codes(found)
}

/// Gray values, what can be seen through standing on white as on a page.
fn on_white(image: DynamicImage) -> GrayImage {
    if !image.color().has_alpha() {
        return image.into_luma8();
    }
    let mut out = GrayImage::new(image.width(), image.height());
    for (to, from) in out.pixels_mut().zip(image.into_luma_alpha8().pixels()) {
        let [gray, alpha] = from.0.map(u16::from);
        to.0 = [u8::try_from((gray * alpha + 255 * (255 - alpha)) / 255).unwrap_or(u8::MAX)];
    }
    out
}

fn smaller(image: GrayImage) -> GrayImage {
    let pixels = u64::from(image.width()) * u64::from(image.height());
    let mut shrink = 1;
    while pixels / (shrink * shrink) > SEARCHED {
        shrink += 1;
    }
    match u32::try_from(shrink) {
        Ok(shrink) if shrink > 1 => {
            imageops::thumbnail(&image, (image.width() / shrink).max(1), (image.height() / shrink).max(1))
        }
        _ => image,
    }
}

fn codes(image: GrayImage) -> Vec<String> {
    let mut prepared = rqrr::PreparedImage::prepare(image);
    let grids = prepared.detect_grids();
    grids.iter().take(MOST_CODES).filter_map(|grid| grid.decode().ok()).map(|(_, text)| text).collect()
}

#[cfg(test)]
mod tests {
    use super::{Seen, read};

    /// Picture files of ours: codes that say https://login.example.com/qr, drawn as named.
    const PLAIN: &[u8] = include_bytes!("../../../tests/pictures/code.png");
    const INVERTED: &[u8] = include_bytes!("../../../tests/pictures/code-light-on-dark.png");

    #[test]
    fn a_code_is_read_dark_on_light_and_light_on_dark() {
        for picture in [PLAIN, INVERTED] {
            assert_eq!(read(picture), Seen::Codes(vec!["https://login.example.com/qr".to_owned()]));
        }
    }

    #[test]
    fn what_is_no_picture_has_no_codes() {
        for bytes in [&b""[..], b"\x89PNG\r\n\x1a\n", b"GIF89a", &PLAIN[..100]] {
            assert_eq!(read(bytes), Seen::Codes(Vec::new()));
        }
    }

    #[test]
    fn a_picture_that_only_claims_to_be_gigantic_is_not_decoded() {
        // Width and height are the first fields of a PNG's header; its checksum follows them.
        let mut huge = PLAIN.to_vec();
        huge[16..24].copy_from_slice(&[0, 0, 0xff, 0xff, 0, 0, 0xff, 0xff]);
        let checksum = flate2_crc(&huge[12..29]);
        huge[29..33].copy_from_slice(&checksum.to_be_bytes());
        assert_eq!(read(&huge), Seen::TooLarge);
    }

    fn flate2_crc(bytes: &[u8]) -> u32 {
        let mut crc = flate2::Crc::new();
        crc.update(bytes);
        crc.sum()
    }
}
