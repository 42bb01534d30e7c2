//! Parts a Rust source into code, string literals and comments: enough to look for words without being fooled by prose.

/// A Rust source taken apart.
pub struct Lexed {
    /// The code, with every literal and comment blanked; lines stay where they were.
    pub code: String,
    /// Line (from 1) and contents, escapes as written, of each string literal.
    pub literals: Vec<(usize, String)>,
}

/// Takes `source` apart.
pub fn lex(source: &str) -> Lexed {
    let mut lexer = Lexer {
        chars: source.chars().collect(),
        at: 0,
        line: 1,
        code: String::new(),
    };
    let mut literals = Vec::new();
    while let Some(c) = lexer.peek(0) {
        match c {
            '/' if lexer.peek(1) == Some('/') => lexer.blank_while(|rest| rest[0] != '\n'),
            '/' if lexer.peek(1) == Some('*') => lexer.block_comment(),
            '"' => literals.push(lexer.literal(0, true)),
            'r' if !lexer.in_word() => match lexer.raw_hashes() {
                Some(hashes) => {
                    lexer.blank(1 + hashes);
                    literals.push(lexer.literal(hashes, false));
                }
                None => lexer.keep(),
            },
            // 'x' and '\n' are characters; 'static is a lifetime.
            '\'' if lexer.peek(1) == Some('\\') => {
                lexer.blank(3);
                lexer.blank_while(|rest| rest[0] != '\'');
                lexer.blank(1);
            }
            '\'' if lexer.peek(2) == Some('\'') => lexer.blank(3),
            _ => lexer.keep(),
        }
    }
    Lexed {
        code: lexer.code,
        literals,
    }
}

struct Lexer {
    chars: Vec<char>,
    at: usize,
    line: usize,
    code: String,
}

impl Lexer {
    fn peek(&self, ahead: usize) -> Option<char> {
        self.chars.get(self.at + ahead).copied()
    }

    /// Whether the present character continues a word, as the `r` of `for"` would. A `b` or `c` before it does not.
    fn in_word(&self) -> bool {
        let before = |n: usize| self.at.checked_sub(n).and_then(|at| self.chars.get(at));
        let word = |c: Option<&char>| c.is_some_and(|c| c.is_alphanumeric() || *c == '_');
        match before(1) {
            Some('b' | 'c') => word(before(2)),
            one => word(one),
        }
    }

    /// The number of `#` if a raw string begins here.
    fn raw_hashes(&self) -> Option<usize> {
        let hashes = self.chars[self.at + 1..]
            .iter()
            .take_while(|c| **c == '#')
            .count();
        (self.peek(1 + hashes) == Some('"')).then_some(hashes)
    }

    fn keep(&mut self) {
        let c = self.chars[self.at];
        self.code.push(c);
        self.line += usize::from(c == '\n');
        self.at += 1;
    }

    fn blank(&mut self, count: usize) {
        for _ in 0..count.min(self.chars.len() - self.at) {
            let newline = self.chars[self.at] == '\n';
            self.code.push(if newline { '\n' } else { ' ' });
            self.line += usize::from(newline);
            self.at += 1;
        }
    }

    fn blank_while(&mut self, go_on: impl Fn(&[char]) -> bool) {
        while self.at < self.chars.len() && go_on(&self.chars[self.at..]) {
            self.blank(1);
        }
    }

    fn block_comment(&mut self) {
        let mut depth = 0_usize;
        loop {
            match (self.peek(0), self.peek(1)) {
                (Some('/'), Some('*')) => {
                    depth += 1;
                    self.blank(2);
                }
                (Some('*'), Some('/')) => {
                    depth -= 1;
                    self.blank(2);
                    if depth == 0 {
                        return;
                    }
                }
                (Some(_), _) => self.blank(1),
                (None, _) => return,
            }
        }
    }

    /// Reads a literal from its opening quote on; `hashes` and no escapes for a raw one.
    fn literal(&mut self, hashes: usize, escapes: bool) -> (usize, String) {
        let line = self.line;
        let mut text = String::new();
        self.blank(1);
        while let Some(c) = self.peek(0) {
            let closes = c == '"' && (1..=hashes).all(|n| self.peek(n) == Some('#'));
            if closes {
                self.blank(1 + hashes);
                break;
            }
            let width = if escapes && c == '\\' { 2 } else { 1 };
            text.extend(self.chars[self.at..].iter().take(width));
            self.blank(width);
        }
        (line, text)
    }
}

/// Whether `word` stands in `line` as a word of its own.
pub fn has_word(line: &str, word: &str) -> bool {
    line.match_indices(word).any(|(at, _)| {
        let part_of_word = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
        !part_of_word(line[..at].chars().next_back()) && !part_of_word(line[at + word.len()..].chars().next())
    })
}

#[test]
fn code_literals_and_comments_are_told_apart() {
    let source = "let a = \"one // two\"; // three \"four\"\n/* five /* six */ \"seven\" */ let b = r#\"eight \"nine\"#;\n\
                  let c = '\"'; let d: &'static str = \"ten \\\" eleven\"; let e = '\\''; let f = br\"twelve\"; r#type";
    let lexed = lex(source);
    assert_eq!(
        lexed.literals,
        [
            (1, "one // two".to_owned()),
            (2, "eight \"nine".to_owned()),
            (3, "ten \\\" eleven".to_owned()),
            (3, "twelve".to_owned()),
        ]
    );
    for gone in [
        "one", "three", "four", "five", "six", "seven", "eight", "eleven", "twelve",
    ] {
        assert!(!lexed.code.contains(gone), "{gone} is left in {}", lexed.code);
    }
    for kept in [
        "let a",
        "let b",
        "let c",
        "&'static str",
        "let e",
        "let f",
        "r#type",
    ] {
        assert!(lexed.code.contains(kept), "{kept} is lost from {}", lexed.code);
    }
    assert_eq!(lexed.code.lines().count(), source.lines().count());
}

#[test]
fn a_word_is_not_part_of_another() {
    assert!(has_word("unsafe {", "unsafe"));
    assert!(!has_word("#![deny(unsafe_code)]", "unsafe"));
}
