//! A shop in English: its documents, what they answer, and what has nothing to do with them.

pub(super) const DOCUMENTS: [&str; 3] = [
    "# Misty Ridge Tea: company and brand\n\n\
## Who we are\nMisty Ridge Tea is a family tea house, founded in 1987 by Lin A-hua in Lugu, Nantou. Three generations later we still roast every batch of oolong by hand over charcoal.\n\n\
## Our gardens\nWe farm eleven hectares at 1,200 metres above sea level. The gardens have been certified organic since 2015; no pesticide or weed killer is used.\n\n\
## Stores and opening hours\nOur flagship store is at 88 Yongkang Street, Taipei, open every day from 10:00 to 20:00 and closed on Lunar New Year's Eve. The Tainan store on Shennong Street is open Wednesday to Sunday, 11:00 to 19:00.\n\n\
## Tastings and workshops\nA guided tasting takes 45 minutes and costs NT$300 per guest, every Saturday at 14:00 in Taipei. Please book at least two days ahead. Groups of more than eight people write to events@mistyridge.example.\n\n\
## Wholesale\nCafés, hotels and restaurants can buy wholesale from 5 kg per order. Ask for the wholesale price list at trade@mistyridge.example.\n\n\
## Packaging and the environment\nPouches are made of recycled paper. Bring back your empty tin and we refill it with a 5 percent discount.\n",
    "# Support policy\n\n\
## Support hours\nOur support team answers on weekdays from 9:00 to 18:00. Messages that arrive at the weekend or on public holidays are answered on the next working day.\n\n\
## Returns and refunds\nUnopened goods can be returned within 14 days of arrival. The refund goes to the original payment method within 7 working days after the parcel reaches us. Opened tea cannot be returned unless it is faulty.\n\n\
## Damaged or wrong items\nIf something arrives broken, damaged or is not what you ordered, send us a photo within 48 hours. We replace the item or pay the money back, and we cover the return postage.\n\n\
## Changing or cancelling an order\nAn order can be changed or cancelled until it is packed, usually two hours after it was placed. The delivery address can be corrected until the parcel leaves our warehouse.\n\n\
## Lost parcels\nIf the tracking has not moved for 5 working days, we open an inquiry with the carrier and send the order again when the parcel is lost.\n\n\
## Personal data and privacy\nWe keep your name, address and orders for two years and never sell data to third parties. Write to privacy@mistyridge.example to have your account and personal data deleted.\n\n\
## Complaints\nA complaint goes to the shift manager, who replies within three working days.\n",
    "# FAQ\n\n\
Q: How long does shipping take?\nA: Orders within Taiwan are delivered in 2 to 3 working days, Hong Kong and Japan take 5 to 7, the rest of the world 10 to 14.\n\n\
Q: What does shipping cost?\nA: NT$80 within Taiwan, free from NT$1,500. International shipping is charged by weight and shown at checkout.\n\n\
Q: Which payment methods do you accept?\nA: Visa, Mastercard, JCB, LINE Pay, Apple Pay and bank transfer. You can pay cash on delivery in Taiwan only.\n\n\
Q: How should I store the tea?\nA: Keep it sealed, dry and away from light and strong smells. The fridge is only for green tea.\n\n\
Q: How do I brew oolong?\nA: Use 5 grams for 150 ml of water at 95 degrees. Steep the first infusion for 50 seconds and add 10 seconds for every further one.\n\n\
Q: How much caffeine is in the tea?\nA: Green tea and oolong have about 30 mg of caffeine per cup. Our buckwheat tea is caffeine free and suitable for children and during pregnancy.\n\n\
Q: Do you offer gift boxes?\nA: Yes, gift boxes for two or four tins, with a handwritten card and gift wrapping for NT$120.\n\n\
Q: Can I have an invoice for my company?\nA: Enter the company name and the tax ID at checkout and the invoice is sent by e-mail.\n\n\
Q: How does the membership work?\nA: Members collect one point for every NT$100. 100 points are worth NT$50. Points expire after one year.\n\n\
Q: Is there a discount on the first order?\nA: Subscribe to our newsletter and you get a coupon code for 10 percent off. Coupons cannot be combined.\n\n\
Q: What is the shelf life?\nA: Oolong is best before 24 months after roasting, green tea 12 months. The expiry date is printed on the bottom of the tin.\n\n\
Q: Are there allergens?\nA: Our teas contain no nuts, milk or gluten, but the buckwheat tea is packed in the same room.\n",
];

#[rustfmt::skip]
pub(super) const QUESTIONS: &[(&str, &str)] = &[
    ("Who founded Misty Ridge?", "founded in 1987"),
    ("Is your tea organic?", "certified organic"),
    ("do you use pesticides", "certified organic"),
    ("What time do you open?", "88 Yongkang"),
    ("Where is the Taipei store?", "88 Yongkang"),
    ("are you open on sunday in tainan", "88 Yongkang"),
    ("How do I book a tasting?", "guided tasting"),
    ("How much does a tasting cost per guest?", "guided tasting"),
    ("We are a cafe and would like the wholesale price list", "wholesale from 5 kg"),
    ("Can you refill my empty tin?", "recycled paper"),
    ("Are you answering messages on the weekend?", "answers on weekdays"),
    ("Can I return unopened goods?", "within 14 days"),
    ("When will I receive my refund?", "within 14 days"),
    ("My parcel arrived damaged, what should I do?", "send us a photo"),
    ("you sent the wrong item", "send us a photo"),
    ("I want to cancel my order", "until it is packed"),
    ("How can I change the delivery address?", "until it is packed"),
    ("My parcel is lost", "open an inquiry"),
    ("The tracking has not moved for a week", "open an inquiry"),
    ("Please delete my account", "never sell data"),
    ("I want to make a complaint", "shift manager"),
    ("How long is shipping to Japan?", "10 to 14"),
    ("What is the shipping cost?", "NT$80"),
    ("Is shipping free?", "NT$80"),
    ("Do you accept Apple Pay?", "Visa"),
    ("can i pay cash", "Visa"),
    ("How do I store green tea?", "Keep it sealed"),
    ("What water temperature for brewing oolong?", "95 degrees"),
    ("Does the buckwheat tea have caffeine?", "30 mg"),
    ("Do you have gift wrapping?", "handwritten card"),
    ("I need an invoice with our tax ID", "tax ID"),
    ("When do my points expire?", "collect one point"),
    ("Do you have a coupon code?", "newsletter"),
    ("Where is the expiry date printed?", "best before"),
    ("does it contain nuts?", "no nuts"),
];

#[rustfmt::skip]
pub(super) const UNRELATED: &[&str] = &[
    "What's the weather in Berlin tomorrow?", "Can you write me a poem about the sea?", "Who won the football match last night?",
    "How do I reset my router?", "What is the capital of Mongolia?", "Do you repair bicycles?", "Do you sell laptops or phones?",
    "Please recommend a good dentist nearby", "How tall is Mount Everest?", "Can I rent a car with automatic transmission?",
    "What is the exchange rate of the euro?", "Do you have vacancies for software engineers?", "Translate this sentence into French",
    "My cat is ill, which medicine should I give?", "How many calories does a hamburger have?", "Is the museum exhibition open to students?",
];
