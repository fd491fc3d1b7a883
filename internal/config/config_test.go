package config

import (
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"twohens/internal/password"
	"twohens/internal/quota"
	"twohens/internal/recovery"
)

// load writes a file and loads it.
func load(t *testing.T, text string, environ ...string) (*Config, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "twohens.toml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return Load(path, environ)
}

var withoutPhone = []recovery.Way{recovery.WayEmail, recovery.WayQuestions}

func TestSmallest(t *testing.T) {
	c, err := load(t, Smallest)
	if err != nil {
		t.Fatal(err)
	}
	classic := recovery.Classic()
	classic.Ways = withoutPhone // until there is a gateway
	if !reflect.DeepEqual(c.Recovery.Policy, classic) {
		t.Errorf("the classic profile is not recovery.Classic: %+v", c.Recovery.Policy)
	}
	if c.Password.Params() != password.DefaultParams || c.Password.MinLength != password.DefaultMinLength {
		t.Errorf("passwords: %+v", c.Password)
	}
	if c.Mail.Port != 587 || c.Mail.FromName != "Fernbank Library" || c.Mail.EnvelopeFrom != c.Mail.From || c.Mail.Hello != "id.fernbank.example" {
		t.Errorf("what stands for something else when absent: %+v", c.Mail)
	}
	if c.Listen.Address != "127.0.0.1:8080" || c.Limits.Address != (quota.Limit{Events: 6, Per: time.Hour}) {
		t.Errorf("defaults: %+v %+v", c.Listen, c.Limits)
	}
}

// The figures of a profile are those of recovery, whatever the table says.
func TestProfiles(t *testing.T) {
	strict, err := load(t, Smallest+"[recovery]\nprofile = \"strict\"\n")
	if err != nil {
		t.Fatal(err)
	}
	wanted := recovery.Strict()
	wanted.Ways = withoutPhone
	if !reflect.DeepEqual(strict.Recovery.Policy, wanted) {
		t.Errorf("the strict profile is not recovery.Strict: %+v", strict.Recovery.Policy)
	}
	if strict.Password.MinLength != 15 {
		t.Errorf("shortest password %d", strict.Password.MinLength)
	}
	changed, err := load(t, Smallest+"[password]\nmin_length = 10\n[recovery]\ntries = 3\n", "TWOHENS_RECOVERY_PROFILE=strict")
	if err != nil {
		t.Fatal(err)
	}
	if p := changed.Recovery.Policy; p.Tries != 3 || p.CodeLife != 10*time.Minute || changed.Password.MinLength != 10 {
		t.Errorf("figures set by themselves do not stand above the profile: %+v", changed)
	}
}

// Every field of the struct has a row in the table, and every row a field: none can be forgotten.
func TestTableIsComplete(t *testing.T) {
	c := named()
	rows := map[any]string{}
	for _, k := range c.table() {
		if rows[k.into] != "" {
			t.Errorf("%s and %s write to the same place", k.path, rows[k.into])
		}
		rows[k.into] = k.path
		if k.doc == "" || !strings.HasSuffix(k.doc, ".") {
			t.Errorf("%s is not explained in sentences", k.path)
		}
	}
	var walk func(v reflect.Value, name string)
	walk = func(v reflect.Value, name string) {
		if rows[v.Addr().Interface()] != "" {
			delete(rows, v.Addr().Interface())
			return
		}
		if gateways, ok := v.Interface().([]*Gateway); ok {
			v = reflect.ValueOf(gateways[0]).Elem()
			rows[v.FieldByName("Name").Addr().Interface()] = "the section's name"
		}
		if services, ok := v.Interface().([]*Service); ok {
			v = reflect.ValueOf(services[0]).Elem()
			rows[v.FieldByName("Name").Addr().Interface()] = "the section's name"
		}
		if v.Kind() != reflect.Struct {
			t.Errorf("%s has no key", name)
			return
		}
		for i := range v.NumField() {
			walk(v.Field(i), name+"."+v.Type().Field(i).Name)
		}
	}
	walk(reflect.ValueOf(c).Elem(), "Config")
	for _, path := range rows {
		t.Errorf("%s writes to no field of Config", path)
	}
}

