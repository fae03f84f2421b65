//! Tables as spreadsheets read them: a line for each row, with commas between (RFC 4180).

/// Says to spreadsheets that what follows is UTF-8.
pub(crate) const MARK: &str = "\u{feff}";

/// A line of cells whose text is ours or was checked.
pub(crate) fn line(cells: &[&str]) -> String {
    let cell = |text: &&str| {
        let is_plain = !text.contains(['"', ',', '\n', '\r']);
        if is_plain { (*text).to_owned() } else { format!("\"{}\"", text.replace('"', "\"\"")) }
    };
    cells.iter().map(cell).collect::<Vec<_>>().join(",") + "\n"
}

/// A line of what people wrote: to a spreadsheet, nothing of it is a formula.
pub(crate) fn written(cells: &[&str]) -> String {
    let harmless = |text: &&str| {
        let is_formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
        if is_formula { format!("'{text}") } else { (*text).to_owned() }
    };
    let cells: Vec<String> = cells.iter().map(harmless).collect();
    line(&cells.iter().map(String::as_str).collect::<Vec<_>>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_wrote_stays_in_its_cell_and_is_no_formula() {
        assert_eq!(written(&["one", "two, three", "\"four\""]), "one,\"two, three\",\"\"\"four\"\"\"\n");
        assert_eq!(written(&["=1+1", "@ana", "a=b"]), "'=1+1,'@ana,a=b\n");
        assert_eq!(written(&["a\nb"]), "\"a\nb\"\n");
    }
}
