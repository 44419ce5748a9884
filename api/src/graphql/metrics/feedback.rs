//! What members think of answers, counted.

use async_graphql::SimpleObject;
use domain::feedback::Rating;
use domain::metrics::{Counts, Rated};

/// Ratings of messages. A message that two members rated counts twice.
#[derive(SimpleObject)]
pub struct FeedbackCounts {
    /// Of messages of the bot.
    bot: RatingCounts,
    /// Of messages of members.
    agent: RatingCounts,
}

/// Ratings.
#[derive(SimpleObject)]
pub struct RatingCounts {
    /// Good ones.
    up: i64,
    /// Bad ones.
    down: i64,
}

impl From<&Counts> for FeedbackCounts {
    fn from(counts: &Counts) -> Self {
        let of = |whose: fn(Rating) -> Rated| RatingCounts {
            up: counts.feedback.of(whose(Rating::Up)),
            down: counts.feedback.of(whose(Rating::Down)),
        };
        Self { bot: of(Rated::Bot), agent: of(Rated::Agent) }
    }
}
