package contact

import (
	"slices"

	"twohens/internal/slip"
)

// providers are public mail providers with names that fingers slip on. Nobody is told anything about their mail here; they are only
// what somebody may have meant.
var providers = []string{
	"gmail.com", "googlemail.com", "outlook.com", "hotmail.com", "live.com", "yahoo.com", "icloud.com", "aol.com", "protonmail.com",
	"gmx.net", "web.de", "t-online.de", "mail.ru", "yandex.ru", "qq.com", "foxmail.com", "163.com", "126.com", "sina.com", "naver.com",
	"hotmail.es", "yahoo.es", "telefonica.net", "orange.fr", "wanadoo.fr", "libero.it",
}

// neighbours are domains that exist by themselves beside one of the providers.
var neighbours = []string{
	"mail.com", "ymail.com", "email.com", "aim.com", "gmx.de", "gmx.at", "gmx.ch", "gmx.com", "gmx.us", "gmx.fr", "gmx.es", "yahoo.se", "yahoo.de",
	"yahoo.fr", "yahoo.it", "yahoo.ca", "yahoo.in", "yahoo.cn", "hotmail.de", "hotmail.fr", "hotmail.it", "hotmail.se", "hotmail.be", "live.de",
	"live.fr", "live.it", "live.se", "live.ca", "live.cn", "live.dk", "live.no", "live.nl", "live.be", "live.in", "live.co.uk", "aol.de", "aol.fr",
	"139.com", "189.com", "sina.cn", "mail.de", "mail.ua", "mail.bg", "yandex.com", "yandex.ua", "yandex.by", "yandex.kz", "outlook.es", "outlook.fr",
	"outlook.de", "outlook.it", "qq.cn", "orange.es", "libero.com",
}

// shortest is how long a domain must be for one wrong letter to be a slip and not another domain.
const shortest = 7

// Slip is the public provider that was probably meant, when the domain of the address is one slip of the finger away from it: "gmail.com"
// for "gmial.com". False when there is none. It looks at what was typed and at nothing else, so it may be shown to anybody.
func (e Email) Slip() (domain string, ok bool) {
	if len(e.domain) < shortest || slices.Contains(providers, e.domain) || slices.Contains(neighbours, e.domain) {
		return "", false
	}
	for _, p := range providers {
		if slip.Distance(e.domain, p) == 1 {
			return p, true
		}
	}
	return "", false
}
