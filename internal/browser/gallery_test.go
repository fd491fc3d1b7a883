package browser

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"twohens/internal/locale"
	"twohens/internal/web/page"
	"twohens/scratch"
	"twohens/scratch/widget"
)

// gallery serves every page in every state, many of which the running program shows rarely, as internal/web/page draws them:
// under the product's own policy, with its style, its scripts, and pictures where pictures belong.
func gallery(t *testing.T) (*site, string) {
	t.Helper()
	folder := t.TempDir()
	draw := exec.Command("go", "test", "-count=1", "twohens/internal/web/page", "-run", "^TestGallery$", "-gallery", folder)
	draw.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := draw.CombinedOutput(); err != nil {
		t.Fatalf("the pages cannot be drawn: %v\n%s", err, out)
	}
	policy := policyOf(t, newSite(t).url)
	files := http.FileServer(http.Dir(folder))
	dealer := newDealer(t)
	pictures := cardPictures(t, dealer)
	var challenge http.Handler
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name := path.Base(r.URL.Path)
		switch {
		case strings.HasPrefix(r.URL.Path, page.ChallengePrefix+"/"):
			challenge.ServeHTTP(w, r)
		case pictures[name] != nil:
			w.Header().Set("Content-Type", http.DetectContentType(pictures[name]))
			w.Write(pictures[name])
		case strings.HasPrefix(r.URL.Path, "/demo/mailbox/") && name != "events": // a mail, in its frame
			io.WriteString(w, "<!doctype html><title>A mail</title><p>48219073")
		case strings.HasSuffix(r.URL.Path, ".html") || strings.HasPrefix(r.URL.Path, "/static/"):
			w.Header().Set("Content-Security-Policy", policy)
			files.ServeHTTP(w, r)
		default: // what a page asks for or goes to by itself: it stays where it is
			w.WriteHeader(http.StatusNoContent)
		}
	}))
	t.Cleanup(server.Close)
	var err error
	challenge, err = widget.New(widget.Config{
		Dealer: dealer, Origin: server.URL, Prefix: page.ChallengePrefix,
		Site: func(context.Context, string) (widget.Site, error) { return widget.Site{}, nil },
	})
	must(t, err)
	return &site{t: t, url: server.URL}, folder
}

func policyOf(t *testing.T, url string) string {
	t.Helper()
	answer, err := http.Get(url + "/help")
	must(t, err)
	answer.Body.Close()
	policy := answer.Header.Get("Content-Security-Policy")
	if !strings.HasPrefix(policy, "default-src 'none'") {
		t.Fatalf("the policy is %q", policy)
	}
	return policy
}

// newDealer deals cards that cost next to no work.
func newDealer(t *testing.T) *scratch.Dealer {
	t.Helper()
	key := make([]byte, 32)
	rand.Read(key)
	keys, err := scratch.NewKeys(scratch.Key{ID: "1", Secret: key})
	must(t, err)
	dealer, err := scratch.New(scratch.Config{Keys: keys, Spent: scratch.NewMemory(1000, time.Now), Now: time.Now, Bits: 1})
	must(t, err)
	return dealer
}

// cardPictures are pictures and calls of a card, by the names that the gallery's pages call them.
func cardPictures(t *testing.T, dealer *scratch.Dealer) map[string][]byte {
	t.Helper()
	at := scratch.Place{Site: "gallery", Action: "look", Host: "localhost"}
	card, err := dealer.Plain(at, scratch.Pick)
	must(t, err)
	out := map[string][]byte{}
	out["card-open.svg"], _, err = dealer.Picture(card, scratch.Numbered)
	must(t, err)
	calls, err := dealer.Plain(at, scratch.Hear)
	must(t, err)
	for n := range scratch.Calls {
		out[strconv.Itoa(n+1)+".wav"], _, err = dealer.Call(calls, n+1, false)
		must(t, err)
	}
	return out
}

// states are the pages of one language, each once: some states look the same.
func states(t *testing.T, folder, lang string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(folder, lang, "*.html"))
	must(t, err)
	var out []string
	seen := map[[32]byte]bool{}
	for _, f := range files {
		body, err := os.ReadFile(f)
		must(t, err)
		if sum := sha256.Sum256(bytes.TrimSpace(body)); !seen[sum] {
			seen[sum] = true
			out = append(out, "/"+lang+"/"+filepath.Base(f))
		}
	}
	if len(out) < 60 {
		t.Fatalf("only %d pages", len(out))
	}
	return out
}

// Every page in every state and language can be read, reached and used.
func TestStates(t *testing.T) {
	g, folder := gallery(t)
	for _, l := range locale.All() {
		t.Run(l.Tag, func(t *testing.T) {
			t.Parallel()
			b := (&site{t: t, url: g.url}).browse(person{lang: l.Tag, still: true})
			seen := map[string]bool{}
			for _, at := range states(t, folder, l.Tag) {
				b.narrow()
				b.open(at)
				b.fits()
				if l.Tag != "en" && l.Tag != "ar" { // one for each direction: the others differ in words alone
					continue
				}
				if s := b.structure(); !seen[s] {
					seen[s] = true
					b.readable()
				}
			}
			t.Logf("%d structures", len(seen))
		})
	}
}

