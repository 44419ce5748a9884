//! Whether a customer asks for a person instead of the bot, in English and Chinese.
//!
//! Word patterns only. A word such as "agent" or 人工 says nothing by itself: it counts as the object of a verb of
//! contact, followed by nothing that makes it part of another noun ("agent fee", 人工智慧), or as the whole message.
//! A missed wish costs little, since the bot hands over when it does not know; so what is unclear is no wish.

use crate::text;

/// Whether any part of the text is a wish to be served by a person.
pub fn wants_a_person(text: &str) -> bool {
    let lines: Vec<String> = text.lines().map(text::fold).collect();
    let clauses = lines.iter().flat_map(|line| line.split(ENDS)).filter(|clause| !clause.trim().is_empty());
    let clauses: Vec<&str> = clauses.collect();
    let words: Vec<String> = clauses.iter().flat_map(|clause| words(clause)).collect();
    is_only_a_person(&words) || clauses.iter().any(|clause| english(&self::words(clause)) || chinese(clause))
}

const ENDS: [char; 16] = [',', '.', '!', '?', ';', ':', '(', ')', '"', '~', '。', '、', '…', '—', '–', '/'];

fn words(clause: &str) -> Vec<String> {
    let plain: String = clause.chars().filter(|c| !matches!(c, '\'' | '’')).collect();
    let words = plain.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_owned).collect()
}

// ---- English ----

#[rustfmt::skip]
const FILLERS: &[&str] = &["please", "pls", "plz", "hi", "hello", "hey", "now", "i", "we", "me", "us", "want", "need", "to",
    "get", "give", "have", "thanks", "thank", "you", "just", "id", "would", "like", "can", "could", "asap", "right", "immediately",
    "only", "let", "ok", "okay", "yes", "then", "instead", "is", "there", "here", "around", "urgent", "must", "ill", "take"];
const DETERMINERS: &[&str] = &[
    "a",
    "an",
    "any",
    "some",
    "the",
    "your",
    "one",
    "of",
    "from",
    "member",
    "proper",
    "senior",
    "another",
    "different",
];
const REAL: &[&str] = &["real", "live", "actual", "human", "physical", "genuine", "flesh"];
const STRONG: &[&str] = &[
    "human",
    "humans",
    "agent",
    "person",
    "representative",
    "rep",
    "operator",
    "supervisor",
    "being",
    "csr",
];
#[rustfmt::skip]
const WEAK: &[&str] = &["someone", "somebody", "anyone", "anybody", "staff", "employee", "manager", "adviser", "advisor", "colleague",
    "team", "support", "owner", "boss", "consultant", "specialist", "assistant"];
const TALK: &[&str] = &["talk", "speak", "chat", "deal", "communicate", "converse", "discuss", "touch"];
const PASS: &[&str] = &[
    "transfer", "connect", "switch", "pass", "put", "hand", "forward", "escalate", "refer", "redirect",
    "patch", "route",
];
#[rustfmt::skip]
const MATTERS: &[&str] = &["me", "us", "this", "chat", "conversation", "my", "the", "case", "call", "over", "through", "issue", "please",
    "back", "directly"];
const WISH: &[&str] = &["want", "need", "prefer", "like", "demand", "request", "require"];
const REACH: &[&str] =
    &["get", "give", "reach", "contact", "call", "find", "have", "bring", "summon", "send"];
const MAY: &[&str] = &["can", "could", "may", "let", "please", "want", "need"];
const BOTS: &[&str] = &["bot", "bots", "robot", "robots", "chatbot", "ai"];
#[rustfmt::skip]
const FOLLOWERS: &[&str] = &["please", "pls", "plz", "now", "who", "right", "immediately", "asap", "instead", "here", "today",
    "directly", "not", "rather", "thanks", "thank", "because", "i", "im", "else", "urgently", "again", "ok", "then", "soon", "and",
    "so", "since", "ive", "cause", "anymore", "first", "there", "available"];
