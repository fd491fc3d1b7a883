package help

import (
	"html"
	"html/template"
	"regexp"
	"slices"
	"strings"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"

	"twohens/internal/locale"
)

// markdown is CommonMark as it is, without extensions. It only parses: the tags are written here, so that nothing of a file but its
// words can come through to a page.
var markdown = parser.NewParser(
	parser.WithBlockParsers(parser.DefaultBlockParsers()...),
	parser.WithInlineParsers(parser.DefaultInlineParsers()...),
	parser.WithParagraphTransformers(parser.DefaultParagraphTransformers()...),
)

// deepest is how many quotations or lists may stand inside each other. A page has no room for more, and a file of nothing but
// ">" would cost the square of its length.
const deepest = 8

var opening = regexp.MustCompile(`^(?:[ \t]*(?:[>*+-]|[0-9]{1,9}[.)])){9,}`)

// writer makes the HTML of one article.
type writer struct {
	desk     *desk
	source   *source
	text     []byte
	starts   []int // where in text each line begins
	html     strings.Builder
	passage  strings.Builder
	passages []string
	level    int // of the heading before
}

// render makes the body of an article, and its passages without marks.
func (d *desk) render(s *source) (template.HTML, []string) {
	w := &writer{desk: d, source: s, level: 1}
	var b strings.Builder
	for _, l := range s.lines {
		w.starts = append(w.starts, b.Len())
		text := l.text
		if opening.MatchString(text) {
			d.fault(s, l.number, "has more than %d lists or quotations inside each other", deepest)
			text = ""
		}
		b.WriteString(text + "\n")
	}
	w.text = []byte(b.String())
	root := markdown.Parse(text.NewReader(w.text))
	w.blocks(root)
	w.end()
	if len(w.passages) == 0 {
		d.fault(s, 0, "has no text")
	}
	return template.HTML(w.html.String()), w.passages
}

func (w *writer) blocks(parent ast.Node) {
	for n := parent.FirstChild(); n != nil; n = n.NextSibling() {
		w.block(n)
	}
}

func (w *writer) block(n ast.Node) {
	switch n := n.(type) {
	case *ast.Heading:
		// No level is left out, whatever the file does: readers who only hear the page go by them. The page has an h1 already.
		w.level = max(2, min(n.Level, w.level+1, 4))
		w.element("h"+string(rune('0'+w.level)), "", n)
	case *ast.Paragraph:
		class := ""
		if n.Parent().Kind() == ast.KindDocument && n.PreviousSibling() == nil {
			class = "lead"
		}
		w.element("p", class, n)
	case *ast.TextBlock:
		w.inlines(n)
		w.end()
	case *ast.List:
		w.list(n)
	case *ast.Blockquote:
		w.wrap("div", "note", n)
	case *ast.CodeBlock, *ast.FencedCodeBlock:
		var code strings.Builder
		for i := range n.Lines().Len() {
			at := n.Lines().At(i)
			code.Write(at.Value(w.text))
		}
		w.html.WriteString("<pre>")
		w.words(strings.TrimRight(code.String(), "\n"))
		w.html.WriteString("</pre>\n")
		w.end()
	case *ast.ThematicBreak:
		w.html.WriteString("<hr>\n")
	default:
		w.fault(n, "HTML is left out: an article has words and marks alone")
	}
}

// element writes a block that holds words.
func (w *writer) element(tag, class string, n ast.Node) {
	w.open(tag, class)
	w.inlines(n)
	w.html.WriteString("</" + tag + ">\n")
	w.end()
}

// wrap writes a block that holds blocks.
func (w *writer) wrap(tag, class string, n ast.Node) {
	w.open(tag, class)
	w.blocks(n)
	w.html.WriteString("</" + tag + ">\n")
}

func (w *writer) open(tag, class string) {
	w.html.WriteString("<" + tag)
	if class != "" {
		w.html.WriteString(` class="` + class + `"`)
	}
	w.html.WriteString(">")
}

// list writes numbered things as checks, to be gone through in order, and others as points.
func (w *writer) list(n *ast.List) {
	tag, class := "ul", "points"
	if n.IsOrdered() {
		tag, class = "ol", "checks"
		if n.Parent().Kind() != ast.KindDocument {
			class = "steps"
		}
	}
	w.open(tag, class)
	w.html.WriteString("\n")
	for item := n.FirstChild(); item != nil; item = item.NextSibling() {
		w.html.WriteString("<li>")
		w.blocks(item)
		w.html.WriteString("</li>\n")
	}
	w.html.WriteString("</" + tag + ">\n")
}

func (w *writer) inlines(parent ast.Node) {
	for n := parent.FirstChild(); n != nil; n = n.NextSibling() {
		w.inline(n)
	}
}

