package smpp_test

import (
	"bufio"
	"fmt"
	"net"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"twohens/internal/smpp"
)

const driveSMPP = "/usr/lib/kannel/test/drive_smpp"

// inside tells the test program that it is the one in the network of its own.
const inside = "TWOHENS_TEST_NETWORK"

// TestKannel speaks with the SMPP centre that Kannel is tested with. That listens on every address and wants a port that cannot be
// chosen, so the test starts itself again in a network of its own, where loopback is all there is.
func TestKannel(t *testing.T) {
	if os.Getenv(inside) != "" {
		speakWithKannel(t)
		return
	}
	if _, err := os.Stat(driveSMPP); err != nil {
		missing(t, driveSMPP)
	}
	cmd := exec.CommandContext(soon(t), os.Args[0], "-test.run=^TestKannel$", "-test.v")
	cmd.Env = append(os.Environ(), inside+"=1")
	one := []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}}
	group := []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}}
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags: syscall.CLONE_NEWUSER | syscall.CLONE_NEWNET, UidMappings: one, GidMappings: group, Pdeathsig: syscall.SIGKILL,
	}
	out, err := cmd.CombinedOutput()
	if err != nil && cmd.Process == nil {
		missing(t, "a network of one's own ("+err.Error()+")")
	}
	if err != nil || !strings.Contains(string(out), "--- PASS: TestKannel") {
		t.Errorf("%v\n%s", err, out)
	}
}

func speakWithKannel(t *testing.T) {
	raiseLoopback(t)
	// It is also the other end of what it is made to test, and panics when nobody is there.
	other, err := net.Listen("tcp", "127.0.0.1:13001")
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	const port, receipts, messages = 2345, 20, 200
	said := drive(t, "-v", "0", "-p", fmt.Sprint(port), "-m", fmt.Sprint(receipts), "-c", "/usr/lib/kannel/test/drive_smpp.conf")

	s := settings(port)
	s.Bind, s.Enquire = smpp.Pair, 20*time.Millisecond
	come := make(chan smpp.Receipt, receipts)
	s.Receipt = func(r smpp.Receipt) error { come <- r; return nil }
	c := client(t, s)
	for ctx := soon(t); c.Ready(ctx) != nil && ctx.Err() == nil; { // until it listens
		time.Sleep(time.Millisecond)
	}
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range messages / 8 {
				if _, parts, err := c.Submit(soon(t), hello); err != nil || parts != 1 {
					t.Error(err)
				}
			}
		})
	}
	for range receipts {
		if r := got(t, come); r.Ref == "" || r.State != smpp.Pending {
			t.Errorf("%+v", r)
		}
	}
	all.Wait()
	c.Close()
	read, enquired := 0, 0
	for line := range said {
		switch {
		case strings.Contains(line, "submit_sm: short_message = <12345678 is your code."):
			read++
		case strings.Contains(line, "Handling SMPP PDU of type enquire_link_resp"):
			enquired++
		case regexp.MustCompile(`(?i)unhandled|unpacking failed|garbage|dropped`).MatchString(line):
			t.Error(line)
		}
	}
	if read != messages || enquired != receipts {
		t.Errorf("Kannel read %d of %d messages, and was told %d of %d times that we live", read, messages, enquired, receipts)
	}
}

// drive starts the centre. It ends by itself when its client has gone.
func drive(t *testing.T, args ...string) (lines <-chan string) {
	t.Helper()
	cmd := exec.CommandContext(soon(t), driveSMPP, args...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stderr = cmd.Stdout
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	told := make(chan string, 100_000)
	var reading sync.WaitGroup
	reading.Go(func() {
		for r := bufio.NewScanner(out); r.Scan(); {
			told <- r.Text()
		}
		close(told)
	})
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		reading.Wait()
		_ = cmd.Wait()
	})
	return told
}

// raiseLoopback switches on the one interface that a new network has.
func raiseLoopback(t *testing.T) {
	t.Helper()
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(fd)
	request, err := unix.NewIfreq("lo")
	if err != nil {
		t.Fatal(err)
	}
	request.SetUint16(unix.IFF_UP)
	if err := unix.IoctlIfreq(fd, unix.SIOCSIFFLAGS, request); err != nil {
		t.Fatal(err)
	}
}
