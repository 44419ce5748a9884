//! Text as search sees it: folded for comparing, cut into grams for the index, into terms for ranking.
//!
//! One index serves Chinese and English, SQLite (FTS5 `unicode61`) and PostgreSQL (`tsvector` `simple`): the
//! database never sees words, only pairs of neighbouring characters spelled in the letters a-z, which neither
//! tokenizer splits, drops or stems. Invariant: whatever is contained in `fold(text)` and has two characters has
//! its `phrase` as a contiguous run of `grams(text)`. Nothing here knows a language's dictionary, and traditional
//! and simplified characters stay different.

use unicode_normalization::UnicodeNormalization;

/// The form in which two texts are compared: NFKC, lower case, white space and control characters collapsed to
/// single spaces, invisible characters removed. Folding twice changes nothing, nor does folding a part.
pub fn fold(text: &str) -> String {
    // Case is mapped character by character: a final sigma that depends on its neighbours could not be found by
    // a part of the word. The second NFKC joins what the case mapping took apart.
    let lower = text.chars().filter(|c| !is_invisible(*c)).nfkc().flat_map(char::to_lowercase);
    let mut folded = String::with_capacity(text.len());
    let mut gap = false;
    for c in lower.map(|c| if c == 'ς' { 'σ' } else { c }).nfkc() {
        if c.is_whitespace() || c.is_control() {
            gap = true;
            continue;
        }
        if gap && !folded.is_empty() {
            folded.push(' ');
        }
        gap = false;
        folded.push(c);
    }
    folded
}

/// What is stored beside a text and indexed: one token per pair of neighbouring characters of the folded text,
/// spaces and punctuation included, separated by spaces.
///
/// Against the folded text this is at most 5 times the bytes (5 for ASCII, 3 for Chinese).
///
/// PostgreSQL keeps 256 positions of a lexeme and none beyond 16,383, so a phrase (`<->`) may miss in a text
/// longer than a message; all grams (`&`) and the recheck on [`fold`] never do.
pub fn grams(text: &str) -> String {
    let folded = fold(text);
    let mut grams = String::with_capacity(folded.len() * 5);
    for (left, right) in folded.chars().zip(folded.chars().skip(1)) {
        if !grams.is_empty() {
            grams.push(' ');
        }
        spell(left, &mut grams);
        spell(right, &mut grams);
    }
    grams
}

/// The grams of a query in order, to be searched as one phrase; `None` if it folds to fewer than two characters.
pub fn phrase(query: &str) -> Option<Vec<String>> {
    let grams: Vec<String> = grams(query).split_ascii_whitespace().map(str::to_owned).collect();
    (!grams.is_empty()).then_some(grams)
}

/// What a text is about, in order and with repetitions: its words without stop words and plurals, and for
/// Chinese, Japanese and Korean the pairs of neighbouring characters between function words. `phrase` of a term
/// finds the texts that may contain it.
pub fn terms(text: &str) -> Vec<String> {
    let mut terms = Vec::new();
    for piece in pieces(text) {
        match piece {
            Piece::Word(word) => terms.push(word),
            Piece::Run(run) if run.len() == 1 => terms.extend(run.iter().map(char::to_string)),
            Piece::Run(run) => terms.extend(run.windows(2).map(|pair| pair.iter().collect::<String>())),
        }
    }
    terms
}

/// Cuts after sentence ends and line breaks. The parts are never empty and, joined, are the text.
pub fn sentences(text: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut start = 0;
    let mut chars = text.char_indices().peekable();
    let mut ended = false;
    while let Some((at, c)) = chars.next() {
        let next = chars.peek().map(|(_, c)| *c);
        // A full stop inside 3.50 or example.com ends nothing, and closing quotes belong to their sentence.
        ended = match c {
            '。' | '！' | '？' | '｡' | '\n' => true,
            '.' | '!' | '?' => next.is_none_or(|c| c.is_whitespace() || is_closing(c)),
            c => ended && is_closing(c),
        };
        let end = at + c.len_utf8();
        if ended && !next.is_some_and(|c| is_closing(c) || matches!(c, '。' | '！' | '？' | '.' | '!' | '?'))
        {
            parts.push(&text[start..end]);
            start = end;
            ended = false;
        }
    }
    if start < text.len() {
        parts.push(&text[start..]);
    }
    parts
}

/// A stretch of a text that carries meaning. Stop words and function words lie between the pieces.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Piece {
    /// A word, or a number, of a script that separates words; its plural taken off.
    Word(String),
    /// Characters of a script without spaces; never empty.
    Run(Vec<char>),
}

