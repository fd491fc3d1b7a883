package config

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"twohens/internal/contact"
	"twohens/internal/loopback"
	"twohens/internal/password"
	"twohens/internal/secret"
	"twohens/internal/smtpmail"
	"twohens/internal/web/page"
)

// wrong notes a mistake in the value of a key, unless the key has one already: one wrong value is one mistake.
func (l *loader) wrong(key, what, mend string) {
	if slices.ContainsFunc(l.mistakes, func(m Mistake) bool { return m.Key == key }) {
		return
	}
	m := Mistake{Where: l.file, Key: key, What: what, Mend: mend}
	if v, given := l.values[key]; given {
		m.Where, m.line = v.where, v.line
	}
	l.add(m)
}

func (l *loader) given(key string) bool {
	_, given := l.values[key]
	return given
}

// check asks whether values make sense, each by itself and together.
func (l *loader) check(c *Config) {
	l.checkSite(&c.Site)
	l.checkHelp(&c.Help)
	l.checkListen(&c.Listen)
	l.checkACME(c)
	l.checkDatabase(&c.Database)
	l.checkMail(c)
	l.checkRecovery(&c.Recovery)
	l.checkSMS(c)
	l.checkPassword(&c.Password)
	l.checkRedis(&c.Redis)
	between(l, "limits.wrong_codes", c.Limits.WrongCodes, 0, 1_000_000)
	between(l, "limits.wrong_codes_stop", c.Limits.WrongStop, 0, 1_000_000)
	between(l, "limits.wrong_codes_ratio", c.Limits.WrongRatio, 1, 100)
	between(l, "limits.wrong_codes_rest", c.Limits.WrongRest, time.Minute, time.Hour)
	l.checkConsole(&c.Console)
	l.checkRest(c)
}

// between checks a number or a time against its bounds.
func between[T int | time.Duration | Size](l *loader, key string, value, least, most T) {
	if value < least || value > most {
		l.wrong(key, fmt.Sprintf("must be from %v to %v, not %v", show(least), show(most), show(value)), "")
	}
}

func show(v any) string {
	switch v := v.(type) {
	case time.Duration:
		return duration(v)
	case Size:
		return v.String()
	}
	return fmt.Sprint(v)
}

// maxLogo is as much as a page can carry along.
const maxLogo = 256 << 10

var colour = regexp.MustCompile(`^#[0-9a-fA-F]{6}$`)

func (l *loader) checkSite(s *Site) {
	if l.given("site.name") && (strings.TrimSpace(s.Name) == "" || len(s.Name) > 100) {
		l.wrong("site.name", "must have 1 to 100 characters", "")
	}
	if u := s.PublicURL; u != nil {
		switch {
		case u.Scheme != "https" && !loopback.Is(u.Hostname()):
			l.wrong("site.public_url", "is not https", "codes and passwords must not travel in the clear; only this machine itself may do without")
		case strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "":
			l.wrong("site.public_url", "has more than a host", "write it like https://id.fernbank.example, and give this program a host of its own")
		}
	} else if l.given("site.public_url") {
		l.wrong("site.public_url", "is empty", "")
	}
	if s.Logo != "" {
		kind := strings.ToLower(filepath.Ext(string(s.Logo)))
		info, err := os.Stat(string(s.Logo))
		switch {
		case !slices.Contains([]string{".svg", ".png", ".jpg", ".jpeg", ".webp"}, kind):
			l.wrong("site.logo", "is no picture that browsers show", "use an .svg, .png, .jpg or .webp file")
		case err != nil:
			l.wrong("site.logo", unreadable(err), "")
		case !info.Mode().IsRegular() || info.Size() > maxLogo:
			l.wrong("site.logo", fmt.Sprintf("must be a file of at most %d kB", maxLogo>>10), "")
		}
	}
	if s.Colour != "" {
		if !colour.MatchString(s.Colour) {
			l.wrong("site.colour", "is no colour", `write it like "#8a3b12"`)
		} else if _, err := page.NewPalette(s.Colour); err != nil {
			l.wrong("site.colour", "cannot be read: "+err.Error(), "")
		}
	}
	if help := s.HelpContact; help != "" {
		_, noMail := contact.ParseEmail(help)
		address, noURL := parseURL(help)
		if noMail != nil && (noURL != nil || address == nil || address.Scheme != "https") {
			l.wrong("site.help_contact", "is neither an e-mail address nor an https address", "")
		}
	}
	if u := s.PrivacyURL; u != nil && u.Scheme != "https" {
		l.wrong("site.privacy_url", "is not https", "")
	}
}

