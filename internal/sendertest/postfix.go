package sendertest

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"maps"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// Postfix is a mail server of its own, with its own configuration, queue and mailbox, on this machine alone: the peer that tests hand mails
// to as they would outside. It takes mail for post.example, everybody's into one maildir.
type Postfix struct {
	Port     int // STARTTLS, if it has a certificate
	Implicit int // TLS from the first byte, if it has one
	t        testing.TB
	dir      string
	command  *exec.Cmd
	ended    chan struct{}
}

// PostfixOptions are what differs from one to another.
type PostfixOptions struct {
	Main      map[string]string // further lines of main.cf
	Cert, Key string            // files in PEM; empty: no TLS
	Policy    *Policy           // is asked about each recipient; nil: nobody is
}

// StartPostfix starts one, and ends it with the test. Without Postfix the test is skipped by name; with CI set it fails.
func StartPostfix(t testing.TB, o PostfixOptions) *Postfix {
	t.Helper()
	if _, err := exec.LookPath("/usr/sbin/postfix"); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("Postfix is needed: %v; script/prepare installs it", err)
		}
		t.Skipf("Postfix is needed: %v; script/prepare installs it", err)
	}
	if os.Getuid() != 0 {
		t.Skip("Postfix is started by root alone: it changes to users of its own")
	}
	owner, err := user.Lookup("postfix")
	if err != nil {
		t.Fatal(err)
	}
	dir, err := os.MkdirTemp("", "postfix-")
	if err != nil {
		t.Fatal(err)
	}
	p := &Postfix{t: t, dir: dir}
	t.Cleanup(func() {
		p.Stop()
		if t.Failed() {
			t.Logf("Postfix says:\n%s", p.Log())
		}
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	p.Port, p.Implicit = freePorts(t)
	uid, _ := strconv.Atoi(owner.Uid)
	gid, _ := strconv.Atoi(owner.Gid)
	for folder, mode := range map[string]os.FileMode{"": 0o755, "conf": 0o755, "queue": 0o755, "data": 0o700, "mail": 0o700} {
		at := filepath.Join(dir, folder)
		if err := errors.Join(os.MkdirAll(at, mode), os.Chmod(at, mode)); err != nil {
			t.Fatal(err)
		}
	}
	for _, folder := range []string{"data", "mail"} {
		if err := os.Chown(filepath.Join(dir, folder), uid, gid); err != nil {
			t.Fatal(err)
		}
	}
	p.configure(o, owner.Uid, owner.Gid)
	p.Start()
	return p
}

// freePorts are two that nobody listens at.
func freePorts(t testing.TB) (int, int) {
	t.Helper()
	var ports [2]int
	var held [2]net.Listener
	for i := range ports {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		held[i], ports[i] = l, l.Addr().(*net.TCPAddr).Port
	}
	for _, l := range held {
		l.Close()
	}
	return ports[0], ports[1]
}

func (p *Postfix) configure(o PostfixOptions, uid, gid string) {
	p.t.Helper()
	main := map[string]string{
		"compatibility_level": "3.6", "queue_directory": p.dir + "/queue", "data_directory": p.dir + "/data", "command_directory": "/usr/sbin",
		"daemon_directory": "/usr/lib/postfix/sbin", "mail_owner": "postfix", "setgid_group": "postdrop", "maillog_file": p.dir + "/log",
		"maillog_file_prefixes": p.dir, "inet_interfaces": "127.0.0.1", "inet_protocols": "ipv4", "myhostname": "mx.post.example", "mydestination": "",
		"mynetworks": "127.0.0.0/8", "virtual_mailbox_domains": "post.example", "virtual_mailbox_base": p.dir + "/mail", "virtual_mailbox_maps": "static:all/",
		"virtual_uid_maps": "static:" + uid, "virtual_gid_maps": "static:" + gid, "virtual_minimum_uid": "1", "smtpd_banner": "mx.post.example ESMTP",
		"smtpd_relay_restrictions": "permit_mynetworks, reject_unauth_destination", "smtpd_peername_lookup": "no", "biff": "no", "smtpd_error_sleep_time": "0",
		"alias_maps": "", "alias_database": "", "local_recipient_maps": "", "default_transport": "error:nothing is relayed from here", "relay_transport": "error",
	}
	if o.Policy != nil {
		main["smtpd_recipient_restrictions"] = "check_policy_service inet:" + o.Policy.address
		main["smtpd_policy_service_timeout"] = "60s"
	}
	implicit := ""
	if o.Cert != "" {
		main["smtpd_tls_cert_file"], main["smtpd_tls_key_file"], main["smtpd_tls_security_level"] = o.Cert, o.Key, "encrypt"
		implicit = fmt.Sprintf("127.0.0.1:%d inet n - n - - smtpd -o smtpd_tls_wrappermode=yes\n", p.Implicit)
	}
	maps.Copy(main, o.Main)
	var conf strings.Builder
	for _, name := range slices.Sorted(maps.Keys(main)) {
		fmt.Fprintf(&conf, "%s = %s\n", name, main[name])
	}
	master := fmt.Sprintf(`127.0.0.1:%d inet n - n - - smtpd
%scleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
proxymap unix - - n - - proxymap
error unix - - n - - error
retry unix - - n - - error
virtual unix - n n - - virtual
smtp unix - - n - - smtp
anvil unix - - n - 1 anvil
tlsmgr unix - - n 1000? 1 tlsmgr
flush unix n - n 1000? 0 flush
scache unix - - n - 1 scache
pickup unix n - n 60 1 pickup
postlog unix-dgram n - n - 1 postlogd
`, p.Port, implicit)
	for name, text := range map[string]string{"main.cf": conf.String(), "master.cf": master} {
		if err := os.WriteFile(filepath.Join(p.dir, "conf", name), []byte(text), 0o644); err != nil {
			p.t.Fatal(err)
		}
	}
}

// Start starts it, on the same ports and with what was in its queue, and waits until it answers.
func (p *Postfix) Start() {
	p.t.Helper()
	p.command = exec.Command("/usr/sbin/postfix", "-c", filepath.Join(p.dir, "conf"), "start-fg")
	var said bytes.Buffer
	p.command.Stdout, p.command.Stderr = &said, &said
	p.command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := p.command.Start(); err != nil {
		p.t.Fatal(err)
	}
	p.ended = make(chan struct{})
	go func() {
		_ = p.command.Wait()
		close(p.ended)
	}()
	for end := time.Now().Add(60 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		if conn, err := net.Dial("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(p.Port))); err == nil {
			conn.Close()
			return
		}
		select {
		case <-p.ended:
			p.t.Fatalf("Postfix does not start: %s\n%s", said.String(), p.Log())
		default:
		}
		if time.Now().After(end) {
			p.t.Fatalf("Postfix does not answer:\n%s", p.Log())
		}
	}
}

// Stop ends it, with all its processes.
func (p *Postfix) Stop() {
	p.t.Helper()
	if p.command == nil {
		return
	}
	_ = exec.Command("/usr/sbin/postfix", "-c", filepath.Join(p.dir, "conf"), "abort").Run()
	select {
	case <-p.ended:
	case <-time.After(10 * time.Second):
	}
	_ = syscall.Kill(-p.command.Process.Pid, syscall.SIGKILL)
	<-p.ended
	p.command = nil
}

// Log is what it has written.
func (p *Postfix) Log() string {
	text, err := os.ReadFile(filepath.Join(p.dir, "log"))
	if err != nil {
		return err.Error()
	}
	return string(text)
}

// Arrived are the mails in the maildir.
func (p *Postfix) Arrived() [][]byte {
	p.t.Helper()
	files, err := filepath.Glob(filepath.Join(p.dir, "mail", "all", "new", "*"))
	if err != nil {
		p.t.Fatal(err)
	}
	var list [][]byte
	for _, path := range files {
		text, err := os.ReadFile(path)
		if err != nil {
			p.t.Fatal(err)
		}
		list = append(list, text)
	}
	return list
}

// Await waits until so many mails have arrived.
func (p *Postfix) Await(n int) [][]byte {
	p.t.Helper()
	for end := time.Now().Add(60 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		if list := p.Arrived(); len(list) >= n {
			return list
		}
		if time.Now().After(end) {
			p.t.Fatalf("%d mails of %d have arrived", len(p.Arrived()), n)
		}
	}
}

// Ended waits until n connections are over, the one of each start among them, and gives what Postfix says of each: how often each command was given.
func (p *Postfix) Ended(n int) []string {
	p.t.Helper()
	for end := time.Now().Add(60 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		var ended []string
		for line := range strings.Lines(p.Log()) {
			if strings.Contains(line, "]: disconnect from ") {
				ended = append(ended, line)
			}
		}
		if len(ended) >= n {
			return ended
		}
		if time.Now().After(end) {
			p.t.Fatalf("%d connections of %d are over", len(ended), n)
		}
	}
}

// Policy answers Postfix's question what to do with a recipient (its SMTPD_POLICY_README): this is how greylisting is done.
type Policy struct {
	address string

	mu  sync.Mutex
	say func(recipient string, nth int) string // an action of access(5): "OK", "451 4.7.1 ..."; nth counts from 1, for each recipient
	nth map[string]int
}

// StartPolicy starts one, and ends it with the test. It may block, which is what a slow server does.
func StartPolicy(t testing.TB, say func(recipient string, nth int) string) *Policy {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &Policy{address: l.Addr().String(), say: say, nth: make(map[string]int)}
	var under sync.WaitGroup
	var open sync.Map
	under.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			open.Store(conn, true)
			under.Go(func() {
				defer conn.Close()
				p.serve(conn)
			})
		}
	})
	t.Cleanup(func() {
		l.Close()
		open.Range(func(conn, _ any) bool { conn.(net.Conn).Close(); return true })
		under.Wait()
	})
	return p
}

func (p *Policy) serve(conn net.Conn) {
	lines := bufio.NewScanner(conn)
	recipient := ""
	for lines.Scan() {
		if name, value, ok := strings.Cut(lines.Text(), "="); ok {
			if name == "recipient" {
				recipient = value
			}
			continue
		}
		p.mu.Lock()
		p.nth[recipient]++
		nth := p.nth[recipient]
		p.mu.Unlock()
		if _, err := fmt.Fprintf(conn, "action=%s\n\n", p.say(recipient, nth)); err != nil {
			return
		}
	}
}
