// Package internal holds no code. Its test keeps the table of layers in ARCHITECTURE.md true, and a few rules of style that a
// reader relies on.
package internal

import (
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// listed is a package as go list tells of it.
type listed struct {
	ImportPath   string
	Dir          string
	Doc          string
	GoFiles      []string
	Imports      []string
	TestImports  []string
	XTestImports []string
}

// place is where the table puts a package.
type place struct {
	layer   int
	tool    bool
	imports []string // of its own layer, that it may import all the same
	only    []string // who alone may import it; nobody named: everybody above
}

const module = "twohens/"

// tree is all packages of the module by their names in the table: without the module, and without internal/.
func tree(t *testing.T) map[string]listed {
	t.Helper()
	cmd := exec.Command("go", "list", "-json=ImportPath,Dir,Doc,GoFiles,Imports,TestImports,XTestImports", "./...")
	cmd.Dir = ".."
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatal("go list:", err)
	}
	packages := make(map[string]listed)
	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p listed
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return packages
		} else if err != nil {
			t.Fatal(err)
		}
		if len(p.GoFiles) > 0 { // one with tests alone is nobody's
			packages[name(p.ImportPath)] = p
		}
	}
}

// name is how the table calls a package; empty for one of another module.
func name(importPath string) string {
	inside, ok := strings.CutPrefix(importPath, module)
	if !ok {
		return ""
	}
	return strings.TrimPrefix(inside, "internal/")
}

var (
	rowForm     = regexp.MustCompile(`(?m)^\| (\d+|tool) \| ([^|]*) \| [^|]+ \|$`)
	packageForm = regexp.MustCompile("^`([a-z/]+)`(?: \\((imports|only for) ((?:`[a-z/]+`(?:, )?)+)\\))?(?:, |$)")
	nameForm    = regexp.MustCompile("`([a-z/]+)`")
)

// table reads the layers out of ARCHITECTURE.md.
func table(t *testing.T) map[string]place {
	t.Helper()
	text, err := os.ReadFile("../ARCHITECTURE.md")
	if err != nil {
		t.Fatal(err)
	}
	places := make(map[string]place)
	for _, row := range rowForm.FindAllStringSubmatch(string(text), -1) {
		p := place{tool: row[1] == "tool"}
		if p.layer, err = strconv.Atoi(row[1]); err != nil && !p.tool {
			t.Fatal(err)
		}
		for rest := row[2]; rest != ""; {
			m := packageForm.FindStringSubmatch(rest)
			if m == nil {
				t.Fatalf("ARCHITECTURE.md: cannot be read from here on: %s", rest)
			}
			rest = rest[len(m[0]):]
			if _, twice := places[m[1]]; twice {
				t.Errorf("ARCHITECTURE.md has %s twice", m[1])
			}
			var names []string
			for _, n := range nameForm.FindAllStringSubmatch(m[3], -1) {
				names = append(names, n[1])
			}
			own := p
			switch m[2] {
			case "imports":
				own.imports = names
			case "only for":
				own.only = names
			}
			places[m[1]] = own
		}
	}
	if len(places) < 10 {
		t.Fatalf("ARCHITECTURE.md: found a table of %d packages", len(places))
	}
	return places
}

// mayImport says what, if anything, is wrong with an import.
func mayImport(from, to string, places map[string]place) error {
	a, b := places[from], places[to]
	switch {
	case a.tool:
		return nil
	case b.tool:
		return fmt.Errorf("%s is for tests", to)
	case b.only != nil && !slices.Contains(b.only, from):
		return fmt.Errorf("%s is only for %v", to, b.only)
	case b.layer > a.layer:
		return fmt.Errorf("%s lies above: layer %d over %d", to, b.layer, a.layer)
	case b.layer == a.layer && !slices.Contains(a.imports, to):
		return fmt.Errorf("%s lies in the same layer, %d", to, b.layer)
	}
	return nil
}

func TestLayers(t *testing.T) {
	packages, places := tree(t), table(t)
	for _, from := range slices.Sorted(maps.Keys(packages)) {
		p := packages[from]
		if _, ok := places[from]; !ok {
			t.Errorf("%s is not in the table of ARCHITECTURE.md", from)
			continue
		}
		for _, imported := range p.Imports {
			if to := name(imported); to != "" {
				if _, ok := places[to]; !ok {
					continue // told of above, as a package
				}
				if err := mayImport(from, to, places); err != nil {
					t.Errorf("%s: %v", from, err)
				}
			}
		}
	}
	for _, of := range slices.Sorted(maps.Keys(places)) {
		if _, ok := packages[of]; !ok {
			t.Errorf("%s is in the table of ARCHITECTURE.md and not in the tree", of)
		}
		for _, to := range slices.Concat(places[of].imports, places[of].only) {
			if _, ok := places[to]; !ok {
				t.Errorf("ARCHITECTURE.md: %s speaks of %s, which has no layer", of, to)
			}
		}
		for _, to := range places[of].imports {
			if p, ok := packages[of]; ok && !slices.ContainsFunc(p.Imports, func(i string) bool { return name(i) == to }) {
				t.Errorf("ARCHITECTURE.md lets %s import %s, which it does not", of, to)
			}
		}
	}
}

