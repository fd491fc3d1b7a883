package recovery_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strconv"
	"strings"
	"testing"

	"twohens/internal/recovery"
)

// The drawing in the manual is made of the table of edges and of the comments of the states, so it cannot say anything else.
func TestManual(t *testing.T) {
	var text strings.Builder
	text.WriteString(`# The life of a recovery request

Written by ` + "`go generate ./internal/recovery`" + ` from the table of edges in internal/recovery/flow.go; a test fails when the two
differ. What every action does in every state, for all combinations of the facts that could matter, is in
[internal/recovery/testdata/matrix.txt](../../internal/recovery/testdata/matrix.txt).

`)
	text.WriteString("```mermaid\nstateDiagram-v2\n")
	drawEdges(&text)
	text.WriteString("```\n\n")
	text.WriteString(`Time stands above the drawing: once a request is over, every step is answered by "ended", whoever takes it and whatever they
bring, and its pages show it as closed. A request that is done stays done.

## States

| state | who acts next |
| --- | --- |
`)
	comments := stateComments(t)
	for _, s := range recovery.States {
		if comments[s] == "" {
			t.Errorf("the state %s has no comment", s)
		}
		fmt.Fprintf(&text, "| `%s` | %s |\n", s, comments[s])
	}
	text.WriteString("\n## Edges\n\n| from | by | to | why |\n| --- | --- | --- | --- |\n")
	for _, e := range recovery.Edges {
		fmt.Fprintf(&text, "| `%s` | `%s` | `%s` | %s |\n", e.From, e.By, e.To, strings.ReplaceAll(e.Why, "|", `\|`))
	}
	golden(t, "../../docs/manual/flow.md", text.String())
}

// drawEdges writes one arrow for each pair of states, with all the actions that lead along it.
func drawEdges(text *strings.Builder) {
	type arrow struct{ from, to recovery.State }
	var arrows []arrow
	actions := make(map[arrow][]string)
	for _, e := range recovery.Edges {
		a := arrow{e.From, e.To}
		if actions[a] == nil {
			arrows = append(arrows, a)
		}
		actions[a] = append(actions[a], e.By)
	}
	for _, a := range arrows {
		from := string(a.from)
		if a.from == recovery.Start {
			from = "[*]"
		}
		fmt.Fprintf(text, "    %s --> %s : %s\n", from, a.to, strings.Join(actions[a], ", "))
	}
	for _, s := range recovery.States {
		if !slices.ContainsFunc(recovery.Edges, func(e recovery.Edge) bool { return e.From == s }) {
			fmt.Fprintf(text, "    %s --> [*]\n", s)
		}
	}
}

// stateComments reads what flow.go says of each state behind its constant.
func stateComments(t *testing.T) map[recovery.State]string {
	file, err := parser.ParseFile(token.NewFileSet(), "flow.go", nil, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	comments := make(map[recovery.State]string)
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok || spec.Comment == nil || len(spec.Values) != 1 {
			return true
		}
		if literal, ok := spec.Values[0].(*ast.BasicLit); ok && literal.Kind == token.STRING {
			name, _ := strconv.Unquote(literal.Value)
			comments[recovery.State(name)] = strings.TrimSpace(spec.Comment.Text())
		}
		return true
	})
	return comments
}
