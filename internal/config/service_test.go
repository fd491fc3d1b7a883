package config

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

const several = `[site]
name = "Fernbank Library"
public_url = "https://id.fernbank.example"

[mail]
from = "no-reply@fernbank.example"
services = ["main", "spare"]
domain_per_minute = 100

[mail.service.main]
server = "mail.fernbank.example"
per_second = 5

[mail.service.spare]
kind = "http"
url = "https://api.mail.example/send"
headers = ["Content-Type: application/json"]
body = '{"to": {{json .To}}, "subject": {{json .Subject}}, "text": {{json .Text}}, "html": {{json .HTML}}}'
`

func TestServices(t *testing.T) {
	c, err := load(t, several)
	if err != nil {
		t.Fatal(err)
	}
	s, err := c.Mail.Settings("https://id.fernbank.example/x")
	if err != nil {
		t.Fatal(err)
	}
	if len(s.Services) != 2 || s.DomainPerMinute != 100 || s.Chain.Failures != 5 || s.From.Address() != "no-reply@fernbank.example" {
		t.Errorf("%+v", s)
	}
	main, spare := s.Services[0], s.Services[1]
	if main.Name != "main" || main.SMTP.Port != 587 || main.SMTP.Hello != "id.fernbank.example" || main.PerSecond != 5 || main.AtOnce != 16 || main.SMTP.Step < 30*time.Second {
		t.Errorf("%+v", main)
	}
	if spare.Name != "spare" || spare.HTTP == nil || spare.Receipts != nil {
		t.Errorf("%+v", spare)
	}
	c, err = load(t, Smallest)
	if err != nil {
		t.Fatal(err)
	}
	if s, err = c.Mail.Settings("https://id.fernbank.example/x"); err != nil || len(s.Services) != 1 || s.Services[0].Name != "mail" ||
		s.Services[0].SMTP.Server != "mail.fernbank.example" {
		t.Errorf("%+v, %v", s, err)
	}
}

func TestServiceMistakes(t *testing.T) {
	for name, tt := range map[string]struct{ from, to, want string }{
		"a name twice":        {`["main", "spare"]`, `["main", "spare", "main"]`, `mail.services: has "main" twice`},
		"no section":          {`["main", "spare"]`, `["main", "spare", "third"]`, "there is no section [mail.service.third]"},
		"never asked":         {`["main", "spare"]`, `["main"]`, "mail.service.spare: is not in mail.services"},
		"a server beside":     {"[mail]\n", "[mail]\nserver = \"mail.fernbank.example\"\n", "mail.server: has no meaning beside mail.services"},
		"no key":              {"per_second", "per_secund", "did you mean mail.service.main.per_second?"},
		"no host":             {`server = "mail.fernbank.example"`, `server = "mail.fernbank.example:25"`, "mail.service.main.server: is no host name"},
		"codes in the clear":  {"per_second = 5", `tls = "none"`, "codes must not travel in the clear"},
		"half a sign-in":      {"per_second = 5", `username = "us"`, "give both, or neither"},
		"no such port":        {"per_second = 5", "port = 99999", "mail.service.main.port: must be from 0 to 65535"},
		"another's field":     {"{{json .HTML}}", "{{json .Digits}}", "which these messages lack"},
		"no JSON":             {"{{json .HTML}}", `"{{.HTML}}"`, "is no JSON once it is filled in"},
		"http in the clear":   {"https://api", "http://api", "must be https"},
		"a bad name":          {"service.main", "service.Main_1", "there is no section [mail.service.main]"},
		"nobody can be asked": {`["main", "spare"]`, `[]`, "mail.server: is missing"},
	} {
		changed := strings.Replace(several, tt.from, tt.to, 1)
		if changed == several {
			t.Fatalf("%s: nothing was changed", name)
		}
		_, err := load(t, changed)
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v\nwant %q", name, err, tt.want)
		}
	}
}

// Every example of the manual loads as it stands.
func TestExamplesOfMail(t *testing.T) {
	text, err := os.ReadFile("../../docs/manual/mail.md")
	if err != nil {
		t.Fatal(err)
	}
	secret := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(secret, []byte("0123456789abcdef0123456789abcdef"), 0o600); err != nil {
		t.Fatal(err)
	}
	site, _, _ := strings.Cut(Smallest, "[mail]")
	var services []int
	for part := range strings.SplitSeq(string(text), "```toml\n") {
		example, _, ok := strings.Cut(part, "```")
		if !ok || !strings.HasPrefix(example, "[mail]") {
			continue
		}
		example = regexp.MustCompile(`"/etc/twohens/[a-z-]+"`).ReplaceAllString(example, `"`+secret+`"`)
		c, err := load(t, site+example)
		if err != nil {
			t.Fatalf("%v\n%s", err, example)
		}
		services = append(services, len(c.Mail.InOrder()))
	}
	if !slices.Equal(services, []int{1, 3}) {
		t.Errorf("%v services in the examples", services)
	}
}
