package browser

import (
	"context"
	"log/slog"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"

	"twohens/internal/daemon"
	"twohens/internal/locale"
)

// newDemo starts the demo, as `twohens demo` does.
func newDemo(t *testing.T) (*site, *daemon.Demo) {
	t.Helper()
	folder := t.TempDir()
	d, err := daemon.NewDemo(t.Context(), folder, "127.0.0.1:0", slog.New(slog.NewTextHandler(failing{t}, &slog.HandlerOptions{Level: slog.LevelWarn})))
	must(t, err)
	s := &site{t: t, url: "http://" + d.Address(), daemon: d.Daemon, box: d.Mailbox, keys: challengeKeys(t, filepath.Join(folder, "keys"))}
	run(t, d.Run)
	return s, d
}

// The demo, as somebody tries it out: forget a password that the sign-in tells, see the mail arrive in the mailbox without
// reloading, and go on by its link.
func TestDemo(t *testing.T) {
	t.Parallel()
	s, demo := newDemo(t)
	box := &walker{tab: s.browse(person{}), Catalogue: locale.For("en")}
	box.open("/demo/mailbox")
	box.says("mailbox.title")
	if got, want := box.said("#empty"), box.T("mailbox.empty"); got != want {
		t.Errorf("%q, want %q", got, want)
	}
	document := box.document()

	w := &walker{tab: box.beside(), Catalogue: box.Catalogue, address: demo.Accounts[0].Address, fresh: "a spare key under the blue pot", hand: tapping, code: typed}
	w.open("/")
	for _, a := range demo.Accounts {
		if got := w.said(".demo"); !strings.Contains(got, a.Address) || !strings.Contains(got, a.Password) {
			t.Errorf("the sign-in does not tell of %s:\n%s", a.Address, got)
		}
	}
	w.axe()
	w.forget()
	w.choose()

	box.until(`document.querySelectorAll("article.mail").length == 1`)
	if box.document() != document {
		t.Error("the mailbox was loaded anew")
	}
	mail := s.mail(w.address, 0)
	if got := box.said("article.mail"); !strings.Contains(got, mail.Subject) || !strings.Contains(got, w.address) {
		t.Errorf("the mailbox shows:\n%s", got)
	}
	if !eval[bool](box.tab, `document.querySelector("#empty").hidden`) {
		t.Error("the mailbox still says that it is empty")
	}
	box.axe()

	on := box.opensFromMail()
	on.says("link.title")
	on.follow(submit)
	on.at("/recover/reset")
	on.write("#new", w.fresh)
	on.follow(submit)
	on.at("/recover/done")
	box.until(`document.querySelectorAll("article.mail:not(.text)").length == 2 && document.querySelector("article.text")`) // the notices
	w.open("/recover/done")                                                                                                 // the same browser: its cookies are those of the tab from the mail
	w.signIn()
}

// A text arrives in the same mailbox, drawn as on a telephone, and its code leads on.
func TestDemoText(t *testing.T) {
	t.Parallel()
	s, demo := newDemo(t)
	box := &walker{tab: s.browse(person{lang: "ar"}), Catalogue: locale.For("ar")}
	box.open("/demo/mailbox")
	document := box.document()
	w := &walker{tab: box.beside(), Catalogue: box.Catalogue, address: demo.Accounts[1].Address, fresh: "a spare key under the blue pot", hand: tapping, code: typed}
	w.open("/signin")
	if got := w.said(".demo"); !strings.Contains(got, demo.Accounts[1].Phone) || !strings.Contains(got, demo.Accounts[1].Answer) {
		t.Errorf("the sign-in does not tell the number and the answer of %s:\n%s", w.address, got)
	}
	w.forget()
	w.take("phone", "/recover/code", "code.title")
	box.until(`document.querySelectorAll("article.text").length == 1`)
	if box.document() != document {
		t.Error("the mailbox was loaded anew")
	}
	if got := box.said("article.text h2"); !strings.Contains(got, demo.Accounts[1].Phone) {
		t.Errorf("the text is headed %q", got)
	}
	box.axe()
	box.narrow()
	box.fits()
	typed(w, regexp.MustCompile(`\d{8}`).FindString(box.said(".bubble")))
	w.renew()
	w.signIn()
}

// opensFromMail clicks on the button in the newest mail, which opens a tab.
func (w *walker) opensFromMail() *walker {
	w.t.Helper()
	w.show("article.mail iframe")                                                                       // it is loaded when it is seen
	inside := &tab{t: w.t, ctx: w.attach("iframe", "/demo/mailbox/"), site: w.site, witness: w.witness} // sandboxed, so a target of its own
	inside.until(`document.readyState == "complete" && document.querySelector(".m-go")`)
	button := inside.show(".m-go")
	corner := eval[spot](w.tab, `(() => { const r = document.querySelector("article.mail iframe").getBoundingClientRect(); return {x: r.x, y: r.y}; })()`)
	_, err := chromedp.Run(w.ctx, chromedp.CaptureScreenshot()) // now everything is drawn where it is to be hit, in the frame too
	w.must(err)
	w.hit(corner.X+button.X, corner.Y+button.Y)

	next := *w.tab
	next.ctx, next.witness = w.attach("page", "/go/"), newWitness(w.url)
	next.must(next.witness.watch(next.ctx))
	w.t.Cleanup(func() { next.witness.report(w.t) })
	next.must(next.become())
	next.until(`location.pathname.startsWith("/go/") && document.readyState == "complete"`)
	return &walker{tab: &next, Catalogue: w.Catalogue, address: w.address, fresh: w.fresh, hand: w.hand, code: w.code}
}

// attach waits for a target of a kind that shows a path of the site, and takes it over.
func (w *walker) attach(kind, path string) context.Context {
	w.t.Helper()
	var found *target.Info
	w.wait("no "+kind+" shows "+path, func() bool {
		all, err := chromedp.Targets(w.ctx)
		w.must(err)
		for _, i := range all {
			if i.Type == kind && strings.HasPrefix(i.URL, w.url+path) {
				found = i
			}
		}
		return found != nil
	})
	ctx, stop := chromedp.NewContext(w.ctx, chromedp.WithTargetID(found.TargetID))
	w.t.Cleanup(stop)
	w.must(chromedp.Do(ctx)) // for as long as the test lasts
	return ctx
}
