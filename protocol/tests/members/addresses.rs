use consort_protocol::cluster::members::{ADDRESS_BYTES_MAX, Address, NotAnAddress};

fn refused(text: &str) -> String {
    text.parse::<Address>().unwrap_err().to_string()
}

#[test]
fn an_address_is_a_host_and_a_port() {
    let table = [
        ("localhost:1", "localhost", 1),
        ("10.0.0.7:7400", "10.0.0.7", 7400),
        ("db-1.shop_eu.internal:65535", "db-1.shop_eu.internal", 65535),
        ("[::1]:7400", "::1", 7400),
        ("[::ffff:10.0.0.7]:7400", "::ffff:10.0.0.7", 7400),
    ];
    for (text, host, port) in table {
        let Ok(address) = text.parse::<Address>() else { panic!("{text}: {}", refused(text)) };
        assert_eq!((address.host(), address.port(), address.as_str()), (host, port, text));
    }
}

#[test]
fn what_is_no_address_is_named_with_what_would_be_right() {
    let table = [
        ("db1", "`db1` has no port: write it as host:port, `db1:7400`"),
        ("[::1]", "`[::1]` has no port: write it as host:port, `[::1]:7400`"),
        ("db1:", "`db1:`: the port is a number from 1 to 65535, not ``"),
        ("db1:0", "`db1:0`: the port is a number from 1 to 65535, not `0`"),
        ("db1:+80", "`db1:+80`: the port is a number from 1 to 65535, not `+80`"),
        ("db1:65536", "`db1:65536`: the port is a number from 1 to 65535, not `65536`"),
        (":7400", "`:7400` has no host: write it as host:port, `localhost:7400`"),
        ("::1:7400", "`::1:7400`: an IPv6 address stands in brackets, as in [::1]:7400"),
    ];
    for (text, expected) in table {
        assert_eq!(refused(text), expected);
    }
    assert!(refused("a:1;b:2").contains("`a:1;b:2`"));
    assert!(refused("a b:2").contains("stands in no host name"));
}

#[test]
fn an_address_is_as_long_as_a_name_of_dns_at_most() {
    let longest = format!("{}:65535", "a".repeat(ADDRESS_BYTES_MAX - 6));
    assert!(longest.parse::<Address>().is_ok());
    let longer = format!("a{longest}");
    assert_eq!(longer.parse::<Address>(), Err(NotAnAddress::TooLong(ADDRESS_BYTES_MAX + 1)));
}

#[test]
fn an_address_of_every_interface_is_known_as_such() {
    for (text, expected) in [("0.0.0.0:1", true), ("[::]:1", true), ("10.0.0.0:1", false), ("[::1]:1", false)] {
        assert_eq!(text.parse::<Address>().unwrap().is_unspecified(), expected, "{text}");
    }
}
