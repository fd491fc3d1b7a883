package config

import (
	"fmt"
	"net"
	"slices"
	"time"

	"twohens/internal/loopback"
	"twohens/internal/password"
	"twohens/internal/recovery"
)

// Departure is a place where the configuration asks for less than a standard does.
type Departure struct {
	Key    string
	Clause string // such as "ASVS 6.5.5"
	Asks   string // what the clause asks for
	Is     string // what is configured
	Why    string // why one may
}

// clause is one row of the standards that the configuration is held against.
type clause struct {
	key, name, asks string
	why             string // why a profile, or an operator, may depart from it
	departs         func(*Config) (is string, departs bool)
}

// The clauses: NIST SP 800-63B-4 (2025), OWASP ASVS 5.0.0, and OWASP's Password Storage cheat sheet.
var clauses = []clause{
	{"recovery.code_life", "ASVS 6.5.5", "codes sent by another channel are valid for 10 minutes at most", "mail takes up to ten minutes for some; five more let those people in, and five tries of 10^8 codes stay five", func(c *Config) (string, bool) {
		return duration(c.Recovery.Policy.CodeLife), c.Recovery.Policy.CodeLife > 10*time.Minute
	}},
	{"recovery.request_life", "ASVS 6.5.5", "links sent by another channel are valid for 10 minutes at most", "the link has 128 bits and works once; an hour lets in whoever reads mail on another device, or whose mail is slow", func(c *Config) (string, bool) {
		return duration(c.Recovery.Policy.RequestLife), c.Recovery.Policy.RequestLife > 10*time.Minute
	}},
	{"recovery.send_again_extends", "ASVS 6.5.5", "a code's time is not made longer", "people who ask again type the code of the first mail that comes; all of them show the same one", func(c *Config) (string, bool) {
		return "a click makes the same code valid anew", c.Recovery.Policy.Extends
	}},
	{"recovery.proof", "ASVS 6.4.2", "no questions whose answers others may know are enough", "some people have nothing else; the questions are curated, marked as the weaker way, told to every contact, and stopped by a button", func(c *Config) (string, bool) {
		return "answers to questions are enough by themselves", c.Recovery.Policy.Enough([]recovery.Way{recovery.WayQuestions})
	}},
	{"recovery.ways", "NIST 3.2.9", "texts are a restricted way: people are told, and have another", "there is no good reason: offer e-mail too", func(c *Config) (string, bool) {
		return "there is no other way but texts", !c.Recovery.Policy.Offers(recovery.WayEmail) && c.Recovery.Policy.Offers(recovery.WayPhone)
	}},
	{"recovery.ways", "ASVS 6.6.1", "texts stand beside a stronger way, such as an authenticator", "mail stands beside them, named as the better way; recovery codes on paper (`saved`) are the stronger one, and an authenticator is what people have lost", func(c *Config) (string, bool) {
		p := c.Recovery.Policy
		return "texts without recovery codes", len(c.SMS.Order) > 0 && p.Offers(recovery.WayPhone) && !p.Offers(recovery.WaySaved)
	}},
	{"recovery.proof", "NIST 4.2.2.2", "at AAL2, two codes that came in different ways, or one and another authenticator", "an account with a password alone is at AAL1, where one code is enough; and where sign-ins have a second factor, a recovery does not step round it", func(c *Config) (string, bool) {
		single := slices.ContainsFunc(c.Recovery.Policy.Ways, func(w recovery.Way) bool { return c.Recovery.Policy.Enough([]recovery.Way{w}) })
		return "one way is enough", single
	}},
	{"recovery.tries_in_a_row", "NIST 3.2.2", "100 failed tries in a row on an account at most", "there is no good reason: lower it", func(c *Config) (string, bool) {
		return fmt.Sprint(c.Recovery.Policy.TriesInARow), c.Recovery.Policy.TriesInARow > 100
	}},
	{"password.min_length", "NIST 3.1.1.2", "15 characters at least, where the password is all that a sign-in asks for", "with a second factor at the sign-in 8 are enough, and many sites have one; common and breached passwords are refused at any length", func(c *Config) (string, bool) {
		return fmt.Sprint(c.Password.MinLength), c.Password.MinLength < 15
	}},
	{"password.breach.enabled", "ASVS 6.2.12", "new passwords are checked against those known from breaches", "it asks a service on the internet, which is the operator's to decide; without it the 40,000 most common ones are refused", func(c *Config) (string, bool) {
		return "only against the built-in list of common ones", !c.Password.Breach.Enabled
	}},
	{"password.hash_memory", "ASVS 11.4.2", "Argon2id with 19 MiB and 2 passes, or as much by another balance", "a very small machine; prefer fewer hashes at a time", func(c *Config) (string, bool) {
		p, d := c.Password.Params(), password.DefaultParams
		work := uint64(p.MemoryKiB) * uint64(p.Time)
		return fmt.Sprintf("%s and %d passes", c.Password.HashMemory, p.Time),
			work < uint64(d.MemoryKiB)*uint64(d.Time)*9/10 || c.Password.HashMemory < 7*MiB
	}},
	{"signin.url", "NIST 3.2.2", "100 wrong passwords in a row on an account at most", "here, where people sign in on these pages: an end of all would let a stranger shut the owner out for good; sixty an hour on an address, each after a card, are what one site allows, and the owner recovers meanwhile", func(c *Config) (string, bool) {
		return "counted by the hour", c.SignIn.URL == nil
	}},
	{"recovery.tries_a_day", "NIST 3.2.2", "100 failed tries in a row on an account at most", "browsers that have signed in before have tries of their own; otherwise a stranger's hundred would shut the owner out too", func(c *Config) (string, bool) {
		return "known browsers count by the day", c.SignIn.URL == nil
	}},
	{"signin.url", "ASVS 6.3.3", "a sign-in asks for more than one factor", "the built-in sign-in opens the account page alone; a site with a second factor has its own sign-in, and no reset steps round it", func(c *Config) (string, bool) {
		return "a password alone", c.SignIn.URL == nil
	}},
	{"signin.life", "NIST 2.2.3", "at AAL2, sign in again after 24 hours at most", "the account page is all that it opens, and changes there ask for the password again", func(c *Config) (string, bool) {
		return duration(c.SignIn.Life), c.SignIn.Life > 24*time.Hour
	}},
	{"signin.idle", "NIST 2.2.3", "at AAL2, sign in again after 1 hour of doing nothing at most", "the account page is all that it opens, and changes there ask for the password again", func(c *Config) (string, bool) {
		return duration(c.SignIn.Idle), c.SignIn.Idle > time.Hour
	}},
}

