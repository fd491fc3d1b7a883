package config

import (
	"fmt"
	"slices"
	"strings"

	"twohens/internal/slip"
)

// Mistake is something wrong in a configuration.
type Mistake struct {
	Where string // such as "twohens.toml:12" or "TWOHENS_MAIL_PORT"; the file alone for what is missing
	Key   string
	What  string // what is wrong
	Mend  string // how to mend it; empty where What says so already
	line  int
}

func (m Mistake) String() string {
	var b strings.Builder
	b.WriteString(m.Where)
	if m.Key != "" {
		b.WriteString(": " + m.Key)
	}
	b.WriteString(": " + m.What)
	if m.Mend != "" {
		b.WriteString("; " + m.Mend)
	}
	return b.String()
}

// Mistakes are all that are wrong, in the order of the file.
type Mistakes []Mistake

func (m Mistakes) Error() string {
	lines := make([]string, len(m))
	for i, mistake := range m {
		lines[i] = mistake.String()
	}
	return strings.Join(lines, "\n")
}

// meant finds the name that was probably meant: one that is hardly different, one that goes on (password, password_file), or
// the same key in another section.
func meant(name string, names []string) string {
	best, least := "", 1+len(name)/4
	for _, candidate := range names {
		if d := slip.Distance(name, candidate); d <= least && (best == "" || d < least) {
			best, least = candidate, d
		}
	}
	if best != "" {
		return best
	}
	if i := slices.IndexFunc(names, func(n string) bool { return strings.HasPrefix(n, name+"_") }); i >= 0 {
		return names[i]
	}
	last := name[strings.LastIndexByte(name, '.')+1:]
	if i := slices.IndexFunc(names, func(n string) bool { return strings.HasSuffix(n, "."+last) }); i >= 0 {
		return names[i]
	}
	return ""
}

func didYouMean(name string, names []string) string {
	if m := meant(name, names); m != "" {
		return fmt.Sprintf("did you mean %s?", m)
	}
	return "the manual lists all there are: twohens config manual"
}
