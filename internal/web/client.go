package web

import (
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// Client tells who asks. A forwarded address counts only when the connection comes from a proxy that the operator
// listed, and then the rightmost one that is no such proxy: everything left of it is what the client itself claims.
func Client(proxies []netip.Prefix) func(*http.Request) netip.Addr {
	listed := func(a netip.Addr) bool {
		return slices.ContainsFunc(proxies, func(p netip.Prefix) bool { return p.Contains(a) })
	}
	return func(r *http.Request) netip.Addr {
		peer, err := netip.ParseAddrPort(r.RemoteAddr)
		if err != nil {
			return netip.Addr{}
		}
		client := peer.Addr().Unmap().WithZone("") // no prefix contains an address with a zone
		if !listed(client) {
			return client
		}
		chain := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
		for _, hop := range slices.Backward(chain) {
			addr, err := netip.ParseAddr(strings.TrimSpace(hop))
			if err != nil {
				return client // a proxy of ours never writes that
			}
			client = addr.Unmap().WithZone("")
			if !listed(client) {
				return client
			}
		}
		return client
	}
}
