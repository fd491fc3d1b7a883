package browser

import (
	"io"
	"net/http"
	"net/http/httptest"
	"path"
	"strconv"
)

// letters looks at the mails that came, as a mail program shows them: in light and in dark, on a small screen and a large one. They
// hold everything themselves: a request to anywhere fails the test.
func (w *walker) letters() {
	w.t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		number, _ := strconv.ParseUint(path.Base(r.URL.Path), 10, 64)
		mail, ok := w.box.Mail(number)
		if !ok { // what a browser asks for by itself
			rw.WriteHeader(http.StatusNoContent)
			return
		}
		rw.Header().Set("Content-Type", "text/html; charset=utf-8")
		io.WriteString(rw, mail.HTML)
	}))
	w.t.Cleanup(server.Close)
	reader := (&site{t: w.t, url: server.URL}).browse(person{lang: w.lang})
	for _, m := range w.mails(w.address) {
		reader.dark = false
		reader.must(reader.media("", false))
		reader.narrow()
		reader.open("/" + strconv.FormatUint(m.Number, 10))
		reader.fits()
		reader.axe(letterRules...)
		reader.must(reader.size())
		reader.dark = true
		reader.must(reader.media("", false))
		reader.axe(letterRules...)
		if got := eval[string](reader, `document.documentElement.lang + " " + document.documentElement.dir`); got != w.Language.Tag+" "+w.Language.Dir {
			w.t.Errorf("the mail is %s", got)
		}
	}
}

// letterRules are those that make sense where the style sheet is the mail program's.
var letterRules = []string{
	"color-contrast", "document-title", "empty-heading", "html-has-lang", "html-lang-valid", "image-alt", "link-name", "list", "target-size", "valid-lang",
}