// Departures lists where c asks for less than the standards, in the manual's order. It is told so that nobody departs
// without knowing; none of it is forbidden.
func (c *Config) Departures() []Departure {
	var list []Departure
	for _, clause := range clauses {
		if is, departs := clause.departs(c); departs {
			list = append(list, Departure{clause.key, clause.name, clause.asks, is, clause.why})
		}
	}
	return list
}

// Notes lists what is allowed and yet often a mistake.
func (c *Config) Notes() []string {
	var notes []string
	own := c.Listen.TLSCert != "" || c.ACME.Agreed
	if c.Site.PublicURL.Scheme == "https" && !own && len(c.Listen.TrustedProxies) == 0 {
		notes = append(notes, "listen.trusted_proxies: site.public_url is https and this program has no certificate, so a proxy must stand in front; "+
			"it is not listed, so all visitors count as one and the limits will shut everybody out")
	}
	if host, _, err := net.SplitHostPort(c.Listen.Address); err == nil && c.Site.PublicURL.Scheme == "http" && !own && !loopback.Is(host) {
		notes = append(notes, "listen.address: site.public_url is http, which is for this machine alone, and other machines can reach the program; "+
			"what they send and get, codes and passwords too, travels in the clear; listen on 127.0.0.1")
	}
	for _, secret := range []struct {
		key  string
		path Path
	}{
		{"listen.tls_key", c.Listen.TLSKey}, {"database.dsn_file", c.Database.DSNFile}, {"mail.password_file", c.Mail.PasswordFile},
		{"redis.password_file", c.Redis.PasswordFile},
	} {
		if openToAll(secret.path) {
			notes = append(notes, secret.key+": every user of this machine may read the file; chmod 600 it")
		}
	}
	for _, g := range c.SMS.Gateways {
		for key, path := range map[string]Path{"secret_file": g.SecretFile, "receipt_secret_file": g.ReceiptSecretFile, "receipt_signature_file": g.ReceiptSignatureFile} {
			if openToAll(path) {
				notes = append(notes, "sms.gateway."+g.Name+"."+key+": every user of this machine may read the file; chmod 600 it")
			}
		}
		if g.Kind == "file" {
			notes = append(notes, "sms.gateway."+g.Name+".kind: texts are written to a file and reach nobody; it is for trying out")
		}
	}
	if len(c.SMS.Order) > 0 && c.SMS.AlarmTo.IsZero() {
		notes = append(notes, "sms.alarm_to: not set, so nobody is told by mail when codes by text stop being entered")
	}
	if c.Limits.WrongCodes > 0 && c.Limits.AlarmTo.IsZero() {
		notes = append(notes, "limits.alarm_to: not set, so nobody is told by mail when somebody seems to try codes on many accounts")
	}
	if len(c.SMS.Order) > 0 && c.SMS.Prices == "" {
		notes = append(notes, "sms.prices: not set, so what is spent is not known, and only the number of texts is capped")
	}
	if c.Site.HelpContact == "" {
		notes = append(notes, "site.help_contact: not set, so whoever cannot get back in alone finds nobody to ask")
	}
	return notes
}