/// The pieces of a text, in order.
pub(crate) fn pieces(text: &str) -> Vec<Piece> {
    let folded: Vec<char> = fold(text).chars().collect();
    let mut pieces = Vec::new();
    let mut rest = folded.as_slice();
    while let Some(&first) = rest.first() {
        let length = if is_unspaced(first) {
            let length = rest.iter().take_while(|c| is_unspaced(**c)).count();
            runs(&rest[..length], &mut pieces);
            length
        } else if is_wordlike(first) {
            let length = rest.iter().take_while(|c| is_wordlike(**c) || is_apostrophe(**c)).count();
            let word: String = rest[..length].iter().filter(|c| !is_apostrophe(**c)).collect();
            if !STOP_WORDS.contains(&word.as_str()) {
                pieces.push(Piece::Word(singular(word)));
            }
            length
        } else {
            1
        };
        rest = &rest[length..];
    }
    pieces
}

/// Cuts a stretch of unspaced characters at function words.
fn runs(stretch: &[char], pieces: &mut Vec<Piece>) {
    let mut start = 0;
    let mut at = 0;
    while at < stretch.len() {
        let skip = FUNCTION_WORDS
            .iter()
            .filter(|word| word.starts_with(stretch[at]))
            .map(|word| (word, word.chars().count()))
            .filter(|(word, length)| {
                at + length <= stretch.len() && word.chars().eq(stretch[at..at + length].iter().copied())
            })
            .map(|(_, length)| length)
            .max();
        let Some(length) = skip else {
            at += 1;
            continue;
        };
        if start < at {
            pieces.push(Piece::Run(stretch[start..at].to_vec()));
        }
        at += length;
        start = at;
    }
    if start < at {
        pieces.push(Piece::Run(stretch[start..].to_vec()));
    }
}

/// Spells a character in two, four or six letters; the first letter tells how many, so that no two pairs of
/// characters are spelled alike.
fn spell(c: char, out: &mut String) {
    let code = u32::from(c);
    if code < 9 * 26 {
        out.push(letter(b'q', code / 26));
        out.push(letter(b'a', code % 26));
    } else if code < 0x1_0000 {
        (0..4).rev().for_each(|nibble| out.push(letter(b'a', code >> (4 * nibble) & 15)));
    } else {
        let code = code - 0x1_0000;
        out.push('z');
        (0..5).rev().for_each(|nibble| out.push(letter(b'a', code >> (4 * nibble) & 15)));
    }
}

fn letter(base: u8, offset: u32) -> char {
    char::from_u32(u32::from(base) + offset).unwrap_or('z')
}

fn singular(mut word: String) -> String {
    let ends = |ending: &str| word.ends_with(ending);
    let cut = match word.len() {
        5.. if ends("ies") => {
            word.truncate(word.len() - 3);
            word.push('y');
            return word;
        }
        5.. if ["sses", "shes", "ches", "xes", "zes"].iter().any(|e| ends(e)) => 2,
        4.. if ends("s") && !["ss", "us", "is"].iter().any(|e| ends(e)) => 1,
        _ => 0,
    };
    word.truncate(word.len() - cut);
    word
}

fn is_closing(c: char) -> bool {
    matches!(c, '」' | '』' | '）' | ')' | ']' | '”' | '’' | '"' | '\'' | '》' | '】' | '*')
}

fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '’')
}

fn is_wordlike(c: char) -> bool {
    // Combining marks carry the vowels of many scripts and are not alphanumeric.
    !is_unspaced(c) && (c.is_alphanumeric() || matches!(u32::from(c), 0x300..=0x36f))
}

fn is_unspaced(c: char) -> bool {
    matches!(u32::from(c), 0x3005..=0x3007 | 0x3041..=0x3096 | 0x30a1..=0x30ff | 0x3400..=0x4dbf | 0x4e00..=0x9fff
        | 0xac00..=0xd7a3 | 0xf900..=0xfaff | 0x2_0000..=0x3_ffff)
}

/// Joiners, direction marks and variation selectors: nobody types them into a search box.
fn is_invisible(c: char) -> bool {
    matches!(u32::from(c), 0xad | 0x34f | 0x61c | 0x180e | 0x200b..=0x200f | 0x202a..=0x202e | 0x2060..=0x206f
        | 0xfe00..=0xfe0f | 0xfeff | 0xe_0000..=0xe_0fff)
}

