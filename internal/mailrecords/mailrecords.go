// Package mailrecords looks at the DNS records by which receivers judge mails: SPF (RFC 7208), DKIM (RFC 6376), DMARC (RFC 7489), the name of
// the sending machine, and where mails come back to. It says what is missing and what to write, ready to be pasted.
//
// What DNS servers answer is a stranger's: it is bounded in size, number and time, and nothing of it is believed further than to be shown.
package mailrecords

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strings"
	"time"
	"unicode"
)

// Subject is whose records are looked at.
type Subject struct {
	From     string // domain of the From address
	Envelope string // domain of the return address: what SPF is looked up for
	Hello    string // what this machine calls itself
	Bounces  string // domain whose mail comes to our listener; empty: none
	Servers  []string
	Keys     []Key
}

// Key is a DKIM key that mails are signed with here.
type Key struct{ Selector, Record string }

// Level is how bad a finding is.
type Level string

// The levels there are.
const (
	Good    Level = "ok"
	Note    Level = "note"  // could be better, or could not be looked at
	Missing Level = "set"   // mails will be mistrusted until it is there
	Wrong   Level = "WRONG" // mails are mistrusted because of it
)

// Finding is what was found of one record.
type Finding struct {
	What  string // "SPF", "DKIM", "DMARC", "name", "MX"
	At    string // the name in the DNS
	Level Level
	Is    string // what there is, or why it is not right
	Want  string // the record to set, as in a zone file; empty: none
}

// perLook bounds one question.
const perLook = 5 * time.Second

// Check looks at all records. Its resolver is net.DefaultResolver, unless another is given.
func Check(ctx context.Context, r *net.Resolver, s Subject) []Finding {
	if r == nil {
		r = net.DefaultResolver
	}
	c := checker{r}
	list := []Finding{c.spf(ctx, s)}
	for _, k := range s.Keys {
		list = append(list, c.dkim(ctx, s.From, k))
	}
	if len(s.Keys) == 0 {
		list = append(list, Finding{What: "DKIM", At: "*._domainkey." + s.From, Level: Note, Is: "mails are not signed here; see to it that the mail server signs them"})
	}
	list = append(list, c.dmarc(ctx, s), c.name(ctx, s.Hello))
	if s.Bounces != "" {
		list = append(list, c.mx(ctx, s))
	}
	return list
}

type checker struct{ *net.Resolver }

// texts are the TXT records of a name whose first word is this one: "v=spf10" is no SPF (RFC 7208, section 4.5). Missing ones are no error.
func (c checker) texts(ctx context.Context, name, begin string) ([]string, error) {
	ctx, cancel := context.WithTimeout(ctx, perLook)
	defer cancel()
	all, err := c.LookupTXT(ctx, name+".")
	var none *net.DNSError
	if errors.As(err, &none) && none.IsNotFound {
		err = nil
	}
	var list []string
	for _, text := range all {
		if len(text) >= len(begin) && strings.EqualFold(text[:len(begin)], begin) && (len(text) == len(begin) || strings.ContainsRune(" \t;", rune(text[len(begin)]))) {
			list = append(list, text)
		}
	}
	return list, err
}

// asked says that a question could not be answered, without believing more than that.
func unanswered(what, at string, err error) Finding {
	return Finding{What: what, At: at, Level: Note, Is: "could not be looked up: " + shown(err.Error())}
}

// shown is a stranger's text as it is fit to be shown at a terminal: one line, of at most 200 characters.
func shown(text string) string {
	text = strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return '?'
		}
		return r
	}, strings.ToValidUTF8(text, "?"))
	if runes := []rune(text); len(runes) > 200 {
		text = string(runes[:200]) + "…"
	}
	return text
}

// mostLookups is how many names an SPF record may lead to (RFC 7208, section 4.6.4).
const mostLookups = 10

