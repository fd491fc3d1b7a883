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
	probe, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := probe.LocalAddr().(*net.UDPAddr).Port
	probe.Close()
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
	t.Cleanup(func() {
		_ = server.Process.Kill()
		_ = server.Wait()
	})
	r := at(fmt.Sprintf("127.0.0.1:%d", port))
	for end := time.Now().Add(30 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		if _, err := r.LookupHost(t.Context(), "ready.example."); err == nil {
			return r
		}
		if time.Now().After(end) {
			t.Fatalf("it does not answer:\n%s", said.String())
		}
	}
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
	for _, what := range []string{"SPF", "DKIM", "DMARC", "MX"} {
		if f := found(t, list, what); f.Level != Good {
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
		"round in a circle":   {[]string{"--txt-record=fernbank.example,v=spf1 include:b.example -all", "--txt-record=b.example,v=spf1 include:fernbank.example include:b.example -all"}, "SPF", Good, "look-ups"},
		"an empty include":    {[]string{"--txt-record=fernbank.example,v=spf1 include:nothing.example -all"}, "SPF", Wrong, "0 SPF records"},
		"no word of SPF":      {[]string{"--txt-record=fernbank.example,v=spf1 mail.fernbank.example -all"}, "SPF", Wrong, "no word of SPF"},
		"another key":         {[]string{"--txt-record=" + key + ",v=DKIM1; k=ed25519; p=AAAAAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="}, "DKIM", Wrong, "another key"},
		"another kind":        {[]string{"--txt-record=" + key + ",v=DKIM1; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="}, "DKIM", Wrong, "another key"},
		"withdrawn":           {[]string{"--txt-record=" + key + ",v=DKIM1; p="}, "DKIM", Wrong, "withdrawn"},
		"being tried":         {[]string{"--txt-record=" + key + ",v=DKIM1; t=y; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="}, "DKIM", Note, "only being tried"},
		"only watched":        {[]string{"--txt-record=_dmarc.fernbank.example,v=DMARC1; p=none"}, "DMARC", Note, "only watches"},
		"no policy":           {[]string{"--txt-record=_dmarc.fernbank.example,v=DMARC1; p=\x1b[31mred"}, "DMARC", Wrong, "?[31mred"},
		"two DMARC":           {[]string{"--txt-record=_dmarc.fernbank.example,v=DMARC1; p=none", "--txt-record=_dmarc.fernbank.example,v=DMARC1; p=reject"}, "DMARC", Wrong, "several"},
		"another's name":      {[]string{"--host-record=elsewhere.example,192.0.2.9", "--address=/id.fernbank.example/192.0.2.9"}, "name", Note, "called something else"},
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

func TestQuoted(t *testing.T) {
	long := strings.Repeat("a", 600)
	parts := strings.Split(quoted(long), `" "`)
	if len(parts) != 3 || strings.Trim(strings.Join(parts, ""), `"`) != long {
		t.Errorf("%q", parts)
	}
}