#[rustfmt::skip]
const ABOUT: &[&str] = &["about", "regarding", "concerning", "on", "at", "from", "that", "for", "over", "via", "by", "in", "if",
    "with", "as", "or", "my", "this", "but"];
#[rustfmt::skip]
const SERVE: &[&str] = &["talk", "speak", "chat", "help", "assist", "solve", "fix", "handle", "answer", "explain", "resolve",
    "discuss", "call", "look", "sort", "take", "review", "check"];

fn is(word: Option<&String>, list: &[&str]) -> bool {
    word.is_some_and(|word| list.contains(&word.as_str()))
}

/// The words after the name of a person, such as "a real human agent", and whether it can be no bystander.
fn person(words: &[String]) -> Option<(&[String], bool)> {
    let (mut named, mut strong, mut real) = (false, false, false);
    let mut length = 0;
    for (at, word) in words.iter().enumerate() {
        let word = word.as_str();
        let before = if at > 0 { words[at - 1].as_str() } else { "" };
        let service = before == "customer" && ["service", "support", "care"].contains(&word);
        let person = STRONG.contains(&word)
            || service
            || (before, word) == ("live", "chat")
            || before == "human" && word == "help";
        let noun = person || WEAK.contains(&word) || word == "people" && real;
        let description = REAL.contains(&word) || ["customer", "sales", "service"].contains(&word);
        let link = DETERMINERS.contains(&word) && (!named || ["of", "from"].contains(&before));
        let belongs = named && ["of", "from"].contains(&word) && is(words.get(at + 1), DETERMINERS);
        if !(noun || description || link || belongs) {
            break;
        }
        real |= REAL.contains(&word);
        strong |= person;
        named |= noun;
        length = at + 1;
    }
    named.then_some((&words[length..], strong || real))
}

/// Whether what follows the person leaves it a person: nothing, or a word that begins another thought.
fn stays(after: &[String], loosely: bool) -> bool {
    match after.first().map(String::as_str) {
        None => true,
        Some("to") => is(after.get(1), SERVE),
        Some(word) => FOLLOWERS.contains(&word) || loosely && ABOUT.contains(&word),
    }
}

fn is_only_a_person(words: &[String]) -> bool {
    let start = words.iter().position(|word| !FILLERS.contains(&word.as_str())).unwrap_or(words.len());
    let end = words.iter().rposition(|word| !FILLERS.contains(&word.as_str())).map_or(start, |at| at + 1);
    let named = &words[start..end];
    let anyone = matches!(named, [word] if word == "anyone" || word == "anybody" || word == "someone");
    matches!(person(named), Some(([], true)))
        || anyone && is(words.first(), &["is"]) && is(words.get(2), &["there", "here"])
}

fn english(words: &[String]) -> bool {
    let asks = is(
        words.first(),
        &["do", "does", "did", "should", "must", "if", "when", "will", "why", "what", "is", "are"],
    );
    let polite = words.iter().any(|word| ["please", "pls", "plz", "now"].contains(&word.as_str()));
    (polite && !asks && is_only_a_person(words))
        || (0..words.len()).any(|at| !is_negated(words, at) && asks_for_a_person(words, at, asks))
        || (0..words.len()).any(|at| refuses_a_bot(words, at))
        || is_asked_to_serve(words)
}

/// "Can a real person help me?"
fn is_asked_to_serve(words: &[String]) -> bool {
    is(words.first(), &["can", "could", "may", "let", "have", "please"])
        && person(&words[1..])
            .is_some_and(|(rest, strong)| strong && is(rest.first(), SERVE) && words[1] != "your")
}

