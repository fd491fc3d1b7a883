package config

import (
	"fmt"
	"strings"
)

//go:generate go run twohens/cmd/twohens config standards -out ../../docs/standards.md

// met is a clause that every configuration meets.
type met struct{ name, asks, how, tested string }

// always are those that no setting departs from.
var always = []met{
	{"NIST 3.1.1.2", "no rules of composition, no expiry, every character, 64 of them at least", "as asked; up to 256, spaces and emoji too", "internal/password"},
	{"NIST 3.1.3.2", "failed tries are counted over all ways of trying", "five on a request, fifteen a day on an account, over requests, networks and nodes; no resend or restart gives one back", "internal/recovery, internal/engine"},
	{"NIST 3.2.9", "texts are named as the weaker way, and another is offered", "a line on the page; e-mail is always there unless you switch it off", "internal/web"},
	{"NIST 4.2.1", "recovery is told at all contacts on record", "when something was proved by heart, and when a password was set, at once", "internal/engine"},
	{"NIST 4.2.1.1", "saved codes have 64 bits, and work once", "75 bits, hashed like passwords", "internal/engine TestAttackSavedCodeAtOnce"},
	{"NIST 4.2.1.2", "codes that are sent have six digits at least", "eight, drawn evenly, leading zeros kept; 6 to 12", "internal/secret"},
	{"NIST 4.6", "the owner can say that it was not them", "a button that undoes it, for 72 hours", "internal/engine TestAttackOldMailbox"},
	{"ASVS 1.3.11", "what is typed does not steer mail", "mail goes to the address on record", "internal/contact, internal/attack"},
	{"ASVS 2.3.1", "steps in their order", "one table, every step in every state", "internal/recovery golden matrix"},
	{"ASVS 2.3.3", "all of a step, or nothing", "one transaction", "internal/daemon TestProgram"},
	{"ASVS 2.4.1, 6.3.1", "limits on what a script can do", "by address, network, account and site", "internal/gate, internal/attack"},
	{"ASVS 3.4, 14.3.2", "headers that keep a page to itself, nothing kept by caches", "default-src 'none' and the rest, on every page", "internal/web"},
	{"ASVS 3.5.1, 3.5.3", "other sites cannot have a browser change something", "only POST changes anything, and only from this site", "internal/web"},
	{"ASVS 4.1.3", "a client cannot say where it comes from", "only listed proxies are believed", "internal/web, internal/attack"},
	{"ASVS 6.2.4", "common passwords are refused", "40,000 of them", "internal/password"},
	{"ASVS 6.3.7", "people are told of changes to what they sign in with", "every contact, the one that was removed too", "internal/engine"},
	{"ASVS 6.3.8", "nobody learns whether an account is there", "by no byte; what is known of the time stands in silence.md", "internal/silence"},
	{"ASVS 6.4.3", "a reset does not step round a second factor", "it signs nobody in", "internal/engine, internal/attack"},
	{"ASVS 6.4.6", "staff can begin a recovery and never choose a password", "so does the console", "internal/console"},
	{"ASVS 6.5.1, 2.3.4", "a code works once, also when it comes a hundred times at once", "one counts", "internal/engine"},
	{"ASVS 6.5.2, 16.2.5", "codes are kept in no readable form and never logged", "they are derived, and kept in no form", "internal/daemon TestNothingSecretIsKept"},
	{"ASVS 6.5.4", "codes have 20 bits", "26.6", "internal/secret"},
	{"ASVS 6.6.2", "a code is bound to what it was asked for", "to request, account, way and purpose", "internal/engine"},
	{"ASVS 6.6.3", "codes cannot be guessed", "the count is saved before the verdict is told", "internal/engine"},
	{"ASVS 7.2.3", "tokens have 128 bits", "all of them", "internal/secret"},
	{"ASVS 7.4.3", "other sessions end with a new password", "all of them, in the same transaction", "internal/engine, internal/attack"},
	{"ASVS 7.5.1", "changing a contact asks for the password again", "within ten minutes", "internal/web"},
	{"ASVS 13.3.4", "keys can be replaced", "twohens key rotate, and revoke", "internal/daemon TestKeysWhileRunning"},
	{"ASVS 16.2, 16.3", "attempts are recorded, without secrets", "as asked", "internal/engine, internal/audit"},
	{"ASVS 16.3.3", "attacks are noticed", "an alarm within a minute of one code on many accounts", "internal/engine TestAttackSpray"},
	{"ASVS 16.5.2, 16.5.3", "what is down opens nothing", "the same answer to everybody, nothing lost", "internal/engine, internal/web"},
}

// profiled is the configuration of a profile, with nothing else set.
func profiled(name string) *Config {
	c := Default()
	c.setDefaults(name == "strict")
	c.Recovery.Profile = name
	return c
}

// Standards is docs/standards.md: how the two profiles stand to the clauses that concern a recovery.
func Standards() string {
	var b strings.Builder
	b.WriteString(`# Standards

<!-- Made from internal/config by "go generate ./internal/config". Do not edit. -->

NIST SP 800-63B-4 (2025) and OWASP ASVS 5.0.0, as far as they concern a recovery. ` + "`twohens check`" + ` tells the same of your own configuration: where it
asks for less, and why one may.

## What a setting decides

| clause | asks for | setting | classic | strict | why one may depart |
| --- | --- | --- | --- | --- | --- |
`)
	for _, c := range clauses {
		fmt.Fprintf(&b, "| %s | %s | `%s` |", c.name, c.asks, c.key)
		for _, profile := range []string{"classic", "strict"} {
			is, departs := c.departs(profiled(profile))
			if !departs {
				is = "met"
			}
			fmt.Fprintf(&b, " %s |", is)
		}
		fmt.Fprintf(&b, " %s |\n", c.why)
	}
	b.WriteString("\n## What holds always\n\n| clause | asks for | here | tested in |\n| --- | --- | --- | --- |\n")
	for _, m := range always {
		fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", m.name, m.asks, m.how, m.tested)
	}
	return b.String()
}
