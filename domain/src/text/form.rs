//! The forms of an English word brought together, without a dictionary.
//!
//! Invariant: every form of a word begins with what is `common` to the words of its `root`.

/// A word without the ending of its plural.
pub(super) fn singular(mut word: String) -> String {
    let ends = |ending: &str| word.ends_with(ending);
    let cut = match word.len() {
        // "movies" may be of "movie" as well; the root sees to that.
        5.. if ends("ies") && !word[..word.len() - 3].ends_with(VOWELS) => {
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

/// A word without the ending of its verb or noun form: ship, shipped, shipping; deliver, delivery, delivered.
/// An -ie is such an ending because the plural does not tell: "cookies" may be of "cookie" as well as of "cooky".
pub(crate) fn root(word: &str) -> &str {
    let stem = ["ation", "ment", "able", "ing", "ed", "y", "ie", "e"]
        .iter()
        .filter_map(|ending| word.strip_suffix(ending))
        .find(|stem| stem.len() >= 3 && stem.bytes().any(|b| b"aeiouy".contains(&b)))
        .unwrap_or(word);
    match stem.as_bytes() {
        [.., before, last]
            if stem.len() > 3 && before == last && last.is_ascii_lowercase() && !b"aeiou".contains(last) =>
        {
            &stem[..stem.len() - 1]
        }
        _ => stem,
    }
}

/// What every word of a root begins with: of "fly" not the y, since the plural is "flies".
pub(super) fn common(root: &str) -> &str {
    root.strip_suffix('y').filter(|stem| stem.len() > 1 && !stem.ends_with(VOWELS)).unwrap_or(root)
}

const VOWELS: [char; 5] = ['a', 'e', 'i', 'o', 'u'];

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(500))]

        #[test]
        fn words_of_a_root_begin_with_what_is_common_to_them(
            stem in "[a-eilmnpstxyé]{1,6}",
            endings in prop::collection::vec(prop::sample::select(vec![
                "", "s", "es", "ies", "y", "ie", "e", "ed", "ing", "able", "ables", "ment", "ments", "ation", "ations",
            ]), 2),
            doubled in any::<bool>(),
        ) {
            let word = |ending: &str| match stem.chars().last().filter(|_| doubled) {
                Some(last) => format!("{stem}{last}{ending}"),
                None => format!("{stem}{ending}"),
            };
            let (one, other) = (word(endings[0]), word(endings[1]));
            let (one_root, other_root) = (singular(one.clone()), singular(other.clone()));
            let (one_root, other_root) = (root(&one_root), root(&other_root));
            prop_assert!(one.starts_with(common(one_root)), "{one} {one_root}");
            prop_assert!(one_root != other_root || other.starts_with(common(one_root)), "{one} {other} {one_root}");
        }
    }
}
