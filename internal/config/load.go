package config

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/BurntSushi/toml"

	"twohens/internal/recovery"
)

// Prefix begins the names of the environment variables that stand above the file: TWOHENS_MAIL_SERVER is mail.server.
const Prefix = "TWOHENS_"

// notKeys are variables of that prefix that are no keys.
var notKeys = []string{"TWOHENS_CONFIG", "TWOHENS_CPU_PROFILE"}

// Load reads a file and the environment, given as os.Environ gives it. The error is Mistakes when something in them is
// wrong.
func Load(path string, environ []string) (*Config, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	l := &loader{file: path, values: map[string]value{}}
	if !l.readFile(string(text)) {
		return nil, l.mistakes
	}
	l.readEnvironment(environ)
	return l.config(filepath.Dir(path))
}

// Default is the configuration of an empty file. It lacks what has no default.
func Default() *Config {
	c := new(Config)
	c.setDefaults(false)
	return c
}

func (c *Config) setDefaults(strict bool) {
	c.Recovery.Policy = recovery.Classic()
	if strict {
		c.Recovery.Policy = recovery.Strict()
	}
	for _, k := range c.table() {
		if err := k.setDefault(strict); err != nil {
			panic(err)
		}
	}
}

// setDefault writes what stands for a key when it is absent. An error is a fault of the table.
func (k key) setDefault(strict bool) error {
	text := k.standard
	if strict && k.strict != "" {
		text = k.strict
	}
	if text == "" {
		return nil
	}
	if err := k.setText(text); err != nil {
		return fmt.Errorf("config: the default of %s: %w", k.path, err)
	}
	return nil
}

// loader gathers values and what is wrong with them.
type loader struct {
	file     string
	names    []string         // of all keys, made when first asked for
	gateways []string         // that the file has a section for, in its order
	services []string         // likewise
	values   map[string]value // by key
	mistakes Mistakes
}

// value is what was written for a key, and where.
type value struct {
	toml  any    // as the file has it
	text  string // as the environment has it
	where string
	line  int
}

func (l *loader) add(m Mistake) { l.mistakes = append(l.mistakes, m) }

// readFile collects the values of the file. One that is no TOML is a single mistake: whatever else could be said of it would
// be guesses.
func (l *loader) readFile(text string) bool {
	var top map[string]toml.Primitive
	meta, err := toml.Decode(text, &top)
	var syntax toml.ParseError
	if errors.As(err, &syntax) {
		l.add(Mistake{Where: l.at(syntax.Position.Line), What: syntax.Message, Mend: usage(syntax), line: syntax.Position.Line})
		return false
	}
	for _, k := range meta.Keys() {
		if len(k) == 3 && k[0] == "sms" && k[1] == "gateway" && !slices.Contains(l.gateways, k[2]) {
			l.gateways = append(l.gateways, k[2])
		}
		if len(k) == 3 && k[0] == "mail" && k[1] == "service" && !slices.Contains(l.services, k[2]) {
			l.services = append(l.services, k[2])
		}
	}
	l.readTable(&meta, "", top)
	return true
}

// usage makes one line of the library's advice.
func usage(e toml.ParseError) string {
	_, advice, ok := strings.Cut(e.ErrorWithUsage(), "Error help:")
	if !ok {
		return ""
	}
	first, _, _ := strings.Cut(strings.TrimSpace(advice), "\n\n")
	return strings.Join(strings.Fields(first), " ")
}

func (l *loader) at(line int) string {
	if line <= 0 {
		return l.file
	}
	return fmt.Sprintf("%s:%d", l.file, line)
}

// readTable collects the values of a table and of those within it.
func (l *loader) readTable(meta *toml.MetaData, prefix string, table map[string]toml.Primitive) {
	for name, primitive := range table {
		path := prefix + name
		p := new(probe)
		line := p.read(meta, primitive)
		if _, isTable := p.value.(map[string]any); isTable && l.isSection(path) {
			var inner map[string]toml.Primitive
			if err := meta.PrimitiveDecode(primitive, &inner); err == nil {
				l.readTable(meta, path+".", inner)
			}
			continue
		}
		if !slices.Contains(l.keys(), path) {
			l.unknown(path, l.at(line), line, p.value)
			continue
		}
		l.values[path] = value{toml: p.value, where: l.at(line), line: line}
	}
}

func (l *loader) unknown(path, where string, line int, v any) {
	m := Mistake{Where: where, Key: path, What: "there is no such key", line: line}
	if _, isTable := v.(map[string]any); isTable {
		m.What = "there is no such section"
		var names []string
		for _, s := range sections {
			names = append(names, s.name)
		}
		m.Mend = didYouMean(path, names)
	} else {
		m.Mend = didYouMean(path, l.keys())
	}
	l.add(m)
}

func (l *loader) isSection(path string) bool {
	if name, ok := strings.CutPrefix(path, "sms.gateway."); ok {
		return slices.Contains(l.gateways, name)
	}
	if name, ok := strings.CutPrefix(path, "mail.service."); ok {
		return slices.Contains(l.services, name)
	}
	return path == "sms.gateway" || path == "mail.service" || slices.ContainsFunc(sections, func(s section) bool { return s.name == path })
}