// unreadable says why a file cannot be used, without naming it: where a file's name is wanted, somebody may have written the
// secret itself.
func unreadable(err error) string {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "names a file that does not exist"
	case errors.Is(err, fs.ErrPermission):
		return "names a file that this user may not read"
	}
	return "names a file that cannot be read"
}

// readable checks that a file is there and holds something.
func (l *loader) readable(key string, path Path) bool {
	text, err := os.ReadFile(string(path))
	switch {
	case err != nil:
		l.wrong(key, unreadable(err), "")
	case strings.TrimSpace(string(text)) == "":
		l.wrong(key, "names an empty file", "")
	default:
		return true
	}
	return false
}

func (l *loader) checkHelp(s *Help) {
	if s.Folder == "" {
		return
	}
	if info, err := os.Stat(string(s.Folder)); err != nil {
		l.wrong("help.folder", "names a folder that does not exist or that this user may not read", "")
	} else if !info.IsDir() {
		l.wrong("help.folder", "is no folder", "")
	}
}

func (l *loader) checkListen(s *Listen) {
	if _, port, err := net.SplitHostPort(s.Address); err != nil {
		l.wrong("listen.address", "is not host:port", `write it like "127.0.0.1:8080" or ":443"`)
	} else if n, err := strconv.Atoi(port); err != nil || n < 0 || n > 65535 {
		l.wrong("listen.address", "has a port that is no number from 0 to 65535", "")
	}
	switch {
	case s.TLSCert != "" && s.TLSKey == "":
		l.wrong("listen.tls_key", "is missing", "a certificate works only with its key")
	case s.TLSCert == "" && s.TLSKey != "":
		l.wrong("listen.tls_cert", "is missing", "a key works only with its certificate")
	case s.TLSCert != "":
		certThere, keyThere := l.readable("listen.tls_cert", s.TLSCert), l.readable("listen.tls_key", s.TLSKey)
		if certThere && keyThere {
			if _, err := tls.LoadX509KeyPair(string(s.TLSCert), string(s.TLSKey)); err != nil {
				l.wrong("listen.tls_cert", "does not work with listen.tls_key", strings.TrimPrefix(err.Error(), "tls: "))
			}
		}
	}
	between(l, "listen.connections", s.Connections, 16, 1_000_000)
	for _, prefix := range s.TrustedProxies {
		if prefix.Bits() == 0 {
			l.wrong("listen.trusted_proxies", "trusts everybody", "then anybody could claim any address and no limit would hold; list the proxies alone")
		}
	}
}

func (l *loader) checkACME(c *Config) {
	s := &c.ACME
	if s.Directory == nil || s.Directory.Scheme != "https" {
		l.wrong("acme.directory", "is no https address", "")
	}
	if s.Folder == "" {
		l.wrong("acme.folder", "is empty", "")
	}
	l.authorities("acme.ca_file", s.CAFile)
	switch u := c.Site.PublicURL; {
	case !s.Agreed || u == nil:
	case c.Listen.TLSCert != "":
		l.wrong("acme.agreed", "and listen.tls_cert exclude each other", "leave one of them out")
	case u.Scheme != "https" || !domainForm.MatchString(u.Hostname()):
		l.wrong("acme.agreed", "needs a site.public_url of https and a host with a name", "the certificate is for that host")
	}
}

func (l *loader) checkDatabase(s *Database) {
	if s.Driver == "postgres" {
		if s.DSNFile == "" {
			l.wrong("database.dsn_file", "is missing", "postgres needs a connection string; put it into a file and name that here")
		} else {
			l.readable("database.dsn_file", s.DSNFile)
		}
		if l.given("database.path") {
			l.wrong("database.path", "is for sqlite alone", `leave it out, or set database.driver to "sqlite"`)
		}
	} else {
		if s.Path == "" {
			l.wrong("database.path", "is empty", "")
		}
		if l.given("database.dsn_file") {
			l.wrong("database.dsn_file", "is for postgres alone", `leave it out, or set database.driver to "postgres"`)
		}
	}
	between(l, "database.connections", s.Connections, 0, 1000)
}

// domainForm is a domain in ASCII; of 200 characters at most, so that what stands before it in an address has room.
var domainForm = regexp.MustCompile(`^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])$`)

