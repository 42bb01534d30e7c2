//! Numbers in words (terbilang).

/// Powers of a thousand, greatest first. Papers need the first four; the others make every `i64` sayable.
const POWERS: [(u64, &str); 6] = [
    (1_000_000_000_000_000_000, "kuintiliun"),
    (1_000_000_000_000_000, "kuadriliun"),
    (1_000_000_000_000, "triliun"),
    (1_000_000_000, "miliar"),
    (1_000_000, "juta"),
    (1_000, "ribu"),
];

/// A whole number in words, as amounts and dates are written out on official papers.
///
/// One ten, hundred and thousand are said with "se-", one million and above with "satu":
///
/// ```
/// use rajut_core::words::number_in_words;
/// assert_eq!(number_in_words(1_001_111), "satu juta seribu seratus sebelas");
/// assert_eq!(number_in_words(-20), "minus dua puluh");
/// ```
pub fn number_in_words(number: i64) -> String {
    let mut words = Vec::new();
    if number < 0 {
        words.push("minus");
    }
    let mut rest = number.unsigned_abs();
    if rest == 0 {
        words.push(digit(0));
    }
    for (power, name) in POWERS {
        let count = rest / power;
        rest %= power;
        match (count, name) {
            (0, _) => {}
            (1, "ribu") => words.push("seribu"),
            _ => {
                below_thousand(count, &mut words);
                words.push(name);
            }
        }
    }
    below_thousand(rest, &mut words);
    words.join(" ")
}

/// Says 1 to 999; says nothing for 0.
fn below_thousand(number: u64, words: &mut Vec<&'static str>) {
    match number / 100 {
        0 => {}
        1 => words.push("seratus"),
        hundreds => words.extend([digit(hundreds), "ratus"]),
    }
    let rest = number % 100;
    match (rest / 10, rest % 10) {
        (0, 0) => {}
        (0, ones) => words.push(digit(ones)),
        (1, 0) => words.push("sepuluh"),
        (1, 1) => words.push("sebelas"),
        (1, ones) => words.extend([digit(ones), "belas"]),
        (tens, ones) => {
            words.extend([digit(tens), "puluh"]);
            if ones > 0 {
                words.push(digit(ones));
            }
        }
    }
}

fn digit(value: u64) -> &'static str {
    match value {
        0 => "nol",
        1 => "satu",
        2 => "dua",
        3 => "tiga",
        4 => "empat",
        5 => "lima",
        6 => "enam",
        7 => "tujuh",
        8 => "delapan",
        _ => "sembilan",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spelt() {
        for (number, words) in [
            (0, "nol"),
            (1, "satu"),
            (9, "sembilan"),
            (10, "sepuluh"),
            (11, "sebelas"),
            (12, "dua belas"),
            (19, "sembilan belas"),
            (20, "dua puluh"),
            (21, "dua puluh satu"),
            (99, "sembilan puluh sembilan"),
            (100, "seratus"),
            (101, "seratus satu"),
            (110, "seratus sepuluh"),
            (111, "seratus sebelas"),
            (200, "dua ratus"),
            (999, "sembilan ratus sembilan puluh sembilan"),
            (1_000, "seribu"),
            (1_001, "seribu satu"),
            (1_100, "seribu seratus"),
            (2_000, "dua ribu"),
            (2_026, "dua ribu dua puluh enam"),
            (10_000, "sepuluh ribu"),
            (11_000, "sebelas ribu"),
            (21_000, "dua puluh satu ribu"),
            (100_000, "seratus ribu"),
            (101_000, "seratus satu ribu"),
            (1_000_000, "satu juta"),
            (1_001_000, "satu juta seribu"),
            (1_000_000_000, "satu miliar"),
            (1_600_000_000, "satu miliar enam ratus juta"),
            (1_000_000_000_000, "satu triliun"),
            (100_000_000_000_000, "seratus triliun"),
            (
                999_999_999_999_999,
                "sembilan ratus sembilan puluh sembilan triliun sembilan ratus sembilan puluh sembilan miliar \
                 sembilan ratus sembilan puluh sembilan juta sembilan ratus sembilan puluh sembilan ribu \
                 sembilan ratus sembilan puluh sembilan",
            ),
            (1_000_000_000_000_000, "satu kuadriliun"),
            (-1, "minus satu"),
            (-1_500, "minus seribu lima ratus"),
        ] {
            assert_eq!(number_in_words(number), words, "{number}");
        }
        assert!(number_in_words(i64::MIN).starts_with("minus sembilan kuintiliun dua ratus"));
    }

    /// Reads the words back: what is said is the number, and no two numbers share their words.
    fn read(words: &str) -> i64 {
        let (mut total, mut group, mut ones) = (0_i64, 0_i64, 0_i64);
        let mut sign = 1;
        for word in words.split(' ') {
            let word = match word {
                "minus" => {
                    sign = -1;
                    continue;
                }
                "sepuluh" => {
                    group += 10;
                    continue;
                }
                "sebelas" => {
                    group += 11;
                    continue;
                }
                "seratus" => {
                    group += 100;
                    continue;
                }
                "seribu" => {
                    total += 1_000;
                    continue;
                }
                word => word,
            };
            if let Some(value) = (0..10).find(|value| digit(*value) == word) {
                group += ones;
                ones = i64::try_from(value).unwrap();
                continue;
            }
            match word {
                "belas" => group += 10 + ones,
                "puluh" => group += 10 * ones,
                "ratus" => group += 100 * ones,
                power => {
                    let (value, _) = POWERS.iter().find(|(_, name)| *name == power).unwrap();
                    total += (group + ones) * i64::try_from(*value).unwrap();
                    group = 0;
                }
            }
            ones = 0;
        }
        sign * (total + group + ones)
    }

    proptest::proptest! {
        #[test]
        fn what_is_said_can_be_read_back(number in -999_999_999_999_999..=999_999_999_999_999_i64, cut in 0..15_u32) {
            let number = number / 10_i64.pow(cut);
            proptest::prop_assert_eq!(read(&number_in_words(number)), number);
        }
    }
}
