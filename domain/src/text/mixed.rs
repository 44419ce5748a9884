//! Texts that tests of folding and of grams begin with.

use proptest::prelude::*;

/// Texts in which the scripts, marks, spaces and case rules that could go wrong meet often.
pub(super) fn mixed() -> impl Strategy<Value = String> {
    let edge = prop::sample::select(
        "aZ ς Σ İ ß ﬁ Å ｱ ﾞ ① ½ ㌀ ﷺ \u{301} \u{308} \u{345} \u{200d} \u{feff} \u{0} 茶 茶葉 退貨 \u{3000} 👩 \u{1f3fd} 𠮷 가 ᄀ ᅡ ᆨ . , % _ '"
            .split(' ')
            .flat_map(str::chars)
            .chain([' ', '\n', '\t', '\u{a0}', '\u{85}'])
            .collect::<Vec<_>>(),
    );
    prop::collection::vec(prop_oneof![2 => edge, 1 => any::<char>()], 0..40).prop_map(String::from_iter)
}
