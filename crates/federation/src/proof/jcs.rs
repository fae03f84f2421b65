//! JSON in its one canonical spelling (RFC 8785), so that a document can be signed however it is written.
use serde_json::Value;

/// The canonical spelling.
pub(super) fn text(value: &Value) -> Result<String, serde_json::Error> {
    serde_json_canonicalizer::to_string(value)
}

#[cfg(test)]
mod tests {
    use serde_json::{Number, Value};

    use super::*;

    /// Appendix B of the RFC: bits, and how the number is written.
    const NUMBERS: &[(u64, &str)] = &[
        (0x0000_0000_0000_0000, "0"),
        (0x8000_0000_0000_0000, "0"),
        (0x0000_0000_0000_0001, "5e-324"),
        (0x8000_0000_0000_0001, "-5e-324"),
        (0x7fef_ffff_ffff_ffff, "1.7976931348623157e+308"),
        (0xffef_ffff_ffff_ffff, "-1.7976931348623157e+308"),
        (0x4340_0000_0000_0000, "9007199254740992"),
        (0xc340_0000_0000_0000, "-9007199254740992"),
        (0x4430_0000_0000_0000, "295147905179352830000"),
        (0x44b5_2d02_c7e1_4af5, "9.999999999999997e+22"),
        (0x44b5_2d02_c7e1_4af6, "1e+23"),
        (0x44b5_2d02_c7e1_4af7, "1.0000000000000001e+23"),
        (0x444b_1ae4_d6e2_ef4e, "999999999999999700000"),
        (0x444b_1ae4_d6e2_ef4f, "999999999999999900000"),
        (0x444b_1ae4_d6e2_ef50, "1e+21"),
        (0x3eb0_c6f7_a0b5_ed8c, "9.999999999999997e-7"),
        (0x3eb0_c6f7_a0b5_ed8d, "0.000001"),
        (0x41b3_de43_5555_5553, "333333333.3333332"),
        (0x41b3_de43_5555_5554, "333333333.33333325"),
        (0x41b3_de43_5555_5555, "333333333.3333333"),
        (0x41b3_de43_5555_5556, "333333333.3333334"),
        (0x41b3_de43_5555_5557, "333333333.33333343"),
        (0xbecb_f647_612f_3696, "-0.0000033333333333333333"),
        (0x4314_3ff3_c1cb_0959, "1424953923781206.2"),
    ];

    fn spelled(json: &str) -> String {
        text(&serde_json::from_str(json).unwrap()).unwrap()
    }

    #[test]
    fn numbers_are_written_as_the_rfc_lists_them() {
        for (bits, written) in NUMBERS {
            let number = Number::from_f64(f64::from_bits(*bits)).unwrap();
            assert_eq!(text(&Value::Number(number)).unwrap(), *written, "{bits:016x}");
        }
        for (number, written) in
            [("9007199254740993", "9007199254740992"), ("18446744073709551615", "18446744073709552000")]
        {
            assert_eq!(spelled(number), written, "beyond what ECMAScript can tell apart");
        }
        for whole in ["-1", "0", "56", "9007199254740991"] {
            assert_eq!(spelled(whole), whole);
        }
    }

    #[test]
    fn keys_are_sorted_and_texts_escaped_as_the_rfc_shows() {
        let value = r#"{
            "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
            "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
            "literals": [null, true, false]
        }"#;
        let canonical = r#"{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\u000f\nA'B\"\\\\\"/"}"#;
        assert_eq!(spelled(value), canonical);
        let keys = r#"{"\u20ac":"Euro Sign","\r":"Carriage Return","\ufb33":"Hebrew Letter Dalet With Dagesh","1":"One","\ud83d\ude00":"Emoji: Grinning Face","\u0080":"Control","\u00f6":"Latin Small Letter O With Diaeresis"}"#;
        let sorted: Value = serde_json::from_str(&spelled(keys)).unwrap();
        let order: Vec<&str> = sorted.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(order, ["\r", "1", "\u{80}", "\u{f6}", "\u{20ac}", "\u{1f600}", "\u{fb33}"]);
    }
}
