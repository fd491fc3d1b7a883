package api

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"net/http"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// Every line of the table is served, with the methods it has and no others (R-102: only POST changes anything).
func TestRoutes(t *testing.T) {
	s := newSite(t, open)
	methods := map[string][]string{}
	for _, o := range operations() {
		methods[o.path] = append(methods[o.path], o.method)
		if o.method == "GET" {
			methods[o.path] = append(methods[o.path], "HEAD")
		}
	}
	for path, allowed := range methods {
		concrete := strings.Replace(path, "{picture}", "cover", 1)
		slices.Sort(allowed)
		for _, method := range []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND"} {
			a := s.call(call{method: method, path: concrete})
			if served := a.status != 405; served != slices.Contains(allowed, method) {
				t.Errorf("%s %s: %v", method, path, a)
			}
			if a.status == 405 && a.header.Get("Allow") != strings.Join(allowed, ", ") {
				t.Errorf("%s %s: Allow is %q", method, path, a.header.Get("Allow"))
			}
		}
	}
	for _, path := range []string{"", "/", "/x", "/request/", "/requests/1", "/request/grant", "/password/", "/openapi", "/challenge/a/b", "/..", "/%2e%2e/request"} {
		for _, method := range []string{"GET", "POST"} {
			a := s.call(call{method: method, path: path})
			if a.status != 404 || a.kind() != "no-call" && a.kind() != "no-card" {
				t.Errorf("%s %q: %v", method, path, a)
			}
		}
	}
}

// The document describes exactly the table, and the same in both forms.
func TestOpenAPI(t *testing.T) {
	s := newSite(t, open)
	served := s.call(call{path: "/openapi.json"})
	if !reflect.DeepEqual(served.body, document()) {
		t.Error("the document that is served is another one")
	}
	if document()["openapi"] != "3.1.0" || at(document(), "info", "title") == nil {
		t.Error("not an OpenAPI 3.1 document")
	}
	servers, _ := document()["servers"].([]any)
	if len(servers) != 1 || at(servers[0], "url") != "https://recover.fernbank.example"+Prefix {
		t.Errorf("servers: %v", servers)
	}
	described := 0
	for path, item := range document()["paths"].(map[string]any) {
		for method := range item.(map[string]any) {
			described++
			if !slices.ContainsFunc(operations(), func(o operation) bool { return o.path == path && strings.EqualFold(o.method, method) }) {
				t.Errorf("%s %s is described and does not exist", method, path)
			}
		}
	}
	if described != len(operations()) {
		t.Errorf("%d calls described, %d exist", described, len(operations()))
	}
	ids := map[string]bool{}
	for _, o := range operations() {
		if operationOf(o.method, o.path) == nil || ids[o.id] || o.summary == "" {
			t.Errorf("%s: not described, or not by itself", o.id)
		}
		ids[o.id] = true
		if !o.takesBody() {
			continue
		}
		body := at(operationOf(o.method, o.path), "requestBody", "content", "application/json")
		for _, fault := range faults(at(body, "schema"), at(body, "example"), o.id) {
			t.Errorf("the example of the body: %s", fault)
		}
	}
	for _, o := range operations() {
		if o.out == nil {
			continue
		}
		answer := at(operationOf(o.method, o.path), "responses", strconv.Itoa(o.success()), "content", "application/json")
		for _, fault := range faults(at(answer, "schema"), at(answer, "example"), o.id) {
			t.Errorf("the example of the answer: %s", fault)
		}
	}
	yaml := s.call(call{path: "/openapi.yaml"})
	if got := readYAML(t, yaml.text); !reflect.DeepEqual(got, any(document())) {
		t.Error("in YAML it says something else")
	}
}

// A schema that is broken, or an answer that breaks one, is found: the checks above can fail.
func TestFaults(t *testing.T) {
	view := at(document(), "components", "schemas", "View")
	good := at(operationOf("GET", "/request"), "responses", "200", "content", "application/json", "example", "view").(map[string]any)
	for name, change := range map[string]func(map[string]any){
		"a number for a text": func(v map[string]any) { v["state"] = 1. }, "no such state": func(v map[string]any) { v["state"] = "start" },
		"one too many": func(v map[string]any) { v["address"] = "x" }, "one too few": func(v map[string]any) { delete(v, "expires") },
		"a half": func(v map[string]any) { v["digits"] = .5 }, "no time": func(v map[string]any) { v["now"] = "noon" },
		"no UTC": func(v map[string]any) { v["now"] = "2027-03-04T10:30:00+01:00" }, "an odd way": func(v map[string]any) { v["ways"] = []any{"pigeon"} },
		"within": func(v map[string]any) { v["tries"] = map[string]any{"used": 1.} },
	} {
		changed := map[string]any{}
		for k, v := range good {
			changed[k] = v
		}
		if len(faults(view, changed, "")) > 0 {
			t.Fatal("the example is no view")
		}
		change(changed)
		if len(faults(view, changed, "")) == 0 {
			t.Errorf("%s is not found", name)
		}
	}
}

// Every outcome there is has its meaning and is told by some call, but those of links, which lead to the pages.
func TestOutcomes(t *testing.T) {
	file, err := parser.ParseFile(token.NewFileSet(), "../recovery/outcome.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	ast.Inspect(file, func(n ast.Node) bool {
		if text, ok := n.(*ast.BasicLit); ok && text.Kind == token.STRING {
			name, _ := strconv.Unquote(text.Value)
			names = append(names, name)
		}
		return true
	})
	if len(names) < 15 {
		t.Fatalf("only %v", names)
	}
	told := map[string]bool{"link_dead": true, "stopped": true, "undone": true}
	for _, o := range operations() {
		for _, outcome := range o.outcomes {
			told[string(outcome)] = true
		}
	}
	meant := map[string]bool{"link_dead": true, "stopped": true, "undone": true}
	for _, m := range meanings {
		meant[string(m.Outcome)] = m.Meaning != ""
	}
	for _, name := range names {
		if !told[name] || !meant[name] {
			t.Errorf("%s: told %v, with a meaning %v", name, told[name], meant[name])
		}
	}
}

