package mailrecords

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"
)

// dns starts a DNS server that knows these records, and gives a resolver that asks it.
func dns(t *testing.T, records ...string) *net.Resolver {
	t.Helper()
	path, err := exec.LookPath("dnsmasq")
	if err != nil {
		if path, err = exec.LookPath("/usr/sbin/dnsmasq"); err != nil {
			if os.Getenv("CI") == "true" {
				t.Fatalf("dnsmasq is needed: %v; script/prepare installs it", err)
			}
			t.Skipf("dnsmasq is needed: %v; script/prepare installs it", err)
		}
	}
	// The port was free for UDP and TCP a moment ago. Somebody may have taken it since: then the server ends, and the next port is tried.
	var said string
	for end := time.Now().Add(30 * time.Second); time.Now().Before(end); {
		port, free := freePort()
		if !free {
			continue
		}
		r, words := started(t, path, port, records, end)
		if r != nil {
			return r
		}
		said = words
	}
	t.Fatalf("it does not answer:\n%s", said)
	return nil
}

// freePort is a port on which nobody listens now, neither by UDP nor by TCP: a DNS server wants both.
func freePort() (port int, free bool) {
	udp, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		return 0, false
	}
	defer udp.Close()
	port = udp.LocalAddr().(*net.UDPAddr).Port
	tcp, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port))
	if err != nil {
		return 0, false
	}
	tcp.Close()
	return port, true
}

// started starts a server, and gives what it said if it ended or does not answer.
func started(t *testing.T, path string, port int, records []string, end time.Time) (*net.Resolver, string) {
	t.Helper()
	args := []string{
		"--keep-in-foreground", "--conf-file=/dev/null", "--no-resolv", "--no-hosts", "--listen-address=127.0.0.1", "--bind-interfaces", fmt.Sprintf("--port=%d", port),
		"--local=/example/", "--local=/in-addr.arpa/", "--user=root", "--pid-file=", "--log-facility=-",
	}
	server := exec.Command(path, append(args, records...)...)
	server.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	var said strings.Builder
	server.Stderr = &said
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		_ = server.Wait()
		close(ended)
	}()
	stop := func() {
		_ = server.Process.Kill()
		<-ended
	}
	r := at(fmt.Sprintf("127.0.0.1:%d", port))
	for time.Now().Before(end) {
		if _, err := r.LookupHost(t.Context(), "ready.example."); err == nil {
			t.Cleanup(stop)
			return r, ""
		}
		select {
		case <-ended:
			return nil, said.String()
		case <-time.After(10 * time.Millisecond):
		}
	}
	stop()
	return nil, said.String()
}

func at(address string) *net.Resolver {
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, network, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, network, address)
	}}
}

const ready = "--host-record=ready.example,127.0.0.9"

func subject() Subject {
	return Subject{
		From: "fernbank.example", Envelope: "fernbank.example", Hello: "id.fernbank.example", Bounces: "bounces.fernbank.example", Servers: []string{"mail.fernbank.example"},
		Keys: []Key{{"s1", "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="}},
	}
}

// found is the finding of a kind.
func found(t *testing.T, list []Finding, what string) Finding {
	t.Helper()
	for _, f := range list {
		if f.What == what {
			return f
		}
	}
	t.Fatalf("nothing is said of %s: %+v", what, list)
	return Finding{}
}

func TestAllRight(t *testing.T) {
	r := dns(t, ready,
		`--txt-record=fernbank.example,v=spf1 include:_spf.fernbank.example ip4:192.0.2.0/24 -all`, `--txt-record=_spf.fernbank.example,v=spf1 a:mail.fernbank.example -all`,
		`--txt-record=fernbank.example,some-other-service=1`, `--txt-record=s1._domainkey.fernbank.example,v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=`,
		`--txt-record=_dmarc.fernbank.example,v=DMARC1; p=reject`, `--host-record=id.fernbank.example,192.0.2.7`, `--mx-host=bounces.fernbank.example,id.fernbank.example,10`)
	for _, f := range Check(t.Context(), r, subject()) {
		if f.Level != Good || f.Want != "" {
			t.Errorf("%+v", f)
		}
	}
}

