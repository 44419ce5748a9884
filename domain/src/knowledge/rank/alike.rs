//! Words that mean the same to a customer and to a document.
//!
//! Invariant: a word stands in one row only, and as the root that ranking makes of it.

use std::collections::HashMap;
use std::sync::LazyLock;

/// The key that stands for all that are like this one.
pub(super) fn alike(key: String) -> String {
    static FIRST: LazyLock<HashMap<&str, &str>> =
        LazyLock::new(|| ALIKE.iter().flat_map(|row| row.iter().map(|key| (*key, row[0]))).collect());
    FIRST.get(key.as_str()).map_or(key, |first| (*first).to_owned())
}

/// What customers and documents call by different names in any trade; the first of a row stands for all. Words
/// are given by their [`root`](crate::text::root), Chinese by pairs of characters. Rows that a dictionary would
/// have but that mean different things to a shop (return and refund) are left out.
#[rustfmt::skip]
const ALIKE: &[&[&str]] = &[
    &["ship", "deliver", "dispatch"], &["parcel", "packag"], &["damag", "broken", "defectiv", "fault"], &["cost", "pric", "fee", "charg"],
    &["stor", "shop", "branch"], &["coupon", "promo", "voucher"], &["receipt", "invoic"], &["email", "mail"],
    &["phon", "telephon"], &["compan", "busines"],
    &["損壞", "损坏", "破損", "破损", "壞掉", "坏掉", "壞了", "坏了", "瑕疵"], &["寄送", "配送", "運送", "运送", "送達", "送达", "寄到", "送到"],
    &["價格", "价格", "價錢", "价钱", "售價", "费用", "費用"], &["優惠", "优惠", "折扣", "打折", "特價"], &["營業", "营业", "開門", "开门", "關門", "关门", "開店"],
    &["創立", "创立", "成立", "創辦", "创办"], &["門市", "门市", "店面", "分店", "門店", "门店"], &["更改", "修改", "變更", "变更", "更換"],
    &["遺失", "遗失", "不見", "弄丟", "寄丟"], &["電話", "电话", "專線"], &["信箱", "郵件", "邮件"], &["保存", "存放", "儲存", "储存"],
];

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::super::unit::units;
    use super::*;
    use crate::text::root;

    #[test]
    fn names_that_are_alike_are_given_by_their_roots_and_once() {
        let mut seen = HashSet::new();
        for name in ALIKE.iter().flat_map(|row| row.iter()) {
            assert_eq!(root(name), *name);
            assert!(seen.insert(name), "{name}");
        }
    }

    #[test]
    fn every_name_is_one_that_a_text_can_have() {
        for row in ALIKE {
            // English names are roots, and a root need not be a word.
            for name in row.iter().filter(|name| !name.is_ascii()) {
                let keys: Vec<String> = units(name).iter().flat_map(|unit| unit.keys()).collect();
                assert_eq!(keys, [row[0]], "{name}");
            }
        }
    }
}
