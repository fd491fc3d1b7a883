package quota_test

import (
	"net/netip"
	"slices"
	"testing"

	"twohens/internal/quota"
)

//
func TestNetworks(t *testing.T) {
	for addr, want := range map[string][]string{
		"192.0.2.77":                             {"192.0.2.77/32"},
		"::ffff:192.0.2.77":                      {"192.0.2.77/32"},
		"::ffff:c000:24d":                        {"192.0.2.77/32"},
		"2001:db8:aaaa:bbcc:dddd:eeee:ffff:1":    {"2001:db8:aaaa:bb00::/56", "2001:db8:aaaa::/48"},
		"2001:db8:aaaa:bbff::1":                  {"2001:db8:aaaa:bb00::/56", "2001:db8:aaaa::/48"},
		"2001:db8:aaaa:bc00::1":                  {"2001:db8:aaaa:bc00::/56", "2001:db8:aaaa::/48"},
		"fe80::1%eth0":                           {"fe80::/56", "fe80::/48"},
		"fe80::1%eth1":                           {"fe80::/56", "fe80::/48"},
		"::1":                                    {"::/56", "::/48"},
		"2001:0DB8:AAAA:0000:0000:0000:0000:001": {"2001:db8:aaaa::/56", "2001:db8:aaaa::/48"},
	} {
		if got := quota.Networks(netip.MustParseAddr(addr)); !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", addr, got, want)
		}
	}
	if got := quota.Networks(netip.Addr{}); !slices.Equal(got, []string{"unknown"}) {
		t.Errorf("no address: %v", got)
	}
}
