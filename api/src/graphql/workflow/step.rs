//! The steps of a workflow, as authors write and read them. Each kind has one type, for input and output, spelled as
//! the stored form is: that is what carries it from one to the other.

use async_graphql::{Enum, InputObject, OneofObject, Result, SimpleObject, Union};
use domain::workflow::definition;
use domain::workflow::step::http;
use serde::{Deserialize, Serialize};

/// A step of a workflow, and where it leads.
#[derive(SimpleObject, Clone, Deserialize)]
pub struct WorkflowStep {
    /// Its name, unique in the workflow: lower-case letters, digits, `-` and `_`, at most 64 characters.
    id: String,
    /// What people call it: at most 100 characters.
    title: Option<String>,
    /// What it does.
    #[serde(flatten)]
    action: WorkflowAction,
}

/// A step of a workflow to write, and where it leads.
#[derive(InputObject, Serialize)]
pub struct WorkflowStepInput {
    /// Its name, unique in the workflow: lower-case letters, digits, `-` and `_`, at most 64 characters.
    id: String,
    /// What people call it: at most 100 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<String>,
    /// What it does.
    #[serde(flatten)]
    action: WorkflowActionInput,
}

impl From<&definition::Step> for WorkflowStep {
    fn from(step: &definition::Step) -> Self {
        let json = serde_json::to_value(step).expect("a step is JSON");
        serde_json::from_value(json).expect("the API knows every kind of step")
    }
}

impl WorkflowStepInput {
    /// The step, or what is wrong with it.
    pub fn read(&self) -> Result<definition::Step, String> {
        let json = serde_json::to_value(self).map_err(|error| error.to_string())?;
        serde_json::from_value(json).map_err(|error| format!("step `{}`: {error}", self.id))
    }
}

