//! The pages in a real browser: `tests/browser` against a server in this process, over the sample desk.
//!
//! Needs `node`, Chromium and what `npm ci` in `tests/browser` fetches; without one of them it says so and looks at nothing. CI has all of
//! them (`.ci/run`). `SPOOFWATCH_SCREENS=FOLDER` keeps pictures of every page.

use std::path::Path;

#[path = "../examples/gallery/gallery.rs"]
mod gallery;

#[path = "../../../tests/browser/tools.rs"]
mod tools;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_page_works_in_a_browser() {
    let mut node = match tools::node(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")) {
        Ok(node) => node,
        Err(missing) => return eprintln!("pages are not looked at in a browser: {missing}"),
    };
    let users = tempfile::tempdir().unwrap();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let routes = gallery::routes(users.path()).await.unwrap();
    let server = tokio::spawn(async move { axum::serve(listener, routes).await });
    let run = tokio::task::spawn_blocking(move || node.env("SPOOFWATCH_URL", url).output());
    let output = run.await.unwrap().unwrap();
    server.abort();
    assert!(output.status.success(), "{}\n{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
}
