package web

import (
	"net/http"
	"net/netip"
	"strings"
	"testing"
)

// what a client says of its address counts only as far as it comes from proxies that the operator listed.
func TestClient(t *testing.T) {
	t.Parallel()
	list := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("fd00::/8"), netip.MustParsePrefix("fe80::/10")}
	for _, c := range []struct {
		name, peer string
		forwarded  []string // X-Forwarded-For, one for each header line
		want       string   // empty: unknown
	}{
		{"nobody forwards", "192.0.2.1:4000", nil, "192.0.2.1"},
		{"a stranger claims to", "192.0.2.1:4000", []string{"203.0.113.9"}, "192.0.2.1"},
		{"a stranger claims to be a proxy", "192.0.2.1:4000", []string{"203.0.113.9, 10.0.0.1"}, "192.0.2.1"},
		{"one proxy", "10.0.0.1:4000", []string{"203.0.113.9"}, "203.0.113.9"},
		{"one proxy, a lie before it", "10.0.0.1:4000", []string{"198.51.100.1, 203.0.113.9"}, "203.0.113.9"},
		{"a lie in a header of its own", "10.0.0.1:4000", []string{"198.51.100.1", "203.0.113.9"}, "203.0.113.9"},
		{"two proxies", "10.0.0.1:4000", []string{"203.0.113.9, 10.9.9.9"}, "203.0.113.9"},
		{"a lie behind a listed address", "10.0.0.1:4000", []string{"198.51.100.1, 10.1.1.1, 203.0.113.9, 10.9.9.9"}, "203.0.113.9"},
		{"a proxy asks for itself", "10.0.0.1:4000", nil, "10.0.0.1"},
		{"nothing but proxies", "10.0.0.1:4000", []string{"10.0.0.3, 10.0.0.2"}, "10.0.0.3"},
		{"garbage", "10.0.0.1:4000", []string{"unknown"}, "10.0.0.1"},
		{"garbage in the middle", "10.0.0.1:4000", []string{"203.0.113.9, <script>, 10.0.0.2"}, "10.0.0.2"},
		{"empty", "10.0.0.1:4000", []string{""}, "10.0.0.1"},
		{"a comma", "10.0.0.1:4000", []string{"203.0.113.9,"}, "10.0.0.1"},
		{"with a port", "10.0.0.1:4000", []string{"203.0.113.9:1234"}, "10.0.0.1"},
		{"very long", "10.0.0.1:4000", []string{strings.Repeat("1.1.1.1,", 2000) + "203.0.113.9"}, "203.0.113.9"},
		{"IPv6", "[2001:db8::1]:4000", []string{"203.0.113.9"}, "2001:db8::1"},
		{"IPv6 proxy", "[fd00::1]:4000", []string{"2001:db8::9"}, "2001:db8::9"},
		{"IPv6 proxy with a zone", "[fe80::1%eth0]:4000", []string{"2001:db8::9"}, "2001:db8::9"},
		{"IPv6 with a zone", "[fe80::1%eth0]:4000", []string{"fe81::2%lie"}, "fe81::2"},
		{"IPv4 in IPv6, a proxy", "[::ffff:10.0.0.1]:4000", []string{"::ffff:203.0.113.9"}, "203.0.113.9"},
		{"IPv4 in IPv6, a stranger", "[::ffff:192.0.2.1]:4000", []string{"203.0.113.9"}, "192.0.2.1"},
		{"no address at all", "@", []string{"203.0.113.9"}, ""},
	} {
		r := &http.Request{RemoteAddr: c.peer, Header: http.Header{
			"X-Forwarded-For": c.forwarded, "Forwarded": {"for=198.51.100.77"}, "X-Real-Ip": {"198.51.100.77"}, "True-Client-Ip": {"198.51.100.77"},
		}}
		got := ""
		if a := Client(list)(r); a.IsValid() {
			got = a.String()
		}
		if got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

// The same over HTTP: a limit is not got round by a made-up address, and holds for each client behind a listed proxy.
func TestLimitsCountTheClient(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		proxies []netip.Prefix
		want    int // the status of the third knock that claims yet another address
	}{
		"no proxies":  {nil, 429},
		"other proxy": {[]netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}, 429},
		"our proxy":   {[]netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}, 422},
	} {
		s := newSite(t, func(o *setup) { o.proxies = c.proxies; o.limits.Network.Events = 2 })
		for i, claim := range []string{"203.0.113.1", "203.0.113.2", "203.0.113.3"} {
			b := s.browser()
			b.header.Set("X-Forwarded-For", claim)
			a := b.post("/recover", "address", "ann@fernbank.example")
			if want := []int{422, 422, c.want}[i]; a.status != want {
				t.Errorf("%s: knock %d: %d, want %d", name, i+1, a.status, want)
			}
		}
		b := s.browser()
		b.header.Set("X-Forwarded-For", "203.0.113.1")
		b.post("/recover", "address", "ann@fernbank.example")
		a := b.post("/recover", "address", "ann@fernbank.example")
		if a.status != 429 || a.header.Get("Retry-After") == "" || !a.has(b.text("limit.head")) || a.address(t) != "ann@fernbank.example" {
			t.Errorf("%s: the third knock of one client: %d %s", name, a.status, words(a.body))
		}
	}
}
