//! Questions that words alone do not decide, to both shops.

/// Other words than the documents use, to see how far rules without a model reach: about half.
#[rustfmt::skip]
pub(super) const PARAPHRASED: &[(&str, &str)] = &[
    ("When was the company started?", "founded in 1987"), ("what are your shop hours", "88 Yongkang"),
    ("Are you open on Mondays?", "88 Yongkang"), ("how do i get a refund", "within 14 days"),
    ("can i send the tea back if i opened it", "within 14 days"), ("The tin was broken when it arrived", "send us a photo"),
    ("I typed the wrong address, can it be corrected?", "until it is packed"), ("where is my package, tracking is stuck", "open an inquiry"),
    ("do you ship to the US and how long does it take", "10 to 14"), ("how much is delivery?", "NT$80"),
    ("can I pay with a credit card", "Visa"), ("how long should I steep it", "95 degrees"),
    ("is there a decaf tea", "30 mg"), ("can pregnant women drink it", "30 mg"),
    ("how do I collect points", "collect one point"), ("any promo codes for new customers", "newsletter"),
    ("how long does the tea keep", "best before"), ("is it gluten free", "no nuts"),
    ("你們公司什麼時候成立的", "一九八七"), ("星期一有開嗎", "永康街88號"),
    ("幾點關門", "永康街88號"), ("東西壞掉了", "48小時"),
    ("喝不習慣可以退嗎", "14天內"), ("地址打錯了怎麼改", "兩小時內"),
    ("包裹一直沒收到", "重新寄出"), ("寄香港要多久", "10至14天"),
    ("可以刷卡嗎", "銀行轉帳"), ("怎麼泡比較好喝", "95度"),
    ("小孩能喝嗎", "30毫克"), ("新客有優惠嗎", "電子報"),
    ("可以放多久", "24個月"), ("需要統一編號", "統一編號"),
];

/// The documents' words, but nothing that they answer.
#[rustfmt::skip]
pub(super) const NEAR_MISSES: &[&str] = &[
    "Is there parking at the store?", "Do you sell coffee beans?", "Can I bring my dog to the tasting?", "Do you have a store in Kaohsiung?",
    "Can I pay with bitcoin?", "Do you make bubble tea?", "How old is your manager?", "Can I work at your tea garden in summer?",
    "門市可以停車嗎", "有賣咖啡豆嗎", "可以帶狗去上課嗎", "高雄有門市嗎", "可以用比特幣付款嗎", "有珍珠奶茶嗎", "主管叫什麼名字", "門市有洗手間嗎",
];
