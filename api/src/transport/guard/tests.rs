//! What the guard enforces, limit by limit, and that no text makes it panic or take more than linear time.

use std::time::Instant;

use async_graphql::{Request, Variables, parser::types::OperationType};

use super::{Limits, Refusal, admit, scan::scan};

fn judged(document: &str) -> Result<Option<OperationType>, Refusal> {
    admit(&mut Request::new(document), &Limits::default())
}

fn refused_for(document: &str) -> &'static str {
    match judged(document) {
        Err(Refusal::TooExpensive { what, .. }) => what,
        other => panic!("expected a limit, got {other:?}"),
    }
}

fn malformed(document: &str) -> String {
    match judged(document) {
        Err(refusal @ Refusal::Malformed { .. }) => refusal.to_string(),
        other => panic!("expected a syntax error, got {other:?}"),
    }
}

fn nested(open: &str, close: &str, levels: usize) -> String {
    format!("{}1{}", open.repeat(levels), close.repeat(levels))
}

#[test]
fn an_ordinary_operation_is_let_through_with_its_kind() {
    assert_eq!(judged("{ a }"), Ok(Some(OperationType::Query)));
    assert_eq!(judged("mutation M { a }"), Ok(Some(OperationType::Mutation)));
    assert_eq!(judged("\u{feff}subscription { a(b: \"{[(\\\"\") }"), Ok(Some(OperationType::Subscription)));
    assert_eq!(judged("query A { a } mutation B { b }"), Ok(None));
    let mut request = Request::new("query A { a } mutation B { b }").operation_name("B");
    assert_eq!(admit(&mut request, &Limits::default()), Ok(Some(OperationType::Mutation)));
    let mut request = Request::new("query A { a }").operation_name("C");
    assert_eq!(admit(&mut request, &Limits::default()), Ok(None));
}

#[test]
fn nesting_is_counted_for_every_bracket_wherever_it_stands() {
    let values = nested("[", "]", 62);
    assert_eq!(judged(&format!("{{ a(b: {values}) }}")), Ok(Some(OperationType::Query)));
    for levels in [64, 1_500, 60_000] {
        let documents = [
            format!("{{ a(b: {}) }}", nested("[", "]", levels)),
            format!("{{ a(b: {}) }}", nested("{c:", "}", levels)),
            format!("query ($v: A = {}) {{ a }}", nested("[", "]", levels)),
            format!("query ($v: A = {}) {{ a }}", nested("{c:", "}", levels)),
            format!("query ($v: {}) {{ a }}", "[".repeat(levels)),
            format!("{{ a @b(c: {}) }}", nested("[", "]", levels)),
            format!("{}b{}", "{a".repeat(levels + 2), "}".repeat(levels + 2)),
            format!("{}{}", "[{(".repeat(levels), ")}]".repeat(levels)),
        ];
        for document in &documents {
            let what = refused_for(document);
            assert!(what == "levels of nesting" || document.len() > 256 * 1024, "{what}");
        }
    }
}

#[test]
fn brackets_in_strings_and_comments_do_not_count() {
    let brackets = "[{(".repeat(200);
    for document in [
        format!("{{ a(b: \"{brackets}\") }}"),
        format!("{{ a(b: \"\"\"{brackets}\n\\\"\"\" {brackets}\"\"\") }}"),
        format!("{{ a # {brackets} \"\r}}"),
        format!("{{ a(b: \"\\\"{brackets}\\\\\") }}"),
    ] {
        assert_eq!(judged(&document), Ok(Some(OperationType::Query)), "{document}");
    }
}

#[test]
fn strings_and_brackets_must_be_closed() {
    for document in
        ["{ a(b: \"c) }", "{ a(b: \"c\n\") }", "{ a(b: \"\"\"c\") }", "{ a(b: \"\\", "{ a(b: \"\"\"\\\"\"\""]
    {
        assert!(malformed(document).contains("a string is not closed"), "{document}");
    }
    assert!(malformed("{").contains("line 1, column 2: a bracket is not closed"));
    assert!(malformed("{ a }\n é ]").contains("line 2, column 4: this bracket closes nothing"));
    assert!(malformed("{ a(b: [) ] }").contains("closes nothing"));
    assert!(malformed("{ a(b: 007) }").contains("leading zero"));
    assert!(malformed("{ a(b: -00) }").contains("leading zero"));
    assert!(judged("{ a(b: [0, -0, 0.5, 10, 1e10, -1.5E-3]) }").is_ok());
}

