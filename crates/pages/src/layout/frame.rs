//! The frame of a page: head, navigation, account menu, heading, live region, help.

use axum::{
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use desk::Fault;
use maud::{DOCTYPE, Markup, html};

use super::{Key, Nav, help, icon, nav};
use crate::{Failure, Visitor, assets, marks};

/// A page but for its body. Made by [`Frame::new`], completed by the methods that give it back, ended by [`Frame::render`].
#[derive(Debug)]
#[must_use = "a frame is nothing until it is rendered"]
pub struct Frame<'a> {
    title: String,
    active: Nav,
    visitor: &'a Visitor,
    crumbs: Vec<(String, String)>,
    lead: Option<Markup>,
    actions: Option<Markup>,
    tabs: Option<Markup>,
    keys: &'a [Key],
    scripts: Vec<&'static str>,
    status: StatusCode,
}

impl<'a> Frame<'a> {
    /// A page with this heading, which is the window's title too.
    pub fn new(title: impl Into<String>, active: Nav, visitor: &'a Visitor) -> Self {
        Self {
            title: title.into(),
            active,
            visitor,
            crumbs: Vec::new(),
            lead: None,
            actions: None,
            tabs: None,
            keys: &[],
            scripts: Vec::new(),
            status: StatusCode::OK,
        }
    }

    /// A page this one lies below: its name and address. The outermost first.
    pub fn crumb(mut self, name: impl Into<String>, address: impl Into<String>) -> Self {
        self.crumbs.push((name.into(), address.into()));
        self
    }

    /// What stands under the heading: a sentence, or badges and times.
    pub fn lead(mut self, lead: Markup) -> Self {
        self.lead = Some(lead);
        self
    }

    /// Buttons and links at the right of the heading.
    pub fn actions(mut self, actions: Markup) -> Self {
        self.actions = Some(actions);
        self
    }

    /// The parts of the page, made by [`crate::component::tabs`].
    pub fn tabs(mut self, tabs: Markup) -> Self {
        self.tabs = Some(tabs);
        self
    }

    /// Keys of this page, for the help overlay.
    pub fn keys(mut self, keys: &'a [Key]) -> Self {
        self.keys = keys;
        self
    }

    /// A module under `assets/js` that this page needs beside those of every page, such as `hunt.js`.
    pub fn script(mut self, name: &'static str) -> Self {
        self.scripts.push(name);
        self
    }

    /// The status of the answer; 200 if nothing is said.
    pub fn status(mut self, status: StatusCode) -> Self {
        self.status = status;
        self
    }

    /// The answer: the page with this fault of the desk in place of its body.
    #[must_use]
    pub fn fault(self, fault: &Fault) -> Response {
        self.failure(&Failure::from(fault))
    }

    /// The answer: the page with this failure in place of its body.
    #[must_use]
    pub fn failure(mut self, failure: &Failure) -> Response {
        failure.title.clone_into(&mut self.title);
        (self.status, self.lead, self.actions, self.tabs) = (failure.status, None, None, None);
        self.scripts.clear();
        self.render(failure.body())
    }

