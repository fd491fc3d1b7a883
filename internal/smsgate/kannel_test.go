package smsgate_test

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"twohens/internal/engine"
	"twohens/internal/relay"
	"twohens/internal/sendertest"
	"twohens/internal/sms"
	"twohens/internal/smsgate"
)

// kannel is a Kannel gateway of this test program: its two boxes, and its fake centre, which says what it gets.
type kannel struct {
	t                         testing.TB
	dir, config               string
	admin, boxes, fake, smses int // ports
	bearerbox, smsbox, centre *process

	taken atomic.Int64 // texts that it took, as far as we were told
}

// counted is a gateway to Kannel that counts what that takes.
type counted struct {
	*smsgate.Chain
	k *kannel
}

func (c counted) Text(ctx context.Context, t engine.Text) (engine.Handover, error) {
	h, err := c.Chain.Text(ctx, t)
	if err == nil {
		c.k.taken.Add(1) // of a long text this Kannel sends the first part only: see max-messages in the manual
	}
	return h, err
}

// process is a program that ends with the test program, however that ends: a shell waits for the end of a pipe that only we hold.
type process struct {
	keeper *exec.Cmd
	pipe   io.Closer
	pid    int
	output string // a file
}

func run(t testing.TB, dir, name string, args ...string) *process {
	t.Helper()
	p := &process{output: filepath.Join(dir, filepath.Base(name)+".out")}
	const script = `
		out=$1; pid=$2; shift 2
		"$@" </dev/null >"$out" 2>&1 &
		echo $! >"$pid.new"; mv "$pid.new" "$pid"
		cat >/dev/null
		kill -KILL $!; wait $!`
	pidFile := filepath.Join(dir, filepath.Base(name)+".pid")
	os.Remove(pidFile)
	os.Remove(p.output) // what an earlier one said
	p.keeper = exec.Command("sh", append([]string{"-c", script, "sh", p.output, pidFile, name}, args...)...)
	p.keeper.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	var err error
	if p.pipe, err = p.keeper.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	if err := p.keeper.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.kill)
	until(t, name+" has a number", func() bool {
		text, _ := os.ReadFile(pidFile)
		p.pid, err = strconv.Atoi(strings.TrimSpace(string(text)))
		return err == nil
	})
	return p
}

func (p *process) kill() {
	if p.pipe.Close() == nil { // the first time
		_ = p.keeper.Wait()
	}
}

func (p *process) signal(t testing.TB, s syscall.Signal) {
	t.Helper()
	if err := syscall.Kill(p.pid, s); err != nil {
		t.Fatal(err)
	}
}

// until waits for something that another process does.
func until(t testing.TB, what string, done func() bool) {
	t.Helper()
	for began := time.Now(); !done(); time.Sleep(5 * time.Millisecond) {
		if time.Since(began) > 20*time.Second {
			t.Fatalf("waited in vain until %s", what)
		}
	}
}

// tells waits until a process has said something.
func (p *process) tells(t testing.TB, what string) {
	t.Helper()
	until(t, p.output+" has "+what, func() bool {
		text, err := os.ReadFile(p.output)
		return err == nil && strings.Contains(string(text), what)
	})
}

// program finds one of Kannel's: Debian keeps them out of the path.
func program(t testing.TB, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	for _, folder := range []string{"/usr/sbin/", "/usr/lib/kannel/test/"} {
		if err != nil {
			path, err = exec.LookPath(folder + name)
		}
	}
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("Kannel is needed: %v; install the packages kannel and kannel-extras", err)
		}
		t.Skipf("Kannel is needed: %v; install the packages kannel and kannel-extras", err)
	}
	return path
}