func (l *loader) checkMail(c *Config) {
	s := &c.Mail
	l.checkServices(c)
	if l.given("mail.server") && hostless(s.Server) {
		l.wrong("mail.server", "is no host name", "the port has a key of its own, mail.port")
	}
	between(l, "mail.port", s.Port, 1, 65535)
	if s.TLS == "none" && s.Server != "" && !loopback.Is(s.Server) {
		l.wrong("mail.tls", `is "none" for a server that is not this machine`, `use "starttls" or "implicit": codes must not travel in the clear`)
	}
	l.authorities("mail.ca_file", s.CAFile)
	switch {
	case s.Username != "" && s.PasswordFile == "":
		l.wrong("mail.password_file", "is missing", "mail.username needs a password")
	case s.Username == "" && s.PasswordFile != "":
		l.wrong("mail.username", "is missing", "mail.password_file needs a name")
	case s.PasswordFile != "":
		l.readable("mail.password_file", s.PasswordFile)
	}
	if l.given("mail.from") && s.From.IsZero() {
		l.wrong("mail.from", "is empty", "")
	}
	if s.Hello == "" || strings.ContainsAny(s.Hello, " \t") {
		if l.given("mail.helo") {
			l.wrong("mail.helo", "is no host name", "")
		}
	}
	between(l, "mail.connections", s.Connections, 1, 200)
	between(l, "mail.patience", s.Patience, 100*time.Millisecond, 30*time.Second)
	between(l, "mail.failures", s.Failures, 1, 32)
	between(l, "mail.rest", s.Rest, time.Second, 10*time.Minute)
	switch {
	case s.BounceListen != "" && s.BounceDomain == "":
		l.wrong("mail.bounce_domain", "is missing", "say to which domain mails come back, such as \"bounces.fernbank.example\"")
	case s.BounceDomain != "" && !domainForm.MatchString(s.BounceDomain):
		l.wrong("mail.bounce_domain", "is no domain", "write it in small letters, such as \"bounces.fernbank.example\"")
	}
	if s.BounceListen != "" {
		if _, port, err := net.SplitHostPort(s.BounceListen); err != nil || port == "" {
			l.wrong("mail.bounce_listen", "is no host and port", "write it like \":25\" or \"127.0.0.1:2525\"")
		}
	}
	for _, domain := range s.PublicDomains {
		if !domainForm.MatchString(domain) {
			l.wrong("mail.public_domains", fmt.Sprintf("has %q, which is no domain", domain), "write each in small letters, such as \"students.fernbank.example\"")
		}
	}
	between(l, "mail.domain_at_once", s.DomainAtOnce, 0, 1000)
	between(l, "mail.domain_per_minute", s.DomainPerMinute, 0, 1_000_000)
	for _, key := range s.DKIM {
		if _, err := smtpmail.NewSigner(s.From.Domain(), key.Selector, string(key.KeyFile)); err != nil {
			l.wrong("mail.dkim", fmt.Sprintf("the key of selector %q cannot be used", key.Selector), "it must be a file with an RSA or Ed25519 private key in PEM")
		}
	}
}

func (l *loader) checkRecovery(s *Recovery) {
	p := &s.Policy
	l.checkWays(s)
	between(l, "recovery.questions", p.Questions, 2, 3)
	between(l, "recovery.answers_a_day", p.AnswersADay, 1, 20)
	between(l, "recovery.digits", p.Digits, secret.MinDigits, secret.MaxDigits)
	between(l, "recovery.code_life", p.CodeLife, time.Minute, 24*time.Hour)
	between(l, "recovery.request_life", p.RequestLife, 5*time.Minute, 24*time.Hour)
	between(l, "recovery.reset_life", p.GrantLife, 2*time.Minute, time.Hour)
	if p.RequestLife < p.CodeLife {
		l.wrong("recovery.request_life", fmt.Sprintf("is shorter than a code's life, %s", duration(p.CodeLife)), "a code is over when its request is; raise it, or lower recovery.code_life")
	}
	if len(p.CoolDown) == 0 || len(p.CoolDown) > 20 {
		l.wrong("recovery.cool_down", "must have 1 to 20 times", "")
	}
	for _, wait := range p.CoolDown {
		between(l, "recovery.cool_down", wait, 10*time.Second, time.Hour)
	}
	between(l, "recovery.tries", p.Tries, 1, 20)
	between(l, "recovery.tries_a_day", p.TriesADay, p.Tries, 1000)
	between(l, "recovery.tries_in_a_row", p.TriesInARow, p.TriesADay, 10000)
	between(l, "recovery.workers", s.Workers, 1, 200)
}