// Nothing is there: each finding has the record to set, and set as it says, the next look finds it right.
func TestNothingThere(t *testing.T) {
	list := Check(t.Context(), dns(t, ready), subject())
	records := []string{ready, "--host-record=mail.fernbank.example,192.0.2.8"}
	for _, what := range []string{"SPF", "DKIM", "DMARC", "MX"} {
		f := found(t, list, what)
		if f.Level != Missing || f.Want == "" {
			t.Errorf("%+v", f)
			continue
		}
		name, rest, _ := strings.Cut(f.Want, ". IN ")
		kind, value, _ := strings.Cut(rest, " ")
		switch kind {
		case "TXT":
			records = append(records, "--txt-record="+name+","+strings.Trim(value, `"`))
		case "MX":
			weight, host, _ := strings.Cut(value, " ")
			records = append(records, "--mx-host="+name+","+strings.TrimSuffix(host, ".")+","+weight)
		}
	}
	list = Check(t.Context(), dns(t, records...), subject())
	for what, level := range map[string]Level{"SPF": Good, "DKIM": Good, "DMARC": Note, "MX": Good} {
		if f := found(t, list, what); f.Level != level || f.Want != "" {
			t.Errorf("set as it said: %+v", f)
		}
	}
}

func TestWrong(t *testing.T) {
	key := "s1._domainkey.fernbank.example"
	many := []string{"--txt-record=fernbank.example,v=spf1 include:a0.example -all"}
	for i := range 12 {
		many = append(many, fmt.Sprintf("--txt-record=a%d.example,v=spf1 include:a%d.example -all", i, i+1))
	}
	for name, tt := range map[string]struct {
		records []string
		what    string
		level   Level
		is      string
	}{
		"two SPF":             {[]string{"--txt-record=fernbank.example,v=spf1 mx -all", "--txt-record=fernbank.example,v=spf1 a -all"}, "SPF", Wrong, "several"},
		"everybody may":       {[]string{"--txt-record=fernbank.example,v=spf1 mx +all"}, "SPF", Wrong, "anybody may write"},
		"nobody is forbidden": {[]string{"--txt-record=fernbank.example,v=spf1 mx ?all"}, "SPF", Note, "forbids nobody"},
		"too many look-ups":   {many, "SPF", Wrong, "more than 10"},
		"round in a circle":   {[]string{"--txt-record=fernbank.example,v=spf1 include:b.example -all", "--txt-record=b.example,v=spf1 include:fernbank.example include:b.example -all"}, "SPF", Wrong, "leads back to fernbank.example"},
		"included twice":      {[]string{"--txt-record=fernbank.example,v=spf1 include:b.example include:b.example -all", "--txt-record=b.example,v=spf1 a mx a mx a -all"}, "SPF", Wrong, "more than 10"},
		"another version":     {[]string{"--txt-record=fernbank.example,v=spf1 a -all", "--txt-record=fernbank.example,v=spf10 a -all"}, "SPF", Good, "1 of 10"},
		"after all":           {[]string{"--txt-record=fernbank.example,v=spf1 a -all include:nothing.example"}, "SPF", Good, "1 of 10"},
		"nobody may":          {[]string{"--txt-record=fernbank.example,v=spf1 -all"}, "SPF", Wrong, "allows nobody"},
		"no address":          {[]string{"--txt-record=fernbank.example,v=spf1 ip4:999.1.1.1/99 -all"}, "SPF", Wrong, "no address"},
		"of the other kind":   {[]string{"--txt-record=fernbank.example,v=spf1 ip4:2001:db8::/32 -all"}, "SPF", Wrong, "no address"},
		"all kinds":           {[]string{"--txt-record=fernbank.example,v=spf1 ip6:2001:db8::/32 ip4:192.0.2.1 exists:%{i}.a.example -all"}, "SPF", Good, "1 of 10"},
		"an empty include":    {[]string{"--txt-record=fernbank.example,v=spf1 include:nothing.example -all"}, "SPF", Wrong, "0 SPF records"},
		"no word of SPF":      {[]string{"--txt-record=fernbank.example,v=spf1 mail.fernbank.example -all"}, "SPF", Wrong, "no word of SPF"},
		"another key":         {[]string{"--txt-record=" + key + ",v=DKIM1; k=ed25519; p=AAAAAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="}, "DKIM", Wrong, "another key"},
		"another kind":        {[]string{"--txt-record=" + key + ",v=DKIM1; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="}, "DKIM", Wrong, "another key"},
		"no key":              {[]string{"--txt-record=" + key + ",v=spf1 -all"}, "DKIM", Wrong, "is no key"},
		"an old digest":       {[]string{"--txt-record=" + key + ",v=DKIM1; h=sha1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="}, "DKIM", Wrong, "sha256"},
		"withdrawn":           {[]string{"--txt-record=" + key + ",v=DKIM1; p="}, "DKIM", Wrong, "withdrawn"},
		"being tried":         {[]string{"--txt-record=" + key + ",v=DKIM1; t=y; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="}, "DKIM", Note, "only being tried"},
		"only watched":        {[]string{"--txt-record=_dmarc.fernbank.example,v=DMARC1; p=none"}, "DMARC", Note, "only watches"},
		"no policy":           {[]string{"--txt-record=_dmarc.fernbank.example,v=DMARC1; p=\x1b[31mred"}, "DMARC", Wrong, "?[31mred"},
		"two DMARC":           {[]string{"--txt-record=_dmarc.fernbank.example,v=DMARC1; p=none", "--txt-record=_dmarc.fernbank.example,v=DMARC1; p=reject"}, "DMARC", Wrong, "several"},
		"another's name":      {[]string{"--host-record=elsewhere.example,192.0.2.9", "--address=/id.fernbank.example/192.0.2.9"}, "name", Note, "called something else"},
		"a name at home":      {[]string{"--host-record=id.fernbank.example,127.0.1.1"}, "name", Note, "none of the Internet's"},
		"a private name":      {[]string{"--host-record=id.fernbank.example,10.0.0.7"}, "name", Note, "none of the Internet's"},
		"takes no mail":       {[]string{"--mx-host=bounces.fernbank.example,.,0"}, "MX", Wrong, "takes no mail"},
		"no name":             {nil, "name", Note, "has no address"},
	} {
		f := found(t, Check(t.Context(), dns(t, append(tt.records, ready)...), subject()), tt.what)
		if f.Level != tt.level || !strings.Contains(f.Is, tt.is) || strings.ContainsRune(f.Is, '\x1b') {
			t.Errorf("%s: %+v", name, f)
		}
	}
	// A domain of its own has its policy above it.
	s := subject()
	s.From = "mail.fernbank.example"
	r := dns(t, ready, "--txt-record=_dmarc.fernbank.example,v=DMARC1; p=reject; sp=none")
	if f := found(t, Check(t.Context(), r, s), "DMARC"); f.Level != Note || f.At != "_dmarc.fernbank.example" {
		t.Errorf("%+v", f)
	}
}

