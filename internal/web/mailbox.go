package web

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"twohens/internal/web/page"
)

// Demo is what only the demo has: accounts that everybody may know, and a mailbox that everybody may read.
type Demo struct {
	Accounts []page.DemoAccount
	Mailbox  Mailbox
}

// Mailbox is where the demo's mails arrive.
type Mailbox interface {
	// Mails lists what arrived, newest first.
	Mails() []page.Mail
	// Mail finds one.
	Mail(id string) (page.Mail, bool)
	// Watch tells of every mail that arrives from the call on, until ctx ends or the reader is too far behind: then the channel
	// is closed.
	Watch(ctx context.Context) (arrived <-chan string)
}

func (w *Web) mailboxPage(rw http.ResponseWriter, r *http.Request) {
	w.show(rw, r, http.StatusOK, page.Mailbox{Mails: w.Demo.Mailbox.Mails()})
}

// mailboxMail shows one mail in the page's frame: what it links to opens in a window of its own, outside of the sandbox, since
// browsers refuse to show a page with an opener policy inside of one; and no script of the mail runs.
func (w *Web) mailboxMail(rw http.ResponseWriter, r *http.Request) {
	mail, ok := w.Demo.Mailbox.Mail(r.PathValue("id"))
	if !ok {
		w.problem(rw, r, http.StatusNotFound, "not_found")
		return
	}
	header := rw.Header()
	header.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'; "+
		"base-uri 'none'; form-action 'none'; sandbox allow-top-navigation-by-user-activation allow-popups allow-popups-to-escape-sandbox")
	header.Set("X-Frame-Options", "SAMEORIGIN")
	header.Set("Content-Type", "text/html; charset=utf-8")
	fmt.Fprint(rw, mail.HTML)
}

// beat keeps a quiet stream open through proxies.
const beat = 15 * time.Second

// mailboxEvents tells the page of each mail as it arrives.
func (w *Web) mailboxEvents(rw http.ResponseWriter, r *http.Request) {
	rw.Header().Set("Content-Type", "text/event-stream")
	if r.Method == http.MethodHead {
		return // a HEAD that never ended would keep its connection for nothing
	}
	control := http.NewResponseController(rw)
	if err := control.SetWriteDeadline(time.Time{}); err != nil {
		w.fail(rw, r, err)
		return
	}
	arrived := w.Demo.Mailbox.Watch(r.Context()) // before the page is told that it is heard
	fmt.Fprint(rw, "retry: 2000\n\n")
	tick := time.NewTicker(beat)
	defer tick.Stop()
	for control.Flush() == nil {
		select {
		case <-r.Context().Done():
			return
		case id, more := <-arrived:
			if !more {
				return // the page comes back by itself
			}
			fmt.Fprintf(rw, "event: mail\ndata: %s\n\n", id)
		case <-tick.C:
			fmt.Fprint(rw, ": still here\n\n")
		}
	}
}
