package smpp_test

import (
	"bufio"
	"encoding/hex"
	"encoding/json"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"twohens/internal/smpp"
)

// missing skips a test by name, and fails it in CI, where everything must be there.
func missing(t testing.TB, what string) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatal(what + " is missing: run script/prepare")
	}
	t.Skip(what + " is missing: script/prepare installs it")
}

// perl starts the centre of testdata/centre.pl, which others wrote the inside of. told are the lines that it prints.
func perl(t testing.TB, args ...string) (port int, told <-chan map[string]string) {
	t.Helper()
	if exec.Command("perl", "-MNet::SMPP", "-MJSON::PP", "-e", "1").Run() != nil {
		missing(t, "Net::SMPP")
	}
	cmd := exec.Command("perl", append([]string{"testdata/centre.pl"}, args...)...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := make(chan map[string]string, 1000)
	first := make(chan int, 1)
	var reading sync.WaitGroup
	reading.Go(func() {
		r := bufio.NewScanner(out)
		r.Scan()
		n, _ := strconv.Atoi(r.Text())
		first <- n
		for r.Scan() {
			line := map[string]string{}
			if err := json.Unmarshal(r.Bytes(), &line); err != nil {
				t.Errorf("%s: %v", r.Text(), err)
			}
			lines <- line
		}
	})
	t.Cleanup(func() {
		_ = in.Close()
		reading.Wait()
		_ = cmd.Wait()
	})
	if port = got(t, first); port == 0 {
		t.Fatal("the centre did not start")
	}
	return port, lines
}

// until waits for a line about a command.
func until(t testing.TB, told <-chan map[string]string, command string) map[string]string {
	t.Helper()
	for {
		if line := got(t, told); line["command"] == command {
			return line
		}
	}
}

// What is sent is read by a centre that others wrote, and what that sends is read here.
func TestPerl(t *testing.T) {
	port, told := perl(t)
	receipts := make(chan smpp.Receipt, 10)
	s := settings(port)
	s.IDs, s.Enquire = smpp.IDsHexThenDecimal, 50*time.Millisecond
	s.Receipt = func(r smpp.Receipt) error { receipts <- r; return nil }
	c := client(t, s)
	if err := c.Ready(soon(t)); err != nil {
		t.Fatal(err)
	}
	if line := until(t, told, "bind"); line["system_id"] != "SMPP3TEST" || line["password"] != password {
		t.Errorf("%v", line)
	}
	if line := until(t, told, "enquire_link_resp"); line["status"] != "0" {
		t.Errorf("%v", line)
	}
	until(t, told, "enquire_link")

	for _, m := range []struct{ name, to, text, coding, octets string }{
		{"GSM-7", "+34600123456", "Hi @1 €", "0", "4869200031201b65"},
		{"Arabic", "+966500123456", "رمزك", "8", "06310645063206 43"},
		{"Chinese", "+8613900000000", "验证码1", "8", "9a8c8bc178010031"},
	} {
		ref, parts, err := c.Submit(soon(t), smpp.Message{Source: "Fernbank", Destination: m.to, Text: m.text, Until: time.Now().Add(10 * time.Minute)})
		if err != nil || parts != 1 || ref == "" {
			t.Fatalf("%s: %v", m.name, err)
		}
		line := until(t, told, "submit_sm")
		for field, want := range map[string]string{
			"text": strings.ReplaceAll(m.octets, " ", ""), "data_coding": m.coding, "destination_addr": m.to[1:], "dest_addr_ton": "1", "dest_addr_npi": "1",
			"source_addr": "Fernbank", "source_addr_ton": "5", "source_addr_npi": "0", "esm_class": "0", "registered_delivery": "1",
		} {
			if line[field] != want {
				t.Errorf("%s: %s is %q, want %q", m.name, field, line[field], want)
			}
		}
		if v := line["validity_period"]; v != "000000000959000R" && v != "000000001000000R" {
			t.Errorf("%s: validity_period %q", m.name, v)
		}
		if r := got(t, receipts); r.Ref != ref || r.State != smpp.Delivered || r.Word != "DELIVRD" {
			t.Errorf("%s: %+v, the message was %s", m.name, r, ref)
		}
		if line := until(t, told, "deliver_sm_resp"); line["status"] != "0" {
			t.Errorf("%v", line)
		}
	}

	ref, parts, err := c.Submit(soon(t), smpp.Message{Destination: "+34600123500", Text: strings.Repeat("a", 150) + "12345678" + strings.Repeat("b", 10)})
	if r := got(t, receipts); err != nil || parts != 2 || r.Ref != ref || r.State != smpp.Failed {
		t.Errorf("in two parts: %v, %d, %+v", err, parts, r)
	}
	one, two := until(t, told, "submit_sm"), until(t, told, "submit_sm")
	if one["esm_class"] != "64" || one["registered_delivery"] != "0" || two["registered_delivery"] != "1" ||
		one["text"][12:] != hex.EncodeToString([]byte(strings.Repeat("a", 150))) || two["text"][12:] != hex.EncodeToString([]byte("12345678bbbbbbbbbb")) ||
		one["text"][:6] != "050003" || one["text"][6:8] != two["text"][6:8] || one["text"][8:12] != "0201" || two["text"][8:12] != "0202" {
		t.Errorf("%v\n%v", one, two)
	}

	for to, class := range map[string]smpp.Class{"+34600000404": smpp.Final, "+34600000429": smpp.Later} {
		if _, _, err := c.Submit(soon(t), smpp.Message{Destination: to, Text: "a"}); smpp.ClassOf(err) != class {
			t.Errorf("%s: %v", to, err)
		}
	}
	c.Close()
	until(t, told, "unbind")
}

func TestPerlRefuses(t *testing.T) {
	port, _ := perl(t)
	for name, change := range map[string]func(s *smpp.Settings){
		"ESME_RINVPASWD": func(s *smpp.Settings) { s.Password = func() (string, error) { return "wrong", nil } },
		"ESME_RINVSYSID": func(s *smpp.Settings) { s.SystemID = "somebody" },
	} {
		s := settings(port)
		change(&s)
		if err := client(t, s).Ready(soon(t)); smpp.ClassOf(err) != smpp.Unfit || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// BenchmarkSubmit is messages a second over one connection to a centre written in Perl, both on the same cores.
func BenchmarkSubmit(b *testing.B) {
	port, _ := perl(b, "quiet")
	c := client(b, settings(port))
	if err := c.Ready(soon(b)); err != nil {
		b.Fatal(err)
	}
	b.SetParallelism(32) // times GOMAXPROCS: the window is always full
	b.ReportAllocs()
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if _, _, err := c.Submit(b.Context(), hello); err != nil {
				b.Error(err)
				return
			}
		}
	})
	b.StopTimer()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "messages/s")
}
