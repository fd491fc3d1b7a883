package smsgate_test

import (
	"bufio"
	"context"
	"encoding/hex"
	"encoding/json"
	"os"
	"os/exec"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"twohens/internal/contact"
	"twohens/internal/engine"
	"twohens/internal/relay"
	"twohens/internal/sendertest"
	"twohens/internal/smpp"
	"twohens/internal/sms"
	"twohens/internal/smsgate"
)

// centre is the message centre of internal/smpp/testdata, made of a library that others wrote.
type centre struct {
	t     testing.TB
	port  int
	pid   int
	taken atomic.Int64

	mu      sync.Mutex
	arrived []sendertest.Taken
}

const centrePassword = "secret08"

func startCentre(t testing.TB) *centre {
	t.Helper()
	if err := exec.Command("perl", "-MNet::SMPP", "-MJSON::PP", "-e", "1").Run(); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("Net::SMPP is needed: %v; install the package libnet-smpp-perl", err)
		}
		t.Skipf("Net::SMPP is needed: %v; install the package libnet-smpp-perl", err)
	}
	c := &centre{t: t}
	cmd := exec.Command("perl", "../smpp/testdata/centre.pl")
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
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
	c.pid = cmd.Process.Pid
	lines := bufio.NewScanner(out)
	lines.Scan()
	if c.port, err = strconv.Atoi(lines.Text()); err != nil {
		t.Fatal("the centre did not start")
	}
	var reading sync.WaitGroup
	reading.Go(func() {
		for lines.Scan() {
			c.note(lines.Bytes())
		}
	})
	t.Cleanup(func() {
		_ = syscall.Kill(-c.pid, syscall.SIGCONT)
		in.Close()
		reading.Wait()
		_ = cmd.Wait()
	})
	return c
}

func (c *centre) note(line []byte) {
	var said struct {
		Command string
		To      string `json:"destination_addr"`
		Text    string
		Coding  string `json:"data_coding"`
	}
	if err := json.Unmarshal(line, &said); err != nil || said.Command != "submit_sm" {
		return
	}
	octets, err := hex.DecodeString(said.Text)
	words := ""
	if said.Coding == "8" && err == nil {
		words, err = sms.DecodeUCS2(octets)
	} else if err == nil {
		words, err = sms.DecodeGSM7(octets)
	}
	if err != nil {
		c.t.Error(err)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.arrived = append(c.arrived, sendertest.Taken{To: "+" + said.To, Text: words})
}

// all is what arrived, once that is all that the centre took.
func (c *centre) all() (all []sendertest.Taken) {
	until(c.t, "the centre has told of all", func() bool {
		c.mu.Lock()
		defer c.mu.Unlock()
		all = append([]sendertest.Taken(nil), c.arrived...)
		return int64(len(all)) >= c.taken.Load()
	})
	return all
}

func (c *centre) gateway(t testing.TB, limit time.Duration) smsgate.Gateway {
	return smsgate.Gateway{Name: "centre", From: "Fernbank", Reports: true, SMPP: &smsgate.SMPP{
		Host: "127.0.0.1", Port: c.port, SystemID: "SMPP3TEST", SecretFile: file(t, centrePassword), IDs: smpp.IDsHexThenDecimal, Timeout: limit,
	}}
}

// toCentre is a gateway to a centre that counts what that takes.
type toCentre struct {
	*smsgate.Chain
	c *centre
}

func (g toCentre) Text(ctx context.Context, t engine.Text) (engine.Handover, error) {
	h, err := g.Chain.Text(ctx, t)
	g.c.taken.Add(int64(h.Parts))
	return h, err
}

func TestContractSMPP(t *testing.T) {
	sendertest.Run(t, func(t testing.TB, limit time.Duration) *sendertest.Bench {
		c, log := startCentre(t), new(lockedBuffer)
		return &sendertest.Bench{
			Gateway: toCentre{chainOf(t, log, c.gateway(t, limit)), c}, Log: log.String, Arrived: c.all, Secrets: []string{centrePassword},
			Moods: []sendertest.Mood{sendertest.Well, sendertest.Hanging},
			Mood: func(m sendertest.Mood) {
				if m == sendertest.Hanging {
					if err := syscall.Kill(-c.pid, syscall.SIGSTOP); err != nil {
						t.Fatal(err)
					}
				}
			},
		}
	})
}

// What a centre says, now and later.
func TestSMPPAnswers(t *testing.T) {
	c := startCentre(t)
	receipts := make(chan engine.Receipt, 10)
	log := new(lockedBuffer)
	g := chain(t, log, smsgate.Settings{Gateways: []smsgate.Gateway{c.gateway(t, 10*time.Second)},
		Deliver: func(_ context.Context, r engine.Receipt) error { receipts <- r; return nil }})
	for _, tt := range []struct {
		number string
		class  relay.Class
		state  engine.ReceiptState
	}{
		{"+34600123456", "", engine.ReceiptDelivered}, {"+34600123500", "", engine.ReceiptFailed},
		{"+34600123404", relay.Refused, ""}, {"+34600123429", relay.Busy, ""},
	} {
		x := sendertest.Text(t, "one", "en")
		var err error
		if x.To, err = contact.ParsePhone(tt.number, ""); err != nil {
			t.Fatal(err)
		}
		h, err := g.Text(t.Context(), x)
		wants(t, err, tt.class)
		if tt.class != "" {
			continue
		}
		select {
		case r := <-receipts:
			if r.Gateway != "centre" || r.Ref != h.Ref || h.Ref == "" || r.State != tt.state || r.At.IsZero() {
				t.Errorf("%+v of %+v", r, h)
			}
		case <-time.After(20 * time.Second):
			t.Fatal("no receipt")
		}
	}
	for _, change := range []func(*smsgate.SMPP){
		func(s *smsgate.SMPP) { s.SecretFile = file(t, "wrong") },
		func(s *smsgate.SMPP) { s.SecretFile += "-gone" },
		func(s *smsgate.SMPP) { s.SystemID = "somebody" },
	} {
		wrong := c.gateway(t, 10*time.Second)
		change(wrong.SMPP)
		_, err := send(t, wrong)
		wants(t, err, relay.Unfit)
	}
	gone := c.gateway(t, 10*time.Second)
	gone.SMPP.Port = 1
	_, err := send(t, gone)
	wants(t, err, relay.Down)
}