#[rustfmt::skip] // a list is read by its groups
const STOP_WORDS: &[&str] = &[
    "a", "an", "the", "this", "that", "these", "those", "it", "its", "there", "here", "s", "t",
    "i", "im", "ive", "id", "me", "my", "mine", "we", "us", "our", "you", "your", "youre", "yours", "u",
    "he", "him", "his", "she", "her", "they", "them", "their", "one", "ones", "someone", "something", "anything", "any",
    "am", "is", "are", "was", "were", "be", "been", "being", "isnt", "arent", "wasnt", "whats", "wheres", "hows",
    "do", "does", "did", "doing", "done", "dont", "doesnt", "didnt", "have", "has", "had", "having", "havent", "got",
    "can", "cant", "cannot", "could", "couldnt", "will", "wont", "would", "should", "shall", "may", "might", "must",
    "what", "which", "who", "whom", "whose", "when", "where", "why", "how", "much", "many", "if", "whether",
    "and", "or", "but", "so", "than", "then", "because", "as", "of", "to", "in", "on", "at", "by", "for", "from",
    "with", "about", "into", "onto", "over", "under", "up", "out", "off", "via", "per", "during", "while",
    "not", "no", "yes", "ok", "please", "pls", "plz", "thanks", "thank", "hi", "hello", "hey", "dear", "sorry",
    "just", "also", "too", "very", "really", "some", "such", "only", "own", "same", "both", "each", "more", "most",
    "want", "wanna", "need", "like", "let", "lets", "tell", "know", "get", "give", "go", "going", "make", "see",
    "say", "ask", "use", "used", "using", "time", "wonder", "wondering", "think", "mean", "help", "question", "possible", "able", "theres",
];

