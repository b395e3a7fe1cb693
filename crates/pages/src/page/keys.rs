//! `/help/keys`: every key of the console, and the choice of theme. The shortest page there is: start a new one from it.

use axum::{Router, response::Response, routing::get};
use maud::html;

use crate::{
    Pages, Visitor, component,
    layout::{self, Frame, Nav},
};

pub(crate) fn routes() -> Router<Pages> {
    Router::new().route("/help/keys", get(show))
}

async fn show(visitor: Visitor) -> Response {
    let frame = Frame::new("Keys and themes", Nav::None, &visitor)
        .lead(html! { span { "Everything the console does can be done without a mouse. A page's own keys stand in its help: press " kbd { "?" } " there." } });
    frame.render(html! {
        (component::card("Keys", html! { div.keys-columns { (layout::keys(&[])) } }))
        (component::card(
            "Theme",
            html! {
                p { "Light, dark, or as the system has it. The choice is kept in this browser." }
                (layout::theme_switch())
            },
        ))
    })
}

#[cfg(test)]
mod tests {
    use crate::testing::{Browser, Role};

    #[tokio::test]
    async fn the_page_names_the_keys_that_work_everywhere() {
        let page = Browser::of(Role::Viewer).get("/help/keys").await;
        assert_eq!(page.status, 200);
        assert!(page.text.contains("<h1 dir=\"auto\">Keys and themes</h1>"));
        assert!(page.text.contains("<kbd>g</kbd> <kbd>a</kbd>"));
    }

    #[tokio::test]
    async fn who_is_not_signed_in_is_sent_there_and_back() {
        let page = Browser::stranger().get("/help/keys?from=x").await;
        assert_eq!((page.status, page.location.as_str()), (303, "/sign-in?next=%2Fhelp%2Fkeys%3Ffrom%3Dx"));
    }
}
