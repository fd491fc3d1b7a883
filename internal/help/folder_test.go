package help

import (
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"testing/fstest"
	"time"

	"golang.org/x/net/html"

	"twohens/internal/locale"
)

// folder is an operator's, by file.
func folder(files map[string]string) fstest.MapFS {
	f := make(fstest.MapFS)
	for name, text := range files {
		f[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return f
}

const head = "---\ntitle: A title\ntopic: account\n---\n"

// An operator's file replaces and adds, by language, and takes from the English one what it does not say.
func TestFolderLiesOverTheProduct(t *testing.T) {
	c, faults := centre(t, everything, folder(map[string]string{
		"en/topics/orders.md": "---\ntitle: Orders at {{.Site}}\norder: 1\n---\n",
		"es/topics/orders.md": "---\ntitle: Pedidos\n---\n",
		"en/returns.md":       "---\ntitle: Returns\ntopic: orders\nstep: identify\norder: 1\n---\nWithin thirty days.\n",
		"es/returns.md":       "---\ntitle: Devoluciones\n---\nEn treinta días.\n",
		"en/email.md":         "---\ntitle: No mail?\n---\nAsk us.\n",
		"README.md":           "not an article",
		".git/config":         "nor this",
	}))
	en, es := c.In("en"), c.In("es")
	if en.Topics[0].Title != "Orders at Fernbank" || es.Topics[0].Title != "Pedidos" || c.In("ar").Topics[0].Language.Tag != "en" {
		t.Errorf("topics: %q, %q, %q", en.Topics[0].Title, es.Topics[0].Title, c.In("ar").Topics[0].Title)
	}
	for tag, want := range map[string]string{"en": "Returns", "es": "Devoluciones", "ar": "Returns"} {
		if a := c.In(tag).Article("returns"); a.Title != want || a.Topic.Slug != "orders" || c.In(tag).Step("identify")[0] != a {
			t.Errorf("%s: %+v", tag, a)
		}
	}
	if a := en.Article("email"); a.Title != "No mail?" || a.Topic.Slug != "account" || en.Step("email")[0] != a || string(a.Body) != "<p class=\"lead\">Ask us.</p>\n" {
		t.Errorf("email is not the operator's: %+v", a)
	}
	if a := es.Article("email"); a.Language.Tag != "es" || a.Title == "No mail?" {
		t.Errorf("the Spanish email is %q", a.Title)
	}
	told := make(map[string]bool)
	for _, f := range faults {
		if !f.Note {
			t.Errorf("a fault: %v", f)
		}
		told[f.String()] = true
	}
	for _, want := range []string{
		"en/email.md: is not there in es: the product's own is shown",
		"en/returns.md: is not there in zh-Hans: the English one stands in",
		"en/topics/orders.md: is not there in ar: the English one stands in",
	} {
		if !told[want] {
			t.Errorf("not told: %s\n%v", want, faults)
		}
	}
}

// What is wrong is told with its file and line, the article is left out, and the others are there all the same.
func TestFaults(t *testing.T) {
	long := strings.Repeat("a long line of words\n", 2000)
	for _, c := range []struct{ file, text, want string }{
		{"en/a.md", "no front", "en/a.md:1: does not begin with a line of three hyphens"},
		{"en/a.md", "", "en/a.md:1: does not begin with a line of three hyphens"},
		{"en/a.md", "---\ntitle: x\n", "en/a.md:1: the lines above the article are never closed by three hyphens"},
		{"en/a.md", "---\ntopic: account\n---\nx", "en/a.md:1: title is missing"},
		{"en/a.md", "---\ntitle:\n---\nx", "en/a.md:2: title must have 1 to 150 characters"},
		{"en/a.md", "---\ntitle: x\ntitle: y\n---\nx", "en/a.md:3: title stands here twice"},
		{"en/a.md", "---\ntitle: x\ncolour: red\n---\nx", `en/a.md:3: there is no key "colour"`},
		{"en/a.md", "---\ntitle: x\njust words\n---\nx", "en/a.md:3: is no key with a colon after it"},
		{"en/a.md", "---\ntitle: x\norder: first\n---\nx", "en/a.md:3: order must be a number from 0 to 1000000"},
		{"en/a.md", "---\ntitle: x\nstep: checkout\n---\nx", `en/a.md:3: step: there is no "checkout"`},
		{"en/a.md", "---\ntitle: x\nneeds: Money\n---\nx", `en/a.md:3: needs: there is no "Money"`},
		{"en/a.md", "---\ntitle: x\nrelated: ../../etc\n---\nx", `en/a.md:3: related: "../../etc" is no name of the characters a-z, 0-9 and -`},
		{"en/a.md", "---\ntitle: x\n---\nx", "en/a.md: topic is missing, here and in the English one"},
		{"en/a.md", "---\ntitle: x\ntopic: nowhere\n---\nx", `en/a.md:3: there is no topic "nowhere"`},
		{"en/a.md", "---\ntitle: {{.Secret}}\ntopic: account\n---\nx", `en/a.md:2: "{{.Secret}}" is nothing that can be filled in`},
		{"en/a.md", "---\ntitle: x\ntopic: account\nrelated: gone\n---\nx", `en/a.md:4: there is no article "gone" to be related to`},
		{"en/a.md", head + "\n\nSee [it](gone).", `en/a.md:7: there is no article "gone" to lead to`},
		{"en/a.md", head + "1. One\n2. **Two** and [it](gone)", `en/a.md:6: there is no article "gone" to lead to`},
		{"en/a.md", head + "{{if .Phone}}\nA\n{{end}}\n[it](gone)", `en/a.md:8: there is no article "gone" to lead to`},
		{"en/a.md", head + "[x](javascript:alert(1))", "en/a.md:5: a link leads to articles, /pages of this program, https:// or mailto: alone"},
		{"en/a.md", head + "a\n\n<script>alert(1)</script>", "en/a.md:7: HTML is left out: an article has words and marks alone"},
		{"en/a.md", head + "a <b>b</b>", "en/a.md:5: HTML is left out: an article has words and marks alone"},
		{"en/a.md", head + "![a](https://evil.example/a.png)", "en/a.md:5: a picture is left out, and its words are shown"},
		{"en/a.md", head + "Hello {{.Password}}", `en/a.md:5: "{{.Password}}" is nothing that can be filled in`},
		{"en/a.md", head + "{{range 1000000000}}", `en/a.md:5: "{{range 1000000000}}" is nothing that can be filled in`},
		{"en/a.md", head + "{{ .Site }}", `en/a.md:5: "{{ .Site }}" is nothing that can be filled in`},
		{"en/a.md", head + "{{if .Rich}}\nx\n{{end}}", `en/a.md:5: there is no condition "Rich"`},
		{"en/a.md", head + "{{if .Phone}}\nx", "en/a.md:5: this condition is never ended"},
		{"en/a.md", head + "{{if .Phone}}\n{{if .Saved}}\n{{end}}", "en/a.md:6: a condition stands inside another"},
		{"en/a.md", head + "x\n{{end}}", "en/a.md:6: there is no condition here to go on with or to end"},
		{"en/a.md", head, "en/a.md: has no text"},
		{"en/a.md", head + strings.Repeat(">", 30000), "en/a.md:5: has more than 8 lists or quotations inside each other"},
		{"en/a.md", head + long, "en/a.md: is longer than 32 kB"},
		{"en/a.md", head + "\xff\xfe", "en/a.md: is no text in UTF-8"},
		{"en/a.md", head + "a\x00b", "en/a.md: is no text in UTF-8"},
		{"en/A b.md", head + "x", "en/A b.md: is no name for an article: it takes the characters a-z, 0-9 and -, and .md at the end"},
		{"en/search.md", head + "x", "en/search.md: is no name for an article: it takes the characters a-z, 0-9 and -, and .md at the end"},
		{"en/a.html", head + "x", "en/a.html: is no name for an article: it takes the characters a-z, 0-9 and -, and .md at the end"},
		{"tlh/a.md", head + "x", "tlh: is no language of this program"},
		{"EN/a.md", head + "x", "EN: is no language of this program"},
		{"es/a.md", head + "x", "es/a.md: is not there in en, nor in English to stand in for it"},
	} {
		f := folder(map[string]string{"en/good.md": head + "Good.\n"})
		f[c.file] = &fstest.MapFile{Data: []byte(c.text)}
		got, faults := centre(t, everything, f)
		found := false
		var all []string
		for _, fault := range faults {
			found = found || fault.String() == c.want
			all = append(all, fault.String())
		}
		if !found {
			t.Errorf("%q: want the fault\n%s\ngot\n%s", cutShort(c.text), c.want, strings.Join(all, "\n"))
		}
		if got.In("en").Article("good") == nil || got.In("en").Article("email") == nil {
			t.Errorf("%q: takes others with it", cutShort(c.text))
		}
	}
}

// markup holds the elements and attributes that a body may have. What else there is came from a file.
var markup = map[string]string{
	"p": "class", "ul": "class", "ol": "class", "div": "class", "li": "", "a": "href", "b": "", "strong": "", "em": "", "code": "", "pre": "",
	"br": "", "hr": "", "bdi": "", "h2": "", "h3": "", "h4": "",
}

// checkBody reads a body the way a browser does, and finds whatever markup.go did not mean to write.
func checkBody(t testing.TB, name, body string) {
	t.Helper()
	var open []string
	z := html.NewTokenizer(strings.NewReader(body))
	for kind := z.Next(); kind != html.ErrorToken; kind = z.Next() {
		token := z.Token()
		switch kind {
		case html.StartTagToken:
			allowed, ok := markup[token.Data]
			if !ok {
				t.Errorf("%s: <%s> came in: %s", name, token.Data, body)
			}
			for _, a := range token.Attr {
				if a.Key != allowed {
					t.Errorf("%s: %s=%q came in", name, a.Key, a.Val)
				}
				if a.Key == "href" && !page.MatchString(a.Val) && !strings.HasPrefix(a.Val, "https://") && !strings.HasPrefix(a.Val, "mailto:") && !strings.HasPrefix(a.Val, "tel:") {
					t.Errorf("%s: a link to %q came in", name, a.Val)
				}
			}
			if token.Data != "br" && token.Data != "hr" {
				open = append(open, token.Data)
			}
		case html.EndTagToken:
			if len(open) == 0 || open[len(open)-1] != token.Data {
				t.Fatalf("%s: </%s> closes %v: %s", name, token.Data, open, body)
			}
			open = open[:len(open)-1]
		case html.CommentToken, html.DoctypeToken, html.SelfClosingTagToken:
			t.Errorf("%s: %v came in", name, token)
		case html.TextToken:
			if strings.ContainsAny(token.Data, "\u202e\u2066\u2069\x00") {
				t.Errorf("%s: %q changes the direction", name, token.Data)
			}
		}
	}
	if len(open) > 0 {
		t.Errorf("%s: %v is never closed: %s", name, open, body)
	}
}

func TestOwnArticlesAreSafe(t *testing.T) {
	hostile := everything
	hostile.Site, hostile.MailFrom = `<script>alert(1)</script>[x](javascript:y) **{{.MailFrom}}** \u202e`, `"><img src=x onerror=alert(1)>`
	c, _ := centre(t, hostile)
	for _, l := range locale.All() {
		for slug, a := range c.In(l.Tag).articles {
			checkBody(t, l.Tag+"/"+slug, string(a.Body))
		}
	}
	if body := string(c.In("en").Article("forgot").Body); !strings.Contains(body, "<bdi>&lt;script&gt;alert(1)&lt;/script&gt;[x](javascript:y) **{{.MailFrom}}**") {
		t.Errorf("the site's name is not shown as it is: %s", body)
	}
}

// Nothing of a hostile file but its words comes through, and none takes long.
func TestHostileMarkdown(t *testing.T) {
	for name, text := range map[string]string{
		"script":     "<script>alert(1)</script>\n\n<img src=x onerror=alert(1)>\n\na <svg/onload=alert(1)> b <!-- c -->",
		"links":      "[a](javascript:alert(1)) [b](//evil.example) [c](/\\evil.example) [d](data:text/html,x) [e](https://user@evil.example/) <javascript:alert(1)> [f](JaVaScRiPt:x) [g](/help/../../x) [h](vbscript:x)",
		"references": "[a][b] ![c][b]\n\n[b]: javascript:alert(1) \"onclick=x\"\n",
		"attributes": "[a](https://x.example/\"onmouseover=alert(1) 'x')  [b](https://x.example/<>\"') # h {onclick=x}",
		"entities":   "&lt;script&gt; &#60;script&#62; &#x202e;abc &#0; &quot;&amp;lt;",
		"places":     "{{.Site}} \\{{.Site}} &#123;&#123;.Site&#125;&#125; [{{.Site}}](email) `{{.Site}}` **{{.MailFrom}}**",
		"direction":  "a \u202e b \u2066 c \u2069 d",
		"quotations": strings.Repeat("> > > > > > > >\n", 1500),
		"brackets":   strings.Repeat("[", 15000) + strings.Repeat("](x)", 4000),
		"stars":      strings.Repeat("*a **b ", 4500),
		"ticks":      strings.Repeat("`a``b```c", 3500),
		"lists":      strings.Repeat("1. 1. 1. 1. 1. 1. 1. a\n", 1300),
		"indents":    strings.Repeat("- a\n  ", 1) + strings.Repeat("  - b\n", 2000),
		"headings":   "###### six\n\n# one\n\n#### four\n",
		"ladder":     ladder(240),
	} {
		began := time.Now()
		c, _ := centre(t, everything, folder(map[string]string{"en/a.md": head + text}))
		a := c.In("en").Article("a")
		if a == nil {
			t.Errorf("%s: the article is gone", name)
			continue
		}
		checkBody(t, name, string(a.Body))
		t.Logf("%s took %v", name, time.Since(began))
	}
}

// ladder is a list in a list in a list.
func ladder(deep int) string {
	var b strings.Builder
	for n := range deep {
		b.WriteString(strings.Repeat("  ", n) + "- a\n")
		if b.Len() > maxFile-1000 {
			break
		}
	}
	return b.String()
}

// A folder on a disk may hold what is no file, and links that lead out of it.
func TestFolderOnDisk(t *testing.T) {
	out := filepath.Join(t.TempDir(), "secret.md")
	dir := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(out, head+"The key of the house.\n")
	if err := os.Mkdir(filepath.Join(dir, "en"), 0o700); err != nil {
		t.Fatal(err)
	}
	write(filepath.Join(dir, "en", "good.md"), head+"Good.\n")
	for name, make := range map[string]func(string) error{
		"out.md":    func(name string) error { return os.Symlink(out, name) },
		"up.md":     func(name string) error { return os.Symlink("../../../../../../../../"+out, name) },
		"loop.md":   func(name string) error { return os.Symlink("loop.md", name) },
		"in.md":     func(name string) error { return os.Symlink("good.md", name) },
		"pipe.md":   func(name string) error { return syscall.Mkfifo(name, 0o600) }, // reading it would never end
		"folder.md": func(name string) error { return os.Mkdir(name, 0o700) },
		"device.md": func(name string) error { return os.Symlink("/dev/zero", name) },
	} {
		if err := make(filepath.Join(dir, "en", name)); err != nil {
			t.Fatal(err)
		}
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	c, faults := centre(t, everything, root.FS())
	e := c.In("en")
	if e.Article("good") == nil || e.Article("in") == nil {
		t.Error("what is in the folder is not there")
	}
	for _, slug := range []string{"out", "up", "loop", "pipe", "folder", "device"} {
		if a := e.Article(slug); a != nil {
			t.Errorf("%s is there: %s", slug, a.Body)
		}
		if !strings.Contains(faultText(faults), "en/"+slug+".md: ") {
			t.Errorf("%s is not told of: %v", slug, faults)
		}
	}
	if len(e.Search("key of the house")) > 0 || strings.Contains(faultText(faults), out) {
		t.Error("something of outside came in")
	}
}

func faultText(faults []Fault) string {
	var b strings.Builder
	for _, f := range faults {
		b.WriteString(f.String() + "\n")
	}
	return b.String()
}

// More files than anybody writes are not read.
func TestFolderIsBounded(t *testing.T) {
	f := make(fstest.MapFS)
	for n := range maxFiles + 10 {
		f["en/a"+strconv.Itoa(n)+".md"] = &fstest.MapFile{Data: []byte(head + "x")}
	}
	c, faults := centre(t, everything, f)
	if c.Len() > maxFiles+100 || !strings.Contains(faultText(faults), "there are more than 2000 files") {
		t.Errorf("%d articles, %d faults", c.Len(), len(faults))
	}
	if _, _, err := New(everything, os.DirFS(filepath.Join(t.TempDir(), "nothing"))); err == nil {
		t.Error("a folder that is not there is taken")
	}
}

func FuzzArticle(f *testing.F) {
	names, err := fs.Glob(own, "articles/*/*.md")
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range names {
		text, err := fs.ReadFile(own, name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(text))
	}
	f.Add(head + "<b>&#x3c;</b> [a](b) ![c](d)\n> 1. **{{.Site}}** `x`\n\n    y\n")
	f.Fuzz(func(t *testing.T, text string) {
		d := newDesk(everything)
		if err := d.put(folder(map[string]string{"en/topics/account.md": "---\ntitle: Account\n---\n", "en/a.md": text})); err != nil {
			t.Fatal(err)
		}
		e := d.edition(locale.All()[0])
		for _, fault := range d.faults {
			if strings.Count(fault.String(), "\n") > 0 || fault.Line < 0 || fault.Line > strings.Count(text, "\n")+1 {
				t.Errorf("the fault %+v", fault)
			}
		}
		if a := e.Article("a"); a != nil {
			checkBody(t, "a", string(a.Body))
			for _, hit := range e.Search(a.Title) {
				if hit.Slug != "a" {
					t.Errorf("found %s", hit.Slug)
				}
			}
		}
	})
}
