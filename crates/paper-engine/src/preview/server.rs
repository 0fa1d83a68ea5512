//! The routes of the preview.

use std::convert::Infallible;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use tokio_stream::wrappers::BroadcastStream;
use tokio_stream::{Stream, StreamExt};

use super::guard;
use super::pages::{Frame, SCRIPT, STYLE};
use super::state::{Newest, PreviewState};
use super::waves::Waves;

/// How often a silent connection is kept open, so that browsers that left are noticed.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

struct App {
    state: Arc<PreviewState>,
    address: SocketAddr,
    frame: Frame,
    waves: Arc<Waves>,
}

type Shared = State<Arc<App>>;

/// Serves until the program is asked to end; connections that are open are dropped then.
///
/// # Errors
/// Those of the network.
pub fn serve(
    listener: TcpListener,
    address: SocketAddr,
    state: Arc<PreviewState>,
    waves: Waves,
    editor: Option<String>,
) -> std::io::Result<()> {
    listener.set_nonblocking(true)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let frame = Frame { root: state.root().to_path_buf(), editor };
    let router = router(Arc::new(App { state, address, frame, waves: Arc::new(waves) }));
    let served = runtime.block_on(async {
        let listener = tokio::net::TcpListener::from_std(listener)?;
        tokio::spawn(async move { axum::serve(listener, router).await });
        asked_to_end().await
    });
    runtime.shutdown_background();
    served
}

/// Waits for Ctrl-C, or for the signal that ends services.
async fn asked_to_end() -> std::io::Result<()> {
    let (sender, mut asked) = tokio::sync::mpsc::channel(1);
    #[cfg(unix)]
    {
        let mut signal = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
        let sender = sender.clone();
        tokio::spawn(async move {
            signal.recv().await;
            // The receiver is gone when the other signal came first.
            let _late = sender.send(()).await;
        });
    }
    tokio::spawn(async move {
        let _asked = tokio::signal::ctrl_c().await;
        let _late = sender.send(()).await;
    });
    asked.recv().await;
    Ok(())
}

fn router(app: Arc<App>) -> Router {
    Router::new()
        .route("/", get(|app: Shared| async move { page(&app, Frame::paper) }))
        .route("/pdf-view", get(|app: Shared| async move { page(&app, Frame::pdf) }))
        .route("/figures", get(|app: Shared| async move { page(&app, Frame::figures) }))
        .route("/tables", get(|app: Shared| async move { page(&app, Frame::tables) }))
        .route("/check", get(|app: Shared| async move { page(&app, Frame::check) }))
        .route("/verdicts", get(|app: Shared| async move { page(&app, Frame::verdicts) }))
        .route("/waves", get(waves))
        .route("/board", get(board))
        .route("/events", get(events))
        .route("/pdf", get(pdf))
        .route("/figure/{id}", get(figure))
        .route("/build/{*path}", get(built))
        .route("/preview.js", get(|| async { typed("text/javascript; charset=utf-8", SCRIPT.into()) }))
        .route("/preview.css", get(|| async { typed("text/css; charset=utf-8", STYLE.into()) }))
        .route("/paper.css", get(|app: Shared| async move { style(&app) }))
        .layer(middleware::from_fn_with_state(Arc::clone(&app), protect))
        .with_state(app)
}

/// Refuses foreign requests, and adds the headers that protect every answer.
async fn protect(app: Shared, request: Request, next: Next) -> Response {
    let is_ours = {
        let text = |name: HeaderName| request.headers().get(name).and_then(|value| value.to_str().ok());
        guard::is_ours(app.address, text(header::HOST), text(header::ORIGIN))
    };
    let mut response = match is_ours {
        true => next.run(request).await,
        false => (StatusCode::FORBIDDEN, "this server answers only its own pages\n").into_response(),
    };
    for (name, value) in guard::HEADERS {
        response.headers_mut().insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    response
}

fn page(app: &App, make: fn(&Frame, &Newest) -> String) -> Html<String> {
    Html(make(&app.frame, &app.state.read()))
}

fn typed(kind: &'static str, bytes: Vec<u8>) -> Response {
    ([(header::CONTENT_TYPE, kind)], bytes).into_response()
}

/// Returns the events from now on, after one that tells a new browser of the newest errors.
async fn events(app: Shared) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let happened = BroadcastStream::new(app.state.subscribe());
    let now = {
        let newest = app.state.read();
        let errors = newest.all_errors();
        let generation = newest.generation;
        (!errors.is_empty()).then_some(super::PreviewEvent::Error { generation, errors })
    };
    // A browser that lags behind misses events, and the next one brings it up to date.
    let stream = tokio_stream::iter(now).chain(happened.filter_map(Result::ok)).map(|happened| {
        // Strings, numbers and lists of them always have a form in JSON.
        let data = serde_json::to_string(&happened).unwrap_or_default();
        Ok(Event::default().event(happened.name()).data(data))
    });
    Sse::new(stream).keep_alive(KeepAlive::new().interval(KEEP_ALIVE))
}

/// Returns the page around the ledger, which is decided now if it is not yet.
async fn waves(app: Shared) -> Html<String> {
    app.waves.want(&app.state);
    page(&app, Frame::waves)
}

/// Returns the ledger that was decided last.
async fn board(app: Shared) -> Response {
    match app.state.read().waves.as_ref().map(|waves| waves.page.clone()) {
        Some(Ok(page)) => Html(page).into_response(),
        _ => StatusCode::NOT_FOUND.into_response(),
    }
}

async fn pdf(app: Shared) -> Response {
    let bytes = app.state.read().pdf.clone();
    if bytes.is_empty() { StatusCode::NOT_FOUND.into_response() } else { typed("application/pdf", bytes) }
}

async fn figure(app: Shared, Path(id): Path<String>) -> Response {
    match app.state.read().page.figures.get(&id) {
        Some(svg) => typed("image/svg+xml", svg.clone().into_bytes()),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

async fn built(app: Shared, Path(path): Path<String>) -> Response {
    let Some(file) = guard::file(app.state.root(), &path) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let kind = match file.extension().and_then(|ending| ending.to_str()) {
        Some("html") => "text/html; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("pdf") => "application/pdf",
        Some("json") => "application/json",
        _ => "text/plain; charset=utf-8",
    };
    match std::fs::read(&file) {
        Ok(bytes) => typed(kind, bytes),
        Err(_) => StatusCode::NOT_FOUND.into_response(),
    }
}

/// Returns the style of the newest page.
fn style(app: &App) -> Response {
    let newest = app.state.read();
    let html = &newest.page.html;
    let style = html.split_once("<style>").and_then(|(_, rest)| rest.split_once("</style>"));
    typed("text/css; charset=utf-8", style.map_or("", |(style, _)| style).into())
}
