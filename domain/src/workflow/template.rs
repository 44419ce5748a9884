//! Texts with places to fill in, and expressions: minijinja's language, strict about names, without files, macros or
//! includes, and with fuel, so that none runs long or grows large.
//!
//! Invariant: what a text reads is known without running it; a name that no scope has is found before publishing.

use std::collections::BTreeSet;

use minijinja::value::Serde;
use minijinja::{Environment, ErrorKind, UndefinedBehavior, escape_formatter};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::run::{Fault, FaultCode};

/// The longest source of a template, in bytes.
pub const MAX_TEMPLATE: usize = 16_384;
/// The longest source of an expression, in bytes.
pub const MAX_EXPRESSION: usize = 2_000;
/// The longest text that a template may give, in Unicode scalar values: four of Meta's longest messages.
pub const MAX_RENDERED: usize = 16_384;
/// What one evaluation may cost: an instruction or 64 bytes of data each.
const FUEL: u64 = 20_000;
/// How deep blocks and parentheses may nest; the parser recurses.
const MAX_DEPTH: usize = 40;
/// What the language itself defines.
const FUNCTIONS: [&str; 3] = ["range", "dict", "namespace"];

/// A text such as `Hello {{ contact.name }}!`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct Template(pub String);

/// An expression such as `vars.tries < 3 and business_hours.open`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct Expression(pub String);

/// A text of either kind, borrowed from its step.
#[derive(Debug, Clone, Copy)]
pub enum Source<'a> {
    /// A template.
    Template(&'a Template),
    /// An expression.
    Expression(&'a Expression),
}

impl Template {
    /// Fills in the places.
    ///
    /// # Errors
    /// EXPRESSION for a missing value, a wrong type, or too much work; TOO_LARGE for too long a text.
    pub fn render(&self, scope: &Json) -> Result<String, Fault> {
        let environment = environment(UndefinedBehavior::Strict);
        let template = environment.template_from_str(&self.0).map_err(|error| fault(&error))?;
        let text = template.render(Serde(scope)).map_err(|error| fault(&error))?;
        if text.chars().count() > MAX_RENDERED {
            let message = format!("the text is longer than {MAX_RENDERED} characters");
            return Err(Fault::new(FaultCode::TooLarge, message));
        }
        Ok(text)
    }
}

impl Expression {
    /// The value of the expression.
    ///
    /// # Errors
    /// EXPRESSION for a missing value, a wrong type, or too much work.
    pub fn value(&self, scope: &Json) -> Result<Json, Fault> {
        let value = self.eval(scope)?;
        serde_json::to_value(&value).map_err(|error| Fault::new(FaultCode::Expression, error.to_string()))
    }

    /// Whether the value is true, a number other than 0, or something that is not empty.
    ///
    /// # Errors
    /// As [`Self::value`].
    pub fn holds(&self, scope: &Json) -> Result<bool, Fault> {
        Ok(self.eval(scope)?.is_true())
    }

    fn eval(&self, scope: &Json) -> Result<minijinja::Value, Fault> {
        let environment = environment(UndefinedBehavior::Strict);
        let expression = environment.compile_expression(&self.0).map_err(|error| fault(&error))?;
        expression.eval(Serde(scope)).map_err(|error| fault(&error))
    }
}

impl Source<'_> {
    /// What it reads, as `contact.name`; or what is wrong with it.
    ///
    /// # Errors
    /// What is to be changed, for the author.
    pub fn reads(self) -> Result<BTreeSet<String>, String> {
        let (text, most) = match self {
            Self::Template(template) => (&template.0, MAX_TEMPLATE),
            Self::Expression(expression) => (&expression.0, MAX_EXPRESSION),
        };
        if text.len() > most {
            return Err(format!("it has {} bytes, at most {most} are allowed", text.len()));
        }
        if depth(text) > MAX_DEPTH {
            return Err(format!("it nests deeper than {MAX_DEPTH} levels"));
        }
        let environment = environment(UndefinedBehavior::Chainable);
        let (read, tried) = match self {
            Self::Template(_) => {
                let template = environment.template_from_str(text).map_err(|error| spoken(&error))?;
                (template.undeclared_variables(true), template.render(()).map(drop))
            }
            Self::Expression(_) => {
                let expression = environment.compile_expression(text).map_err(|error| spoken(&error))?;
                (expression.undeclared_variables(true), expression.eval(()).map(drop))
            }
        };
        // A trial without any values meets what the language does not have; that values are missing is no wonder.
        match tried {
            Err(error) if is_unknown(error.kind()) => Err(spoken(&error)),
            Ok(()) | Err(_) => {
                Ok(read.into_iter().filter(|name| !FUNCTIONS.contains(&name.as_str())).collect())
            }
        }
    }
}