// scratch is for anyone to import, so neither it nor its tests lean on the rest of the project.
func TestScratchStandsAlone(t *testing.T) {
	p, ok := tree(t)["scratch"]
	if !ok {
		t.Skip("scratch is not there")
	}
	for _, imported := range slices.Concat(p.Imports, p.TestImports, p.XTestImports) {
		if n := name(imported); n != "" && n != "scratch" && n != "scratch/scratchtest" {
			t.Errorf("scratch imports %s", n)
		}
	}
}

// A wrong import would be seen: the rules are tried on a small table of their own.
func TestRules(t *testing.T) {
	places := map[string]place{
		"low": {layer: 0}, "beside": {layer: 0}, "friend": {layer: 0, imports: []string{"low"}}, "middle": {layer: 1},
		"kept": {layer: 1, only: []string{"high"}}, "high": {layer: 2}, "higher": {layer: 3}, "suite": {tool: true},
	}
	for imported, right := range map[[2]string]bool{
		{"middle", "low"}: true, {"low", "middle"}: false, {"low", "beside"}: false, {"friend", "low"}: true, {"low", "friend"}: false,
		{"friend", "beside"}: false, {"high", "kept"}: true, {"higher", "kept"}: false, {"higher", "high"}: true, {"suite", "higher"}: true,
		{"higher", "suite"}: false,
	} {
		if err := mayImport(imported[0], imported[1], places); (err == nil) != right {
			t.Errorf("%v: %v", imported, err)
		}
	}
}

func TestPackageComments(t *testing.T) {
	for n, p := range tree(t) {
		if p.Doc == "" {
			t.Errorf("%s has no package comment", n)
		}
	}
}

// Names that say nothing. The one exception speaks of passwords that are common.
var (
	empty  = regexp.MustCompile(`^(utils?|commons?|helpers?|types|misc)(_test)?(\.go)?$`)
	spoken = []string{"internal/password/common", "internal/password/common.go", "internal/password/common_test.go"}
)

const (
	longFile     = 500 // lines of a file that is no test
	longFunction = 80  // lines; about 60 is meant. A table in it counts as one line
)

// Names, lengths of files and of functions, over all Go files there are.
func TestFiles(t *testing.T) {
	seen := 0
	err := filepath.WalkDir("..", func(at string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		where := filepath.ToSlash(strings.TrimPrefix(at, ".."+string(filepath.Separator)))
		if entry.IsDir() && (strings.HasPrefix(path.Base(where), ".") && where != ".." || path.Base(where) == "node_modules") {
			return filepath.SkipDir
		}
		if (entry.IsDir() || strings.HasSuffix(where, ".go")) && empty.MatchString(path.Base(where)) && !slices.Contains(spoken, where) {
			t.Errorf("%s has a name that says nothing", where)
		}
		if entry.IsDir() || !strings.HasSuffix(where, ".go") || strings.HasSuffix(where, "_test.go") {
			return nil
		}
		seen++
		return checkLengths(t, at, where)
	})
	if err != nil {
		t.Fatal(err)
	}
	if seen < 30 {
		t.Errorf("saw %d files only", seen)
	}
}

func checkLengths(t *testing.T, at, where string) error {
	files := token.NewFileSet()
	file, err := parser.ParseFile(files, at, nil, parser.ParseComments)
	if err != nil {
		return err
	}
	if ast.IsGenerated(file) {
		return nil
	}
	if lines := files.File(file.Pos()).LineCount(); lines > longFile {
		t.Errorf("%s has %d lines", where, lines)
	}
	for _, d := range file.Decls {
		if f, ok := d.(*ast.FuncDecl); ok {
			if lines := linesOf(files, f) - linesOfTables(files, f); lines > longFunction {
				t.Errorf("%s: %s has %d lines", where, f.Name.Name, lines)
			}
		}
	}
	return nil
}

func linesOf(files *token.FileSet, n ast.Node) int {
	return files.Position(n.End()).Line - files.Position(n.Pos()).Line + 1
}

// linesOfTables is how many lines of a function are the inside of tables: composite literals with no code of their own.
func linesOfTables(files *token.FileSet, f *ast.FuncDecl) int {
	lines := 0
	ast.Inspect(f, func(n ast.Node) bool {
		table, ok := n.(*ast.CompositeLit)
		if !ok || hasCode(table) {
			return true
		}
		lines += linesOf(files, table) - 1
		return false
	})
	return lines
}

func hasCode(n ast.Node) bool {
	found := false
	ast.Inspect(n, func(n ast.Node) bool {
		_, code := n.(*ast.FuncLit)
		found = found || code
		return !found
	})
	return found
}
