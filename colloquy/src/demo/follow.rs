//! Prints what happens as a subscriber sees it: from the feed, in its order.

use std::time::{Duration, Instant};

use domain::event::Event;
use domain::feed;
use domain::id::{ConversationId, MessageId};
use domain::message::AuthorKind;
use domain::{Env, Scope};

use crate::Fault;

/// A reader of the feed that tells what it sees.
pub struct Follower<'a> {
    env: &'a Env,
    scope: Scope,
    position: i64,
    /// The conversation of the last message seen.
    pub conversation: Option<ConversationId>,
}

impl<'a> Follower<'a> {
    /// Follows from now on.
    pub async fn new(env: &'a Env, scope: Scope) -> Result<Self, Fault> {
        let position = feed::head(&scope).await?.last;
        Ok(Self { env, scope, position, conversation: None })
    }

    /// Prints events until `wanted` is among them, at most ten seconds.
    pub async fn until(&mut self, wanted: impl Fn(&Event) -> bool) -> Result<(), Fault> {
        let mut pokes = self.env.hints.feed(self.scope.workspace());
        let began = Instant::now();
        while began.elapsed() < Duration::from_secs(10) {
            for entry in feed::after(&self.scope, self.position, 100).await? {
                self.position = entry.position;
                self.tell(&entry.event).await?;
                if wanted(&entry.event) {
                    return Ok(());
                }
            }
            let _ = tokio::time::timeout(Duration::from_millis(200), pokes.changed()).await;
        }
        Err("the scene does not go on; please report it".into())
    }

    async fn tell(&mut self, event: &Event) -> Result<(), Fault> {
        match event {
            Event::MessageReceived { conversation, message, .. } => {
                self.conversation = Some(*conversation);
                self.line("customer", &self.text(*message).await?);
            }
            Event::MessageAdded { message, author, .. } => {
                let who = match author {
                    AuthorKind::Bot => "bot",
                    AuthorKind::Agent => "agent in the hub",
                    AuthorKind::BusinessApp => "owner's phone",
                    AuthorKind::Customer | AuthorKind::System => "system",
                };
                self.line(who, &self.text(*message).await?);
                if *author == AuthorKind::Bot {
                    self.sources(*message).await?;
                }
            }
            Event::ConversationStatusChanged { from, to, .. } => {
                println!("  {:>16}   {} -> {}", "", from.as_str(), to.as_str());
            }
            Event::DeliveryChanged { to, .. } => println!("  {:>16}   delivery: {}", "", to.as_str()),
            _ => {}
        }
        Ok(())
    }

    async fn text(&self, id: MessageId) -> Result<String, Fault> {
        let message = domain::message::load(&self.scope, &[id]).await?;
        Ok(message.into_iter().next().map(|message| message.text).unwrap_or_default())
    }

    async fn sources(&self, id: MessageId) -> Result<(), Fault> {
        for citation in domain::document::citations(&self.scope, &[id]).await? {
            let passage =
                domain::knowledge::load(&self.scope, &[domain::id::PassageId(citation.passage_id)]).await?;
            for passage in passage {
                let version = domain::id::DocumentVersionId(passage.document_version_id);
                let versions = domain::document::load_versions(&self.scope, &[version]).await?;
                let documents: Vec<_> =
                    versions.iter().map(|v| domain::id::DocumentId(v.document_id)).collect();
                for document in domain::document::load(&self.scope, &documents).await? {
                    println!("  {:>16}   source: {}, passage {}", "", document.title, passage.position + 1);
                }
            }
        }
        Ok(())
    }

    fn line(&self, who: &str, text: &str) {
        println!("  {who:>16} | {}", text.replace('\n', &format!("\n  {:>16} | ", "")));
    }
}