// All mistakes at once, each with its place, in the order of the file.
func TestMistakes(t *testing.T) {
	_, err := load(t, `[site]
name = "Fernbank"
public_url = "http://id.fernbank.example"
color = "red"

[mail]
sever = "mail.fernbank.example"
port = "587"
from = "Fernbank <no-reply@fernbank.example>"
public_url = "x"

[recovery]
code_life = 15
ways = ["email", "pigeon"]
digits = 5
tries_a_day = 2

[limits]
address = "5 an hour"

[passwords]
min_length = 3
`, "TWOHENS_LIMITS_SITE=0/1m", "TWOHENS_MAIL_SERVR=x", "PATH=/bin", "TWOHENS_CONFIG=x")
	var m Mistakes
	if !errors.As(err, &m) {
		t.Fatal(err)
	}
	got := strings.Split(m.Error(), "\n")
	for i, line := range got {
		got[i] = line[strings.LastIndex(line, "/twohens.toml")+1:]
	}
	want := []string{
		`twohens.toml:3: site.public_url: is not https; codes and passwords must not travel in the clear; only this machine itself may do without`,
		`twohens.toml:4: site.color: there is no such key; did you mean site.colour?`,
		`twohens.toml:7: mail.sever: there is no such key; did you mean mail.server?`,
		`twohens.toml:8: mail.port: want a whole number, not "587"`,
		`twohens.toml:9: mail.from: want an e-mail address, not "Fernbank <no-reply@fernbank.example>"`,
		`twohens.toml:10: mail.public_url: there is no such key; did you mean site.public_url?`,
		`twohens.toml:13: recovery.code_life: want a time such as "15m", "90s" or "1h30m", not 15`,
		`twohens.toml:14: recovery.ways: want a list of texts; this is none: "pigeon"`,
		`twohens.toml:15: recovery.digits: must be from 6 to 12, not 5`,
		`twohens.toml:16: recovery.tries_a_day: must be from 5 to 1000, not 2`,
		`twohens.toml:19: limits.address: want a limit such as "5/1h": "5 an hour", write it like 5/1h`,
		`twohens.toml:21: passwords: there is no such section; did you mean password?`,
		`TWOHENS_MAIL_SERVR: there is no such variable; did you mean TWOHENS_MAIL_SERVER?`,
		`TWOHENS_LIMITS_SITE: limits.site: want a limit such as "5/1h": 0 events, need at least 1`,
		`twohens.toml: mail.server: is missing and has no default; set it to the host name of your mail server, or name several services in mail.services`,
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// What certificates are fetched for.
func TestACME(t *testing.T) {
	for public, says := range map[string]string{
		"https://id.fernbank.example": "", "https://192.0.2.7": "needs a site.public_url of https and a host with a name",
		"https://localhost": "needs", "http://localhost": "needs",
	} {
		_, err := load(t, Smallest, "TWOHENS_ACME_AGREED=true", "TWOHENS_ACME_EMAIL=ops@fernbank.example", "TWOHENS_SITE_PUBLIC_URL="+public)
		if (err != nil) != (says != "") || err != nil && !strings.Contains(err.Error(), "acme.agreed: "+says) {
			t.Errorf("%s: %v", public, err)
		}
	}
}

// Each rule, with the least that breaks it.
func TestRules(t *testing.T) {
	there := filepath.Join(t.TempDir(), "there")
	if err := os.WriteFile(there, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	empty := filepath.Join(t.TempDir(), "empty")
	if err := os.WriteFile(empty, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ set, says string }{
		{"SITE_NAME=", "site.name: must have 1 to 100"},
		{"SITE_NAME=a\nb", "site.name: want a text without control characters"},
		{"SITE_PUBLIC_URL=", "site.public_url: is empty"},
		{"SITE_PUBLIC_URL=http://127.0.0.1:8080", ""},
		{"SITE_PUBLIC_URL=http://localhost:8080", ""},
		{"SITE_PUBLIC_URL=http://localhost.evil.example", "is not https"},
		{"SITE_PUBLIC_URL=https://id.fernbank.example/recover", "has more than a host"},
		{"SITE_PUBLIC_URL=https://id.fernbank.example/", ""},
		{"SITE_PUBLIC_URL=https://a:b@id.fernbank.example", "site.public_url: want an address"},
		{"SITE_PUBLIC_URL=id.fernbank.example", "site.public_url: want an address"},
		{"SITE_LOGO=/nowhere.svg", "site.logo: names a file that does not exist"},
		{"SITE_LOGO=" + there, "site.logo: is no picture"},
		{"SITE_COLOUR=red", "site.colour: is no colour"},
		{"SITE_COLOUR=#ffee66", "site.colour: cannot be read: #ffee66 hardly stands out"},
		{"SITE_COLOUR=#8a3b12", ""},
		{"SITE_HELP_CONTACT=help@fernbank.example", ""},
		{"SITE_HELP_CONTACT=https://fernbank.example/help", ""},
		{"SITE_HELP_CONTACT=javascript:alert(1)", "site.help_contact: is neither"},
		{"HELP_FOLDER=" + filepath.Dir(there), ""},
		{"HELP_FOLDER=" + there, "help.folder: is no folder"},
		{"HELP_FOLDER=nowhere", "help.folder: names a folder that does not exist"},
		{"SITE_PRIVACY_URL=http://fernbank.example", "site.privacy_url: is not https"},
		{"LISTEN_ADDRESS=8080", "listen.address: is not host:port"},
		{"LISTEN_ADDRESS=:99999", "listen.address: has a port"},
		{"LISTEN_TLS_CERT=" + there, "listen.tls_key: is missing"},
		{"LISTEN_TLS_KEY=" + there, "listen.tls_cert: is missing"},
		{"LISTEN_CONNECTIONS=3", "listen.connections: "},
		{"ACME_AGREED=true", ""},
		{"ACME_AGREED=perhaps", "acme.agreed: "},
		{"ACME_DIRECTORY=http://authority.example/dir", "acme.directory: is no https address"},
		{"ACME_CA_FILE=" + there, "acme.ca_file: holds no certificate"},
		{"ACME_FOLDER=", "acme.folder: is empty"},
		{"LISTEN_TRUSTED_PROXIES=10.0.0.0/8, 192.0.2.7", ""},
		{"LISTEN_TRUSTED_PROXIES=0.0.0.0/0", "listen.trusted_proxies: trusts everybody"},
		{"LISTEN_TRUSTED_PROXIES=proxy", `this is none: "proxy"`},
		{"DATABASE_DRIVER=mysql", `database.driver: want one of sqlite, postgres, not "mysql"`},
		{"DATABASE_DRIVER=postgres", "database.dsn_file: is missing"},
		{"DATABASE_DSN_FILE=" + there, "database.dsn_file: is for postgres alone"},
		{"MAIL_SERVER=mail.fernbank.example:587", "mail.server: is no host name"},
		{"MAIL_SERVER=", "mail.server: is no host name"},
		{"MAIL_TLS=none", `mail.tls: is "none" for a server that is not this machine`},
		{"MAIL_USERNAME=x", "mail.password_file: is missing"},
		{"MAIL_PASSWORD_FILE=" + there, "mail.username: is missing"},
		{"MAIL_CA_FILE=" + there, "mail.ca_file: holds no certificate"},
		{"MAIL_CA_FILE=" + empty, "mail.ca_file: names an empty file"},
		{"MAIL_FROM=", "mail.from: is empty"},
		{"MAIL_DKIM=s=" + there, `mail.dkim: the key of selector "s" cannot be used`},
		{"MAIL_DKIM=s", "mail.dkim: want a list"},
		{"RECOVERY_WAYS=email,phone", "recovery.ways: offers \"phone\", and there is no gateway"},
		{"RECOVERY_WAYS=", "recovery.ways: has no way by code"},
		{"RECOVERY_WAYS=email,email", "recovery.ways: has \"email\" twice"},
		{"RECOVERY_WAYS=questions,saved", "recovery.ways: has no way by code"},
		{"RECOVERY_WAYS=telepathy", "recovery.ways: want a list of texts"},
		{"RECOVERY_PROOF=", "recovery.proof: is empty"},
		{"RECOVERY_PROOF=email+phone", "recovery.proof: nobody could ever prove anything"},
		{"RECOVERY_PROOF=email+email", "recovery.proof: want a list of ways"},
		{"RECOVERY_PROOF=email+smoke", "recovery.proof: want a list of ways"},
		{"RECOVERY_PROOF=email", "recovery.ways: offers \"questions\", which leads nowhere"},
		{"RECOVERY_QUESTIONS=1", "recovery.questions: must be from 2 to 3, not 1"},
		{"RECOVERY_ANSWERS_A_DAY=0", "recovery.answers_a_day: must be from 1 to 20, not 0"},
		{"SMS_COUNTRIES=Spain", "sms.countries: has something that is no country"},
		{"SMS_SPEND_DAY=25,50", "sms.spend_day: want an amount"},
		{"SMS_SPEND_DAY=25.50", "sms.prices: is missing"},
		{"SMS_PRICES=nowhere.csv", "sms.prices: names a file that does not exist"},
		{"SMS_ALARM_PERCENT=101", "sms.alarm_percent: must be from 1 to 100, not 101"},
		{"SIGNIN_FRESH=1s", "signin.fresh: must be from 1m to 12h, not 1s"},
		{"RECOVERY_CODE_LIFE=30s", "recovery.code_life: must be from 1m to 24h, not 30s"},
		{"RECOVERY_CODE_LIFE=2h", "recovery.request_life: is shorter than a code's life, 2h"},
		{"RECOVERY_COOL_DOWN=", "recovery.cool_down: must have 1 to 20 times"},
		{"RECOVERY_COOL_DOWN=1m,1s", "recovery.cool_down: must be from 10s to 1h, not 1s"},
		{"RECOVERY_SEND_AGAIN_EXTENDS=maybe", "recovery.send_again_extends: want true or false"},
		{"PASSWORD_MIN_LENGTH=7", "password.min_length: must be from 8 to 64, not 7"},
		{"PASSWORD_MAX_LENGTH=32", "password.max_length: must be from 64 to 256, not 32"},
		{"PASSWORD_HASH_MEMORY=19", "password.hash_memory: want an amount of memory"},
		{"PASSWORD_HASH_MEMORY=1000MiB", "password.hash_memory: must be from 8 KiB to 256 MiB, not 1000 MiB"},
		{"PASSWORD_BREACH_URL=http://range.example", "password.breach.url: is not https"},
		{"PASSWORD_BREACH_TIMEOUT=1m", "password.breach.timeout: must be from 100ms to 10s"},
		{"SIGNIN_IDLE=13h", "signin.idle: is longer than signin.life"},
		{"LOG_LEVEL=loud", "log.level: want one of"},
	} {
		_, err := load(t, Smallest, "TWOHENS_"+c.set)
		if c.says == "" && err != nil {
			t.Errorf("%s: %v", c.set, err)
		}
		if c.says != "" && (err == nil || !strings.Contains(err.Error(), c.says) || strings.Contains(err.Error(), "\n")) {
			t.Errorf("%s: %v\nwant one mistake with %q", c.set, err, c.says)
		}
	}
}

// An operator who writes the secret where its file belongs does not find it in the log.
func TestSecretsAreNotRepeated(t *testing.T) {
	_, err := load(t, Smallest+"username = \"u\"\npassword_file = \"hunter2\"\npassword = \"hunter3\"\n")
	if err == nil || strings.Contains(err.Error(), "hunter") || !strings.Contains(err.Error(), "did you mean mail.password_file?") {
		t.Error(err)
	}
}

func TestPathsAreRelativeToTheFile(t *testing.T) {
	c, err := load(t, Smallest+"[database]\npath = \"data/x.db\"\n[keys]\nfolder = \"/etc/keys\"\n")
	if err != nil {
		t.Fatal(err)
	}
	if !filepath.IsAbs(string(c.Database.Path)) || filepath.Base(filepath.Dir(string(c.Database.Path))) != "data" || c.Keys.Folder != "/etc/keys" {
		t.Errorf("%s %s", c.Database.Path, c.Keys.Folder)
	}
}

// What is no TOML is told with its line.
func TestSyntax(t *testing.T) {
	for text, says := range map[string]string{
		"[site]\nname = Fernbank\n":               "twohens.toml:2: ",
		"[site\n":                                 "twohens.toml:2: ",
		"[site]\nname = \"a\"\nname = \"b\"\n":    "twohens.toml:3: ",
		"site = 1\n":                              "twohens.toml:1: site: there is no such key",
		"[[site]]\n":                              "site: there is no such key",
		"[site.name]\nx = 1\n":                    "site.name: want a text, not a table",
		"[recovery]\nprofile = [\"a\"]\n":         "twohens.toml:2: recovery.profile: want one of classic, strict, not [\"a\"]",
		"[recovery]\ncode_life = 2026-01-01\n":    "recovery.code_life: want a time",
		"[listen]\ntrusted_proxies = [1, true]\n": "listen.trusted_proxies: want a list of networks",
		"[listen]\ntrusted_proxies = \"1.2.3.4\"": "listen.trusted_proxies: want a list of networks",
		"\x00": "twohens.toml:1: ",
		"[password]\nmin_length = 99999999999999\n": "password.min_length: must be from 8 to 64",
	} {
		_, err := load(t, text)
		if err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%q: %v\nwant %q", text, err, says)
		}
	}
}

// What the check prints for the two profiles, so that nobody departs without knowing (design.md, section 5).
func TestDepartures(t *testing.T) {
	list := func(text string) string {
		c, err := load(t, text)
		if err != nil {
			t.Fatal(err)
		}
		var keys []string
		for _, d := range c.Departures() {
			keys = append(keys, d.Clause+" "+d.Key)
		}
		return strings.Join(keys, ", ")
	}
	classic := "ASVS 6.5.5 recovery.code_life, ASVS 6.5.5 recovery.request_life, ASVS 6.5.5 recovery.send_again_extends, " +
		"ASVS 6.4.2 recovery.proof, NIST 4.2.2.2 recovery.proof, NIST 3.1.1.2 password.min_length, ASVS 6.2.12 password.breach.enabled, " +
		"NIST 3.2.2 signin.url, NIST 3.2.2 recovery.tries_a_day, ASVS 6.3.3 signin.url"
	if got := list(Smallest); got != classic {
		t.Errorf("classic: %s", got)
	}
	strict := Smallest + "[recovery]\nprofile = \"strict\"\nproof = [\"any two\"]\n[password.breach]\nenabled = true\n[signin]\nurl = \"https://fernbank.example/signin\"\n"
	if got := list(strict); got != "" {
		t.Errorf("strict, any two ways, with a breach service and a sign-in of its own: %s", got)
	}
	texts := strict + "[sms]\ngateways = [\"one\"]\ncountries = [\"ES\"]\nalarm_to = \"operator@fernbank.example\"\n[sms.gateway.one]\nkind = \"file\"\npath = \"texts\"\n"
	if got := list(texts); got != "ASVS 6.6.1 recovery.ways" {
		t.Errorf("with texts and without recovery codes: %s", got)
	}
	weak := strict + "life = \"48h\"\nidle = \"2h\"\n[password]\nhash_memory = \"8MiB\"\n"
	if got := list(weak); got != "ASVS 11.4.2 password.hash_memory, NIST 2.2.3 signin.life, NIST 2.2.3 signin.idle" {
		t.Errorf("weak: %s", got)
	}
}

func TestNotes(t *testing.T) {
	c, err := load(t, Smallest)
	if err != nil {
		t.Fatal(err)
	}
	if notes := fmt.Sprint(c.Notes()); !strings.Contains(notes, "listen.trusted_proxies") || !strings.Contains(notes, "site.help_contact") || !strings.Contains(notes, "limits.alarm_to") {
		t.Error(notes)
	}
	c, err = load(t, strings.Replace(Smallest, "name =", "help_contact = \"help@fernbank.example\"\nname =", 1)+"[listen]\ntrusted_proxies = [\"10.0.0.1\"]\n[limits]\nalarm_to = \"operator@fernbank.example\"\n")
	if err != nil {
		t.Fatal(err)
	}
	if notes := c.Notes(); len(notes) != 0 {
		t.Error(notes)
	}
}

// Plain HTTP is for this machine alone; that others can reach the program nevertheless is told.
func TestNoteOfPlainHTTP(t *testing.T) {
	c, err := load(t, Smallest)
	if err != nil {
		t.Fatal(err)
	}
	c.Site.PublicURL = &url.URL{Scheme: "http", Host: "localhost:8080"}
	for address, told := range map[string]bool{
		"127.0.0.1:8080": false, "localhost:8080": false, "[::1]:8080": false, ":8080": true, "0.0.0.0:8080": true, "[::]:8080": true, "192.0.2.1:80": true,
	} {
		c.Listen.Address = address
		if notes := fmt.Sprint(c.Notes()); strings.Contains(notes, "listen.address") != told {
			t.Errorf("%s: %s", address, notes)
		}
	}
}

// The manual is made of the table.
func TestManualIsFresh(t *testing.T) {
	const path = "../../docs/manual/configuration.md"
	text, err := os.ReadFile(path)
	if err != nil || string(text) != Manual() {
		t.Errorf("%s is stale: run go generate ./internal/config (%v)", path, err)
	}
}

// The manual explains each limit, and so do those who add one.
func TestLimitsAreExplained(t *testing.T) {
	text, err := os.ReadFile("../../docs/manual/limits.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range Default().table() {
		_, limit := k.into.(*quota.Limit)
		section, name, _ := strings.Cut(k.path, ".")
		if !limit && section != "limits" && !(section == "sms" && (strings.HasPrefix(name, "alarm_") || strings.HasPrefix(name, "spend_"))) &&
			!(section == "recovery" && (strings.HasPrefix(name, "tries") || name == "cool_down" || name == "answers_a_day")) {
			continue
		}
		if !strings.Contains(string(text), "`"+k.path+"`") {
			t.Errorf("docs/manual/limits.md does not explain %s", k.path)
		}
	}
}

// The page of standards is made of the table, says why of each departure, and names tests that are there.
func TestStandardsIsFresh(t *testing.T) {
	const path = "../../docs/standards.md"
	text, err := os.ReadFile(path)
	if err != nil || string(text) != Standards() {
		t.Errorf("%s is stale: run go generate ./internal/config (%v)", path, err)
	}
	for _, c := range clauses {
		if c.why == "" || c.asks == "" {
			t.Errorf("%s: no reason", c.name)
		}
	}
	for _, m := range always {
		for where := range strings.SplitSeq(m.tested, ", ") {
			folder, test, named := strings.Cut(where, " Test")
			files, _ := filepath.Glob(filepath.Join("../..", strings.TrimSuffix(folder, " golden matrix"), "*_test.go"))
			found := false
			for _, f := range files {
				text, err := os.ReadFile(f)
				found = found || err == nil && (!named || strings.Contains(string(text), "func Test"+test+"("))
			}
			if !found && folder != "internal/console" { // tested in internal/daemon and internal/browser
				t.Errorf("%s: there is no %s", m.name, where)
			}
		}
	}
}

// The example loads as it stands, and with every line switched on: each shown default is one that can be written.
func TestExampleLoads(t *testing.T) {
	if _, err := load(t, Example()); err != nil {
		t.Error(err)
	}
	var on strings.Builder
	for line := range strings.Lines(Example()) {
		if strings.HasPrefix(line, "#") && !strings.HasPrefix(line, "# ") {
			line = line[1:]
		}
		on.WriteString(line)
	}
	c, err := load(t, strings.Replace(on.String(), "dsn_file = \"\"\n", "", 1))
	if err != nil {
		t.Fatal(err)
	}
	fresh, err := load(t, Smallest)
	if err != nil {
		t.Fatal(err)
	}
	c.Database.Path, c.Keys.Folder, c.ACME.Folder = fresh.Database.Path, fresh.Keys.Folder, fresh.ACME.Folder
	c.Listen.TrustedProxies, c.Mail.DKIM, c.Mail.Order, c.Mail.PublicDomains, c.SMS.Order, c.SMS.Countries, c.Redis.Addresses = nil, nil, nil, nil, nil, nil, nil // an empty list is as good as none
	if !reflect.DeepEqual(c, fresh) {
		t.Errorf("the example's defaults are not the defaults:\n%+v\n%+v", c, fresh)
	}
}

func FuzzLoad(f *testing.F) {
	f.Add(Smallest, "TWOHENS_MAIL_PORT=1")
	f.Add(Example(), "TWOHENS_X=")
	f.Add("[a]\n[[a.b]]\nc = {d = 1}", "=")
	folder := f.TempDir()
	f.Fuzz(func(t *testing.T, text, entry string) {
		l := &loader{file: "twohens.toml", values: map[string]value{}}
		if !l.readFile(text) {
			return
		}
		l.readEnvironment([]string{entry})
		c, err := l.config(folder)
		if (c == nil) == (err == nil) {
			t.Error("neither a configuration nor an error, or both")
		}
	})
}
