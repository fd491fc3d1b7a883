package browser

import (
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/cdproto/emulation"
)

// axeFile is what script/prepare fetches.
const axeFile = "../../.cache/axe.min.js"

var axeScript = sync.OnceValues(func() (string, error) {
	script, err := os.ReadFile(axeFile)
	return string(script), err
})

// violation is a rule of axe-core that a page breaks.
type violation struct {
	ID, Help string
	Nodes    []struct {
		Target  []any
		Summary string `json:"failureSummary"`
		HTML    string
	}
}

// axe fails the test for every rule of WCAG 2.2 AA, and every practice, that axe-core finds broken in the page as it stands
// . With names, it looks at those rules alone.
func (b *tab) axe(rules ...string) {
	b.t.Helper()
	if !b.noScript && b.there("scratch-challenge") { // while it makes itself ready it is pale
		b.until(element + `.card && document.getAnimations().every((a) => a.effect.getComputedTiming().endTime == Infinity)`)
	}
	for _, v := range b.violations(rules...) {
		for _, n := range v.Nodes {
			b.t.Errorf("%s%s: %s: %s\n%v\n%s", b.path(), eval[string](b, `location.search`), v.ID, n.Summary, n.Target, n.HTML)
		}
	}
}

func (b *tab) violations(rules ...string) []violation {
	b.t.Helper()
	script, err := axeScript()
	need(b.t, "axe-core", err == nil)
	if b.noScript { // the page was loaded without; what was built then stays as it is
		b.must(call(b, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{}))
		defer func() {
			b.must(call(b, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true}))
		}()
	}
	if !eval[bool](b, `"axe" in window`) {
		eval[bool](b, script+"\ntrue")
	}
	only := `{type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}`
	if len(rules) > 0 {
		only = `{type: "rule", values: ["` + strings.Join(rules, `","`) + `"]}`
	}
	return eval[[]violation](b, `axe.run(document, {
		runOnly: `+only+`, rules: {"target-size": {enabled: true}}, iframes: false, resultTypes: ["violations"],
	}).then((r) => r.violations)`)
}

// A page that breaks rules is found out.
func TestAxeFinds(t *testing.T) {
	s := newSite(t)
	b := s.browse(person{})
	b.open("/help")
	b.axe()
	eval[bool](b, `document.querySelector("main").insertAdjacentHTML("beforeend",
		"<img src='/static/mark.svg'><p class='bad'>pale</p><div><button class='bad'>x</button><button class='bad'>y</button></div>") ??
		document.querySelectorAll(".bad").forEach((e) => {
			Object.assign(e.style, {color: "#ccc", background: "#fff", fontSize: "9px", inlineSize: "12px", blockSize: "12px", padding: 0});
		}) ?? true`)
	var found []string
	for _, v := range b.violations() {
		found = append(found, v.ID)
	}
	for _, want := range []string{"image-alt", "color-contrast", "target-size"} {
		if !slices.Contains(found, want) {
			t.Errorf("%s is not among what axe-core finds: %v", want, found)
		}
	}
}