// A server that does not answer, or answers nonsense: it is said, and nobody waits for ever.
func TestNoAnswer(t *testing.T) {
	silent, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
	defer cancel()
	for _, f := range Check(ctx, at(silent.LocalAddr().String()), subject()) {
		if f.Level != Note {
			t.Errorf("%+v", f)
		}
	}
	babbling, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer babbling.Close()
	go func() {
		b := make([]byte, 512)
		for {
			_, from, err := babbling.ReadFrom(b)
			if err != nil {
				return
			}
			_, _ = babbling.WriteTo([]byte(strings.Repeat("\xff", 512)), from)
		}
	}()
	ctx, cancel = context.WithTimeout(t.Context(), 3*time.Second)
	defer cancel()
	for _, f := range Check(ctx, at(babbling.LocalAddr().String()), subject()) {
		if f.Level == Good || f.Level == Wrong {
			t.Errorf("%+v", f)
		}
	}
}

// A server that knows nothing beyond its own records refuses to say more: what an include would bring is not known, and that is said.
func TestUnreadInclude(t *testing.T) {
	r := dns(t, ready, "--txt-record=fernbank.example,v=spf1 include:elsewhere.invalid -all", "--local=/fernbank.example/")
	if f := found(t, Check(t.Context(), r, subject()), "SPF"); f.Level != Note || !strings.Contains(f.Is, "elsewhere.invalid, which could not be looked up") {
		t.Errorf("%+v", f)
	}
}