fn environment<'s>(undefined: UndefinedBehavior) -> Environment<'s> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(undefined);
    environment.set_fuel(Some(FUEL));
    // A customer is never told of `none`: what holds nothing says nothing.
    environment.set_formatter(|output, state, value| match value.is_none() {
        true => Ok(()),
        false => escape_formatter(output, state, value),
    });
    environment
}

fn is_unknown(kind: ErrorKind) -> bool {
    matches!(kind, ErrorKind::UnknownFilter | ErrorKind::UnknownTest | ErrorKind::UnknownFunction)
}

fn fault(error: &minijinja::Error) -> Fault {
    Fault::new(FaultCode::Expression, spoken(error))
}

fn spoken(error: &minijinja::Error) -> String {
    let kind = error.kind();
    let line =
        error.line().filter(|line| *line > 1).map(|line| format!(" in line {line}")).unwrap_or_default();
    match error.detail() {
        Some(detail) => format!("{kind}{line}: {detail}"),
        None => format!("{kind}{line}"),
    }
}

/// How deep brackets and blocks nest at most; counted without parsing, brackets in strings included.
fn depth(text: &str) -> usize {
    let opens = |b: &u8| matches!(b, b'(' | b'[' | b'{');
    let (mut now, mut most) = (0_usize, 0);
    for b in text.as_bytes() {
        if opens(b) {
            now += 1;
            most = most.max(now);
        } else if matches!(b, b')' | b']' | b'}') {
            now = now.saturating_sub(1);
        }
    }
    most
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn template(text: &str) -> Template {
        Template(text.to_owned())
    }

    fn expression(text: &str) -> Expression {
        Expression(text.to_owned())
    }

    #[test]
    fn places_are_filled_in_and_html_is_left_alone() {
        let scope = json!({"contact": {"name": "Ana & <Bo>"}, "vars": {"n": 3}});
        let text = template("Hi {{ contact.name }}{% if vars.n > 2 %}, again{% endif %}!").render(&scope);
        assert_eq!(text.unwrap(), "Hi Ana & <Bo>, again!");
        let nothing = json!({"contact": {"name": null}});
        assert_eq!(template("Hi{{ contact.name }}!").render(&nothing).unwrap(), "Hi!");
        assert_eq!(expression("vars.n + 1").value(&scope).unwrap(), json!(4));
        assert!(expression("vars.n == 3 and contact.name is startingwith('Ana')").holds(&scope).unwrap());
    }

    #[test]
    fn a_missing_value_is_a_fault_and_not_an_empty_place() {
        let fault = template("Hi {{ contact.nmae }}").render(&json!({"contact": {}})).unwrap_err();
        assert_eq!(fault.code, FaultCode::Expression);
        assert!(expression("vars.a.b").value(&json!({"vars": {}})).is_err());
    }

    #[test]
    fn nothing_runs_long_or_grows_large() {
        for text in [
            "{% for a in range(10000) %}{% for b in range(10000) %}x{% endfor %}{% endfor %}",
            "{{ 'x' * 100000000 }}",
            "{% for a in range(3000) %}{{ 'aaaaaaaa' }}{% endfor %}",
            "{{ range(100000)|list|length }}{{ 9 ** 99999999 }}",
        ] {
            assert!(template(text).render(&json!({})).is_err(), "{text}");
        }
    }

    #[test]
    fn what_a_text_reads_is_known_without_running_it() {
        let read = |source: Source<'_>| source.reads().map(|names| names.into_iter().collect::<Vec<_>>());
        let text = template(
            "{% set a = vars.x %}{{ a }}{% for i in range(2) %}{{ i }}{{ contact.name }}{% endfor %}",
        );
        assert_eq!(read(Source::Template(&text)).unwrap(), ["contact.name", "vars.x"]);
        let condition = expression("vars.order.status == 'sent' or message.text");
        assert_eq!(read(Source::Expression(&condition)).unwrap(), ["message.text", "vars.order.status"]);
        for wrong in ["1 +", "a b", "vars.x|nofilter", "vars.x is notest", "nofunction()", &"(".repeat(3_000)]
        {
            assert!(read(Source::Expression(&expression(wrong))).is_err(), "{wrong}");
        }
        for wrong in [
            "{{ a ",
            "{% include 'x' %}",
            "{% import 'x' as y %}",
            "{% macro m() %}{% endmacro %}",
            "{% if a %}",
        ] {
            assert!(read(Source::Template(&template(wrong))).is_err(), "{wrong}");
        }
    }
}
