package config

import (
	"fmt"
	"os"
	"strings"
	"time"
)

//go:generate go run twohens/cmd/twohens config manual -out ../../docs/manual/configuration.md

// Manual is docs/manual/configuration.md: every key with its meaning, made of the table.
func Manual() string {
	var b strings.Builder
	b.WriteString(`# Configuration

<!-- Made from internal/config/keys.go by "go generate ./internal/config". Do not edit. -->

One file in [TOML](https://toml.io), given by ` + "`-config`" + ` or the variable TWOHENS_CONFIG. The smallest one that works:

` + "```toml\n" + Smallest + "```" + `

Every key can be set in the environment instead, which stands above the file: the name is TWOHENS_, the section and the key in
capitals, as in ` + "`TWOHENS_MAIL_SERVER`" + `. Lists are written there with commas. Unknown keys and variables are refused. A relative path
is relative to the folder of the file. Secrets are never written in the file itself: keys that end in ` + "`_file`" + ` name files that
hold them. ` + "`twohens check -config FILE`" + ` explains all mistakes at once, tries the database and the mail server, and tells where the
policy departs from the standards.
`)
	keys := named().table()
	for _, s := range sections {
		fmt.Fprintf(&b, "\n## [%s]\n\n%s\n\n| key | value | default |  |\n| --- | --- | --- | --- |\n", s.name, s.doc)
		for _, k := range keys {
			if name, ok := within(k.path, s.name); ok {
				fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n", name, cell(k.kind()), k.manualDefault(), cell(k.doc))
			}
		}
	}
	return b.String()
}

// named is an empty configuration with a service and a gateway called NAME, for what is told of all of them.
func named() *Config {
	return &Config{Mail: Mail{Services: []*Service{{Name: "NAME"}}}, SMS: SMS{Gateways: []*Gateway{{Name: "NAME"}}}}
}

// Smallest is the smallest file that works.
const Smallest = `[site]
name = "Fernbank Library"
public_url = "https://id.fernbank.example"

[mail]
server = "mail.fernbank.example"
from = "no-reply@fernbank.example"
`

// within gives the key's name in a section, if it is one of that section's own.
func within(path, section string) (string, bool) {
	name, ok := strings.CutPrefix(path, section+".")
	return name, ok && !strings.Contains(name, ".")
}

// cell keeps a text from ending a cell of a table.
func cell(s string) string { return strings.ReplaceAll(s, "|", `\|`) }

func (k key) manualDefault() string {
	switch {
	case k.needed:
		return "must be set"
	case k.standard == "":
		return ""
	case k.strict != "":
		return fmt.Sprintf("`%s`; strict `%s`", k.literal(k.standard), k.literal(k.strict))
	}
	return "`" + k.literal(k.standard) + "`"
}

// literal writes a default as the file would have it.
func (k key) literal(text string) string {
	if k.list() && text == "" {
		return "[]"
	}
	if k.list() {
		return `["` + strings.Join(strings.Split(text, ", "), `", "`) + `"]`
	}
	switch k.into.(type) {
	case *int, *bool:
		return text
	}
	return `"` + text + `"`
}

// Example is a whole file to begin with: every key with its default, what must be set on top.
func Example() string {
	var b strings.Builder
	b.WriteString("# Everything that can be configured. Lines that begin with \"#\" stand for what is the case without them.\n")
	for _, s := range sections {
		if s.name == "mail.service.NAME" {
			fmt.Fprintf(&b, "\n# A mail service is a section of its own, such as [mail.service.main]: see the manual.\n")
			continue
		}
		if s.name == "sms.gateway.NAME" {
			fmt.Fprintf(&b, "\n# A gateway is a section of its own, such as [sms.gateway.main]: see the manual.\n")
			continue
		}
		fmt.Fprintf(&b, "\n%s[%s]\n", wrapped(s.doc), s.name)
		for _, k := range new(Config).table() {
			name, ok := within(k.path, s.name)
			if !ok {
				continue
			}
			b.WriteString("\n" + wrapped(k.doc))
			if k.needed || k.path == "mail.server" {
				for line := range strings.Lines(Smallest) {
					if strings.HasPrefix(line, name+" = ") {
						b.WriteString(line)
					}
				}
				continue
			}
			fmt.Fprintf(&b, "#%s = %s\n", name, k.literal(k.standard))
		}
	}
	return b.String()
}

// wrapped makes comment lines of a text.
func wrapped(text string) string {
	const width = 100
	var b strings.Builder
	line := "#"
	for word := range strings.FieldsSeq(strings.ReplaceAll(text, "`", "")) {
		if len(line)+1+len(word) > width {
			b.WriteString(line + "\n")
			line = "#"
		}
		line += " " + word
	}
	return b.String() + line + "\n"
}

// duration writes a time without its idle zeros: 15m, not 15m0s.
func duration(d time.Duration) string {
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = s[:len(s)-2]
	}
	if strings.HasSuffix(s, "h0m") {
		s = s[:len(s)-2]
	}
	return s
}

func (s Size) String() string {
	if s >= MiB && s%MiB == 0 {
		return fmt.Sprintf("%d MiB", s/MiB)
	}
	return fmt.Sprintf("%d KiB", s/KiB)
}

// openToAll says that a file may be read by every user of the machine.
func openToAll(path Path) bool {
	if path == "" {
		return false
	}
	info, err := os.Stat(string(path))
	return err == nil && info.Mode().IsRegular() && info.Mode().Perm()&0o004 != 0
}
