package page

// A wayOut is the button of a problem's page.
type wayOut struct{ label, path string }

var (
	again  = wayOut{"out.again", "/recover"}
	signIn = wayOut{"out.sign_in", "/"}
	centre = wayOut{"out.help", "/help"}
)

// problemWords are a problem's texts, by their keys, and its way out.
type problemWords struct {
	title, text string
	wait        string // the text when it is known how long to wait; it takes a span
	out         wayOut
}

// problems are the kinds of problems. What a person reads says what happened, that nothing is lost, and what to do.
var problems = map[string]problemWords{
	"bad_form":   {"problem.form.title", "problem.form.text", "", again},
	"cross_site": {"problem.cross_site.title", "problem.cross_site.text", "", again},
	"not_found":  {"problem.not_found.title", "problem.not_found.text", "", signIn},
	"method":     {"problem.method.title", "problem.method.text", "", again},
	"too_large":  {"problem.too_large.title", "problem.too_large.text", "", again},
	"wrong_type": {"problem.wrong_type.title", "problem.wrong_type.text", "", again},
	"limited":    {"problem.limited.title", "problem.limited.text", "problem.limited.wait", centre},
	"down":       {"problem.down.title", "problem.down.text", "problem.down.wait", again},
	"ended":      {"problem.ended.title", "problem.ended.text", "", again},
	"no_cookie":  {"problem.no_cookie.title", "problem.no_cookie.text", "", again},
}

// byStatus is for a kind that has no words of its own.
var byStatus = map[int]string{
	400: "bad_form", 403: "cross_site", 404: "not_found", 405: "method", 410: "ended", 413: "too_large", 415: "wrong_type",
	422: "bad_form", 429: "limited", 503: "down",
}

// words finds the texts: those of the kind, or else of the status. "form" is told apart by its status.
func (m Problem) words() problemWords {
	if w, ok := problems[m.Kind]; ok {
		return w
	}
	if kind, ok := byStatus[m.Status]; ok {
		return problems[kind]
	}
	return problems["down"]
}

// Text, WaitText, OutLabel and OutPath are for the template.
func (m Problem) Text() string { return m.words().text }

// WaitText is empty unless it is known how long to wait.
func (m Problem) WaitText() string {
	if m.RetryAfter <= 0 {
		return ""
	}
	return m.words().wait
}

func (m Problem) Title() string    { return m.words().title }
func (m Problem) OutLabel() string { return m.words().out.label }
func (m Problem) OutPath() string  { return m.words().out.path }