/// Whether the verb at `at` asks for a person.
fn asks_for_a_person(words: &[String], at: usize, asks: bool) -> bool {
    let (verb, after) = (words[at].as_str(), &words[at + 1..]);
    let skip = |words: &[String], list: &[&str]| {
        words.iter().take_while(|word| list.contains(&word.as_str())).count()
    };
    if TALK.contains(&verb) {
        let adverbs = skip(
            after,
            &["directly", "now", "right", "please", "live", "again", "only", "just", "this", "it"],
        );
        let after = &after[adverbs..];
        let to = is(after.first(), &["to", "with"])
            && person(&after[1..]).is_some_and(|(rest, _)| stays(rest, true));
        // "someone I can talk to": the person comes before the verb.
        let back = words[..at].iter().rev();
        let gap = back
            .clone()
            .take_while(|w| ["i", "we", "can", "could", "may", "to", "available"].contains(&w.as_str()))
            .count();
        let before = words[..at - gap].last();
        let named =
            gap > 0 && (is(before, STRONG) || is(before, &["someone", "somebody", "anyone", "anybody"]));
        to || named && (after.is_empty() || is(after.first(), &["to", "with"]))
    } else if PASS.contains(&verb) {
        let gap = skip(after, MATTERS);
        let mine = verb == "escalate"
            || is(after.first(), &["me", "us"])
            || after[..gap].iter().any(|w| w == "chat" || w == "conversation");
        let rest = &after[gap..];
        let to = is(rest.first(), &["to", "with"])
            && person(&rest[1..]).is_some_and(|(rest, strong)| (strong || mine) && stays(rest, true));
        to || mine && rest.is_empty() && gap > 0
    } else if WISH.contains(&verb) || REACH.contains(&verb) {
        let to_me = is(after.first(), &["me", "us"]);
        let speaks =
            words[..at].iter().any(|word| ["i", "we", "id", "can", "could", "let"].contains(&word.as_str()));
        let reach = REACH.contains(&verb)
            && (to_me || speaks || at == 0)
            && (to_me || !["give", "send", "bring"].contains(&verb))
            && (to_me
                || !["have", "find", "call"].contains(&verb)
                || words[..at].iter().any(|word| MAY.contains(&word.as_str())));
        let wish = WISH.contains(&verb) && (speaks || at == 0) && !asks;
        let named =
            person(&after[usize::from(to_me)..]).is_some_and(|(rest, strong)| strong && stays(rest, false));
        (reach || wish) && !asks && named
    } else {
        false
    }
}

/// "I don't want to talk to a human", but not "it does not work I want to talk to a human".
fn is_negated(words: &[String], at: usize) -> bool {
    let start = words[..at]
        .iter()
        .rposition(|w| ["i", "we", "can", "could", "let", "please", "cant"].contains(&w.as_str()));
    let from = start.map_or(0, |at| at + 1);
    let no = |w: &String| ["dont", "not", "never", "without", "neednt", "no"].contains(&w.as_str());
    let doubts = start.is_some_and(|at| at >= 2 && no(&words[at - 2]) && words[at - 1] == "think");
    !is(words.first(), &["why"]) && (doubts || words[from..at].iter().any(no))
}

/// "I don't want to talk to a bot", "no bots".
fn refuses_a_bot(words: &[String], at: usize) -> bool {
    const BETWEEN: &[&str] = &[
        "more", "a", "an", "the", "this", "of", "to", "with", "want", "wanna", "talk", "talking", "speak",
        "speaking", "chat", "chatting", "deal", "dealing", "off", "stupid", "like", "another",
    ];
    let after = &words[at + 1..];
    let gap = after.iter().take_while(|word| BETWEEN.contains(&word.as_str())).count();
    let no = ["dont", "not", "no", "stop", "hate", "disable", "turn", "tired", "enough", "without"];
    no.contains(&words[at].as_str())
        && is(after.get(gap), BOTS)
        && stays(&after[gap + 1..], false)
        && !is(words.first(), &["is", "are", "am", "do", "does"])
}

// ---- Chinese ----

#[rustfmt::skip]
const SERVING: &[&str] = &["真人", "人工", "客服", "專員", "专员", "活人"];
#[rustfmt::skip]
const OTHERS: &[&str] = &["專人", "专人", "主管", "經理", "经理", "老闆", "老板", "店長", "店长", "負責人", "负责人", "工作人員", "工作人员",
    "服務人員", "服务人员", "小編", "小编"];