func (c checker) spf(ctx context.Context, s Subject) Finding {
	f := Finding{What: "SPF", At: s.Envelope}
	records, err := c.texts(ctx, s.Envelope, "v=spf1")
	switch {
	case err != nil:
		return unanswered("SPF", s.Envelope, err)
	case len(records) == 0:
		f.Level, f.Is, f.Want = Missing, "there is none; the addresses that mails leave from must be in it", spfWanted(s)
		if f.Want == "" {
			f.Is = "there is none; your mail service says what to write"
		}
		return f
	case len(records) > 1:
		f.Level, f.Is, f.Want = Wrong, "there are several, so receivers look at none (RFC 7208, section 4.5)", "leave one of them"
		return f
	}
	reading := spfReading{checker: c}
	if err := reading.terms(ctx, records[0], []string{strings.ToLower(s.Envelope)}); err != nil {
		f.Level, f.Is = Wrong, err.Error()
		return f
	}
	f.Level, f.Is = Good, fmt.Sprintf("%s (%d of %d look-ups)", shown(records[0]), reading.count, mostLookups)
	switch terms := strings.Fields(strings.ToLower(records[0])); {
	case has(terms, "+all"), has(terms, "all"):
		f.Level, f.Is = Wrong, `it ends in "+all": anybody may write in your name`
		f.Want = `end it in "-all"`
	case len(terms) == 2 && (terms[1] == "-all" || terms[1] == "~all"):
		f.Level, f.Is = Wrong, "it allows nobody to send, and mails leave in its name"
		f.Want = spfWanted(s)
	case reading.unread != "":
		f.Level, f.Is = Note, fmt.Sprintf("it includes %s, which could not be looked up", shown(reading.unread))
	case !has(terms, "-all") && !has(terms, "~all") && !strings.Contains(strings.ToLower(records[0]), "redirect="):
		f.Level, f.Is = Note, `it does not end in "-all" or "~all", so it forbids nobody anything`
	}
	return f
}

// spfWanted is a record that names the servers. It ends in "~all": a server that is not ours may hand our mails on from addresses that its name
// does not show, and "-all" would have them refused. It is empty when no server is known, since a guess could have all mails refused.
func spfWanted(s Subject) string {
	var terms []string
	for _, server := range s.Servers {
		term := "a:" + server
		switch ip, err := netip.ParseAddr(server); {
		case server == "localhost", err == nil && ip.IsLoopback():
			term = "a:" + s.Hello // mails leave from this machine
		case err == nil && ip.Unmap().Is4():
			term = "ip4:" + ip.Unmap().String()
		case err == nil:
			term = "ip6:" + ip.WithZone("").String()
		}
		if !has(terms, term) && term != "a:localhost" {
			terms = append(terms, term)
		}
	}
	if len(terms) == 0 {
		return ""
	}
	return fmt.Sprintf("%s. IN TXT %s", s.Envelope, quoted("v=spf1 "+strings.Join(terms, " ")+" ~all"))
}

func has(list []string, word string) bool {
	for _, w := range list {
		if w == word {
			return true
		}
	}
	return false
}

// spfReading is one look through an SPF record and all that it leads to.
type spfReading struct {
	checker
	count  int    // look-ups so far
	unread string // a name that could not be looked up: what is said of the record is not all
}

// terms counts the look-ups that a record leads to, and says what is wrong with it. Above are the names that led to it. A name that is
// included twice counts twice, as it does for receivers.
func (r *spfReading) terms(ctx context.Context, record string, above []string) error {
	all := false
	for _, term := range strings.Fields(record)[1:] {
		bare := strings.TrimLeft(strings.ToLower(term), "+-~?")
		name, at, _ := strings.Cut(bare, ":")
		if to, ok := strings.CutPrefix(bare, "redirect="); ok {
			name, at = "redirect", to
		}
		name, _, _ = strings.Cut(name, "/")
		switch name {
		case "include", "redirect", "a", "mx", "ptr", "exists":
			if all {
				continue // nobody looks at what comes after it (RFC 7208, section 5.1)
			}
			if r.count++; r.count > mostLookups {
				return fmt.Errorf("it leads to more than %d look-ups, so receivers give up (RFC 7208, section 4.6.4)", mostLookups)
			}
			if name == "include" || name == "redirect" {
				if err := r.include(ctx, at, above); err != nil {
					return err
				}
			}
		case "ip4", "ip6":
			prefix, err := netip.ParsePrefix(at)
			if ip, alone := netip.ParseAddr(at); alone == nil {
				prefix, err = netip.PrefixFrom(ip, ip.BitLen()), nil
			}
			if err != nil || prefix.Addr().Is4() != (name == "ip4") {
				return fmt.Errorf("%q in it is no address", shown(term))
			}
		case "all":
			all = true
		default:
			if !strings.Contains(bare, "=") {
				return fmt.Errorf("%q in it is no word of SPF", shown(term))
			}
		}
	}
	return nil
}

