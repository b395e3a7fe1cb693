//! What the tests in a browser need of the machine; part of each test that includes it.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

/// The browsers that are looked for.
const CHROMIUM: [&str; 3] = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/// Node in the folder of these tests, told its browser; or what is missing. `root` is the folder of the workspace.
pub(crate) fn node(root: &Path) -> Result<Command, &'static str> {
    let folder = root.join("tests/browser");
    if !Command::new("node").arg("--version").output().is_ok_and(|output| output.status.success()) {
        return Err("node is not here");
    }
    if !folder.join("node_modules/playwright-core").exists() {
        return Err("run `npm ci` in tests/browser first");
    }
    let chromium = CHROMIUM.iter().map(PathBuf::from).find(|path| path.exists()).ok_or("Chromium is not here")?;
    let mut node = Command::new("node");
    // Files change what others read: one after the other. One that hangs is ended.
    node.args(["--test", "--test-concurrency=1", "--test-timeout=900000"])
        .current_dir(folder)
        .env("SPOOFWATCH_CHROMIUM", chromium);
    Ok(node)
}