const TAILS: &[&str] =
    &["人員", "人员", "服務", "服务", "窗口", "坐席", "座席", "中心", "台", "代表", "模式", "小姐"];
#[rustfmt::skip]
const HAND: &[&str] = &["轉", "转", "轉接", "转接", "接", "換", "换", "找", "叫", "搵", "駁", "请", "請", "聯絡", "联络", "聯繫", "联系", "聯系",
    "連絡", "呼叫", "連線", "连线"];
const HAVE: &[&str] = &["要", "有", "需要", "沒有", "没有", "給我", "给我", "想用", "改用"];
const WITH: &[&str] = &["跟", "和", "與", "与", "同", "找", "由", "讓", "让"];
#[rustfmt::skip]
const BETWEEN: &[&str] = &["你們", "你们", "您們", "貴公司", "一位", "一個", "一个", "一下", "個", "个", "位", "線上", "線上的", "在线", "的", "我", "您",
    "你", "給", "给", "到", "為", "为", "成", "至", "真", "直接", "專業", "专业", "其他", "有"];
#[rustfmt::skip]
const SPEAK: &[&str] = &["講話", "讲话", "說話", "说话", "聊天", "聊聊", "談談", "谈谈", "對話", "对话", "溝通", "沟通", "通話", "通话", "對談",
    "講", "讲", "說", "说", "聊", "談", "谈", "傾"];
#[rustfmt::skip]
const GO_ON: &[&str] = &["嗎", "吗", "吧", "了", "啦", "呢", "喔", "哦", "啊", "呀", "嘛", "謝", "谢", "麻煩", "麻烦", "拜", "好", "可以", "行", "在",
    "能", "幫", "帮", "處理", "处理", "協助", "协助", "回覆", "回复", "回答", "回應", "跟我", "和我", "與我", "聯絡我", "聯繫我", "联系我", "接", "問", "问",
    "諮詢", "咨询", "為我", "为我", "確認", "确认", "解決", "解决", "現在", "现在", "馬上", "马上", "快", "不要", "別", "唔該", "please", "出來",
    "關於", "关于", "一下", "因為", "來談", "来谈", "來處理", "来处理", "來回", "来回", "來跟", "来跟"];
const NEVER: &[&str] =
    &["不用", "不需要", "不必", "無需", "无需", "不要", "別", "别", "先不", "不想", "毋須", "唔使"];
#[rustfmt::skip]
const PAST: &[&str] = &["昨天", "上次", "之前", "剛才", "刚才", "剛剛", "刚刚", "已經", "已经", "先前", "過了", "过了"];
#[rustfmt::skip]
const TOPIC: &[&str] = &["時間", "时间", "幾點", "几点", "上班", "電話", "电话", "信箱", "薪", "職缺", "職位", "职位", "應徵", "招聘", "費", "费", "制度",
    "政策", "幾個", "幾位"];
const ROBOTS: &[&str] = &["機器人", "机器人", "ai", "自動回覆", "自动回复"];

fn chinese(clause: &str) -> bool {
    let clause: String = clause.chars().filter(|c| !c.is_whitespace()).collect();
    if !clause.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c)) {
        return false;
    }
    let told = PAST.iter().any(|word| clause.contains(word));
    let starts: Vec<usize> = clause.char_indices().map(|(at, _)| at).collect();
    is_a_call(&clause)
        || (0..starts.len()).any(|nth| {
            // What is farther away has no bearing, and a long text stays cheap.
            let before = &clause[starts[nth.saturating_sub(24)]..starts[nth]];
            let from = &clause[starts[nth]..starts.get(nth + 24).copied().unwrap_or(clause.len())];
            // "I told the service yesterday", but not "I waited since yesterday I want a person".
            let past = told
                && !["我要", "我想", "想要", "幫我", "帮我", "可以", "給我", "给我"]
                    .iter()
                    .any(|word| before.contains(word));
            !past && (hands_over(before, from) || speaks_with(before, from)) || refuses_a_robot(before, from)
        })
}

