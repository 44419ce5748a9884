//! `/charts/recent.svg` and `.png`: the last thirty days as a picture, where people would rather look.
//!
//! Figures are those of `recentMetrics`, asked with the same tokens. No text of anybody's goes into a picture, so it
//! needs no font of the reader's and can be passed on.

mod asked;
mod draw;
mod figures;
mod png;
mod scale;
mod theme;
mod words;

use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use domain::metrics::{self, Parts, Whose};
use domain::{Env, Scope, widget};
use tokio::time::timeout;

use self::asked::Asked;
use self::figures::Figures;
use crate::application::authenticate;
use crate::refusal::{NO_WIDGET, told};
use crate::transport::{Doors, Fault, beside};

/// Time for counting.
const PATIENCE: Duration = Duration::from_secs(10);
/// A picture holds no script, and nothing that would have to be loaded.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'";

#[derive(Clone)]
struct Gallery {
    env: Env,
    doors: Doors,
}

#[derive(Clone, Copy)]
enum Format {
    Svg,
    Png,
}

pub(crate) fn routes(env: Env, doors: Doors) -> Router {
    let route = |format| {
        get(async move |State(gallery): State<Gallery>, uri: Uri, headers: HeaderMap| {
            let Gallery { env, doors } = &gallery;
            let answer = async |token: Option<&str>, id: &str| answer(env, format, &uri, token, id).await;
            beside::serve(doors, &uri, &headers, answer).await
        })
        .options(async |State(gallery): State<Gallery>, headers: HeaderMap| {
            beside::ask(&gallery.doors, &headers)
        })
    };
    Router::new()
        .route("/charts/recent.svg", route(Format::Svg))
        .route("/charts/recent.png", route(Format::Png))
        .with_state(Gallery { env, doors })
}

async fn answer(
    env: &Env,
    format: Format,
    uri: &Uri,
    token: Option<&str>,
    id: &str,
) -> Result<Response, Fault> {
    let actor = authenticate(env, token).await?;
    let Asked { widget, look } = Asked::read(uri).map_err(Fault::bad_request)?;
    let scope = Scope::of(env, actor.workspace);
    let counted = timeout(PATIENCE, recent(env, &scope, widget.as_deref()))
        .await
        .map_err(|_| Fault::unavailable("counting took too long"))?;
    let figures = counted.map_err(|fault| told(&fault, NO_WIDGET, id))?;
    let svg = draw::draw(&figures, look);
    Ok(match format {
        Format::Svg => {
            let headers = [(header::CONTENT_SECURITY_POLICY, POLICY)];
            (headers, picture("image/svg+xml; charset=utf-8", svg.into_bytes())).into_response()
        }
        Format::Png => {
            let encoded = tokio::task::spawn_blocking(move || png::encode(&svg)).await;
            let png =
                encoded.map_err(domain::Error::internal).and_then(|png| png.map_err(domain::Error::Internal));
            picture("image/png", png.map_err(|fault| told(&fault, NO_WIDGET, id))?).into_response()
        }
    })
}

fn picture(kind: &'static str, bytes: Vec<u8>) -> ([(HeaderName, &'static str); 3], Vec<u8>) {
    let headers = [
        (header::CONTENT_TYPE, kind),
        (header::CACHE_CONTROL, "private, max-age=60"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    (headers, bytes)
}

/// The figures of a widget, or of the whole workspace. A text that is no widget's id names nothing.
async fn recent(env: &Env, scope: &Scope, widget: Option<&str>) -> domain::Result<Figures> {
    let whose = match widget {
        None => Whose::Workspace,
        Some(text) => {
            let id = text.parse().map_err(|_| domain::Error::NotFound)?;
            match widget::load(scope, &[id]).await?.is_empty() {
                true => return Err(domain::Error::NotFound),
                false => Whose::Widget(id),
            }
        }
    };
    let mut reports = metrics::recent(scope, env.clock.now(), &[whose], Parts::default()).await?;
    let report = reports.pop().ok_or(domain::Error::NotFound)?;
    Ok(Figures::of(&report))
}

#[cfg(test)]
mod tests;
