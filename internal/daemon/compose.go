package daemon

import (
	"fmt"

	"twohens/internal/engine"
)

// interim
type interim struct{ base, site string }

func (i interim) Compose(l engine.Letter) (engine.Mail, error) {
	return engine.Mail{ID: l.ID, To: l.To, Locale: l.Locale, Subject: i.site + ": " + string(l.Kind),
		Text: fmt.Sprintf("Code %s\n%s/go/%s\n", l.Code.Reveal(), i.base, l.Link.Reveal())}, nil
}

func (d *Daemon) composer() (engine.Composer, error) {
	return interim{d.config.Site.PublicURL.String(), d.config.Site.Name}, nil
}