// structure is the page without its words. Two pages that have it in common are the same to axe-core.
func (b *tab) structure() string {
	b.t.Helper()
	return eval[string](b, `[...document.querySelectorAll("body, body *")].map((e) => e.localName + "." + e.className +
		e.getAttributeNames().filter((a) => !["href", "value", "class"].includes(a))).join(">")`)
}

// narrow makes the window as small as 400 % zoom makes one of 1280 by 1024.
func (b *tab) narrow() { b.t.Helper(); b.do(chromedp.EmulateViewport(320, 256)) }

// fits checks that nothing has to be scrolled sideways (WCAG 1.4.10).
func (b *tab) fits() {
	b.t.Helper()
	if over := eval[[]string](b, `document.documentElement.scrollWidth <= innerWidth ? [] : [document.documentElement.scrollWidth + " px",
		...[...document.querySelectorAll("body *")].filter((e) => {
			const r = e.getBoundingClientRect();
			return r.width > 1 && (r.right > innerWidth + 1 || r.left < -1);
		}).map((e) => e.outerHTML.slice(0, 120))]`); len(over) > 0 {
		b.t.Errorf("%s is wider than a window of %d px:\n%s", b.path(), eval[int](b, `innerWidth`), strings.Join(over, "\n"))
	}
}

// readable looks at a page as it stands in a narrow window: with axe-core on small and large screens, in light and in dark, in
// other people's colours, on paper, and by key.
func (b *tab) readable() {
	b.t.Helper()
	b.axe("target-size")
	b.must(b.size())
	b.axe()
	b.mirrored()
	b.clearOfTails()
	b.focusable()
	b.standsStill()
	dark := *b
	dark.dark = true
	b.must(dark.media("", false))
	b.axe("color-contrast")
	b.must(b.media("", true))
	b.axe("color-contrast")
	b.must(b.media("print", false))
	b.printed()
	b.must(b.media("", false))
}

// mirrored checks that the page begins where its language does.
func (b *tab) mirrored() {
	b.t.Helper()
	begins := eval[bool](b, `(() => {
		const middle = (e) => { const r = e.getBoundingClientRect(); return (r.left + r.right) / 2; };
		return middle(document.querySelector(".site")) < middle(document.querySelector(".aside"));
	})()`)
	if begins != (b.lang != "ar") {
		b.t.Errorf("%s: the head of the page is not in the direction of %s", b.path(), b.lang)
	}
}

// clearOfTails checks that nothing typed into a field, in whichever direction, runs beneath the button at its end.
func (b *tab) clearOfTails() {
	b.t.Helper()
	for _, under := range eval[[]string](b, `[...document.querySelectorAll(".with-tail")].flatMap((box) => ["plain text", "نص بسيط"].filter((text) => {
		const input = box.querySelector("input"), tail = box.querySelector("button").getBoundingClientRect(), was = input.value;
		input.value = text;
		const s = getComputedStyle(input), r = input.getBoundingClientRect();
		input.value = was;
		return r.right - parseFloat(s.paddingRight) > tail.left && r.left + parseFloat(s.paddingLeft) < tail.right;
	}))`) {
		b.t.Errorf("%s: %s runs beneath the button", b.path(), under)
	}
}

// focusable checks that whatever can be operated shows when it has the focus (WCAG 2.4.7).
func (b *tab) focusable() {
	b.t.Helper()
	for _, lost := range eval[[]string](b, `(() => {
		const lost = [];
		for (const e of document.querySelectorAll("a[href], button, select, input:not([type=hidden]), summary, [tabindex]")) {
			if (e.tabIndex < 0 || !e.checkVisibility({visibilityProperty: true})) continue;
			e.focus({focusVisible: true});
			const s = getComputedStyle(e), r = e.getBoundingClientRect();
			if (document.activeElement != e || s.outlineStyle == "none" || parseFloat(s.outlineWidth) < 2 || r.width < 2 || r.height < 2) {
				lost.push(e.outerHTML.slice(0, 160));
			}
		}
		document.activeElement.blur();
		return lost;
	})()`) {
		b.t.Errorf("%s: the focus is not to be seen on %s", b.path(), lost)
	}
}

// printed checks that on paper the page still says what it says.
func (b *tab) printed() {
	b.t.Helper()
	if !eval[bool](b, `(() => {
		const head = document.querySelector("h1"), r = head.getBoundingClientRect();
		return r.height > 10 && r.right > 0 && r.left < innerWidth && head.checkVisibility() && document.documentElement.scrollWidth <= innerWidth;
	})()`) {
		b.t.Errorf("%s cannot be printed", b.path())
	}
}

// standsStill checks that nothing moves for those who asked for less motion.
func (b *tab) standsStill() {
	b.t.Helper()
	if moving := eval[[]string](b, `(() => {
		document.querySelector("button.go")?.classList.add("busy");
		document.querySelectorAll("details").forEach((d) => d.open = true);
		document.body.offsetWidth;
		return document.getAnimations().map((a) => a.animationName ?? a.transitionProperty);
	})()`); len(moving) > 0 {
		b.t.Errorf("%s moves: %v", b.path(), moving)
	}
}
