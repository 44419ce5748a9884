//! The words by which a wish for a person is known in Chinese.
//!
//! Invariant: folding keeps traditional and simplified apart, so a word is listed in both spellings.

pub(super) const SERVING: &[&str] = &["真人", "人工", "客服", "專員", "专员", "活人"];
#[rustfmt::skip]
pub(super) const OTHERS: &[&str] = &["專人", "专人", "主管", "經理", "经理", "老闆", "老板", "店長", "店长", "負責人",
    "负责人", "工作人員", "工作人员", "服務人員", "服务人员", "小編", "小编"];
#[rustfmt::skip]
pub(super) const TAILS: &[&str] = &["人員", "人员", "服務", "服务", "窗口", "坐席", "座席", "中心", "台", "代表",
    "模式", "小姐"];
#[rustfmt::skip]
pub(super) const HAND: &[&str] = &["轉", "转", "轉接", "转接", "接", "換", "换", "找", "叫", "搵", "駁", "驳", "请",
    "請", "聯絡", "联络", "聯繫", "联系", "聯系", "連絡", "连络", "呼叫", "連線", "连线"];
pub(super) const HAVE: &[&str] = &["要", "有", "需要", "沒有", "没有", "給我", "给我", "想用", "改用"];
pub(super) const WITH: &[&str] = &["跟", "和", "與", "与", "同", "找", "由", "讓", "让"];
#[rustfmt::skip]
pub(super) const BETWEEN: &[&str] = &["你們", "你们", "您們", "您们", "貴公司", "贵公司", "一位", "一個", "一个",
    "一下", "個", "个", "位", "線上", "线上", "線上的", "线上的", "在线", "的", "我", "您", "你", "給", "给", "到",
    "為", "为", "成", "至", "真", "直接", "專業", "专业", "其他", "有"];
#[rustfmt::skip]
pub(super) const SPEAK: &[&str] = &["講話", "讲话", "說話", "说话", "聊天", "聊聊", "談談", "谈谈", "對話", "对话",
    "溝通", "沟通", "通話", "通话", "對談", "对谈", "講", "讲", "說", "说", "聊", "談", "谈", "傾", "倾"];
#[rustfmt::skip]
pub(super) const GO_ON: &[&str] = &["嗎", "吗", "吧", "了", "啦", "呢", "喔", "哦", "啊", "呀", "嘛", "謝", "谢",
    "麻煩", "麻烦", "拜", "好", "可以", "行", "在", "能", "幫", "帮", "處理", "处理", "協助", "协助", "回覆", "回复",
    "回答", "回應", "回应", "跟我", "和我", "與我", "与我", "聯絡我", "联络我", "聯繫我", "联系我", "接", "問", "问",
    "諮詢", "咨询", "為我", "为我", "確認", "确认", "解決", "解决", "現在", "现在", "馬上", "马上", "快", "不要",
    "別", "别", "唔該", "唔该", "please", "出來", "出来", "關於", "关于", "一下", "因為", "因为", "來談", "来谈",
    "來處理", "来处理", "來回", "来回", "來跟", "来跟"];
#[rustfmt::skip]
pub(super) const NEVER: &[&str] = &["不用", "不需要", "不必", "無需", "无需", "不要", "別", "别", "先不", "不想",
    "毋須", "毋须", "唔使"];
#[rustfmt::skip]
pub(super) const PAST: &[&str] = &["昨天", "上次", "之前", "剛才", "刚才", "剛剛", "刚刚", "已經", "已经", "先前",
    "過了", "过了"];
#[rustfmt::skip]
pub(super) const TOPIC: &[&str] = &["時間", "时间", "幾點", "几点", "上班", "電話", "电话", "信箱", "薪", "職缺",
    "职缺", "職位", "职位", "應徵", "应征", "招聘", "費", "费", "制度", "政策", "幾個", "几个", "幾位", "几位"];
pub(super) const ROBOTS: &[&str] = &["機器人", "机器人", "ai", "自動回覆", "自动回复"];
/// The courtesies around a call.
#[rustfmt::skip]
pub(super) const POLITE: &[&str] = &["請", "请", "謝謝", "谢谢", "拜託", "拜托", "麻煩", "麻烦", "幫我", "帮我", "我",
    "你好", "您好", "嗎", "吗", "啊", "喔", "呢", "哈囉", "哈啰", "哈喽", "線上", "线上", "在线", "快", "喂", "在",
    "那邊", "那边", "要", "想", "呼叫", "到底", "現在", "现在", "那"];
pub(super) const ARE_THERE: &[&str] = &["有沒有", "有没有", "有"];
pub(super) const ANYONE: &[&str] = &["有人", "有沒有人", "有没有人"];
pub(super) const ANYONE_WHO: &[&str] = &["人處理", "人处理", "人幫", "人帮"];
/// Whoever tells of the past with one of these before still wishes.
pub(super) const STILL: &[&str] = &["我要", "我想", "想要", "幫我", "帮我", "可以", "給我", "给我"];
pub(super) const REACH: &[&str] = &["聯", "联", "連", "连"];
pub(super) const HOW: &[&str] = &["怎", "如何", "哪"];
#[rustfmt::skip]
pub(super) const WISH: &[&str] = &["想", "要", "可", "能", "請", "请", "希望", "麻煩", "麻烦", "讓", "让", "直接",
    "給我", "给我"];
#[rustfmt::skip]
pub(super) const BEFORE_ROBOTS: &[&str] = &["再", "跟", "和", "與", "与", "用", "這個", "这个", "你這個", "你这个",
    "講", "讲", "聊", "給我", "给我", "只有", "一直"];
pub(super) const OF_ROBOTS: &[&str] = &["客服", "回覆", "回复"];
#[rustfmt::skip]
pub(super) const REFUSE: &[&str] = &["不要", "不想", "別", "别", "拒絕", "拒绝", "討厭", "讨厌", "停止", "關掉",
    "关掉", "關閉", "关闭", "不用"];
pub(super) const COME: &[&str] = &["來", "来"];
pub(super) const SOONER: &[&str] = &["再", "幫我", "帮我", "先", "急著", "急着", "要", "想"];

#[cfg(test)]
mod tests {
    use super::super::simplified::simplified;
    use super::*;

    #[test]
    fn every_word_is_known_in_both_spellings() {
        #[rustfmt::skip]
        let lists = [
            SERVING, OTHERS, TAILS, HAND, HAVE, WITH, BETWEEN, SPEAK, GO_ON, NEVER, PAST, TOPIC, ROBOTS,
            POLITE, ARE_THERE, ANYONE, ANYONE_WHO, STILL, REACH, HOW, WISH, BEFORE_ROBOTS, OF_ROBOTS,
            REFUSE, COME, SOONER,
        ];
        let unknown = |list: &[&'static str]| -> Vec<&'static str> {
            list.iter().copied().filter(|word| !list.contains(&simplified(word).as_str())).collect()
        };
        let unknown: Vec<_> = lists.into_iter().flat_map(unknown).collect();
        assert!(unknown.is_empty(), "{unknown:?}");
    }
}