// A return address at another domain makes SPF count for nothing, unless the policy takes it for the same.
func TestAligned(t *testing.T) {
	for _, tt := range []struct {
		domain, from, policy string
		strict, want         bool
	}{
		{"fernbank.example", "fernbank.example", "fernbank.example", true, true},
		{"bounces.fernbank.example", "fernbank.example", "fernbank.example", false, true},
		{"bounces.fernbank.example", "fernbank.example", "fernbank.example", true, false},
		{"fernbank.example", "mail.fernbank.example", "fernbank.example", false, true},
		{"elsewhere.example", "fernbank.example", "fernbank.example", false, false},
		{"notfernbank.example", "fernbank.example", "fernbank.example", false, false},
	} {
		if got := aligned(tt.domain, tt.from, tt.policy, tt.strict); got != tt.want {
			t.Errorf("%+v: %t", tt, got)
		}
	}
	s := subject()
	s.Envelope, s.Keys = "elsewhere.example", nil
	r := dns(t, ready, "--txt-record=_dmarc.fernbank.example,v=DMARC1; p=reject")
	if f := found(t, Check(t.Context(), r, s), "DMARC"); f.Level != Note || !strings.Contains(f.Is, "SPF counts for nothing") {
		t.Errorf("%+v", f)
	}
}

// The record to set has all servers, in the form that each needs; where none is known, no guess is made.
func TestSPFWanted(t *testing.T) {
	for _, tt := range []struct {
		servers []string
		want    string
	}{
		{[]string{"a.example", "b.example", "a.example"}, `"v=spf1 a:a.example a:b.example ~all"`},
		{[]string{"192.0.2.5", "2001:db8::5"}, `"v=spf1 ip4:192.0.2.5 ip6:2001:db8::5 ~all"`},
		{[]string{"localhost", "127.0.0.1", "::1"}, `"v=spf1 a:id.fernbank.example ~all"`},
		{nil, ""},
	} {
		s := subject()
		s.Servers = tt.servers
		want := tt.want
		if want != "" {
			want = "fernbank.example. IN TXT " + want
		}
		if got := spfWanted(s); got != want {
			t.Errorf("%q: %s", tt.servers, got)
		}
	}
}

// The records in the manual are right, all of them, when they are set as they stand there.
func TestManual(t *testing.T) {
	page, err := os.ReadFile("../../docs/manual/records.md")
	if err != nil {
		t.Fatal(err)
	}
	records := []string{ready}
	for line := range strings.Lines(string(page)) {
		name, rest, ok := strings.Cut(strings.TrimSpace(line), ". IN ")
		if !ok || !strings.HasPrefix(line, "    ") {
			continue
		}
		kind, value, _ := strings.Cut(rest, " ")
		switch kind {
		case "TXT":
			records = append(records, "--txt-record="+name+","+strings.Trim(value, `"`))
		case "A":
			records = append(records, "--address=/"+name+"/"+value)
		case "PTR":
			records = append(records, "--ptr-record="+name+","+strings.TrimSuffix(value, "."))
		case "MX":
			weight, host, _ := strings.Cut(value, " ")
			records = append(records, "--mx-host="+name+","+strings.TrimSuffix(host, ".")+","+weight)
		default:
			t.Errorf("%s: this test does not know its kind", line)
		}
	}
	s := subject()
	s.Servers = []string{"smtp.fernbank.example"}
	for _, f := range Check(t.Context(), dns(t, records...), s) {
		if want := map[bool]Level{true: Note, false: Good}[f.What == "DMARC"]; f.Level != want || f.Want != "" {
			t.Errorf("%+v", f)
		}
	}
	s.Envelope = s.Bounces
	if f := found(t, Check(t.Context(), dns(t, records...), s), "SPF"); f.Level != Good {
		t.Errorf("%+v", f)
	}
}

func TestQuoted(t *testing.T) {
	long := strings.Repeat("a", 600)
	parts := strings.Split(quoted(long), `" "`)
	if len(parts) != 3 || strings.Trim(strings.Join(parts, ""), `"`) != long {
		t.Errorf("%q", parts)
	}
}