func startKannel(t testing.TB) *kannel {
	t.Helper()
	k := &kannel{t: t, dir: t.TempDir()}
	bearerbox := program(t, "bearerbox")
	program(t, "smsbox")
	fakesmsc := program(t, "fakesmsc")
	var held []net.Listener // all at once, so that each port is another
	for _, port := range []*int{&k.admin, &k.boxes, &k.fake, &k.smses} {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		*port, held = l.Addr().(*net.TCPAddr).Port, append(held, l)
	}
	for _, l := range held {
		l.Close()
	}
	k.config = filepath.Join(k.dir, "kannel.conf")
	text := fmt.Sprintf(`
group = core
admin-interface = "127.0.0.1"
admin-port = %d
admin-password = admin
smsbox-interface = "127.0.0.1"
smsbox-port = %d
box-allow-ip = "127.0.0.1"
dlr-storage = internal

group = smsc
smsc = fake
smsc-id = fake
our-host = "127.0.0.1"
port = %d
connect-allow-ip = "127.0.0.1"

group = smsbox
smsbox-id = box
bearerbox-host = 127.0.0.1
sendsms-interface = "127.0.0.1"
sendsms-port = %d

group = sendsms-user
username = fern
password = "%s"
`, k.admin, k.boxes, k.fake, k.smses, key)
	if err := os.WriteFile(k.config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	k.bearerbox = run(t, k.dir, bearerbox, k.config)
	k.bearerbox.tells(t, "Start-up done")
	k.startSMSBox()
	k.centre = run(t, k.dir, fakesmsc, "-H", "127.0.0.1", "-r", strconv.Itoa(k.fake), "-m", "0", "1 2 text none")
	until(t, "the fake centre is connected", func() bool { return strings.Contains(k.status(), "online") })
	return k
}

func (k *kannel) startSMSBox() {
	k.t.Helper()
	k.smsbox = run(k.t, k.dir, program(k.t, "smsbox"), k.config)
	k.smsbox.tells(k.t, "Connected to bearerbox") // it has opened its own port before
}

func (k *kannel) status() string {
	response, err := (&http.Client{Timeout: 5 * time.Second}).Get(fmt.Sprintf("http://127.0.0.1:%d/status.txt?password=admin", k.admin))
	if err != nil {
		return ""
	}
	defer response.Body.Close()
	text, _ := io.ReadAll(response.Body)
	return string(text)
}

var (
	gotForm  = regexp.MustCompile(`(?s)Got message \d+: <(.*?)>\n`)
	textForm = regexp.MustCompile(`(?s)^\S+ (\+\d+) (text|ucs-2|udh\S*) (.*)$`)
	sentForm = regexp.MustCompile(`SMS: received \d+ \(\d+ queued\), sent (\d+) \((\d+) queued\)`)
)

// arrived is what the centre got, once it has all that Kannel took: a text is on its way for a moment in which no queue has it.
func (k *kannel) arrived() (all []sendertest.Taken) {
	k.t.Helper()
	until(k.t, "the centre has all texts", func() bool {
		text, err := os.ReadFile(k.centre.output)
		if err != nil {
			return false
		}
		all = nil
		got := 0
		for _, m := range gotForm.FindAllStringSubmatch(string(text), -1) {
			text := textForm.FindStringSubmatch(m[1])
			if text == nil { // the fake centre's protocol is made of lines, so a text of two comes in two
				all[len(all)-1].Text += "\n" + m[1]
				continue
			}
			got++
			words := text[3]
			if text[2] == "ucs-2" {
				octets, err := url.QueryUnescape(words)
				if err != nil {
					k.t.Fatal(err)
				}
				if words, err = sms.DecodeUCS2([]byte(octets)); err != nil {
					k.t.Fatal(err)
				}
			}
			all = append(all, sendertest.Taken{To: text[1], Text: words})
		}
		m := sentForm.FindStringSubmatch(k.status())
		return m != nil && m[1] == strconv.Itoa(got) && m[2] == "0" && int64(got) >= k.taken.Load()
	})
	return all
}

// gateway is the one of docs/manual/sms.md.
func (k *kannel) gateway(t testing.TB, limit time.Duration) smsgate.Gateway {
	return smsgate.Gateway{Name: "kannel", From: "Fernbank", HTTP: &relay.HTTP{
		URL: fmt.Sprintf("http://127.0.0.1:%d/cgi-bin/sendsms", k.smses),
		Header: map[string]string{
			"Content-Type":      "text/plain; charset=UTF-8",
			"X-Kannel-Username": "fern",
			"X-Kannel-Password": "{{.Secret}}",
			"X-Kannel-From":     "{{.From}}",
			"X-Kannel-To":       "{{.To}}",
			"X-Kannel-Coding":   "{{if .Unicode}}2{{else}}0{{end}}",
			"X-Kannel-Validity": "{{.Minutes}}",
		},
		Body: "{{.Text}}", SecretFile: file(t, key), OwnRef: true, SuccessPattern: `^(0|3): `, Timeout: limit,
	}}
}

// withReceipts has it report too. 31 asks for every state; %d is where Kannel puts it.
func withReceipts(t testing.TB, g smsgate.Gateway) smsgate.Gateway {
	g.HTTP.Header["X-Kannel-DLR-Mask"] = "31"
	g.HTTP.Header["X-Kannel-DLR-URL"] = "{{.Receipt}}?ref={{.ID}}&state=%d"
	g.Receipts = &relay.Receipts{SecretFile: file(t, pathSecret)}
	return g
}

// The contract, with Kannel on the other side: it hangs when it is stopped, and is gone when it is killed.
func TestContractKannel(t *testing.T) {
	k := startKannel(t)
	sendertest.Run(t, func(t testing.TB, limit time.Duration) *sendertest.Bench {
		before, log := len(k.arrived()), new(lockedBuffer)
		b := &sendertest.Bench{
			Gateway: counted{chainOf(t, log, k.gateway(t, limit)), k}, Log: log.String, Secrets: []string{key},
			Moods:   []sendertest.Mood{sendertest.Well, sendertest.Hanging, sendertest.Gone},
			Arrived: func() []sendertest.Taken { return k.arrived()[before:] },
			Mood: func(m sendertest.Mood) {
				switch m {
				case sendertest.Hanging:
					k.smsbox.signal(t, syscall.SIGSTOP)
				case sendertest.Gone:
					k.smsbox.kill()
				case sendertest.Well:
					k.startSMSBox()
				}
			},
		}
		t.Cleanup(func() {
			if !alive(k.smsbox) {
				k.smsbox.kill()
				k.startSMSBox()
			}
		})
		return b
	})
}

// alive says that a process runs and is not stopped.
func alive(p *process) bool {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p.pid))
	if err != nil {
		return false
	}
	_, state, _ := strings.Cut(string(text), ") ")
	return !strings.HasPrefix(state, "T") && !strings.HasPrefix(state, "Z")
}

