//! The pages in a real browser: `tests/browser` against a server in this process, over the sample desk.
//!
//! Needs `node`, Chromium and what `npm ci` in `tests/browser` fetches; without one of them it says so and looks at nothing. CI has all of
//! them (`.ci/run`). `SPOOFWATCH_SCREENS=FOLDER` keeps pictures of every page.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

#[path = "../examples/gallery/gallery.rs"]
mod gallery;

/// The browsers that are looked for.
const CHROMIUM: [&str; 3] = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/// The browser and the folder of tests, or what is missing.
fn tools() -> Result<(PathBuf, PathBuf), &'static str> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/browser");
    if !Command::new("node").arg("--version").output().is_ok_and(|output| output.status.success()) {
        return Err("node is not here");
    }
    if !folder.join("node_modules/playwright-core").exists() {
        return Err("run `npm ci` in tests/browser first");
    }
    let chromium = CHROMIUM.iter().map(PathBuf::from).find(|path| path.exists()).ok_or("Chromium is not here")?;
    Ok((chromium, folder))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_page_works_in_a_browser() {
    let (chromium, folder) = match tools() {
        Ok(tools) => tools,
        Err(missing) => return eprintln!("pages are not looked at in a browser: {missing}"),
    };
    let users = tempfile::tempdir().unwrap();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let routes = gallery::routes(users.path()).await.unwrap();
    let server = tokio::spawn(async move { axum::serve(listener, routes).await });
    let run = tokio::task::spawn_blocking(move || {
        let mut node = Command::new("node");
        // Files change what others read: one after the other. One that hangs is ended.
        node.args(["--test", "--test-concurrency=1", "--test-timeout=600000"]).current_dir(folder);
        node.env("SPOOFWATCH_URL", url).env("SPOOFWATCH_CHROMIUM", chromium).output()
    });
    let output = run.await.unwrap().unwrap();
    server.abort();
    assert!(output.status.success(), "{}\n{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
}
