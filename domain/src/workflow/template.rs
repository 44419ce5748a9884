//! Texts with places to fill in, and expressions: minijinja's language, strict about names, without files, macros or
//! includes, and with fuel, so that none runs long or grows large.
//!
//! Invariants: a source is bounded before the parser sees it, whoever wrote it and wherever it is used. What a text reads
//! is known without running it, so most names that there are not are found before publishing; a run faults on the rest.

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
/// How many words and signs stand between `{{` and `}}`, or in an expression: the parser and the compiler go one level
/// deeper for almost each, on the stack.
const MAX_TOKENS: usize = 120;
/// How deep brackets nest: each costs the parser a dozen calls.
const MAX_DEPTH: usize = 16;
/// How many `elif` a template has: each is a level too.
const MAX_ELIF: usize = 50;
/// The longest text that a template may give, in Unicode scalar values: four of Meta's longest messages.
pub const MAX_RENDERED: usize = 16_384;
/// What one evaluation may cost: an instruction or 64 bytes of data each.
const FUEL: u64 = 5_000;
/// The same for the trial before publishing, which is only to meet names that there are not.
const TRIAL_FUEL: u64 = 300;
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
        simple(Source::Template(self)).map_err(|told| Fault::new(FaultCode::Expression, told))?;
        let environment = environment(UndefinedBehavior::Strict, FUEL);
        let template = environment.template_from_str(&self.0).map_err(|error| fault(&error))?;
        let text = template.render(Serde(scope)).map_err(|error| fault(&error))?;
        // No database keeps a NUL, and no phone shows one.
        let text = text.replace('\0', "\u{FFFD}");
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
        simple(Source::Expression(self)).map_err(|told| Fault::new(FaultCode::Expression, told))?;
        let environment = environment(UndefinedBehavior::Strict, FUEL);
        let expression = environment.compile_expression(&self.0).map_err(|error| fault(&error))?;
        let value = expression.eval(Serde(scope)).map_err(|error| fault(&error))?;
        if value.is_undefined() {
            return Err(Fault::new(FaultCode::Expression, "there is no such value"));
        }
        Ok(value)
    }
}

impl Source<'_> {
    /// What it reads, as `contact.name`; or what is wrong with it.
    ///
    /// # Errors
    /// What is to be changed, for the author.
    pub fn reads(self) -> Result<BTreeSet<String>, String> {
        simple(self)?;
        let (Self::Template(Template(text)) | Self::Expression(Expression(text))) = self;
        let environment = environment(UndefinedBehavior::Chainable, TRIAL_FUEL);
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

fn environment<'s>(undefined: UndefinedBehavior, fuel: u64) -> Environment<'s> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(undefined);
    environment.set_fuel(Some(fuel));
    // A customer is never told of `none`: what holds nothing says nothing.
    environment.set_formatter(|output, state, value| match value.is_none() {
        true => Ok(()),
        false => escape_formatter(output, state, value),
    });
    environment
}