/// A message that only names whom it wants.
fn is_a_call(clause: &str) -> bool {
    #[rustfmt::skip]
    const POLITE: &[&str] = &["請", "请", "謝謝", "谢谢", "拜託", "麻煩", "麻烦", "幫我", "帮我", "我", "你好", "您好", "嗎", "吗", "啊", "喔", "呢",
        "哈囉", "線上", "在线", "快", "喂", "在", "那邊", "要", "想", "呼叫", "到底", "現在", "那"];
    let call = strip_start(strip_end(strip_start(clause, POLITE), POLITE), &["有沒有", "有没有", "有"]);
    let bare = strip_start(strip_start(call, SERVING), TAILS);
    !call.is_empty() && bare.is_empty()
        || call == "人"
            && (clause.contains("有人") || clause.contains("有沒有人") || clause.contains("有没有人"))
}

/// 轉真人, 找客服人員, 要人工: `from` begins with the person.
fn hands_over(before: &str, from: &str) -> bool {
    let serving = SERVING.iter().any(|word| from.starts_with(word));
    let other = OTHERS.iter().any(|word| from.starts_with(word))
        || from == "人"
        || from.starts_with("人處理")
        || from.starts_with("人幫");
    let verb = strip_end(before, BETWEEN);
    let found = HAND
        .iter()
        .chain(HAVE.iter().filter(|_| serving))
        .filter(|word| verb.ends_with(**word) || before.ends_with(**word));
    let Some(word) = found.max_by_key(|word| word.len()) else { return false };
    // How to reach the service is a question that the documents may answer.
    let how = ["聯", "联", "連", "连"].iter().any(|c| word.starts_with(c))
        && ["怎", "如何", "哪"].iter().any(|c| before.contains(c));
    let verb = if verb.ends_with(word) { verb } else { before };
    let rest = strip_start(strip_start(from, SERVING), OTHERS);
    let rest = strip_start(strip_start(rest, SERVING), TAILS).trim_start_matches('人');
    (serving || other)
        && !how
        && !refused(verb)
        && !refused(verb.trim_end_matches(word))
        && goes_on(rest)
        && !TOPIC.iter().any(|topic| rest.contains(topic))
}

/// 跟人講話, 跟你們主管談: `from` begins with the person.
fn speaks_with(before: &str, from: &str) -> bool {
    let verb = strip_end(before, BETWEEN);
    let rest = strip_start(strip_start(from, SERVING), OTHERS);
    let rest = strip_start(strip_start(rest, TAILS), SERVING);
    let rest = if rest.len() == from.len() { from.strip_prefix('人').unwrap_or(from) } else { rest };
    let said = strip_start(rest, BETWEEN);
    let after = strip_start(said, SPEAK);
    let wishes = ["想", "要", "可", "能", "請", "请", "希望", "麻煩", "讓", "让", "直接", "給我"]
        .iter()
        .any(|word| before.contains(word));
    rest.len() < from.len()
        && after.len() < said.len()
        && wishes
        && WITH.iter().any(|with| verb.ends_with(with) && !refused(verb.trim_end_matches(with)))
        && goes_on(after)
}

/// 不要機器人: `from` begins with the robot.
fn refuses_a_robot(before: &str, from: &str) -> bool {
    let Some(rest) = ROBOTS.iter().find_map(|robot| from.strip_prefix(robot)) else { return false };
    let before = strip_end(
        before,
        &["再", "跟", "和", "與", "用", "這個", "这个", "你這個", "講", "聊", "給我", "只有", "一直"],
    );
    let rest = strip_start(strip_start(rest, &["客服", "回覆", "回复"]), SPEAK);
    let no = ["不要", "不想", "別", "别", "拒絕", "討厭", "讨厌", "停止", "關掉", "关掉", "關閉", "不用"];
    no.iter().any(|word| before.ends_with(word)) && goes_on(rest)
}

