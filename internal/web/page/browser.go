package page

import (
	"strings"

	"twohens/internal/locale"
)

// sign is a piece of a User-Agent header and the name that people know.
type sign struct{ piece, name string }

// The order matters: most browsers also claim to be others.
var browsers = []sign{
	{"Edg", "Edge"}, {"OPR/", "Opera"}, {"SamsungBrowser", "Samsung Internet"}, {"Vivaldi", "Vivaldi"},
	{"Firefox", "Firefox"}, {"FxiOS", "Firefox"}, {"CriOS", "Chrome"}, {"Chromium", "Chromium"},
	{"Chrome", "Chrome"}, {"Safari", "Safari"}, {"curl/", "curl"},
}

var systems = []sign{
	{"iPhone", "iPhone"}, {"iPad", "iPad"}, {"Android", "Android"}, {"Windows", "Windows"},
	{"CrOS", "ChromeOS"}, {"Macintosh", "macOS"}, {"Linux", "Linux"},
}

func named(signs []sign, agent string) string {
	for _, s := range signs {
		if strings.Contains(agent, s.piece) {
			return s.name
		}
	}
	return ""
}

// browser puts a User-Agent header into words. Nothing of the header itself is shown: anybody can write anything there.
func browser(c *locale.Catalogue, agent string) string {
	name, system := named(browsers, agent), named(systems, agent)
	switch {
	case name != "" && system != "":
		return c.T("account.browser", "Browser", name, "System", system)
	case name != "":
		return name
	case system != "":
		return system
	}
	return c.T("account.browser_unknown")
}