func (l *loader) keys() []string {
	if l.names == nil {
		for _, k := range l.empty().table() {
			l.names = append(l.names, k.path)
		}
	}
	return l.names
}

// empty is a configuration with the services and gateways that the file names, and nothing in it.
func (l *loader) empty() *Config {
	c := new(Config)
	for _, name := range l.services {
		c.Mail.Services = append(c.Mail.Services, &Service{Name: name})
	}
	for _, name := range l.gateways {
		c.SMS.Gateways = append(c.SMS.Gateways, &Gateway{Name: name})
	}
	return c
}

// probe takes any value and refuses it: the library tells the line of a value only together with an error.
type probe struct{ value any }

var errProbe = errors.New("probe")

// UnmarshalTOML is called by the library.
func (p *probe) UnmarshalTOML(v any) error {
	p.value = v
	return errProbe
}

func (p *probe) read(meta *toml.MetaData, primitive toml.Primitive) (line int) {
	var at toml.ParseError
	if errors.As(meta.PrimitiveDecode(primitive, p), &at) {
		return at.Position.Line
	}
	return 0
}

// variable is the name of a key in the environment.
func variable(path string) string {
	return Prefix + strings.ToUpper(strings.NewReplacer(".", "_", "-", "_").Replace(path))
}

// readEnvironment collects the values that stand above the file's.
func (l *loader) readEnvironment(environ []string) {
	byVariable := map[string]string{}
	var variables []string
	for _, path := range l.keys() {
		byVariable[variable(path)] = path
		variables = append(variables, variable(path))
	}
	for _, entry := range environ {
		name, text, _ := strings.Cut(entry, "=")
		if !strings.HasPrefix(name, Prefix) || slices.Contains(notKeys, name) {
			continue
		}
		path, known := byVariable[name]
		if !known {
			l.add(Mistake{Where: name, What: "there is no such variable", Mend: didYouMean(name, variables)})
			continue
		}
		l.values[path] = value{text: text, where: name}
	}
}

// config makes the configuration of the values: the profile first, since it decides what is absent.
func (l *loader) config(folder string) (*Config, error) {
	c := l.empty()
	c.setDefaults(false)
	profile := slices.IndexFunc(c.table(), func(k key) bool { return k.path == "recovery.profile" })
	if l.set(c.table()[profile], true); c.Recovery.Profile == "strict" {
		c.setDefaults(true)
		c.Recovery.Profile = "strict"
	}
	for _, k := range c.table() {
		if !l.set(k, false) && k.needed {
			l.add(Mistake{Where: l.file, Key: k.path, What: "is missing and has no default", Mend: "set it to " + k.kind()})
		}
	}
	c.resolve(folder)
	if !l.given("recovery.ways") && len(c.SMS.Order) > 0 {
		c.Recovery.Policy.Ways = recovery.Classic().Ways
	}
	c.complete()
	l.check(c)
	if len(l.mistakes) > 0 {
		slices.SortStableFunc(l.mistakes, func(a, b Mistake) int {
			return before(a, b)
		})
		return nil, l.mistakes
	}
	return c, nil
}

// before orders mistakes by line; what has none comes last, by key.
func before(a, b Mistake) int {
	switch {
	case a.line == b.line:
		return strings.Compare(a.Key, b.Key)
	case a.line == 0:
		return 1
	case b.line == 0:
		return -1
	}
	return a.line - b.line
}

// set writes the value of a key, if there is one. A quiet call tells of no mistake.
func (l *loader) set(k key, quiet bool) (given bool) {
	v, given := l.values[k.path]
	if !given {
		return false
	}
	var err error
	if v.toml != nil {
		err = k.setTOML(v.toml)
	} else {
		err = k.setText(v.text)
	}
	if err != nil && !quiet {
		l.add(Mistake{Where: v.where, Key: k.path, What: err.Error(), line: v.line})
	}
	return true
}

// resolve makes paths of the file absolute.
func (c *Config) resolve(folder string) {
	absolute := func(p Path) Path {
		if p == "" || filepath.IsAbs(string(p)) {
			return p
		}
		return Path(filepath.Join(folder, string(p)))
	}
	for _, k := range c.table() {
		switch into := k.into.(type) {
		case *Path:
			*into = absolute(*into)
		case *[]DKIM:
			for i := range *into {
				(*into)[i].KeyFile = absolute((*into)[i].KeyFile)
			}
		}
	}
}

// complete fills in what stands for something else when absent.
func (c *Config) complete() {
	if c.Mail.Port == 0 {
		c.Mail.Port = usualPorts[c.Mail.TLS]
	}
	if c.Mail.FromName == "" {
		c.Mail.FromName = c.Site.Name
	}
	if c.Mail.EnvelopeFrom.IsZero() {
		c.Mail.EnvelopeFrom = c.Mail.From
	}
	if c.Mail.Hello == "" && c.Site.PublicURL != nil {
		c.Mail.Hello = c.Site.PublicURL.Hostname()
	}
}
