//! Which addresses may be dialled: public ones, and those the administrator allowed.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::{IpNet, Ipv4Net, Ipv6Net};

const fn v4(a: u8, b: u8, c: u8, d: u8, prefix: u8) -> Ipv4Net {
    Ipv4Net::new_assert(Ipv4Addr::new(a, b, c, d), prefix)
}

const fn v6(a: u16, b: u16, c: u16, prefix: u8) -> Ipv6Net {
    Ipv6Net::new_assert(Ipv6Addr::new(a, b, c, 0, 0, 0, 0, 0), prefix)
}

/// The IANA registry of special-purpose IPv4 addresses, and multicast.
const SPECIAL_V4: [Ipv4Net; 18] = [
    v4(0, 0, 0, 0, 8),
    v4(10, 0, 0, 0, 8),
    v4(100, 64, 0, 0, 10),
    v4(127, 0, 0, 0, 8),
    v4(169, 254, 0, 0, 16),
    v4(172, 16, 0, 0, 12),
    v4(192, 0, 0, 0, 24),
    v4(192, 0, 2, 0, 24),
    v4(192, 31, 196, 0, 24),
    v4(192, 52, 193, 0, 24),
    v4(192, 88, 99, 0, 24),
    v4(192, 168, 0, 0, 16),
    v4(192, 175, 48, 0, 24),
    v4(198, 18, 0, 0, 15),
    v4(198, 51, 100, 0, 24),
    v4(203, 0, 113, 0, 24),
    v4(224, 0, 0, 0, 4),
    v4(240, 0, 0, 0, 4),
];

/// What is handed out to real networks; loopback, mapped, NAT64, unique local, link local and multicast lie outside.
const UNICAST_V6: Ipv6Net = v6(0x2000, 0, 0, 3);

/// The special ranges inside it.
const SPECIAL_V6: [Ipv6Net; 6] = [
    // Protocol assignments: Teredo, benchmarks, ORCHID and more.
    v6(0x2001, 0, 0, 23),
    // Documentation.
    v6(0x2001, 0x0db8, 0, 32),
    v6(0x3fff, 0, 0, 20),
    // 6to4, which carries an IPv4 address.
    v6(0x2002, 0, 0, 16),
    // Direct delegation of AS112.
    v6(0x2620, 0x004f, 0x8000, 48),
    // The former 6bone.
    v6(0x3ffe, 0, 0, 16),
];

/// Whether everybody may be sent to this address.
fn is_public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => !SPECIAL_V4.iter().any(|net| net.contains(&ip)),
        IpAddr::V6(ip) => {
            // ISATAP hides an IPv4 address in the interface identifier.
            let isatap = matches!(ip.segments(), [_, _, _, _, 0 | 0x200, 0x5efe, _, _]);
            UNICAST_V6.contains(&ip) && !isatap && !SPECIAL_V6.iter().any(|net| net.contains(&ip))
        }
    }
}

/// Whether this address may be dialled.
pub(super) fn is_allowed(ip: IpAddr, allow_private: &[IpNet]) -> bool {
    // A mapped address is dialled as the IPv4 address in it, so the exceptions for that one hold.
    is_public(ip) || allow_private.iter().any(|net| net.contains(&ip) || net.contains(&ip.to_canonical()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn special_ranges_are_closed_to_their_last_address() {
        let closed = [
            "0.0.0.0 0.255.255.255 10.0.0.0 10.255.255.255 100.64.0.0 100.127.255.255 127.0.0.1 127.255.255.255",
            "169.254.0.1 169.254.169.254 172.16.0.0 172.31.255.255 192.0.0.0 192.0.0.255 192.0.2.1 192.31.196.1",
            "192.52.193.1 192.88.99.1 192.168.0.0 192.168.255.255 192.175.48.1 198.18.0.0 198.19.255.255",
            "198.51.100.1 203.0.113.255 224.0.0.1 239.255.255.255 240.0.0.1 255.255.255.255",
            ":: ::1 ::7f00:1 ::ffff:127.0.0.1 ::ffff:8.8.8.8 ::ffff:0:8.8.8.8 64:ff9b::8.8.8.8 64:ff9b:1::1 100::1 100:0:0:1::1",
            "2001::1 2001:0:7f00:1:: 2001:1::1 2001:2::1 2001:10::1 2001:20::1 2001:1ff:ffff::1 2001:db8::1 2002:7f00:1::1",
            "2620:4f:8000::1 3ffe::1 3fff::1 3fff:fff:ffff::1 5f00::1 fc00::1 fdff::1 fe80::1 fec0::1 ff02::1",
            "2a01:4f8::5efe:7f00:1 2a01:4f8::200:5efe:a00:1 4000::1 1fff::1",
        ];
        for ip in closed.iter().flat_map(|line| line.split(' ')) {
            assert!(!is_allowed(ip.parse().unwrap(), &[]), "{ip}");
        }
    }

    #[test]
    fn their_neighbours_are_open() {
        let open = [
            "1.0.0.0 9.255.255.255 11.0.0.0 100.63.255.255 100.128.0.0 126.255.255.255 128.0.0.0 169.253.255.255",
            "169.255.0.0 172.15.255.255 172.32.0.0 192.0.1.0 192.0.3.0 192.167.255.255 192.169.0.0 198.17.255.255",
            "198.20.0.0 223.255.255.255 8.8.8.8",
            "2001:200::1 2001:db7::1 2001:db9::1 2003::1 2606:4700::1 2620:4f:8001::1 2a01:4f8::1 3fff:1000::1",
        ];
        for ip in open.iter().flat_map(|line| line.split(' ')) {
            assert!(is_allowed(ip.parse().unwrap(), &[]), "{ip}");
        }
    }

    #[test]
    fn exceptions_open_exactly_what_they_say() {
        let allow = ["127.0.0.0/8".parse().unwrap(), "fd00::/64".parse().unwrap()];
        for (ip, open) in [
            ("127.0.0.2", true),
            ("::ffff:127.0.0.2", true),
            ("fd00::1", true),
            ("10.0.0.1", false),
            ("::1", false),
            ("::7f00:2", false),
            ("::ffff:10.0.0.1", false),
            ("fd00:0:0:1::1", false),
            ("8.8.8.8", true),
        ] {
            assert_eq!(is_allowed(ip.parse().unwrap(), &allow), open, "{ip}");
        }
    }
}