func (r *spfReading) include(ctx context.Context, at string, above []string) error {
	if strings.Contains(at, "%") {
		return nil // made from each mail
	}
	if at == "" || len(at) > 253 {
		return errors.New("it includes no name")
	}
	if has(above, at) {
		return fmt.Errorf("it leads back to %s, so receivers go round until they give up", shown(at))
	}
	records, err := r.texts(ctx, at, "v=spf1")
	if err != nil {
		r.unread = at
		return nil
	}
	if len(records) != 1 {
		return fmt.Errorf("it includes %s, which has %d SPF records; it must have one", shown(at), len(records))
	}
	return r.terms(ctx, records[0], append(slices.Clone(above), at))
}

func (c checker) dkim(ctx context.Context, domain string, k Key) Finding {
	at := k.Selector + "._domainkey." + domain
	f := Finding{What: "DKIM", At: at, Want: at + ". IN TXT " + quoted(k.Record)}
	ctx, cancel := context.WithTimeout(ctx, perLook)
	defer cancel()
	records, err := c.LookupTXT(ctx, at+".")
	var none *net.DNSError
	switch {
	case errors.As(err, &none) && none.IsNotFound, err == nil && len(records) == 0:
		f.Level, f.Is = Missing, "there is none, so the signature of every mail fails"
		return f
	case err != nil:
		return unanswered("DKIM", at, err)
	case len(records) > 1:
		f.Level, f.Is = Wrong, "there are several records at this name; there must be one"
		return f
	}
	have, want := tags(records[0]), tags(k.Record)
	switch _, isKey := have["p"]; {
	case !isKey:
		f.Level, f.Is = Wrong, "what is there is no key: "+shown(records[0])
	case have["h"] != "" && !has(strings.Split(have["h"], ":"), "sha256"):
		f.Level, f.Is = Wrong, `its "h=" leaves out sha256, which mails are signed with`
	case have["p"] == "":
		f.Level, f.Is = Wrong, "the record says that the key was withdrawn, and mails are signed with it"
	case have["p"] != want["p"], orElse(have["k"], "rsa") != want["k"]:
		f.Level, f.Is = Wrong, "the record is of another key than the one that mails are signed with"
	case want["k"] == "rsa" && len(want["p"]) < 300: // 1024 bits have 216 characters, 2048 have 392
		f.Level, f.Is, f.Want = Note, "the key is right, and has fewer than 2048 bits", ""
	default:
		f.Level, f.Is, f.Want = Good, "the key is the one that mails are signed with", ""
		if strings.Contains(have["t"], "y") {
			f.Level, f.Is = Note, `the key is right, and "t=y" says that it is only being tried: receivers may ignore it`
		}
	}
	return f
}

func orElse(value, otherwise string) string {
	if value == "" {
		return otherwise
	}
	return value
}

// tags reads a list such as "v=DKIM1; p=...". White space within a value does not count.
func tags(record string) map[string]string {
	list := make(map[string]string)
	for part := range strings.SplitSeq(record, ";") {
		if name, value, ok := strings.Cut(part, "="); ok {
			list[strings.TrimSpace(name)] = strings.Join(strings.Fields(value), "")
		}
	}
	return list
}

// quoted writes a record as strings of at most 255 bytes, as a zone file has it.
func quoted(record string) string {
	const most = 255
	var parts []string
	for len(record) > most {
		parts, record = append(parts, `"`+record[:most]+`"`), record[most:]
	}
	return strings.Join(append(parts, `"`+record+`"`), " ")
}

