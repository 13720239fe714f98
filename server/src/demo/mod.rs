//! The demo community 枣树湾社区, and the small one next door: their past, carried out by the use cases
//! that the web uses, under a clock that moves from then to now.

mod places;
mod play;
mod roll;
mod second;
mod story;

use std::sync::Arc;

use domain::ids::CommunityId;
use domain::time::Timestamp;
use service::clock::{Clock, ManualClock};
use service::{Error, Hall, Result};

/// Days before today on which the hall was founded: before the story's first day.
const FOUNDED_DAYS_AGO: i64 = 240;

/// Fills an empty database with the demo communities, as of the hall's own now; gives the first, which is
/// the large one.
///
/// # Errors
/// As the use cases that it calls; [`Error::Broken`] when the story names what isn't there.
pub async fn fill(hall: &Hall) -> Result<CommunityId> {
    let now = hall.now();
    let clock = Arc::new(ManualClock::at(now.plus_days(-FOUNDED_DAYS_AGO)));
    let past = Hall { clock: Arc::<ManualClock>::clone(&clock) as Arc<dyn Clock>, ..hall.clone() };
    let cast = places::found(&past).await?;
    let next_door = second::found(&past).await?;
    let read = |text| story::read(text).map_err(|error| Error::Broken(format!("a story: {error}")));
    let (story, other) = (read(story::FIRST)?, read(story::SECOND)?);
    play::all(&past, &clock, &[(&cast, &story), (&next_door, &other)], now).await?;
    settle(&past, &clock, now).await?;
    roll::all(&past, &cast).await?;
    // The very last: whatever was cut short before it is no demo.
    service::demo::demo_mark(&past).await?;
    Ok(cast.community)
}

/// Comes to the present: what is due is done, and nobody is written to about the past.
async fn settle(past: &Hall, clock: &ManualClock, now: Timestamp) -> Result<()> {
    clock.set(now);
    service::jobs::run_due(past).await?;
    service::notice::notices_skip(past).await
}