    /// The answer: the whole page.
    #[must_use]
    pub fn render(self, body: Markup) -> Response {
        let page = html! {
            (DOCTYPE)
            html lang="en" {
                (head(&self.title, &self.scripts))
                body {
                    a.skip href="#main" { "Skip to content" }
                    (self.top())
                    div.shell {
                        nav.side #navigation aria-label="Main" { (nav::render(self.active)) }
                        main #main tabindex="-1" {
                            (self.heading())
                            (body)
                        }
                    }
                    (help::render(self.keys))
                    div #announce .sr-only role="status" aria-live="polite" {}
                    div #toasts .toasts {}
                }
            }
        };
        answer(self.status, page)
    }

    /// The bar at the top: brand, navigation of narrow screens, help, account.
    fn top(&self) -> Markup {
        html! {
            header.top {
                button.icon-button.nav-toggle.js-only type="button" aria-controls="navigation" aria-expanded="false"
                    aria-label="Navigation" data-toggle-nav { (icon("menu")) }
                a.brand href="/" { (mark()) span { "spoofwatch" } }
                div.top-end {
                    button.icon-button.js-only type="button" data-open="help" aria-label="Keys" title="Keys (?)" { (icon("help")) }
                    details.menu data-menu {
                        summary.account aria-label={ "Account: " (self.visitor.name) } {
                            (icon("person")) span.account-name { (self.visitor.name) }
                        }
                        div.menu-panel {
                            p.menu-head { strong dir="auto" { (self.visitor.name) } span.soft { (self.visitor.role.as_str()) } }
                            (theme_switch())
                            a.menu-item href="/settings/account" { "Account and sessions" }
                            a.menu-item href="/help/keys" { "Keys and themes" }
                            form method="post" action="/sign-out" {
                                input type="hidden" name="csrf" value=(self.visitor.csrf());
                                button.menu-item type="submit" { "Sign out" }
                            }
                        }
                    }
                }
            }
        }
    }

    /// Crumbs, heading, actions, lead, tabs.
    fn heading(&self) -> Markup {
        html! {
            div.page-head {
                @if !self.crumbs.is_empty() {
                    nav.crumbs aria-label="Breadcrumb" {
                        ol {
                            @for (name, address) in &self.crumbs { li { a href=(address) dir="auto" { (name) } } }
                        }
                    }
                }
                div.page-title {
                    h1 dir="auto" { (self.title) }
                    @if let Some(actions) = &self.actions { div.actions { (actions) } }
                }
                @if let Some(lead) = &self.lead { div.lead { (lead) } }
            }
            @if let Some(tabs) = &self.tabs { (tabs) }
        }
    }
}

/// Light, dark, or as the system has it. `theme.js` makes it work; without scripts the system's choice holds.
pub(crate) fn theme_switch() -> Markup {
    html! {
        fieldset.switch.js-only data-theme-switch {
            legend { "Theme" }
            @for (value, name) in [("light", "Light"), ("dark", "Dark"), ("system", "System")] {
                label { input type="radio" name="theme" value=(value) checked[value == "system"]; span { (name) } }
            }
        }
    }
}

/// A page without navigation for those who are not signed in: signing in, the first user. The body has a heading `h1` of its own.
#[must_use]
pub fn bare(status: StatusCode, title: &str, body: &Markup) -> Response {
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            (head(title, &[]))
            body.bare {
                a.skip href="#main" { "Skip to content" }
                header.top { span.brand { (mark()) span { "spoofwatch" } } }
                main #main tabindex="-1" { (body) }
                div #announce .sr-only role="status" aria-live="polite" {}
                div #toasts .toasts {}
            }
        }
    };
    answer(status, page)
}

/// The head of a document. `theme.js` is the one script that a browser waits for: it sets the theme before anything is painted.
fn head(title: &str, scripts: &[&str]) -> Markup {
    html! {
        head {
            meta charset="utf-8";
            title { (title) " · spoofwatch" }
            meta name="viewport" content="width=device-width, initial-scale=1";
            meta name="color-scheme" content="light dark";
            link rel="icon" type="image/svg+xml" href=(assets::address("icon.svg"));
            link rel="stylesheet" href=(assets::address("style.css"));
            script src=(assets::address("theme.js")) {}
            script type="module" src=(assets::address("app.js")) {}
            @for script in scripts { script type="module" src=(assets::address(script)) {} }
        }
    }
}

/// The mark of the brand: an envelope that is looked at.
fn mark() -> Markup {
    html! {
        svg.mark width="22" height="22" viewBox="0 0 22 22" fill="none" aria-hidden="true" {
            rect.mark-ground width="22" height="22" rx="5" {}
            path.mark-line d="M4.5 7h13v8.5h-13zM4.5 7.5l6.5 5 6.5-5" stroke-width="1.6" stroke-linejoin="round" {}
        }
    }
}

fn answer(status: StatusCode, page: Markup) -> Response {
    (status, [(header::CONTENT_TYPE, "text/html; charset=utf-8")], marks::written_out(page.into_string())).into_response()
}
