//! The words that say nothing about a topic, in English and Chinese.
//!
//! Invariant: they are spelled as folding leaves them, the English ones without apostrophes.

/// Whether a word with this singular is a stop word: "needs" says as little as "need". But a modal verb has no form
/// in -s, so cans and wills are things.
pub(super) fn is_stop_word(word: &str, singular: &str) -> bool {
    STOP_WORDS.contains(&word) || STOP_WORDS.contains(&singular) && !MODALS.contains(&singular)
}

const MODALS: &[&str] = &["can", "will", "might", "must"];

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
pub(super) const FUNCTION_WORDS: &[&str] = &[
    "的", "嗎", "吗", "呢", "了", "吧", "啊", "喔", "哦", "呀", "嘛", "啦", "耶", "欸", "呦",
    "我", "你", "您", "妳", "他", "她", "它", "是", "這", "这", "那", "與", "跟", "把", "被", "就", "們", "们",
    "大家", "自己", "貴公司", "貴店",
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

/// Words that end in a function word but say something: in 茶壺壞了 the fault is what it is about.
pub(super) const KEPT_WORDS: &[&str] = &["壞了", "坏了"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_function_word_is_put_together_from_others() {
        for word in FUNCTION_WORDS {
            assert!(!is_made_of_others(word, word), "{word}");
        }
    }

    fn is_made_of_others(rest: &str, word: &str) -> bool {
        rest.is_empty()
            || FUNCTION_WORDS
                .iter()
                .filter(|other| **other != word)
                .filter_map(|other| rest.strip_prefix(other))
                .any(|rest| is_made_of_others(rest, word))
    }
}
