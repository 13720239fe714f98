//! `serve`: the hall itself.

use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use app::App;
use app::state::Site;
use axum::serve::ListenerExt as _;
use service::Hall;
use service::clock::ShiftedClock;
use service::community::community_first;
use service::search::{search_is_missing, search_rebuild};
use tokio::net::TcpListener;
use tokio::sync::watch;

use super::out::say;
use super::{CliError, setup, shown};
use crate::mail::PostOffice;
use crate::settings::{MailWay, Settings};
use crate::settings_files::FilesPlace;
use crate::{jobs, web};

/// How long requests that are under way may take when the server is told to stop.
const GRACE: Duration = Duration::from_secs(10);

/// `days_ahead` moves the clock of a demo.
pub(super) async fn run(mut settings: Settings, days_ahead: u16) -> Result<ExitCode, CliError> {
    let mut hall = setup::open(&settings).await?;
    if days_ahead > 0 {
        hall.clock = Arc::new(ShiftedClock::ahead(days_ahead));
    }
    holds_a_community(&hall, &settings).await?;
    let listener = TcpListener::bind(settings.addr)
        .await
        .map_err(CliError::io(format!("{} can't be listened on", settings.addr)))?;
    let addr = listener.local_addr().map_err(CliError::io("the address"))?;
    settings.listens_on(addr);

    let site =
        Site { base_url: settings.base_url.clone(), demo: settings.demo, assets: web::addresses() };
    let app = App { hall: hall.clone(), site: Arc::new(site) };
    let router = web::router(app, settings.trusted_proxy);

    let post = PostOffice::open(&settings.mail, &settings.base_url)
        .map_err(|error| CliError::Say(error.to_string()))?;
    let jobs = jobs::spawn(&hall, post);
    index_in_background(&hall).await?;
    let (stop, stopped) = watch::channel(false);
    let live = hall.live.clone();
    tokio::spawn(async move {
        asked_to_stop().await;
        live.close();
        // Nobody listens any more only when the server has ended.
        let _ = stop.send(true);
    });
    greet(&settings, addr);
    if days_ahead > 0 {
        say(format_args!("  clock     {days_ahead} days ahead"));
    }

    // Small answers must not wait for the acknowledgement of the ones before.
    let listener = listener.tap_io(|stream| {
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "TCP_NODELAY");
        }
    });
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    let serving =
        axum::serve(listener, service).with_graceful_shutdown(until(stopped.clone())).into_future();
    tokio::select! {
        served = serving => served.map_err(CliError::io("the server"))?,
        () = async { until(stopped).await; tokio::time::sleep(GRACE).await } => {
            tracing::warn!("requests were still under way when the server stopped");
        }
    }
    jobs.stop().await;
    hall.db.close().await.map_err(service::Error::from)?;
    Ok(ExitCode::SUCCESS)
}

/// A hall without a community has nothing to show; a demo makes its own.
async fn holds_a_community(hall: &Hall, settings: &Settings) -> Result<(), CliError> {
    if settings.demo {
        setup::demo_fill(hall, settings).await?;
    }
    let made = community_first(hall).await?;
    made.map(|_| ()).ok_or_else(|| {
        CliError::Say(format!(
            "{} holds no community yet: make it and its first committee member with \
             `xiaoyuan person`, or try a made-up one with `xiaoyuan serve --demo`",
            shown(settings)
        ))
    })
}

/// A database of before there was a search gets its index while the hall is open already; cut short, it is
/// made at the next start.
async fn index_in_background(hall: &Hall) -> Result<(), CliError> {
    if !search_is_missing(hall).await? {
        return Ok(());
    }
    let hall = hall.clone();
    tokio::spawn(async move {
        match search_rebuild(&hall).await {
            Ok((matters, posts)) => tracing::info!(matters, posts, "the search's index was made"),
            Err(error) => tracing::error!(%error, "the search's index could not be made"),
        }
    });
    Ok(())
}

/// Within one page: what it is, where it is, and what a newcomer may not expect.
fn greet(settings: &Settings, addr: SocketAddr) {
    say(format_args!("小院议事厅 xiaoyuan {}", env!("CARGO_PKG_VERSION")));
    say(format_args!("  address   {} (listening on {addr})", settings.base_url));
    say(format_args!("  database  {}", shown(settings)));
    match &settings.mail.way {
        MailWay::Smtp(smtp) => say(format_args!("  mail      by {}:{}", smtp.host, smtp.port)),
        MailWay::Folder(folder) => say(format_args!(
            "  mail      no SMTP set: mails go to {} as .eml files",
            folder.display()
        )),
    }
    match &settings.files {
        FilesPlace::Folder(folder) => say(format_args!("  files     {}", folder.display())),
        FilesPlace::S3(s3) => say(format_args!("  files     bucket {}", s3.bucket)),
    }
    if settings.demo {
        say("  demo      people and matters are made up; everyone can sign in as anyone");
    }
    say("  stop      Ctrl-C");
}

async fn until(mut stopped: watch::Receiver<bool>) {
    // An error means that the sender is gone, which also ends the wait.
    let _ = stopped.wait_for(|stopped| *stopped).await;
}

/// Waits for Ctrl-C, or SIGTERM as service managers send it.
async fn asked_to_stop() {
    let interrupt = async {
        if let Err(error) = tokio::signal::ctrl_c().await {
            tracing::error!(%error, "Ctrl-C can't be heard");
            std::future::pending::<()>().await;
        }
    };
    #[cfg(unix)]
    let terminate = async {
        use tokio::signal::unix::{SignalKind, signal};
        match signal(SignalKind::terminate()) {
            Ok(mut signal) => {
                signal.recv().await;
            }
            Err(error) => {
                tracing::error!(%error, "SIGTERM can't be heard");
                std::future::pending::<()>().await;
            }
        }
    };
    #[cfg(not(unix))]
    let terminate = std::future::pending::<()>();
    tokio::select! {
        () = interrupt => {}
        () = terminate => {}
    }
    tracing::info!("stopping");
}