#[test]
fn the_parsers_own_errors_become_one_sentence_with_a_place() {
    assert_eq!(malformed("{ a( }"), "syntax error at line 1, column 6: this bracket closes nothing");
    assert_eq!(malformed("{ a() }"), "syntax error at line 1, column 5: expected name");
    assert_eq!(malformed(""), "syntax error at line 1, column 1: expected executable_definition");
    assert!(malformed("fragment F on A { a }").contains("does not contain an operation"));
}

#[test]
fn tokens_names_aliases_directives_and_length_have_limits() {
    assert!(judged(&format!("{{ {} }}", "a ".repeat(4_990))).is_ok());
    assert_eq!(refused_for(&format!("{{ {} }}", "a ".repeat(5_001))), "selections, fragments written out");
    assert_eq!(refused_for(&format!("{{ {} }}", "a ".repeat(15_000))), "tokens");
    assert_eq!(refused_for(&format!("{{ {} }}", "a".repeat(257))), "bytes in one name");
    assert!(refused_for(&format!("{{ a #{}\n}}", "x".repeat(256 * 1024))).starts_with("bytes of document"));

    let aliases = |count| (0..count).map(|number| format!("a{number}: b(c: {{d: 1}}) ")).collect::<String>();
    assert!(judged(&format!("{{ {} }}", aliases(100))).is_ok());
    assert_eq!(refused_for(&format!("{{ {} }}", aliases(101))), "aliases");

    assert!(judged(&format!("{{ a {} }}", "@b".repeat(50))).is_ok());
    assert_eq!(refused_for(&format!("{{ a {} }}", "@b".repeat(51))), "directives");
}

#[test]
fn the_scan_stops_at_the_first_limit() {
    let document = format!("{{ {} {}", "@b ".repeat(51), "[".repeat(100));
    assert_eq!(refused_for(&document), "directives");
}

fn doubling(levels: usize) -> String {
    let mut document = "{ ...F0 }".to_owned();
    for level in 0..levels {
        let next = level + 1;
        document.push_str(&format!(" fragment F{level} on A {{ ...F{next} ...F{next} }}"));
    }
    document.push_str(&format!(" fragment F{levels} on A {{ a }}"));
    document
}

#[test]
fn selections_are_counted_with_fragments_written_out() {
    assert!(judged(&doubling(10)).is_ok());
    assert_eq!(refused_for(&doubling(12)), "selections, fragments written out");
    let started = Instant::now();
    assert_eq!(refused_for(&doubling(22)), "selections, fragments written out");
    assert_eq!(refused_for(&doubling(900)), "selections, fragments written out");
    assert_eq!(refused_for(&doubling(22).replacen("...F0", "a", 1)), "selections, fragments written out");
    assert!(started.elapsed().as_secs() < 2, "counting must not follow the expansion");
}

#[test]
fn fragments_may_not_contain_themselves_nor_form_a_deep_chain() {
    assert!(malformed("{ ...A } fragment A on T { a { ...A } }").contains("fragment A contains itself"));
    assert!(malformed("{ b } fragment A on T { ...B } fragment B on T { ...A }").contains("contains itself"));
    let mut chain = "{ ...F0 }".to_owned();
    for level in 0..1_000 {
        chain.push_str(&format!("fragment F{level} on A {{ ...F{} }}", level + 1));
    }
    chain.push_str("fragment F1000 on A { a }");
    assert_eq!(refused_for(&chain), "levels of nesting");
}

