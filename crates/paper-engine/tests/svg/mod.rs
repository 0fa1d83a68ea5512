//! What stands in a drawing.

/// Returns the numbers of an attribute in every element that holds `mark`.
pub fn numbers(svg: &str, mark: &str, attribute: &str) -> Vec<f64> {
    let elements = svg.split('<').filter(|element| element.contains(mark));
    let after = |element: &'_ str| {
        let (_, rest) = element.split_once(&format!(" {attribute}=\""))?;
        rest.split('"').next()?.parse().ok()
    };
    elements.filter_map(after).collect()
}
