//! What a misspelt word may have meant.

/// The nearest of the `known` words, if it is near `word` and has a letter of it.
pub(crate) fn nearest<'k>(word: &str, known: impl IntoIterator<Item = &'k str>) -> Option<&'k str> {
    known
        .into_iter()
        .map(|k| (strsim::damerau_levenshtein(word, k), k))
        .min()
        .filter(|(distance, k)| *distance <= 2.max(k.len() / 3) && *distance < k.len())
        .map(|(_, k)| k)
}
