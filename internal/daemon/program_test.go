package daemon_test

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// TestProgram runs the program as it is installed, as a process of its own: what kills it, and bad weather around it.
func TestProgram(t *testing.T) {
	path := filepath.Join(t.TempDir(), "twohens")
	build := exec.Command("go", "build", "-o", path, "./cmd/twohens")
	build.Dir, build.Env = filepath.Join("..", ".."), append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("building: %v\n%s", err, out)
	}
	t.Run("killed", func(t *testing.T) { testKilled(t, path) })
	t.Run("crashed", func(t *testing.T) { testCrashed(t, path) })
	t.Run("rotated", func(t *testing.T) { testRotated(t, path) })
	t.Run("flooded", func(t *testing.T) { testFlooded(t, path) })
}

// program is one process of the program.
type program struct {
	t       testing.TB
	command *exec.Cmd
	log     *journal
	ended   chan struct{} // closed when it has ended
	err     error         // how it ended, after that
}

// journal keeps what programs write, one after the other, and tells when one is ready.
type journal struct {
	lines
	mu    sync.Mutex
	ready chan struct{} // closed when the program that writes now is ready
}

// begin awaits the next program.
func (j *journal) begin() <-chan struct{} {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.ready = make(chan struct{})
	return j.ready
}

func (j *journal) Write(p []byte) (int, error) {
	j.mu.Lock()
	if j.ready != nil && strings.Contains(string(p), " msg=ready ") {
		close(j.ready)
		j.ready = nil
	}
	j.mu.Unlock()
	return j.lines.Write(p)
}

// launch starts the program and does not wait until it is ready: that closes the channel.
func launch(t testing.TB, log *journal, command *exec.Cmd) (*program, <-chan struct{}) {
	t.Helper()
	p := &program{t: t, command: command, log: log, ended: make(chan struct{})}
	ready := log.begin()
	command.Stdout, command.Stderr = log, log
	if command.SysProcAttr == nil {
		command.SysProcAttr = new(syscall.SysProcAttr)
	}
	command.SysProcAttr.Pdeathsig = syscall.SIGKILL // whatever becomes of the tests, it does not stay
	started := make(chan error)
	go func() {
		runtime.LockOSThread() // whose death the signal is about
		err := command.Start()
		started <- err
		if err == nil {
			p.err = command.Wait()
			close(p.ended)
		}
	}()
	if err := <-started; err != nil {
		t.Fatal(err)
	}
	return p, ready
}

// await waits until the program is ready.
func (p *program) await(ready <-chan struct{}) {
	p.t.Helper()
	select {
	case <-ready:
	case <-p.ended:
		p.t.Fatalf("it did not start: %v\n%s", p.err, p.log.tail())
	case <-time.After(30 * time.Second):
		p.t.Fatalf("it does not start\n%s", p.log.tail())
	}
}

// tail is the end of what was written.
func (j *journal) tail() string {
	text := j.String()
	return text[max(0, len(text)-3000):]
}

// kill is SIGKILL. It may be called while the program ends by itself.
func (p *program) kill() {
	if err := p.command.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
		p.t.Errorf("killing: %v", err)
	}
	<-p.ended
}

// stop is SIGTERM, after which it is to end in good order.
func (p *program) stop() {
	p.t.Helper()
	select {
	case <-p.ended:
		p.t.Errorf("it had ended by itself: %v\n%s", p.err, p.log.tail())
		return
	default:
	}
	if err := p.command.Process.Signal(syscall.SIGTERM); err != nil {
		p.t.Error(err)
	}
	select {
	case <-p.ended:
		if p.err != nil {
			p.t.Errorf("stopped: %v\n%s", p.err, p.log.tail())
		}
	case <-time.After(20 * time.Second):
		p.t.Errorf("it does not stop\n%s", p.log.tail())
		p.kill()
	}
}