// dmarc looks at the From domain and, as receivers do that find nothing there, at the domains above it, down to two labels. The record to set only
// watches: others may send for the same domain, and a stricter one would put their mails among the spam.
func (c checker) dmarc(ctx context.Context, s Subject) Finding {
	f := Finding{What: "DMARC", At: "_dmarc." + s.From, Want: fmt.Sprintf(`_dmarc.%s. IN TXT "v=DMARC1; p=none; rua=mailto:postmaster@%s"`, s.From, s.From)}
	for domain := s.From; strings.Contains(domain, "."); _, domain, _ = strings.Cut(domain, ".") {
		records, err := c.texts(ctx, "_dmarc."+domain, "v=DMARC1")
		if err != nil {
			return unanswered("DMARC", f.At, err)
		}
		if len(records) == 0 {
			continue
		}
		f.At = "_dmarc." + domain
		if len(records) > 1 {
			f.Level, f.Is, f.Want = Wrong, "there are several, so receivers look at none", "leave one of them"
			return f
		}
		t := tags(records[0])
		f.Level, f.Is, f.Want = Good, shown(records[0]), ""
		policy := t["p"]
		if domain != s.From && t["sp"] != "" {
			policy = t["sp"]
		}
		switch {
		case policy == "none":
			f.Level, f.Is = Note, `"p=none" only watches: mails in your name by others are delivered`
		case policy != "quarantine" && policy != "reject":
			f.Level, f.Is = Wrong, fmt.Sprintf("its policy %q is none of none, quarantine and reject", shown(policy))
		case len(s.Keys) == 0 && !aligned(s.Envelope, s.From, domain, t["aspf"] == "s"):
			f.Level, f.Is = Note, fmt.Sprintf("SPF counts for nothing, since the return address is at %s: only a signature by the mail server lets mails pass", s.Envelope)
		}
		return f
	}
	f.Level, f.Is = Missing, "there is none; the big mailbox providers ask for one"
	return f
}

// aligned says whether a domain counts as that of the From address (RFC 7489, section 3.1). Policy is the domain that has the record.
func aligned(domain, from, policy string, strict bool) bool {
	return domain == from || !strict && (domain == policy || strings.HasSuffix(domain, "."+policy))
}

// name looks whether the name that this machine gives to servers is its own: it has addresses, and they have names that lead back.
// The system's own table of hosts is asked as well. It often has the machine's name at 127.0.1.1, which no receiver sees.
func (c checker) name(ctx context.Context, hello string) Finding {
	f := Finding{What: "name", At: hello, Level: Note}
	ctx, cancel := context.WithTimeout(ctx, perLook)
	defer cancel()
	addresses, err := c.LookupHost(ctx, strings.TrimSuffix(hello, ".")+".")
	if err != nil || len(addresses) == 0 {
		f.Is = "has no address. That matters only if mails leave from this machine without a server in between"
		return f
	}
	for _, a := range addresses[:min(len(addresses), 4)] {
		if ip, err := netip.ParseAddr(a); err != nil || !ip.IsGlobalUnicast() || ip.IsPrivate() {
			f.Is = fmt.Sprintf("its address as this machine sees it, %s, is none of the Internet's; look from another machine", shown(a))
			continue
		}
		f.Is = fmt.Sprintf("its addresses are called something else: a name of %s that leads back is missing in the reverse zone", shown(a))
		names, err := c.LookupAddr(ctx, a)
		if err != nil {
			continue
		}
		for _, n := range names {
			if strings.EqualFold(strings.TrimSuffix(n, "."), strings.TrimSuffix(hello, ".")) {
				f.Level, f.Is = Good, fmt.Sprintf("%s is called %s, and back", a, hello)
				return f
			}
		}
	}
	return f
}

func (c checker) mx(ctx context.Context, s Subject) Finding {
	f := Finding{What: "MX", At: s.Bounces, Want: fmt.Sprintf("%s. IN MX 10 %s.", s.Bounces, s.Hello)}
	ctx, cancel := context.WithTimeout(ctx, perLook)
	defer cancel()
	hosts, err := c.LookupMX(ctx, s.Bounces+".")
	var none *net.DNSError
	switch {
	case errors.As(err, &none) && none.IsNotFound, err == nil && len(hosts) == 0:
		f.Level, f.Is = Missing, "there is none, so mails that come back come nowhere"
	case err != nil:
		return unanswered("MX", s.Bounces, err)
	case len(hosts) == 1 && hosts[0].Host == ".": // RFC 7505
		f.Level, f.Is = Wrong, "it says that the domain takes no mail, so mails that come back come nowhere"
	default:
		var names []string
		for _, h := range hosts[:min(len(hosts), 5)] {
			names = append(names, shown(strings.TrimSuffix(h.Host, ".")))
		}
		f.Level, f.Is, f.Want = Good, "mail comes to "+strings.Join(names, ", "), ""
	}
	return f
}