func (w *writer) inline(n ast.Node) {
	switch n := n.(type) {
	case *ast.Text:
		raw := n.Segment.Value(w.text)
		if !n.IsRaw() && n.Parent().Kind() != ast.KindCodeSpan {
			raw = util.ResolveEntityNames(util.ResolveNumericReferences(util.UnescapePunctuations(raw)))
		}
		w.words(string(raw))
		switch {
		case n.HardLineBreak():
			w.html.WriteString("<br>")
			w.passage.WriteString(" ")
		case n.SoftLineBreak():
			w.words(w.source.language.Gap())
		}
	case *ast.String:
		w.words(string(n.Value))
	case *ast.CodeSpan:
		w.around("code", n)
	case *ast.Emphasis:
		switch {
		case n.Level == 1:
			w.around("em", n)
		case heads(n):
			w.around("b", n)
		default:
			w.around("strong", n)
		}
	case *ast.Link:
		w.link(n, string(n.Destination), func() { w.inlines(n) })
	case *ast.AutoLink:
		address := string(n.URL(w.text))
		if n.AutoLinkType == ast.AutoLinkEmail {
			address = "mailto:" + address
		}
		w.link(n, address, func() { w.words(string(n.Label(w.text))) })
	case *ast.Image:
		w.fault(n, "a picture is left out, and its words are shown")
		w.inlines(n)
	default:
		w.fault(n, "HTML is left out: an article has words and marks alone")
	}
}

func (w *writer) around(tag string, n ast.Node) {
	w.html.WriteString("<" + tag + ">")
	w.inlines(n)
	w.html.WriteString("</" + tag + ">")
}

// heads says whether bold words are the head of a check: they begin it.
func heads(n ast.Node) bool {
	block := n.Parent()
	item := block.Parent()
	if n.PreviousSibling() != nil || item == nil || item.Kind() != ast.KindListItem || block.PreviousSibling() != nil {
		return false
	}
	l, ok := item.Parent().(*ast.List)
	return ok && l.IsOrdered() && l.Parent().Kind() == ast.KindDocument
}

// Where a link may lead beside articles: to pages of this program, and out by ways that run nothing.
var (
	page    = regexp.MustCompile(`^/(?:[a-z0-9][a-z0-9-]*(?:/[a-z0-9-]+)*)?$`)
	outside = regexp.MustCompile(`^(?:https://[^/\\@\s]+(?:/[^\\\s]*)?|mailto:[^\s?]+|tel:\+?[0-9-]+)$`)
)

// link writes a link, or where it leads nowhere its words alone.
func (w *writer) link(n ast.Node, to string, words func()) {
	if slug := strings.TrimPrefix(to, "/help/"); slugForm.MatchString(slug) && !slices.Contains(reserved, slug) {
		v := w.desk.articles[slug]
		switch {
		case v == nil:
			w.fault(n, "there is no article %q to lead to", slug)
			to = ""
		default:
			s := v.nearest(w.source.language)
			if to = "/help/" + slug; s == nil || !w.desk.facts.meet(v.merged(s).needs) {
				to = "" // this site has no use for it
			}
		}
	} else if !page.MatchString(to) && !outside.MatchString(to) {
		w.fault(n, "a link leads to articles, /pages of this program, https:// or mailto: alone")
		to = ""
	}
	if to == "" {
		words()
		return
	}
	w.html.WriteString(`<a href="` + html.EscapeString(string(util.URLEscape([]byte(to), false))) + `">`)
	words()
	w.html.WriteString("</a>")
}

// words writes words and what is filled in between them.
func (w *writer) words(words string) {
	w.desk.facts.parts(locale.Inert(words), w.source.language, func(name, piece string) {
		w.passage.WriteString(piece)
		piece = html.EscapeString(piece)
		if foreign[name] {
			piece = "<bdi>" + piece + "</bdi>"
		}
		w.html.WriteString(piece)
	})
}

// end ends a passage.
func (w *writer) end() {
	if passage := strings.Join(strings.Fields(w.passage.String()), " "); passage != "" {
		w.passages = append(w.passages, passage)
	}
	w.passage.Reset()
}

func (w *writer) fault(n ast.Node, format string, args ...any) {
	w.desk.fault(w.source, w.number(n), format, args...)
}

// number is the line that a node stands on.
func (w *writer) number(n ast.Node) int {
	for ; n != nil; n = n.Parent() {
		at := -1
		if n.Type() != ast.TypeInline && n.Lines().Len() > 0 {
			at = n.Lines().At(0).Start
		} else if t := firstText(n); t != nil {
			at = t.Segment.Start
		}
		if at >= 0 {
			i, found := slices.BinarySearch(w.starts, at)
			if !found {
				i--
			}
			return w.source.lines[i].number
		}
	}
	return 0
}

func firstText(n ast.Node) *ast.Text {
	for ; n != nil; n = n.FirstChild() {
		if t, ok := n.(*ast.Text); ok {
			return t
		}
	}
	return nil
}