fn goes_on(rest: &str) -> bool {
    ["", "來", "来"].contains(&rest) || GO_ON.iter().any(|word| rest.starts_with(word))
}

fn refused(before: &str) -> bool {
    let sooner = strip_end(before, &["再", "幫我", "帮我", "先", "急著", "要", "想"]);
    NEVER.iter().any(|word| before.ends_with(word) || sooner.ends_with(word))
}

fn strip_start<'a>(mut text: &'a str, list: &[&str]) -> &'a str {
    while let Some(rest) =
        list.iter().filter_map(|word| text.strip_prefix(word)).min_by_key(|rest| rest.len())
    {
        text = rest;
    }
    text
}

fn strip_end<'a>(mut text: &'a str, list: &[&str]) -> &'a str {
    while let Some(rest) =
        list.iter().filter_map(|word| text.strip_suffix(word)).min_by_key(|rest| rest.len())
    {
        text = rest;
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[rustfmt::skip]
    const WISHES: &[&str] = &[
        "talk to a human", "I want to talk to a human", "Real person please", "agent", "AGENT!!!", "human", "Agent, please.", "live agent",
        "can I speak with someone", "Can I speak to someone about my order?", "could I please speak to a real person?", "let me talk to your manager",
        "connect me to an agent", "please transfer me to a human", "transfer me to customer service", "put me through to someone", "I need a human",
        "I want a real person", "get me a person", "give me a human now", "can I get a human agent", "customer service representative please", "operator",
        "I'd like to chat with a representative", "I would rather deal with a person", "is there a real person here?", "is there someone I can talk to?",
        "I don't want to talk to a bot", "no more bots please", "I need to speak to customer support", "hand me over to your team",
        "it is not working I want to talk to a human", "Why can't I talk to a person?", "This is useless. Human please!", "Speak to a person",
        "please escalate this to a manager", "how do I reach an agent", "I want to speak to someone from your team", "Hi, I need to talk with an actual person about a refund",
        "do you have someone I can speak with", "switch me to a live agent please", "I need someone to talk to",
        "轉真人", "转真人", "請幫我轉真人客服", "转人工", "轉人工客服", "真人客服", "人工", "人工客服", "客服", "真人", "找客服人員", "我要找客服", "我要找真人",
        "我要跟人講話", "我想跟真人說話", "可以跟真的人聊嗎", "想和客服人員溝通", "有人嗎？", "有真人嗎", "有沒有真人可以幫我", "請轉接專員", "我要人工服務",
        "叫你們經理出來", "我想找你們主管談", "不要機器人", "我不想跟機器人講話", "別再機器人了，我要真人", "可以幫我接客服嗎", "怎麼轉真人？", "請專員聯絡我",
        "帮我转接人工客服谢谢", "我要找人工", "你好，我想联系客服", "能不能让我跟人工客服说话", "我要找人處理", "茶壺破了，我要找真人處理", "搵真人", "请问可以转人工吗",
        "我想跟人講話，不要一直罐頭訊息", "真人服務", "客服在嗎", "已經等三天了我要找真人", "I have been waiting for a week I want a human", "Can I have an agent?",
        "I wanna talk to a human being", "can you connect me with a human", "pls let me speak with an operator", "I want to speak to a live person",
        "may I speak to a representative", "need human help", "human support please", "I'm done with this bot, give me a person", "agent now", "could you put me in touch with a person", "I'd like to speak with the manager about my refund",
        "can a human answer this?", "can I chat with a real human being please?", "speak to agent", "talk to agent", "talk to support", "customer service", "transfer me",
        "is anyone there?", "Can a real person help me?", "stop sending me bot replies, I want an agent", "i need to speak to somebody",
        "請轉客服", "幫我找真人", "可以找真人客服嗎", "我要人工客服", "我想找人講話", "請真人回答", "可以轉接真人嗎", "不想跟AI講話", "請主管跟我聯絡", "我要投訴，叫你們主管來", "换人工", "我要真人回覆我", "有客服人員在嗎", "我要跟你們的客服講話", "请帮我联系人工客服", "可以請專人跟我聯絡嗎", "我不要跟機器人聊", "找真人", "人工服务", "接人工", "想請真人客服協助",
    ];

    #[rustfmt::skip]
    const OTHER: &[&str] = &[
        "human resources policy", "is the agent fee included?", "do you sell to persons", "Do you sell to private persons?", "Can I talk to human resources?",
        "Are you a real person?", "Am I talking to a bot?", "is this a bot?", "I spoke to an agent yesterday", "Do I need an agent for customs clearance?",
        "I want to become an agent", "I want an agent discount", "Is there a cleaning agent in the tin?", "which raising agent do you use", "Can I get a representative sample?",
        "how many people work for you", "tea for two people please", "Can I send a gift to someone?", "Can I transfer my points to someone else?", "Can I call the store?",
        "Who is your manager?", "I don't want to talk to a human", "no need for an agent", "I don't think I need an agent", "please do not transfer me to an agent",
        "is it safe for human consumption?", "What are your customer service hours?", "Do you have a live tasting?", "I'd like a real cup of tea", "Do you support Apple Pay?",
        "customer support policy", "Can someone deliver to my home?", "price per person", "how much does it cost per person, please?", "My travel agent booked it",
        "What is the tour operator called?", "Do you sell robots?", "I want a robot vacuum", "Can I speak English with the staff?", "Who can sign? Any person?", "hello", "",
        "I need a person to sign for the parcel?", "human hair brush", "The agent said it is free", "What does your support team do?",
        "人工智慧", "人工皮革", "這是人工皮革嗎？", "有人工香料嗎", "茶葉是人工採摘的嗎", "需要人工採摘嗎", "你們用人工智慧嗎", "純人工揉捻", "人工費多少", "有人工色素嗎",
        "你是真人嗎", "有真人試吃影片嗎", "真人真事", "真人秀", "客服時間", "客服幾點上班？", "客服電話幾號", "真人客服的服務時間是幾點", "怎麼聯絡客服？", "你們的客服很棒",
        "我昨天跟客服說過了", "不用轉真人", "不需要真人客服", "先不要轉人工", "適合和人聊天時喝的茶", "有人買過這款嗎", "可以找人代收嗎", "要跟客人說什麼", "有專人送貨嗎",
        "你們有賣機器人嗎", "我不要機器人造型的杯子", "人工智能茶壺", "老闆人很好", "請專人安裝要多少錢", "收件人可以改嗎", "轉帳給誰", "可以送人嗎", "需要人工服務費嗎", "貨運人員幾點來",
        "应聘客服", "客服人員薪水多少", "不用跟客服講", "要找人試喝嗎", "你們經理叫什麼名字", "人工泪液", "直接客製可以嗎", "我昨天請客服幫我改地址", "之前轉真人都沒有人回", "we have a person here with a nut allergy",
        "dont", "not", "no", "stop", "hate", "disable", "turn", "tired", "enough", "without",
    ];

    #[test]
    fn wishes_for_a_person_are_recognised_and_others_are_not() {
        assert!(WISHES.len() >= 40 && OTHER.len() >= 40);
        let missed: Vec<_> = WISHES.iter().filter(|text| !wants_a_person(text)).collect();
        let mistaken: Vec<_> = OTHER.iter().filter(|text| wants_a_person(text)).collect();
        println!("{} wishes, {} others", WISHES.len(), OTHER.len());
        assert!(missed.is_empty() && mistaken.is_empty(), "missed {missed:?}, mistaken {mistaken:?}");
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in any::<String>(), parts in prop::collection::vec(prop::sample::select([WISHES, OTHER].concat()), 0..4)) {
            wants_a_person(&text);
            wants_a_person(&parts.concat());
            wants_a_person(&parts.join(&text));
        }
    }
}
