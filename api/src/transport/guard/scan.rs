//! One pass over the text of a document: how many tokens, how deep, how many aliases and directives.
//!
//! Invariant: it never counts less than the parser would meet. Where text and parser could disagree about
//! what lies inside a string (one that is not closed), or how many numbers a run of digits is, the document
//! is refused here.

use async_graphql::Pos;

use super::{Limits, Refusal};

/// Checks the text against the limits, and stops at the first one that it exceeds.
pub(super) fn scan(document: &str, limits: &Limits) -> Result<(), Refusal> {
    if document.len() > limits.document_bytes {
        return Err(Refusal::over("bytes of document; send long texts as variables", limits.document_bytes));
    }
    let mut scanner = Scanner {
        text: document.as_bytes(),
        at: 0,
        limits,
        tokens: 0,
        aliases: 0,
        directives: 0,
        open: Vec::new(),
    };
    scanner.run().map_err(|fault| match fault {
        Fault::Over(what, limit) => Refusal::over(what, limit),
        Fault::Text(message, at) => {
            Refusal::Malformed { message: message.to_owned(), at: Some(position(document, at)) }
        }
    })
}

enum Fault {
    Over(&'static str, usize),
    Text(&'static str, usize),
}

struct Scanner<'a> {
    text: &'a [u8],
    at: usize,
    limits: &'a Limits,
    tokens: usize,
    aliases: usize,
    directives: usize,
    /// The closing sign of every bracket that is open.
    open: Vec<u8>,
}

impl Scanner<'_> {
    fn run(&mut self) -> Result<(), Fault> {
        while let Some(&sign) = self.text.get(self.at) {
            match sign {
                b' ' | b'\t' | b'\n' | b'\r' | b',' => self.at += 1,
                b'#' => self.skip_while(|byte| byte != b'\n' && byte != b'\r'),
                0xEF if self.rest().starts_with(b"\xEF\xBB\xBF") => self.at += 3,
                _ => self.token(sign)?,
            }
        }
        match self.open.is_empty() {
            true => Ok(()),
            false => Err(Fault::Text("a bracket is not closed", self.text.len())),
        }
    }

    fn token(&mut self, sign: u8) -> Result<(), Fault> {
        count(&mut self.tokens, self.limits.tokens, "tokens")?;
        let start = self.at;
        match sign {
            b'{' => return self.open(b'}'),
            b'(' => return self.open(b')'),
            b'[' => return self.open(b']'),
            b'}' | b')' | b']' => return self.close(sign),
            b'"' => return self.string(),
            b'-' | b'0'..=b'9' => return self.number(),
            b'A'..=b'Z' | b'a'..=b'z' | b'_' => {
                self.skip_while(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
                if self.at - start > self.limits.name_bytes {
                    return Err(Fault::Over("bytes in one name", self.limits.name_bytes));
                }
            }
            b'@' => {
                count(&mut self.directives, self.limits.directives, "directives")?;
                self.at += 1;
            }
            b':' => {
                // Within parentheses a colon follows an argument, a variable or a key; elsewhere it follows
                // an alias.
                if !self.open.contains(&b')') {
                    count(&mut self.aliases, self.limits.aliases, "aliases")?;
                }
                self.at += 1;
            }
            _ => self.at += 1,
        }
        Ok(())
    }

    fn open(&mut self, closing: u8) -> Result<(), Fault> {
        if self.open.len() >= self.limits.nesting {
            return Err(Fault::Over("levels of nesting", self.limits.nesting));
        }
        self.open.push(closing);
        self.at += 1;
        Ok(())
    }

    fn close(&mut self, sign: u8) -> Result<(), Fault> {
        if self.open.pop() != Some(sign) {
            return Err(Fault::Text("this bracket closes nothing", self.at));
        }
        self.at += 1;
        Ok(())
    }

    fn string(&mut self) -> Result<(), Fault> {
        let start = self.at;
        if self.rest().starts_with(b"\"\"\"") {
            self.at += 3;
            while !self.rest().is_empty() {
                match self.rest() {
                    rest if rest.starts_with(b"\"\"\"") => {
                        self.at += 3;
                        return Ok(());
                    }
                    rest if rest.starts_with(b"\\\"\"\"") => self.at += 4,
                    _ => self.at += 1,
                }
            }
        } else {
            self.at += 1;
            while let Some(&byte) = self.text.get(self.at) {
                match byte {
                    b'"' => {
                        self.at += 1;
                        return Ok(());
                    }
                    b'\\' => self.at += 2,
                    b'\n' | b'\r' => break,
                    _ => self.at += 1,
                }
            }
        }
        Err(Fault::Text("a string is not closed", start))
    }

    fn number(&mut self) -> Result<(), Fault> {
        let start = self.at;
        self.at += usize::from(self.text[start] == b'-');
        let digits = self.at;
        self.skip_while(|byte| byte.is_ascii_digit());
        if self.at - digits > 1 && self.text.get(digits) == Some(&b'0') {
            return Err(Fault::Text("a number has a leading zero", start));
        }
        if self.text.get(self.at) == Some(&b'.') {
            self.at += 1;
            self.skip_while(|byte| byte.is_ascii_digit());
        }
        if matches!(self.text.get(self.at), Some(b'e' | b'E')) {
            self.at += 1;
            self.at += usize::from(matches!(self.text.get(self.at), Some(b'+' | b'-')));
            self.skip_while(|byte| byte.is_ascii_digit());
        }
        Ok(())
    }

    fn rest(&self) -> &[u8] {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn skip_while(&mut self, wanted: impl Fn(u8) -> bool) {
        while self.text.get(self.at).is_some_and(|byte| wanted(*byte)) {
            self.at += 1;
        }
    }
}

fn count(counter: &mut usize, limit: usize, what: &'static str) -> Result<(), Fault> {
    *counter += 1;
    if *counter > limit { Err(Fault::Over(what, limit)) } else { Ok(()) }
}

/// Line and column, counted from one in characters, of a byte.
fn position(document: &str, at: usize) -> Pos {
    let before = document.as_bytes().get(..at).unwrap_or(document.as_bytes());
    let line_start = before.iter().rposition(|byte| *byte == b'\n').map_or(0, |newline| newline + 1);
    let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
    // A byte of the form 10xxxxxx continues a character.
    let column = before[line_start..].iter().filter(|byte| **byte & 0xC0 != 0x80).count() + 1;
    Pos { line, column }
}
