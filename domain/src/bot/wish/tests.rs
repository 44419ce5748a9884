//! What people write when they want a person, and what only looks like it.

use super::chinese::simplified::simplified;
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
    "拒絕機器人", "現在真人", "拜託找真人", "哈囉，真人", "可以找人處理嗎", "叫你們經理出來", "我想找你們主管談", "不要機器人", "我不想跟機器人講話", "別再機器人了，我要真人", "可以幫我接客服嗎", "怎麼轉真人？", "請專員聯絡我",
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

#[test]
fn what_is_written_in_simplified_characters_is_understood_the_same() {
    let missed: Vec<_> =
        WISHES.iter().map(|text| simplified(text)).filter(|text| !wants_a_person(text)).collect();
    let mistaken: Vec<_> =
        OTHER.iter().map(|text| simplified(text)).filter(|text| wants_a_person(text)).collect();
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
