package page

import (
	"strings"
	"time"

	"twohens/internal/locale"
)

// Paper is the page from which saved codes are made. Fields: made; action=file answers with a text file.
type Paper struct {
	Left  int       // codes that are not used yet
	Since time.Time // when they were made; zero: there are none
	Made  string    // stands for the set that new ones would replace: a form that comes twice does not replace the first's
	Again bool      // the form came for a set that is gone: ask before yet another one is made
	Busy  bool      // too many are being hashed at once
}

// Any says that there are codes already, used or not.
func (m Paper) Any() bool { return !m.Since.IsZero() }

// Codes is what is printed: the only time that the codes are shown.
type Codes struct {
	List []string
	At   time.Time
}

// Text is the same as a file, for those who rather save it.
func (m Codes) Text(c *locale.Catalogue, site string) string {
	lines := []string{locale.Inert(site) + ": " + c.T("paper.made.title"), c.Day(m.At, nil), ""}
	lines = append(append(lines, m.List...), "", c.T("paper.use", "Site", site), "")
	return strings.Join(lines, "\r\n") // which the plainest of editors understand
}

func (Paper) page() about { return about{"paper", "paper.title", false} }
func (Codes) page() about { return about{"codes", "paper.made.title", false} }
