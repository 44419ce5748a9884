//! A short scene: a question, a wish for a person, an agent, the owner's phone.

use domain::conversation::{self, Status};
use domain::delivery::State;
use domain::event::Event;
use domain::message::{self, AuthorKind, Text};
use domain::{Actor, Env, Scope};
use simulator::{Number, Simulator};

use super::follow::Follower;
use crate::Fault;

pub async fn play(env: &Env, actor: &Actor, simulator: &Simulator, number: &Number) -> Result<(), Fault> {
    let number = number.phone_number_id.as_str();
    let ada = simulator.customer(Some("886987654321"), Some("TW.1234567890"), "Ada");
    let mut follower = Follower::new(env, Scope::of(env, actor.workspace)).await?;

    simulator.customer_says(number, &ada, "Hi! How much is shipping inside Taiwan?").await;
    follower.until(|event| reached(event, State::Read)).await?;

    simulator.customer_says(number, &ada, "我想找真人客服").await;
    follower.until(|event| became(event, Status::PendingFirstResponse)).await?;

    let conversation = follower.conversation.ok_or("nobody wrote")?;
    let text = Text::parse("Hi Ada, this is Lin from the shop. How can I help?")?;
    message::send(env, actor, &message::Send::of(conversation, text)).await?;
    follower.until(|event| reached(event, State::Read)).await?;

    simulator.customer_says(number, &ada, "Can you gift-wrap order 1042?").await;
    follower.until(|event| became(event, Status::PendingResponse)).await?;

    simulator.business_types(number, &ada, "Done! It ships this afternoon.").await;
    follower
        .until(|event| matches!(event, Event::MessageAdded { author: AuthorKind::BusinessApp, .. }))
        .await?;

    conversation::hand_back(env, actor, conversation).await?;
    follower.until(|event| became(event, Status::BotHandling)).await
}

fn reached(event: &Event, state: State) -> bool {
    matches!(event, Event::DeliveryChanged { to, .. } if *to == state)
}

fn became(event: &Event, status: Status) -> bool {
    matches!(event, Event::ConversationStatusChanged { to, .. } if *to == status)
}