// Texts through Kannel, and what it says of them later.
func TestKannelReports(t *testing.T) {
	k := startKannel(t)
	var lock sync.Mutex
	kept := map[string][]engine.Receipt{}
	server := httptest.NewUnstartedServer(nil)
	c := counted{k: k, Chain: chain(t, io.Discard, smsgate.Settings{
		Gateways: []smsgate.Gateway{withReceipts(t, k.gateway(t, 20*time.Second))}, ReceiptURL: "http://" + server.Listener.Addr().String() + "/receipts",
		Deliver: func(_ context.Context, r engine.Receipt) error {
			lock.Lock()
			defer lock.Unlock()
			kept[r.Ref] = append(kept[r.Ref], r)
			return nil
		},
	})}
	server.Config.Handler = http.StripPrefix("/receipts", c.Receipts())
	server.Start()
	t.Cleanup(server.Close)
	var want []sendertest.Taken
	for _, locale := range []string{"en", "ar", "zh-Hans"} {
		text := sendertest.Text(t, "text-"+locale, locale)
		h, err := c.Text(t.Context(), text)
		if err != nil || h.Gateway != "kannel" || h.Ref != text.ID || h.Parts != 1 {
			t.Fatalf("%+v, %v", h, err)
		}
		want = append(want, sendertest.Taken{To: text.To.Number(), Text: text.Body})
	}
	if got := k.arrived(); !slices.Equal(got, want) {
		t.Errorf("arrived:\n%q\nwant\n%q", got, want)
	}
	until(t, "every text is reported", func() bool {
		lock.Lock()
		defer lock.Unlock()
		for _, locale := range []string{"en", "ar", "zh-Hans"} {
			if !slices.ContainsFunc(kept["text-"+locale], func(r engine.Receipt) bool { return r.State == engine.ReceiptDelivered }) {
				return false
			}
		}
		return true
	})
	t.Logf("%+v", kept)
}

// It takes a text off the wire and dies. Nobody knows what became of the text, so no other gateway gets it; when Kannel is back, the
// next one goes out.
func TestKannelDies(t *testing.T) {
	k, other := startKannel(t), start(t)
	c := counted{chainOf(t, io.Discard, k.gateway(t, 20*time.Second)), k}
	both := chainOf(t, io.Discard, k.gateway(t, 20*time.Second), other.plain(t, 20*time.Second))
	k.smsbox.signal(t, syscall.SIGSTOP)
	leaving, failed := make(chan struct{}), make(chan error)
	text := sendertest.Text(t, "dies", "en")
	text.Last = func() error { close(leaving); return nil }
	go func() {
		_, err := both.Text(context.WithoutCancel(t.Context()), text)
		failed <- err
	}()
	<-leaving
	k.smsbox.kill()
	wants(t, <-failed, relay.Unsure)
	if other.requests() != 0 {
		t.Error("somebody gets two texts")
	}
	// Down: the next gateway is asked.
	if h, err := both.Text(t.Context(), sendertest.Text(t, "down", "en")); err != nil || h.Gateway != "plain" {
		t.Errorf("%+v, %v", h, err)
	}
	k.startSMSBox()
	if h, err := c.Text(t.Context(), sendertest.Text(t, "back", "ar")); err != nil || h.Gateway != "kannel" {
		t.Errorf("%+v, %v", h, err)
	}
	if got := k.arrived(); len(got) != 1 || got[0].Text != sendertest.Text(t, "back", "ar").Body {
		t.Errorf("arrived: %q", got)
	}
	// A wrong password is Kannel's 403: the operator's to mend, and the next gateway is asked.
	wrong := k.gateway(t, 20*time.Second)
	wrong.HTTP.SecretFile = file(t, "wrong")
	_, err := send(t, wrong)
	wants(t, err, relay.Unfit)
}
