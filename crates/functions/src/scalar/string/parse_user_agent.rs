//! `parse_user_agent`: the browser, system and device that a `User-Agent` header names.
//!
//! Kusto looks through thousands of patterns. Here are the browsers, mail programs, tools, systems and devices that
//! mail and sign-in logs are full of, named as those patterns name them; anything else is `Other`.

use arrow::array::ArrayRef;
use schema::Type;

use crate::{
    Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status,
    kernel::{Args, KernelError, Lists, each_text_or_null, json},
};

/// `parse_user_agent(user_agent, look_for)`.
pub static FUNCTION: Function = Function {
    name: "parse_user_agent",
    aliases: &[],
    section: Section::String,
    doc: "parse-user-agent-function",
    summary: "The browser, the system (`os`) or the device that a text of a User-Agent header names, or several of them, in a property bag.",
    params: &[Param::required("user_agent", ParamType::Exact(Type::String)), Param::repeated("look_for", ParamType::Any, 0, 3)],
    returns: Returns::Fixed(Type::Dynamic),
    result_name: ResultName::None,
    nulls: Nulls::Custom(
        "A null text names nothing: every family is `Other`. Asked for nothing that is known, the answer is null.",
    ),
    cost: Cost::PerDistinct,
    status: Status::Partial(
        "Common browsers, mail programs, tools, systems and devices are known; what is not is named `Other`.",
    ),
    eval: Eval::Kernel(parse_user_agent),
    examples: &[
        Example::gives(
            "A browser",
            r#"parse_user_agent("Mozilla/5.0 (Windows; U; en-US) AppleWebKit/531.9 (KHTML, like Gecko) AdobeAIR/2.5.1", "browser")"#,
            r#"dynamic({"Browser":{"Family":"AdobeAIR","MajorVersion":"2","MinorVersion":"5","Patch":"1"}})"#,
        ),
        Example::gives(
            "All three",
            r#"parse_user_agent("Mozilla/5.0 (SymbianOS/9.2; U; Series60/3.1 NokiaN81-3/10.0.032 Profile/MIDP-2.0 Configuration/CLDC-1.1 ) AppleWebKit/413 (KHTML, like Gecko) Safari/4", dynamic(["browser","os","device"]))"#,
            r#"dynamic({"Browser":{"Family":"Nokia OSS Browser","MajorVersion":"3","MinorVersion":"1","Patch":""},"OperatingSystem":{"Family":"Symbian OS","MajorVersion":"9","MinorVersion":"2","Patch":"","PatchMinor":""},"Device":{"Family":"Nokia N81","Brand":"Nokia","Model":"N81-3"}})"#,
        ),
        Example::gives(
            "The name that counts is not the first",
            r#"parse_user_agent("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36 Edg/120.0.2210.91", "browser").Browser.Family"#,
            r#"dynamic("Edge")"#,
        ),
        Example::gives(
            "A system",
            r#"parse_user_agent("Mozilla/5.0 (iPhone; CPU iPhone OS 17_4_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.4 Mobile/15E148 Safari/604.1", "os")"#,
            r#"dynamic({"OperatingSystem":{"Family":"iOS","MajorVersion":"17","MinorVersion":"4","Patch":"1","PatchMinor":""}})"#,
        ),
        Example::gives(
            "A device",
            r#"parse_user_agent("Mozilla/5.0 (iPhone; CPU iPhone OS 17_4_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.4 Mobile/15E148 Safari/604.1", "device").Device.Model"#,
            r#"dynamic("iPhone")"#,
        ),
        Example::gives(
            "A tool",
            r#"parse_user_agent("python-requests/2.31.0", "browser").Browser.Family"#,
            r#"dynamic("Python Requests")"#,
        ),
        Example::gives(
            "Unknown",
            r#"parse_user_agent("x", "device")"#,
            r#"dynamic({"Device":{"Family":"Other","Brand":"","Model":""}})"#,
        ),
        Example::gives("Nothing that is known", r#"parse_user_agent("x", "engine")"#, "dynamic(null)"),
        Example::gives("Null", r#"parse_user_agent(dynamic(null), "os").OperatingSystem.Family"#, r#"dynamic("Other")"#),
    ],
};

/// Programs by the word before their version, those first that also carry the words of others. The third says what else
/// must stand in the text.
const PROGRAMS: &[(&str, &str, &str)] = &[
    ("AdobeAIR/", "AdobeAIR", ""),
    ("Series60/", "Nokia OSS Browser", "Nokia"),
    ("Googlebot/", "Googlebot", ""),
    ("bingbot/", "bingbot", ""),
    ("Microsoft Outlook ", "Outlook", ""),
    ("Outlook-iOS/", "Outlook", ""),
    ("Outlook-Android/", "Outlook", ""),
    ("Thunderbird/", "Thunderbird", ""),
    ("EdgiOS/", "Edge Mobile", ""),
    ("EdgA/", "Edge Mobile", ""),
    ("Edg/", "Edge", ""),
    ("Edge/", "Edge", ""),
    ("OPiOS/", "Opera iOS", ""),
    ("OPR/", "Opera Mobile", "Mobile"),
    ("OPR/", "Opera", ""),
    ("SamsungBrowser/", "Samsung Internet", ""),
    ("YaBrowser/", "Yandex Browser", ""),
    ("UCBrowser/", "UC Browser", ""),
    ("Vivaldi/", "Vivaldi", ""),
    ("DuckDuckGo/", "DuckDuckGo Mobile", "Mobile"),
    ("FxiOS/", "Firefox iOS", ""),
    ("Firefox/", "Firefox Mobile", "Mobile"),
    ("Firefox/", "Firefox", ""),
    ("Electron/", "Electron", ""),
    ("HeadlessChrome/", "HeadlessChrome", ""),
    ("CriOS/", "Chrome Mobile iOS", ""),
    ("Chrome/", "Chrome Mobile WebView", "; wv)"),
    ("Chrome/", "Chrome Mobile", "Mobile"),
    ("Chrome/", "Chrome", ""),
    ("Version/", "Android", "Android"),
    ("Version/", "Mobile Safari", "Mobile/"),
    ("Version/", "Safari", "Safari/"),
    ("Version/", "Opera", "Opera/"),
    ("Opera/", "Opera", ""),
    ("MSIE ", "IE", ""),
    ("rv:", "IE", "Trident/"),
    ("python-requests/", "Python Requests", ""),
    ("Python-urllib/", "Python-urllib", ""),
    ("aiohttp/", "Python aiohttp", ""),
    ("WindowsPowerShell/", "PowerShell", ""),
    ("PowerShell/", "PowerShell", ""),
    ("PostmanRuntime/", "PostmanRuntime", ""),
    ("Go-http-client/", "Go-http-client", ""),
    ("Apache-HttpClient/", "Apache-HttpClient", ""),
    ("okhttp/", "okhttp", ""),
    ("axios/", "axios", ""),
    ("node-fetch/", "node-fetch", ""),
    ("curl/", "curl", ""),
    ("Wget/", "Wget", ""),
    ("Java/", "Java", ""),
];

/// Windows by the number of its kernel: the version it is sold as.
const WINDOWS: &[(&str, &str, &str)] = &[
    ("Windows NT 10.0", "10", ""),
    ("Windows NT 6.3", "8", "1"),
    ("Windows NT 6.2", "8", ""),
    ("Windows NT 6.1", "7", ""),
    ("Windows NT 6.0", "Vista", ""),
    ("Windows NT 5.2", "XP", ""),
    ("Windows NT 5.1", "XP", ""),
    ("Windows NT 5.0", "2000", ""),
];

/// Systems by what stands before their version, more special ones first.
const SYSTEMS: &[(&str, &str)] = &[
    ("Windows Phone ", "Windows Phone"),
    ("CPU iPhone OS ", "iOS"),
    ("CPU OS ", "iOS"),
    ("iPhone OS ", "iOS"),
    ("iOS ", "iOS"),
    ("Android ", "Android"),
    ("CrOS x86_64 ", "Chrome OS"),
    ("CrOS aarch64 ", "Chrome OS"),
    ("Mac OS X ", "Mac OS X"),
    ("SymbianOS/", "Symbian OS"),
    ("Ubuntu/", "Ubuntu"),
    ("Fedora/", "Fedora"),
    ("FreeBSD ", "FreeBSD"),
];

/// Systems that are known without a version.
const BARE_SYSTEMS: &[(&str, &str)] = &[
    ("Windows", "Windows"),
    ("Android", "Android"),
    ("Macintosh", "Mac OS X"),
    ("Ubuntu", "Ubuntu"),
    ("Fedora", "Fedora"),
    ("Linux", "Linux"),
];

/// Makers of Android devices by the beginning of the model's name.
const MAKERS: &[(&str, &str)] = &[
    ("SM-", "Samsung"),
    ("GT-", "Samsung"),
    ("Pixel", "Google"),
    ("Nexus", "Google"),
    ("Redmi", "Xiaomi"),
    ("Mi ", "XiaoMi"),
    ("HUAWEI", "Huawei"),
    ("ONEPLUS", "OnePlus"),
    ("moto", "Motorola"),
    ("Nokia", "Nokia"),
];

fn parse_user_agent(args: &Args) -> Result<ArrayRef, KernelError> {
    let texts = args.texts(0)?;
    let mut asked = Lists::of(args, 1)?;
    let (mut browser, mut system, mut device) = (false, false, false);
    Ok(each_text_or_null(args, |row, out| {
        if let Some(parts) = asked.changed(row) {
            // Asked for nothing at all, everything is told.
            let wants = |part: &str| args.len() < 2 || parts.iter().any(|asked| asked.eq_ignore_ascii_case(part));
            (browser, system, device) = (wants("browser"), wants("os"), wants("device"));
        }
        let text = texts.text(row);
        out.push('{');
        if browser {
            let (family, version) = browser_of(text);
            let [major, minor, patch, _] = parts_of(version);
            member("Browser", &[("Family", family), ("MajorVersion", major), ("MinorVersion", minor), ("Patch", patch)], out);
        }
        if system {
            let (family, [major, minor, patch, rest]) = system_of(text);
            let members =
                [("Family", family), ("MajorVersion", major), ("MinorVersion", minor), ("Patch", patch), ("PatchMinor", rest)];
            member("OperatingSystem", &members, out);
        }
        if device {
            let (family, brand, model) = device_of(text);
            member("Device", &[("Family", &family), ("Brand", brand), ("Model", model)], out);
        }
        out.push('}');
        out.len() > 2
    }))
}

fn member(name: &str, members: &[(&str, &str)], out: &mut String) {
    out.push_str(if out.len() > 1 { "," } else { "" });
    json::quote(name, out);
    for (number, (name, value)) in members.iter().enumerate() {
        out.push_str(if number > 0 { "," } else { ":{" });
        json::quote(name, out);
        out.push(':');
        json::quote(value, out);
    }
    out.push('}');
}

/// What nothing is known of.
const OTHER: &str = "Other";

/// The digits, dots and underscores after a word; `None` without one.
fn version_after<'a>(text: &'a str, word: &str) -> Option<&'a str> {
    let rest = text.split_once(word)?.1;
    let end = rest.find(|c: char| !(c.is_ascii_digit() || c == '.' || c == '_')).unwrap_or(rest.len());
    rest.get(..end).filter(|version| version.starts_with(|c: char| c.is_ascii_digit()))
}

