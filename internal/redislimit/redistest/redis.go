// Package redistest starts real Redis servers for tests, single and joined to a Cluster.
package redistest

import (
	"bytes"
	"context"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// Redis is a real server on this machine, in a folder of its own.
type Redis struct {
	t       testing.TB
	folder  string
	port    int
	bus     int // the port that nodes of a Cluster speak to each other on; 0: it is in none
	options []string
	process *exec.Cmd
}

// Start starts one and waits until it answers. It keeps nothing on disk, as a server that only counts may.
func Start(t testing.TB, options ...string) *Redis { t.Helper(); return start(t, false, options...) }

func start(t testing.TB, cluster bool, options ...string) *Redis {
	t.Helper()
	if _, err := exec.LookPath("redis-server"); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("redis-server is needed: script/prepare installs it")
		}
		t.Skip("redis-server is needed: script/prepare installs it")
	}
	r := &Redis{t: t, folder: t.TempDir(), port: freePort(t), options: options}
	if cluster {
		r.bus = freePort(t)
	}
	r.Start()
	t.Cleanup(r.Kill)
	return r
}

// Address is its host and port.
func (r *Redis) Address() string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(r.port)) }

// Start starts it again, after Kill.
func (r *Redis) Start() {
	r.t.Helper()
	args := []string{"--port", strconv.Itoa(r.port), "--bind", "127.0.0.1", "--dir", r.folder, "--save", "", "--appendonly", "no"}
	if r.bus != 0 {
		args = append(args, "--cluster-enabled", "yes", "--cluster-config-file", "nodes.conf", "--cluster-node-timeout", "2000", "--cluster-port", strconv.Itoa(r.bus))
	}
	r.process = exec.Command("redis-server", append(args, r.options...)...)
	r.process.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	log, err := os.OpenFile(filepath.Join(r.folder, "log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		r.t.Fatal(err)
	}
	defer log.Close()
	r.process.Stdout, r.process.Stderr = log, log
	if err := r.process.Start(); err != nil {
		r.t.Fatal(err)
	}
	until(r.t, "Redis answers", func() bool {
		return strings.Contains(r.Say("INFO", "server"), "process_id:"+strconv.Itoa(r.process.Process.Pid))
	})
}

// Kill ends it as a machine does that loses its power.
func (r *Redis) Kill() {
	_ = r.process.Process.Signal(syscall.SIGCONT)
	_ = r.process.Process.Kill()
	_ = r.process.Wait()
}

// Signal sends it a signal.
func (r *Redis) Signal(s syscall.Signal) {
	r.t.Helper()
	if err := r.process.Process.Signal(s); err != nil {
		r.t.Fatal(err)
	}
}

// Say has redis-cli say something.
func (r *Redis) Say(words ...string) string {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	cli := exec.CommandContext(ctx, "redis-cli", append([]string{"-p", strconv.Itoa(r.port)}, words...)...)
	if at := slices.Index(r.options, "--requirepass"); at >= 0 {
		cli.Env = append(os.Environ(), "REDISCLI_AUTH="+r.options[at+1])
	}
	out, _ := cli.CombinedOutput()
	return string(bytes.TrimSpace(out))
}

// Cluster starts three and joins them.
func Cluster(t *testing.T) []*Redis {
	t.Helper()
	var nodes []*Redis
	args := []string{"--cluster", "create"}
	for range 3 {
		n := start(t, true)
		nodes, args = append(nodes, n), append(args, n.Address())
	}
	ctx, stop := context.WithTimeout(t.Context(), 60*time.Second)
	defer stop()
	if out, err := exec.CommandContext(ctx, "redis-cli", append(args, "--cluster-replicas", "0", "--cluster-yes")...).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	for _, n := range nodes {
		until(t, "the cluster is up", func() bool { return strings.Contains(n.Say("CLUSTER", "INFO"), "cluster_state:ok") })
	}
	return nodes
}

func until(t testing.TB, what string, so func() bool) {
	t.Helper()
	for end := time.Now().Add(30 * time.Second); !so(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("it does not come about that %s", what)
		}
	}
}

func freePort(t testing.TB) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}