// The docs page needs no script, loads nothing from elsewhere, and leaves nothing out.
func TestDocs(t *testing.T) {
	s := newSite(t, open)
	a := s.call(call{path: "/docs"})
	if policy := a.header.Get("Content-Security-Policy"); !strings.HasPrefix(policy, "default-src 'none'; style-src 'self'; ") || strings.Contains(policy, "unsafe") {
		t.Errorf("policy %q", policy)
	}
	if found := regexp.MustCompile(`(?i)<script|<img|<iframe|<object|\son[a-z]+=|\sstyle=|<style|javascript:|@import|url\(`).FindString(a.text); found != "" {
		t.Errorf("the page has %q", found)
	}
	for _, m := range regexp.MustCompile(`(?:href|src)="([^"]*)"`).FindAllStringSubmatch(a.text, -1) {
		name, local := strings.CutPrefix(m[1], "#")
		switch {
		case local:
			if !strings.Contains(a.text, `id="`+name+`"`) {
				t.Errorf("a link to nowhere: #%s", name)
			}
		case !strings.HasPrefix(m[1], Prefix+"/"):
			t.Errorf("a link to elsewhere: %s", m[1])
		case s.call(call{path: strings.TrimPrefix(m[1], Prefix)}).status != 200:
			t.Errorf("a link to nothing: %s", m[1])
		}
	}
	manual, err := os.ReadFile("../../docs/manual/api.md")
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"the page": a.text, "the manual": string(manual)} {
		for _, o := range operations() {
			if o.id != "style" && !strings.Contains(text, Prefix+o.path) {
				t.Errorf("%s leaves out %s", name, o.path)
			}
		}
		for _, k := range kindsOfCalls {
			if !strings.Contains(text, k.Name) {
				t.Errorf("%s leaves out the problem %s", name, k.Name)
			}
		}
		for _, m := range meanings {
			if !strings.Contains(text, string(m.Outcome)) {
				t.Errorf("%s leaves out the outcome %s", name, m.Outcome)
			}
		}
	}
	style := s.call(call{path: "/docs.css"})
	if strings.Contains(style.text, "url(") || strings.Contains(style.text, "@import") {
		t.Error("the style loads something")
	}
}

// The problems of the table are all listed, and each type leads to its words.
func TestKinds(t *testing.T) {
	file, err := parser.ParseFile(token.NewFileSet(), "problem.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	made := 0
	ast.Inspect(file, func(n ast.Node) bool {
		if literal, ok := n.(*ast.CompositeLit); ok && fmt.Sprint(literal.Type) == "kind" {
			made++
		}
		return true
	})
	if made != len(kindsOfCalls) || made < 18 {
		t.Errorf("%d kinds are made, %d listed", made, len(kindsOfCalls))
	}
	for _, k := range kindsOfCalls {
		if k.Status < 400 || http.StatusText(k.Status) == "" || k.Title == "" || k.Help == "" {
			t.Errorf("%+v", k)
		}
	}
}

// readYAML reads what object.yaml writes: block mappings and sequences, quoted texts, numbers and truths.
func readYAML(t *testing.T, text string) any {
	t.Helper()
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	v, rest := yamlBlock(t, lines, 0)
	if len(rest) > 0 {
		t.Fatalf("YAML goes on at %q", rest[0])
	}
	return v
}

func indent(line string) int { return len(line) - len(strings.TrimLeft(line, " ")) }

// yamlBlock reads a mapping or a sequence whose lines are indented by n.
func yamlBlock(t *testing.T, lines []string, n int) (any, []string) {
	t.Helper()
	if strings.HasPrefix(lines[0][n:], "- ") {
		list := []any{}
		for len(lines) > 0 && indent(lines[0]) == n && strings.HasPrefix(lines[0][n:], "- ") {
			first := lines[0][n+2:]
			if yamlKey.MatchString(first) {
				lines[0] = strings.Repeat(" ", n+2) + first
				var v any
				v, lines = yamlBlock(t, lines, n+2)
				list = append(list, v)
				continue
			}
			list = append(list, yamlScalar(t, first))
			lines = lines[1:]
		}
		return list, lines
	}
	object := map[string]any{}
	for len(lines) > 0 && indent(lines[0]) == n {
		m := yamlKey.FindStringSubmatch(lines[0][n:])
		if m == nil {
			t.Fatalf("no key in %q", lines[0])
		}
		name := m[1]
		if strings.HasPrefix(name, `"`) {
			name = yamlScalar(t, name).(string)
		}
		lines = lines[1:]
		if m[2] != "" {
			object[name] = yamlScalar(t, m[2])
			continue
		}
		object[name], lines = yamlBlock(t, lines, indent(lines[0]))
	}
	return object, lines
}

var yamlKey = regexp.MustCompile(`^("(?:[^"\\]|\\.)*"|[$A-Za-z_-]+):(?: (.*))?$`)

func yamlScalar(t *testing.T, text string) any {
	t.Helper()
	switch {
	case text == "{}":
		return map[string]any{}
	case text == "[]":
		return []any{}
	case text == "true" || text == "false":
		return text == "true"
	case strings.HasPrefix(text, `"`):
		s, err := strconv.Unquote(text)
		if err != nil {
			t.Fatalf("%q: %v", text, err)
		}
		return s
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatalf("%q: %v", text, err)
	}
	return float64(n)
}