/// The first four numbers of a version, empty texts for those it lacks.
fn parts_of(version: &str) -> [&str; 4] {
    let mut parts = version.split(['.', '_']);
    std::array::from_fn(|_| parts.next().unwrap_or(""))
}

fn browser_of(text: &str) -> (&'static str, &str) {
    let named = |(word, family, beside): &(&str, &'static str, &str)| {
        let version = version_after(text, word)?;
        (beside.is_empty() || text.contains(beside)).then_some((*family, version))
    };
    PROGRAMS.iter().find_map(named).unwrap_or((OTHER, ""))
}

fn system_of(text: &str) -> (&'static str, [&str; 4]) {
    let versioned = |(word, family): &(&str, &'static str)| Some((*family, parts_of(version_after(text, word)?)));
    let windows = || {
        let (_, major, minor) = WINDOWS.iter().find(|(word, ..)| text.contains(word))?;
        Some(("Windows", [*major, *minor, "", ""]))
    };
    let bare = |(word, family): &(&str, &'static str)| text.contains(word).then_some((*family, [""; 4]));
    let found = SYSTEMS.iter().find_map(versioned).or_else(windows);
    found.or_else(|| BARE_SYSTEMS.iter().find_map(bare)).unwrap_or((OTHER, [""; 4]))
}

/// Family, brand and model.
fn device_of(text: &str) -> (String, &'static str, &str) {
    for apple in ["iPhone", "iPad", "iPod"] {
        if text.contains(apple) {
            return (apple.to_owned(), "Apple", apple);
        }
    }
    if text.contains("Macintosh") {
        return ("Mac".to_owned(), "Apple", "Mac");
    }
    if ["Googlebot/", "bingbot/"].iter().any(|robot| text.contains(robot)) {
        return ("Spider".to_owned(), "Spider", "Desktop");
    }
    if let Some(model) =
        text.split_once("Nokia").and_then(|(_, rest)| rest.split(['/', ' ', ';', ')']).next()).filter(|m| !m.is_empty())
    {
        return (format!("Nokia {}", model.split('-').next().unwrap_or(model)), "Nokia", model);
    }
    if text.contains("Android") {
        let model = android_model(text).unwrap_or("");
        if let Some((_, maker)) = MAKERS.iter().find(|(start, _)| model.starts_with(start)) {
            return (format!("{maker} {model}"), maker, model);
        }
        if !model.is_empty() && model != "K" {
            return (model.to_owned(), "Generic_Android", model);
        }
        return ("Generic Smartphone".to_owned(), "Generic", "Smartphone");
    }
    (OTHER.to_owned(), "", "")
}

/// The part of the parentheses after the version of Android, without what is built in.
fn android_model(text: &str) -> Option<&str> {
    let inside = text.split_once("Android ")?.1.split(')').next()?;
    let model = inside.split("; ").skip(1).find(|part| part.len() != 5 || part.as_bytes().get(2) != Some(&b'-'))?;
    Some(model.split(" Build").next()?.trim())
}

#[cfg(test)]
mod tests {
    use super::{browser_of, device_of, system_of};

    #[test]
    fn common_headers_are_understood() {
        let windows =
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36";
        assert_eq!(browser_of(windows), ("Chrome", "120.0.0.0"));
        assert_eq!(system_of(windows).0, "Windows");
        assert_eq!(device_of(windows), ("Other".to_owned(), "", ""));
        let android =
            "Mozilla/5.0 (Linux; Android 13; SM-S901B Build/TP1A) AppleWebKit/537.36 Chrome/112.0.0.0 Mobile Safari/537.36";
        assert_eq!(browser_of(android).0, "Chrome Mobile");
        assert_eq!(system_of(android), ("Android", ["13", "", "", ""]));
        assert_eq!(device_of(android), ("Samsung SM-S901B".to_owned(), "Samsung", "SM-S901B"));
        let old = "Mozilla/5.0 (Windows NT 6.3; Trident/7.0; rv:11.0) like Gecko";
        assert_eq!(browser_of(old), ("IE", "11.0"));
        assert_eq!(system_of(old), ("Windows", ["8", "1", "", ""]));
        let mac = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/16.1 Safari/605.1.15";
        assert_eq!(browser_of(mac), ("Safari", "16.1"));
        assert_eq!(system_of(mac), ("Mac OS X", ["10", "15", "7", ""]));
        assert_eq!(device_of(mac).2, "Mac");
    }
}