#[rustfmt::skip]
const FUNCTION_WORDS: &[&str] = &[
    "的", "嗎", "吗", "呢", "了", "吧", "啊", "喔", "哦", "呀", "嘛", "啦", "耶", "欸", "呦",
    "我", "你", "您", "妳", "他", "她", "它", "是", "這", "这", "那", "與", "跟", "把", "被", "就", "們", "们",
    "我們", "我们", "你們", "你们", "妳們", "您們", "他們", "他们", "大家", "自己", "貴公司", "貴店",
    "請問", "请问", "想問", "想问", "想請問", "想请问", "請教", "想知道", "請告訴", "告訴", "麻煩", "麻烦",
    "謝謝", "谢谢", "你好", "您好", "哈囉", "不好意思", "一下", "幫忙", "帮忙", "幫我", "帮我", "給我", "给我",
    "可以", "可不可以", "可否", "能不能", "能否", "能夠", "能够", "是不是", "是否", "有沒有", "有没有", "有無",
    "會不會", "会不会", "要不要", "需不需要", "需要", "想要", "我要", "我想", "應該", "应该", "可能",
    "怎麼", "怎么", "怎麼樣", "怎么样", "怎樣", "怎样", "怎麼辦", "怎么办", "該怎麼", "如何", "為什麼", "为什么", "為何",
    "什麼", "什么", "甚麼", "什麼時候", "什么时候", "何時", "何时", "哪裡", "哪里", "哪裏", "哪兒", "哪儿", "在哪", "在哪裡",
    "哪些", "哪個", "哪个", "哪一個", "哪種", "哪一種", "哪家", "誰", "谁",
    "多少", "多少錢", "多少钱", "多久", "多長", "多大", "幾點", "几点", "幾天", "几天", "幾個", "几个", "幾種", "幾歲",
    "這個", "这个", "那個", "那个", "這些", "那些", "一個", "一个", "這裡", "那裡", "如果", "要是", "的話", "的话",
    "因為", "因为", "所以", "但是", "可是", "或者", "或是", "還是", "还是", "以及", "而且", "然後", "然后",
    "有人", "有提供", "提供", "有什麼", "有哪些", "還有", "还有", "已經", "已经", "現在", "目前", "知道",
];

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Texts in which the scripts, marks, spaces and case rules that could go wrong meet often.
    fn mixed() -> impl Strategy<Value = String> {
        let edge = prop::sample::select(
            "aZ ς Σ İ ß ﬁ Å ｱ ﾞ ① ½ ㌀ ﷺ \u{301} \u{308} \u{345} \u{200d} \u{feff} \u{0} 茶 茶葉 退貨 \u{3000} 👩 \u{1f3fd} 𠮷 가 ᄀ ᅡ ᆨ . , % _ '"
                .split(' ')
                .flat_map(str::chars)
                .chain([' ', '\n', '\t', '\u{a0}', '\u{85}'])
                .collect::<Vec<_>>(),
        );
        prop::collection::vec(prop_oneof![2 => edge, 1 => any::<char>()], 0..40).prop_map(String::from_iter)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(500))]

        #[test]
        fn a_part_of_two_characters_is_a_run_of_the_grams(text in mixed(), from in 0usize..60, length in 2usize..20) {
            let folded: Vec<char> = fold(&text).chars().collect();
            let from = from.min(folded.len());
            let part: String = folded[from..(from + length).min(folded.len())].iter().collect();
            match phrase(&part) {
                None => prop_assert!(fold(&part).chars().count() < 2),
                Some(run) => {
                    let all = phrase(&text).unwrap_or_default();
                    prop_assert!(all.windows(run.len()).any(|window| window == run), "{part:?} in {text:?}");
                    prop_assert!(fold(&text).contains(&fold(&part)));
                }
            }
        }

        #[test]
        fn folding_twice_changes_nothing(text in mixed()) {
            let once = fold(&text);
            prop_assert_eq!(fold(&once), once.clone());
            prop_assert_eq!(once.trim(), &once);
        }

        #[test]
        fn grams_are_letters_and_within_the_documented_size(text in mixed()) {
            let (folded, grams) = (fold(&text), grams(&text));
            prop_assert!(grams.bytes().all(|b| b == b' ' || b.is_ascii_lowercase()));
            prop_assert!(grams.len() <= 5 * folded.len());
            prop_assert_eq!(grams.split(' ').filter(|g| !g.is_empty()).count(), folded.chars().count().saturating_sub(1));
        }

        #[test]
        fn sentences_join_to_the_text(text in any::<String>()) {
            prop_assert_eq!(sentences(&text).concat(), text.clone());
            prop_assert!(sentences(&text).iter().all(|part| !part.is_empty()));
            terms(&text);
        }
    }

    #[test]
    fn every_single_character_folds_to_a_fixed_point() {
        for c in '\0'..=char::MAX {
            let once = fold(&c.to_string());
            assert_eq!(fold(&once), once, "U+{:04X}", u32::from(c));
        }
    }

    #[test]
    fn no_two_characters_are_spelled_alike_and_the_first_letter_tells_the_length() {
        let mut seen = std::collections::HashSet::new();
        for c in '\0'..=char::MAX {
            let mut word = String::new();
            spell(c, &mut word);
            let length = match word.as_bytes()[0] {
                b'a'..=b'p' => 4,
                b'q'..=b'y' => 2,
                _ => 6,
            };
            assert_eq!(word.len(), length);
            assert!(seen.insert(word));
        }
    }

    #[test]
    fn folding_evens_out_width_case_and_space() {
        assert_eq!(fold("  Ｈｅｌｌｏ\u{3000}\r\n WORLD\u{200b} "), "hello world");
        assert_eq!(fold("ΟΔΟΣ οδός\0x"), "οδοσ οδόσ x");
        assert_eq!(fold("臺灣 台湾"), "臺灣 台湾");
    }

    #[test]
    fn two_chinese_characters_or_letters_are_found_inside_a_text() {
        let stored = grams("請問 Oolong 茶葉可以退貨嗎?");
        for query in ["退貨", "茶葉", "long", "ol", "OOLONG 茶"] {
            assert!(stored.contains(&phrase(query).unwrap().join(" ")), "{query}");
        }
        assert!(!stored.contains(&phrase("換貨").unwrap().join(" ")));
        assert_eq!(phrase(" 茶 "), None);
        assert_eq!(phrase(""), None);
    }

    #[test]
    fn a_hundred_kilobytes_are_no_trouble() {
        let text = "高山烏龍茶 oolong ".repeat(100_000 / 23);
        assert!(grams(&text).len() <= 5 * text.len());
        assert!(!terms(&text).is_empty());
    }

    #[test]
    fn terms_keep_what_a_question_is_about() {
        assert_eq!(terms("What are your DELIVERIES to the shops' boxes?"), ["delivery", "shop", "box"]);
        assert_eq!(terms("請問你們的退貨政策是什麼呢?"), ["退貨", "貨政", "政策"]);
        assert_eq!(terms("有沒有LINE Pay可以用嗎"), ["line", "pay", "用"]);
        assert_eq!(terms("Don't you have 3 classes?"), ["3", "class"]);
    }

    #[test]
    fn sentences_end_at_marks_of_both_languages() {
        let parts = sentences("It is NT$3.50. \"Really?\" Yes!\n好。「真的嗎？」是的！再見");
        let parts: Vec<_> = parts.iter().map(|part| part.trim()).collect();
        assert_eq!(
            parts,
            ["It is NT$3.50.", "\"Really?\"", "Yes!", "", "好。", "「真的嗎？」", "是的！", "再見"]
        );
    }
}