macro_rules! actions {
    ($($(#[$doc:meta])* $arm:ident($object:ident),)*) => {
        /// What a step does. A path (`next`, `failed`, ..) names the step that follows; in a draft it may be null.
        #[derive(Union, Clone, Deserialize)]
        #[serde(tag = "kind", rename_all = "SCREAMING_SNAKE_CASE")]
        pub enum WorkflowAction {
            $($(#[$doc])* $arm($object),)*
        }

        /// What a step does: give exactly one.
        #[derive(OneofObject, Serialize)]
        #[serde(tag = "kind", rename_all = "SCREAMING_SNAKE_CASE")]
        pub enum WorkflowActionInput {
            $($(#[$doc])* $arm($object),)*
        }
    };
}

actions! {
    /// Says something to the customer.
    Send(WorkflowSend),
    /// Asks the customer and waits for the answer.
    Ask(WorkflowAsk),
    /// Lets the customer choose from a list.
    Choose(WorkflowChoose),
    /// Goes one of several ways.
    Branch(WorkflowBranch),
    /// Changes variables.
    Set(WorkflowSet),
    /// Waits.
    Wait(WorkflowWait),
    /// Answers from the company's knowledge.
    Answer(WorkflowAnswer),
    /// Asks for a person.
    HandOver(WorkflowHandOver),
    /// Makes the bot responsible again.
    HandBack(WorkflowHandBack),
    /// Tags the conversation.
    Tag(WorkflowTag),
    /// Calls a server of somebody else's.
    Http(WorkflowHttp),
    /// Runs another workflow and goes on with its result.
    Call(WorkflowCall),
    /// Closes the session.
    Close(WorkflowClose),
    /// Ends the workflow.
    End(WorkflowEnd),
}

macro_rules! written_and_read {
    ($($(#[$doc:meta])* $name:ident as $input:literal { $($(#[$field_doc:meta])* $field:ident: $type:ty,)* })*) => {$(
        $(#[$doc])*
        #[derive(SimpleObject, InputObject, Clone, Serialize, Deserialize)]
        #[graphql(input_name = $input)]
        #[serde(rename_all = "camelCase")]
        pub struct $name {
            $($(#[$field_doc])* $field: $type,)*
        }
    )*};
}

written_and_read! {
    /// Says something to the customer.
    WorkflowSend as "WorkflowSendInput" {
        /// What: a text with places such as `{{ contact.name }}`.
        text: String,
        /// When it is on its way.
        next: Option<String>,
        /// When nothing may be said: the reply window is closed, or a person has acted.
        failed: Option<String>,
    }

    /// Asks the customer and waits for the answer. What the customer wrote while the run was busy counts.
    WorkflowAsk as "WorkflowAskInput" {
        /// The question, with places; null waits for whatever the customer writes next.
        #[serde(skip_serializing_if = "Option::is_none")]
        text: Option<String>,
        /// The variable that keeps the answer: its first 4,096 characters.
        #[serde(skip_serializing_if = "Option::is_none")]
        save_as: Option<String>,
        /// For how long it waits, in seconds, from 1 to five years; null is until the session ends.
        #[serde(skip_serializing_if = "Option::is_none")]
        timeout_seconds: Option<i32>,
        /// When the customer wrote.
        answered: Option<String>,
        /// When nobody wrote in time.
        timed_out: Option<String>,
        /// When nothing may be asked: the reply window is closed, a person has acted, or another run is asking.
        failed: Option<String>,
    }

    /// Lets the customer choose from a numbered list, by the number or by the words.
    WorkflowChoose as "WorkflowChooseInput" {
        /// What stands above the list: a text with places.
        text: String,
        /// The list: 1 to 10.
        options: Vec<WorkflowChooseOption>,
        /// The variable that keeps the label of the choice.
        #[serde(skip_serializing_if = "Option::is_none")]
        save_as: Option<String>,
        /// For how long it waits, in seconds, from 1 to five years; null is until the session ends.
        #[serde(skip_serializing_if = "Option::is_none")]
        timeout_seconds: Option<i32>,
        /// When the customer wrote something else.
        otherwise: Option<String>,
        /// When nobody wrote in time.
        timed_out: Option<String>,
        /// When nothing may be asked: the reply window is closed, a person has acted, or another run is asking.
        failed: Option<String>,
    }

    /// An option and its way.
    WorkflowChooseOption as "WorkflowChooseOptionInput" {
        /// What the customer reads behind its number: one line of 1 to 100 characters.
        label: String,
        /// When it is chosen.
        then: Option<String>,
    }

    /// Goes the way of the first case that holds.
    WorkflowBranch as "WorkflowBranchInput" {
        /// The cases, tried in order: 1 to 50.
        cases: Vec<WorkflowCase>,
        /// When none holds.
        otherwise: Option<String>,
    }

    /// A condition and its way.
    WorkflowCase as "WorkflowCaseInput" {
        /// The condition: an expression such as `vars.tries < 3 and business_hours.open`.
        when: String,
        /// When it holds.
        then: Option<String>,
    }

    /// Changes variables, one after the other.
    WorkflowSet as "WorkflowSetInput" {
        /// What becomes what: 1 to 50.
        assignments: Vec<WorkflowAssignment>,
        /// Then.
        next: Option<String>,
    }

    /// A variable and what it becomes.
    WorkflowAssignment as "WorkflowAssignmentInput" {
        /// Which variable.
        variable: String,
        /// Its value: an expression.
        value: String,
    }

    /// Waits for a time, or until the customer or an integration says something.
    WorkflowWait as "WorkflowWaitInput" {
        /// Until when.
        until: WorkflowWaitUntil,
        /// When that time has come.
        elapsed: Option<String>,
        /// When the customer writes before; null if that does not disturb the wait.
        customer_wrote: Option<String>,
        /// What else ends the wait.
        #[serde(skip_serializing_if = "Option::is_none")]
        signal: Option<WorkflowWaitSignal>,
    }

    /// Until when a step waits: exactly one of the two.
    WorkflowWaitUntil as "WorkflowWaitUntilInput" {
        /// For so many seconds from now, from 1 to five years.
        #[serde(skip_serializing_if = "Option::is_none")]
        after_seconds: Option<i32>,
        /// Until a time: an expression that gives an RFC 3339 text or the seconds since 1970. One that is past does not
        /// wait.
        #[serde(skip_serializing_if = "Option::is_none")]
        at: Option<String>,
    }

    /// A signal that ends a wait.
    WorkflowWaitSignal as "WorkflowWaitSignalInput" {
        /// Its name.
        name: String,
        /// The variable that keeps what comes with it.
        #[serde(skip_serializing_if = "Option::is_none")]
        save_as: Option<String>,
        /// When it comes.
        then: Option<String>,
    }

    /// Answers from the company's knowledge.
    WorkflowAnswer as "WorkflowAnswerInput" {
        /// The question, with places; null is what the customer wrote.
        #[serde(skip_serializing_if = "Option::is_none")]
        question: Option<String>,
        /// How sure the answer must be, from 0 to 1; null is as sure as the widget wants.
        #[serde(skip_serializing_if = "Option::is_none")]
        threshold: Option<f64>,
        /// When the answer is on its way.
        answered: Option<String>,
        /// When there is none that is sure enough, the customer wants a person, or there is nothing to read: `doubt`
        /// says which.
        unsure: Option<String>,
        /// When the model cannot be asked, or nothing may be said.
        failed: Option<String>,
    }

    /// Asks for a person. Until one acts, the run goes on.
    WorkflowHandOver as "WorkflowHandOverInput" {
        /// A note for colleagues, with places.
        #[serde(skip_serializing_if = "Option::is_none")]
        note: Option<String>,
        /// Then.
        next: Option<String>,
    }

    /// Makes the bot responsible again, if a person was asked for and none has acted yet.
    WorkflowHandBack as "WorkflowHandBackInput" {
        /// Then.
        next: Option<String>,
    }

    /// Puts tags on the conversation and takes others off.
    WorkflowTag as "WorkflowTagInput" {
        /// The names of tags to put on, at most 50; one that the company does not have yet is made.
        #[graphql(default)]
        #[serde(default)]
        add: Vec<String>,
        /// The names of tags to take off, at most 50.
        #[graphql(default)]
        #[serde(default)]
        remove: Vec<String>,
        /// Then.
        next: Option<String>,
    }

    /// Calls a server of somebody else's; never one with a private address.
    WorkflowHttp as "WorkflowHttpInput" {
        /// How.
        method: WorkflowHttpMethod,
        /// Where to, with places: `https://shop.example/orders/{{ vars.order|urlencode }}`.
        url: String,
        /// With these headers: at most 20. Their values are not shown in a run's journal.
        #[graphql(default)]
        #[serde(default)]
        headers: Vec<WorkflowHttpHeader>,
        /// With this body, with places.
        #[serde(skip_serializing_if = "Option::is_none")]
        body: Option<String>,
        /// For how long at most, in seconds: 1 to 10.
        timeout_seconds: i32,
        /// The variable that keeps `status`, `body` (read as JSON if it is JSON) and `error`.
        #[serde(skip_serializing_if = "Option::is_none")]
        save_as: Option<String>,
        /// When it answered with 2xx.
        succeeded: Option<String>,
        /// When it answered otherwise, or could not be reached.
        failed: Option<String>,
        /// When it did not answer in time: whether it acted is unknown.
        timed_out: Option<String>,
    }

    /// A header of a request.
    WorkflowHttpHeader as "WorkflowHttpHeaderInput" {
        /// Its name.
        name: String,
        /// Its value, with places.
        value: String,
    }

    /// Runs another workflow, in the version that is published then, and goes on with its result.
    WorkflowCall as "WorkflowCallInput" {
        /// The key of that workflow.
        workflow: String,
        /// Variables of that workflow, set from here: at most 50.
        #[graphql(default)]
        #[serde(default)]
        inputs: Vec<WorkflowAssignment>,
        /// The variable that keeps its result.
        #[serde(skip_serializing_if = "Option::is_none")]
        save_as: Option<String>,
        /// When it came to its end.
        returned: Option<String>,
        /// When it is not published, is called too deep, or could not do one of its steps.
        failed: Option<String>,
    }

    /// Closes the session, and with it ends the run.
    WorkflowClose as "WorkflowCloseInput" {
        /// Why, for its author: it changes nothing.
        #[serde(skip_serializing_if = "Option::is_none")]
        comment: Option<String>,
    }

    /// Ends the workflow; one that was called goes back to its caller.
    WorkflowEnd as "WorkflowEndInput" {
        /// What it gives to its caller: an expression; null is nothing.
        #[serde(skip_serializing_if = "Option::is_none")]
        result: Option<String>,
    }
}

/// How a server is called.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[graphql(remote = "http::Method")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum WorkflowHttpMethod {
    /// Reads.
    Get,
    /// Makes.
    Post,
    /// Replaces.
    Put,
    /// Changes.
    Patch,
    /// Deletes.
    Delete,
}
