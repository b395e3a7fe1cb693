//! Windows code pages by number, as charsets of mail (learn.microsoft.com, "Code Page Identifiers").

/// The charset; Windows-1252, the usual one, for a number that is not known.
pub(super) fn charset(codepage: Option<u32>) -> &'static str {
    match codepage {
        Some(65001) => "utf-8",
        Some(1200) => "utf-16le",
        Some(932) => "shift_jis",
        Some(936 | 54936) => "gb18030",
        Some(949) => "euc-kr",
        Some(950) => "big5",
        Some(874) => "windows-874",
        Some(1250) => "windows-1250",
        Some(1251) => "windows-1251",
        Some(1253) => "windows-1253",
        Some(1254) => "windows-1254",
        Some(1255) => "windows-1255",
        Some(1256) => "windows-1256",
        Some(1257) => "windows-1257",
        Some(1258) => "windows-1258",
        Some(20866) => "koi8-r",
        Some(21866) => "koi8-u",
        Some(28591) => "iso-8859-1",
        Some(28592) => "iso-8859-2",
        Some(28595) => "iso-8859-5",
        Some(28597) => "iso-8859-7",
        Some(28599) => "iso-8859-9",
        Some(28605) => "iso-8859-15",
        Some(50220..=50222) => "iso-2022-jp",
        Some(51932) => "euc-jp",
        Some(51949) => "euc-kr",
        _ => "windows-1252",
    }
}