fn is_unknown(kind: ErrorKind) -> bool {
    use ErrorKind::{UnknownFilter, UnknownFunction, UnknownMethod, UnknownTest};
    matches!(kind, UnknownFilter | UnknownTest | UnknownFunction | UnknownMethod)
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

/// Whether the source is short and flat enough for the parser.
fn simple(source: Source<'_>) -> Result<(), String> {
    let (text, most) = match source {
        Source::Template(Template(text)) => (text, MAX_TEMPLATE),
        Source::Expression(Expression(text)) => (text, MAX_EXPRESSION),
    };
    if text.len() > most {
        return Err(format!("it has {} bytes, at most {most} are allowed", text.len()));
    }
    if text.contains("endraw") {
        return Err("it has a `raw` block: write the text without".to_owned());
    }
    let tokens = match source {
        Source::Template(_) => longest_tag(text),
        Source::Expression(_) => Tokens::default().read(text),
    };
    if tokens > MAX_TOKENS || depth(text) > MAX_DEPTH || text.matches("elif").count() > MAX_ELIF {
        return Err(format!(
            "it is too complex: at most {MAX_TOKENS} words and signs in one expression, {MAX_DEPTH} brackets in each \
             other, and {MAX_ELIF} `elif` are allowed"
        ));
    }
    Ok(())
}

/// How deep brackets nest, those in strings and of tags too, counted without parsing.
fn depth(text: &str) -> usize {
    let (mut now, mut most) = (0_usize, 0);
    for b in text.bytes() {
        match b {
            b'(' | b'[' | b'{' => now += 1,
            b')' | b']' | b'}' => now = now.saturating_sub(1),
            _ => {}
        }
        most = most.max(now);
    }
    most
}

/// Counts words and signs, those in strings too.
#[derive(Default)]
struct Tokens {
    in_word: bool,
    count: usize,
}

impl Tokens {
    fn add(&mut self, c: char) {
        let word = c.is_alphanumeric() || c == '_';
        if (word && !self.in_word) || !(word || c.is_whitespace()) {
            self.count += 1;
        }
        self.in_word = word;
    }

    fn read(mut self, text: &str) -> usize {
        text.chars().for_each(|c| self.add(c));
        self.count
    }
}

/// The most words and signs between a `{{` or `{%` and where it ends: outside of strings and with no bracket open. What
/// this takes for a tag may be more than the language does, never less.
fn longest_tag(text: &str) -> usize {
    let mut most = 0;
    let mut rest = text;
    while let Some(start) = ["{{", "{%", "{#"].into_iter().filter_map(|open| rest.find(open)).min() {
        let inside = &rest[start + 2..];
        if rest[start..].starts_with("{#") {
            rest = inside.split_once("#}").map_or("", |(_, behind)| behind);
            continue;
        }
        let (mut tokens, mut open, mut quote, mut end) = (Tokens::default(), 0_usize, None, inside.len());
        let mut letters = inside.char_indices();
        while let Some((at, c)) = letters.next() {
            if quote.is_none()
                && open == 0
                && ["}}", "%}"].iter().any(|close| inside[at..].starts_with(close))
            {
                end = at + 2;
                break;
            }
            tokens.add(c);
            match (quote, c) {
                (Some(_), '\\') => letters.next().into_iter().for_each(|(_, c)| tokens.add(c)),
                (Some(begun), c) if begun == c => quote = None,
                (None, '"' | '\'') => quote = Some(c),
                (None, '(' | '[' | '{') => open += 1,
                (None, ')' | ']' | '}') => open = open.saturating_sub(1),
                _ => {}
            }
        }
        most = most.max(tokens.count);
        rest = &inside[end..];
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
        assert!(
            expression("vars.a").value(&json!({"vars": {}})).is_err()
                && expression("vars.a").holds(&json!({"vars": {}})).is_err()
        );
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
    fn no_source_is_too_deep_for_the_stack() {
        let long = |one: &str| one.repeat(16_000 / one.len());
        for inside in [
            long("-"),
            long("not "),
            long("a+"),
            long("a|e"),
            long("a."),
            long("["),
            long("a if b else "),
            long("a and "),
            format!("'}}}}' {}", long("-")),
            format!("{{'a':{{}}}} + {}", long("-")),
            format!("'\\'' ~ {}", long("-")),
        ] {
            for (open, close) in [
                ("{{ ", "1 }}"),
                ("{% raw %}{{ ' {% endraw %}{{ ", "1 }}"),
                ("{# {{ ' #}{{ ", "1 }}"),
                ("{% if ", "1 %}{% endif %}"),
            ] {
                let text = template(&format!("{open}{inside}{close}"));
                assert!(
                    text.render(&json!({"a": 1})).is_err() && Source::Template(&text).reads().is_err(),
                    "{open} {inside:.20}"
                );
            }
            let alone = expression(&format!("{inside}1"));
            assert!(
                alone.value(&json!({"a": 1})).is_err() && Source::Expression(&alone).reads().is_err(),
                "{inside:.20}"
            );
        }
        // What is let through does not overflow a thread of two MiB either, as the server's are.
        for one in ["-", "not ", "a+", "a|e", "a.", "[", "(", "{'a':", "a if b else ", "a[", "a("] {
            for times in [8, 14, 30, 60, 120] {
                let inside = one.repeat(times);
                let (text, alone) =
                    (template(&format!("{{{{ {inside}1 }}}}")), expression(&format!("{inside}1")));
                drop((text.render(&json!({"a": 1})), Source::Template(&text).reads()));
                drop((alone.value(&json!({"a": 1})), Source::Expression(&alone).reads()));
            }
        }
        let branches = template(&format!("{{% if a %}}{}{{% endif %}}", long("{% elif a %}")));
        assert!(branches.render(&json!({"a": 0})).is_err());
        let plain = template(&format!("{{{{ a }}}} {}", "Words, and more words! ".repeat(200)));
        assert!(plain.render(&json!({"a": 1})).is_ok(), "what stands outside is as long as it likes");
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
