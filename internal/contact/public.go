package contact

import (
	_ "embed"
	"strings"
)

//go:embed public.txt
var publicText string

// public are the domains of mail providers at which anybody can have an address.
var public = func() map[string]bool {
	set := make(map[string]bool)
	for line := range strings.Lines(publicText) {
		if line = strings.TrimSpace(line); line != "" && line[0] != '#' {
			set[line] = true
		}
	}
	return set
}()

// PublicDomain says that a mail domain, in lower case, is one of the well-known ones at which anybody can have an address. Of those alone it
// is told how mail to them fares: of a domain with few people, that would be told of one of them.
func PublicDomain(domain string) bool { return public[domain] }
