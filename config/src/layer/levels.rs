//! How many levels a TOML text has, before it is parsed.
//!
//! The parser bounds brackets and the keys of one dotted key, 80 of each, but not their product; a text of 6,400
//! levels overflows the stack when it is freed. So the tokens are counted first, as the parser reads them.

use toml_parser::Source;
use toml_parser::lexer::TokenKind;

use crate::layer::leaves::DEPTH_MAX;

/// Brackets that are open and dots before them. Twice what a value may have: the dot of a number counts too, and what
/// passes here is counted exactly once it is parsed.
const LEVELS_MAX: usize = 2 * DEPTH_MAX;

/// What is open: its closing token, and the dots of the key that is being read.
struct Open {
    end: Option<TokenKind>,
    dots: usize,
}

/// The byte at which a text has more levels than are parsed.
pub(crate) fn too_deep(text: &str) -> Option<usize> {
    let mut open = vec![Open { end: None, dots: 0 }];
    let mut levels = 0;
    for token in Source::new(text).lex() {
        let last = open.last_mut()?;
        match token.kind() {
            TokenKind::Dot => {
                last.dots += 1;
                levels += 1;
            }
            TokenKind::LeftSquareBracket | TokenKind::LeftCurlyBracket => {
                let is_list = token.kind() == TokenKind::LeftSquareBracket;
                let end = if is_list { TokenKind::RightSquareBracket } else { TokenKind::RightCurlyBracket };
                open.push(Open { end: Some(end), dots: 0 });
                levels += 1;
            }
            // The next key begins.
            TokenKind::Comma | TokenKind::Newline => {
                levels -= last.dots;
                last.dots = 0;
            }
            // One that ends nothing is a mistake, and what is open stays open: rather too many levels than too few.
            kind if last.end == Some(kind) => {
                levels -= last.dots + 1;
                open.pop();
            }
            _ => {}
        }
        if levels > LEVELS_MAX {
            return Some(token.span().start());
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::too_deep;

    #[test]
    fn what_is_closed_and_what_stands_in_texts_does_not_count() {
        let text = "a.b = { c.d = [[1.5, 2.5], ['[[[[....']] } # [[[[\n".repeat(1_000);
        assert_eq!(too_deep(&text), None);
        assert_eq!(too_deep(&"[a.b]\nc.d = 1\n".repeat(1_000)), None);
    }

    #[test]
    fn brackets_and_dots_count_together() {
        assert_eq!(too_deep(&"{a.b.c = ".repeat(21)), None);
        assert!(too_deep(&"{a.b.c = ".repeat(22)).is_some());
        assert!(too_deep(&"[]{]".repeat(70)).is_some(), "what is closed by the wrong bracket stays open");
    }
}
