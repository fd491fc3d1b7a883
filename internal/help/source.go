package help

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"
	"unicode/utf8"

	"twohens/internal/locale"
)

// english is the language that stands in for all others.
var english = locale.All()[0].Tag

// What a folder may hold. An article is a page to read, and a folder is read at every start: more than this is a mistake, or
// somebody who wants the start to fail.
const (
	maxFile  = 32 << 10 // bytes
	maxFiles = 2000
)

// topicFolder holds the topics of a language.
const topicFolder = "topics"

// Fault is something in a folder of articles that should be mended.
type Fault struct {
	File string // within its folder
	Line int    // from 1; 0: the whole file
	What string
	Note bool // everything is shown all the same, if not as well as it could be
}

func (f Fault) String() string {
	if f.Line == 0 {
		return f.File + ": " + f.What
	}
	return fmt.Sprintf("%s:%d: %s", f.File, f.Line, f.What)
}

// source is a file of an article or of a topic, understood as far as one can without the others.
type source struct {
	file     string
	language locale.Language
	slug     string
	front    front
	lines    []line // of the article, without what stands above it, and those that are for this site alone
	own      bool   // of the product
}

// versions are the files of one article by language: the product's, and on top of them an operator's.
type versions struct {
	sources map[string]*source
	fronts  []front // of the English ones, the product's first
}

// nearest is the file that readers of a language get, or nil.
func (v *versions) nearest(l locale.Language) *source {
	if s := v.sources[l.Tag]; s != nil {
		return s
	}
	return v.sources[english]
}

// merged is what stands above a file, and where it says nothing, above the English one.
func (v *versions) merged(s *source) front {
	f := s.front
	for _, base := range slices.Backward(v.fronts) {
		f = f.over(base)
	}
	return f
}

// desk is where files are gathered before they become a centre.
type desk struct {
	facts    Facts
	articles map[string]*versions
	topics   map[string]*versions
	files    int
	faults   []Fault
}

func newDesk(facts Facts) *desk {
	return &desk{facts: facts, articles: make(map[string]*versions), topics: make(map[string]*versions)}
}

func (d *desk) fault(s *source, number int, format string, args ...any) {
	d.faults = append(d.faults, Fault{File: s.file, Line: number, What: fmt.Sprintf(format, args...)})
}

// put reads a folder: one folder for each language in it, by its tag.
func (d *desk) put(folder fs.FS) error {
	own := len(d.articles) == 0
	entries, err := fs.ReadDir(folder, ".")
	if err != nil {
		return fmt.Errorf("help: %w", err)
	}
	for _, entry := range entries {
		if !entry.IsDir() || strings.HasPrefix(entry.Name(), ".") {
			continue // a note to oneself, or the folder of a version control
		}
		l, ok := locale.Find(entry.Name())
		if !ok || l.Tag != entry.Name() {
			d.faults = append(d.faults, Fault{File: entry.Name(), What: "is no language of this program"})
			continue
		}
		d.shelve(folder, l.Tag, l, d.articles, own)
		if _, err := fs.Stat(folder, l.Tag+"/"+topicFolder); !errors.Is(err, fs.ErrNotExist) {
			d.shelve(folder, l.Tag+"/"+topicFolder, l, d.topics, own)
		}
	}
	return nil
}

// shelve reads the files of one folder.
func (d *desk) shelve(folder fs.FS, path string, l locale.Language, shelf map[string]*versions, own bool) {
	entries, err := fs.ReadDir(folder, path)
	if err != nil {
		d.faults = append(d.faults, Fault{File: path, What: "cannot be read"})
		return
	}
	for _, entry := range entries {
		slug, isText := strings.CutSuffix(entry.Name(), ".md")
		s := &source{file: path + "/" + entry.Name(), language: l, slug: slug, own: own}
		switch {
		case strings.HasPrefix(entry.Name(), ".") || entry.IsDir() && entry.Name() == topicFolder:
		case !isText || !slugForm.MatchString(slug) || slices.Contains(reserved, slug):
			d.fault(s, 0, "is no name for an article: it takes the characters a-z, 0-9 and -, and .md at the end")
		case d.files >= maxFiles:
			d.fault(s, 0, "is left out: there are more than %d files", maxFiles)
			return
		default:
			d.files++
			d.read(folder, s, shelf)
		}
	}
}

// read takes a file in, unless something is wrong with it.
func (d *desk) read(folder fs.FS, s *source, shelf map[string]*versions) {
	text, err := readText(folder, s.file)
	if err != nil {
		d.fault(s, 0, "%v", err)
		return
	}
	wrong := false
	fault := func(number int, format string, args ...any) {
		wrong = true
		d.fault(s, number, format, args...)
	}
	s.front, s.lines = parseFront(text, fault)
	s.lines = d.facts.choose(s.lines, fault)
	if wrong {
		return
	}
	v := shelf[s.slug]
	if v == nil {
		v = &versions{sources: make(map[string]*source)}
		shelf[s.slug] = v
	}
	v.sources[s.language.Tag] = s
	if s.language.Tag == english {
		v.fronts = append(v.fronts, s.front)
	}
}

// readText reads a file that must be one: a pipe would hold the start up for ever.
func readText(folder fs.FS, name string) (string, error) {
	info, err := fs.Stat(folder, name)
	if err != nil {
		return "", errors.New("cannot be read, or leads out of the folder")
	}
	if !info.Mode().IsRegular() {
		return "", errors.New("is no file")
	}
	file, err := folder.Open(name)
	if err != nil {
		return "", errors.New("cannot be read, or leads out of the folder")
	}
	defer file.Close()
	text, err := io.ReadAll(io.LimitReader(file, maxFile+1))
	switch {
	case err != nil:
		return "", errors.New("cannot be read")
	case len(text) > maxFile:
		return "", fmt.Errorf("is longer than %d kB", maxFile>>10)
	case !utf8.Valid(text) || strings.ContainsRune(string(text), 0):
		return "", errors.New("is no text in UTF-8")
	}
	return strings.TrimPrefix(string(text), "\ufeff"), nil
}

// missing notes what an operator wrote in some languages and not in others.
func (d *desk) missing() {
	for _, shelf := range []map[string]*versions{d.articles, d.topics} {
		for _, v := range shelf {
			var theirs *source
			for _, l := range locale.All() {
				if s := v.sources[l.Tag]; s != nil && !s.own {
					theirs = s
					break
				}
			}
			if theirs == nil {
				continue
			}
			for _, l := range locale.All() {
				switch s := v.sources[l.Tag]; {
				case s == nil && v.sources[english] == nil:
					d.note(theirs, "is not there in %s, nor in English to stand in for it", l.Tag)
				case s == nil:
					d.note(theirs, "is not there in %s: the English one stands in", l.Tag)
				case s.own:
					d.note(theirs, "is not there in %s: the product's own is shown", l.Tag)
				}
			}
		}
	}
}

func (d *desk) note(s *source, format string, args ...any) {
	d.faults = append(d.faults, Fault{File: s.file, What: fmt.Sprintf(format, args...), Note: true})
}