#[test]
fn variables_have_a_nesting_limit() {
    let judge = |levels: usize| {
        let json = format!("{{\"v\": {}}}", nested("[", "]", levels));
        let variables: Variables = serde_json::from_str(&json).unwrap();
        admit(&mut Request::new("{ a }").variables(variables), &Limits::default())
    };
    assert!(judge(63).is_ok());
    assert!(matches!(judge(64), Err(Refusal::TooExpensive { what: "levels of nesting in variables", .. })));
    let json = nested("{\"v\":", "}", 100_000);
    assert!(serde_json::from_str::<Variables>(&json).is_err(), "the JSON reader has its own limit");
}

/// A small generator of numbers that needs no dependency; the seed is fixed so that a failure can be
/// repeated.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % sides as u64) as usize
    }
}

#[test]
fn no_text_makes_the_guard_panic() {
    const PIECES: [&str; 40] = [
        "{",
        "}",
        "(",
        ")",
        "[",
        "]",
        ":",
        "@",
        "$",
        "!",
        "=",
        "|",
        "&",
        "...",
        "..",
        "\"",
        "\"\"\"",
        "\\",
        "\\\"",
        "\\\"\"\"",
        "#",
        "\n",
        "\r",
        " ",
        ",",
        "\u{feff}",
        "é",
        "🏃",
        "\0",
        "0",
        "00",
        "-1.5e+3",
        "1e",
        "a",
        "query",
        "fragment",
        "on",
        "mutation",
        "true",
        "\u{10ffff}",
    ];
    let mut dice = Dice(0x5eed);
    for _ in 0..20_000 {
        let length = dice.roll(60);
        let text: String = (0..length).map(|_| PIECES[dice.roll(PIECES.len())]).collect();
        let _ = judged(&text);
    }
    for _ in 0..5_000 {
        let bytes: Vec<u8> = (0..dice.roll(80)).map(|_| dice.roll(256) as u8).collect();
        let _ = judged(&String::from_utf8_lossy(&bytes));
    }
    // Every cut of a valid document, which ends in every state of the scanner.
    let whole = "query Q($a: [Int!]! = [1, -2.5e1]) @b(c: \"x\\\"y\") { d: e(f: \"\"\"g\\\"\"\" h\"\"\") { ...F } } # i\nfragment F on G { j }";
    for end in (0..=whole.len()).filter(|end| whole.is_char_boundary(*end)) {
        let _ = judged(&whole[..end]);
    }
    assert!(judged(whole).is_ok());
}

#[test]
fn the_scan_takes_time_in_proportion_to_the_text() {
    let limits = Limits {
        document_bytes: usize::MAX,
        tokens: usize::MAX,
        name_bytes: usize::MAX,
        nesting: usize::MAX,
        aliases: usize::MAX,
        directives: usize::MAX,
        ..Limits::default()
    };
    let pieces = [
        "a ",
        "\"\" ",
        "\"\\\"\" ",
        "{a:1}",
        "\"\"\"\\\"\"\"\"\"\"",
        "# \n",
        "1.5e5 ",
        "[[]]",
        "@a(b:[{c:1}])",
    ];
    for piece in pieces {
        let text = piece.repeat(4_000_000 / piece.len());
        let started = Instant::now();
        scan(&text, &limits).unwrap();
        assert!(started.elapsed().as_secs() < 3, "{piece:?} took {:?}", started.elapsed());
    }
}

#[test]
fn the_largest_documents_that_pass_are_parsed_quickly() {
    let worst = [
        format!("{{ {} }}", "a ".repeat(4_999)),
        format!("{{ a(b: [{}]) }}", "1 ".repeat(14_900)),
        format!("{{ a(b: [{}]) }}", format!("{} ", "true".repeat(60)).repeat(1_000)),
        format!("{{ a(b: \"{}\") }}", "x".repeat(255 * 1024)),
        format!("{{ a(b: \"{}\") }}", "\\n".repeat(127 * 1024)),
        doubling(11),
    ];
    for document in &worst {
        let started = Instant::now();
        let _ = judged(document);
        let took = started.elapsed();
        assert!(took.as_secs() < 2, "{} bytes took {took:?}", document.len());
        println!("{} bytes in {took:?}", document.len());
    }
}
