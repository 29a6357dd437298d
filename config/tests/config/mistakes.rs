//! Every mistake is told, with its place and what was probably meant.

use crate::shop::{builder, by_ann, cart, config, mistakes};

#[test]
fn a_mistake_in_a_file_names_file_and_line_and_the_nearest_key() {
    assert_eq!(mistakes("\n[cart]\nlimt = 3", &[]), ["shop.toml:3: `cart.limt` is unknown; did you mean `limit`?"]);
    assert_eq!(mistakes("[crat]\nlimit = 3", &[]), ["shop.toml:1: there is no service `crat`; did you mean `cart`?"]);
    assert_eq!(
        mistakes("[cart.mail]\nhots = 'x'", &[]),
        ["shop.toml:2: `cart.mail.hots` is unknown; did you mean `host`?"]
    );
    assert_eq!(
        mistakes("[cart.mail]\ncolour = 'x'", &[]),
        ["shop.toml:2: `cart.mail.colour` is unknown; the keys there are `host`, `password`, `port`"]
    );
    assert_eq!(mistakes("cart = 3", &[]), ["shop.toml:1: `cart` wants a table, found 3"]);
}

#[test]
fn a_value_of_the_wrong_type_or_range_tells_what_is_wanted() {
    let wrong = |line: &str| mistakes(&format!("[cart]\n{line}"), &[]).join("\n");
    assert_eq!(wrong("limit = 2000"), "shop.toml:2: `cart.limit` wants an integer from 1 to 1000, found 2000");
    assert_eq!(wrong("limit = 1.0"), "shop.toml:2: `cart.limit` wants an integer from 1 to 1000, found 1.0");
    assert_eq!(
        wrong("limit = '7'"),
        r#"shop.toml:2: `cart.limit` wants an integer from 1 to 1000, found the text "7""#
    );
    assert_eq!(wrong("open = 1"), "shop.toml:2: `cart.open` wants true or false, found 1");
    assert_eq!(wrong("mode = 'lout'"), r#"shop.toml:2: `cart.mode` wants `quiet` or `loud`, found the text "lout""#);
    assert_eq!(wrong("mail = 3"), "shop.toml:2: `cart.mail` wants a table, found 3");
    assert_eq!(wrong("note = 3"), "shop.toml:2: `cart.note` wants a text or nothing, found 3");
    assert_eq!(wrong("rates.eu = 256"), "shop.toml:2: `cart.rates.eu` wants an integer from 0 to 255, found 256");
    assert_eq!(wrong("hosts = ['a',\n 3]"), "shop.toml:3: `cart.hosts.1` wants a text, found 3");
    assert_eq!(wrong("ratio = inf"), "shop.toml:2: `cart.ratio` is refused: it is not a finite number");
    assert_eq!(wrong("limit = 99999999999999999999"), "shop.toml:2: `cart.limit` is refused: it has more than 64 bits");
    assert_eq!(
        wrong("store = { type = 'redis', url = 'r', db = 256 }"),
        "shop.toml:2: `cart.store.db` wants an integer from 0 to 255, found 256"
    );
}

#[test]
fn what_only_the_type_refuses_is_told_too_and_names_the_highest_layer() {
    assert_eq!(
        mistakes("window.low = 11", &[]),
        ["shop.toml:1: `window` is refused: low is 11, which is above high, 10"]
    );
    assert_eq!(
        mistakes("[cart]\nbackup.host = 'h'", &[]),
        ["shop.toml:2: `cart.backup` is refused: missing field `port`"]
    );
    assert_eq!(
        mistakes("window.high = 5", &[("CONSORT_WINDOW__LOW", "6")]),
        ["CONSORT_WINDOW__LOW: `window` is refused: low is 6, which is above high, 5"]
    );
}

#[test]
fn a_mistake_in_a_variable_names_the_variable() {
    let wrong = |name: &str, value: &str| mistakes("", &[(name, value)]).join("\n");
    assert_eq!(wrong("CONSORT_CART__LIMT", "3"), "CONSORT_CART__LIMT: `cart.limt` is unknown; did you mean `limit`?");
    assert_eq!(
        wrong("CONSORT_CRAT__LIMIT", "3"),
        "CONSORT_CRAT__LIMIT: there is no service `crat`; did you mean `cart`?"
    );
    assert_eq!(
        wrong("CONSORT_CART__LIMIT", "many"),
        r#"CONSORT_CART__LIMIT: `cart.limit` wants an integer from 1 to 1000, found the text "many""#
    );
    assert_eq!(
        wrong("CONSORT_CART__HOSTS", "['a'"),
        r#"CONSORT_CART__HOSTS: `cart.hosts` wants a list, found the text "['a'""#
    );
    assert_eq!(wrong("CONSORT_CART__LIMIT__MAX", "3"), "CONSORT_CART__LIMIT__MAX: `cart.limit.max` is unknown");
    assert_eq!(
        mistakes("", &[("CONSORT_CART__LIMIT", "3"), ("CONSORT_cart__limit", "4")]),
        ["CONSORT_cart__limit: `cart.limit` is set by CONSORT_CART__LIMIT too"]
    );
}

#[test]
fn a_list_in_a_variable_cannot_smuggle_in_other_keys() {
    let found = mistakes("", &[("CONSORT_CART__HOSTS", "[]\nother = 3")]);
    assert!(found[0].contains("wants a list, found the text"), "{found:?}");
}

#[test]
fn all_mistakes_of_all_layers_are_told_at_once_in_their_order() {
    let toml = "[cart]\nopen = 'yes'\nlimit = 0\n[cart.mail]\nprot = 3\n[cat]\n";
    assert_eq!(
        mistakes(toml, &[("CONSORT_CART__RATIO", "half"), ("CONSORT_CART__MAIL__PORT", "-1")]),
        [
            r#"shop.toml:2: `cart.open` wants true or false, found the text "yes""#,
            "shop.toml:3: `cart.limit` wants an integer from 1 to 1000, found 0",
            "shop.toml:5: `cart.mail.prot` is unknown; did you mean `port`?",
            "shop.toml:6: there is no service `cat`; did you mean `cart`?",
            "CONSORT_CART__MAIL__PORT: `cart.mail.port` wants an integer from 0 to 65535, found -1",
            r#"CONSORT_CART__RATIO: `cart.ratio` wants a number, found the text "half""#,
        ]
    );
}

#[test]
fn all_that_is_no_toml_is_told_with_its_line() {
    let found = mistakes("[cart]\nlimit = \nopen = truth\n", &[]);
    assert!(found.len() >= 2 && found[0].starts_with("shop.toml:2: "), "{found:?}");
    assert!(found.iter().any(|line| line.starts_with("shop.toml:3: ")), "{found:?}");
    let twice = mistakes("[cart]\nlimit = 3\nlimit = 4\n", &[]).join("\n");
    assert!(twice.starts_with("shop.toml:3: ") && twice.contains("duplicate key"), "{twice}");
}

#[test]
fn a_file_that_cannot_be_read_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let absent = folder.path().join("absent.toml");
    let error = builder().file(&absent).build().err().unwrap().to_string();
    assert!(error.starts_with(&format!("{}: cannot be read: ", absent.display())), "{error}");

    let binary = folder.path().join("binary.toml");
    std::fs::write(&binary, b"[cart]\n\xff").unwrap();
    let error = builder().file(&binary).build().err().unwrap().to_string();
    assert_eq!(error, format!("{}:2: not UTF-8", binary.display()));

    let large = folder.path().join("large.toml");
    std::fs::write(&large, vec![b'#'; (1 << 20) + 1]).unwrap();
    let error = builder().file(&large).build().err().unwrap().to_string();
    assert!(error.ends_with("it has 1048577 bytes, at most 1048576 are read"), "{error}");
}

#[test]
fn a_change_with_mistakes_makes_no_revision_and_changes_nothing() {
    let config = config();
    let edit = by_ann().set("cart.limit", 5).set("cart.limt", 3).set("cart..x", 1).set("window.low", 11).clear("crat");
    assert_eq!(
        config.set(&edit).unwrap_err().to_string(),
        "3 mistakes in the configuration:
  change by ann: `cart.limt` is unknown; did you mean `limit`?
  change by ann: a key is missing in `cart..x`
  change by ann: there is no service `crat`; did you mean `cart`?"
    );
    let refused = config.set(&by_ann().set("cart.limit", 5).set("window.low", 11)).unwrap_err().to_string();
    assert_eq!(refused, "change by ann: `window` is refused: low is 11, which is above high, 10");
    assert_eq!((config.revision(), config.history().len(), cart(&config).limit), (0, 0, 20));
}
