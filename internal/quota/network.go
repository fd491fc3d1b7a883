package quota

import "net/netip"

// Networks returns the networks that a client address counts against, the
// narrowest first, in the form to build a key from: the /32 of an IPv4
// address; the /56 and then the /48 of an IPv6 one, since a household is given the
// first and a small company, or an attacker's rented host, often the second, and
// each holds more addresses than any limit could count.
//
// An IPv4 address inside IPv6 (::ffff:192.0.2.1) counts as the IPv4 address that
// it is, or a dual-stack listener would put the whole of IPv4 into one bucket. A
// zone is dropped. All invalid addresses share one bucket: a client whose address
// is not known is limited the hardest, not the least.
func Networks(addr netip.Addr) []string {
	addr = addr.Unmap().WithZone("")
	switch {
	case addr.Is4():
		return []string{prefix(addr, 32)}
	case addr.Is6():
		return []string{prefix(addr, 56), prefix(addr, 48)}
	}
	return []string{"unknown"}
}

func prefix(addr netip.Addr, bits int) string {
	return netip.PrefixFrom(addr, bits).Masked().String()
}