func (l *loader) checkPassword(s *Password) {
	between(l, "password.min_length", s.MinLength, password.DefaultMinLength, password.LeastMaxLength)
	between(l, "password.max_length", s.MaxLength, password.LeastMaxLength, password.Cap)
	between(l, "password.hash_time", s.HashTime, 1, 16)
	between(l, "password.hash_threads", s.HashThreads, 1, 8)
	between(l, "password.hash_memory", s.HashMemory, 8*KiB*Size(max(1, s.HashThreads)), 256*MiB)
	between(l, "password.hash_parallel", s.HashParallel, 0, 256)
	between(l, "password.hash_queue", s.HashQueue, 0, 10000)
	if s.Breach.URL == nil {
		l.wrong("password.breach.url", "is empty", "leave it out, or set password.breach.enabled to false")
	} else if _, err := password.NewRange(s.Breach.URL.String(), 0); err != nil {
		l.wrong("password.breach.url", "is not https, or has more than a host and a path", "")
	}
	between(l, "password.breach.timeout", s.Breach.Timeout, 100*time.Millisecond, 10*time.Second)
}

func (l *loader) checkRest(c *Config) {
	between(l, "challenge.lifetime", c.Challenge.Lifetime, time.Minute, time.Hour)
	between(l, "challenge.work", c.Challenge.Work, 1, 20)
	if u := c.SignIn.URL; u != nil && u.Scheme != "https" && !loopback.Is(u.Hostname()) {
		l.wrong("signin.url", "is not https", "")
	}
	between(l, "signin.life", c.SignIn.Life, 5*time.Minute, 90*24*time.Hour)
	between(l, "signin.idle", c.SignIn.Idle, 5*time.Minute, 90*24*time.Hour)
	if c.SignIn.Idle > c.SignIn.Life {
		l.wrong("signin.idle", "is longer than signin.life", "")
	}
	between(l, "signin.fresh", c.SignIn.Fresh, time.Minute, 12*time.Hour)
}

// authorities checks a file of certificates to trust, and says whether there is one that is good.
func (l *loader) authorities(key string, file Path) bool {
	if file == "" || !l.readable(key, file) {
		return false
	}
	if text, _ := os.ReadFile(string(file)); !x509.NewCertPool().AppendCertsFromPEM(text) {
		l.wrong(key, "holds no certificate in PEM", "")
		return false
	}
	return true
}

func (l *loader) checkRedis(s *Redis) {
	for _, address := range s.Addresses {
		host, port, err := net.SplitHostPort(address)
		if err != nil || host == "" || port == "" {
			l.wrong("redis.addresses", fmt.Sprintf("%q is no host and port", address), "write it like \"redis.example:6379\"")
		}
	}
	if s.Username != "" && s.PasswordFile == "" {
		l.wrong("redis.password_file", "is missing", "redis.username needs a password")
	}
	if s.PasswordFile != "" {
		l.readable("redis.password_file", s.PasswordFile)
	}
	if l.authorities("redis.ca_file", s.CAFile) && !s.TLS {
		l.wrong("redis.ca_file", "has no meaning without redis.tls", "set redis.tls = true")
	}
	if s.Prefix == "" || len(s.Prefix) > 64 || strings.ContainsAny(s.Prefix, "{}") {
		l.wrong("redis.prefix", "must have 1 to 64 characters and no braces", "")
	}
	between(l, "redis.timeout", s.Timeout, 10*time.Millisecond, 5*time.Second)
}

func (l *loader) checkConsole(s *Console) {
	if s.Address == "" {
		return
	}
	host, port, err := net.SplitHostPort(s.Address)
	switch {
	case err != nil || port == "":
		l.wrong("console.address", "is no host and port", "write it like \"127.0.0.1:8081\"")
	case (s.TLSCert == "") != (s.TLSKey == ""):
		l.wrong("console.tls_cert", "and console.tls_key belong together", "give both, or neither")
	case s.TLSCert == "" && !loopback.Is(host):
		l.wrong("console.address", "is not this machine, and there is no certificate", "set console.tls_cert and console.tls_key: passwords of the staff must not travel in the clear")
	case s.TLSCert != "":
		l.readable("console.tls_cert", s.TLSCert)
		l.readable("console.tls_key", s.TLSKey)
	}
	if s.MetricsToken != "" && l.readable("console.metrics_token_file", s.MetricsToken) {
		if text, _ := os.ReadFile(string(s.MetricsToken)); len(strings.TrimSpace(string(text))) < 22 {
			l.wrong("console.metrics_token_file", "holds fewer than 22 characters", "make one with: openssl rand -base64 24")
		}
	}
}
